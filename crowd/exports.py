"""Exports: what people get from the lake, with nothing under k devices in it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import geopandas as gpd
import numpy as np
import polars as pl
import shapely

from crowd.density import DENSITY
from crowd.gatherings import GATHERING_HEXES, GATHERINGS
from crowd.targets import TARGETS
from geo.cells import create_plan_view
from geo.hexagons import Geometries, hex_polygons, hex_texts
from lake.engine import fetch_frame, fetch_value, literal, read_sql
from lake.errors import RefusedInputError
from lake.home import Home
from lake.stages import create_view

FORMATS = ("parquet", "csv", "geojson")
TABLES = ("density", "gatherings", "targets")
ISO_UTC = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, kw_only=True)
class Export:
    """What was written.

    Attributes:
        path: the file.
        rows: rows in it.
        withheld: rows (targets: numbers) kept back because they rest on fewer than k devices.
    """

    path: Path
    rows: int
    withheld: int


def export_table(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    *,
    home: Home,
    start: datetime,
    end: datetime,
    file_format: str,
    output: Path,
    k: int,
) -> Export:
    """Write density, gatherings or targets of start <= interval_start < end to a file.

    Args:
        connection: DuckDB with its memory and threads bounded.
        table: one of `TABLES`.
        home: whose lake.
        start: first instant.
        end: first instant after it.
        file_format: one of `FORMATS`.
        output: the file to write; it appears whole or not at all.
        k: fewest raw devices that an exported number may rest on.

    Raises:
        RefusedInputError: the format is unknown or the folder cannot be written.
    """
    create_export_views(connection, home=home, start=start, end=end)
    return write_export(connection, table, file_format=file_format, output=output, k=k)


def write_export(
    connection: duckdb.DuckDBPyConnection, table: str, *, file_format: str, output: Path, k: int
) -> Export:
    """Write what `exported_<table>.sql` gives of the views of this connection, without what rests on too few devices.

    Raises:
        RefusedInputError: the format is unknown or the folder cannot be written.
    """
    _check(file_format)
    connection.execute(f"create or replace temp table exported as {read_sql('crowd', f'exported_{table}')}", {"k": k})
    withheld = fetch_value(connection, "select count(*) filter (is_withheld) from exported")
    # A target cell stays on the list, only its number goes: a warning must still find it.
    rows = "select * exclude (is_withheld) from exported" + ("" if table == "targets" else " where not is_withheld")
    write_rows(connection, rows, table=table, file_format=file_format, output=output)
    return Export(
        path=output,
        rows=int(fetch_value(connection, f"select count(*) from ({rows})")),
        withheld=int(withheld or 0),
    )


def write_rows(connection: duckdb.DuckDBPyConnection, rows: str, *, table: str, file_format: str, output: Path) -> None:
    """Write the rows of a query, as they are.

    Args:
        connection: DuckDB; for GeoJSON also with the views that the table's outlines are made from.
        rows: the query. Whatever rests on too few devices is not in it any more.
        table: what they are; "density" has hex as a number.
        file_format: one of `FORMATS`.
        output: the file to write; it appears whole or not at all.

    Raises:
        RefusedInputError: the format is unknown or the folder cannot be written.
    """
    _check(file_format)
    write = {"csv": _write_csv, "geojson": _write_geojson, "parquet": _write_parquet}[file_format]
    draft = output.with_name(f".{output.name}.draft")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        write(connection, rows, table, draft)
        draft.replace(output)
    except OSError as error:
        raise RefusedInputError(f"cannot write {output}: {error.strerror or error}") from None


def create_export_views(connection: duckdb.DuckDBPyConnection, *, home: Home, start: datetime, end: datetime) -> None:
    """Make the views that the exports read."""
    for view, stage in (
        ("density_in", DENSITY),
        ("gatherings_in", GATHERINGS),
        ("gathering_hexes_in", GATHERING_HEXES),
        ("targets_in", TARGETS),
    ):
        create_view(connection, view, home=home, stage=stage, start=start, end=end)
    create_plan_view(connection, home)


def _check(file_format: str) -> None:
    if file_format not in FORMATS:
        raise RefusedInputError(
            f"no format '{file_format}': choose one of {', '.join(FORMATS)}, or png for density per hexagon"
        )


def _write_csv(connection: duckdb.DuckDBPyConnection, rows: str, table: str, path: Path) -> None:
    options = f"format csv, header, timestampformat '{ISO_UTC}'"
    connection.execute(f"copy ({_readable(rows, table)}) to {literal(str(path))} ({options})")


def _write_parquet(connection: duckdb.DuckDBPyConnection, rows: str, table: str, path: Path) -> None:
    connection.execute(f"copy ({_readable(rows, table)}) to {literal(str(path))} (format parquet)")


def _readable(rows: str, table: str) -> str:
    """Hexagons as people exchange them."""
    return f"select * replace (printf('%x', hex) as hex) from ({rows})" if table == "density" else rows


def _write_geojson(connection: duckdb.DuckDBPyConnection, rows: str, table: str, path: Path) -> None:
    frame = fetch_frame(connection, rows)
    draw = {"areas": _areas, "density": _hexagons, "gatherings": _gatherings, "targets": _cells}[table]
    outlines = draw(connection, frame)
    if table == "density":
        frame = frame.with_columns(hex=pl.Series(hex_texts(frame["hex"].to_numpy()), dtype=pl.String))
    instants = [c for c, kind in frame.schema.items() if kind == pl.Datetime("us", "UTC")]
    frame = frame.with_columns(pl.col(instants).dt.strftime(ISO_UTC))
    features = gpd.GeoDataFrame(frame.to_pandas(), geometry=outlines, crs="EPSG:4326")
    # Else the layer, which maps list by its name, is called after the temporary file.
    features.to_file(path, driver="GeoJSON", engine="pyogrio", layer=table)


def _hexagons(_connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame) -> Geometries:
    return hex_polygons(frame["hex"].to_numpy())


def _areas(connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame) -> Geometries:
    areas = fetch_frame(connection, "select code as area_code, wkb from areas_in")
    drawn = frame.select("area_code").join(areas, on="area_code", how="left", maintain_order="left")
    return np.asarray(shapely.from_wkb(drawn["wkb"].to_numpy()))


def _gatherings(connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame) -> Geometries:
    """The dissolved hexagons of a gathering; a point where it has ended."""
    hexes = fetch_frame(connection, "select gathering_id, interval_start, hex from gathering_hexes_in")
    points = np.asarray(shapely.points(frame["lon"].to_numpy(), frame["lat"].to_numpy()))
    shapes = dissolve(hexes)
    keyed = frame.select("gathering_id", "interval_start").join(
        shapes.with_row_index("shape").select("gathering_id", "interval_start", "shape"),
        on=["gathering_id", "interval_start"],
        how="left",
        maintain_order="left",
    )
    is_there = keyed["shape"].is_not_null().to_numpy()
    points[is_there] = shapely.from_wkb(shapes["wkb"].to_numpy())[keyed["shape"].drop_nulls().to_numpy()]
    return points


def dissolve(hexes: pl.DataFrame) -> pl.DataFrame:
    """Outline of each gathering and interval: gathering_id, interval_start, wkb."""
    keys = ["gathering_id", "interval_start"]
    if hexes.is_empty():
        return hexes.select(keys).with_columns(wkb=pl.lit(None, dtype=pl.Binary))
    ordered = hexes.sort(keys)
    groups = ordered.with_columns(group=pl.struct(keys).rle_id())
    frame = gpd.GeoDataFrame({"group": groups["group"].to_numpy()}, geometry=hex_polygons(ordered["hex"].to_numpy()))
    shapes = frame.dissolve("group").geometry
    return (
        groups.select(keys)
        .unique(maintain_order=True)
        .with_columns(wkb=pl.Series(list(shapely.to_wkb(shapes.to_numpy())), dtype=pl.Binary))
    )


def _cells(connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame) -> Geometries:
    connection.register("exported_targets", frame.with_row_index("row").to_arrow())
    places = fetch_frame(
        connection,
        """select any_value(lat) as lat, any_value(lon) as lon
        from exported_targets left join plan_cells on exported_targets.operator = plan_cells.operator
            and exported_targets.cell_id = plan_cells.cell_id
            and exported_targets.interval_start >= coalesce(plan_cells.valid_from, timestamptz '-infinity')
            and exported_targets.interval_start < coalesce(plan_cells.valid_to, timestamptz 'infinity')
        group by row order by row""",
    )
    return np.asarray(shapely.points(places["lon"].to_numpy(), places["lat"].to_numpy()))
