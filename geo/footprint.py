"""Footprints: where the cells' devices are, as weights P(hexagon | cell) of all operators in hexagon order.

A footprint is stored under the hash of all that it is made from, so that it is built once and found again. All
operators share one file: sums per hexagon are fastest where equal hexagons stand together (docs/method/engine.md).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import duckdb
import polars as pl

from geo.areas import read_land
from geo.cells import cells_at, create_plan_view, plan_changes, planned_operators
from geo.footprint_options import FootprintOptions, options_from
from geo.hexagons import hex_areas_km2
from geo.land import LandMask
from geo.point import point_weights
from geo.prior import Prior, read_prior
from geo.radio_footprint import EarlierFootprint, place_cells, prepare_ground
from geo.radio_shares import STRENGTHS
from geo.voronoi import voronoi_weights
from lake.engine import fetch_value
from lake.errors import RefusedInputError
from lake.home import Home
from lake.staging import staged

STAGE = "footprints"
CHOICE = f"{STAGE}/choice.json"
ABOUT = "footprint.json"
MIN_RESOLUTION, MAX_RESOLUTION = 5, 11
# Part of every key: a footprint stored by another layout is built anew.
LAYOUT = "all operators together"

# Methods that place each cell by itself; those of `STRENGTHS` weigh the cells of an operator against each other.
SIMPLE_METHODS: dict[str, Callable[..., pl.DataFrame]] = {"voronoi": voronoi_weights, "point": point_weights}


def methods() -> tuple[str, ...]:
    """Names of all methods."""
    return (*STRENGTHS, *SIMPLE_METHODS)


@dataclass(frozen=True, kw_only=True)
class PlacedPlan:
    """What became of one operator's plan.

    Attributes:
        cells: cells of the plan.
        cells_unplaced: cells that reach no hexagon.
        filled: how many cells lacked a column that a default was taken for.
    """

    cells: int
    cells_unplaced: int
    filled: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Footprint:
    """A stored footprint of all operators' cells.

    Attributes:
        folder: where `cells.parquet` (cell_no, operator and the plan), `weights.parquet` (hex, cell_no, weight,
            area_km2 of the hexagon) and `hexes.parquet` (all the ground: hex, area_km2, prior) lie.
        method: how it was made.
        resolution: finest H3 resolution.
        operators: what became of each operator's plan.
        hexes: hexagons reached.
        weights: rows of the weights.
        valid_from: first instant of the plans it was made from; None for since ever.
        valid_to: first instant after it; None for still valid.
    """

    folder: Path
    method: str
    resolution: int
    operators: Mapping[str, PlacedPlan]
    hexes: int
    weights: int
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    @property
    def cells(self) -> int:
        """Cells of all operators."""
        return sum(plan.cells for plan in self.operators.values())


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What footprints are made from, besides the plans."""

    options: FootprintOptions
    land: LandMask | None
    prior: Prior | None

    @property
    def fingerprint(self) -> str:
        """Changes when anything in it does."""
        uses_prior = self.options.method in STRENGTHS
        parts = [
            LAYOUT,
            json.dumps(self.options.settled().as_dict(), sort_keys=True),
            self.land.fingerprint if self.land else "",
            self.prior.fingerprint if self.prior and uses_prior else "",
        ]
        return sha256("\n".join(parts).encode()).hexdigest()[:16]


def choose_footprints(home: Home, options: FootprintOptions) -> None:
    """Remember how footprints are to be made from now on.

    Raises:
        RefusedInputError: there is no such method or resolution.
    """
    if options.method not in methods():
        raise RefusedInputError(f"no footprint method '{options.method}': choose one of {', '.join(methods())}")
    if not MIN_RESOLUTION <= options.resolution <= MAX_RESOLUTION:
        raise RefusedInputError(
            f"resolution {options.resolution} is not usable: choose {MIN_RESOLUTION} to {MAX_RESOLUTION}"
        )
    if not options.resolution - 3 <= options.coarsest <= options.resolution:
        raise RefusedInputError(
            f"coarsest resolution {options.coarsest} does not go with {options.resolution}: "
            f"choose {options.resolution - 3} to {options.resolution}"
        )
    with staged(home) as staging:
        staging.path(CHOICE).write_text(json.dumps(options.choices()), encoding="utf-8")


def chosen_footprints(home: Home) -> FootprintOptions:
    """How footprints are made; the defaults where nobody chose."""
    path = home.lake / CHOICE
    if not path.exists():
        return FootprintOptions()
    return options_from(json.loads(path.read_text(encoding="utf-8")))


