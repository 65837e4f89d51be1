"""What an hour of the base table is made from, so that it is made anew when, and only when, any of that changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from crowd.counts import COUNTS
from crowd.coverage import COVERAGE, SILENT_CELLS
from crowd.density import DENSITY
from crowd.mobility.weeks import HOUR
from geo.areas import area_file, loaded_levels
from geo.footprint import Footprint
from lake.home import Home
from lake.stages import Stage, hour_of_path

# Part of every key: hours that were computed in another way are computed anew.
LAYOUT = "people, devices and ranges of areas, 3"
READ = (DENSITY, COUNTS, SILENT_CELLS, COVERAGE)
# Other engines pass over files of such a name.
NAME = "_made_from"


def area_keys(home: Home) -> str:
    """Changes with the areas of any level."""
    files = {level: sha256(area_file(home, level).read_bytes()).hexdigest() for level in loaded_levels(home)}
    return " ".join(f"{level}={digest}" for level, digest in files.items())


def sources_of(
    home: Home, hours: Sequence[datetime], *, areas: str, footprints: Sequence[Footprint]
) -> Mapping[datetime, str]:
    """What each hour would be made from now, as a hash; hours without density are absent.

    Args:
        home: whose lake.
        hours: starts of whole hours, ascending.
        areas: `area_keys`.
        footprints: that hold in any of the hours.
    """
    files = _files(home, hours)
    return {
        hour: sha256("\n".join([LAYOUT, areas, *_valid(footprints, hour), *files[hour]]).encode()).hexdigest()
        for hour in hours
        if any(file.startswith(f"{DENSITY.name}/") for file in files[hour])
    }


def _files(home: Home, hours: Sequence[datetime]) -> Mapping[datetime, Sequence[str]]:
    """Files of each hour, with their size and the time they were written."""
    found: dict[datetime, list[str]] = {hour: [] for hour in hours}
    for stage in READ:
        for path in stage.paths(home, start=hours[0], end=hours[-1] + HOUR) if hours else ():
            hour = hour_of_path(path)
            if hour in found:
                status = path.stat()
                found[hour].append(f"{path.relative_to(home.lake)} {status.st_size} {status.st_mtime_ns}")
    return found


def _valid(footprints: Sequence[Footprint], hour: datetime) -> Sequence[str]:
    """Footprints that hold in an hour, each from when on if that is within it."""
    holding = [
        each
        for each in footprints
        if (each.valid_from is None or each.valid_from < hour + HOUR)
        and (each.valid_to is None or each.valid_to > hour)
    ]
    return [f"{each.folder.name} {max(each.valid_from or hour, hour)}" for each in holding]


def note_path(stage: Stage, hour: datetime) -> str:
    """Where in the lake it is noted what an hour was made from."""
    return f"{stage.name}/date={hour:%Y-%m-%d}/hour={hour:%H}/{NAME}"


def noted(home: Home, stage: Stage, hour: datetime) -> str | None:
    """What an hour was made from; None where it is not there."""
    try:
        return (home.lake / note_path(stage, hour)).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
