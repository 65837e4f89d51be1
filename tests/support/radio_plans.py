"""Cell plans for radio footprints: made-up masts around a point."""

import numpy as np
import polars as pl

from geo.footprint_options import FootprintOptions
from geo.radio_footprint import place_cells, prepare_ground

COLUMNS = {
    "cell_no": pl.UInt32,
    "cell_id": pl.String,
    "radio": pl.String,
    "lat": pl.Float64,
    "lon": pl.Float64,
    "azimuth_deg": pl.Float64,
    "beamwidth_deg": pl.Float64,
    "height_m": pl.Float64,
    "tilt_deg": pl.Float64,
    "power_dbm": pl.Float64,
    "frequency_mhz": pl.Float64,
    "range_m": pl.Float64,
    "kind": pl.String,
}
OPTIONS = FootprintOptions()


def plan_of(rows):
    """Cells from dictionaries, gaps left empty."""
    named = [{**dict.fromkeys(COLUMNS), "radio": "LTE", "cell_id": f"001-01-{n}", **row} for n, row in enumerate(rows)]
    frame = pl.DataFrame(named, schema=COLUMNS, orient="row").sort("cell_id")
    return frame.with_columns(cell_no=pl.int_range(pl.len(), dtype=pl.UInt32))


def town_at(lat, lon, *, masts=6, spacing_km=1.2, seed=0, **values):
    """Three sectors on each of some masts, scattered around a point."""
    rng = np.random.default_rng(seed)
    north, east = rng.normal(0, spacing_km * np.sqrt(masts) / 2, (2, masts)) / 111
    return plan_of(
        {
            "lat": round(lat + north[mast], 6),
            "lon": round((lon + east[mast] / np.cos(np.radians(lat)) + 180) % 360 - 180, 6),
            "azimuth_deg": float(azimuth),
            "kind": "macro",
            **values,
        }
        for mast in range(masts)
        for azimuth in (20, 140, 260)
    )


def weights_of(cells, *, options=OPTIONS, land=None, prior=None, threads=2):
    """Weights of one operator's plan, in order."""
    shared = prepare_ground({"alun": cells}, options=options, land=land, prior=prior, known=None)
    weights, _ = place_cells(shared, "alun", options=options, earlier=None, threads=threads)
    return weights.sort("cell_no", "hex")
