"""The counts stage of the lake."""

from lake.stages import Stage

COUNTS = Stage(
    name="counts",
    columns={
        "interval_start": "timestamptz",
        "operator": "varchar",
        "cell_id": "varchar",
        "devices": "bigint",
        "suppressed_below": "integer",
        "interval_minutes": "integer",
    },
    order=("interval_start", "cell_id"),
    by_operator=True,
)
