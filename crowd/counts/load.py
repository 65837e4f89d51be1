"""Taking in count files: guard, read, flag, set aside, replace what they correct, record."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from crowd.counts.stage import COUNTS
from geo.cells import create_plan_view, planned_operators
from lake.engine import connect, fetch_row, fetch_value, literal, quoted, read_sql
from lake.errors import RefusedInputError
from lake.files import SourceTable, hash_file, open_table, safe_name
from lake.intake import (
    Intake,
    find_columns,
    ignored_columns,
    quarantine_path,
    slug,
    write_quarantine,
)
from lake.ledger import FileRecord, Ledger, open_ledger
from lake.locks import lake_lock
from lake.profile import FileProfile
from lake.reports import FileReport
from lake.stages import hour_of_path, select_rows, write_partitions
from lake.staging import recover, staged
from lake.subscriber_guard import refuse_subscriber_identities
from lake.templates import template_expression

STAGE = "counts"
CONTRACT = ("interval_start", "cell_id", "devices", "interval_minutes", "operator")
DEFAULT_INTERVAL_MINUTES = 60


@dataclass(frozen=True, kw_only=True)
class CountsLoad:
    """The outcome of one delivery.

    Attributes:
        files: one report per file, in the order given.
        changed: operator and interval starts whose rows are new or other than before; earliest and latest.
        rows_replaced: rows of earlier files that gave way.
    """

    files: tuple[FileReport, ...]
    first_changed: datetime | None = None
    last_changed: datetime | None = None
    rows_replaced: int = 0


@dataclass(frozen=True, kw_only=True)
class _File:
    """A file of a delivery on its way in."""

    number: int
    path: Path
    sha256: str
    earlier: FileRecord | None = None
    refusal: str | None = None
    is_guarded: bool = False
    ignored: tuple[str, ...] = ()

    @property
    def is_new(self) -> bool:
        return self.earlier is None and self.refusal is None


def load_counts(
    paths: Sequence[Path],
    *,
    intake: Intake,
    profile: FileProfile,
    max_devices: int,
    again: bool = False,
) -> CountsLoad:
    """Take in the files of one delivery.

    Files given together are parts of one delivery: rows of the same operator and interval are put together. A later
    delivery for an operator and interval replaces what was there. A file taken in before changes nothing.

    Args:
        paths: the files.
        intake: where to, when, by whom.
        profile: how to read them.
        max_devices: a higher count is implausible.
        again: read files anew that were taken in before, e.g. after the cell plan they were waiting for.

    Returns:
        What became of each file. Refused files do not keep the others out.
    """
    recover(intake.home)
    with open_ledger(intake.ledger_url) as ledger, connect(intake.engine) as connection:
        files = [_look_up(ledger, n, path, profile=profile, again=again) for n, path in enumerate(paths)]
        if all(file.earlier for file in files):
            return CountsLoad(files=tuple(_unread_report(file) for file in files))
        _prepare(connection, intake)
        files = [_read(connection, file, intake=intake, profile=profile, max_devices=max_devices) for file in files]
        _reread_parts(connection, files, intake=intake, profile=profile, max_devices=max_devices)
        _settle_duplicates(connection)
        reports = [_set_aside(connection, file, intake=intake) for file in files]
        load = _put_in_lake(connection, intake)
        for file, report in zip(files, reports, strict=True):
            if file.earlier is None:
                ledger.record(_as_record(connection, file, report, intake=intake, profile=profile))
        return replace(load, files=tuple(reports))


def _look_up(ledger: Ledger, number: int, path: Path, *, profile: FileProfile, again: bool) -> _File:
    try:
        sha256 = hash_file(path)
    except RefusedInputError as error:
        return _File(number=number, path=path, sha256="", refusal=str(error))
    earlier = None if again else ledger.accepted(STAGE, sha256=sha256, reading=profile.fingerprint())
    return _File(number=number, path=path, sha256=sha256, earlier=earlier)


def _prepare(connection: duckdb.DuckDBPyConnection, intake: Intake) -> None:
    create_plan_view(connection, intake.home)
    connection.execute(
        """create temp table flagged_counts (
        file_no integer, row_number bigint, operator varchar, interval_start timestamptz, interval_minutes integer,
        cell_id varchar, devices bigint, suppressed_below integer, time_text varchar, devices_text varchar,
        reason varchar)"""
    )
    connection.execute("create temp table broken_lines (file_no integer, row_number bigint, line varchar)")


def _read(
    connection: duckdb.DuckDBPyConnection,
    file: _File,
    *,
    intake: Intake,
    profile: FileProfile,
    max_devices: int,
) -> _File:
    """Flag the rows of a new file, or say why it is refused; files taken in before pass unread."""
    if not file.is_new:
        return file
    is_guarded = False
    try:
        with open_table(connection, file.path, delimiter=profile.delimiter) as table:
            refuse_subscriber_identities(connection, table, cell_id_columns=_cell_id_columns(table, profile))
            is_guarded = True
            columns = find_columns(table, profile, required=_required(profile))
            _require_plan(intake, profile)
            _flag(
                connection,
                table,
                file.number,
                columns=columns,
                profile=profile,
                intake=intake,
                max_devices=max_devices,
            )
            ignored = ignored_columns(table, columns, contract=CONTRACT)
    except RefusedInputError as error:
        return replace(file, refusal=str(error), is_guarded=is_guarded)
    file = replace(file, is_guarded=is_guarded)
    if not _rows_of(connection, file.number):
        return replace(file, refusal=f"{safe_name(file.path)} holds no rows: send the counts below the header")
    return replace(file, ignored=tuple(ignored))


def _required(profile: FileProfile) -> tuple[str, ...]:
    return ("interval_start", "devices") if profile.cell_id_template else ("interval_start", "cell_id", "devices")


def _cell_id_columns(table: SourceTable, profile: FileProfile) -> frozenset[str]:
    """Columns that hold a cell's number: the mapped one, ours, and those a template is filled from."""
    template = (profile.cell_id_template or "").casefold()
    mapped = profile.columns.get("cell_id", "cell_id").casefold()
    return frozenset(
        c for c in table.columns if c.casefold() == mapped or re.search(rf"\{{{re.escape(c.casefold())}[:}}]", template)
    )


