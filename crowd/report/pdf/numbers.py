"""The numbers at the head of the first page and of each other page."""

from dataclasses import dataclass
from datetime import datetime
from math import isfinite

import polars as pl

from crowd.report.pdf.doubts import doubt_note, doubt_of
from crowd.report.pdf.highlights import Moment, area_names, furthest_above, peaks
from crowd.report.pdf.sentences import Material, place_name, told_levels
from crowd.report.tidy_numbers import rounded_people
from crowd.report.words import Words
from crowd.report.words.scalars import number, percent

Number = dict[str, object]
"""`big`: the number; `what`: what it counts; `notes`: lines under it."""


@dataclass(frozen=True, kw_only=True)
class Own:
    """What is known of one page's area.

    Attributes:
        facts: its row of `told_facts`; empty where there is none.
        top: its row of `peaks`; empty where no hour is shown.
        gatherings: columns of GATHERINGS.
        warnings: columns of WARNINGS.
    """

    facts: dict[str, object]
    top: dict[str, object]
    gatherings: pl.DataFrame
    warnings: pl.DataFrame


def first_numbers(material: Material, *, words: Words) -> list[Number]:
    """People present, largest increase, gatherings, warnings."""
    gatherings, warnings = material.weekly.gatherings, material.weekly.warnings
    return [
        _present(material, words),
        _largest(material, words),
        gathering_number(gatherings, words=words),
        warning_number(warnings, words=words),
    ]


def page_numbers(own: Own, *, material: Material, words: Words) -> list[Number]:
    """The same for one page, with the hour of most people in place of the largest increase."""
    return [
        _present_here(own.facts, words),
        _peak(own.top, is_partly=own.facts.get("presence_mean_status") == "hidden", material=material, words=words),
        gathering_number(own.gatherings, words=words),
        warning_number(own.warnings, words=words),
    ]


def _present_here(facts: dict[str, object], words: Words) -> Number:
    what = words.say("numbers.present")
    if not isinstance(facts.get("presence_mean"), float):
        return {"big": words.say("numbers.unknown"), "what": what, "notes": [_why_not(facts, words)]}
    ends = (facts.get("presence_mean_low"), facts.get("presence_mean_high"))
    notes = [_range_note(*ends, words), _change_note(facts["change_pct"], words)]
    return {"big": facts["presence"], "what": what, "notes": [note for note in notes if note]}


def gathering_number(gatherings: pl.DataFrame, *, words: Words) -> Number:
    """How many gatherings, of which levels, and the largest."""
    what = words.say("numbers.gatherings_one" if gatherings.height == 1 else "numbers.gatherings")
    if gatherings.height == 0:
        return {"big": "0", "what": what, "notes": [words.say("numbers.gatherings_none")]}
    notes = [told_levels(gatherings, words=words), doubt_note(gatherings, words=words), _largest_of(gatherings, words)]
    return {"big": number(gatherings.height, words=words), "what": what, "notes": [note for note in notes if note]}


def _largest_of(gatherings: pl.DataFrame, words: Words) -> str:
    """The first, which is the largest of those that are not doubtful if there are any."""
    first = gatherings.row(0, named=True)
    name = "numbers.gatherings_largest" + ("_clear" if doubt_of(gatherings) == "some" else "")
    if first["peak_people"] is None:
        return words.say(f"{name}_unknown", area=first["area_name"])
    return words.say(name, people=number(peak_people(gatherings)[0], words=words), area=first["area_name"])


def peak_people(gatherings: pl.DataFrame) -> pl.Series:
    """People at the peak of gatherings, rounded as their range deserves."""
    low, high = pl.col("peak_low"), pl.col("peak_high")
    return gatherings.select(rounded_people(pl.col("peak_people"), low=low, high=high)).to_series()


def warning_number(warnings: pl.DataFrame, *, words: Words) -> Number:
    """How many warnings were sent, of how many."""
    sums = {name: int(warnings[name].sum()) for name in ("drafted", "approved", "sent", "delivered")}
    told = {name: number(value, words=words) for name, value in sums.items()}
    what = words.say("numbers.warnings_one" if sums["sent"] == 1 else "numbers.warnings")
    if not sums["drafted"]:
        return {"big": "0", "what": what, "notes": [words.say("numbers.warnings_none")]}
    notes = [words.say("numbers.warnings_of", **told), words.say("numbers.warnings_delivered", **told)]
    return {"big": told["sent"], "what": what, "notes": notes}


