"""What a revision of a warning says, to whom, and how it lies in the ledger."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

import polars as pl
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from crowd.warnings.audit import Act, canonical
from crowd.warnings.tables import CellListRow, RevisionRow
from lake.errors import RefusedInputError

# Many small numbers are a large one: a list of such cells must not pass under a daily cap.
WITHHELD_AS = 15
CELL_COLUMNS = {
    "operator": pl.String,
    "cell_id": pl.String,
    "expected_recipients": pl.Int64,
    "reach": pl.Float64,
    "overreach": pl.Float64,
}


@dataclass(frozen=True, kw_only=True)
class Wording:
    """One wording of a warning with its cells.

    Attributes:
        texts: the message to the public, by language.
        officer_texts: the message to duty officers, by language.
        cells: `operator, cell_id, expected_recipients, reach, overreach`.
        outline: the gathering's hexagons, dissolved, in longitude and latitude.
        problems: why it may not be approved, a sentence each.
    """

    texts: Mapping[str, str]
    officer_texts: Mapping[str, str]
    cells: pl.DataFrame
    outline: shapely.Polygon | shapely.MultiPolygon
    problems: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class CellList:
    """The cells of one operator in a revision.

    Attributes:
        operator: whose.
        sha256: name of the list.
        cells: how many.
        recipients: people expected to be warned over all of them; a number that is withheld counts as 15.
    """

    operator: str
    sha256: str
    cells: int
    recipients: int


def add_revision(session: Session, wording: Wording, *, warning_id: str, revision: int, act: Act) -> str:
    """Store a revision; gives the hash of all that it says."""
    lists = [store_cells(session, part) for part in _by_operator(wording.cells)]
    row = RevisionRow(
        warning_id=warning_id,
        revision=revision,
        texts=canonical(dict(wording.texts)),
        officer_texts=canonical(dict(wording.officer_texts)),
        lists=canonical([vars(each) for each in lists]),
        outline=shapely.to_wkt(wording.outline, rounding_precision=7),
        problems=canonical(list(wording.problems)),
        created_at=act.at,
        created_by=act.by,
        why=act.why,
    )
    session.add(row)
    session.flush()
    return hash_of_revision(row)


def hash_of_revision(row: RevisionRow) -> str:
    """SHA-256 of texts, lists of cells and outline."""
    told = [row.warning_id, row.revision, row.texts, row.officer_texts, row.lists, row.outline, row.problems]
    return sha256(canonical(told).encode()).hexdigest()


def revision_of(session: Session, *, warning_id: str, revision: int) -> RevisionRow:
    """A stored revision."""
    return session.execute(
        select(RevisionRow).where(RevisionRow.warning_id == warning_id, RevisionRow.revision == revision)
    ).scalar_one()


def lists_of(row: RevisionRow) -> list[CellList]:
    """The lists of cells of a revision, in order of operator."""
    return [CellList(**each) for each in json.loads(row.lists)]


def problems_of(row: RevisionRow) -> list[str]:
    """Why a revision may not be approved, a sentence each."""
    return [str(problem) for problem in json.loads(row.problems)]


def outline_of(row: RevisionRow) -> shapely.Polygon | shapely.MultiPolygon:
    """The ground that a revision is about."""
    return shapely.from_wkt(row.outline)


def wording_of(session: Session, row: RevisionRow) -> Wording:
    """A stored revision as it was given."""
    cells = [read_cells(session, each.sha256) for each in lists_of(row)]
    return Wording(
        texts=json.loads(row.texts),
        officer_texts=json.loads(row.officer_texts),
        cells=pl.concat([pl.DataFrame(schema=CELL_COLUMNS), *cells]),
        outline=outline_of(row),
        problems=problems_of(row),
    )


def store_cells(session: Session, cells: pl.DataFrame) -> CellList:
    """Keep the cells of one operator, in order of id, under the hash of their bytes."""
    ordered = cells.select(pl.col(name).cast(kind) for name, kind in CELL_COLUMNS.items()).sort("cell_id")
    buffer = BytesIO()
    ordered.write_parquet(buffer, compression="zstd", statistics=False)
    body = buffer.getvalue()
    name = hash_of_cells(body)
    if session.get(CellListRow, name) is None:
        session.add(CellListRow(sha256=name, body=body))
        session.flush()
    return CellList(
        operator=ordered["operator"][0],
        sha256=name,
        cells=ordered.height,
        recipients=int(ordered["expected_recipients"].fill_null(WITHHELD_AS).sum()),
    )


def read_cells(session: Session, name: str) -> pl.DataFrame:
    """A kept list of cells.

    Raises:
        RefusedInputError: somebody changed or removed it since.
    """
    body = session.scalar(select(CellListRow.body).where(CellListRow.sha256 == name))
    if body is None or hash_of_cells(body) != name:
        raise RefusedInputError(
            f"the list of cells {name[:12]} was changed in the ledger: nothing of it is sent; "
            "see 'kerumun warnings verify'"
        )
    return pl.read_parquet(BytesIO(body))


def hash_of_cells(body: bytes) -> str:
    """The name of a list of cells."""
    return sha256(body).hexdigest()


def _by_operator(cells: pl.DataFrame) -> list[pl.DataFrame]:
    return cells.sort("operator").partition_by("operator", maintain_order=True)
