"""Four ways to the same number, people per hexagon of one hour: Kerumun's SQL, SciPy, pandas and Polars.

The peers keep weights and people per cell in memory; Kerumun reads its files anew each time, finds the cell of every
count, and gives devices and people per km2 as well.
"""

from contextlib import ExitStack
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl
from country import HOUR, NEXT_HOUR, PEOPLE_PER_DEVICE, Country, engine_of, find_footprints
from scipy.sparse import csr_array

from crowd.counts import COUNTS
from crowd.placement import create_placement_views
from lake.engine import connect, fetch_frame, read_sql


class Contender(Protocol):
    """One way to compute the density."""

    def prepare(self) -> None:
        """From the files to whatever is kept in memory."""

    def compute(self) -> object:
        """The density, once more."""

    def people(self) -> pl.DataFrame:
        """The density as hex and people, in hexagon order."""


class Kerumun:
    """The product's own views and SQL."""

    def __init__(self, country: Country, resources: ExitStack) -> None:
        self.country, self.resources = country, resources

    def prepare(self) -> None:
        """Open the engine and make the views; nothing is read."""
        home = self.country.home
        self.connection = self.resources.enter_context(connect(engine_of(home)))
        create_placement_views(
            self.connection,
            home=home,
            start=HOUR,
            end=NEXT_HOUR,
            footprints=find_footprints(home),
            people_per_device=PEOPLE_PER_DEVICE,
        )

    def compute(self) -> None:
        """As `compute_density` begins."""
        sql = read_sql("crowd", "density")
        self.connection.execute(f"create or replace temp table density_now as {sql}").fetchall()

    def people(self) -> pl.DataFrame:
        """The last density."""
        return fetch_frame(self.connection, "select hex, people from density_now order by hex")


class KerumunInMemory(Kerumun):
    """The same SQL over weights kept in a temporary table."""

    def prepare(self) -> None:
        """Keep the weights."""
        super().prepare()
        self.connection.execute("create temp table weights_kept as select * from weights_in")
        self.connection.execute("create or replace temp view weights_in as select * from weights_kept")


def read_weights(country: Country) -> pl.DataFrame:
    """Weights of all operators, cells numbered across them: cell_no, hex, weight in hexagon order."""
    frames, cells = [], 0
    for footprint in find_footprints(country.home):
        weights = pl.read_parquet(footprint.folder / "weights.parquet", columns=["cell_no", "hex", "weight"])
        frames.append(weights.with_columns((pl.col("cell_no") + cells).cast(pl.UInt32)))
        cells += footprint.cells
    return pl.concat(frames).sort("hex")


def read_people(country: Country) -> pl.DataFrame:
    """Devices times people per device of every cell: cell_no, people."""
    frames, cells = [], 0
    for footprint in find_footprints(country.home):
        (path,) = (p for p in COUNTS.paths(country.home) if p.parent.name == f"operator={footprint.operator}")
        counts = pl.read_parquet(path, columns=["cell_id", "devices"], hive_partitioning=False)
        numbered = pl.read_parquet(footprint.folder / "cells.parquet", columns=["cell_no", "cell_id"])
        frames.append(
            counts.join(numbered, on="cell_id").select(
                (pl.col("cell_no") + cells).cast(pl.UInt32),
                people=pl.col("devices") * PEOPLE_PER_DEVICE[footprint.operator],
            )
        )
        cells += footprint.cells
    return pl.concat(frames).sort("cell_no")


class Scipy:
    """A sparse matrix, hexagons by cells, times a vector."""

    def __init__(self, country: Country) -> None:
        self.country = country

    def prepare(self) -> None:
        """Build the matrix, once."""
        weights, people = read_weights(self.country), read_people(self.country)
        self.vector = people["people"].to_numpy()
        runs = weights.select(pl.col("hex").rle()).unnest("hex")
        self.hexes = runs["value"]
        starts: npt.NDArray[np.int32] = np.concatenate(([0], runs["len"].cum_sum().to_numpy())).astype(np.int32)
        columns = weights["cell_no"].to_numpy().astype(np.int32)
        self.matrix = csr_array(
            (weights["weight"].to_numpy(), columns, starts), shape=(len(self.hexes), len(self.vector))
        )

    def compute(self) -> None:
        """One product."""
        self.density = self.matrix @ self.vector

    def people(self) -> pl.DataFrame:
        """The last density."""
        return pl.DataFrame({"hex": self.hexes, "people": self.density})


class Pandas:
    """A merge and a group-by."""

    def __init__(self, country: Country) -> None:
        self.country = country

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


class Polars:
    """A join and a group-by."""

    def __init__(self, country: Country) -> None:
        self.country = country

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
