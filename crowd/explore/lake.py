"""The lake as analysts look into it: read only, by SQL, with small numbers kept back."""

import re
import weakref
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import duckdb
import geopandas as gpd
import polars as pl

from crowd.density import DENSITY
from crowd.explore.tables import TABLES, create_table
from crowd.exports_by_area import export_areas
from geo.areas import loaded_levels, read_areas
from geo.footprint import stored_footprints
from lake.engine import Engine, connect, fetch_frame, literal
from lake.errors import RefusedInputError
from lake.home import Home
from lake.stages import hour_of_path
from lake.steady_files import steady_files

HOUR = timedelta(hours=1)
WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class Lake:
    """A range of hours of one lake.

    Whatever it gives rests on at least k devices. Sums over rows of hexagons miss the few that were kept back, so
    people of areas come from `areas`, which sums first and keeps back last.

    Attributes:
        home: whose lake.
        engine: memory and threads of every question.
        k: fewest devices that a number may rest on.
        timezone: the clock of the place.
        start: first instant.
        end: first instant after it.
    """

    home: Home
    engine: Engine
    k: int
    timezone: str
    start: datetime
    end: datetime
    _connection: duckdb.DuckDBPyConnection = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        stack = ExitStack()
        connection = stack.enter_context(connect(self.engine))
        connection.execute(f"create macro local(instant) as timezone({literal(self.timezone)}, instant)")
        object.__setattr__(self, "_connection", connection)
        weakref.finalize(self, stack.close)

    def tables(self) -> pl.DataFrame:
        """What can be asked by `sql`: table, says, first_hour and last_hour of those that hold anything."""
        rows = []
        for name, table in TABLES.items():
            paths = table.stage.paths(self.home, start=self.start, end=self.end)
            if paths:
                first, last = (self.local(hour_of_path(path)) for path in (paths[0], paths[-1]))
                rows.append((name, table.says, first, last))
        names = ["table", "says", "first_hour", "last_hour"]
        return pl.DataFrame(rows, schema=names, orient="row")

    def sql(self, query: str, **parameters: object) -> pl.DataFrame:
        """The rows of one `select` over the tables.

        `local(interval_start)` is the time on the clock of the place.

        Args:
            query: DuckDB's SQL.
            parameters: values of `$name` in it.

        Raises:
            RefusedInputError: it is no single select.
            duckdb.Error: it cannot be answered; DuckDB says why.
        """
        statements = self._connection.extract_statements(query)
        if [each.type for each in statements] != [duckdb.StatementType.SELECT]:
            raise RefusedInputError("the lake is only read here: write one select")
        return self._ask(query, parameters, start=self.start, end=self.end)

    def density(self, hour: datetime | str) -> pl.DataFrame:
        """Rows of density of one hour, by hexagon.

        Raises:
            RefusedInputError: the hour cannot be read as one, or lies outside this range.
        """
        at = self.instant(hour)
        # other hours' files need not be opened
        return self._ask("select * from density order by hex", {}, start=at, end=at + HOUR)

    def footprint(self, operator: str, cell_id: str, *, at: datetime | str) -> pl.DataFrame:
        """Where the devices of a cell are thought to be at an hour: hex, share (they sum to one).

        Raises:
            RefusedInputError: no footprint of that hour holds the cell.
        """
        hour = self.instant(at)
        with connect(self.engine) as connection:
            found = stored_footprints(connection, home=self.home, start=hour, end=hour + HOUR)
        cells = [pl.read_parquet(each.folder / "cells.parquet", glob=False) for each in found]
        of_cell = [each.filter(operator=operator, cell_id=cell_id) for each in cells]
        if not found or of_cell[0].is_empty():
            raise RefusedInputError(f"there is no footprint of cell {cell_id} of {operator} at {at}")
        weights = pl.read_parquet(found[0].folder / "weights.parquet", glob=False)
        mine = weights.join(of_cell[0].select("cell_no"), on="cell_no", how="semi")
        return mine.select("hex", share="weight").sort("hex")

    def areas(self, *, level: str | None = None, day: date | None = None) -> pl.DataFrame:
        """People of each area and hour, as `kerumun density export --by area` gives them, with the local hour.

        The shares of hexagons in areas are remembered in the lake, as the export does.

        Args:
            level: one of `geo.areas.LEVELS`; None for the finest that is loaded.
            day: on the clock of the place; None for the whole range.

        Raises:
            RefusedInputError: no areas of it are loaded.
        """
        start = self.start if day is None else self._midnight(day)
        end = self.end if day is None else self._midnight(day + timedelta(days=1))
        with TemporaryDirectory() as folder, connect(self.engine) as connection:
            written = export_areas(
                connection,
                home=self.home,
                start=start,
                end=end,
                level=level,
                file_format="parquet",
                output=Path(folder) / "areas.parquet",
                k=self.k,
            )
            return pl.read_parquet(written.path).with_columns(hour=self.clock())

    def ground(self, *, level: str | None = None) -> gpd.GeoDataFrame | None:
        """Outlines of the areas of one level (the finest if not given); None where none are loaded."""
        finest = next(reversed(loaded_levels(self.home)), None)
        return read_areas(self.home, level=level or finest)

    def instant(self, hour: datetime | str) -> datetime:
        """An hour in UTC; a text or a time without an offset is meant on the clock of the place.

        Raises:
            RefusedInputError: it is no time, or lies outside this range.
        """
        try:
            told = datetime.fromisoformat(hour) if isinstance(hour, str) else hour
        except ValueError:
            raise RefusedInputError(f"'{hour}' is no time: write it like 2020-03-31 19:00") from None
        at = (told if told.tzinfo else told.replace(tzinfo=ZoneInfo(self.timezone))).astimezone(UTC)
        if not self.start <= at < self.end:
            first, last = self.local(self.start), self.local(self.end - HOUR)
            raise RefusedInputError(f"{hour} lies outside {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}")
        return at

    def local(self, instant: datetime) -> datetime:
        """An instant on the clock of the place, without an offset."""
        return instant.astimezone(ZoneInfo(self.timezone)).replace(tzinfo=None)

    def clock(self, column: str = "interval_start") -> pl.Expr:
        """A column of instants on the clock of the place, without an offset."""
        return pl.col(column).dt.convert_time_zone(self.timezone).dt.replace_time_zone(None)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.timezone)).astimezone(UTC)

    def _ask(self, query: str, parameters: Mapping[str, object], *, start: datetime, end: datetime) -> pl.DataFrame:
        with steady_files(), closing(self._connection.cursor()) as connection:
            connection.execute("set timezone = 'UTC'")
            # DuckDB itself names the tables of a query only once they are there
            for name in sorted(TABLES.keys() & set(WORD.findall(query.casefold()))):
                create_table(connection, name, home=self.home, start=start, end=end, k=self.k)
            return fetch_frame(connection, query, parameters)

    @property
    def last_day(self) -> date:
        """The last day, on the clock of the place, that lies in the range with all of its hours."""
        return self.local(self.end).date() - timedelta(days=1)

    @property
    def last_hour(self) -> datetime:
        """The last hour of the range."""
        return self.end - HOUR


def hours_with_density(home: Home) -> tuple[datetime, datetime] | None:
    """First hour with density, and the first instant after the last; None where there is none."""
    paths = DENSITY.paths(home)
    return (hour_of_path(paths[0]), hour_of_path(paths[-1]) + HOUR) if paths else None
