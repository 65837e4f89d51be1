"""Reading count files into `flagged_counts`: every row with the first reason why it does not fit, or none."""

import re
from collections.abc import Mapping
from dataclasses import replace

import duckdb

from crowd.counts.delivery import DeliveredFile
from geo.cells import create_plan_view, planned_operators
from lake.engine import fetch_value, literal, quoted, read_sql
from lake.errors import RefusedInputError
from lake.files import SourceTable, open_table, safe_name
from lake.intake import Intake, find_columns, ignored_columns, slug
from lake.profile import FileProfile
from lake.subscriber_guard import refuse_subscriber_identities
from lake.templates import template_expression

CONTRACT = ("interval_start", "cell_id", "devices", "interval_minutes", "operator")
DEFAULT_INTERVAL_MINUTES = 60


def prepare_tables(connection: duckdb.DuckDBPyConnection, intake: Intake) -> None:
    """Make the tables that the files of a delivery are read into."""
    create_plan_view(connection, intake.home)
    connection.execute(
        """create temp table flagged_counts (
        file_no integer, row_number bigint, operator varchar, interval_start timestamptz, interval_minutes integer,
        cell_id varchar, devices bigint, suppressed_below integer, time_text varchar, devices_text varchar,
        reason varchar)"""
    )
    connection.execute("create temp table broken_lines (file_no integer, row_number bigint, line varchar)")


def read_file(
    connection: duckdb.DuckDBPyConnection,
    file: DeliveredFile,
    *,
    intake: Intake,
    profile: FileProfile,
    max_devices: int,
) -> DeliveredFile:
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
    if not count_rows(connection, file.number):
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


def count_rows(connection: duckdb.DuckDBPyConnection, number: int) -> int:
    """Rows and broken lines of a file, as read."""
    counted = fetch_value(
        connection,
        """select (select count(*) from flagged_counts where file_no = $n)
        + (select count(*) from broken_lines where file_no = $n)""",
        {"n": number},
    )
    return int(counted)