def _require_plan(intake: Intake, profile: FileProfile) -> None:
    planned = planned_operators(intake.home)
    if not planned:
        raise RefusedInputError("no cell plan is loaded yet, so no count can be placed: run 'kerumun cells load' first")
    if profile.operator and slug(profile.operator) not in planned:
        raise RefusedInputError(
            f"no cell plan of operator '{slug(profile.operator)}' is loaded (there is: {', '.join(planned)}): "
            "run 'kerumun cells load' for it first"
        )


def _flag(
    connection: duckdb.DuckDBPyConnection,
    table: SourceTable,
    number: int,
    *,
    columns: Mapping[str, str],
    profile: FileProfile,
    intake: Intake,
    max_devices: int,
) -> None:
    named = _named_rows(columns, profile=profile, number=number)
    connection.execute(f"create or replace temp table named_rows as select {named} from ({table.relation})")
    connection.execute(
        f"insert into broken_lines select {number}, row_number, left(line, 300) from ({table.broken_lines()})"
    )
    connection.execute(
        "create or replace temp table parsed_times as " + read_sql("crowd.counts", "parsed_times"),
        {"time_format": profile.time_format, "timezone": profile.timezone},
    )
    connection.execute(
        "insert into flagged_counts " + read_sql("crowd.counts", "flagged_counts"),
        {
            "interval_minutes": profile.interval_minutes or DEFAULT_INTERVAL_MINUTES,
            "now": intake.now,
            "max_devices": max_devices,
        },
    )
    connection.execute("drop table named_rows")


