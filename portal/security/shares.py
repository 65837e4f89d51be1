"""Nobody takes the portal from the others: how much one person or machine may ask at once."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import HTTPException

# Two pages of one person at the six connections that a browser opens to a server, and a few.
MOST_AT_ONCE = 16
COME_AGAIN_S = 1
# Streams are counted where they are opened: they last as long as their page.
STREAM = "/api/events"


class Shares:
    """Counts what each login has under way in this process; used on the event loop alone."""

    def __init__(self) -> None:
        """Nobody has anything under way."""
        self._under_way: Counter[str] = Counter()

    @contextmanager
    def taken(self, login: str, path: str) -> Iterator[None]:
        """A request under way.

        Raises:
            HTTPException: 429, this login has too many.
        """
        if path == STREAM:
            yield
            return
        if self._under_way[login] >= MOST_AT_ONCE:
            said = f"more than {MOST_AT_ONCE} requests at once: wait for the answers"
            raise HTTPException(429, said, {"Retry-After": str(COME_AGAIN_S)})
        self._under_way[login] += 1
        try:
            yield
        finally:
            self._under_way[login] -= 1
            if not self._under_way[login]:
                del self._under_way[login]
