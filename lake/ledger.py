"""The ledger of files: which were taken in, with their verdict."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from lake.database import Base, Database, Instant


class TakenFile(Base):
    """A file that somebody gave us, once per attempt to take it in."""

    __tablename__ = "files"

    id: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    reading: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)
    operators: Mapped[str] = mapped_column(Text)
    rows_in: Mapped[int]
    rows_kept: Mapped[int]
    rows_quarantined: Mapped[str] = mapped_column(Text)
    first_interval: Mapped[datetime | None] = mapped_column(Instant)
    last_interval: Mapped[datetime | None] = mapped_column(Instant)
    taken_at: Mapped[datetime] = mapped_column(Instant)
    taken_by: Mapped[str] = mapped_column(String(128))


@dataclass(frozen=True, kw_only=True)
class FileRecord:
    """What the ledger keeps of a file.

    Attributes:
        stage: "counts", "flows", "cells" or "areas".
        name: base name of the file.
        sha256: hash of its bytes; None where even the hash would say too much.
        reading: hash of the options it was read with.
        verdict: "accepted" or "refused".
        reason: why it was refused.
        operators: whose rows it held.
        rows_in: rows found in the file.
        rows_kept: rows taken into the lake.
        rows_quarantined: rows set aside, by reason.
        first_interval: earliest interval kept.
        last_interval: latest interval kept.
        taken_at: when.
        taken_by: by whom.
    """

    stage: str
    name: str
    sha256: str | None
    reading: str
    verdict: str
    reason: str | None = None
    operators: tuple[str, ...] = ()
    rows_in: int = 0
    rows_kept: int = 0
    rows_quarantined: Mapping[str, int] = field(default_factory=dict)
    first_interval: datetime | None = None
    last_interval: datetime | None = None
    taken_at: datetime
    taken_by: str


class Ledger:
    """The files table of one ledger database."""

    def __init__(self, url: str) -> None:
        """Open the ledger at an SQLAlchemy URL, making its tables if they are missing."""
        self._database = Database(url)

    def close(self) -> None:
        """Give back the connections."""
        self._database.close()

    def record(self, record: FileRecord) -> None:
        """Add a file."""
        values = {**vars(record)}
        values["operators"] = json.dumps(list(record.operators))
        values["rows_quarantined"] = json.dumps(dict(sorted(record.rows_quarantined.items())))
        with self._database.writing() as session:
            session.add(TakenFile(**values))

    def accepted(self, stage: str, *, sha256: str, reading: str) -> FileRecord | None:
        """The latest time a file of these bytes, read in this way, was accepted."""
        query = (
            select(TakenFile)
            .where(TakenFile.stage == stage, TakenFile.sha256 == sha256)
            .where(TakenFile.reading == reading, TakenFile.verdict == "accepted")
            .order_by(TakenFile.id.desc())
            .limit(1)
        )
        with self._database.reading() as session:
            row = session.scalar(query)
            return None if row is None else _as_record(row)

    def files(self) -> list[FileRecord]:
        """Every file, oldest first."""
        with self._database.reading() as session:
            return [_as_record(row) for row in session.scalars(select(TakenFile).order_by(TakenFile.id))]


@contextmanager
def open_ledger(url: str) -> Iterator[Ledger]:
    """A ledger for the length of a block."""
    ledger = Ledger(url)
    try:
        yield ledger
    finally:
        ledger.close()


def _as_record(row: TakenFile) -> FileRecord:
    return FileRecord(
        stage=row.stage,
        name=row.name,
        sha256=row.sha256,
        reading=row.reading,
        verdict=row.verdict,
        reason=row.reason,
        operators=tuple(json.loads(row.operators)),
        rows_in=row.rows_in,
        rows_kept=row.rows_kept,
        rows_quarantined=json.loads(row.rows_quarantined),
        first_interval=row.first_interval,
        last_interval=row.last_interval,
        taken_at=row.taken_at,
        taken_by=row.taken_by,
    )
