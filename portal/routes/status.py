"""Routes of the portal: status."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from fastapi import APIRouter, Depends

from crowd.review.extent import Extent, extent_of
from crowd.review.hours import hours_between, oldest_and_newest
from crowd.warnings.listing import pause_of
from geo.areas import loaded_levels
from geo.cells import planned_operators
from portal.access import needs
from portal.context import Portal, PortalHere
from portal.inputs import Instant, RangeHere
from portal.pages import TILES_AT, is_file_of_tiles

router = APIRouter(tags=["status"], dependencies=[Depends(needs("viewer", scope="map"))])


@dataclass(frozen=True, kw_only=True)
class Sending:
    """The kill switch."""

    is_paused: bool
    by: str | None
    at: Instant | None
    why: str | None


@dataclass(frozen=True, kw_only=True)
class Basemap:
    """What lies below: the built-in map, a file of PMTiles that the portal serves, or somebody's MapLibre style."""

    kind: Literal["builtin", "pmtiles", "style"]
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Status:
    """What the page has to know before anything else; `is_stale` where the newest hour began too long ago."""

    version: str
    mode: Literal["test", "live"]
    k: int
    timezone: str
    now: Instant
    sending: Sending
    newest_hour: Instant | None
    oldest_hour: Instant | None
    is_stale: bool
    box: tuple[float, float, float, float] | None
    finest_resolution: int
    area_levels: Sequence[str]
    operators: Sequence[str]
    languages: Sequence[str]
    max_segments: int
    basemap: Basemap


@dataclass(frozen=True, kw_only=True)
class Gatherings:
    """How many of each level, those under k devices left out."""

    waspada: int
    siaga: int
    awas: int


@dataclass(frozen=True, kw_only=True)
class ListedHour:
    """What there is of an hour."""

    at: Instant
    hexagons: int
    withheld: int
    coverage: float | None
    missing_operators: Sequence[str]
    is_partial: bool
    gatherings: Gatherings


@dataclass(frozen=True, kw_only=True)
class Hours:
    """The hours that the lake has, in order."""

    hours: Sequence[ListedHour]


@router.get("/status")
def get_status(portal: PortalHere) -> Status:
    """What this installation is, how fresh its data are, and whether warnings go out."""
    ends = oldest_and_newest(portal.home)
    oldest, newest = ends or (None, None)
    now = portal.clock().astimezone(UTC)
    extent = extent_of(portal.memory, portal.home, at=newest, k=portal.run.k) if newest else Extent()
    with portal.database.reading() as ledger:
        pause = pause_of(ledger)
    return Status(
        version=_version(),
        mode=portal.run.warnings.mode,
        k=portal.run.k,
        timezone=portal.run.timezone,
        now=now,
        sending=Sending(is_paused=pause.is_paused, by=pause.by, at=pause.at, why=pause.why),
        newest_hour=newest,
        oldest_hour=oldest,
        is_stale=newest is not None and now - newest > timedelta(hours=portal.options.stale_h),
        box=extent.box,
        finest_resolution=extent.finest_resolution,
        area_levels=loaded_levels(portal.home),
        operators=planned_operators(portal.home),
        languages=portal.run.warnings.languages,
        max_segments=portal.run.warnings.max_segments,
        basemap=_basemap(portal),
    )


@router.get("/hours")
def get_hours(portal: PortalHere, span: RangeHere) -> Hours:
    """The hours of start <= at < end that the lake has density of."""
    found = hours_between(portal.memory, portal.home, start=span.start, end=span.end, k=portal.run.k)
    return Hours(
        hours=[
            ListedHour(
                at=hour.at,
                hexagons=hour.hexagons,
                withheld=hour.withheld,
                coverage=hour.coverage,
                missing_operators=hour.missing_operators,
                is_partial=hour.is_partial,
                gatherings=Gatherings(waspada=hour.waspada, siaga=hour.siaga, awas=hour.awas),
            )
            for hour in found
        ]
    )


def _basemap(portal: Portal) -> Basemap:
    told = portal.options.basemap
    if told is None:
        return Basemap(kind="builtin")
    if is_file_of_tiles(told):
        return Basemap(kind="pmtiles", url=TILES_AT)
    return Basemap(kind="style", url=told)


def _version() -> str:
    try:
        return version("kerumun")
    except PackageNotFoundError:
        return "unknown"