def _named_rows(columns: Mapping[str, str], *, profile: FileProfile, number: int) -> str:
    """SQL that gives the columns of the contract as text, under names that say so."""

    def text(ours: str) -> str:
        return f"nullif(trim({quoted(columns[ours])}), '')" if ours in columns else "null::varchar"

    cell = (
        template_expression(profile.cell_id_template, columns=columns) if profile.cell_id_template else text("cell_id")
    )
    operator = rf"nullif(trim(regexp_replace(lower({text('operator')}), '[^a-z0-9.]+', '-', 'g'), '-.'), '')"
    if profile.operator:
        operator = f"coalesce({operator}, {literal(slug(profile.operator))})"
    return (
        f"{number} as file_no, row_number, {text('interval_start')} as time_text, {cell} as cell_text, "
        f"{text('devices')} as devices_text, {text('interval_minutes')} as minutes_text, {operator} as operator_text"
    )


def _rows_of(connection: duckdb.DuckDBPyConnection, number: int) -> int:
    counted = fetch_value(
        connection,
        """select (select count(*) from flagged_counts where file_no = $n)
        + (select count(*) from broken_lines where file_no = $n)""",
        {"n": number},
    )
    return int(counted)


def _reread_parts(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[_File],
    *,
    intake: Intake,
    profile: FileProfile,
    max_devices: int,
) -> None:
    """Read files taken in before where new files of the same delivery speak of the same operator and interval.

    Without this, a second part that arrives later would replace the first instead of completing it.
    """
    connection.execute(
        """create temp table new_keys as
        select distinct operator, interval_start from flagged_counts where reason is null"""
    )
    bounds = fetch_row(connection, "select min(interval_start), max(interval_start) from new_keys")
    for file in files:
        if file.earlier is None or bounds[0] is None:
            continue
        first, last = file.earlier.first_interval, file.earlier.last_interval
        if first is None or last is None or last < bounds[0] or first > bounds[1]:
            continue
        _read(connection, replace(file, earlier=None), intake=intake, profile=profile, max_devices=max_devices)
        connection.execute(
            """delete from flagged_counts where file_no = $n
            and (operator, interval_start) not in (select (operator, interval_start) from new_keys)""",
            {"n": file.number},
        )
    # Rows of theirs that now contradict a later part leave the lake again.
    reread = [file.number for file in files if file.earlier is not None]
    connection.execute(
        """create temp table reread_keys as
        select distinct operator, interval_start from flagged_counts
        where reason is null and list_contains($reread, file_no)""",
        {"reread": reread},
    )


def _settle_duplicates(connection: duckdb.DuckDBPyConnection) -> None:
    conflicting = read_sql("crowd.counts", "conflicting_keys")
    connection.execute(
        f"""update flagged_counts set reason = 'conflicting_duplicate'
        where reason is null and (operator, interval_start, cell_id) in
            (select (operator, interval_start, cell_id) from ({conflicting}))"""
    )
    connection.execute("create temp table new_counts as " + read_sql("crowd.counts", "new_counts"))
    connection.execute(
        """create temp table replaced_keys as
        select operator, interval_start from new_counts union select operator, interval_start from reread_keys"""
    )


def _set_aside(connection: duckdb.DuckDBPyConnection, file: _File, *, intake: Intake) -> FileReport:
    """Write the quarantine of a file and count what became of its rows."""
    if file.earlier is not None or file.refusal is not None:
        return _unread_report(file)
    reasons = dict(
        connection.execute(
            """select reason, count(*) from flagged_counts where file_no = $n and reason is not null group by reason
            union all select 'broken_line', count(*) from broken_lines where file_no = $n having count(*) > 0
            order by reason""",
            {"n": file.number},
        ).fetchall()
    )
    suppressed, kept = fetch_row(
        connection,
        "select count(*) filter (devices is null), count(*) from flagged_counts where file_no = $n and reason is null",
        {"n": file.number},
    )
    quarantine = None
    if reasons:
        quarantine = quarantine_path(intake.home, STAGE, path=file.path, sha256=file.sha256)
        connection.execute(f"set variable file_no = {file.number}")
        write_quarantine(connection, read_sql("crowd.counts", "quarantined_counts"), path=quarantine)
    notes = {"suppressed by the operator": suppressed} if suppressed else {}
    notes |= {f"column '{name}' is not of the contract and was kept out": 1 for name in file.ignored}
    return FileReport(
        name=safe_name(file.path),
        verdict="accepted" if kept else "refused",
        reason=None if kept else _none_fits(file, reasons),
        rows_in=_rows_of(connection, file.number),
        rows_kept=kept,
        rows_quarantined=reasons,
        notes=notes,
        quarantine=quarantine,
    )


