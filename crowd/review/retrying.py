"""Reading while the lake is written: files may vanish between listing and reading."""

from collections.abc import Callable
from typing import NoReturn, TypeVar

import duckdb

from crowd.review.shown import UNREADABLE
from lake.errors import NotFoundError

T = TypeVar("T")
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


def not_there() -> NoReturn:
    """Say that files are not there at the moment.

    Raises:
        NotFoundError: always.
    """
    raise NotFoundError("what was asked for is being written anew at this moment: ask again")
