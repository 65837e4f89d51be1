"""What every taking-in of files shares: where to, when, by whom, and what becomes of rows that do not fit."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lake.engine import Engine, literal
from lake.errors import RefusedInputError
from lake.files import SourceTable, safe_name
from lake.home import Home

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from lake.profile import FileProfile

MAX_NAME_BYTES = 200


@dataclass(frozen=True, kw_only=True)
class Intake:
    """The circumstances of taking in files.

    Attributes:
        home: where to.
        engine: memory and threads.
        ledger_url: where files are recorded.
        now: the present instant; intervals after it are future ones.
        taken_by: who gives the files.
    """

    home: Home
    engine: Engine
    ledger_url: str
    now: datetime
    taken_by: str


def slug(name: str) -> str:
    """An operator's name as the lake spells it: lower case, without blanks or path signs."""
    return re.sub(r"[^a-z0-9.]+", "-", name.strip().casefold()).strip("-.")


def find_columns(table: SourceTable, profile: "FileProfile", *, required: tuple[str, ...]) -> dict[str, str]:
    """Match the columns of a contract to those of a file, whatever their case.

    Returns:
        Our name to theirs, for every column of the file that is mapped or has our name.

    Raises:
        RefusedInputError: a required or mapped column is not there.
    """
    theirs = {name.casefold(): name for name in table.columns}
    found = dict(theirs)
    for ours, given in profile.columns.items():
        if given.casefold() not in theirs:
            raise RefusedInputError(
                f"{safe_name(table.path)} has no column '{given}', which was to be read as {ours}: "
                f"its columns are {', '.join(table.columns)}"
            )
        found[ours] = theirs[given.casefold()]
    missing = [name for name in required if name not in found]
    if missing:
        raise RefusedInputError(
            f"{safe_name(table.path)} has no column {missing[0]}: its columns are {', '.join(table.columns)}; "
            f"name yours with --columns {missing[0]}=THEIRS"
        )
    return found


def ignored_columns(table: SourceTable, used: "Mapping[str, str]", *, contract: tuple[str, ...]) -> list[str]:
    """Columns of a file that no contract knows; they are kept out."""
    known = {theirs for ours, theirs in used.items() if ours in contract}
    return [name for name in table.columns if name not in known]


def quarantine_path(home: Home, stage: str, *, path: Path, sha256: str) -> Path:
    """Where the rows of a file that do not fit are set aside."""
    # Cut short: with what is added, the name must still be one the file system takes.
    name = safe_name(path).encode()[:MAX_NAME_BYTES].decode(errors="ignore")
    return home.quarantine / stage / f"{name}.{sha256[:8]}.csv"


def write_quarantine(connection: "duckdb.DuckDBPyConnection", rows: str, *, path: Path) -> None:
    """Write the rows that a query gives as CSV, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    connection.execute(f"copy ({rows}) to {literal(str(draft))} (format csv, header)")
    draft.replace(path)
