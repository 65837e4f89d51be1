"""Locks between processes, released by the kernel when their holder dies."""

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from lake.errors import RefusedInputError
from lake.home import Home

LAKE_WAIT_S = 600.0


@contextmanager
def hold_lock(home: Home, name: str, *, wait_s: float) -> Iterator[None]:
    """Hold the lock `name` of a home; a thread that holds it already may take it again.

    Args:
        home: whose lock.
        name: file name of the lock, without ending.
        wait_s: how long to wait for another holder.

    Raises:
        RefusedInputError: another process still holds it after `wait_s` seconds.
    """
    home.locks.mkdir(parents=True, exist_ok=True)
    path = home.locks / f"{name}.lock"
    try:
        with FileLock(path, is_singleton=True).acquire(timeout=wait_s):
            yield
    except Timeout:
        message = (
            f"another process still works on '{name}' of {home.root} after {wait_s:.0f} s: "
            "wait until it is done, then run the command again"
        )
        raise RefusedInputError(message) from None


@contextmanager
def lake_lock(home: Home) -> Iterator[None]:
    """Be the one writer of the lake; readers need no lock."""
    with hold_lock(home, "lake", wait_s=LAKE_WAIT_S):
        yield
