"""Edits of a draft: other words, cells taken off or added. Each makes a new revision, which must be approved anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import duckdb
import polars as pl
from sqlalchemy.orm import Session

from crowd.counts import COUNTS
from crowd.warnings.audit import Act
from crowd.warnings.drafts import revise
from crowd.warnings.message import check_text, numbers_for
from crowd.warnings.message.fields import mark_of
from crowd.warnings.people import must_be_person, must_say_why
from crowd.warnings.tables import WarningRow
from crowd.warnings.texts import Writer
from crowd.warnings.wording import CELL_COLUMNS, Wording, revision_of, wording_of
from geo.cells import create_plan_view
from lake.engine import fetch_frame, read_sql
from lake.errors import RefusedInputError
from lake.home import Home
from lake.stages import create_view


@dataclass(frozen=True, kw_only=True)
class PlannedEdit:
    """What an edit of a draft comes to.

    Attributes:
        wording: the next one.
        refusals: why it is not taken, a sentence each; what is refused of cells is left out of the wording.
    """

    wording: Wording
    refusals: Sequence[str]


def edit(
    session: Session,
    warning: WarningRow,
    *,
    writer: Writer,
    texts: Mapping[str, str],
    take_off: Sequence[str],
    add: pl.DataFrame,
    act: Act,
) -> int:
    """Give a draft other words or other cells; gives the number of the new revision.

    Args:
        session: a writing transaction.
        warning: a draft.
        writer: knows the limits of a message and the emergency numbers.
        texts: new messages to the public, by language; the others stay.
        take_off: ids of cells that are not warned.
        add: cells that are, as `find_cells` gives them.
        act: who, when, why.

    Raises:
        RefusedInputError: it is no draft, nothing changes, no person says why, a text is not fit to go out, a cell is
            not on the list, or none is left.
    """
    must_be_person(act)
    must_say_why(act, f"warning {warning.id} is changed")
    before = _present(session, warning)
    planned = plan_edit(session, warning, writer=writer, texts=texts, take_off=take_off, add=add)
    if planned.refusals:
        raise RefusedInputError(planned.refusals[0])
    after = planned.wording
    if dict(after.texts) == dict(before.texts) and after.cells.equals(before.cells):
        raise RefusedInputError(f"nothing of warning {warning.id} changes: give a text or cells")
    return revise(session, warning, after, act=replace(act, why=f"{act.why} ({_told(before, after)})"))


def plan_edit(
    session: Session,
    warning: WarningRow,
    *,
    writer: Writer,
    texts: Mapping[str, str],
    take_off: Sequence[str],
    add: pl.DataFrame,
) -> PlannedEdit:
    """What `edit` would make of a draft, and why it would not take it; stores nothing.

    Args:
        session: a transaction; reading is enough.
        warning: a draft.
        writer: knows the limits of a message and the emergency numbers.
        texts: new messages to the public, by language; the others stay.
        take_off: ids of cells that are not warned.
        add: cells that are, as `find_cells` gives them.

    Raises:
        RefusedInputError: it is no draft, or has no message in one of the languages.
    """
    if warning.state != "draft":
        raise RefusedInputError(f"warning {warning.id} is {warning.state}: only a draft can be changed")
    before = _present(session, warning)
    unknown = sorted(set(texts) - set(before.texts))
    if unknown:
        raise RefusedInputError(
            f"warning {warning.id} has no message in '{unknown[0]}': see languages under [warnings]"
        )
    new = {language: _marked(text, language, warning) for language, text in texts.items()}
    kept = {language: text for language, text in before.texts.items() if language not in new}
    cells = _changed_cells(before.cells, take_off=take_off, add=add)
    after = Wording(
        texts={**before.texts, **new},
        officer_texts=before.officer_texts,
        cells=cells,
        outline=before.outline,
        problems=_problems(kept, before.officer_texts, warning=warning, writer=writer),
    )
    refusals = [*_unfit_cells(before.cells, cells, take_off=take_off), *_unfit(new, warning=warning, writer=writer)]
    return PlannedEdit(wording=after, refusals=refusals)


def find_cells(
    connection: duckdb.DuckDBPyConnection, cell_ids: Sequence[str], *, home: Home, hour: datetime, k: int
) -> pl.DataFrame:
    """Cells of the loaded plans: operator, cell_id, expected_recipients (null under k), reach and overreach (unknown).

    Raises:
        RefusedInputError: no plan has one of them.
    """
    connection.register(
        "wanted_in", pl.DataFrame({"cell_id": list(cell_ids)}, schema={"cell_id": pl.String}).to_arrow()
    )
    create_plan_view(connection, home)
    create_view(connection, "counts_in", home=home, stage=COUNTS, start=hour, end=hour + timedelta(hours=1))
    found = fetch_frame(connection, read_sql("crowd.warnings", "known_cells"), {"k": k})
    missing = sorted(set(cell_ids) - set(found["cell_id"]))
    if missing:
        raise RefusedInputError(f"no loaded cell plan has the cell {missing[0]}: mend the id")
    return found.select(pl.col(name).cast(kind) for name, kind in CELL_COLUMNS.items())


def _present(session: Session, warning: WarningRow) -> Wording:
    return wording_of(session, revision_of(session, warning_id=warning.id, revision=warning.revision))


def _changed_cells(cells: pl.DataFrame, *, take_off: Sequence[str], add: pl.DataFrame) -> pl.DataFrame:
    kept = cells.filter(~pl.col("cell_id").is_in(list(take_off)))
    new = add.join(kept, on=["operator", "cell_id"], how="anti")
    return pl.concat([kept, new]).sort("operator", "cell_id")


def _unfit_cells(before: pl.DataFrame, after: pl.DataFrame, *, take_off: Sequence[str]) -> list[str]:
    """What an edit of cells is refused for."""
    missing = sorted(set(take_off) - set(before["cell_id"]))
    refusals = [f"cell {name} is not among the cells to warn: leave it as it is" for name in missing]
    return [*refusals, "no cell is left to warn: reject the warning instead"] if after.is_empty() else refusals


def _marked(text: str, language: str, warning: WarningRow) -> str:
    """Nobody can take the mark off a test."""
    mark = mark_of(language, mode=warning.mode)
    plain = " ".join(text.split())
    return plain if not mark or plain.startswith(mark) else mark + plain


def _unfit(texts: Mapping[str, str], *, warning: WarningRow, writer: Writer) -> list[str]:
    """Why texts are refused: what people need is in every message, and nothing that must not go out."""
    emergency = numbers_for(warning.regency_code, writer.emergency)
    needed = {"emergency number": emergency, "official page": writer.options.official_page, "check code": warning.code}
    refusals = []
    for language, text in texts.items():
        missing = [f"it lacks the {what} {words}" for what, words in needed.items() if words and words not in text]
        unfit = check_text(text, max_segments=writer.options.max_segments, emergency=emergency)
        found = [*unfit, *missing]
        if found:
            refusals.append(f"the message in '{language}' cannot go out like that: {'; '.join(found)}")
    return refusals


def _told(before: Wording, after: Wording) -> str:
    """What an edit changed, for the audit trail."""
    same = ["operator", "cell_id"]
    off = before.cells.join(after.cells, on=same, how="anti").height
    added = after.cells.join(before.cells, on=same, how="anti").height
    told = [f"other words in '{language}'" for language, text in after.texts.items() if text != before.texts[language]]
    told += [
        f"{count} {'cell' if count == 1 else 'cells'} {how}"
        for count, how in ((off, "taken off"), (added, "added"))
        if count
    ]
    return ", ".join(told)


def _problems(
    texts: Mapping[str, str], officer_texts: Mapping[str, str], *, warning: WarningRow, writer: Writer
) -> tuple[str, ...]:
    emergency = numbers_for(warning.regency_code, writer.emergency)
    options = writer.options
    checks = [(text, options.max_segments) for text in texts.values()]
    checks += [(text, options.max_officer_segments) for text in officer_texts.values()]
    found = [p for text, limit in checks for p in check_text(text, max_segments=limit, emergency=emergency)]
    return tuple(dict.fromkeys(found))
