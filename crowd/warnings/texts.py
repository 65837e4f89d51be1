"""The wording of a warning: its messages in every language, and what keeps them from being approved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import shapely

from crowd.warnings.message import EmergencyNumber, MessageFields, check_message, numbers_for, render_message
from crowd.warnings.message.fields import TextKind
from crowd.warnings.options import WarningOptions
from crowd.warnings.outgoing import Kind, Language, Mode
from crowd.warnings.wording import Wording


@dataclass(frozen=True, kw_only=True)
class Writer:
    """What every message of an installation is written with.

    Attributes:
        options: languages, sender, page, limits.
        emergency: numbers by regency.
        templates_folder: the installation's own templates.
    """

    options: WarningOptions
    emergency: Mapping[str, EmergencyNumber]
    templates_folder: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Story:
    """What one warning tells.

    Attributes:
        kind: alert, update or cancel.
        mode: test or live.
        fields: all that is the same in every language, but for the code.
        people: for officers, by language.
        reason: for officers, by language.
        cells: to warn.
        outline: of the gathering.
    """

    kind: Kind
    mode: Mode
    fields: MessageFields
    people: Mapping[str, str]
    reason: Mapping[str, str]
    cells: pl.DataFrame
    outline: shapely.Polygon | shapely.MultiPolygon


def write_wording(story: Story, code: str, *, writer: Writer) -> Wording:
    """Write a warning's messages.

    Raises:
        RefusedInputError: a template of the installation does not fit.
    """
    options = writer.options
    fields = replace(
        story.fields,
        code=code,
        emergency=numbers_for(story.fields.regency_code, writer.emergency),
        official_page=options.official_page,
        sender=options.sender_name,
    )
    problems: list[str] = [] if story.cells.height else ["no cell is known to warn: see the targets of the gathering"]
    texts: dict[str, str] = {}
    officer_texts: dict[str, str] = {}
    for language in options.languages:
        texts[language] = _write(story.kind, language, fields, story=story, writer=writer, problems=problems)
        if options.kannel is not None:
            told = replace(fields, people=story.people[language], reason=story.reason[language])
            kind: TextKind = "cancel" if story.kind == "cancel" else "officer"
            officer_texts[language] = _write(kind, language, told, story=story, writer=writer, problems=problems)
    return Wording(
        texts=texts,
        officer_texts=officer_texts,
        cells=story.cells,
        outline=story.outline,
        problems=tuple(dict.fromkeys(problems)),
    )


def _write(
    kind: TextKind, language: Language, fields: MessageFields, *, story: Story, writer: Writer, problems: list[str]
) -> str:
    options = writer.options
    limit = options.max_officer_segments if kind == "officer" else options.max_segments
    problems += check_message(
        kind,
        language,
        fields,
        mode=story.mode,
        max_segments=limit,
        templates_folder=writer.templates_folder,
    )
    return render_message(kind, language, fields, mode=story.mode, templates_folder=writer.templates_folder)
