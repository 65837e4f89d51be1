"""What holidays do to a comparison with usual weekdays."""

from collections.abc import Sequence
from datetime import date

from crowd.mobility.model import Weekly
from crowd.report.holidays import weekday_holidays
from crowd.report.words import Words

MOST_NAMED = 4  # days, so that the note stays short in weeks around long holidays


def holiday_notes(weekly: Weekly, *, words: Words) -> list[str]:
    """Which days of the reference weeks were holidays, and which of the week itself; nothing where none were."""
    if not weekly.reference:
        return []
    holidays = weekday_holidays(weekly)
    own = [day for day in holidays if day in weekly.days()]
    before = [day for day in holidays if any(day in week.days for week in weekly.reference)]
    weekdays = sorted({day.weekday() for day in before})
    named = words.list_of([words.days[weekday] for weekday in weekdays])
    told = [words.say("curve.holidays_usual", days=_days(before, words), weekdays=named)] if before else []
    return [*told, words.say("curve.holidays_week", days=_days(own, words))] if own else told


def _days(days: Sequence[date], words: Words) -> str:
    first = [words.day(day) for day in days[:MOST_NAMED]]
    rest = len(days) - len(first)
    return words.list_of([*first, words.say("curve.holidays_more", count=rest)] if rest else first)
