"""What marks a report among others: its edition, the decisions that are in it, who publishes it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from crowd.mobility.model import Weekly
from crowd.report.options import ReportOptions
from crowd.report.words import Words


def edition_text(weekly: Weekly, *, words: Words) -> str:
    """The edition of the numbers and, where there were warnings, the last decision on one of them."""
    if weekly.decided_until is None:
        return words.say("report.edition", edition=weekly.edition)
    day, clock = _decided(weekly, weekly.decided_until, words)
    return words.say("report.edition_decided", edition=weekly.edition, day=day, clock=clock)


def decided_text(weekly: Weekly, *, words: Words) -> str:
    """Up to when the ledger was read, to stand behind its name; an empty text where there were no warnings."""
    if weekly.decided_until is None:
        return ""
    day, clock = _decided(weekly, weekly.decided_until, words)
    return words.say("parts.sources_decided", when=words.say("report.day_and_hour", day=day, clock=clock))


def _decided(weekly: Weekly, at: datetime, words: Words) -> tuple[str, str]:
    local = at.astimezone(ZoneInfo(weekly.week.timezone))
    day = local.date()
    told = words.day(day) if day.year == weekly.days()[-1].year else words.whole_day(day)
    return told, words.time(local.hour, local.minute)


def publisher_line(options: ReportOptions) -> str | None:
    """Who publishes it, where questions go to, and the licence, as far as they are set."""
    known = (options.publisher, options.contact, options.licence)
    return " · ".join(one for one in known if one) or None


def publisher_sources(options: ReportOptions, *, words: Words) -> list[str]:
    """The same as entries of the sources, with the address of the licence's text."""
    licence, url = options.licence, options.licence_url
    text = f"{licence}, {url}" if licence and url and url != licence else licence
    told = {"published": {"publisher": options.publisher}, "contact": {"contact": options.contact}}
    told |= {"licence": {"licence": text}}
    return [words.say(f"report.{name}", **held) for name, held in told.items() if all(held.values())]
