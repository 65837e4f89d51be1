"""Three sentences made from the data: where and when, how sure, what was done."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from crowd.mobility.gathering_figures import LEAST_CLEAR_COVERAGE
from crowd.mobility.model import Weekly
from crowd.mobility.weeks import HOUR
from crowd.report.pdf.doubts import doubt_of, doubtful_count
from crowd.report.pdf.highlights import Moment, area_names, furthest_above, most_people
from crowd.report.pdf.plan import Plan
from crowd.report.pdf.scale import Scale
from crowd.report.words import Words
from crowd.report.words.scalars import number, percent, share


@dataclass(frozen=True, kw_only=True)
class Material:
    """What the sentences are made of.

    Attributes:
        weekly: the week.
        plan: its pages.
        facts: `wide_facts` of the week.
        whole: the one row of everything.
        kept: how many of the roots are in it.
        hours: `shown_hours` of the areas in the maps of the pages.
        scale: of the maps.
    """

    weekly: Weekly
    plan: Plan
    facts: pl.DataFrame
    whole: pl.DataFrame
    kept: int
    hours: pl.DataFrame
    scale: Scale


def make_sentences(material: Material, *, words: Words) -> list[dict[str, str]]:
    """`lead` and `text` of the three."""
    parts = {"where": _where(material, words), "sure": _sure(material, words), "done": _done(material, words)}
    return [{"lead": words.say(f"sentences.{name}"), "text": " ".join(told)} for name, told in parts.items()]


def place_name(area_name: str, page_name: str | None, *, words: Words) -> str:
    """An area and what it lies in."""
    if page_name is None or page_name == area_name:
        return area_name
    return words.say("report.in_area", area=area_name, parent=page_name)


def _where(material: Material, words: Words) -> list[str]:
    if material.hours["people"].count() == 0:
        nothing = material.weekly.hours["status"].is_in(["missing"]).all()
        return [words.say("sentences.nothing_reported" if nothing else "sentences.all_hidden")]
    return [_above(material, words), _when(material, words)]


def _above(material: Material, words: Words) -> str:
    plan, scale = material.plan, material.scale
    named = area_names(plan).join(material.facts, on="area_code", maintain_order="left")
    known = named.filter(pl.col("change_pct").is_not_null())
    above = known.filter(pl.col("change_pct") >= scale.least_pct).sort(
        "change_pct", "area_code", descending=[True, False]
    )
    level = words.say(f"levels_many.{plan.level}")
    if known.height == 0:
        return words.say("sentences.above_unknown", level=words.say(f"levels.{plan.level}"))
    if plan.fine.height == 1:
        alone = percent(known["change_pct"][0], words=words, sign="always")
        return words.say("sentences.alone", area=known["area_name"][0], change=alone)
    figures = {"all": number(known.height, words=words), "level": level, "least": f"{scale.least_pct:.0f}%"}
    if above.height == 0:
        return words.say("sentences.above_none", **figures)
    first = above.row(0, named=True)
    figures |= {
        "count": number(above.height, words=words),
        "area": place_name(first["area_name"], first["page_name"], words=words),
        "change": percent(first["change_pct"], words=words, sign="always"),
    }
    return words.say("sentences.above_one" if above.height == 1 else "sentences.above_many", **figures)


def _when(material: Material, words: Words) -> str:
    moment, has_usual = told_moment(material), _has_usual(material)
    if moment is None:
        return words.say("sentences.hour_none") if has_usual else ""
    return words.say(
        "sentences.hour_above" if has_usual else "sentences.hour_most", **_figures(moment, material, words)
    )


def told_moment(material: Material) -> Moment | None:
    """The hour that the text names: furthest above usual, or with most people where nothing is known of the usual."""
    return (furthest_above if _has_usual(material) else most_people)(material.hours, material.plan)


def _has_usual(material: Material) -> bool:
    return material.hours["usual"].count() > 0


def _figures(moment: Moment, material: Material, words: Words) -> dict[str, str]:
    return {
        "area": place_name(moment.area_name, moment.page_name, words=words),
        "when": words.instant(moment.at, timezone=material.weekly.week.timezone),
        "level": words.say(f"levels.{material.plan.level}"),
        "people": number(moment.people, words=words),
        "usual": number(moment.usual, words=words),
    }


def _sure(material: Material, words: Words) -> list[str]:
    weekly = material.weekly
    told = [
        _range(material.whole, material.plan.level, words),
        _hours(material, words),
        _gap(weekly, words),
        _silent(material, words),
    ]
    if weekly.privacy.hidden > 0:
        told.append(
            words.say(
                "sentences.sure_hidden",
                share=share(weekly.privacy.hidden, words=words),
                level=words.say(f"levels_many.{weekly.level}"),
            )
        )
    return [part for part in [*told, _no_usual(weekly, words)] if part]


def _range(whole: pl.DataFrame, level: str, words: Words) -> str:
    middle = pl.col("presence_mean")
    ends = {"below": 1 - pl.col("presence_mean_low") / middle, "above": pl.col("presence_mean_high") / middle - 1}
    known = whole.select(**ends).drop_nulls()
    if known.height == 0:
        return ""
    told = {name: percent(100 * value, words=words, places=0) for name, value in known.row(0, named=True).items()}
    return words.say("sentences.sure_range", **told, level=words.say(f"levels.{level}"))


def _hours(material: Material, words: Words) -> str:
    every = len(material.weekly.week.hours)
    held = number(every - material.weekly.hours_missing, words=words)
    told = words.say("sentences.sure_hours", hours=held, all=number(every, words=words))
    coverage = material.whole["coverage"]
    if coverage.count() and held != "0":
        told += words.say("sentences.sure_coverage", coverage=percent(coverage[0], words=words, places=0))
    return told + words.say("sentences.sure_hours_end")


def _gap(weekly: Weekly, words: Words) -> str:
    """The longest stretch without any data."""
    due = weekly.hours.filter(pl.col("interval_start") < weekly.newest_count) if weekly.newest_count else weekly.hours
    missing = due.group_by("interval_start").agg((pl.col("status") == "missing").all().alias("is_missing"))
    runs = (
        missing.sort("interval_start")
        .with_columns(run=pl.col("is_missing").rle_id())
        .filter("is_missing")
        .group_by("run", maintain_order=True)
        .agg(first=pl.col("interval_start").min(), last=pl.col("interval_start").max(), hours=pl.len())
    )
    if runs.height == 0:
        return ""
    longest = runs.sort("hours", "first", descending=[True, False]).row(0, named=True)
    return _told_gap(longest["first"], longest["last"] + HOUR, timezone=weekly.week.timezone, words=words)


def _told_gap(first: datetime, end: datetime, *, timezone: str, words: Words) -> str:
    zone = ZoneInfo(timezone)
    begins, ends = first.astimezone(zone), end.astimezone(zone)
    if begins.date() != ends.date():
        told = [words.instant(at, timezone=timezone) for at in (first, end)]
        return words.say("sentences.sure_gap", first=told[0], end=told[1])
    clocks = {"first": words.time(begins.hour, begins.minute), "end": words.time(ends.hour, ends.minute)}
    return words.say("sentences.sure_gap_day", day=words.day(begins.date()), **clocks)


def _silent(material: Material, words: Words) -> str:
    """Where and when most of the usual cells were silent."""
    silent = material.hours.filter(pl.col("coverage") < LEAST_CLEAR_COVERAGE, pl.col("people").is_not_null())
    if silent.height == 0:
        return ""
    worst = (
        silent.sort("coverage", "area_code", "interval_start").head(1).join(area_names(material.plan), on="area_code")
    )
    row = worst.row(0, named=True)
    return words.say(
        "sentences.sure_silent",
        area=place_name(row["area_name"], row["page_name"], words=words),
        when=words.instant(row["interval_start"], timezone=material.weekly.week.timezone),
        coverage=percent(round(100 * row["coverage"]), words=words, places=0),
        hours=number(silent["interval_start"].n_unique(), words=words),
    )


def _no_usual(weekly: Weekly, words: Words) -> str:
    return "" if weekly.reference else words.say("sentences.sure_no_usual")


def _done(material: Material, words: Words) -> list[str]:
    told = [_gatherings(material, words), _warnings(material.weekly, words)]
    if material.weekly.is_test and material.weekly.warnings["sent"].sum():
        told.append(words.say("sentences.done_test"))
    return told


def _gatherings(material: Material, words: Words) -> str:
    gatherings = material.weekly.gatherings
    if gatherings.height == 0:
        return words.say("sentences.done_no_gathering")
    first, doubt = gatherings.row(0, named=True), doubt_of(gatherings)
    name = "done_gathering" if gatherings.height == 1 else "done_gatherings"
    name += {"none": "", "all": "_doubtful_all"}.get(doubt, "_doubtful")
    where = place_name(first["place"] or first["area_name"], first["area_name"], words=words)
    return words.say(
        f"sentences.{name}",
        count=number(gatherings.height, words=words),
        levels=told_levels(gatherings, words=words).removeprefix("1 " if gatherings.height == 1 else ""),
        doubtful=doubtful_count(gatherings, words=words),
        area=where,
        when=words.instant(first["peak_at"] or first["started_at"], timezone=material.weekly.week.timezone),
    )


def told_levels(gatherings: pl.DataFrame, *, words: Words) -> str:
    """How many gatherings of which level, the highest first."""
    counts = dict(gatherings["highest_level"].value_counts().iter_rows())
    parts = [
        f"{counts[level]} {words.say(f'alert_short.{level}')}"
        for level in ("awas", "siaga", "waspada")
        if level in counts
    ]
    return words.list_of(parts)


def _warnings(weekly: Weekly, words: Words) -> str:
    sums = {name: int(weekly.warnings[name].sum()) for name in ("drafted", "approved", "sent", "delivered")}
    if not sums["drafted"]:
        return words.say("sentences.done_no_warning")
    name = "done_warning" if sums["drafted"] == 1 else "done_warnings"
    return words.say(f"sentences.{name}", **{key: number(value, words=words) for key, value in sums.items()})
