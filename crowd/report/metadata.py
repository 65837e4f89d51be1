"""Metadata of a week's files for catalogues such as Satu Data Indonesia's: JSON-LD in the words of DCAT-AP 3."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from crowd.mobility.definitions import Definition
from crowd.mobility.model import Weekly
from crowd.report.dictionary import LANGUAGES, column_types, defined_in
from crowd.report.dictionary_words import COLUMNS
from crowd.report.metadata_context import (
    CONTEXT,
    DECIDED,
    DESCRIPTIONS,
    DICTIONARY,
    EVERYTHING,
    FILE_TYPES,
    KEYWORDS,
    MEDIA_TYPES,
    NO_WEEKS,
    PROFILE,
    PROVENANCE,
    SHA256,
    SPOKEN,
    THEMES,
    TITLES,
    WEEKLY_UPDATE,
)
from crowd.report.options import Language, ReportOptions
from lake.files import hash_file

Node = dict[str, object]
TIDY = ("csv", "parquet")


def write_metadata(weekly: Weekly, *, options: ReportOptions, files: Sequence[Path], output: Path) -> None:
    """Write a description of the files of a week. The same week and files give the same bytes.

    Args:
        weekly: the week.
        options: publisher, contact and licence.
        files: that are described, with size and checksum; named by their names alone, so they stay beside it.
        output: the file.
    """
    output.write_text(_written(describe(weekly, options=options, files=files)), encoding="utf-8")


def metadata_of(name: str, text: str) -> str:
    """Metadata of one of the files that some metadata describe, and of the dictionary.

    Args:
        name: of the file.
        text: what `write_metadata` wrote.
    """
    told: Node = json.loads(text)
    files = told["dcat:distribution"]
    return _written(told | {"dcat:distribution": [each for each in files if each["dct:title"] == name]})  # type: ignore[attr-defined]


def describe(weekly: Weekly, *, options: ReportOptions, files: Sequence[Path]) -> Node:
    """The same as an object (https://semiceu.github.io/DCAT-AP/releases/3.0.1/)."""
    told: Node = {
        "@context": CONTEXT,
        "@id": f"urn:kerumun:weekly:{weekly.chosen or 'all'}:{weekly.week.label}:{version_of(weekly)}",
        "@type": "dcat:Dataset",
        "dct:identifier": f"{weekly.week.label}{f'-{weekly.chosen}' if weekly.chosen else ''}",
        "dct:title": _said(TITLES, **_title_parts(weekly)),
        "dct:description": _said(DESCRIPTIONS, k=weekly.privacy.k),
        "dcat:version": version_of(weekly),
        "dcat:keyword": [_text(word, language) for language, words in KEYWORDS.items() for word in words],
        "dcat:theme": [{"@id": theme} for theme in THEMES],
        "dct:language": [{"@id": SPOKEN[language]} for language in LANGUAGES],
        "dct:temporal": _period(weekly),
        "dcat:temporalResolution": {"@type": "xsd:duration", "@value": "PT1H"},
        "dct:spatial": _places(weekly),
        "dct:accrualPeriodicity": {"@id": WEEKLY_UPDATE},
        "dct:conformsTo": {"@id": PROFILE},
        "dct:provenance": {"@type": "dct:ProvenanceStatement", "skos:prefLabel": _provenance(weekly)},
        "schema:variableMeasured": [_variable(one) for one in defined_in(weekly)],
        "dcat:distribution": [_distribution(file, options) for file in files if not _is_dictionary(file)],
        "foaf:page": [_page(file) for file in files if _is_dictionary(file)],
    }
    return told | _modified(weekly) | _people_behind(options)


def version_of(weekly: Weekly) -> str:
    """The edition and, where there are warnings, the last change of one of them: `1+20200405T173104Z`.

    A later decision makes no new edition, since no number of people changes; it must be told apart all the same.
    """
    until = weekly.decided_until
    return str(weekly.edition) if until is None else f"{weekly.edition}+{until.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _modified(weekly: Weekly) -> Node:
    """Only what the ledger says: when the numbers were made is on no clock that would give the same bytes again."""
    if weekly.decided_until is None:
        return {}
    return {"dct:modified": _instant(weekly.decided_until, weekly)}


def _written(told: Node) -> str:
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _people_behind(options: ReportOptions) -> Node:
    told: Node = {}
    if options.publisher is not None:
        told["dct:publisher"] = {"@type": "foaf:Agent", "foaf:name": options.publisher}
    if options.contact is not None:
        is_web = options.contact.startswith("https://")
        key, address = ("vcard:hasURL", options.contact) if is_web else ("vcard:hasEmail", f"mailto:{options.contact}")
        name = {"vcard:fn": options.publisher} if options.publisher else {}
        told["dcat:contactPoint"] = {"@type": "vcard:Kind", **name, key: {"@id": address}}
    return told | _licence(options)


def _licence(options: ReportOptions) -> Node:
    if options.licence is None:
        return {}
    url = options.licence_url
    return {"dct:license": {"@id": url} if url else {"@type": "dct:LicenseDocument", "dct:title": options.licence}}


def _title_parts(weekly: Weekly) -> dict[str, object]:
    names = dict(weekly.areas.select("area_code", "area_name").iter_rows())
    days = weekly.days()
    chosen = EVERYTHING if weekly.chosen is None else names.get(weekly.chosen, weekly.chosen)
    return {"what": chosen, "week": weekly.week.label, "first": days[0].isoformat(), "last": days[-1].isoformat()}


def _period(weekly: Weekly) -> Node:
    start, end = _instant(weekly.week.start, weekly), _instant(weekly.week.end, weekly)
    return {"@type": "dct:PeriodOfTime", "dcat:startDate": start, "dcat:endDate": end}


def _instant(at: datetime, weekly: Weekly) -> Node:
    """On the clock of the place."""
    return {"@type": "xsd:dateTime", "@value": at.astimezone(ZoneInfo(weekly.week.timezone)).isoformat()}


def _places(weekly: Weekly) -> list[Node]:
    """Areas by their codes, without those of the finest level, which the data themselves name; they can be 80,000."""
    levels = weekly.areas["level"].unique(maintain_order=True).to_list()
    told = weekly.areas.filter(weekly.areas["level"].is_in(levels[:-1] or levels))
    return [
        {"@type": "dct:Location", "dct:identifier": code, "skos:prefLabel": name, "dct:type": level}
        for code, name, level in told.select("area_code", "area_name", "level").iter_rows()
    ]


def _provenance(weekly: Weekly) -> list[Node]:
    texts, weeks = PROVENANCE, ", ".join(week.label for week in weekly.reference)
    values: dict[str, object] = {"reference": weeks or NO_WEEKS, "edition": weekly.edition}
    if weekly.decided_until is not None:
        texts = {language: f"{PROVENANCE[language]} {DECIDED[language]}" for language in LANGUAGES}
        until = weekly.decided_until.astimezone(ZoneInfo(weekly.week.timezone))
        values["until"] = until.isoformat(timespec="minutes")
    return _said(texts, **values)


def _variable(one: Definition) -> Node:
    """An indicator, with what the statistics office (BPS) asks of one: definition, interpretation, method, unit."""
    return {
        "@type": "schema:PropertyValue",
        "schema:propertyID": one.name,
        "schema:name": _said(one.title),
        "schema:description": _said(one.definition),
        "schema:measurementTechnique": _said(one.formula),
        "skos:scopeNote": [*_said(one.says), *_said(one.says_not)],
        "schema:unitText": one.unit,
    }


def _is_dictionary(file: Path) -> bool:
    return file.name.endswith(".dictionary.csv")


def _page(file: Path) -> Node:
    return {"@id": file.name, "@type": "foaf:Document", "dct:title": _said(DICTIONARY)}


def _distribution(file: Path, options: ReportOptions) -> Node:
    kind = file.suffix.removeprefix(".")
    told: Node = {
        "@type": "dcat:Distribution",
        "dct:title": file.name,
        "dcat:accessURL": {"@id": file.name},
        "dcat:downloadURL": {"@id": file.name},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{MEDIA_TYPES[kind]}"},
        "dct:format": {"@id": FILE_TYPES[kind]},
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(file.stat().st_size)},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": SHA256},
            "spdx:checksumValue": {"@type": "xsd:hexBinary", "@value": hash_file(file)},
        },
    }
    if kind in TIDY:
        told["csvw:tableSchema"] = {"csvw:column": [_column(name, kind) for name, kind in column_types().items()]}
    return told | _licence(options)


def _column(name: str, datatype: str) -> Node:
    titles = {language: COLUMNS[name][language][0] for language in LANGUAGES}
    meanings = {language: COLUMNS[name][language][1] for language in LANGUAGES}
    return {
        "csvw:name": name,
        "csvw:title": _said(titles),
        "dct:description": _said(meanings),
        "csvw:datatype": {"@id": f"xsd:{datatype}"},
    }


def _said(texts: Mapping[Language, str], **values: object) -> list[Node]:
    """A text in every language; values may differ by language."""
    return [
        _text(text.format(**{k: v[language] if isinstance(v, Mapping) else v for k, v in values.items()}), language)
        if values
        else _text(text, language)
        for language, text in texts.items()
    ]


def _text(text: str, language: str) -> Node:
    return {"@language": language, "@value": text}
