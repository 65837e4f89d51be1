"""Who decides about warnings, and the ledger that it is written into."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy.orm import Session as Transaction

from crowd.warnings.audit import Act
from kerumun.parameters import Session
from kerumun.settings import login_name
from lake.database import Database, open_database
from lake.errors import RefusedInputError

NameArgument = Annotated[str, typer.Argument(help="Name of the warning, or the code that its message carries.")]
ByOption = Annotated[str | None, typer.Option("--by", help="Who decides; your login name if not given.")]
WhyOption = Annotated[str, typer.Option("--why", help="The reason, for whoever reads the audit trail.")]


def act_of(session: Session, by: str | None, why: str) -> Act:
    """Who decides, now, and from which account."""
    who = session.settings.user if by is None else by
    return Act(by=who, at=datetime.now(UTC), why=why, login=login_name())


def must_have_ledger(session: Session) -> None:
    """Refuse to make a ledger by looking for one.

    Raises:
        RefusedInputError: there is none yet, for instance because the home was misspelt.
    """
    is_own = session.options.ledger_url == session.home.ledger_url
    if is_own and not (session.home.root / "ledger.sqlite").exists():
        raise RefusedInputError(f"there is no ledger in {session.home.root}: check --home, or take in files first")


@contextmanager
def ledger_of(session: Session) -> Iterator[Database]:
    """The ledger of a home, which must be there."""
    must_have_ledger(session)
    with open_database(session.options.ledger_url) as database:
        yield database


@contextmanager
def deciding(session: Session) -> Iterator[Transaction]:
    """A transaction in which something is decided."""
    with ledger_of(session) as database, database.writing() as writing:
        yield writing


@contextmanager
def looking(session: Session) -> Iterator[Transaction]:
    """A transaction in which things are looked at."""
    with ledger_of(session) as database, database.reading() as reading:
        yield reading