def build_footprints(
    connection: duckdb.DuckDBPyConnection, *, home: Home, start: datetime, end: datetime
) -> list[Footprint]:
    """Footprints for all plans valid in start <= t < end, in order of time; those already stored are reused.

    Raises:
        RefusedInputError: no cell plan is loaded.
    """
    if not planned_operators(home):
        raise RefusedInputError("no cell plan is loaded yet: run 'kerumun cells load FILE' first")
    threads = int(fetch_value(connection, "select current_setting('threads')"))
    recipe = _recipe_of(home)
    built = []
    for wanted in _wanted(connection, home, recipe=recipe, start=start, end=end):
        if not (wanted.folder / ABOUT).exists():
            _build(home, wanted, recipe=recipe, threads=threads)
        built.append(_stored(wanted))
    return built


def stored_footprints(
    connection: duckdb.DuckDBPyConnection, *, home: Home, start: datetime, end: datetime
) -> list[Footprint]:
    """Those of `build_footprints` that are stored already: for who only looks, and must not wait for a building."""
    wanted = _wanted(connection, home, recipe=_recipe_of(home), start=start, end=end)
    return [_stored(each) for each in wanted if (each.folder / ABOUT).exists()]


@dataclass(frozen=True)
class _Wanted:
    """A footprint by what it is made from: plans by operator, their validity, and the folder that it belongs in."""

    folder: Path
    plans: Mapping[str, pl.DataFrame]
    valid_from: datetime | None
    valid_to: datetime | None


def _recipe_of(home: Home) -> Recipe:
    return Recipe(options=chosen_footprints(home), land=read_land(home), prior=read_prior(home))


def _wanted(
    connection: duckdb.DuckDBPyConnection, home: Home, *, recipe: Recipe, start: datetime, end: datetime
) -> Iterator[_Wanted]:
    """What footprints of all plans valid in start <= t < end are made from, in order of time."""
    operators = planned_operators(home)
    create_plan_view(connection, home)
    changes = sorted({change for operator in operators for change in plan_changes(connection, operator)})
    for instant in (start, *(change for change in changes if start < change < end)):
        plans = {operator: cells_at(connection, operator, instant=instant) for operator in operators}
        yield _Wanted(
            folder=_folder(home, plans, recipe=recipe),
            plans=plans,
            valid_from=max((c for c in changes if c <= instant), default=None),
            valid_to=min((c for c in changes if c > instant), default=None),
        )


def _folder(home: Home, plans: Mapping[str, pl.DataFrame], *, recipe: Recipe) -> Path:
    parts = [recipe.fingerprint, *(f"{operator}\n{cells.write_csv()}" for operator, cells in plans.items())]
    key = sha256("\n".join(parts).encode()).hexdigest()[:16]
    return home.lake / STAGE / f"key={key}"


def _build(home: Home, wanted: _Wanted, *, recipe: Recipe, threads: int) -> None:
    if recipe.options.method in STRENGTHS:
        made = _build_radio(home, wanted.plans, recipe=recipe, threads=threads)
    else:
        made = _build_simple(wanted.plans, recipe=recipe)
    _store(home, wanted.folder, made, recipe=recipe)


def _stored(wanted: _Wanted) -> Footprint:
    about = json.loads((wanted.folder / ABOUT).read_text(encoding="utf-8"))
    operators = {operator: PlacedPlan(**plan) for operator, plan in about["operators"].items()}
    return Footprint(
        folder=wanted.folder,
        operators=operators,
        valid_from=wanted.valid_from,
        valid_to=wanted.valid_to,
        **{name: about[name] for name in ("method", "resolution", "hexes", "weights")},
    )


@dataclass(frozen=True)
class _Made:
    """Cells (with operator, own_hex) and weights by operator, the ground, and what was filled."""

    cells: Mapping[str, pl.DataFrame]
    weights: Mapping[str, pl.DataFrame]
    hexes: pl.DataFrame
    filled: Mapping[str, Mapping[str, int]]


def _build_simple(plans: Mapping[str, pl.DataFrame], *, recipe: Recipe) -> _Made:
    place = SIMPLE_METHODS[recipe.options.method]
    weights = {o: place(cells, options=recipe.options, land=recipe.land) for o, cells in plans.items()}
    cells = {o: frame.with_columns(own_hex=pl.lit(None, dtype=pl.UInt64)) for o, frame in plans.items()}
    hexes = pl.concat([w["hex"] for w in weights.values()]).unique().sort()
    area_km2 = hex_areas_km2(hexes.to_numpy())
    ground = pl.DataFrame({"hex": hexes, "area_km2": area_km2, "prior": area_km2})
    return _Made(cells, weights, ground, {operator: {} for operator in plans})


