"""Taking in cell plans: our own format and OpenCelliD's, checked row by row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
from scipy.spatial import KDTree

from geo.cells import opencellid
from geo.cells.plan import create_plan_view, plan_file
from geo.distances import EARTH_RADIUS_M, unit_vectors
from geo.networks import read_networks
from lake.engine import connect, fetch_row, fetch_value, literal, quoted, read_sql
from lake.errors import RefusedInputError
from lake.files import SourceTable, hash_file, open_table, safe_name
from lake.intake import Intake, find_columns, ignored_columns, quarantine_path, slug, write_quarantine
from lake.ledger import FileRecord, open_ledger
from lake.profile import FileProfile
from lake.reports import FileReport
from lake.staging import recover, staged
from lake.templates import template_expression

STAGE = "cells"
CONTRACT = (
    "cell_id",
    "operator",
    "radio",
    "lat",
    "lon",
    "azimuth_deg",
    "beamwidth_deg",
    "height_m",
    "tilt_deg",
    "power_dbm",
    "frequency_mhz",
    "range_m",
    "kind",
    "valid_from",
    "valid_to",
)
OPTIONAL_FIELDS = ("azimuth", "beamwidth", "height", "tilt", "power", "frequency", "range", "kind")
ISOLATED_M = 50_000
WORLD = (-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True, kw_only=True)
class CellsLoad:
    """The outcome of taking in one plan.

    Attributes:
        file: what became of its rows.
        operators: cells taken in, by operator.
    """

    file: FileReport
    operators: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class PlanOptions:
    """What the person at the keyboard says of a plan.

    Attributes:
        profile: how to read the file.
        timezone: where dates without an offset are local.
        valid_from: first instant of cells that name none; None for since ever.
        bbox: west, south, east, north in degrees; cells outside are set aside.
    """

    profile: FileProfile
    timezone: str
    valid_from: datetime | None = None
    bbox: tuple[float, float, float, float] = WORLD


def load_cells(path: Path, *, intake: Intake, options: PlanOptions) -> CellsLoad:
    """Take in a cell plan.

    From its first day on it supersedes the plan of each operator that it speaks of; a plan without dates holds since
    ever and replaces the old one whole.

    Raises:
        RefusedInputError: the file is no cell plan, or no row of it fits; nothing was stored.
    """
    recover(intake.home)
    sha256 = hash_file(path)
    with connect(intake.engine) as connection, open_ledger(intake.ledger_url) as ledger:
        record = FileRecord(
            stage=STAGE,
            name=safe_name(path),
            sha256=sha256,
            reading=options.profile.fingerprint(),
            verdict="refused",
            taken_at=intake.now,
            taken_by=intake.taken_by,
        )
        try:
            notes = _flag(connection, path, options)
            report = _settle(connection, path, sha256=sha256, intake=intake, notes=notes)
        except RefusedInputError as error:
            ledger.record(_with(record, reason=str(error)))
            raise
        operators = _put_in_lake(connection, intake)
        ledger.record(
            _with(
                record,
                verdict="accepted",
                operators=tuple(operators),
                rows_in=report.rows_in,
                rows_kept=report.rows_kept,
                rows_quarantined=report.rows_quarantined,
            )
        )
    return CellsLoad(file=report, operators=operators)


def _with(record: FileRecord, **changes: object) -> FileRecord:
    return FileRecord(**{**vars(record), **changes})


def _flag(connection: duckdb.DuckDBPyConnection, path: Path, options: PlanOptions) -> dict[str, int]:
    """Fill `flagged_cells` and `broken_lines`; return notes on the file."""
    delimiter = options.profile.delimiter
    with open_table(connection, path, delimiter=delimiter, name_headerless=opencellid.name_headerless) as table:
        return _flag_table(connection, table, options)


def _flag_table(connection: duckdb.DuckDBPyConnection, table: SourceTable, options: PlanOptions) -> dict[str, int]:
    if opencellid.is_opencellid(table) and not options.profile.columns:
        notes = _name_opencellid(connection, table, options)
    else:
        notes = _name_columns(connection, table, options)
    connection.execute(
        f"create temp table broken_lines as select row_number, left(line, 300) as line from ({table.broken_lines()})"
    )
    west, south, east, north = options.bbox
    connection.execute(
        "create temp table flagged_cells as " + read_sql("geo.cells", "flagged_cells"),
        {
            "timezone": options.timezone,
            "default_from": options.valid_from,
            "min_lon": west,
            "min_lat": south,
            "max_lon": east,
            "max_lat": north,
        },
    )
    return notes


def _name_columns(connection: duckdb.DuckDBPyConnection, table: SourceTable, options: PlanOptions) -> dict[str, int]:
    """Fill `named_cells` from a table in our own format."""
    profile = options.profile
    needed = ["lat", "lon"]
    needed += [] if profile.cell_id_template else ["cell_id"]
    needed += [] if profile.operator else ["operator"]
    needed += [] if profile.radio else ["radio"]
    columns = find_columns(table, profile, required=tuple(needed))

    def text(ours: str) -> str:
        return f"nullif(trim({quoted(columns[ours])}), '')" if ours in columns else "null::varchar"

    cell = (
        template_expression(profile.cell_id_template, columns=columns) if profile.cell_id_template else text("cell_id")
    )
    fields = {
        f"{name.removesuffix('_deg').removesuffix('_m').removesuffix('_dbm').removesuffix('_mhz')}_text": text(name)
        for name in CONTRACT
        if name not in {"cell_id", "operator", "radio"}
    }
    fields["cell_text"] = cell
    fields["radio_text"] = f"coalesce({text('radio')}, {literal(profile.radio)})" if profile.radio else text("radio")
    operator = rf"nullif(trim(regexp_replace(lower({text('operator')}), '[^a-z0-9.]+', '-', 'g'), '-.'), '')"
    fields["operator_text"] = literal(slug(profile.operator)) if profile.operator else operator
    fields["source_reason"] = "null::varchar"
    named = ", ".join(f"{sql} as {name}" for name, sql in fields.items())
    connection.execute(f"create temp table named_cells as select row_number, {named} from ({table.relation})")
    ignored = ignored_columns(table, columns, contract=CONTRACT)
    return {f"column '{name}' is not of the contract and was kept out": 1 for name in ignored}


def _name_opencellid(connection: duckdb.DuckDBPyConnection, table: SourceTable, options: PlanOptions) -> dict[str, int]:
    """Fill `named_cells` from an OpenCelliD export and tell its quirks."""
    connection.register("networks", read_networks().to_arrow())
    connection.execute(
        f"create temp table opencellid as select {opencellid.named_cells(table)} from ({table.relation})"
    )
    connection.execute("create temp table named_cells as " + read_sql("geo.cells", "named_opencellid"))
    notes = _opencellid_notes(connection)
    if options.profile.operator:
        left_out = fetch_value(
            connection,
            "delete from named_cells where operator_text is distinct from $operator",
            {"operator": slug(options.profile.operator)},
        )
        notes["cells of other operators were left out"] = int(left_out)
    return notes


def _opencellid_notes(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    cells, single = fetch_row(connection, "select count(*), count(*) filter (samples <= 1) from opencellid")
    notes = {
        "positions are centroids of where phones heard the cell, not surveyed towers": cells,
        "cells rest on a single measurement": single,
    }
    nets = connection.execute(
        """select network, operator_text, count(*) from named_cells join opencellid using (row_number)
        group by all order by count(*) desc, network"""
    ).fetchall()
    for network, operator, count in nets:
        unknown = " (no operator known by this number)" if network == operator else ""
        notes[f"cells of network {network} were read as operator '{operator}'{unknown}"] = count
    return {note: count for note, count in notes.items() if count}


def _settle(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    sha256: str,
    intake: Intake,
    notes: Mapping[str, int],
) -> FileReport:
    """Mark contradictions, write the quarantine and count.

    Raises:
        RefusedInputError: no row fits.
    """
    conflicts = read_sql("geo.cells", "conflicting_cells")
    connection.execute(
        f"""update flagged_cells set reason = conflicts.reason from ({conflicts}) as conflicts
        where flagged_cells.reason is null and flagged_cells.operator = conflicts.operator
            and flagged_cells.cell_id = conflicts.cell_id
            and flagged_cells.valid_from is not distinct from conflicts.valid_from"""
    )
    connection.execute("create temp table new_cells as " + read_sql("geo.cells", "new_cells"))
    reasons = dict(
        connection.execute(
            """select reason, count(*) from flagged_cells where reason is not null group by reason
            union all select 'broken_line', count(*) from broken_lines having count(*) > 0 order by 1"""
        ).fetchall()
    )
    kept = _count(connection, "flagged_cells where reason is null")
    quarantine = None
    if reasons:
        quarantine = quarantine_path(intake.home, STAGE, path=path, sha256=sha256)
        write_quarantine(connection, read_sql("geo.cells", "quarantined_cells"), path=quarantine)
    if not kept:
        counted = ", ".join(f"{n} {reason}" for reason, n in reasons.items()) or "it has none"
        raise RefusedInputError(
            f"{safe_name(path)}: no row fits a cell plan ({counted}); mend the file or name its columns with --columns"
        )
    return FileReport(
        name=safe_name(path),
        verdict="accepted",
        rows_in=kept + sum(reasons.values()),
        rows_kept=kept,
        rows_quarantined=reasons,
        notes={**notes, **_field_notes(connection)},
        quarantine=quarantine,
    )


def _count(connection: duckdb.DuckDBPyConnection, rows: str) -> int:
    return int(fetch_value(connection, f"select count(*) from {rows}"))


def _field_notes(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    sums = ", ".join(f"count(*) filter (is_{field}_nulled)" for field in OPTIONAL_FIELDS)
    row = fetch_row(connection, f"select {sums} from flagged_cells where reason is null")
    notes = {
        f"rows had an impossible {field}, which was emptied": n
        for field, n in zip(OPTIONAL_FIELDS, row, strict=True)
        if n
    }
    repeated = _count(connection, "flagged_cells where reason is null") - _count(connection, "new_cells")
    if repeated:
        notes["rows repeat a cell and were taken once"] = repeated
    alone = _count_isolated(connection)
    if alone:
        notes[f"cells stand over {ISOLATED_M // 1000} km from any other of the file: check them, or give --bbox"] = (
            alone
        )
    return notes


def _count_isolated(connection: duckdb.DuckDBPyConnection) -> int:
    """Places without another place nearby: often slips of the pen rather than remote masts."""
    places = connection.execute("select distinct lat, lon from new_cells").fetchnumpy()
    if len(places["lat"]) < 2:  # noqa: PLR2004 - one place alone has no neighbour to miss
        return 0
    vectors = unit_vectors(np.asarray(places["lat"]), np.asarray(places["lon"]))
    chord = np.asarray(KDTree(vectors).query(vectors, k=2)[0])
    return int((2 * EARTH_RADIUS_M * np.arcsin(np.clip(chord[:, 1] / 2, 0, 1)) > ISOLATED_M).sum())


def _put_in_lake(connection: duckdb.DuckDBPyConnection, intake: Intake) -> dict[str, int]:
    counted = connection.execute("select operator, count(*) from new_cells group by operator order by 1").fetchall()
    with staged(intake.home) as staging:
        create_plan_view(connection, intake.home)
        for operator, _ in counted:
            path = staging.path(plan_file(operator))
            superseded = read_sql("geo.cells", "superseded_plan")
            connection.execute(f"create or replace temp table superseded_plan as {superseded}", {"operator": operator})
            connection.execute(f"copy superseded_plan to {literal(str(path))} (format parquet, compression zstd)")
    return dict(counted)


def parse_bbox(text: str) -> tuple[float, float, float, float]:
    """A box as `west,south,east,north` in degrees.

    Raises:
        RefusedInputError: it is no such box.
    """
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise RefusedInputError(f"--bbox {text}: give west,south,east,north in degrees") from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # noqa: PLR2004 - degrees of the globe
        raise RefusedInputError(f"--bbox {text}: give west < east and south < north, in degrees")
    return west, south, east, north
