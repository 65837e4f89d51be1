"""What is kept between questions: one engine that all share, and what is costly to find, found once."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TypeVar, cast

import duckdb

from lake.engine import Engine, connect
from lake.home import Home

Found = TypeVar("Found")
MOST_KEPT = 256
# Costly work at a time: more would only share the same processors and need the memory at once.
MOST_AT_ONCE = 2


class Memory:
    """One for a whole process; threads may use it at the same time.

    Everything in it is found again from the lake when it is lost. The engine's memory is bounded once for all.
    """

    def __init__(self, engine: Engine) -> None:
        """Take an engine; it is opened when it is first needed.

        Args:
            engine: memory and threads of all questions together.
        """
        self._engine = engine
        self._open = ExitStack()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._guard = threading.Lock()
        self._at_once = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._kept: OrderedDict[Hashable, object] = OrderedDict()
        self._under_way: dict[Hashable, threading.Lock] = {}

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection with views of its own, for one question."""
        with self._guard:
            if self._connection is None:
                self._connection = self._open.enter_context(connect(self._engine))
            cursor = self._connection.cursor()
        try:
            cursor.execute("set timezone = 'UTC'")
            yield cursor
        finally:
            cursor.close()

    def once(self, key: Hashable, find: Callable[[], Found]) -> Found:
        """What was found for a key, or is found now: whoever asks meanwhile waits for the one who looks.

        Args:
            key: says all that the answer depends on.
            find: looks for it; nothing is kept where it fails.
        """
        with self._guard:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast("Found", self._kept[key])
            alone = self._under_way.setdefault(key, threading.Lock())
        with alone:
            with self._guard:
                if key in self._kept:
                    return cast("Found", self._kept[key])
            try:
                found = find()
                self._keep(key, found)
            finally:
                with self._guard:
                    self._under_way.pop(key, None)
            return found

    @contextmanager
    def costly(self) -> Iterator[None]:
        """Room for work that fills processors and memory."""
        with self._at_once:
            yield

    def close(self) -> None:
        """Let the engine go."""
        with self._guard:
            self._open.close()
            self._connection = None

    def _keep(self, key: Hashable, found: object) -> None:
        with self._guard:
            self._kept[key] = found
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


def identity_of(*paths: Path) -> str | None:
    """Changes when any of the files is replaced; None where one of them is not there."""
    told = []
    for path in paths:
        try:
            found = path.stat()
        except OSError:
            return None
        told.append(f"{path}|{found.st_mtime_ns}|{found.st_size}|{found.st_ino}")
    return sha256("\n".join(told).encode()).hexdigest()[:20]


def cache_folder(home: Home) -> Path:
    """Where what can be computed again is kept; it may be deleted at any time."""
    return home.root / "cache"
