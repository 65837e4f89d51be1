"""Which areas each hexagon lies in, and what share of its people each of them gets.

People are thought to live evenly on the ground of a hexagon that any area claims, so the sea part of a hexagon at the
coast belongs to its land. Shares are kept in the lake under the hash of the areas and computed once per hexagon.
"""

from hashlib import sha256

import numpy as np
import polars as pl
import shapely

from geo.area_pieces import AreaPieces, split_hexes
from geo.areas import area_file
from geo.hexagons import Hexes
from lake.errors import RefusedInputError
from lake.home import Home
from lake.stages import PART
from lake.staging import staged

STAGE = "area_shares"
# Part of every key: shares stored by another way of computing them are computed anew.
LAYOUT = "shares in steps of 2^-30"
BLOCK_HEXES = 100_000
SCHEMA = {"hex": pl.UInt64, "code": pl.String, "share": pl.Float64}


def area_shares(home: Home, hexes: Hexes, *, level: str) -> pl.DataFrame:
    """The areas of a level that each hexagon touches, and the share of its people that each of them gets.

    Ground that several areas claim goes to the smallest code.

    Args:
        home: whose areas, and where shares are remembered.
        hexes: hexagons of any resolutions, in any order.
        level: one of `geo.areas.LEVELS`.

    Returns:
        hex, code, share, ordered by the first two; the shares of a hexagon sum to exactly one. Hexagons that touch no
        area are absent.

    Raises:
        RefusedInputError: no areas of this level are loaded.
    """
    relative = _store(home, level)
    store = home.lake / relative
    known = pl.read_parquet(store, hive_partitioning=False) if store.exists() else pl.DataFrame(schema=SCHEMA)
    wanted = pl.DataFrame({"hex": np.unique(hexes)}, schema={"hex": pl.UInt64})
    new = wanted.join(known, on="hex", how="anti")["hex"].sort().to_numpy()
    if len(new):
        known = pl.concat([known, _compute(home, new, level=level)]).sort("hex", "code")
        with staged(home) as staging:
            known.write_parquet(staging.path(relative))
    return known.join(wanted, on="hex", how="semi", maintain_order="left").drop_nulls("code")


def _store(home: Home, level: str) -> str:
    """Path in the lake of the shares of the areas as they are now."""
    areas = area_file(home, level)
    if not areas.exists():
        raise RefusedInputError(f"no areas of level {level} are loaded: run 'kerumun areas load FILE --level {level}'")
    key = sha256(LAYOUT.encode() + areas.read_bytes()).hexdigest()[:16]
    return f"{STAGE}/level={level}/key={key}/{PART}"


def _compute(home: Home, hexes: Hexes, *, level: str) -> pl.DataFrame:
    """Shares of hexagons; one without any area has a row without code, so that this too is remembered."""
    areas = pl.read_parquet(area_file(home, level), columns=["code", "wkb"])
    pieces = AreaPieces.cut(np.asarray(shapely.from_wkb(areas["wkb"].to_numpy())))
    blocks = [hexes[n : n + BLOCK_HEXES] for n in range(0, len(hexes), BLOCK_HEXES)]
    shares = pl.concat([split_hexes(block, pieces) for block in blocks])
    named = shares.select("hex", code=areas["code"].gather(shares["area"]), share="share")
    nowhere = pl.DataFrame({"hex": hexes}).join(named, on="hex", how="anti")
    return pl.concat([named, nowhere], how="diagonal")
