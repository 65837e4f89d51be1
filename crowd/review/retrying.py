"""Reading while the lake is written: files may vanish between listing and reading."""

from collections.abc import Callable
from typing import TypeVar

import duckdb

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
