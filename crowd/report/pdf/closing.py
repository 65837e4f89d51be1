"""Method, limits, privacy, definitions and sources, on the last pages."""

from crowd.mobility.definitions import absent_figures, load_definitions, unit_names
from crowd.mobility.model import Weekly
from crowd.report.options import ReportOptions
from crowd.report.pdf.edition import decided_text, edition_text, publisher_sources
from crowd.report.words import Words
from crowd.report.words.language import zone_name
from crowd.report.words.scalars import number, share


def closing_texts(weekly: Weekly, *, options: ReportOptions, words: Words) -> dict[str, object]:
    """Paragraphs of the last pages; each of method and limits has a `lead` and a `text`."""
    reference = words.list_of([week.label for week in weekly.reference]) or words.say("parts.no_reference")
    figures = {"reference": reference, "zone": zone_name(weekly.week.timezone)}
    return {
        "method": [_led(text.format(**figures)) for text in words.texts["parts.method_text"]],
        "limits": _limits(words),
        "privacy": _privacy(weekly, words),
        "definitions": _definitions(weekly, words),
        "sources": _sources(weekly, options, words),
    }


def _sources(weekly: Weekly, options: ReportOptions, words: Words) -> list[str]:
    figures = {
        "newest": _newest(weekly, words),
        "edition": edition_text(weekly, words=words),
        "decided": decided_text(weekly, words=words),
    }
    told = [text.format(**figures) for text in words.texts["parts.sources_text"]]
    return [*publisher_sources(options, words=words), *told]


def _led(text: str) -> dict[str, str]:
    """A paragraph whose first words stand between stars."""
    _, lead, rest = text.split("*", 2)
    return {"lead": lead, "text": rest.strip()}


def _limits(words: Words) -> list[dict[str, str]]:
    absent = [
        {"lead": f"{one.title[words.language]}.", "text": one.why[words.language]}  # type: ignore[index]
        for one in absent_figures()
    ]
    return absent + [_led(text) for text in words.texts["parts.limits_text"]]


def _privacy(weekly: Weekly, words: Words) -> list[str]:
    privacy = weekly.privacy
    hidden = share(privacy.hidden, words=words)
    level = words.say(f"levels_many.{weekly.level}")
    name = "parts.privacy_text" if privacy.epsilon is None else "parts.privacy_noised"
    told = [words.say(name, k=number(privacy.k, words=words), share=hidden, level=level)]
    if privacy.epsilon is not None and privacy.epsilon_week is not None:
        spent = {"epsilon": _budget(privacy.epsilon, words), "epsilon_week": _budget(privacy.epsilon_week, words)}
        told.append(words.say("parts.privacy_budget", **spent))
    return told


def _budget(epsilon: float, words: Words) -> str:
    """A budget as it was given, not rounded, since it is a promise."""
    whole, _, rest = f"{epsilon:.6f}".rstrip("0").rstrip(".").partition(".")
    told = number(float(whole), words=words)
    return f"{told}{words.point}{rest}" if rest else told


def _definitions(weekly: Weekly, words: Words) -> list[dict[str, str]]:
    """Of the indicators that occur, in the order of the definitions."""
    seen = set(weekly.indicators["indicator"].unique())
    language = words.language
    return [
        {
            "title": one.title[language],  # type: ignore[index]
            "unit": unit_names()[one.unit][language],  # type: ignore[index]
            "text": one.definition[language],  # type: ignore[index]
            "not": one.says_not[language],  # type: ignore[index]
        }
        for one in load_definitions().values()
        if one.name in seen
    ]


def _newest(weekly: Weekly, words: Words) -> str:
    if weekly.newest_count is None:
        return words.say("parts.sources_none")
    return words.instant(weekly.newest_count, timezone=weekly.week.timezone)
