"""The cells on an operator's sites, as a cell plan in the project's contract."""

import numpy as np
import polars as pl

from crowd.simulator.parts import Operator

MCC = "001"  # the test network, which nobody owns
ENODEBS_PER_OPERATOR = 10_000
CELLS_PER_ENODEB = 256
RURAL_SPACING_M = 2000  # macro sites further apart than this have taller masts and a lower band

PLAN_COLUMNS = [
    "cell_id",
    "operator",
    "radio",
    "lat",
    "lon",
    "azimuth_deg",
    "beamwidth_deg",
    "height_m",
    "tilt_deg",
    "power_dbm",
    "frequency_mhz",
    "range_m",
    "kind",
]


def cells_on_sites(sites: pl.DataFrame, *, operator: Operator, number: int, noise: np.random.Generator) -> pl.DataFrame:
    """Return one operator's cells, ordered by `cell_id`.

    Macro sites have three LTE sectors, and `umts_sites` of them three UMTS sectors besides; micro and indoor
    sites have one omnidirectional LTE cell.

    Args:
        sites: what `place_sites` returns.
        operator: whose cells they are.
        number: the operator's place in the scenario, from 0; it keeps the numbers of eNodeBs apart.
        noise: random numbers for masts and azimuths.

    Returns:
        `PLAN_COLUMNS` and `site`.
    """
    macro = _macro_cells(sites.filter(kind="macro"), noise=noise)
    with_umts = noise.permutation(operator.macro_sites or 0)[: operator.umts_sites]
    umts = macro.filter(pl.col("site").is_in(with_umts.tolist())).with_columns(
        radio=pl.lit("UMTS"), frequency_mhz=pl.lit(2100), power_dbm=pl.lit(40.0)
    )
    cells = pl.concat(
        [
            macro,
            umts,
            _small_cells(sites.filter(kind="micro"), height_m=8.0, power_dbm=33.0, range_m=300.0),
            _small_cells(sites.filter(kind="indoor"), height_m=4.0, power_dbm=30.0, range_m=150.0),
        ]
    )
    named = cells.with_columns(operator=pl.lit(operator.name), cell_id=_cell_id(operator, number=number))
    return named.select(*PLAN_COLUMNS, "site").sort("cell_id")


def _macro_cells(sites: pl.DataFrame, *, noise: np.random.Generator) -> pl.DataFrame:
    first_azimuth_deg, taller_m = noise.integers(0, [[12], [13]], size=(2, sites.height)) * [[10], [1]]
    is_rural = pl.col("spacing_m") > RURAL_SPACING_M
    masts = sites.select(
        *("site", "kind", "lat", "lon"),
        radio=pl.lit("LTE"),
        azimuth_deg=first_azimuth_deg,
        beamwidth_deg=pl.lit(65.0),
        height_m=pl.when(is_rural).then(30.0).otherwise(22.0) + taller_m,
        tilt_deg=pl.when(is_rural).then(3.0).otherwise(6.0),
        power_dbm=pl.lit(43.0),
        frequency_mhz=pl.when(is_rural).then(900).otherwise(1800),
        range_m=(1.5 * pl.col("spacing_m") / 100).ceil() * 100,
    )
    sectors = masts.join(pl.DataFrame({"sector": [1, 2, 3]}), how="cross")
    turned_deg = 5 * noise.integers(-2, 3, size=sectors.height)
    azimuth_deg = (pl.col("azimuth_deg") + 120 * (pl.col("sector") - 1) + turned_deg) % 360
    return sectors.with_columns(azimuth_deg=azimuth_deg.cast(pl.Float64))


def _small_cells(sites: pl.DataFrame, *, height_m: float, power_dbm: float, range_m: float) -> pl.DataFrame:
    return sites.select(
        *("site", "kind", "lat", "lon"),
        radio=pl.lit("LTE"),
        azimuth_deg=pl.lit(None, dtype=pl.Float64),
        beamwidth_deg=pl.lit(None, dtype=pl.Float64),
        height_m=pl.lit(height_m),
        tilt_deg=pl.lit(0.0),
        power_dbm=pl.lit(power_dbm),
        frequency_mhz=pl.lit(1800),
        range_m=pl.lit(range_m),
        sector=pl.lit(1, dtype=pl.Int64),
    )


def _cell_id(operator: Operator, *, number: int) -> pl.Expr:
    """Return `MCC-MNC-ECI` for LTE (ECI: eNodeB * 256 + cell) and `MCC-MNC-LAC-CI` for UMTS."""
    enodeb = pl.col("site") + ENODEBS_PER_OPERATOR * (number + 1)
    eci = enodeb * CELLS_PER_ENODEB + pl.col("sector")
    lac, ci = pl.lit(100 * (number + 1)), 10 * pl.col("site") + pl.col("sector")
    network = f"{MCC}-{operator.mnc}-"
    return pl.when(radio="LTE").then(pl.format(network + "{}", eci)).otherwise(pl.format(network + "{}-{}", lac, ci))
