"""Gatherings of a week: the largest, and for how many hours there were any, by area and level.

Every number of a gathering rests on at least k devices of its own, hour by hour; its people are not told either in an
hour in which the numbers of the areas around it are hidden.
"""

import duckdb
import polars as pl

from crowd.gathering_stages import GATHERINGS as GATHERING_STAGE
from crowd.mobility.ancestry import ancestry, lineage
from crowd.mobility.long_rows import Figure, long_rows
from crowd.mobility.model import GATHERINGS
from crowd.mobility.placed_hours import numbered
from crowd.mobility.weeks import Week
from crowd.reason_numbers import round_to_range
from lake.engine import fetch_frame
from lake.home import Home
from lake.stages import create_view

# Share of the usual people whose cells reported, under which the phones of silent cells may hang on others nearby.
LEAST_CLEAR_COVERAGE = 0.9
ALARMS = ("waspada", "siaga", "awas")
INDICATOR_OF = {alarm: f"gathering_hours_{alarm}" for alarm in ALARMS}
PEAK = ("peak_people", "peak_low", "peak_high", "usual")
COLUMNS = (
    "gathering_id",
    "interval_start",
    "level",
    "people",
    "people_low",
    "people_high",
    "usual",
    "lat",
    "lon",
    "area_code",
    "place",
    "started_at",
)


def read_gathering_hours(connection: duckdb.DuckDBPyConnection, *, home: Home, week: Week, k: int) -> pl.DataFrame:
    """Every gathering in every hour of the week in which it was seen and rests on at least k devices.

    Columns are COLUMNS.
    """
    create_view(connection, "gatherings_in", home=home, stage=GATHERING_STAGE, start=week.start, end=week.end)
    rows = fetch_frame(connection, f"select {', '.join(COLUMNS)}, devices, state from gatherings_in")
    is_seen = (pl.col("state") != "ended") & pl.col("people").is_not_null() & (pl.col("devices") >= k)
    instants = [pl.col(name).cast(pl.Datetime("us", "UTC")) for name in ("interval_start", "started_at")]
    alarmed = rows.filter(is_seen, pl.col("level").is_in(ALARMS)).with_columns(*instants)
    return alarmed.select(COLUMNS).sort("interval_start", "gathering_id")


def gathering_hours(seen: pl.DataFrame, areas: pl.DataFrame, *, has_data: pl.Series) -> pl.DataFrame:
    """Rows of INDICATORS: hours of gatherings by level of alarm, of every area of the report.

    Args:
        seen: as `read_gathering_hours` gives it, with `found`, the code of the report's finest area it lies in.
        areas: of the report.
        has_data: of each area, whether anybody reported in the week.
    """
    places = numbered(areas).select("area", found="area_code")
    inside = seen.join(places, on="found").join(ancestry(areas), on="area")
    counts = [(pl.col("level") == alarm).sum().alias(alarm) for alarm in ALARMS]
    counted = inside.group_by(area=pl.col("above").cast(pl.UInt32)).agg(*counts)
    wide = numbered(areas).with_columns(has_data=has_data).join(counted, on="area", how="left", maintain_order="left")
    status = pl.when("has_data").then(pl.lit("shown")).otherwise(pl.lit("missing"))
    figures = {name: Figure(value=pl.col(alarm).fill_null(0), status=status) for alarm, name in INDICATOR_OF.items()}
    return long_rows(wide, figures, period="week", areas=areas)


