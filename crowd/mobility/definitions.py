"""What each indicator is, what it can say and what it cannot, in both languages; from `indicators.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from crowd.warnings.outgoing import Language


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One indicator; texts by language.

    Attributes:
        name: as rows of INDICATORS name it.
        unit: as they name it.
        periods: of which there are rows: hour, day, week.
        formula: how it is computed.
        title: short enough for the head of a column.
        definition: what it is.
        says: what it can be used to say.
        says_not: what it cannot.
    """

    name: str
    unit: str
    periods: tuple[str, ...]
    formula: Mapping[Language, str]
    title: Mapping[Language, str]
    definition: Mapping[Language, str]
    says: Mapping[Language, str]
    says_not: Mapping[Language, str]


@dataclass(frozen=True, kw_only=True)
class Absent:
    """What readers look for and counts cannot give.

    Attributes:
        name: of it.
        title: of it, by language.
        why: it is not there, by language.
    """

    name: str
    title: Mapping[Language, str]
    why: Mapping[Language, str]


@cache
def load_definitions() -> Mapping[str, Definition]:
    """All indicators by name, in the order of reports."""
    return {
        name: Definition(name=name, periods=tuple(given.pop("periods")), says_not=given.pop("not"), **given)
        for name, given in _read()["indicator"].items()
    }


@cache
def absent_figures() -> tuple[Absent, ...]:
    """What is not in the report, and why."""
    return tuple(Absent(name=name, **given) for name, given in _read()["absent"].items())


@cache
def unit_names() -> Mapping[str, Mapping[Language, str]]:
    """How each language writes the units."""
    units: Mapping[str, Any] = _read()["unit"]
    return dict(units)


def definitions_markdown() -> str:
    """The page docs/method/indicators.md."""
    parts = [HEAD, *(_section(one) for one in load_definitions().values()), ABSENT]
    parts += [f"**{one.title['en']}** (*{one.title['id']}*): {one.why['en']}" for one in absent_figures()]
    return "\n\n".join(parts) + "\n"


HEAD = """# Indicators of the weekly mobility report

Made from `crowd/mobility/indicators.toml` by `crowd.mobility.definitions.definitions_markdown`; the Indonesian texts
stand there.

All figures are means over hours or maxima, never sums of people over time. Everything is derived from numbers that are
shown: what rests on too few phones, or would give away a number that does, is hidden before anything is derived
([disclosure](disclosure.md)). Days run from midnight to midnight on the clock of the place; weeks are those of ISO
8601.

Each number has a status: `shown`; `hidden` (it rests on a hidden number); `missing` (nobody reported); `short` (too few
hours or days with data, or too few reference weeks, to say it). A mean over a day is hidden where one of its hours is,
a mean over a week where one of its days is.

`low` and `high` are the range of the value: of means, the means of the hours' ends, as errors of hours mostly lean the
same way; of changes, the changes of the ends against the same usual. People are rounded by the rule of
`crowd/reason_numbers.py` (`round_to_range`): no finer than the range allows, to two digits where no range is known;
percentages and scores to one decimal, ratios to two.

The range of people of an area-hour is made to hold nine truths of ten (`crowd/mobility/area_ranges.py`). In synthetic
cities whose factor of people per phone is known it holds 83 to 97 of a hundred, by kind of area, in a dense city, a
town and the countryside, also in cities that it was not fitted to. It takes people in large cells to live together by
the hundreds: where villages have thousands, it holds 65 to 84 of a hundred. An area that lies outside of its range
mostly does so all week. Where nobody has told the factor, its range (0.7 to 1.4) is wider than all of this.

The reference is the five whole weeks before, those with data, or the weeks that the user names; it never overlaps the
week itself. A Monday's net change is against the Sunday before, also where that week is no reference. Of a week that is
still running, hours that are not over are neither missing nor held against the coverage. Where noise protects a week
(differential privacy), gatherings carry no people and there are no flow indicators: exact numbers would undo it."""
ABSENT = "## What is not there, and why"


def _section(one: Definition) -> str:
    return "\n".join(
        (
            f"## {one.title['en']} (`{one.name}`)",
            "",
            f"*{one.title['id']}*, in {unit_names()[one.unit]['en']}; by {', '.join(one.periods)}.",
            "",
            one.definition["en"],
            "",
            f"    {one.formula['en']}",
            "",
            f"**Can say.** {one.says['en']}",
            "",
            f"**Cannot say.** {one.says_not['en']}",
        )
    )


def _read() -> dict[str, dict[str, dict[str, Any]]]:
    return tomllib.loads(files("crowd.mobility").joinpath("indicators.toml").read_text(encoding="utf-8"))
