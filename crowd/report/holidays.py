"""Holidays that change a comparison."""

from datetime import date

from crowd.mobility.model import Weekly

SUNDAY = 7


def weekday_holidays(weekly: Weekly) -> tuple[date, ...]:
    """Holidays of the week and of the weeks that it is compared with, from Monday to Saturday, in order.

    Holidays are lived like Sundays, so one that is a Sunday is compared with its like.
    """
    return tuple(day for day in weekly.holidays if day.isoweekday() != SUNDAY)
