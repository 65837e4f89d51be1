"""Rounds of the density: every contender in turn, first from its files, then again and again; all must agree."""

from contextlib import ExitStack
from pathlib import Path

import numpy as np
import polars as pl
from country import Country
from density_contenders import Contender, Kerumun, KerumunInMemory, Pandas, Polars, Scipy
from measuring import forget_files, seconds_of

TOLERANCE = 1e-9


def measure_round(root: Path, repetitions: int) -> dict[str, dict[str, list[float]]]:
    """Seconds of the first density from the files, and of the warm ones, by contender.

    Raises:
        ArithmeticError: two contenders differ by more than `TOLERANCE`, relatively.
    """
    country = Country(root)
    with ExitStack() as resources:
        contenders: dict[str, Contender] = {
            "Kerumun": Kerumun(country, resources),
            "SciPy": Scipy(country),
            "pandas": Pandas(country),
            "Polars": Polars(country),
            "Kerumun, weights in memory": KerumunInMemory(country, resources),
        }
        seconds = {name: {"first": [_first(c, country)], "warm": []} for name, c in contenders.items()}
        for _ in range(repetitions):
            for name, contender in contenders.items():
                seconds[name]["warm"].append(seconds_of(contender.compute))
        _must_agree({name: contender.people() for name, contender in contenders.items()})
    return seconds


def _first(contender: Contender, country: Country) -> float:
    forget_files(country.home.lake.rglob("*.parquet"))
    return seconds_of(contender.prepare) + seconds_of(contender.compute)


def _must_agree(densities: dict[str, pl.DataFrame]) -> None:
    expected = densities["SciPy"]
    for name, found in densities.items():
        is_same = found["hex"].equals(expected["hex"]) and np.allclose(
            found["people"].to_numpy(), expected["people"].to_numpy(), rtol=TOLERANCE, atol=0
        )
        if not is_same:
            raise ArithmeticError(f"{name} and SciPy do not give the same density")
