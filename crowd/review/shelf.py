"""What was found, kept by a key until newer things need its place."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

Found = TypeVar("Found")


class Shelf:
    """So many things that were costly to find; what was not asked for the longest goes first. For all threads."""

    def __init__(self, most: int) -> None:
        """Begin with nothing.

        Args:
            most: how many things are kept.
        """
        self._most = most
        self._guard = threading.Lock()
        self._kept: OrderedDict[Hashable, object] = OrderedDict()
        self._under_way: dict[Hashable, threading.Lock] = {}

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

    def at_hand(self, key: Hashable) -> object | None:
        """What was found for a key; None where somebody would have to look for it."""
        with self._guard:
            return self._kept.get(key)

    def _keep(self, key: Hashable, found: object) -> None:
        with self._guard:
            self._kept[key] = found
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
