"""The hexagons of an hour in a box, as coarse as the screen needs them."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import numpy as np
import pyarrow as pa

from crowd.review.ground import Box, Ranges, ancestors_of, ranges_below
from crowd.review.levels import FINEST, Levels, at_hand, levels_of, own_level
from crowd.review.memory import Memory, identity_of
from crowd.review.retrying import read_again
from crowd.review.roll_up import COLUMNS, SCHEMA, rolled, sums_of, told
from crowd.review.shown import UNREADABLE, density_file, resolutions_in, shown_rows
from crowd.review.told_numbers import told_people, told_share
from geo.hexagons import Hexes, resolutions_of
from lake.home import Home

# More than this no screen shows and no phone draws.
MOST_HEXAGONS = 60_000
TOLD = ["hex", *COLUMNS]


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


def hexagons_at_hand(memory: Memory, home: Home, wanted: Wanted, *, most: int = MOST_HEXAGONS) -> Shown | None:
    """The same where it need only be cut out of what is mapped already, in about a millisecond; None otherwise.

    Args:
        memory: of the process.
        home: whose lake.
        wanted: the hour, the box and the resolution.
        most: so many at most.
    """
    found = at_hand(memory, home, at=wanted.at, k=wanted.k)
    if found is None:
        return None
    levels, own = found
    resolution, ground = _fitting(memory, levels, wanted, most=most)
    if resolution <= FINEST:
        return Shown(table=_as_told(levels.levels[resolution].within(ground)), resolution=resolution)
    if own is None or max(levels.resolutions, default=0) > resolution:
        return None
    above = _above(memory, wanted.box, resolution)
    ground = None if above is None else _ground(memory, wanted.box, resolution, above, among=levels.resolutions)
    return Shown(table=_as_told(own.within(ground)), resolution=resolution)


def _hexagons_in(memory: Memory, home: Home, wanted: Wanted, *, most: int) -> Shown:
    above = _above(memory, wanted.box, wanted.resolution)
    if wanted.resolution > FINEST and above is not None and _all_below(above, wanted.resolution) <= most:
        return _from_lake(memory, home, wanted, above, resolution=wanted.resolution)
    levels = levels_of(memory, home, at=wanted.at, k=wanted.k)
    if levels is None:
        return Shown(table=_as_told(SCHEMA.empty_table()), resolution=wanted.resolution)
    resolution, ground = _fitting(memory, levels, wanted, most=most)
    if resolution > FINEST:
        above = _above(memory, wanted.box, resolution)
        return _from_lake(memory, home, wanted, above, resolution=resolution)
    return Shown(table=_as_told(levels.levels[resolution].within(ground)), resolution=resolution)


def _fitting(memory: Memory, levels: Levels, wanted: Wanted, *, most: int) -> tuple[int, Ranges | None]:
    """The finest resolution, not finer than what is wanted, at which there are not too many; and the ground there."""
    for resolution in range(wanted.resolution, 0, -1):
        ground = _ground_at(memory, levels, wanted.box, resolution)
        if levels.most_within(ground, resolution) <= most:
            return resolution, ground
    return 0, _ground_at(memory, levels, wanted.box, 0)


def _ground_at(memory: Memory, levels: Levels, box: Box, resolution: int) -> Ranges | None:
    above = _above(memory, box, resolution)
    if above is None:
        return None
    return _ground(memory, box, resolution, above, among=levels.resolutions_at(resolution))


def _above(memory: Memory, box: Box, resolution: int) -> Hexes | None:
    """The same for every step of a slider."""
    return memory.once_small(("above", box, resolution), lambda: ancestors_of(box, resolution))


def _ground(memory: Memory, box: Box, resolution: int, above: Hexes, *, among: tuple[int, ...]) -> Ranges:
    return memory.once_small(("ground", box, resolution, among), lambda: ranges_below(above, among))


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
    """The last step: sums of numbers that are not rounded, rounded."""
    people, per_km2, baseline, coverage = (
        np.asarray(table[name].to_numpy(), dtype=np.float64)
        for name in ("people", "people_per_km2", "baseline", "coverage")
    )
    rounded, usual = told_people(people), told_people(baseline)
    with np.errstate(divide="ignore", invalid="ignore"):
        density = np.where(people > 0, per_km2 * (rounded / people), 0)
    columns = rounded, density, usual, rounded - usual, told_share(coverage)
    return pa.table([table["hex"], *(pa.array(column.astype(np.float32)) for column in columns)], names=TOLD)
