"""The local days and hours that a scenario makes."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crowd.simulator.rhythm import SUNDAY
from crowd.simulator.scenario import Scenario


def days_of(scenario: Scenario) -> list[date]:
    """Return the local days from the scenario's start to the day of its demo hour."""
    days = (scenario.demo_hour.date() - scenario.start).days + 1
    return [scenario.start + timedelta(days=day) for day in range(days)]


def hours_of_day(scenario: Scenario, *, day: date) -> list[datetime]:
    """Return the starts of a local day's hours, with their offset; on the last day up to the demo hour."""
    last = scenario.demo_hour.hour if day == scenario.demo_hour.date() else 23
    zone = ZoneInfo(scenario.timezone)
    return [datetime.combine(day, time(hour), tzinfo=zone) for hour in range(last + 1)]


def weekday_of(scenario: Scenario, *, day: date) -> int:
    """Return 0 for a Monday to 6 for a Sunday or a holiday."""
    return SUNDAY if any(holiday.date == day for holiday in scenario.holidays) else day.weekday()


def demo_hour_of(scenario: Scenario) -> datetime:
    """Return the start of the demo hour, with its offset."""
    return scenario.demo_hour.replace(tzinfo=ZoneInfo(scenario.timezone))
