"""How a figure is taken: in a process of its own where memory counts, several times, told as min, median and max."""

import os
import resource
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Apart:
    """What a task in a process of its own gave, and the most memory (MB) that it and its own processes ever held."""

    value: Any
    peak_mb: float


def run_apart(task: str, /, **arguments: object) -> Apart:
    """Run "module.function" in a new process, which imports nothing but that module."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_call, task, arguments).result()


def _call(task: str, arguments: dict[str, object]) -> Apart:
    module, function = task.split(".")
    value = getattr(import_module(module), function)(**arguments)
    peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return Apart(value, peak * MAXRSS_BYTES / 1e6)


def seconds_of(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def spread(values: Sequence[float]) -> dict[str, float]:
    """Min, median and max."""
    return {"min": min(values), "median": median(values), "max": max(values)}


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median ratio of figures taken one after the other, which share the noise of their moment."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))


def forget_files(paths: Iterable[Path]) -> None:
    """Ask the kernel to drop files from its cache, where it can be asked."""
    if not hasattr(os, "posix_fadvise"):
        return
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)
