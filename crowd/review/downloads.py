"""What is seen on the map, as files for other programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from crowd.density import DENSITY
from crowd.exports import write_export, write_rows
from crowd.policy import LEVELS
from crowd.review.gatherings import filtered, latest_hours
from crowd.review.hexagons import Wanted, hexagons_in
from crowd.review.memory import Memory
from crowd.review.retrying import not_there, read_or
from crowd.review.told_gatherings import MOMENT, create_shown_gatherings, fetch_shown, without_nan
from crowd.review.told_numbers import told_column
from geo.areas import read_area_names
from geo.cells import create_plan_view
from lake.engine import fetch_frame, fetch_value
from lake.errors import NotFoundError
from lake.home import Home
from lake.stages import create_view


@dataclass(frozen=True, kw_only=True)
class Download:
    """A file to write.

    Attributes:
        home: whose lake it is of.
        k: fewest devices that anything in it may rest on.
        file_format: one of `crowd.exports.FORMATS`.
        output: the file.
    """

    home: Home
    k: int
    file_format: str
    output: Path


def write_density(memory: Memory, download: Download, wanted: Wanted) -> None:
    """Write the hexagons that the map shows of an hour (`crowd.review.hexagons.hexagons_in`).

    Where they are the lake's own, with the columns of an export of density; where some are rolled up without the range
    of people and the score, which do not add up.

    Args:
        memory: of the process.
        download: the file.
        wanted: hour, box and resolution; its k is that of the download.
    """
    with memory.cursor() as connection:
        read_or(lambda: _write_density(memory, connection, download, wanted), not_there)


def write_gatherings(
    connection: duckdb.DuckDBPyConnection,
    download: Download,
    *,
    start: datetime,
    end: datetime,
    area: str | None = None,
    levels: Sequence[str] = LEVELS,
) -> None:
    """Write all hours of the gatherings that `crowd.review.gatherings.kept_list` gives, as exports have them.

    Args:
        connection: DuckDB with its memory and threads bounded.
        download: the file.
        start: first instant.
        end: first instant after it.
        area: code of an area; gatherings in it, and in all areas below it.
        levels: highest levels that are wanted.
    """
    read_or(lambda: _write_gatherings(connection, download, start=start, end=end, area=area, levels=levels), not_there)


def write_targets(
    connection: duckdb.DuckDBPyConnection, download: Download, *, at: datetime, gathering_id: str | None = None
) -> None:
    """Write the target cells of an hour, of one gathering or of all that may be shown.

    Args:
        connection: DuckDB with its memory and threads bounded.
        download: the file.
        at: the hour.
        gathering_id: of one gathering; None for all.

    Raises:
        NotFoundError: there is no such gathering in that hour that may be shown.
    """
    read_or(lambda: _write_targets(connection, download, at=at, gathering_id=gathering_id), not_there)


def _write_density(memory: Memory, connection: duckdb.DuckDBPyConnection, download: Download, wanted: Wanted) -> None:
    shown = hexagons_in(memory, download.home, wanted).table
    rows = pl.DataFrame(pl.from_arrow(shown)).with_columns(pl.col(pl.Float32).fill_nan(None))
    create_view(connection, "density_now", home=download.home, stage=DENSITY, start=wanted.at, end=wanted.at + MOMENT)
    connection.register("shown_now", rows.to_arrow())
    connection.execute(
        """create or replace temp table density_in as
        select * from density_now where devices >= $k and hex in (select hex from shown_now)""",
        {"k": download.k},
    )
    _round_density(connection, shown=rows)
    if fetch_value(connection, "select count(*) from density_in") == rows.height:
        write_export(connection, "density", file_format=download.file_format, output=download.output, k=download.k)
        return
    at = pl.lit(wanted.at).cast(pl.Datetime("us", "UTC")).alias("interval_start")
    connection.register("shown_now", rows.select(at, pl.all()).sort("hex").to_arrow())
    write_rows(connection, "from shown_now", table="density", file_format=download.file_format, output=download.output)


def _round_density(connection: duckdb.DuckDBPyConnection, *, shown: pl.DataFrame) -> None:
    """Make `density_in` tell what the map tells."""
    rounded = ("people", "people_per_km2", "baseline", "excess", "coverage")
    own = fetch_frame(connection, "from density_in").drop(rounded).join(shown, on="hex")
    told = own.with_columns(told_column("people_low"), told_column("people_high"), pl.col("score").round(1))
    connection.register("told_now", told.to_arrow())
    connection.execute("create or replace temp table density_in as from told_now")


def _write_gatherings(
    connection: duckdb.DuckDBPyConnection,
    download: Download,
    *,
    start: datetime,
    end: datetime,
    area: str | None,
    levels: Sequence[str],
) -> None:
    latest, _ = latest_hours(connection, home=download.home, start=start, end=end, k=download.k)
    chosen = filtered(latest, names=read_area_names(download.home), area=area, levels=levels)
    hexes = fetch_shown(connection, "shown_hexes", home=download.home, start=start, end=end, k=download.k)
    connection.register("chosen_now", chosen.select("gathering_id").to_arrow())
    # What may not be shown is gone already, and an ended gathering has no devices.
    rows = fetch_frame(
        connection,
        """select *, null::bigint as devices from shown_gatherings semi join chosen_now using (gathering_id)
        where interval_start >= $start""",
        {"start": start},
    )
    connection.register("gatherings_now", without_nan(rows).to_arrow())
    connection.execute("create or replace temp view gatherings_in as from gatherings_now")
    connection.register("hexes_now", hexes.to_arrow())
    connection.execute("create or replace temp view gathering_hexes_in as from hexes_now")
    write_export(connection, "gatherings", file_format=download.file_format, output=download.output, k=download.k)


def _write_targets(
    connection: duckdb.DuckDBPyConnection, download: Download, *, at: datetime, gathering_id: str | None
) -> None:
    home, end = download.home, at + MOMENT
    create_shown_gatherings(connection, home=home, start=at, end=end, k=download.k)
    present = fetch_frame(
        connection, "select gathering_id from shown_gatherings where interval_start = $at", {"at": at}
    )
    if gathering_id is not None and gathering_id not in present["gathering_id"]:
        raise NotFoundError(f"gathering {gathering_id} has nothing in that hour that may be shown")
    rows = fetch_shown(connection, "shown_targets", home=home, start=at, end=end, k=download.k)
    wanted = rows if gathering_id is None else rows.filter(gathering_id=gathering_id)
    connection.register("targets_now", wanted.to_arrow())
    connection.execute("create or replace temp view targets_in as from targets_now")
    create_plan_view(connection, home)
    write_export(connection, "targets", file_format=download.file_format, output=download.output, k=download.k)
