"""Which gatherings a person has looked at, and how high their level was then."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from crowd.policy import LEVELS
from lake.database import Base, Instant

AT_ONCE = 500  # ids in one query


class ReadMarkRow(Base):
    """A gathering that somebody has looked at."""

    __tablename__ = "read_marks"

    login: Mapped[str] = mapped_column(String(64), primary_key=True)
    gathering_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    level: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(Instant)


def mark_read(session: Session, login: str, *, gathering_id: str, level: str, at: datetime) -> None:
    """Remember that a person has looked at a gathering.

    Args:
        session: that may write.
        login: of the person.
        gathering_id: its name.
        level: the highest that it has had.
        at: when.
    """
    session.merge(ReadMarkRow(login=login, gathering_id=gathering_id, level=level, at=at))


def levels_read(session: Session, login: str, gathering_ids: Collection[str]) -> Mapping[str, str]:
    """The highest level that each of some gatherings had when a person looked at it last."""
    marks = select(ReadMarkRow.gathering_id, ReadMarkRow.level).where(ReadMarkRow.login == login)
    ids = set(gathering_ids)
    # a list longer than that takes longer to send than all marks of a person to read
    wanted = marks if len(ids) > AT_ONCE else marks.where(ReadMarkRow.gathering_id.in_(sorted(ids)))
    return {name: level for name, level in session.execute(wanted).tuples() if name in ids}


def is_unread(marks: Mapping[str, str], *, gathering_id: str, highest_level: str) -> bool:
    """Whether a person has not looked at a gathering since its level was as high as it is."""
    seen = marks.get(gathering_id)
    return seen is None or LEVELS.index(seen) < LEVELS.index(highest_level)
