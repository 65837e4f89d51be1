"""Reading the files of a delivery: every row with the first reason why it does not fit, or none."""

from collections.abc import Mapping
from dataclasses import replace

import duckdb

from lake.deliveries.contract import Contract
from lake.deliveries.delivery import DeliveredFile
from lake.engine import fetch_value, read_sql
from lake.errors import RefusedInputError
from lake.files import SourceTable, open_table, safe_name
from lake.intake import Intake, find_columns, ignored_columns
from lake.profile import FileProfile
from lake.subscriber_guard import refuse_subscriber_identities

HERE = "lake.deliveries"


def prepare_tables(connection: duckdb.DuckDBPyConnection, contract: Contract, *, intake: Intake) -> None:
    """Make the tables that the files of a delivery are read into."""
    contract.prepare(connection, intake)
    connection.execute("create temp table broken_lines (file_no integer, row_number bigint, line varchar)")


def read_file(
    connection: duckdb.DuckDBPyConnection,
    file: DeliveredFile,
    *,
    contract: Contract,
    intake: Intake,
    profile: FileProfile,
) -> DeliveredFile:
    """Flag the rows of a new file, or say why it is refused; files taken in before pass unread."""
    if not file.is_new:
        return file
    is_guarded = False
    try:
        with open_table(connection, file.path, delimiter=profile.delimiter) as table:
            identifying = contract.cell_id_columns(table, profile)
            refuse_subscriber_identities(connection, table, cell_id_columns=identifying)
            is_guarded = True
            columns = find_columns(table, profile, required=contract.required(profile))
            contract.refuse_unready(intake, profile)
            _flag(
                connection,
                table,
                file.number,
                columns=columns,
                contract=contract,
                profile=profile,
                intake=intake,
            )
            ignored = ignored_columns(table, columns, contract=contract.columns)
    except RefusedInputError as error:
        return replace(file, refusal=str(error), is_guarded=is_guarded)
    file = replace(file, is_guarded=is_guarded)
    if not count_rows(connection, contract, number=file.number):
        name, below = safe_name(file.path), contract.stage.name
        return replace(file, refusal=f"{name} holds no rows: send the {below} below the header")
    return replace(file, ignored=tuple(ignored))


def _flag(
    connection: duckdb.DuckDBPyConnection,
    table: SourceTable,
    number: int,
    *,
    columns: Mapping[str, str],
    contract: Contract,
    profile: FileProfile,
    intake: Intake,
) -> None:
    named = f"{number} as file_no, row_number, {contract.named_rows(columns, profile)}"
    connection.execute(f"create or replace temp table named_rows as select {named} from ({table.relation})")
    connection.execute(
        f"insert into broken_lines select {number}, row_number, left(line, 300) from ({table.broken_lines()})"
    )
    connection.execute(
        "create or replace temp table parsed_times as " + read_sql(HERE, "parsed_times"),
        {"time_format": profile.time_format, "timezone": profile.timezone},
    )
    connection.execute(
        f"insert into {contract.flagged} " + read_sql(contract.package, contract.flagged),
        {
            "interval_minutes": profile.interval_minutes or contract.default_minutes,
            **contract.flag_parameters(intake),
        },
    )
    connection.execute("drop table named_rows")


def count_rows(connection: duckdb.DuckDBPyConnection, contract: Contract, *, number: int) -> int:
    """Rows and broken lines of a file, as read."""
    counted = fetch_value(
        connection,
        f"""select (select count(*) from {contract.flagged} where file_no = $n)
        + (select count(*) from broken_lines where file_no = $n)""",
        {"n": number},
    )
    return int(counted)
