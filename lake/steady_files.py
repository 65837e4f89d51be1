"""Files that a reader holds on to, so that what it reads is of one writing although a flow replaces them meanwhile.

DuckDB opens a file more than once for one query: when it learns the columns and when it reads. Where another file has
taken its place in between, it reads the one by the footer of the other. A file that is held open has a name of its own
as long as it is.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

OPEN_FILES = Path("/proc/self/fd")
# So many of the newest files of a stage; older hours are hardly ever written again.
MOST_HELD = 48

_holding: ContextVar[ExitStack | None] = ContextVar("holding", default=None)


@contextmanager
def steady_files() -> Iterator[None]:
    """Within the block views of stages read the files that were there when each view was made."""
    with ExitStack() as stack:
        before = _holding.set(stack)
        try:
            yield
        finally:
            _holding.reset(before)


def held_paths(paths: Iterable[Path]) -> Sequence[Path]:
    """Names by which files are read: names that stay within `steady_files`, their own elsewhere.

    A file that has vanished keeps its own name: reading it fails, as it should. So does every name where the system
    has no names of open files.
    """
    listed, stack = list(paths), _holding.get()
    if stack is None or not OPEN_FILES.is_dir():
        return listed
    return [*listed[:-MOST_HELD], *(_held(path, stack) for path in listed[-MOST_HELD:])]


def _held(path: Path, stack: ExitStack) -> Path:
    with suppress(OSError):
        number = os.open(path, os.O_RDONLY)
        stack.callback(os.close, number)
        return OPEN_FILES / str(number)
    return path
