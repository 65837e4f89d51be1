"""Results as people and machines read them: one Markdown page, one JSON file per benchmark."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measuring import spread

INTRODUCTION = """\
# Benchmarks

Written by `make bench`; every run replaces what it has measured. Each figure was measured several times in turn with
its peers on the same machine in the same run: min / **median** / max. Trust the ratios, not the seconds.
"""


@dataclass(frozen=True, kw_only=True)
class Report:
    """One benchmark.

    Attributes:
        name: of its JSON file.
        title: heading.
        about: what was measured, in a few sentences.
        columns: header of the table.
        rows: cells of the table.
        promises: what was promised and what was measured.
        record: all figures, for machines.
    """

    name: str
    title: str
    about: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    promises: Sequence[str] = ()
    record: Mapping[str, Any]


def rounded(number: float) -> str:
    """Three significant digits, without an exponent."""
    text = f"{number:.3g}"
    return f"{float(text):,.0f}" if "e" in text or abs(number) >= 100 else text  # noqa: PLR2004 - whole from three digits on


def shown(values: Sequence[float]) -> str:
    """Min, median and max."""
    found = spread(values)
    return f"{rounded(found['min'])} / **{rounded(found['median'])}** / {rounded(found['max'])}"


def promise(promised: str, measured: str, *, slack: float) -> str:
    """What was promised beside what was measured; broken where the slack is negative."""
    return f"Promise: {promised}. Measured: {measured}, **{'kept' if slack >= 0 else 'not kept'}**."


def markdown(reports: Sequence[Report], machine: Mapping[str, str]) -> str:
    """The whole page."""
    return "\n\n".join([_introduction(machine), *(_section(report) for report in reports)]) + "\n"


def write_results(folder: Path, reports: Sequence[Report], machine: Mapping[str, str], *, order: Sequence[str]) -> None:
    """Replace the JSON files of some reports, and the page by what all files of the folder hold.

    Args:
        folder: where they lie.
        reports: what was measured.
        machine: on which they were.
        order: names of all reports, as they stand on the page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for report in reports:
        content = {
            "machine": machine,
            **report.record,
            "promises": list(report.promises),
            "page": _section(report),
        }
        text = json.dumps(content, indent=1, ensure_ascii=False)
        (folder / f"{report.name}.json").write_text(text + "\n", encoding="utf-8")
    kept = [json.loads((folder / f"{name}.json").read_text("utf-8")) for name in order if _is_kept(folder, name)]
    sections = [f"{each['page']}\n\nMeasured on {each['machine']['date']}." for each in kept]
    (folder / "README.md").write_text("\n\n".join([_introduction(machine), *sections]) + "\n", encoding="utf-8")


def _is_kept(folder: Path, name: str) -> bool:
    return (folder / f"{name}.json").exists()


def _introduction(machine: Mapping[str, str]) -> str:
    facts = "\n".join(_table(("on", ""), [(name, value) for name, value in machine.items()]))
    return INTRODUCTION + "\n" + facts


def _section(report: Report) -> str:
    parts = [f"## {report.title}", report.about, "\n".join(_table(report.columns, report.rows))]
    return "\n\n".join([*parts, *report.promises])


def _table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    rule = ("---", *("---:" for _ in columns[1:]))
    return ["| " + " | ".join(cells) + " |" for cells in (columns, rule, *rows)]
