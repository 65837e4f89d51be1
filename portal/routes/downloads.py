"""Routes of the portal: downloads."""

import re
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from crowd.reason_words import ZONE_NAMES
from crowd.review.downloads import Download, write_density, write_gatherings, write_targets
from crowd.review.hexagons import Wanted
from portal.access import needs
from portal.context import Portal, PortalHere
from portal.inputs import BoxHere, Instant, RangeHere
from portal.routes.gatherings import AreaCode, WantedLevels, wanted_levels

router = APIRouter(prefix="/downloads", tags=["downloads"], dependencies=[Depends(needs("viewer", scope="downloads"))])
FINEST_RESOLUTION = 15
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
}
FileFormat = Annotated[Literal["csv", "geojson", "parquet"], Query(alias="format")]


@router.get("/density", response_class=FileResponse)
def get_density(
    portal: PortalHere,
    at: Instant,
    box: BoxHere,
    resolution: Annotated[int, Query(ge=0, le=FINEST_RESOLUTION)],
    file_format: FileFormat,
) -> FileResponse:
    """The hexagons that the map shows of an hour."""
    wanted = Wanted(at=at, box=box, resolution=resolution, k=portal.run.k)
    return _sent(
        portal, f"density-{_local(portal, at)}", file_format, lambda file: write_density(portal.memory, file, wanted)
    )


@router.get("/gatherings", response_class=FileResponse)
def get_gatherings(
    portal: PortalHere, span: RangeHere, file_format: FileFormat, area: AreaCode = None, level: WantedLevels = None
) -> FileResponse:
    """All hours of the gatherings of a range."""

    def write(file: Download) -> None:
        with portal.memory.cursor() as connection:
            write_gatherings(
                connection,
                file,
                start=span.start,
                end=span.end,
                area=area or None,
                levels=wanted_levels(level),
            )

    place = f"-{area}" if area else ""
    name = f"gatherings-{_local(portal, span.start)}-to-{_local(portal, span.end)}{place}"
    return _sent(portal, name, file_format, write)


@router.get("/targets", response_class=FileResponse)
def get_targets(
    portal: PortalHere,
    at: Instant,
    file_format: FileFormat,
    gathering: Annotated[str | None, Query(max_length=64)] = None,
) -> FileResponse:
    """The target cells of an hour, of one gathering or of all."""

    def write(file: Download) -> None:
        with portal.memory.cursor() as connection:
            write_targets(connection, file, at=at, gathering_id=gathering or None)

    which = f"-{gathering}" if gathering else ""
    return _sent(portal, f"targets-{_local(portal, at)}{which}", file_format, write)


def _sent(portal: Portal, name: str, file_format: str, write: Callable[[Download], None]) -> FileResponse:
    """A file that is gone once it has been sent."""
    plain = re.sub(r"[^A-Za-z0-9.+-]", "_", f"kerumun-{name}.{file_format}")
    portal.home.temporary.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(dir=portal.home.temporary, prefix="download-"))
    output = folder / plain
    try:
        write(Download(home=portal.home, k=portal.run.k, file_format=file_format, output=output))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return FileResponse(
        output,
        media_type=MEDIA_TYPES[file_format],
        filename=plain,
        background=BackgroundTask(shutil.rmtree, folder, ignore_errors=True),
    )


def _local(portal: Portal, at: datetime) -> str:
    """An hour of local time as file names tell it."""
    zone = portal.run.timezone
    local = at.astimezone(ZoneInfo(zone))
    minutes = f"{local:%M}" if local.minute else ""
    return f"{local:%Y-%m-%dT%H}{minutes}-{ZONE_NAMES.get(zone) or local.strftime('%Z')}"
