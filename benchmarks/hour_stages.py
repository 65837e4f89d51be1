"""The stages of one hour, from a count file to target cells, each through the product's own function."""

from datetime import timedelta
from pathlib import Path

from country import (
    FACTORS,
    HOUR,
    NEXT_HOUR,
    TIMEZONE,
    Country,
    copy_home,
    engine_of,
    find_footprint,
    take_in,
)
from measuring import seconds_of

from crowd.density import DENSITY, compute_density
from crowd.gatherings import find_gatherings
from crowd.holidays import Calendar
from crowd.policy import load_policy
from crowd.targets import choose_targets
from lake.engine import connect, literal
from lake.home import Home


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
            calendar=Calendar(TIMEZONE, frozenset()),
        )


def gatherings(root: Path, home: Path) -> float:  # noqa: ARG001
    """Seconds from density to gatherings, by the shipped policy."""
    with connect(engine_of(Home(home))) as connection:
        return seconds_of(
            lambda: find_gatherings(connection, home=Home(home), start=HOUR, end=NEXT_HOUR, policy=load_policy())
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


def write_history(root: Path, home: Path, hours: int) -> None:  # noqa: ARG001
    """Put density of every hour before `HOUR` into a home: that of `HOUR`, each time shaken by up to a half."""
    (present,) = DENSITY.paths(Home(home), start=HOUR, end=NEXT_HOUR)
    with connect(engine_of(Home(home))) as connection:
        connection.execute(
            f"create temp table present as from read_parquet({literal(str(present))}, hive_partitioning = false)"
        )
        connection.execute("select setseed(0.5)").fetchall()
        for back in range(1, hours + 1):
            hour = HOUR - timedelta(hours=back)
            folder = Home(home).lake / f"{DENSITY.name}/date={hour:%Y-%m-%d}/hour={hour:%H}"
            folder.mkdir(parents=True)
            connection.execute(
                f"""copy (select * replace (interval_start - interval {back} hour as interval_start,
                people * (0.5 + random()) as people) from present)
                to {literal(str(folder / "part.parquet"))} (format parquet, compression zstd)"""
            )
