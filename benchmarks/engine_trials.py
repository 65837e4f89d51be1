"""What docs/method/engine.md says was tried: the sums of one hour by other layouts. Run by hand; takes some minutes.

Seconds are those of the processor over all threads, the least of a few runs: they hardly depend on who else is busy.
"""

import resource
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from country import Country, engine_of, find_footprint
from country_maker import make_country

from lake.engine import connect, file_literal

CELLS, RUNS, SLOTS, HOURS = 300_000, 3, 8, 8
SUMS = "sum(weight * n) as people, sum(weight * weight * n) as variance, sum(n) as devices"
JOINED = "inner join counts on counts.cell_no = weights.cell_no"
SLOT_JOINS = " ".join(f"left join counts as c{k} on c{k}.cell_no = cell_{k}" for k in range(SLOTS))
SLOT_SUM = " + ".join(f"coalesce(weight_{k} * c{k}.n, 0)" for k in range(SLOTS))
WIDE = ", ".join(f"sum(weight * n_{k}) as people_{k}" for k in range(HOURS))
LISTED = ", ".join(f"people_{k}" for k in range(HOURS))
PAIRED = ", ".join(f"people_{k} as '{k}'" for k in range(HOURS))

TRIALS = {
    "one hour: hexagon order": f"select hex, {SUMS} from weights {JOINED} group by hex",
    "one hour: any order": f"select hex, {SUMS} from shuffled as weights {JOINED} group by hex",
    "one hour: cell order": f"select hex, {SUMS} from by_cell as weights {JOINED} group by hex",
    "one hour: dense numbers": f"select hex_no, {SUMS} from dense as weights {JOINED} group by hex_no",
    "one hour, people alone: hexagon order": f"select hex, sum(weight * n) from weights {JOINED} group by hex",
    "one hour, people alone: eight joins": f"select hex, {SLOT_SUM} from slots {SLOT_JOINS}",
    "one hour: a power for the variance": (
        f"select hex, {SUMS.replace('weight * weight', 'weight ** 2')} from weights {JOINED} group by hex"
    ),
    "one hour: devices as integers": (
        f"select hex, {SUMS.replace('sum(n)', 'sum(whole)')} from weights {JOINED} group by hex"
    ),
    "eight hours: columns, left wide": f"select hex, {WIDE} from weights {JOINED} group by hex",
    "eight hours: columns, unpivot": (
        f"from (select hex, {WIDE} from weights {JOINED} group by hex) unpivot (people for hour in ({PAIRED}))"
    ),
    "eight hours: columns, lists unnested": (
        f"select hex, unnest(range({HOURS})) as hour, unnest([{LISTED}]) as people "
        f"from (select hex, {WIDE} from weights {JOINED} group by hex)"
    ),
    "eight hours: one long join": (
        "select hour, hex, sum(weight * n) from weights "
        "inner join long_counts on long_counts.cell_no = weights.cell_no group by hour, hex"
    ),
}


def main() -> None:
    """Print the processor's seconds of every trial."""
    with TemporaryDirectory(prefix="kerumun-trials-") as folder:
        root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "country"
        if not root.exists():
            make_country(root, CELLS)
        home = Country(root).home
        with connect(engine_of(home)) as connection:
            _prepare(connection, find_footprint(home).folder / "weights.parquet")
            for name, query in TRIALS.items():
                print(f"{_least_seconds(lambda q=query: _run(connection, q)):6.2f} s  {name}", flush=True)


def _prepare(connection: duckdb.DuckDBPyConnection, weights: Path) -> None:
    hours = ", ".join(f"round(n * (0.5 + random())) as n_{k}" for k in range(HOURS))
    picked = ", ".join(
        f"max({column}) filter (slot % {SLOTS} = {k}) as {name}_{k}"
        for k in range(SLOTS)
        for column, name in (("cell_no", "cell"), ("weight", "weight"))
    )
    for statement in (
        f"create temp table weights as select hex, cell_no, weight from read_parquet({file_literal(weights)})",
        "create temp table shuffled as select * from weights order by hash(hex, cell_no)",
        "create temp table by_cell as select * from weights order by cell_no",
        """create temp table dense as
        select cast(dense_rank() over (order by hex) as integer) as hex_no, cell_no, weight
        from weights order by hex_no""",
        f"""create temp table counts as select *, cast(n as bigint) as whole, {hours}
        from (select distinct cell_no, cast(hash(cell_no) % 300 as double) as n from weights)""",
        f"""create temp table long_counts as select cell_no, k as hour, n * (k + 1) as n
        from counts, range({HOURS}) as hours (k)""",
        f"""create temp table slots as select hex, slot // {SLOTS} as layer, {picked}
        from (select *, row_number() over (partition by hex order by cell_no) - 1 as slot from weights)
        group by hex, layer order by hex""",
    ):
        connection.execute(statement).fetchall()


def _run(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    connection.execute(f"create or replace temp table done as {query}").fetchall()


def _least_seconds(work: Callable[[], None]) -> float:
    return min(_processor_seconds(work) for _ in range(RUNS))


def _processor_seconds(work: Callable[[], None]) -> float:
    before = resource.getrusage(resource.RUSAGE_SELF)
    work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
