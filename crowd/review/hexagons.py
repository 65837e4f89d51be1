"""The hexagons of an hour in a box, as coarse as the screen needs them."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import pyarrow as pa

from crowd.review.ground import Box, ancestors_of, ranges_below
from crowd.review.levels import FINEST, levels_of, own_level
from crowd.review.memory import Memory, identity_of
from crowd.review.retrying import read_again
from crowd.review.roll_up import SCHEMA, rolled, sums_of, told
from crowd.review.shown import UNREADABLE, density_file, resolutions_in, shown_rows
from geo.hexagons import Hexes, resolutions_of
from lake.home import Home

# More than this no screen shows and no phone draws.
MOST_HEXAGONS = 60_000


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked for.

    Attributes:
        at: an hour of the lake.
        box: where.
        resolution: finer hexagons are rolled up to it, coarser ones come as they are.
        k: fewest devices that a row of the lake must rest on to be shown, and to be summed.
    """

    at: datetime
    box: Box
    resolution: int
    k: int


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Hexagons that may be shown.

    Attributes:
        table: `hex, people, people_per_km2, baseline, excess, coverage`, in order of hexagons; unknown is not a number.
            A little more than the box.
        resolution: that they were rolled up to: coarser than asked for where there would be too many.
    """

    table: pa.Table
    resolution: int


def fingerprint(home: Home, wanted: Wanted) -> str:
    """Changes when the answer may: with the hour's file and with the question."""
    return sha256(f"{identity_of(density_file(home, wanted.at))} {wanted}".encode()).hexdigest()[:32]


def hexagons_in(memory: Memory, home: Home, wanted: Wanted, *, most: int = MOST_HEXAGONS) -> Shown:
    """The hexagons of an hour that touch a box; none where the lake has no such hour.

    Args:
        memory: of the process.
        home: whose lake.
        wanted: the hour, the box and the resolution.
        most: so many at most; the resolution is made coarser until they are.
    """
    try:
        return read_again(lambda: _hexagons_in(memory, home, wanted, most=most))
    except UNREADABLE:
        return Shown(table=_as_told(SCHEMA.empty_table()), resolution=wanted.resolution)


def _hexagons_in(memory: Memory, home: Home, wanted: Wanted, *, most: int) -> Shown:
    for resolution in range(wanted.resolution, -1, -1):
        above = ancestors_of(wanted.box, resolution)
        if resolution > FINEST and above is not None and _all_below(above, resolution) <= most:
            return _from_lake(memory, home, wanted, above, resolution=resolution)
        levels = levels_of(memory, home, at=wanted.at, k=wanted.k)
        if levels is None:
            break
        ground = None if above is None else ranges_below(above, levels.resolutions_at(resolution))
        if resolution > 0 and levels.most_within(ground, resolution) > most:
            continue
        if resolution > FINEST:
            return _from_lake(memory, home, wanted, above, resolution=resolution)
        return Shown(table=_as_told(levels.levels[resolution].within(ground)), resolution=resolution)
    return Shown(table=_as_told(SCHEMA.empty_table()), resolution=wanted.resolution)


def _all_below(above: Hexes, resolution: int) -> int:
    """How many hexagons of a resolution there are below some others."""
    return sum(7 ** (resolution - int(own)) for own in resolutions_of(above))


def _from_lake(memory: Memory, home: Home, wanted: Wanted, above: Hexes | None, *, resolution: int) -> Shown:
    """From the hour's own hexagons: kept ones, or the lake's, of which only the row groups near are read."""
    path = density_file(home, wanted.at)
    identity = identity_of(path)
    if identity is None:
        return Shown(table=_as_told(SCHEMA.empty_table()), resolution=resolution)
    ground = None
    if above is not None:
        resolutions = memory.once(("resolutions", identity), lambda: resolutions_in(path))
        ground = ranges_below(above, resolutions)
    own = own_level(memory, home, at=wanted.at, k=wanted.k)
    rows = own.within(ground) if own else shown_rows(memory, path, at=wanted.at, k=wanted.k, ground=ground)
    if not (resolutions_of(rows["hex"].to_numpy()) > resolution).any() and own:
        return Shown(table=_as_told(rows), resolution=resolution)
    batch = told(rolled(sums_of(rows), resolution))
    return Shown(table=_as_told(pa.Table.from_batches([batch])), resolution=resolution)


def _as_told(table: pa.Table) -> pa.Table:
    return table.drop_columns(["parts"]).replace_schema_metadata(None)
