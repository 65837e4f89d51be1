"""What a crowd at a hexagon, or on a disc of hexagons around it, would add to the count of each cell.

A person more in a hexagon behaves as the usual people there do: of the usual people u_h of hexagon h, cell i has the
devices w_ih * b_i, so it gains g_ih = w_ih * b_i / u_h devices per person. This takes what the counts themselves tell
about the true reach of a cell, which P(cell | hexagon) of the plan alone does not know.
"""

from dataclasses import dataclass

import duckdb
import h3ronpy
import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
from scipy.sparse import csr_array

from geo.hexagons import Hexes, hex_centres, resolutions_of
from lake.engine import fetch_frame

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

# Rings of hexagons of the shapes that are tried, for hexagons of the finest resolution; others are large enough alone.
RINGS = (0, 1, 2)


@dataclass(frozen=True)
class Shapes:
    """Places where a crowd may be, in the shapes it may have.

    Attributes:
        interval: number of the interval of each place, shape (places,).
        hexes: its hexagon.
        lat: degrees.
        lon: degrees.
        place: of each shape, shape (shapes,).
        rings: around the hexagon.
        members: which hexagons a shape has: shape number and hexagon.
        gains: devices per person of a shape, shape (shapes, columns).
        columns: interval number and cell number of each column, shape (columns, 2).
    """

    interval: Positions
    hexes: Hexes
    lat: Floats
    lon: Floats
    place: Positions
    rings: Positions
    members: tuple[Positions, Hexes]
    gains: csr_array
    columns: Positions


def shape_crowds(
    connection: duckdb.DuckDBPyConnection,
    places: pl.DataFrame,
    *,
    gain: Floats,
    devices: Floats,
    people_per_device: Floats,
) -> Shapes:
    """Shapes around places where a crowd may be.

    Args:
        connection: with `weights_in`.
        places: interval_no, hex.
        gain: devices that a cell usually has, NaN where it tells nothing, shape (intervals, cells).
        devices: counts of now, NaN where there are none, same shape.
        people_per_device: of each cell at each interval, same shape.
    """
    interval, hexes = places["interval_no"].to_numpy().astype(np.int64), places["hex"].to_numpy()
    shape_place, rings, shape, member = _discs(connection, hexes)
    ground = pl.DataFrame({"interval_no": interval[shape_place[shape]], "hex": member})
    pairs = ground.unique().sort("interval_no", "hex").with_row_index("pair")
    entries, columns = _entries(connection, pairs, gain=gain, devices=devices, people_per_device=people_per_device)
    size = (pairs.height, len(columns))
    of_pairs = csr_array((entries["gain"].to_numpy(), (entries["pair"].to_numpy(), entries["column"].to_numpy())), size)
    pair = ground.join(pairs, on=["interval_no", "hex"], how="left", maintain_order="left")["pair"].to_numpy()
    even = 1.0 / np.bincount(shape, minlength=len(shape_place))[shape]
    averages = csr_array((even, (shape, pair)), shape=(len(shape_place), pairs.height))
    lat, lon = hex_centres(hexes)
    return Shapes(
        interval, hexes, lat, lon, shape_place, rings, (shape, member), csr_array(averages @ of_pairs), columns
    )


def _discs(connection: duckdb.DuckDBPyConnection, hexes: Hexes) -> tuple[Positions, Positions, Positions, Hexes]:
    """Place and rings of every shape; shape number and hexagon of all their members that any cell is heard in."""
    finest = resolutions_of(hexes).max(initial=0)
    places, rings, shapes, members = [], [], [], []
    offset = 0
    for ring in RINGS:
        place = np.flatnonzero(resolutions_of(hexes) == finest) if ring else np.arange(len(hexes))
        disc = pa.array(h3ronpy.grid_disk(hexes[place], ring))
        sizes = np.diff(np.asarray(disc.offsets))
        places.append(place)
        rings.append(np.full(len(place), ring))
        shapes.append(np.repeat(np.arange(len(place)), sizes) + offset)
        members.append(np.asarray(disc.flatten(), dtype=np.uint64))
        offset += len(place)
    shape, member = np.concatenate(shapes), np.concatenate(members)
    connection.register("disc_hexes", pl.DataFrame({"hex": np.unique(member)}).to_arrow())
    heard = fetch_frame(connection, "select distinct hex from weights_in semi join disc_hexes using (hex)")[
        "hex"
    ].to_numpy()
    is_heard = np.isin(member, heard)
    return np.concatenate(places), np.concatenate(rings), shape[is_heard], member[is_heard]


def _entries(
    connection: duckdb.DuckDBPyConnection,
    pairs: pl.DataFrame,
    *,
    gain: Floats,
    devices: Floats,
    people_per_device: Floats,
) -> tuple[pl.DataFrame, Positions]:
    """Gains g_ih of the intervals' hexagons: pair, column, gain; and interval and cell of each column."""
    connection.register("shape_hexes", pairs.select("hex").unique().to_arrow())
    weights = fetch_frame(
        connection,
        "select hex, cell_no, weight, people_weight from weights_in semi join shape_hexes using (hex)",
    )
    joined = pairs.join(weights, on="hex")
    interval, cell = joined["interval_no"].to_numpy(), joined["cell_no"].to_numpy().astype(np.int64)
    of_weight = pl.Series(people_per_device[interval, cell]) * pl.col("people_weight")
    usual, now = pl.Series(gain[interval, cell], nan_to_null=True), pl.Series(devices[interval, cell], nan_to_null=True)
    is_known = usual.is_not_null()
    found = joined.with_columns(
        cell=pl.Series(cell),
        gained=usual * pl.col("weight"),
        usual_people=usual * of_weight,
        known_now=pl.when(is_known).then(now * of_weight),
        unknown_now=pl.when(~is_known).then(now * of_weight),
    )
    # Of cells without a history it is what they have now, less what the others have more than usual.
    known, unknown = pl.col("usual_people").sum().over("pair"), pl.col("unknown_now").sum().over("pair")
    risen = pl.max_horizontal(pl.col("known_now").sum().over("pair") / known, 1.0)
    found = found.with_columns(gain=pl.col("gained") / (known + unknown / risen)).filter(pl.col("gain").is_finite())
    columns = found.select("interval_no", "cell").unique().sort("interval_no", "cell").with_row_index("column")
    entries = found.join(columns, on=["interval_no", "cell"]).select("pair", "column", "gain")
    return entries, columns.select(pl.col("interval_no", "cell").cast(pl.Int64)).to_numpy()
