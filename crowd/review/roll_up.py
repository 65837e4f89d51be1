"""Sums over the hexagons that may be shown, at coarser resolutions.

Rows that rest on too few devices are gone before anything is summed (`shown_hexagons.sql`), so no difference between
a figure and its parts gives a hidden part away (docs/method/review.md).
"""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from geo.hexagons import Floats, Hexes, hex_areas_km2, parents_of, resolutions_of

# What is usual of a hexagon is told where at least this share of its people is in parts that know it.
LEAST_KNOWN = 0.5
LEAST_COVERAGE, HARDLY_ANYBODY = 0.001, 1e-9
COLUMNS = ("people", "people_per_km2", "baseline", "excess", "coverage")
SCHEMA = pa.schema([("hex", pa.uint64()), *((name, pa.float32()) for name in COLUMNS), ("parts", pa.uint32())])


# Of the lake's own hexagons more is kept: what a history of them tells.
OWN_COLUMNS = ("people_low", "people_high", "score")
OWN_SCHEMA = pa.schema([*SCHEMA, *((name, pa.float32()) for name in OWN_COLUMNS)])


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What adds up, by hexagon, in order of hexagons.

    Attributes:
        hex: hexagons, each once.
        people: people.
        area_km2: of the parts that may be shown.
        known: people in the parts of which it is known what is usual.
        known_parts: how many parts these are.
        baseline: people expected; those who are there in parts of which nothing usual is known.
        excess: people above that.
        reported: people in parts of which the coverage is known.
        usual: people that would be there if all cells had reported.
        parts: rows of the lake.
    """

    hex: Hexes
    people: Floats
    area_km2: Floats
    known: Floats
    known_parts: Floats
    baseline: Floats
    excess: Floats
    reported: Floats
    usual: Floats
    parts: Floats

    def chosen(self, rows: npt.NDArray[np.bool_]) -> "Sums":
        """Some of them."""
        return Sums(**{each.name: getattr(self, each.name)[rows] for each in fields(self)})


def sums_of(rows: pa.Table) -> Sums:
    """Rows of `shown_hexagons.sql`, in whatever order, as sums of one part each."""
    return _sums_of(in_order(rows))


def in_order(rows: pa.Table) -> pa.Table:
    """Rows of an hour in order of hexagons."""
    return rows.take(pa.array(np.lexsort((_floats(rows, "people"), rows["hex"].to_numpy()))))


def own_rows(rows: pa.Table) -> pa.RecordBatch:
    """Rows of `shown_hexagons.sql`, in the order they have, as they are told: columns of `OWN_SCHEMA`."""
    more = [pa.array(_floats(rows, name).astype(np.float32)) for name in OWN_COLUMNS]
    return pa.record_batch([*told(_sums_of(rows)).columns, *more], schema=OWN_SCHEMA)


def _sums_of(rows: pa.Table) -> Sums:
    hexes = rows["hex"].to_numpy()
    people, baseline, excess, coverage = (_floats(rows, name) for name in ("people", "baseline", "excess", "coverage"))
    is_known, is_covered = np.isfinite(baseline) & np.isfinite(excess), np.isfinite(coverage)
    weight = np.where(is_covered, people + HARDLY_ANYBODY, 0)
    return Sums(
        hex=hexes,
        people=people,
        area_km2=_areas(hexes, people, _floats(rows, "people_per_km2")),
        known=np.where(is_known, people, 0),
        known_parts=is_known.astype(np.float64),
        baseline=np.where(is_known, baseline, people),  # who is not known passes for usual, as in density itself
        excess=np.where(is_known, excess, 0),
        reported=weight,
        usual=weight / np.maximum(np.where(is_covered, coverage, 1), LEAST_COVERAGE),
        parts=np.ones(len(hexes)),
    )


def rolled(sums: Sums, resolution: int) -> Sums:
    """Hexagons finer than a resolution summed up to it; coarser ones stay as they are."""
    if len(sums.hex) == 0:
        return sums
    is_finer = resolutions_of(sums.hex) > resolution
    if not is_finer.any() and np.all(sums.hex[1:] > sums.hex[:-1]):
        return sums
    hexes = sums.hex.copy()
    hexes[is_finer] = parents_of(sums.hex[is_finer], resolution)
    order = np.argsort(hexes, kind="stable")  # the same order of summands whatever the order of rows
    ordered = hexes[order]
    begins = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    numbers = [each.name for each in fields(sums)[1:]]
    return Sums(hex=ordered[begins], **{name: np.add.reduceat(getattr(sums, name)[order], begins) for name in numbers})


def told(sums: Sums) -> pa.RecordBatch:
    """What is told of each hexagon, with the columns of `SCHEMA`; unknown is not a number."""
    with np.errstate(divide="ignore", invalid="ignore"):
        is_known = (sums.known_parts > 0) & (sums.known >= LEAST_KNOWN * sums.people)
        columns = (
            sums.people,
            sums.people / sums.area_km2,
            np.where(is_known, sums.baseline, np.nan),
            np.where(is_known, sums.excess, np.nan),
            np.where(sums.usual > 0, sums.reported / sums.usual, np.nan),
        )
    arrays = [pa.array(column.astype(np.float32)) for column in columns]
    return pa.record_batch([pa.array(sums.hex), *arrays, pa.array(sums.parts.astype(np.uint32))], schema=SCHEMA)


def _areas(hexes: Hexes, people: Floats, people_per_km2: Floats) -> Floats:
    """Area that the density of each hexagon was told for; its own where nobody is there."""
    is_empty = ~(people_per_km2 > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        area_km2 = people / people_per_km2
    area_km2[is_empty] = hex_areas_km2(hexes[is_empty])
    return area_km2


def _floats(rows: pa.Table, name: str) -> Floats:
    return np.asarray(rows[name].to_numpy(), dtype=np.float64)
