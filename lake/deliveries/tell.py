"""Telling what became of a file: to the person who gave it, to the quarantine and to the ledger."""

from collections.abc import Mapping

import duckdb

from lake.deliveries.contract import Contract
from lake.deliveries.delivery import DeliveredFile
from lake.deliveries.read import count_rows
from lake.engine import fetch_row, read_sql
from lake.files import safe_name
from lake.intake import Intake, quarantine_path, write_quarantine
from lake.ledger import FileRecord
from lake.profile import FileProfile
from lake.reports import FileReport


def set_aside(
    connection: duckdb.DuckDBPyConnection, file: DeliveredFile, *, contract: Contract, intake: Intake
) -> FileReport:
    """Write the quarantine of a file and count what became of its rows."""
    if file.earlier is not None or file.refusal is not None:
        return report_unread(file)
    flagged = contract.flagged
    reasons = dict(
        connection.execute(
            f"""select reason, count(*) from {flagged} where file_no = $n and reason is not null group by reason
            union all select 'broken_line', count(*) from broken_lines where file_no = $n having count(*) > 0
            order by reason""",
            {"n": file.number},
        ).fetchall()
    )
    suppressed, kept = fetch_row(
        connection,
        f"select count(*) filter (devices is null), count(*) from {flagged} where file_no = $n and reason is null",
        {"n": file.number},
    )
    quarantine = None
    if reasons:
        quarantine = quarantine_path(intake.home, contract.stage.name, path=file.path, sha256=file.sha256)
        connection.execute(f"set variable file_no = {file.number}")
        rows = read_sql(contract.package, f"quarantined_{contract.stage.name}")
        write_quarantine(connection, rows, path=quarantine)
    notes = {"suppressed by the operator": suppressed} if suppressed else {}
    notes |= {f"column '{name}' is not of the contract and was kept out": 1 for name in file.ignored}
    return FileReport(
        name=safe_name(file.path),
        verdict="accepted" if kept else "refused",
        reason=None if kept else _none_fits(file, reasons),
        rows_in=count_rows(connection, contract, number=file.number),
        rows_kept=kept,
        rows_quarantined=reasons,
        notes=notes,
        quarantine=quarantine,
    )


def _none_fits(file: DeliveredFile, reasons: Mapping[str, int]) -> str:
    counted = ", ".join(f"{n} {reason}" for reason, n in reasons.items())
    return f"{safe_name(file.path)}: no row fits ({counted}); mend the file or its profile and load it again"


def report_unread(file: DeliveredFile) -> FileReport:
    """What became of a file that was refused, or taken in before."""
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


def as_record(
    connection: duckdb.DuckDBPyConnection,
    file: DeliveredFile,
    report: FileReport,
    *,
    contract: Contract,
    intake: Intake,
    profile: FileProfile,
) -> FileRecord:
    """What the ledger keeps of a file."""
    first, last, operators = fetch_row(
        connection,
        f"""select min(interval_start), max(interval_start), list_sort(list(distinct operator))
        from {contract.flagged} where file_no = $n and reason is null""",
        {"n": file.number},
    )
    return FileRecord(
        stage=contract.stage.name,
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