def _build_radio(home: Home, plans: Mapping[str, pl.DataFrame], *, recipe: Recipe, threads: int) -> _Made:
    options = recipe.options
    last = _last_alike(home, recipe)
    known = pl.read_parquet(last / "hexes.parquet") if last else None
    shared = prepare_ground(plans, options=options, land=recipe.land, prior=recipe.prior, known=known)
    cells, weights = {}, {}
    for operator in plans:
        earlier = _earlier(last, operator, known)
        weights[operator], own_hexes = place_cells(shared, operator, options=options, earlier=earlier, threads=threads)
        cells[operator] = shared.cells[operator].with_columns(own_hex=pl.Series(own_hexes, dtype=pl.UInt64))
    ground = shared.ground
    hexes = pl.DataFrame({"hex": ground.hexes, "area_km2": ground.area_km2, "prior": ground.prior})
    return _Made(cells, weights, hexes, shared.filled)


def _last_alike(home: Home, recipe: Recipe) -> Path | None:
    """Folder of the newest footprint made by the same recipe; None where there is none."""
    alike = [
        path
        for path in (home.lake / STAGE).glob(f"key=*/{ABOUT}")
        if json.loads(path.read_text(encoding="utf-8"))["recipe"] == recipe.fingerprint
    ]
    return max(alike, key=lambda path: path.stat().st_mtime_ns).parent if alike else None


def _earlier(folder: Path | None, operator: str, hexes: pl.DataFrame | None) -> EarlierFootprint | None:
    if folder is None or hexes is None:
        return None
    cells = pl.read_parquet(folder / "cells.parquet").filter(pl.col("operator") == operator)
    if cells.is_empty():
        return None
    of_operator = pl.col("cell_no").is_between(cells["cell_no"].min(), cells["cell_no"].max())
    weights = pl.scan_parquet(folder / "weights.parquet").filter(of_operator).select("cell_no", "hex", "weight")
    return EarlierFootprint(hexes, cells, weights.collect())


def _store(home: Home, folder: Path, made: _Made, *, recipe: Recipe) -> None:
    """Number the cells across operators, bring weights into hexagon order and write it all."""
    relative = folder.relative_to(home.lake).as_posix()
    numbered = list(_numbered(made))
    cells = pl.concat([frame for _, frame, _ in numbered], how="diagonal_relaxed")
    weights = pl.concat([frame for _, _, frame in numbered]).sort("hex", "cell_no")
    reached = weights["hex"].rle_id().max()
    about = {
        "recipe": recipe.fingerprint,
        "method": recipe.options.method,
        "resolution": recipe.options.resolution,
        "operators": {
            operator: asdict(
                PlacedPlan(
                    cells=frame.height,
                    cells_unplaced=int((~frame["is_placed"]).sum()),
                    filled=made.filled[operator],
                )
            )
            for operator, frame, _ in numbered
        },
        "hexes": 0 if reached is None else int(reached) + 1,  # type: ignore[arg-type]
        "weights": weights.height,
    }
    areas = made.hexes.select("hex", "area_km2")
    with staged(home) as staging:
        cells.write_parquet(staging.path(f"{relative}/cells.parquet"))
        made.hexes.write_parquet(staging.path(f"{relative}/hexes.parquet"))
        # Shares hardly compress: zstd would save a seventh of the space and take twice as long to read.
        weights.join(areas, on="hex", how="left", maintain_order="left").write_parquet(
            staging.path(f"{relative}/weights.parquet"), compression="snappy"
        )
        staging.path(f"{relative}/{ABOUT}").write_text(json.dumps(about), encoding="utf-8")


def _numbered(made: _Made) -> Iterator[tuple[str, pl.DataFrame, pl.DataFrame]]:
    """Operator, cells and weights with numbers that no other operator uses."""
    offset = 0
    for operator, cells in made.cells.items():
        number = (pl.col("cell_no") + offset).cast(pl.UInt32)
        weights = made.weights[operator]
        is_placed = pl.col("cell_no").is_in(weights["cell_no"].unique().implode())
        named = cells.select(pl.lit(operator).alias("operator"), "*", is_placed=is_placed)
        yield operator, named.with_columns(number), weights.select("hex", number, "weight")
        offset += cells.height
