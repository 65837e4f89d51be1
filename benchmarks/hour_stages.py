"""The stages of one hour, from a count file to target cells, each through the product's own function."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
from country import (
    CALENDAR,
    FACTORS,
    HOUR,
    NEXT_HOUR,
    Country,
    copy_home,
    engine_of,
    find_footprint,
    take_in,
)
from measuring import seconds_of

from crowd.counts import COUNTS
from crowd.density import compute_density
from crowd.gatherings import find_gatherings
from crowd.policy import load_policy
from crowd.targets import choose_targets
from lake.engine import connect
from lake.home import Home

SEED = 11
# A crowd at so many cells of each operator.
CROWDED_CELLS, CROWD = 20, 3000


def counts(root: Path, home: Path) -> float:
    """Seconds to take in the CSV, into a new home that has the country's plan and footprints."""
    country = Country(root)
    copy_home(country.home, home)
    return seconds_of(lambda: take_in(Home(home), country.counts("csv")))


def density(root: Path, home: Path) -> float:  # noqa: ARG001 - stages are called alike
    """Seconds from counts to density, footprints found again and baselines computed."""
    return seconds_of(lambda: _density(Home(home)))


def _density(home: Home) -> None:
    footprint = find_footprint(home)
    with connect(engine_of(home)) as connection:
        compute_density(
            connection,
            home=home,
            start=HOUR,
            end=NEXT_HOUR,
            footprints=[footprint],
            factors=FACTORS,
            calendar=CALENDAR,
        )


def gatherings(root: Path, home: Path) -> float:  # noqa: ARG001
    """Seconds from density to gatherings, by the shipped policy."""
    with connect(engine_of(Home(home))) as connection:
        return seconds_of(
            lambda: find_gatherings(
                connection, home=Home(home), start=HOUR, end=NEXT_HOUR, policy=load_policy(), calendar=CALENDAR
            )
        )


def targets(root: Path, home: Path) -> float:  # noqa: ARG001
    """Seconds from gatherings to target cells."""
    found = find_footprint(Home(home))
    with connect(engine_of(Home(home))) as connection:
        return seconds_of(
            lambda: choose_targets(
                connection,
                home=Home(home),
                start=HOUR,
                end=NEXT_HOUR,
                footprints=[found],
                factors=FACTORS,
                policy=load_policy(),
            )
        )


def write_history(root: Path, home: Path, weeks: int) -> None:
    """Put counts of `HOUR` and of the same hour of the days before into a home: those of the country, drawn anew.

    At `HOUR` some masts have a crowd. An hour's baseline looks at the same hour of other days alone.
    """
    rng = np.random.default_rng(SEED)
    for path in COUNTS.paths(Country(root).home, start=HOUR, end=NEXT_HOUR):
        usual = pl.read_parquet(path, hive_partitioning=False)
        for back in range(7 * weeks + 1):
            day = HOUR - timedelta(days=back)
            folder = Home(home).lake / f"{COUNTS.name}/date={day:%Y-%m-%d}/hour={day:%H}/{path.parent.name}"
            folder.mkdir(parents=True, exist_ok=True)
            devices = rng.poisson(usual["devices"].to_numpy())
            if back == 0:
                devices[rng.integers(0, len(devices), CROWDED_CELLS)] += CROWD
            told = usual.with_columns(pl.col("interval_start") - timedelta(days=back), devices=pl.Series(devices))
            told.write_parquet(folder / path.name, compression="zstd")
