"""What `kerumun report weekly` prints of a report: the few numbers that tell whether it is what was wanted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from crowd.mobility.model import Weekly
from crowd.report.holidays import weekday_holidays
from crowd.report.whole_week import root_areas, whole_week
from crowd.report.words.language import zone_name
from crowd.report.write import Written

PLURALS = {
    "province": "provinces",
    "regency": "regencies",
    "district": "districts",
    "village": "villages",
    "area": "areas",
    "gathering": "gatherings",
    "hour": "hours",
    "row": "rows",
    "warning": "warnings",
    "week": "weeks",
}
LEAST_SHARE = 0.001


@dataclass(frozen=True, kw_only=True)
class WrittenReport:
    """What was written, and the few numbers that tell whether it is what was wanted.

    Attributes:
        week: its label.
        edition: 1 for the first report of the week.
        area: code that it is restricted to; None for everything.
        level: the finest level of its areas.
        areas: how many there are of each level.
        reference: labels of the weeks that it is compared with.
        holidays: days of the week and of these weeks that are lived like Sundays and are none.
        people: present on average over the week in all of it; None where that is not shown.
        people_low: lowest plausible number.
        people_high: highest.
        change_pct: against the usual; None where that is not shown.
        coarsest_level: of the areas that lie in no other one of the report; None where they are of several.
        coarsest_areas: how many these are.
        coarsest_counted: of these, those whose people are in the number; the others show none.
        gatherings: in the week.
        gatherings_doubtful: of these, those around which many cells were silent in the fullest hour.
        warnings_drafted: for them.
        decided_until: instant of the last change of a warning of the week; None where there is no warning.
        hours_missing: hours of the week without any data.
        hours_partial: hours in which less than 70% of the cells reported, over everything.
        hidden: share of the area-hours of the finest level that are hidden.
        k: fewest devices that a number rests on.
        epsilon: budget of differential privacy of an area-hour; None where no noise was added.
        files: the report first.
    """

    week: str
    edition: int
    area: str | None
    level: str
    areas: dict[str, int]
    reference: Sequence[str]
    holidays: Sequence[str]
    people: float | None
    people_low: float | None
    people_high: float | None
    change_pct: float | None
    coarsest_level: str | None
    coarsest_areas: int
    coarsest_counted: int
    gatherings: int
    gatherings_doubtful: int
    warnings_drafted: int
    decided_until: datetime | None
    hours_missing: int
    hours_partial: int
    hidden: float
    k: int
    epsilon: float | None
    files: Sequence[Written]


def summarise(weekly: Weekly, files: Sequence[Written]) -> WrittenReport:
    """The numbers of a week that was written."""
    whole = whole_week(weekly)
    levels = weekly.areas["level"].unique(maintain_order=True)
    coarsest = root_areas(weekly.areas)["level"].unique()
    return WrittenReport(
        week=weekly.week.label,
        edition=weekly.edition,
        area=weekly.chosen,
        level=weekly.level,
        areas={level: weekly.areas.filter(level=level).height for level in levels},
        reference=[each.label for each in weekly.reference],
        holidays=[day.isoformat() for day in weekday_holidays(weekly)],
        people=whole.people,
        people_low=whole.people_low,
        people_high=whole.people_high,
        change_pct=whole.change_pct,
        coarsest_level=coarsest[0] if coarsest.len() == 1 else None,
        coarsest_areas=whole.roots,
        coarsest_counted=whole.counted,
        gatherings=weekly.gatherings.height,
        gatherings_doubtful=int(weekly.gatherings["is_doubtful"].sum()),
        warnings_drafted=int(weekly.warnings["drafted"].sum()),
        decided_until=weekly.decided_until,
        hours_missing=weekly.hours_missing,
        hours_partial=weekly.hours_partial,
        hidden=weekly.privacy.hidden,
        k=weekly.privacy.k,
        epsilon=weekly.privacy.epsilon,
        files=files,
    )


def told_lines(done: WrittenReport, *, timezone: str) -> Iterator[str]:
    """The same for people, line by line.

    Args:
        done: what was written.
        timezone: whose clock times are told on.
    """
    for file in done.files:
        rows = "" if file.rows is None else f", {_count(file.rows, 'row')}"
        yield f"{file.path}  ({file.size / 1000:,.0f} kB{rows})"
    areas = ", ".join(_count(count, level) for level, count in done.areas.items())
    yield f"Week {done.week}, edition {done.edition}: {areas}"
    yield _people(done)
    yield from _happened(done, timezone)
    yield (
        f"{_count(done.hours_missing, 'hour')} without data; "
        f"{_count(done.hours_partial, 'hour')} in which less than 70% of the cells of all areas together reported"
    )
    yield _hidden(done)
    if done.epsilon is not None:
        yield f"Noise was added to every number: epsilon {done.epsilon:g} for each device, area and hour"
    if done.holidays:
        yield f"Holidays in this week or those that it is compared with: {', '.join(done.holidays)}"
    if not done.reference:
        yield "No earlier week has data: no change against the usual can be told"


def _people(done: WrittenReport) -> str:
    if done.people is None:
        return "How many people were present is not told: too much of it is hidden or without data"
    spread = "" if done.people_low is None else f" ({done.people_low:,.0f} to {done.people_high:,.0f})"
    where = "" if done.coarsest_areas == 1 else f" in {_counted(done)}"
    change = "" if done.change_pct is None else f", {done.change_pct:+.1f}% against the usual"
    weeks = "" if done.change_pct is None else f" of {_count(len(done.reference), 'week')}"
    return f"{done.people:,.0f} people{spread} present on average{where}{change}{weeks}"


def _counted(done: WrittenReport) -> str:
    """Which of the coarsest areas are in the number of people."""
    of_all = _count(done.coarsest_areas, done.coarsest_level or "area")
    if done.coarsest_counted == done.coarsest_areas:
        return of_all
    return f"the {done.coarsest_counted} of {of_all} that have a number"


def _happened(done: WrittenReport, timezone: str) -> Iterator[str]:
    doubtful = done.gatherings_doubtful
    may_be = f", {doubtful} of which may be the network: many cells around were silent" if doubtful else ""
    yield f"{_count(done.gatherings, 'gathering')}{may_be}"
    until = ""
    if done.decided_until is not None:
        local = done.decided_until.astimezone(ZoneInfo(timezone))
        until = f", decisions up to {local:%Y-%m-%d %H:%M} {zone_name(timezone)}"
    yield f"{_count(done.warnings_drafted, 'warning')} drafted{until}"


def _hidden(done: WrittenReport) -> str:
    if done.hidden == 0:
        return f"No area-hour is hidden: all rest on {done.k} devices or more"
    share = f"{done.hidden:.1%}" if done.hidden >= LEAST_SHARE else f"under {LEAST_SHARE:.1%}"
    return f"{share} of the area-hours hidden: they rest on fewer than {done.k} devices, or would tell of some"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what if number == 1 else PLURALS[what]}"
