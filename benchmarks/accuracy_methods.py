"""People per hexagon by every method, of the same counts of a synthetic city, with the truth beside them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import polars as pl

from crowd.learned_prior import smooth
from crowd.simulator import SimulatedHours
from crowd.simulator.world import World
from geo.footprint import SIMPLE_METHODS
from geo.footprint_options import FootprintOptions
from geo.hexagons import children_of, hex_areas_km2, parents_of, resolutions_of
from geo.land import LandMask
from geo.prior import Prior
from geo.radio_footprint import place_cells, prepare_ground

FINE, COARSE = 9, 8
THREADS = 2

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class City:
    """A simulated city as an estimator is given it, and its truth.

    Attributes:
        plans: cells by operator, as a footprint method takes them.
        counts: interval_start, operator, cell_no, devices.
        land: where people can be.
        land_use: what a map of people would tell.
        world: the network as it really is, which no estimator knows; None where it is not told.
        hours: the hours to judge.
        truth: people of each hour, by hexagon of resolution 9.
    """

    plans: Mapping[str, pl.DataFrame]
    counts: pl.DataFrame
    land: LandMask
    land_use: Prior
    world: World | None
    hours: Mapping[str, datetime]
    truth: Mapping[str, pl.DataFrame]


def city_of(made: SimulatedHours, world: World, *, hours: Mapping[str, datetime], name: str) -> City:
    """Bring a simulation into the form that footprint methods take."""
    plans = {
        str(operator): frame.sort("cell_id").with_columns(cell_no=pl.int_range(pl.len(), dtype=pl.UInt32))
        for (operator,), frame in made.cells.partition_by("operator", as_dict=True).items()
    }
    numbers = pl.concat([frame.select("operator", "cell_id", "cell_no") for frame in plans.values()])
    counts = made.counts.join(numbers, on=["operator", "cell_id"]).with_columns(pl.col("devices").fill_null(0))
    land_use = made.land_use.sort("hex")
    return City(
        plans=plans,
        counts=counts,
        land=LandMask(name, lambda: np.array([made.land])),
        land_use=Prior("land use", land_use["hex"].to_numpy(), land_use["people"].to_numpy().astype(np.float64)),
        world=world,
        hours=hours,
        truth={
            hour: made.truth.filter(interval_start=instant).select("hex", "people") for hour, instant in hours.items()
        },
    )


def contenders(city: City) -> dict[str, Callable[[], dict[str, pl.DataFrame]]]:
    """Every method by name; each gives hex and people of all intervals of the counts, by interval."""
    known = {
        "attachment known, even prior": lambda: _known(city, prior=None),
        "attachment known, land-use prior": lambda: _known(city, prior=city.land_use),
    }
    return {
        "point": lambda: _simple(city, "point"),
        "voronoi": lambda: _simple(city, "voronoi"),
        "dominance, even prior": lambda: _radio(city, prior=None, method="dominance"),
        "radio, even prior": lambda: _radio(city, prior=None),
        "radio, learned prior": lambda: _radio(city, prior=_learned(city, None)),
        "radio, land-use prior": lambda: _radio(city, prior=city.land_use),
        **(known if city.world else {}),
    }


def _simple(city: City, method: str) -> dict[str, pl.DataFrame]:
    options = FootprintOptions(method=method)
    weights = {o: SIMPLE_METHODS[method](cells, options=options, land=city.land) for o, cells in city.plans.items()}
    return _people(city, weights)


def _radio(city: City, *, prior: Prior | None, method: str = "radio") -> dict[str, pl.DataFrame]:
    options = FootprintOptions(method=method)
    shared = prepare_ground(city.plans, options=options, land=city.land, prior=prior, known=None)
    weights = {
        operator: place_cells(shared, operator, options=options, earlier=None, threads=THREADS)[0]
        for operator in city.plans
    }
    return _people(city, weights)


def _known(city: City, *, prior: Prior | None) -> dict[str, pl.DataFrame]:
    """What a footprint method could do at best that knew the share of every cell in every hexagon."""
    if city.world is None:
        raise ValueError("this city does not tell who is attached to what")
    hexes = city.world.city.hexes
    area_km2 = hex_areas_km2(hexes)
    mass = area_km2 if prior is None else prior.mass_at(hexes, area_km2=area_km2, land_km2=area_km2)
    weights = {}
    for network in city.world.networks:
        operator = network.operator.name
        shares = network.shares.tocoo()
        numbers = network.cells.select("cell_id").join(
            city.plans[operator].select("cell_id", "cell_no"), on="cell_id", maintain_order="left"
        )
        joint = pl.DataFrame(
            {
                "cell_no": numbers["cell_no"].gather(shares.col),
                "hex": hexes[shares.row],
                "weight": shares.data * mass[shares.row],
            }
        )
        weights[operator] = joint.with_columns(pl.col("weight") / pl.col("weight").sum().over("cell_no"))
    return _people(city, weights)


def _people(city: City, weights: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """People by interval, scaled so that each interval has as many as the truth: placement is judged, not factors."""
    every = pl.concat([w.select(pl.lit(o).alias("operator"), "cell_no", "hex", "weight") for o, w in weights.items()])
    sums = (
        every.join(city.counts, on=["operator", "cell_no"])
        .group_by("interval_start", "hex")
        .agg(people=(pl.col("devices") * pl.col("weight")).sum())
        .sort("interval_start", "hex")
    )
    total = next(iter(city.truth.values()))["people"].sum()
    scaled = sums.with_columns(pl.col("people") / pl.col("people").sum().over("interval_start") * total)
    return {str(start): frame for (start,), frame in scaled.partition_by("interval_start", as_dict=True).items()}


def _learned(city: City, prior: Prior | None) -> Prior:
    """The prior that `kerumun prior learn` would take from the density of all intervals."""
    means = pl.concat(_radio(city, prior=prior).values()).group_by("hex").agg(pl.col("people").sum()).sort("hex")
    hexes = means["hex"].to_numpy()
    area_km2 = hex_areas_km2(hexes)
    return Prior("learned", hexes, smooth(hexes, means["people"].to_numpy() / area_km2) * area_km2)


def errors_of(city: City, estimates: Mapping[str, pl.DataFrame]) -> dict[tuple[str, int], float]:
    """Relative absolute error by hour and resolution: sum of |estimate - truth| over all people."""
    errors = {}
    for hour, instant in city.hours.items():
        truth, found = city.truth[hour], fine(estimates[str(instant)])
        both = truth.join(found, on="hex", how="full", coalesce=True, suffix="_found").fill_null(0)
        errors[hour, FINE] = _relative(both)
        parents = both.with_columns(hex=pl.Series(parents_of(both["hex"].to_numpy(), COARSE)))
        errors[hour, COARSE] = _relative(parents.group_by("hex").agg(pl.col("people", "people_found").sum()))
    return errors


def _relative(both: pl.DataFrame) -> float:
    off = (both["people_found"] - both["people"]).abs().sum()
    return float(off / both["people"].sum())


def fine(people: pl.DataFrame) -> pl.DataFrame:
    """People of coarse hexagons spread evenly over their children of resolution 9."""
    parts = []
    for resolution in np.unique(resolutions_of(people["hex"].to_numpy())):
        of = people.filter(pl.Series(resolutions_of(people["hex"].to_numpy()) == resolution))
        children = children_of(of["hex"].to_numpy(), FINE)
        each = len(children) // max(of.height, 1)
        spread = np.repeat(of["people"].to_numpy() / each, each)
        parts.append(pl.DataFrame({"hex": children, "people": spread}))
    return pl.concat(parts)
