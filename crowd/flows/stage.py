"""The flows stage of the lake."""

from lake.stages import Stage

FLOWS = Stage(
    name="flows",
    columns={
        "interval_start": "timestamptz",
        "operator": "varchar",
        "level": "varchar",
        "from_area": "varchar",
        "to_area": "varchar",
        "devices": "bigint",
        "suppressed_below": "integer",
        "interval_minutes": "integer",
    },
    order=("interval_start", "from_area", "to_area"),
    by_operator=True,
)