def largest_gatherings(
    seen: pl.DataFrame,
    areas: pl.DataFrame,
    *,
    hidden: pl.DataFrame,
    doubtful: pl.DataFrame,
    warned: pl.DataFrame,
    may_tell_people: bool,
) -> pl.DataFrame:
    """A row of GATHERINGS for each gathering whose fullest hour lies in the report's areas, the largest first.

    Args:
        seen: as for `gathering_hours`.
        areas: of the report.
        hidden: gathering_id and interval_start of those whose areas' numbers are hidden in that hour.
        doubtful: gathering_id and interval_start of those around which many cells were silent in that hour.
        warned: gathering_id, warnings, sent.
        may_tell_people: false where noise protects the week: exact people would undo it.
    """
    rank = pl.col("level").replace_strict({alarm: n for n, alarm in enumerate(ALARMS)}, return_dtype=pl.Int8)
    whole = (
        seen.sort("gathering_id", "interval_start")
        .with_columns(rank=rank)
        .group_by("gathering_id", maintain_order=True)
        .agg(
            _at_peak("found").alias("area_code"),
            _at_peak("place"),
            pl.col("level").get(pl.col("rank").arg_max()).alias("highest_level"),
            pl.col("started_at").min(),
            pl.len().alias("hours"),
            _at_peak("interval_start").alias("peak_at"),
            _at_peak("people").alias("peak_people"),
            _at_peak("people_low").alias("peak_low"),
            _at_peak("people_high").alias("peak_high"),
            _at_peak("usual"),
        )
    )
    shown = _without_hidden(whole, hidden) if may_tell_people else _without_people(whole, pl.lit(value=True))
    marked = _marked(shown, doubtful, "is_doubtful")
    named = marked.join(areas.select("area_code", "area_name"), on="area_code").join(
        warned, on="gathering_id", how="left"
    )
    told = named.with_columns(pl.col("warnings", "sent").fill_null(0)).with_columns(*_rounded())
    ordered = told.sort(["peak_people", "hours", "gathering_id"], descending=[True, True, False], nulls_last=True)
    return ordered.select(list(GATHERINGS)).cast(GATHERINGS)  # type: ignore[arg-type]


def hidden_where(seen: pl.DataFrame, tree_rows: pl.DataFrame, hours: pl.DataFrame) -> pl.DataFrame:
    """Gatherings and hours in which the number of an area around them is hidden: gathering_id, interval_start.

    Args:
        seen: with `around`, the code of the finest area of the whole tree that each lies in.
        tree_rows: all areas that are loaded, columns of AREAS.
        hours: of all these areas: area_code, interval_start, is_hidden.
    """
    return _inside(seen, tree_rows, hours.lazy().filter("is_hidden"))


def doubtful_where(seen: pl.DataFrame, tree_rows: pl.DataFrame, hours: pl.DataFrame) -> pl.DataFrame:
    """Gatherings and hours in which many cells of an area around them were silent: gathering_id, interval_start.

    The phones of a silent cell hang on its neighbours: more people there may be those of the silent one.

    Args:
        seen: as for `hidden_where`.
        tree_rows: likewise.
        hours: of all these areas: area_code, interval_start, coverage (null unless shown).
    """
    return _inside(seen, tree_rows, hours.lazy().filter(pl.col("coverage") < LEAST_CLEAR_COVERAGE))


def _inside(seen: pl.DataFrame, tree_rows: pl.DataFrame, hours: pl.LazyFrame) -> pl.DataFrame:
    """Gatherings and hours in some hours of the areas around them."""
    upwards = lineage(tree_rows).select(around="area_code", area_code="above")
    wanted = hours.select("area_code", "interval_start").collect()
    pairs = seen.select("gathering_id", "interval_start", "around").join(upwards, on="around")
    return pairs.join(wanted, on=["area_code", "interval_start"]).select("gathering_id", "interval_start").unique()


def _at_peak(name: str) -> pl.Expr:
    return pl.col(name).get(pl.col("people").arg_max())


def _without_hidden(whole: pl.DataFrame, hidden: pl.DataFrame) -> pl.DataFrame:
    return _without_people(_marked(whole, hidden, "is_secret"), pl.col("is_secret"))


def _marked(whole: pl.DataFrame, hours: pl.DataFrame, name: str) -> pl.DataFrame:
    """With a column that is true where the fullest hour of a gathering is among some hours of gatherings."""
    marked = hours.select("gathering_id", pl.lit(value=True).alias(name), peak_at="interval_start")
    both = whole.join(marked, on=["gathering_id", "peak_at"], how="left", maintain_order="left")
    return both.with_columns(pl.col(name).fill_null(value=False))


def _without_people(whole: pl.DataFrame, is_secret: pl.Expr) -> pl.DataFrame:
    return whole.with_columns(pl.when(~is_secret).then(name).alias(name) for name in PEAK)


def _rounded() -> list[pl.Expr]:
    low, high = pl.col("peak_low"), pl.col("peak_high")
    return [round_to_range(pl.col(name), low=low, high=high).alias(name) for name in PEAK]
