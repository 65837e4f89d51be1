"""What is kept between questions: one engine that all share, and what is costly to find, found once."""

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import duckdb

from crowd.review.shelf import Shelf
from lake.engine import Engine, connect
from lake.home import Home
from lake.steady_files import steady_files

Found = TypeVar("Found")
# Hours, mostly: a week of them rolled up and days as they are, all mapped from files.
MOST_KEPT = 400
MOST_SMALL = 4096
# Lists of a week are megabytes each.
MOST_ANSWERS = 64
# Costly work at a time: more would only share the same processors and need the memory at once.
MOST_AT_ONCE = 2
INTERRUPT_EVERY_S = 0.05


class ClosedMemoryError(Exception):
    """Nothing more is asked: the process that kept it is ending."""


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
        self._guard = threading.Condition()
        self._cursors: list[duckdb.DuckDBPyConnection] = []
        self._is_closed = False
        self._at_once, self._drawing = threading.BoundedSemaphore(MOST_AT_ONCE), threading.Lock()
        self._large, self._small = Shelf(MOST_KEPT), Shelf(MOST_SMALL)
        self._answers = Shelf(MOST_ANSWERS)

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection with views of its own, for one question.

        Raises:
            ClosedMemoryError: it was closed before.
            duckdb.InterruptException: it is closed meanwhile.
        """
        with self._guard:
            if self._is_closed:
                raise ClosedMemoryError
            if self._connection is None:
                self._connection = self._open.enter_context(connect(self._engine))
            cursor = self._connection.cursor()
            self._cursors.append(cursor)
        try:
            cursor.execute("set timezone = 'UTC'")
            with steady_files():
                yield cursor
        finally:
            with self._guard:
                self._cursors.remove(cursor)
                cursor.close()
                self._guard.notify_all()

    def once(self, key: Hashable, find: Callable[[], Found]) -> Found:
        """What was found for a key, or is found now (`crowd.review.shelf`)."""
        return self._large.once(key, find)

    def once_small(self, key: Hashable, find: Callable[[], Found]) -> Found:
        """The same for what takes little memory: it does not push large things out."""
        return self._small.once(key, find)

    def answer(self, key: Hashable, find: Callable[[], Found]) -> Found:
        """The same for answers that many people ask for at about the same time."""
        return self._answers.once(key, find)

    def at_hand(self, key: Hashable) -> object | None:
        """What was found for a key; None where somebody would have to look for it."""
        return self._large.at_hand(key)

    @contextmanager
    def costly(self) -> Iterator[None]:
        """Room for work that fills processors and memory."""
        with self._at_once:
            yield

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """Room for the outlines of areas, which take long: a map of people does not wait for them."""
        with self._drawing:
            yield

    def close(self) -> None:
        """Interrupt what is being asked, and let the engine go; nothing can be asked after it.

        An engine that still works when its process ends takes the process down with it.
        """
        with self._guard:
            self._is_closed = True
            while self._cursors:
                for cursor in self._cursors:
                    cursor.interrupt()
                # whoever asks a second thing with the same cursor has to be interrupted again
                self._guard.wait(INTERRUPT_EVERY_S)
            self._open.close()
            self._connection = None


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


def sure_identity_of(*paths: Path) -> str:
    """The same of files that were just listed.

    Raises:
        FileNotFoundError: one of them has vanished since.
    """
    identity = identity_of(*paths)
    if identity is None:
        raise FileNotFoundError(f"one of {len(paths)} files has vanished")
    return identity


def cache_folder(home: Home) -> Path:
    """Where what can be computed again is kept; it may be deleted at any time."""
    return home.root / "cache"
