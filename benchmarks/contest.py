"""One contender in a process of its own: first from its files, then again and again."""

import shutil
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import polars as pl
from country import Country
from measuring import forget_files, seconds_of

TOLERANCE = 1e-9


def measure_contender(root: Path, contender: str, repetitions: int) -> dict[str, object]:
    """Seconds of the first computation from the files and of the warm ones, and the seconds of its parts.

    Args:
        root: of the country; the result is left there for `must_agree`.
        contender: "module.Class".
        repetitions: warm computations; where none, the first stands for them.
    """
    module, name = contender.split(".")
    country = Country(root)
    runner = getattr(import_module(module), name)(country)
    forget_files(country.home.lake.rglob("*.parquet"))
    prepared = seconds_of(runner.prepare)
    warm, parts = [], []
    for _ in range(repetitions + 1):
        warm.append(seconds_of(runner.compute))
        parts.append(runner.parts)
    runner.people().write_parquet(_result(root, contender))
    runner.close()
    later = slice(1 if repetitions else 0, None)
    return {
        "first": prepared + warm[0],
        "warm": warm[later],
        "passes": runner.passes,
        "parts": {part: [seconds[part] for seconds in parts[later]] for part in parts[0]},
        "would_stop": getattr(runner, "would_stop", None),
    }


def must_agree(root: Path, contenders: list[str]) -> None:
    """Compare what contenders found.

    Raises:
        ArithmeticError: two of them differ by more than `TOLERANCE`, relatively.
    """
    expected = pl.read_parquet(_result(root, contenders[0]))
    for contender in contenders[1:]:
        found = pl.read_parquet(_result(root, contender))
        is_same = found["hex"].equals(expected["hex"]) and np.allclose(
            found["people"].to_numpy(), expected["people"].to_numpy(), rtol=TOLERANCE, atol=0
        )
        if not is_same:
            raise ArithmeticError(f"{contender} and {contenders[0]} do not give the same people")


def why_not_spark() -> str | None:
    """What is missing for PySpark; None where nothing is."""
    if find_spec("pyspark") is None:
        return "not run: PySpark is not installed (extra `spark`)"
    return None if shutil.which("java") else "not run: there is no Java"


def _result(root: Path, contender: str) -> Path:
    return root / f"{contender}.parquet"
