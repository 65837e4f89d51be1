"""Settling what a delivery says: its parts put together, contradictions out, and the rest into the lake."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import duckdb

from crowd.counts.delivery import CountsLoad, DeliveredFile
from crowd.counts.read import read_file
from crowd.counts.stage import COUNTS
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
        read_file(connection, replace(file, earlier=None), intake=intake, profile=profile, max_devices=max_devices)
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


def settle_duplicates(connection: duckdb.DuckDBPyConnection) -> None:
    """Take out cells that are counted twice with different values, and make `new_counts` of the rest."""
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


def put_in_lake(connection: duckdb.DuckDBPyConnection, intake: Intake) -> CountsLoad:
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
