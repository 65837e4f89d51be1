"""Rows of the tables, all texts."""

import polars as pl

from crowd.mobility.ancestry import lineage
from crowd.mobility.model import Weekly
from crowd.report.pdf.pages import rows_by_page
from crowd.report.pdf.told import COLUMNS, EN_DASH, marked
from crowd.report.tidy_numbers import rounded_people
from crowd.report.words import Words, told_number, told_percent

Told = dict[str, object]
ByPage = dict[str, list[Told]]
MOST_GATHERINGS = 40
DOUBTFUL = "*"  # the mark of a gathering that may be the network
FLOWS = ("flow_in", "flow_in_change_pct", "flow_out", "flow_net", "flow_inside_share", "flow_areas_reached")


def area_rows(areas: pl.DataFrame, told: pl.DataFrame, *, weekly: Weekly, words: Words) -> ByPage:
    """A row for each area, by page: `number, name, code, level, warnings` and the texts of `told_facts`.

    Args:
        areas: AREAS in the order of the rows, with `number`.
        told: `told_facts` of the week.
        weekly: for its warnings.
        words: of the language.
    """
    joined = areas.join(told.select("area_code", *COLUMNS), on="area_code", how="left", maintain_order="left")
    joined = joined.join(_sent(weekly.areas, weekly.warnings), on="area_code", how="left", maintain_order="left")
    rows = joined.select(
        pl.col("page") if "page" in joined.columns else pl.lit("").alias("page"),
        "number",
        pl.col("area_name").alias("name"),
        pl.col("area_code").alias("code"),
        "level",
        *(pl.col(name).fill_null("" if name == "range" else EN_DASH) for name in COLUMNS),
        warnings=told_number(pl.col("sent").fill_null(0), words=words),
    )
    return rows_by_page(rows)


def _sent(areas: pl.DataFrame, warnings: pl.DataFrame) -> pl.DataFrame:
    """`area_code, sent`: warnings sent, of areas and of all that they lie in."""
    upwards = warnings.select("area_code", "sent").join(lineage(areas), on="area_code")
    return upwards.group_by(area_code="above").agg(pl.col("sent").sum())


def gathering_rows(gatherings: pl.DataFrame, *, weekly: Weekly, words: Words) -> list[Told]:
    """A row for each gathering, in the order given; `doubt` is a mark where it may only be the network."""
    local = {name: pl.col(name).dt.convert_time_zone(weekly.week.timezone) for name in ("started_at", "peak_at")}
    low, high = pl.col("peak_low"), pl.col("peak_high")
    ends = {name: rounded_people(pl.col(f"peak_{name}"), low=low, high=high) for name in ("people", "low", "high")}
    told = {name: told_number(number, words=words) for name, number in ends.items()}
    rows = gatherings.select(
        area=pl.col("area_name"),
        place=pl.col("place").fill_null(""),
        level=pl.col("highest_level"),
        started=_short_instant(local["started_at"], words),
        hours=told_number(pl.col("hours").cast(pl.Float64), words=words),
        peak_at=_short_instant(local["peak_at"], words),
        peak_people=told["people"].fill_null("×"),  # noqa: RUF001 - the mark of a hidden number
        range=(told["low"] + EN_DASH + told["high"]).fill_null(""),
        usual=told_number(rounded_people(pl.col("usual"), low=low, high=high), words=words).fill_null(
            pl.when(pl.col("peak_people").is_null()).then(pl.lit("×")).otherwise(pl.lit(EN_DASH))  # noqa: RUF001 - as above
        ),
        warnings=told_number(pl.col("warnings").fill_null(0), words=words),
        sent=told_number(pl.col("sent").fill_null(0), words=words),
        doubt=pl.when("is_doubtful").then(pl.lit(DOUBTFUL)).otherwise(pl.lit("")),
    )
    return rows.with_columns(level_name=pl.col("level").replace(words.section("alert_short"))).to_dicts()


def warning_rows(warnings: pl.DataFrame, *, words: Words) -> list[Told]:
    """A row for each area with warnings."""
    names = ("drafted", "approved", "rejected", "sent", "delivered")
    return warnings.select("area_name", **{name: told_number(pl.col(name), words=words) for name in names}).to_dicts()


def flow_rows(areas: pl.DataFrame, facts: pl.DataFrame, *, words: Words) -> ByPage:
    """A row for each area with flows, be they hidden, by page; none where no flows are loaded."""
    held = areas.join(
        facts.select("area_code", *FLOWS, *(f"{name}_status" for name in FLOWS)), on="area_code", maintain_order="left"
    )
    is_known = (pl.col(f"{name}_status").fill_null("missing") != "missing" for name in FLOWS)
    known = held.filter(pl.any_horizontal(is_known))
    inside = pl.col("flow_inside_share").round(0)
    change = told_percent(pl.col("flow_in_change_pct").round(1), words=words, sign="always")
    rows = known.select(
        pl.col("page") if "page" in known.columns else pl.lit("").alias("page"),
        "area_name",
        inflow=marked(told_number(pl.col("flow_in"), words=words), "flow_in"),
        inflow_change=marked(change, "flow_in_change_pct"),
        outflow=marked(told_number(pl.col("flow_out"), words=words), "flow_out"),
        net=marked(told_number(pl.col("flow_net"), words=words, sign="always"), "flow_net"),
        inside=marked(told_number(inside, words=words) + pl.lit("%"), "flow_inside_share"),
        reached=marked(told_number(pl.col("flow_areas_reached"), words=words), "flow_areas_reached"),
    )
    return rows_by_page(rows)


def flows_note(words: Words, *, form: str) -> str:
    """What the columns of movement mean, by their heads in one form of the table: "" or "_short"."""
    heads = {name: words.say(f"table.{name}{form}") for name in ("inflow_change", "net", "inside", "reached")}
    return words.say("parts.flows_note", **heads)


def _short_instant(local: pl.Expr, words: Words) -> pl.Expr:
    day = (local.dt.weekday() - 1).replace_strict(dict(enumerate(words.days_short)), return_dtype=pl.String)
    return day + pl.lit(" ") + local.dt.strftime(f"%H{words.clock}%M")
