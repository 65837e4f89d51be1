"""Settling what a delivery says: its parts put together, contradictions out, and the rest into the lake."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import duckdb

from lake.deliveries.contract import Contract
from lake.deliveries.delivery import DeliveredFile, DeliveryLoad
from lake.deliveries.read import HERE, read_file
from lake.engine import fetch_row, fetch_value, read_sql
from lake.intake import Intake
from lake.locks import lake_lock
from lake.profile import FileProfile
from lake.stages import hour_of_path, select_rows, write_partitions
from lake.staging import staged


def reread_parts(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[DeliveredFile],
    *,
    contract: Contract,
    intake: Intake,
    profile: FileProfile,
) -> None:
    """Read files taken in before where new files of the same delivery speak of the same operator and interval.

    Without this, a second part that arrives later would replace the first instead of completing it.
    """
    connection.execute(
        f"""create temp table new_keys as
        select distinct operator, interval_start from {contract.flagged} where reason is null"""
    )
    bounds = fetch_row(connection, "select min(interval_start), max(interval_start) from new_keys")
    for file in files:
        if file.earlier is None or bounds[0] is None:
            continue
        first, last = file.earlier.first_interval, file.earlier.last_interval
        if first is None or last is None or last < bounds[0] or first > bounds[1]:
            continue
        read_file(connection, replace(file, earlier=None), contract=contract, intake=intake, profile=profile)
        connection.execute(
            f"""delete from {contract.flagged} where file_no = $n
            and (operator, interval_start) not in (select (operator, interval_start) from new_keys)""",
            {"n": file.number},
        )
    # Rows of theirs that now contradict a later part leave the lake again.
    reread = [file.number for file in files if file.earlier is not None]
    connection.execute(
        f"""create temp table reread_keys as
        select distinct operator, interval_start from {contract.flagged}
        where reason is null and list_contains($reread, file_no)""",
        {"reread": reread},
    )


def settle_duplicates(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Take out what is counted twice with different values, and make `new_rows` of the rest, once each.

    Nobody can tell which of two different values is right.
    """
    keys = ("operator", "interval_start", *contract.key)
    key = ", ".join(keys)
    value = "coalesce(devices, -1), coalesce(suppressed_below, -1), interval_minutes"
    connection.execute(
        f"""update {contract.flagged} set reason = 'conflicting_duplicate'
        where reason is null and ({key}) in (
            select ({key}) from {contract.flagged} where reason is null
            group by {key} having count(distinct concat_ws(' ', {value})) > 1
        )"""
    )
    columns = [name if name in keys else f"any_value({name}) as {name}" for name in contract.stage.columns]
    connection.execute(
        f"""create temp table new_rows as
        select {", ".join(columns)} from {contract.flagged} where reason is null group by {key}"""
    )
    connection.execute(
        """create temp table replaced_keys as
        select operator, interval_start from new_rows union select operator, interval_start from reread_keys"""
    )


def put_in_lake(connection: duckdb.DuckDBPyConnection, contract: Contract, *, intake: Intake) -> DeliveryLoad:
    """Replace each operator and interval that the new rows speak of, all at once."""
    home, stage = intake.home, contract.stage
    first, last = fetch_row(connection, "select min(interval_start), max(interval_start) from replaced_keys")
    if first is None:
        return DeliveryLoad(files=())
    hours = {
        (str(row[0]), row[1])
        for row in connection.execute(
            "select distinct strftime(interval_start, '%Y-%m-%d %H'), operator from replaced_keys"
        ).fetchall()
    }
    with lake_lock(home), staged(home) as staging:
        present = [
            path
            for path in stage.paths(home, start=first, end=last + timedelta(microseconds=1))
            if (f"{hour_of_path(path):%Y-%m-%d %H}", path.parent.name.removeprefix("operator=")) in hours
        ]
        connection.execute("create temp view present_rows as " + select_rows(stage, present))
        connection.execute("create temp table kept_rows as " + read_sql(HERE, "kept_rows"))
        replaced = fetch_value(
            connection, "select (select count(*) from present_rows) - (select count(*) from kept_rows)"
        )
        rows = "select * from new_rows union all by name select * from kept_rows"
        write_partitions(connection, rows, stage=stage, staging=staging)
        for path in present:
            staging.remove(str(path.relative_to(home.lake)))
    return DeliveryLoad(files=(), first_changed=first, last_changed=last, rows_replaced=int(replaced))
