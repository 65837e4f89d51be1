"""Present population by expectation maximisation, as eurostat/multimno (v1.0.0) documents it, in SciPy and in PySpark.

Over T tiles with P(a | g), the probability that a device in tile g is in cell a, and n_a devices per cell: begin with
u_g = N / T; repeat u'_g = sum_a n_a u_g P(a | g) / sum_h u_h P(a | h); stop after 20 rounds or when sum |u' - u| falls
under an absolute 10,000. That bound would end it after two rounds where few people are counted, so here it only tells
when it would have: all rounds are run.
"""

import os
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from density_contenders import Contender, matrix_of, read_counts, read_weights

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

ROUNDS, TOLERANCE = 20, 10_000.0


def read_probabilities(weights: pl.DataFrame) -> pl.DataFrame:
    """P(a | g) as cell_no, hex, weight: those of a hexagon sum to one."""
    return weights.with_columns(weight=pl.col("weight") / pl.col("weight").sum().over("hex"))


class Maximiser(Contender):
    """Counts its rounds.

    Attributes:
        would_stop: round after which the published bound would have stopped it.
    """

    passes = ROUNDS
    would_stop = ROUNDS

    def note(self, number: int, moved: float) -> None:
        """Remember the first round that moved fewer people than the bound."""
        if moved < TOLERANCE:
            self.would_stop = min(self.would_stop, number)


class ScipyEm(Maximiser):
    """Two products with a sparse matrix in each round."""

    def prepare(self) -> None:
        """Build the matrix and its transpose, once."""
        self.devices = read_counts(self.country)["devices"].to_numpy().astype(float)
        self.tiles_cells, self.hexes = matrix_of(
            read_probabilities(read_weights(self.country)), cells=len(self.devices)
        )
        self.cells_tiles = self.tiles_cells.T.tocsr()

    def compute(self) -> None:
        """All rounds."""
        users = np.full(len(self.hexes), self.devices.sum() / len(self.hexes))
        for number in range(1, ROUNDS + 1):
            expected = self.cells_tiles @ users
            found = users * (self.tiles_cells @ (self.devices / expected))
            self.note(number, np.abs(found - users).sum())
            users = found
        self.users = users

    def people(self) -> pl.DataFrame:
        """The last estimate."""
        return pl.DataFrame({"hex": self.hexes, "people": self.users})


class SparkEm(Maximiser):
    """Joins and group-bys of PySpark data frames on two local cores."""

    def prepare(self) -> None:
        """Start Spark and cache the probabilities in its memory."""
        from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra that may be missing

        # Spark reads no unsigned numbers: tiles are numbered.
        probabilities = read_probabilities(read_weights(self.country))
        self.hexes = probabilities["hex"].unique().sort()
        folder = self.country.root / "spark"
        folder.mkdir(exist_ok=True)
        tile = pl.col("hex").rle_id().cast(pl.Int64)
        probabilities.select(
            tile.alias("tile"), pl.col("cell_no").cast(pl.Int64).alias("cell"), p="weight"
        ).write_parquet(folder / "probabilities.parquet")
        counts = read_counts(self.country).select(pl.col("cell_no").cast(pl.Int64).alias("cell"), n="devices")
        counts.write_parquet(folder / "counts.parquet")
        os.environ["SPARK_LOCAL_DIRS"] = str(folder)
        self.spark = (
            SparkSession.builder.master("local[2]")
            .config("spark.sql.shuffle.partitions", "4")
            .config("spark.driver.memory", "4g")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.log.level", "ERROR")
            .getOrCreate()
        )
        self.probabilities = self.spark.read.parquet(str(folder / "probabilities.parquet")).cache()
        self.counts = self.spark.read.parquet(str(folder / "counts.parquet")).cache()
        self.devices, self.tiles = int(counts["n"].sum()), len(self.hexes)

    def compute(self) -> None:
        """All rounds; the users of each are kept, or its plan would hold all rounds before it."""
        from pyspark.sql import functions as sf  # noqa: PLC0415

        users = self.probabilities.select("tile").distinct().withColumn("u", sf.lit(self.devices / self.tiles))
        for number in range(1, ROUNDS + 1):
            found = self._round(users).localCheckpoint()
            self.note(number, found.agg(sf.sum(sf.abs(sf.col("u") - sf.col("before")))).first()[0])
            users = found.select("tile", "u")
        self.users = users.orderBy("tile").toArrow()["u"].to_numpy()

    def _round(self, users: "DataFrame") -> "DataFrame":
        from pyspark.sql import functions as sf  # noqa: PLC0415

        joint = self.probabilities.join(users, "tile").withColumn("joint", sf.col("u") * sf.col("p"))
        expected = joint.groupBy("cell").agg(sf.sum("joint").alias("expected"))
        ratios = self.counts.join(expected, "cell").select("cell", (sf.col("n") / sf.col("expected")).alias("ratio"))
        return (
            joint.join(ratios, "cell")
            .groupBy("tile")
            .agg(sf.sum(sf.col("joint") * sf.col("ratio")).alias("u"), sf.first("u").alias("before"))
        )

    def people(self) -> pl.DataFrame:
        """The last estimate."""
        return pl.DataFrame({"hex": self.hexes, "people": self.users})

    def close(self) -> None:
        """End Spark and wait for its Java, so that its memory counts."""
        gateway = self.spark.sparkContext._gateway  # noqa: SLF001 - the only way to the process
        self.spark.stop()
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait(30)