def _none_fits(file: _File, reasons: Mapping[str, int]) -> str:
    counted = ", ".join(f"{n} {reason}" for reason, n in reasons.items())
    return f"{safe_name(file.path)}: no row fits ({counted}); mend the file or its profile and load it again"


def _unread_report(file: _File) -> FileReport:
    name = safe_name(file.path)
    if file.earlier is None:
        return FileReport(name=name, verdict="refused", reason=file.refusal)
    aside = sum(file.earlier.rows_quarantined.values())
    hint = f"; {aside} of its rows were set aside then: --again reads it anew" if aside else ""
    return FileReport(
        name=name,
        verdict="unchanged",
        reason=f"taken in on {file.earlier.taken_at:%Y-%m-%d %H:%M} UTC{hint}",
        rows_in=file.earlier.rows_in,
        rows_kept=file.earlier.rows_kept,
    )


def _put_in_lake(connection: duckdb.DuckDBPyConnection, intake: Intake) -> CountsLoad:
    """Replace each operator and interval that the new rows speak of, all at once."""
    home = intake.home
    first, last = fetch_row(connection, "select min(interval_start), max(interval_start) from replaced_keys")
    if first is None:
        return CountsLoad(files=())
    hours = {
        (str(row[0]), row[1])
        for row in connection.execute(
            "select distinct strftime(interval_start, '%Y-%m-%d %H'), operator from replaced_keys"
        ).fetchall()
    }
    with lake_lock(home), staged(home) as staging:
        present = [
            path
            for path in COUNTS.paths(home, start=first, end=last + timedelta(microseconds=1))
            if (f"{hour_of_path(path):%Y-%m-%d %H}", path.parent.name.removeprefix("operator=")) in hours
        ]
        connection.execute("create temp view present_counts as " + select_rows(COUNTS, present))
        connection.execute("create temp table kept_counts as " + read_sql("crowd.counts", "kept_counts"))
        replaced = fetch_value(
            connection, "select (select count(*) from present_counts) - (select count(*) from kept_counts)"
        )
        rows = "select * from new_counts union all by name select * from kept_counts"
        write_partitions(connection, rows, stage=COUNTS, staging=staging)
        for path in present:
            staging.remove(str(path.relative_to(home.lake)))
    return CountsLoad(files=(), first_changed=first, last_changed=last, rows_replaced=int(replaced))


def _as_record(
    connection: duckdb.DuckDBPyConnection,
    file: _File,
    report: FileReport,
    *,
    intake: Intake,
    profile: FileProfile,
) -> FileRecord:
    first, last, operators = fetch_row(
        connection,
        """select min(interval_start), max(interval_start), list_sort(list(distinct operator))
        from flagged_counts where file_no = $n and reason is null""",
        {"n": file.number},
    )
    return FileRecord(
        stage=STAGE,
        name=report.name,
        # The hash of a small file with one phone number in it could be guessed back to the number.
        sha256=file.sha256 if file.is_guarded else None,
        reading=profile.fingerprint(),
        verdict=report.verdict,
        reason=report.reason,
        operators=tuple(operators or ()),
        rows_in=report.rows_in,
        rows_kept=report.rows_kept,
        rows_quarantined=report.rows_quarantined,
        first_interval=first,
        last_interval=last,
        taken_at=intake.now,
        taken_by=intake.taken_by,
    )
