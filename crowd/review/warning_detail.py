"""One warning with all that a decision about it takes, and what an edit of it would come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import duckdb
import polars as pl
import shapely
from sqlalchemy.orm import Session

from crowd.review.cells import place_cells
from crowd.review.decidable import Decision, Maybe
from crowd.review.figures import Figures, figures_of
from crowd.review.gathering_detail import TargetCell
from crowd.review.gathering_outlines import geojson
from crowd.review.retrying import read_or
from crowd.review.told_numbers import TOLD_DIGITS
from crowd.warnings.editing import PlannedEdit
from crowd.warnings.listing import show_warning
from crowd.warnings.message import Segments, count_segments
from crowd.warnings.outgoing import LANGUAGES
from crowd.warnings.told import ToldWarning, WholeWarning
from crowd.warnings.wording import revision_of, wording_of
from lake.home import Home


@dataclass(frozen=True, kw_only=True)
class ReviewedWarning(ToldWarning):
    """A warning with its whole story, its cells on the map, and what a person may do about it.

    Attributes:
        cells: to warn.
        figures: of these.
        outline: of the gathering, as GeoJSON.
        may: for each decision true, or one sentence why not.
    """

    cells: Sequence[TargetCell]
    figures: Figures
    outline: dict[str, Any]
    may: Mapping[Decision, Maybe]


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What an edit of a draft would come to.

    Attributes:
        texts: messages to the public by language, all of them.
        segments: of each of them.
        cells: to warn.
        figures: of these.
        problems: why the edit would be refused, or its outcome not be approved.
        notes: what is not known of it.
    """

    texts: Mapping[str, str]
    segments: Mapping[str, Segments]
    cells: Sequence[TargetCell]
    figures: Figures
    problems: Sequence[str]
    notes: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the ledger tells of a warning at one moment: its story, and the cells and ground of its revision."""

    whole: WholeWarning
    cells: pl.DataFrame
    outline: shapely.Polygon | shapely.MultiPolygon


def read_told(session: Session, name: str) -> Told:
    """Read a warning by its name or by the code that its message carries.

    Raises:
        NotFoundError: there is none.
    """
    whole = show_warning(session, name)
    wording = wording_of(session, revision_of(session, warning_id=whole.listed.id, revision=whole.revision))
    return Told(whole=whole, cells=wording.cells, outline=wording.outline)


def review_warning(
    connection: duckdb.DuckDBPyConnection, told: Told, *, home: Home, k: int, may: Mapping[Decision, Maybe]
) -> ReviewedWarning:
    """Put a warning on the map.

    Args:
        connection: DuckDB with its memory and threads bounded.
        told: what the ledger tells of it.
        home: whose lake.
        k: fewest devices that a number may rest on.
        may: what the person who looks may do.
    """
    hour = told.whole.interval_start
    cells = _from_k(told.cells, k=k)
    return ReviewedWarning(
        **{each.name: getattr(told.whole, each.name) for each in fields(ToldWarning)},
        cells=_placed(connection, cells, home=home, hour=hour),
        figures=figures_of(cells),
        outline=geojson(told.outline),
        may=may,
    )


def preview_of(
    connection: duckdb.DuckDBPyConnection,
    planned: PlannedEdit,
    *,
    home: Home,
    hour: datetime,
    k: int,
    notes: Sequence[str],
) -> Preview:
    """Put what an edit comes to on the map.

    Args:
        connection: DuckDB with its memory and threads bounded.
        planned: the edit.
        home: whose lake.
        hour: start of the hour that the warning rests on.
        k: fewest devices that a number may rest on.
        notes: what is not known of it.
    """
    wording = planned.wording
    cells = _from_k(wording.cells, k=k)
    texts: dict[str, str] = {name: wording.texts[name] for name in LANGUAGES if name in wording.texts}
    return Preview(
        texts=texts,
        segments={language: count_segments(text) for language, text in texts.items()},
        cells=_placed(connection, cells, home=home, hour=hour),
        figures=figures_of(cells),
        problems=[*planned.refusals, *wording.problems],
        notes=notes,
    )


def _from_k(cells: pl.DataFrame, *, k: int) -> pl.DataFrame:
    """A list may be older than the k that holds now."""
    numbers = pl.col("expected_recipients", "reach", "overreach")
    return cells.with_columns(pl.when(pl.col("expected_recipients") >= k).then(numbers))


def _placed(
    connection: duckdb.DuckDBPyConnection, cells: pl.DataFrame, *, home: Home, hour: datetime
) -> Sequence[TargetCell]:
    placed = read_or(
        lambda: place_cells(connection, cells, home=home, at=hour),
        lambda: cells.with_columns(pl.lit(None, pl.Float64).alias(name) for name in ("lat", "lon", "azimuth_deg")),
    )
    told = placed.with_columns(pl.col("reach", "overreach").round(TOLD_DIGITS))
    named = told.sort("operator", "reach", "cell_id", descending=[False, True, False], nulls_last=True)
    return [TargetCell(**row) for row in named.select(tuple(TargetCell.__dataclass_fields__)).iter_rows(named=True)]
