"""In which order siblings are hidden beside a hidden one: chosen once, the same in everything that is published.

The order must know nothing of the people of an hour, and be the same in every table that tells of the hour: two tables
that hide different siblings give the hidden one away together. So it goes by cells (the fewest first: there are likely
the fewest people), as they were when an area was first published, and the lake remembers it.
"""

import polars as pl

from crowd.mobility.tree_order import KEYS
from lake.home import Home
from lake.locks import hold_lock
from lake.staging import recover, staged

FILE = "mobility_order/part.parquet"
SCHEMA = {"level": pl.String, "area_code": pl.String, "turn": pl.Int64}
WAIT_S = 600.0


def standing_order(home: Home, hours: pl.DataFrame) -> pl.DataFrame:
    """The turn of each area, by its level and code; areas that have none yet get one and keep it.

    Args:
        home: whose lake.
        hours: level, area_code and cells of areas and hours.

    Raises:
        RefusedInputError: another process writes the order for minutes.
    """
    wanted = hours.group_by(KEYS).agg(turn=pl.col("cells").max().fill_null(0).cast(pl.Int64))
    if not wanted.join(_read(home), on=KEYS, how="anti").is_empty():
        with hold_lock(home, "mobility-order", wait_s=WAIT_S):
            recover(home)
            known = _read(home)
            new = wanted.join(known, on=KEYS, how="anti")
            with staged(home) as staging:
                pl.concat([known, new]).sort(KEYS).write_parquet(staging.path(FILE))
    return _read(home)


def _read(home: Home) -> pl.DataFrame:
    path = home.lake / FILE
    return pl.read_parquet(path, hive_partitioning=False) if path.exists() else pl.DataFrame(schema=SCHEMA)
