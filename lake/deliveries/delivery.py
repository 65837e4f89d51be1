"""A delivery: files that an operator sends together."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lake.ledger import FileRecord
from lake.reports import FileReport


@dataclass(frozen=True, kw_only=True)
class DeliveryLoad:
    """The outcome of one delivery.

    Attributes:
        files: one report per file, in the order given.
        first_changed: earliest interval whose rows are new or other than before.
        last_changed: latest such interval.
        rows_replaced: rows of earlier files that gave way.
    """

    files: tuple[FileReport, ...]
    first_changed: datetime | None = None
    last_changed: datetime | None = None
    rows_replaced: int = 0


@dataclass(frozen=True, kw_only=True)
class DeliveredFile:
    """A file of a delivery on its way in.

    Attributes:
        number: its place in the delivery.
        path: the file.
        sha256: hash of its bytes; empty where it cannot be read.
        earlier: what the ledger knows of it, where it was taken in before.
        refusal: why it is refused.
        is_guarded: whether it was found to carry nothing like a subscriber identity.
        ignored: columns that no contract knows.
    """

    number: int
    path: Path
    sha256: str
    earlier: FileRecord | None = None
    refusal: str | None = None
    is_guarded: bool = False
    ignored: tuple[str, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether its rows are to be read."""
        return self.earlier is None and self.refusal is None
