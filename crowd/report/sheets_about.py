"""What the sheets say about the report itself: what it is of, how to read it, and what it cannot say."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from crowd.mobility.definitions import absent_figures
from crowd.mobility.model import Weekly
from crowd.report.holidays import weekday_holidays
from crowd.report.options import Language, ReportOptions
from crowd.report.sheets_book import EMPTY
from crowd.report.sheets_said import SheetWords
from crowd.report.sheets_tables import Sheet, zone_name
from crowd.report.sheets_words import SHEET_WORDS
from crowd.report.words.scalars import share

Note = tuple[str, str, str | None]


def about_notes(weekly: Weekly, sheets: Sequence[Sheet], *, language: Language, options: ReportOptions) -> list[Note]:
    """Heading, text, and the reason of empty cells that it explains.

    Args:
        weekly: the week.
        sheets: the sheets of numbers, some of which leave levels out.
        language: of the texts.
        options: who publishes it, under which licence.
    """
    words = SHEET_WORDS[language]
    told: list[tuple[str, str | None]] = [
        ("test", words.texts["test"] if weekly.is_test else None),
        ("week", _week(weekly, words)),
        ("areas", _areas(weekly, words)),
        ("reference", _reference(weekly, words)),
        ("data", _data(weekly, words)),
        ("holidays", _holidays(weekly, words)),
        *((status, words.reads[status]) for status in EMPTY),
        ("rounding", words.texts["rounding"]),
        (
            "privacy",
            words.texts["privacy"].format(k=weekly.privacy.k, hidden=share(weekly.privacy.hidden, words=words.spoken)),
        ),
        ("epsilon", _epsilon(weekly, words)),
        ("method", words.texts["method"]),
        *(("left_out", text) for text in _left_out(sheets, words)),
        ("edition", words.texts["edition"].format(edition=weekly.edition)),
        ("decided", _decided(weekly, words)),
        ("publisher", options.publisher),
        ("licence", _licence(options)),
        ("contact", options.contact),
    ]
    headings = {**words.about, **words.statuses}
    notes = [(headings[name], text, name if name in EMPTY else None) for name, text in told if text is not None]
    absent = [
        (words.about["limits"].format(title=one.title[language].casefold()), one.why[language], None)
        for one in absent_figures()
    ]
    return [*notes, *absent]


def footer(weekly: Weekly, *, language: Language) -> str:
    """What stands below every printed page."""
    words = SHEET_WORDS[language]
    until = weekly.decided_until
    name = "footer" if until is None else "footer_decided"
    said = words.texts[name].format(edition=weekly.edition, until=None if until is None else _instant(until, weekly))
    return f"{words.title} {weekly.week.label} · {said}"


def test_notice(weekly: Weekly, *, language: Language) -> str:
    """What stands above every printed page of a drill; empty where it was none."""
    words = SHEET_WORDS[language]
    return f"{words.about['test']}: {words.texts['test']}" if weekly.is_test else ""


def _week(weekly: Weekly, words: SheetWords) -> str:
    days = weekly.days()
    return words.texts["week"].format(
        label=weekly.week.label,
        first=_day(days[0], words),
        last=_day(days[-1], words),
        zone=zone_name(weekly),
        timezone=weekly.week.timezone,
    )


def _day(day: date, words: SheetWords) -> str:
    return f"{words.days[day.weekday()]} {day.isoformat()}"


def _holidays(weekly: Weekly, words: SheetWords) -> str:
    """Holidays of the week, on which a change may be theirs, and those that went into what is usual."""
    days = weekday_holidays(weekly)
    own, usual = [day for day in days if day in weekly.days()], [day for day in days if day not in weekly.days()]
    parts = [("holidays_week", own), ("holidays_usual", usual)]
    told = [words.texts[name].format(days=", ".join(_day(day, words) for day in days)) for name, days in parts if days]
    return " ".join(told) or words.texts["no_holidays"]


def _decided(weekly: Weekly, words: SheetWords) -> str:
    if weekly.decided_until is None:
        return words.texts["not_decided"]
    return words.texts["decided"].format(until=_instant(weekly.decided_until, weekly))


def _areas(weekly: Weekly, words: SheetWords) -> str:
    counts = weekly.areas["level"].value_counts(sort=False).sort("level").iter_rows()
    by_level = dict(counts)
    levels = weekly.areas["level"].unique(maintain_order=True)
    named = dict(weekly.areas.select("area_code", "area_name").iter_rows())
    chosen = weekly.chosen
    what = words.texts["everything"] if chosen is None else f"{named.get(chosen, chosen)} ({chosen})"
    told = ", ".join(f"{by_level[level]} {words.counted(level, by_level[level])}" for level in levels)
    return words.texts["areas"].format(what=what, counts=told)


def _reference(weekly: Weekly, words: SheetWords) -> str:
    weeks = ", ".join(week.label for week in weekly.reference)
    return words.texts["reference"].format(weeks=weeks) if weeks else words.texts["no_reference"]


def _data(weekly: Weekly, words: SheetWords) -> str:
    if weekly.newest_count is None:
        return words.texts["no_data"]
    return words.texts["data"].format(
        missing=weekly.hours_missing, partial=weekly.hours_partial, newest=_instant(weekly.newest_count, weekly)
    )


def _instant(at: datetime, weekly: Weekly) -> str:
    return f"{at.astimezone(ZoneInfo(weekly.week.timezone)):%Y-%m-%d %H:%M} {zone_name(weekly)}"


def _epsilon(weekly: Weekly, words: SheetWords) -> str | None:
    privacy = weekly.privacy
    if privacy.epsilon is None:
        return None
    told = {"epsilon": privacy.epsilon, "week": privacy.epsilon_week or 0}
    return words.texts["epsilon"].format(
        **{name: f"{number:g}".replace(".", words.spoken.point) for name, number in told.items()}
    )


def _left_out(sheets: Sequence[Sheet], words: SheetWords) -> Iterator[str]:
    for sheet in sheets:
        if sheet.left_out:
            levels = ", ".join(words.counted(level, 2) for level in sheet.left_out)
            yield words.texts["left_out"].format(sheet=words.sheets[sheet.name], levels=levels)


def _licence(options: ReportOptions) -> str | None:
    url = options.licence_url
    return options.licence if url in {None, options.licence} else f"{options.licence} ({url})"
