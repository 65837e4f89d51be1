"""Peers of the counts load: they read the same file and write it as Parquet; they check nothing and place nothing."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import polars as pl
from measuring import seconds_of


def load_with_polars(root: Path, ending: str) -> float:
    """Seconds to read the file and write it as Parquet."""
    source = root / f"counts.{ending}"
    read = pl.read_parquet if ending == "parquet" else pl.read_csv
    with TemporaryDirectory(dir=root) as folder:
        return seconds_of(lambda: read(source).write_parquet(Path(folder) / "counts.parquet"))


def load_with_pandas(root: Path, ending: str) -> float:
    """Seconds to read the file and write it as Parquet."""
    source = root / f"counts.{ending}"
    read = pd.read_parquet if ending == "parquet" else pd.read_csv
    with TemporaryDirectory(dir=root) as folder:
        return seconds_of(lambda: read(source).to_parquet(Path(folder) / "counts.parquet"))
