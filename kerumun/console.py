"""What the command line prints: tables for people, JSON for machines."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from lake.reports import FileReport

# A file or a pipe has no edge: nothing is cut.
ENDLESS = 10_000


def own_command() -> str:
    """What to type to run Kerumun again as it was run now: it may lie in an environment that is not on the path."""
    called = Path(sys.argv[0])
    return f"{sys.executable} -m kerumun" if called.name == "__main__.py" else str(called)


class Printer:
    """Prints the outcome of one command, for people or for machines."""

    def __init__(self, *, as_json: bool) -> None:
        """Decide for whom."""
        self._as_json = as_json
        out = Console(soft_wrap=True, highlight=False)
        self._out = out if out.is_terminal else Console(soft_wrap=True, highlight=False, width=ENDLESS)

    def say(self, text: str) -> None:
        """A line for people."""
        if not self._as_json:
            self._out.print(text, markup=False)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """A table for people."""
        if self._as_json:
            return
        table = Table(
            title=title,
            title_justify="left",
            title_style="bold",
            box=None,
            pad_edge=False,
            padding=(0, 2, 0, 0),
        )
        for n, column in enumerate(columns):
            is_number = bool(rows) and all(isinstance(row[n], int | float) for row in rows)
            is_whole = is_number or n == 0
            table.add_column(
                column,
                justify="right" if is_number else "left",
                no_wrap=is_whole,
                overflow="fold" if not is_whole else "ellipsis",
            )
        for row in rows:
            table.add_row(*(_text(value) for value in row))
        self._out.print(table, soft_wrap=not self._out.is_terminal)

    def result(self, value: object) -> None:
        """The whole outcome, for machines."""
        if self._as_json:
            sys.stdout.write(json.dumps(_plain(value), indent=2, ensure_ascii=False) + "\n")

    def report(self, file: FileReport) -> None:
        """What became of one file, for people."""
        if file.verdict == "unchanged":
            self.say(f"{file.name}: unchanged, {file.reason}")
            return
        if file.verdict == "refused":
            self.say(f"{file.name}: refused. {file.reason}")
        else:
            self.say(f"{file.name}: {file.rows_kept:,} of {file.rows_in:,} rows taken in")
        for reason, count in file.rows_quarantined.items():
            self.say(f"  {count:,} set aside: {reason.replace('_', ' ')}")
        for note, count in file.notes.items():
            self.say(f"  {note}" if note.startswith("column") else f"  {count:,} {note}")
        if file.quarantine:
            self.say(f"  rows set aside are in {file.quarantine}")

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        """Show that work goes on, with the time it has taken, while the block runs."""
        console = Console(stderr=True)
        if self._as_json or not console.is_terminal:
            yield
            return
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=console, transient=True) as progress:
            progress.add_task(what, total=None)
            yield


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) < 10 else f"{value:,.0f}"  # noqa: PLR2004 - shares keep two digits
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _plain(value: object) -> object:
    """A value as JSON knows it."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Path):
        return str(value)
    return value
