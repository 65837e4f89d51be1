"""What a radio model takes for granted where a cell plan says nothing."""

import polars as pl

DEFAULT_KIND = "macro"
BEAMWIDTH_DEG = 65.0  # 3GPP TR 36.814, table A.2.1.1-2: a three-sector site

# The bands that Indonesian networks run each radio on most.
FREQUENCY_MHZ = {"GSM": 900.0, "UMTS": 2100.0, "LTE": 1800.0, "NR": 2300.0}

# Macro: 20 W on a roof or mast, tilted a little down; micro: 2 W; indoor: 3GPP TR 38.901 (indoor office). As in mobloc
# and multimno power is all that counts: gain, feeder and walls are taken to make up for each other.
BY_KIND = {
    "macro": {"height_m": 30.0, "tilt_deg": 5.0, "power_dbm": 43.0},
    "micro": {"height_m": 8.0, "tilt_deg": 0.0, "power_dbm": 33.0},
    "indoor": {"height_m": 4.0, "tilt_deg": 0.0, "power_dbm": 24.0},
}


def fill_defaults(cells: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """Complete a cell plan by defaults of radio and kind.

    Args:
        cells: radio, kind, azimuth_deg, beamwidth_deg, height_m, tilt_deg, power_dbm, frequency_mhz.

    Returns:
        The cells without gaps (an azimuth may be missing: the cell then radiates all round), and how many cells
        lacked each column.
    """
    has_azimuth = pl.col("azimuth_deg").is_not_null()
    wanted = {
        "kind": pl.lit(DEFAULT_KIND),
        "beamwidth_deg": pl.lit(BEAMWIDTH_DEG),
        "frequency_mhz": pl.col("radio").replace_strict(FREQUENCY_MHZ, return_dtype=pl.Float64),
        **{name: _by_kind(name) for name in ("height_m", "tilt_deg", "power_dbm")},
    }
    is_wanted = {"beamwidth_deg": has_azimuth, "tilt_deg": has_azimuth}
    missing = cells.select(
        (pl.col(name).is_null() & is_wanted.get(name, pl.lit(value=True))).sum().alias(name) for name in wanted
    ).row(0, named=True)
    filled = cells
    for name, default in wanted.items():
        filled = filled.with_columns(pl.coalesce(name, default).alias(name))
    return filled, {name: int(n) for name, n in missing.items() if n}


def _by_kind(name: str) -> pl.Expr:
    values = {kind: row[name] for kind, row in BY_KIND.items()}
    return pl.col("kind").replace_strict(values, return_dtype=pl.Float64)
