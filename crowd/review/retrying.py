"""Reading while the lake is written: files may vanish between listing and reading."""

import logging
from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar

import duckdb

from crowd.review.shown import UNREADABLE
from lake.errors import NotFoundError

K = TypeVar("K")
T = TypeVar("T")
_log = logging.getLogger(__name__)
ATTEMPTS = 4


def read_again(read: Callable[[], T]) -> T:
    """What a reading gives; where files vanished under it, what it gives once others have taken their place.

    Args:
        read: lists the files itself, every time anew.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return read()
        except (duckdb.Error, FileNotFoundError):
            continue
    return read()


def read_or(read: Callable[[], T], instead: Callable[[], T]) -> T:
    """The same; where files vanish time after time, what is told where they are not there.

    Args:
        read: lists the files itself, every time anew.
        instead: what is told then; it may raise.
    """
    try:
        return read_again(read)
    except UNREADABLE:
        return instead()


def read_each(keys: Sequence[K], read: Callable[[Sequence[K]], T], *, name: Callable[[K], str]) -> list[T]:
    """What reading all at once gives; where that fails, what reading each alone gives, without those that fail.

    A broken file does not hide the ones beside it.

    Args:
        keys: of what is read.
        read: reads the files of some of them.
        name: what a log calls one that cannot be read.
    """
    try:
        return [read(keys)]
    except UNREADABLE as error:
        if len(keys) == 1:
            _log.warning("%s cannot be read: %s", name(keys[0]), type(error).__name__)
            return []
    return [found for key in keys for found in read_each([key], read, name=name)]


def not_there() -> NoReturn:
    """Say that files are not there at the moment.

    Raises:
        NotFoundError: always.
    """
    raise NotFoundError("what was asked for is being written anew at this moment: ask again")
