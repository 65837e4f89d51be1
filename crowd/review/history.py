"""The hours of one piece of ground: people with their range, beside what is usual there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import h3ronpy
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from crowd.density import DENSITY
from crowd.density_batches import DEVIATIONS
from crowd.factors import Factors
from crowd.review.ground import ground_of
from crowd.review.ground_places import places_at
from crowd.review.memory import Memory
from crowd.review.own_hexagons import rows_of
from crowd.review.places import Place
from crowd.review.retrying import read_again
from crowd.review.roll_up import HARDLY_ANYBODY, LEAST_COVERAGE, LEAST_KNOWN
from crowd.review.shown import UNREADABLE
from crowd.review.spreads import spreads_of
from crowd.review.told_numbers import told_people, told_share
from geo.footprint import MAX_RESOLUTION
from geo.hexagons import Floats, Hexes, hex_areas_km2, hex_centres, hex_texts, parents_of, resolutions_of
from lake.errors import RefusedInputError
from lake.home import Home
from lake.stages import hour_of_path

# One hexagon of resolution 4: more would be much of a country, hour by hour.
MOST_KM2 = 2_500.0


@dataclass(frozen=True, kw_only=True)
class HistoryHour:
    """One hour of some ground; no number at all where it may not be shown, or nothing is known.

    Attributes:
        at: the hour.
        people: people.
        people_low: range of `people`, nine times out of ten: the ranges of its hexagons summed, which is wider than
            it need be where these are independent.
        people_high: likewise.
        usual: people expected; who is in hexagons of which nothing usual is known passes for usual.
        usual_low: what is usual nine times out of ten, for the spread of the counts of its cells.
        usual_high: likewise.
        excess: people above the usual.
        score: of the hexagon, of several the highest.
        coverage: share of the usual devices whose cells did report.
        is_withheld: whether there are hexagons, but none that rests on k devices.
    """

    at: datetime
    people: float | None
    people_low: float | None
    people_high: float | None
    usual: float | None
    usual_low: float | None
    usual_high: float | None
    excess: float | None
    score: float | None
    coverage: float | None
    is_withheld: bool


@dataclass(frozen=True, kw_only=True)
class History:
    """The hours of some ground.

    Attributes:
        hexes: the ground, 15 hexadecimal digits each.
        lat: of its middle, degrees.
        lon: likewise.
        area_km2: of all of it.
        places: areas around its middle, the finest first.
        hours: those that the lake has, in order.
    """

    hexes: Sequence[str]
    lat: float
    lon: float
    area_km2: float
    places: Sequence[Place]
    hours: Sequence[HistoryHour]


def read_hexes(texts: Sequence[str]) -> Hexes:
    """Hexagons from their texts, each once, without those that lie in another of them.

    Raises:
        RefusedInputError: one of them is no hexagon, or the ground is too large to be followed hour by hour.
    """
    found = pa.array(h3ronpy.cells_parse(pa.array(texts, type=pa.string()), set_failing_to_invalid=True))
    if len(texts) == 0 or found.null_count:
        wrong = next((text for text, hexagon in zip(texts, found.to_pylist(), strict=True) if hexagon is None), "")
        raise RefusedInputError(f"'{wrong[:20]}' is no H3 hexagon: give 15 hexadecimal digits")
    hexes = np.unique(found.to_numpy())
    own = resolutions_of(hexes)
    for coarse in np.unique(own)[:-1].tolist():
        is_finer = own > coarse
        is_inside = np.isin(parents_of(hexes[is_finer], coarse), hexes[own == coarse])
        keep = np.ones(len(hexes), dtype=bool)
        keep[np.flatnonzero(is_finer)[is_inside]] = False
        hexes, own = hexes[keep], own[keep]
    if hex_areas_km2(hexes).sum() > MOST_KM2:
        raise RefusedInputError("this is too much ground to follow hour by hour: zoom in and choose a smaller hexagon")
    return np.asarray(hexes)


def history_of(
    memory: Memory, home: Home, *, hexes: Hexes, start: datetime, end: datetime, k: int, factors: Factors
) -> History:
    """The hours of start <= at < end of some ground.

    Every hour is tested by itself: hexagons that rest on fewer than k devices in it are in none of its figures.

    Args:
        memory: of the process.
        home: whose lake.
        hexes: of `read_hexes`.
        start: first instant.
        end: first instant after it.
        k: fewest devices that a row of the lake may rest on.
        factors: people per device.
    """

    def find() -> Sequence[HistoryHour]:
        return _hours(memory, home, hexes=hexes, start=start, end=end, k=k, factors=factors)

    try:
        hours = read_again(find)
    except UNREADABLE:
        hours = ()
    areas_km2 = hex_areas_km2(hexes)
    lat, lon = (float(np.average(degrees, weights=areas_km2)) for degrees in hex_centres(hexes))
    return History(
        hexes=hex_texts(hexes).tolist(),
        lat=lat,
        lon=lon,
        area_km2=float(areas_km2.sum()),
        places=places_at(memory, home, lat=lat, lon=lon),
        hours=hours,
    )


def _hours(
    memory: Memory, home: Home, *, hexes: Hexes, start: datetime, end: datetime, k: int, factors: Factors
) -> Sequence[HistoryHour]:
    paths = [path for path in DENSITY.paths(home, start=start, end=end) if start <= hour_of_path(path) < end]
    hours = [hour_of_path(path) for path in paths]
    found = rows_of(memory, home, hours=hours, ground=ground_of(hexes, finest=MAX_RESOLUTION), k=k)
    is_there = np.bincount(found.hour, minlength=len(hours)) > 0
    figures = _figures(found.rows, found.hour, hours=len(hours))
    spread = _spread(memory, home, found.rows, found.hour, hours=hours, factors=factors)
    figures["usual_low"] = np.maximum(figures["usual"] - DEVIATIONS * spread, 0)
    figures["usual_high"] = figures["usual"] + DEVIATIONS * spread
    told = {name: _told(numbers, is_there) for name, numbers in _rounded(figures).items()}
    is_withheld = ~is_there & (found.hidden > 0)
    return [
        HistoryHour(at=at, is_withheld=withheld, **{name: numbers[n] for name, numbers in told.items()})
        for n, (at, withheld) in enumerate(zip(hours, is_withheld.tolist(), strict=True))
    ]


def _figures(shown: pa.Table, hour: npt.NDArray[np.int64], *, hours: int) -> dict[str, Floats]:
    """Sums by hour; not a number where they are not known."""
    numbers = ("people", "people_low", "people_high", "excess", "score", "coverage")
    given = {name: np.asarray(shown[name].to_numpy(), dtype=np.float64) for name in numbers}
    people = given["people"]
    is_known, is_covered = np.isfinite(given["excess"]), np.isfinite(given["coverage"])
    weight = np.where(is_covered, people + HARDLY_ANYBODY, 0)
    whole = weight / np.maximum(np.where(is_covered, given["coverage"], 1), LEAST_COVERAGE)

    def summed(values: Floats) -> Floats:
        return np.asarray(np.bincount(hour, weights=values, minlength=hours), dtype=np.float64)

    total, excess = summed(people), summed(np.where(is_known, given["excess"], 0))
    knows = (summed(is_known.astype(np.float64)) > 0) & (summed(np.where(is_known, people, 0)) >= LEAST_KNOWN * total)
    score = np.full(hours, -np.inf)
    np.maximum.at(score, hour, np.where(np.isfinite(given["score"]), given["score"], -np.inf))
    with np.errstate(divide="ignore", invalid="ignore"):
        coverage = summed(weight) / summed(whole)
    return {
        "people": total,
        "people_low": summed(given["people_low"]),
        "people_high": summed(given["people_high"]),
        "usual": np.where(knows, total - excess, np.nan),
        "excess": np.where(knows, excess, np.nan),
        "score": np.where(np.isfinite(score), score, np.nan),
        "coverage": coverage,
    }


def _spread(
    memory: Memory,
    home: Home,
    shown: pa.Table,
    hour: npt.NDArray[np.int64],
    *,
    hours: Sequence[datetime],
    factors: Factors,
) -> Floats:
    hexes, hexagon = np.unique(shown["hex"].to_numpy(), return_inverse=True)
    is_counted = np.zeros((len(hexes), len(hours)))
    is_counted[hexagon, hour] = np.isfinite(shown["excess"].to_numpy())
    return spreads_of(memory, home, hexes=hexes, is_counted=is_counted, hours=hours, factors=factors)


def _rounded(figures: dict[str, Floats]) -> dict[str, Floats]:
    rounded = {name: told_people(numbers) for name, numbers in figures.items()}
    rounded["excess"] = rounded["people"] - rounded["usual"]
    return rounded | {"score": np.round(figures["score"], 1), "coverage": told_share(figures["coverage"])}


def _told(numbers: Floats, is_there: npt.NDArray[np.bool_]) -> list[float | None]:
    is_told = is_there & np.isfinite(numbers)
    return [number if told else None for number, told in zip(numbers.tolist(), is_told.tolist(), strict=True)]
