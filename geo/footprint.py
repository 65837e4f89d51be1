"""Footprints: where a cell's devices are, as weights P(hexagon | cell), stored in hexagon order.

A footprint is stored under the hash of all that it is made from, so that it is built once and found again.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import duckdb
import polars as pl

from geo.areas import read_land
from geo.cells import cells_at, create_plan_view, plan_changes, planned_operators
from geo.footprint_options import FootprintOptions
from geo.hexagons import hex_areas_km2
from geo.land import LandMask
from geo.point import point_weights
from geo.voronoi import voronoi_weights
from lake.errors import RefusedInputError
from lake.home import Home
from lake.staging import staged

STAGE = "footprints"
CHOICE = f"{STAGE}/choice.json"
MIN_RESOLUTION, MAX_RESOLUTION = 5, 11
# Part of every key: a footprint stored by another layout is built anew.
LAYOUT = "weights with area"

Method = Callable[..., pl.DataFrame]
METHODS: dict[str, Method] = {"point": point_weights, "voronoi": voronoi_weights}


@dataclass(frozen=True, kw_only=True)
class Footprint:
    """A stored footprint of one operator's cells.

    Attributes:
        operator: whose cells.
        folder: where `cells.parquet` and `weights.parquet` (cell_no, hex, weight, area_km2 of the hexagon) lie.
        method: how it was made.
        resolution: H3 resolution.
        cells: cells of the plan.
        cells_unplaced: cells that reach no hexagon.
        hexes: hexagons reached.
        weights: rows of the weights.
        valid_from: first instant of the plan it was made from; None for since ever.
        valid_to: first instant after it; None for still valid.
    """

    operator: str
    folder: Path
    method: str
    resolution: int
    cells: int
    cells_unplaced: int
    hexes: int
    weights: int
    valid_from: datetime | None = None
    valid_to: datetime | None = None


def choose_footprints(home: Home, options: FootprintOptions) -> None:
    """Remember how footprints are to be made from now on.

    Raises:
        RefusedInputError: there is no such method or resolution.
    """
    if options.method not in METHODS:
        raise RefusedInputError(f"no footprint method '{options.method}': choose one of {', '.join(METHODS)}")
    if not MIN_RESOLUTION <= options.resolution <= MAX_RESOLUTION:
        raise RefusedInputError(
            f"resolution {options.resolution} is not usable: choose {MIN_RESOLUTION} to {MAX_RESOLUTION}"
        )
    with staged(home) as staging:
        staging.path(CHOICE).write_text(json.dumps(asdict(options)), encoding="utf-8")


def chosen_footprints(home: Home) -> FootprintOptions:
    """How footprints are made; the defaults where nobody chose."""
    path = home.lake / CHOICE
    if not path.exists():
        return FootprintOptions()
    return FootprintOptions(**json.loads(path.read_text(encoding="utf-8")))


def build_footprints(
    connection: duckdb.DuckDBPyConnection, *, home: Home, start: datetime, end: datetime
) -> list[Footprint]:
    """Footprints of every operator for all plans valid in start <= t < end; those already stored are reused.

    Raises:
        RefusedInputError: no cell plan is loaded.
    """
    operators = planned_operators(home)
    if not operators:
        raise RefusedInputError("no cell plan is loaded yet: run 'kerumun cells load FILE' first")
    create_plan_view(connection, home)
    options, land = chosen_footprints(home), read_land(home)
    built: list[Footprint] = []
    for operator in operators:
        changes = plan_changes(connection, operator)
        inside = [start, *(c for c in changes if start < c < end)]
        for instant in inside:
            cells = cells_at(connection, operator, instant=instant)
            footprint = _build(home, operator, cells, options=options, land=land)
            valid_from = max((c for c in changes if c <= instant), default=None)
            valid_to = min((c for c in changes if c > instant), default=None)
            built.append(replace(footprint, valid_from=valid_from, valid_to=valid_to))
    return built


def _build(
    home: Home, operator: str, cells: pl.DataFrame, *, options: FootprintOptions, land: LandMask | None
) -> Footprint:
    parts = [LAYOUT, cells.write_csv(), json.dumps(asdict(options)), land.fingerprint if land else ""]
    key = sha256("\n".join(parts).encode()).hexdigest()[:16]
    relative = f"{STAGE}/operator={operator}/key={key}"
    about = home.lake / relative / "footprint.json"
    if about.exists():
        return Footprint(folder=about.parent, **json.loads(about.read_text(encoding="utf-8")))
    weights = METHODS[options.method](cells, options=options, land=land).sort("hex", "cell_no")
    placed = weights["cell_no"].unique()
    hexes = weights.select(pl.col("hex").unique(maintain_order=True))
    hexes = hexes.with_columns(area_km2=hex_areas_km2(hexes["hex"].to_numpy()))
    summary = {
        "operator": operator,
        "method": options.method,
        "resolution": options.resolution,
        "cells": len(cells),
        "cells_unplaced": len(cells) - len(placed),
        "hexes": len(hexes),
        "weights": len(weights),
    }
    is_placed = pl.col("cell_no").is_in(placed.implode())
    with staged(home) as staging:
        cells.with_columns(is_placed=is_placed).write_parquet(staging.path(f"{relative}/cells.parquet"))
        # Shares hardly compress: zstd would save a seventh of the space and take twice as long to read.
        weights.join(hexes, on="hex", maintain_order="left").write_parquet(
            staging.path(f"{relative}/weights.parquet"), compression="snappy"
        )
        staging.path(f"{relative}/footprint.json").write_text(json.dumps(summary), encoding="utf-8")
    return Footprint(folder=about.parent, **summary)  # type: ignore[arg-type]
