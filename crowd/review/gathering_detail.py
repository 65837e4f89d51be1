"""Looking up one gathering with all that a decision about it takes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import duckdb
import polars as pl
import shapely
from sqlalchemy.orm import Session

from crowd.exports import dissolve
from crowd.gathering_stages import GATHERINGS
from crowd.review.cells import place_cells
from crowd.review.figures import figures_of
from crowd.review.gathering_outlines import geojson
from crowd.review.gatherings import listed
from crowd.review.retrying import not_there, read_or
from crowd.review.told_gatherings import LONGEST, MOMENT, create_shown_gatherings, fetch_shown, without_nan
from crowd.review.whole_gathering import CourseHour, Event, GatheringDetail, Reason, TargetCell
from geo.areas import read_area_names
from geo.hexagons import hex_areas_km2, hex_texts
from lake.engine import fetch_frame, fetch_row
from lake.errors import NotFoundError
from lake.home import Home
from lake.stages import select_rows

__all__ = ["GatheringDetail", "TargetCell", "highest_level_of", "show_gathering"]

FILES_AT_ONCE = 48
YEARS = range(1970, 2200)


OWN_FIGURES = ("score", "coverage", "usual", "peak_people", "peak_at", "rule", "place", "event", "expected")


def show_gathering(
    connection: duckdb.DuckDBPyConnection,
    gathering_id: str,
    *,
    home: Home,
    ledger: Session,
    k: int,
    at: datetime | None = None,
) -> GatheringDetail:
    """A gathering at an hour, or at the latest before it that may be shown; its course is that of its whole life.

    Of a life longer than 31 days the rest is not looked at.

    Args:
        connection: DuckDB with its memory and threads bounded.
        gathering_id: its name.
        home: whose lake.
        ledger: session that reads warnings.
        k: fewest devices that anything shown may rest on.
        at: start of the hour; None for its last.

    Raises:
        NotFoundError: there is none, or no hour of it up to then may be shown.
    """
    return read_or(lambda: _show(connection, gathering_id, home=home, ledger=ledger, k=k, at=at), not_there)


def highest_level_of(connection: duckdb.DuckDBPyConnection, gathering_id: str, *, home: Home, k: int) -> str:
    """The highest level of its life so far.

    Raises:
        NotFoundError: there is none, or no hour of it may be shown.
    """
    life = read_or(lambda: _life(connection, gathering_id, home=home, k=k), not_there)
    return str(life["highest_level"][-1])


def _show(
    connection: duckdb.DuckDBPyConnection,
    gathering_id: str,
    *,
    home: Home,
    ledger: Session,
    k: int,
    at: datetime | None,
) -> GatheringDetail:
    life = _life(connection, gathering_id, home=home, k=k)
    here = life if at is None else life.filter(pl.col("interval_start") <= at)
    if here.is_empty():
        raise NotFoundError(f"gathering {gathering_id} has no hour up to then that may be shown")
    row = here.row(-1, named=True)
    hour, last = row["interval_start"], life["interval_start"][-1]
    of_hour = {"home": home, "start": hour, "end": hour + MOMENT, "k": k}
    is_it = pl.col("gathering_id") == gathering_id
    hexes = fetch_shown(connection, "shown_hexes", **of_hour).filter(is_it)
    targets = fetch_shown(connection, "shown_targets", **of_hour).filter(is_it)
    begun = life["interval_start"][0]
    events = fetch_shown(connection, "shown_events", home=home, start=begun, end=last + MOMENT, k=k).filter(is_it)
    (short,) = listed(here.tail(1), names=read_area_names(home), ledger=ledger)
    return GatheringDetail(
        **vars(short),
        **{name: row[name] for name in (*OWN_FIGURES, "baseline_from")},
        area_km2=float(hex_areas_km2(hexes["hex"].to_numpy()).sum()),
        reason=Reason(id=row["reason_id"] or "", en=row["reason_en"] or ""),
        events=_events(events),
        course=_course(life),
        hexes=hex_texts(hexes["hex"].to_numpy()).tolist(),
        outline=_outline(hexes, lat=row["lat"], lon=row["lon"]),
        targets=_cells(place_cells(connection, targets, home=home, at=hour)),
        figures=figures_of(targets),
    )


def _life(connection: duckdb.DuckDBPyConnection, gathering_id: str, *, home: Home, k: int) -> pl.DataFrame:
    """Its hours that may be shown, in order; makes `shown_gatherings` hold them."""
    nothing = NotFoundError(f"there is no gathering {gathering_id} that may be shown")
    begun = _begun(gathering_id)
    last = None if begun is None else _last_hour(connection, gathering_id, home=home, begun=begun)
    if begun is None or last is None:
        raise nothing
    create_shown_gatherings(connection, home=home, start=begun, end=last + MOMENT, k=k)
    query = "select * from shown_gatherings where gathering_id = $id order by interval_start"
    life = without_nan(fetch_frame(connection, query, {"id": gathering_id}))
    if life.is_empty():
        raise nothing
    return life


def _begun(gathering_id: str) -> datetime | None:
    """When a gathering was first followed: its name begins with it (`crowd.lives`)."""
    try:
        begun = datetime.strptime(gathering_id.split("-", maxsplit=1)[0], "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return begun if begun.year in YEARS else None


def _last_hour(
    connection: duckdb.DuckDBPyConnection, gathering_id: str, *, home: Home, begun: datetime
) -> datetime | None:
    """Its last hour in the lake; None where it has none."""
    last: datetime | None = None
    query = "select max(interval_start), coalesce(bool_or(state = 'ended'), false) from ({}) where gathering_id = $id"
    paths = GATHERINGS.paths(home, start=begun, end=begun + LONGEST)
    for first in range(0, len(paths), FILES_AT_ONCE):
        rows = select_rows(GATHERINGS, paths[first : first + FILES_AT_ONCE])
        latest, has_ended = fetch_row(connection, query.format(rows), {"id": gathering_id})
        # It has a row in every hour of its life.
        if latest is None:
            break
        last = latest
        if has_ended:
            break
    return last


def _course(life: pl.DataFrame) -> Sequence[CourseHour]:
    named = life.rename({"interval_start": "at"}).select(tuple(CourseHour.__dataclass_fields__))
    return [CourseHour(**row) for row in named.iter_rows(named=True)]


def _events(events: pl.DataFrame) -> Sequence[Event]:
    named = events.rename({"interval_start": "at"}).select(tuple(Event.__dataclass_fields__))
    return [Event(**row) for row in named.iter_rows(named=True)]


def _cells(cells: pl.DataFrame) -> Sequence[TargetCell]:
    return [TargetCell(**row) for row in cells.select(tuple(TargetCell.__dataclass_fields__)).iter_rows(named=True)]


def _outline(hexes: pl.DataFrame, *, lat: float, lon: float) -> dict[str, Any]:
    if hexes.is_empty():
        return geojson(shapely.Point(lon, lat))
    return geojson(shapely.from_wkb(dissolve(hexes)["wkb"][0]))
