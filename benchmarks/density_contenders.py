"""Ways to people per hexagon of one hour: Kerumun's SQL, SciPy, pandas and Polars.

The peers keep weights and people per cell in memory, in the order of the files, and compute people alone.
"""

from contextlib import ExitStack
from datetime import datetime, timedelta

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl
from country import CALENDAR, FACTORS, HOUR, NEXT_HOUR, PEOPLE_PER_DEVICE, Country, engine_of, find_footprint
from scipy.sparse import csr_array
from stopwatch import Stopwatch

from crowd.baseline import create_crowded_view, read_cells
from crowd.count_history import CountHistory
from crowd.counts import COUNTS
from crowd.density_batches import sum_batch
from crowd.placement import create_placement_views
from lake.engine import connect, fetch_frame

# The statement that sums; whatever else a batch does comes before it.
SUMS = "density_sums"


class Contender:
    """One way to compute the density.

    Attributes:
        passes: how often the last `compute` went over the weights.
        parts: seconds of named parts of the last `compute`.
    """

    passes = 1

    def __init__(self, country: Country) -> None:
        self.country = country
        self.parts: dict[str, float] = {}

    def prepare(self) -> None:
        """From the files to whatever is kept in memory."""
        raise NotImplementedError

    def compute(self) -> None:
        """The density, once more."""
        raise NotImplementedError

    def people(self) -> pl.DataFrame:
        """The last density as hex and people, in hexagon order."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of whatever is held."""


class Kerumun(Contender):
    """The product's own statements, from the files of counts and weights to the sums of an hour; nothing is kept."""

    def prepare(self) -> None:
        """Open the engine and make the views; nothing is read."""
        home = self.country.home
        self.resources = ExitStack()
        self.connection = self.resources.enter_context(connect(engine_of(home)))
        create_placement_views(
            self.connection, home=home, start=HOUR, end=NEXT_HOUR, footprints=[find_footprint(home)], factors=FACTORS
        )

    def compute(self) -> None:
        """A batch of one interval."""
        watch = Stopwatch(self.connection)
        sum_hours(watch, self.country, [HOUR])
        self.parts = {"join and group-by": watch.seconds[SUMS]}

    def people(self) -> pl.DataFrame:
        """The last density."""
        return fetch_frame(self.connection, "select hex, people from density_sums order by hex")

    def close(self) -> None:
        """Close the engine."""
        self.resources.close()


def sum_hours(connection: duckdb.DuckDBPyConnection, country: Country, intervals: list[datetime]) -> None:
    """A batch of the product: counts beside what is usual, and their sums."""
    home, footprint = country.home, find_footprint(country.home)
    end = intervals[-1] + timedelta(hours=1)
    create_crowded_view(connection, home=home, start=intervals[0])
    sum_batch(
        connection,
        home,
        intervals,
        at=intervals[0],
        cells=read_cells(connection, footprint),
        history=CountHistory(connection, home=home, start=intervals[0], end=end),
        calendar=CALENDAR,
    )


def read_weights(country: Country) -> pl.DataFrame:
    """Weights of all operators in hexagon order: cell_no, hex, weight."""
    return pl.read_parquet(
        find_footprint(country.home).folder / "weights.parquet", columns=["cell_no", "hex", "weight"]
    )


def read_counts(country: Country) -> pl.DataFrame:
    """Devices of every cell, ascending: cell_no, operator, devices."""
    paths = COUNTS.paths(country.home, start=HOUR, end=NEXT_HOUR)
    counts = pl.concat([pl.read_parquet(p, columns=["cell_id", "devices"], hive_partitioning=False) for p in paths])
    cells = pl.read_parquet(
        find_footprint(country.home).folder / "cells.parquet", columns=["cell_no", "operator", "cell_id"]
    )
    return cells.join(counts, on="cell_id").select("cell_no", "operator", "devices").sort("cell_no")


def read_people(country: Country) -> pl.DataFrame:
    """Devices times people per device of every cell: cell_no, people."""
    factor = pl.col("operator").replace_strict(PEOPLE_PER_DEVICE, return_dtype=pl.Float64)
    return read_counts(country).select("cell_no", people=pl.col("devices") * factor)


def matrix_of(weights: pl.DataFrame, cells: int) -> tuple[csr_array, pl.Series]:
    """Weights as a matrix, hexagons by cells, and its hexagons."""
    runs = weights.select(pl.col("hex").rle()).unnest("hex")
    starts: npt.NDArray[np.int32] = np.concatenate(([0], runs["len"].cum_sum().to_numpy())).astype(np.int32)
    columns = weights["cell_no"].to_numpy().astype(np.int32)
    return csr_array((weights["weight"].to_numpy(), columns, starts), shape=(runs.height, cells)), runs["value"]


class Scipy(Contender):
    """A sparse matrix, hexagons by cells, times a vector."""

    def prepare(self) -> None:
        """Build the matrix, once."""
        self.vector = read_people(self.country)["people"].to_numpy()
        self.matrix, self.hexes = matrix_of(read_weights(self.country), len(self.vector))

    def compute(self) -> None:
        """One product."""
        self.density = self.matrix @ self.vector

    def people(self) -> pl.DataFrame:
        """The last density."""
        return pl.DataFrame({"hex": self.hexes, "people": self.density})


class ScipyOfAll(Scipy):
    """The same for all that Kerumun's statement sums: people, their variance, devices."""

    def prepare(self) -> None:
        """Build three matrices, once."""
        super().prepare()
        counts = read_counts(self.country)
        factors = counts["operator"].replace_strict(PEOPLE_PER_DEVICE, return_dtype=pl.Float64).to_numpy()
        self.devices, self.varying = counts["devices"].to_numpy().astype(float), self.vector * factors
        self.squared, self.fed = self.matrix.power(2), self.matrix.sign()

    def compute(self) -> None:
        """Three products."""
        super().compute()
        self.variance, self.feeding = self.squared @ self.varying, self.fed @ self.devices


class Pandas(Contender):
    """A merge and a group-by."""

    def prepare(self) -> None:
        """Keep both frames."""
        self.weights = read_weights(self.country).to_pandas()
        self.vector = read_people(self.country).to_pandas()

    def compute(self) -> None:
        """One product."""
        merged = self.weights.merge(self.vector, on="cell_no")
        shared = merged["people"] * merged["weight"]
        self.density = shared.groupby(merged["hex"]).sum()

    def people(self) -> pl.DataFrame:
        """The last density."""
        return pl.DataFrame({"hex": self.density.index.to_numpy(), "people": self.density.to_numpy()}).sort("hex")


class Polars(Contender):
    """A join and a group-by."""

    def prepare(self) -> None:
        """Keep both frames."""
        self.weights, self.vector = read_weights(self.country).lazy(), read_people(self.country).lazy()

    def compute(self) -> None:
        """One product."""
        shared = pl.col("people") * pl.col("weight")
        self.density = self.weights.join(self.vector, on="cell_no").group_by("hex").agg(people=shared.sum()).collect()

    def people(self) -> pl.DataFrame:
        """The last density."""
        return self.density.sort("hex")
