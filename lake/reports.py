"""What became of a file: told to the person who gave it, and kept in the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class FileReport:
    """The outcome of taking in one file.

    Attributes:
        name: base name of the file.
        verdict: "accepted", "refused" or "unchanged" (taken in before).
        reason: why it was refused, or what to do about an unchanged one.
        rows_in: rows found.
        rows_kept: rows that are in the lake now.
        rows_quarantined: rows set aside, by reason.
        notes: other things worth telling, with how often they occurred.
        quarantine: where the rows set aside are.
    """

    name: str
    verdict: str
    reason: str | None = None
    rows_in: int = 0
    rows_kept: int = 0
    rows_quarantined: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)
    quarantine: Path | None = None
