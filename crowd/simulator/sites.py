"""Where an operator puts its sites: macro sites over the whole town, small ones where it is busy."""

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial import KDTree

from crowd.simulator.city import City, Floats, distances_m, east_north_m, points_moved
from crowd.simulator.parts import Operator
from crowd.simulator.people import Settlement
from crowd.simulator.scenario import Scenario
from lake.errors import RefusedInputError

LLOYD_ROUNDS = 20
PULL_OF_DEMAND = 0.75  # 0 would spread macro sites evenly, 1 would put them all where people are
WIDEST_SPACING_M = 5000.0  # in a town of up to 20 km; half the extent of a larger one
MOST_PAIRS = 500_000  # points x sites; above it the nearest are looked up in a tree
OFF_CENTRE_M = 90.0


def place_sites(
    city: City, *, operator: Operator, scenario: Scenario, settlement: Settlement, noise: np.random.Generator
) -> pl.DataFrame:
    """Return an operator's sites, macro then micro then indoor.

    Returns:
        `site` (0, 1, ...), `kind`, `lat`, `lon` (degrees, 5 decimals) and `spacing_m`, the distance to the
        nearest site of the same kind (at most `WIDEST_SPACING_M`, more in a large town).

    Raises:
        RefusedInputError: the operator has no network code or macro sites, or more sites of a kind than the town has
            hexagons.
    """
    if operator.macro_sites is None or operator.mnc is None:
        raise RefusedInputError(
            f"The operator {operator.name!r} of the scenario has no mnc or no macro_sites: give both, or a plan."
        )
    most = max(operator.macro_sites, operator.micro_sites)
    if most > city.hexes.size:
        raise RefusedInputError(
            f"The operator {operator.name!r} of the scenario has {most} sites of a kind for a town of "
            f"{city.hexes.size} hexagons: lower macro_sites and micro_sites, or make the town larger."
        )
    demand = _demand(settlement, scenario=scenario)
    macro = _spread(city, sites=operator.macro_sites, weights=demand**PULL_OF_DEMAND, noise=noise)
    micro = noise.choice(city.hexes.size, size=operator.micro_sites, replace=False, p=demand)
    halls = [place for place in scenario.places if place.name in operator.indoor_places]
    widest_m = max(WIDEST_SPACING_M, city.extent_m / 2)
    inside = np.array([[hall.lat, hall.lon] for hall in halls]).reshape(-1, 2).T
    parts = [
        _sites("macro", *_near(city, macro, noise=noise), widest_m=widest_m),
        _sites("micro", *_near(city, micro, noise=noise), widest_m=widest_m),
        _sites("indoor", *inside, widest_m=widest_m),
    ]
    return pl.concat(parts).with_row_index("site")


def _demand(settlement: Settlement, *, scenario: Scenario) -> Floats:
    """Return each hexagon's share of people, the busier of night and day."""
    in_places = np.array([place.people for place in scenario.places], dtype=np.float64)
    night = scenario.town.people * settlement.homes
    day = (scenario.town.people - in_places.sum()) * settlement.homes + in_places @ settlement.places
    busier: Floats = np.maximum(night, day)
    busier /= busier.sum()
    return busier


def _spread(city: City, *, sites: int, weights: Floats, noise: np.random.Generator) -> NDArray[np.int64]:
    """Return the hexagons of sites, each amid the land nearest to it (Lloyd's algorithm)."""
    chosen = noise.choice(city.hexes.size, size=sites, replace=False, p=weights / weights.sum())
    for _ in range(LLOYD_ROUNDS):
        nearest = _nearest(city.lat, city.lon, to_lat=city.lat[chosen], to_lon=city.lon[chosen])
        mass = np.bincount(nearest, weights=weights, minlength=sites)
        served = mass > 0  # a site that shares its hexagon with another stays where it is
        lat, lon = city.lat[chosen], city.lon[chosen]
        lat[served] = np.bincount(nearest, weights=weights * city.lat, minlength=sites)[served] / mass[served]
        lon[served] = np.bincount(nearest, weights=weights * city.lon, minlength=sites)[served] / mass[served]
        chosen = _nearest(lat, lon, to_lat=city.lat, to_lon=city.lon)
    return chosen


def _nearest(lat: Floats, lon: Floats, *, to_lat: Floats, to_lon: Floats) -> NDArray[np.int64]:
    if lat.size * to_lat.size > MOST_PAIRS:
        return _nearest_in_tree(lat, lon, to_lat=to_lat, to_lon=to_lon)
    nearest: NDArray[np.int64] = distances_m(lat, lon, to_lat=to_lat, to_lon=to_lon).argmin(axis=1)
    return nearest


def _nearest_in_tree(lat: Floats, lon: Floats, *, to_lat: Floats, to_lon: Floats) -> NDArray[np.int64]:
    origin = {"from_lat": to_lat.mean(keepdims=True), "from_lon": to_lon.mean(keepdims=True)}
    targets = np.column_stack(east_north_m(to_lat, to_lon, **origin))
    return np.asarray(KDTree(targets).query(np.column_stack(east_north_m(lat, lon, **origin)))[1])


def _near(city: City, chosen: NDArray[np.int64], *, noise: np.random.Generator) -> tuple[Floats, Floats]:
    """Return points a little off the centres of hexagons, where a mast found ground."""
    east_m, north_m = noise.uniform(-OFF_CENTRE_M, OFF_CENTRE_M, size=(2, chosen.size))
    return points_moved(city.lat[chosen], city.lon[chosen], east_m=east_m, north_m=north_m)


def _sites(kind: str, lat: Floats, lon: Floats, *, widest_m: float) -> pl.DataFrame:
    away_m = distances_m(lat, lon, to_lat=lat, to_lon=lon)
    np.fill_diagonal(away_m, np.inf)
    spacing_m = away_m.min(axis=1, initial=widest_m)
    columns = {"lat": lat.round(5), "lon": lon.round(5), "spacing_m": spacing_m}
    schema = dict.fromkeys(columns, pl.Float64)
    return pl.DataFrame(columns, schema=schema).select(pl.lit(kind).alias("kind"), *columns)
