"""A cell plan that is given, not made: read from a file or a lake, checked, and what it leaves out filled in."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from crowd.simulator.cells import PLAN_COLUMNS
from lake.errors import RefusedInputError

REQUIRED = ("cell_id", "operator", "radio", "lat", "lon")
TEXTS = {"cell_id", "operator", "radio", "kind"}

# What a typical cell has where a plan says nothing; frequencies are the usual band of each technology.
USUAL = {
    "height_m": {"macro": 28.0, "micro": 8.0, "indoor": 4.0},
    "tilt_deg": {"macro": 5.0, "micro": 0.0, "indoor": 0.0},
    "power_dbm": {"macro": 43.0, "micro": 33.0, "indoor": 30.0},
}
USUAL_MHZ = {"GSM": 900.0, "UMTS": 2100.0, "LTE": 1800.0, "NR": 2600.0}
USUAL_BEAMWIDTH_DEG = 65.0
SITE_DEGREES = 1e-4  # cells nearer to each other than about ten metres stand on one site


def read_plan(path: Path) -> pl.DataFrame:
    """Read a cell plan: a CSV or Parquet file in the contract, or the present plans in the folder of a lake.

    Raises:
        RefusedInputError: it cannot be read.
    """
    try:
        if path.is_dir():
            files = sorted(path.glob("operator=*/*.parquet"))
            plans = [pl.read_parquet(file, hive_partitioning=True) for file in files]
            return pl.concat(plans, how="diagonal_relaxed").filter(pl.col("valid_to").is_null())
        if path.suffix.casefold() == ".parquet":
            return pl.read_parquet(path)
        return pl.read_csv(path, infer_schema=False)
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        reason = str(error).partition("\n")[0]
        raise RefusedInputError(f"The plan {path} of the scenario cannot be read: {reason}.") from error


def checked_plan(
    plan: pl.DataFrame, *, operators: Sequence[str], box: tuple[float, float, float, float] | None
) -> pl.DataFrame:
    """Return the cells of a scenario's operators that lie in its box, in the contract's columns.

    Raises:
        RefusedInputError: a required column is missing, a cell has no use for a simulation, or an operator has no cell.
    """
    missing = [name for name in REQUIRED if name not in plan.columns]
    if missing:
        raise RefusedInputError(f"The plan of the scenario has no column {missing[0]}: see docs/data-contracts.md.")
    cells = _typed(plan).filter(pl.col("operator").is_in(list(operators)))
    if box is not None:
        west, south, east, north = box
        cells = cells.filter(pl.col("lon").is_between(west, east), pl.col("lat").is_between(south, north))
    cellless = set(operators) - set(cells["operator"])
    if cellless:
        raise RefusedInputError(f"The plan has no cell of the operator {min(cellless)!r} where the scenario lies.")
    return cells.unique(["operator", "cell_id"], keep="first").sort("operator", "cell_id")


def completed_cells(plan: pl.DataFrame) -> pl.DataFrame:
    """Return an operator's cells with usual values for all that the plan leaves out, and their `site`.

    Cells at one position stand on one `site`, counted from 0.
    """
    usual = {name: pl.col(name).fill_null(_usual("kind", values)) for name, values in USUAL.items()}
    position = pl.struct((pl.col("lat", "lon") / SITE_DEGREES).round().cast(pl.Int64))
    return plan.with_columns(pl.col("kind").fill_null("macro")).with_columns(
        **usual,
        frequency_mhz=pl.col("frequency_mhz").fill_null(_usual("radio", USUAL_MHZ)),
        beamwidth_deg=pl.when(pl.col("azimuth_deg").is_not_null()).then(
            pl.col("beamwidth_deg").fill_null(USUAL_BEAMWIDTH_DEG)
        ),
        site=position.rank("dense").cast(pl.Int64) - 1,
    )


def _typed(plan: pl.DataFrame) -> pl.DataFrame:
    """Cast to the contract's columns, those that are not there empty; refuse a cell that cannot be placed."""
    absent = [pl.lit(None).alias(name) for name in PLAN_COLUMNS if name not in plan.columns]
    kinds = {name: pl.String if name in TEXTS else pl.Float64 for name in PLAN_COLUMNS}
    cells = plan.with_columns(absent).select(pl.col(name).cast(kind, strict=False) for name, kind in kinds.items())
    unknown = (
        pl.any_horizontal(pl.col(REQUIRED).is_null())
        | ~pl.col("lat").is_between(-80, 80)
        | ~pl.col("lon").is_between(-179, 179)
        | ~pl.col("radio").is_in(list(USUAL_MHZ))
        | ~pl.col("kind").fill_null("macro").is_in(list(USUAL["height_m"]))
    )
    wrong = cells.filter(unknown.fill_null(value=True))
    if wrong.height:
        raise RefusedInputError(
            f"{wrong.height} cells of the scenario's plan have no operator, position, radio or kind in the contract, "
            f"the first being {wrong['cell_id'][0]}: take it in with 'kerumun cells load' and give what that keeps."
        )
    return cells


def _usual(column: str, values: dict[str, float]) -> pl.Expr:
    return pl.col(column).replace_strict(values, default=None, return_dtype=pl.Float64)