def _present(material: Material, words: Words) -> Number:
    row = material.whole.row(0, named=True) if material.whole.height else {}
    people = row.get("presence_mean")
    if people is None:
        return {
            "big": words.say("numbers.unknown"),
            "what": words.say("numbers.present"),
            "notes": [_why_not(row, words)],
        }
    ranged = _range_note(row["presence_mean_low"], row["presence_mean_high"], words)
    notes = [note for note in (ranged, _change_note(row["change_pct"], words)) if note]
    kept, every = material.kept, material.plan.roots.height
    if kept < every:
        counts = {"count": number(kept, words=words), "all": number(every, words=words)}
        notes.append(words.say("numbers.present_partly", **counts))
    return {"big": number(people, words=words), "what": words.say("numbers.present"), "notes": notes}


def _largest(material: Material, words: Words) -> Number:
    named = area_names(material.plan).join(material.facts, on="area_code", maintain_order="left")
    known = named.filter(pl.col("change_pct").is_not_null())
    if named.height == 1:
        top = peaks(material.hours).to_dicts()
        hidden = named["presence_mean_status"][0] == "hidden"
        return _peak(top[0] if top else {}, is_partly=hidden, material=material, words=words)
    if known.height == 0:
        return _densest(named, words)
    moment = furthest_above(material.hours, material.plan)
    if moment is not None and moment.usual is not None:
        return _furthest(moment, material, words)
    first = known.sort(["change_pct", "area_code"], descending=[True, False]).row(0, named=True)
    what = words.say("numbers.largest" if first["change_pct"] > 0 else "numbers.largest_least")
    where = place_name(first["area_name"], first["page_name"], words=words)
    people = f"{number(first['presence_mean'], words=words)} {words.say('units.people')}"
    return {"big": percent(first["change_pct"], words=words, sign="always"), "what": what, "notes": [where, people]}


def _furthest(moment: Moment, material: Material, words: Words) -> Number:
    """The hour in which one area had most people above its usual."""
    above = moment.people - (moment.usual or 0.0)
    where = place_name(moment.area_name, moment.page_name, words=words)
    when = words.instant(moment.at, timezone=material.weekly.week.timezone)
    return {"big": f"+{number(above, words=words)}", "what": words.say("numbers.furthest"), "notes": [where, when]}


def _densest(named: pl.DataFrame, words: Words) -> Number:
    """Without anything to compare with: where most people were."""
    known = named.filter(pl.col("presence_mean").is_not_null()).sort(
        ["presence_mean", "area_code"], descending=[True, False]
    )
    what = words.say("numbers.presence_most")
    if known.height == 0:
        return {"big": words.say("numbers.unknown"), "what": what, "notes": [words.say("numbers.none_shown")]}
    first = known.row(0, named=True)
    where = place_name(first["area_name"], first["page_name"], words=words)
    return {"big": number(first["presence_mean"], words=words), "what": what, "notes": [where]}


def _why_not(facts: dict[str, object], words: Words) -> str:
    return words.say(f"status.{facts.get('presence_mean_status') or 'missing'}")


def _peak(top: dict[str, object], *, is_partly: bool, material: Material, words: Words) -> Number:
    """The hour with most people, its range, and how far that is from the usual of that hour."""
    what = words.say("numbers.peak")
    at, most = top.get("at"), top.get("most")
    if not isinstance(at, datetime) or not isinstance(most, float):
        return {"big": words.say("numbers.unknown"), "what": what, "notes": []}
    notes = [words.instant(at, timezone=material.weekly.week.timezone)]
    # Where an hour is hidden, nobody can tell whether that one had more.
    if is_partly:
        notes.append(words.say("numbers.peak_shown"))
    notes.append(_range_note(top.get("low"), top.get("high"), words))
    notes.append(_peak_change(top.get("change"), words))
    return {"big": number(most, words=words), "what": what, "notes": [note for note in notes if note]}


def _peak_change(change: object, words: Words) -> str:
    # Two rounded numbers beside each other would make a difference that is none.
    if not isinstance(change, float) or not isfinite(change):
        return ""
    if change == 0:
        return words.say("numbers.peak_as_usual")
    return words.say("numbers.peak_usual", change=percent(change, words=words, sign="always"))


def _range_note(low: object, high: object, words: Words) -> str:
    if not isinstance(low, float) or not isinstance(high, float):
        return ""
    return words.say("numbers.present_range", low=number(low, words=words), high=number(high, words=words))


def _change_note(change: object, words: Words) -> str:
    if not isinstance(change, float):
        return words.say("numbers.usual_unknown")
    if change == 0:
        return words.say("numbers.as_usual")
    return words.say("numbers.against_usual", change=percent(change, words=words, sign="always"))
