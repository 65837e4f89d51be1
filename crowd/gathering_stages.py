"""Stages of the lake that gatherings are written to."""

from lake.stages import Stage

GATHERINGS = Stage(
    name="gatherings",
    columns={
        "gathering_id": "varchar",
        "interval_start": "timestamptz",
        "level": "varchar",
        "state": "varchar",
        "people": "double",
        "excess": "double",
        "hexes": "integer",
        "lat": "double",
        "lon": "double",
        "area_code": "varchar",
        "started_at": "timestamptz",
        "devices": "bigint",
        "people_low": "double",
        "people_high": "double",
        "usual": "double",
        "score": "double",
        "coverage": "double",
        "hours": "integer",
        "peak_people": "double",
        "peak_at": "timestamptz",
        "seen_at": "timestamptz",
        "level_before": "varchar",
        "end_cause": "varchar",
        "merged_into": "varchar",
        "rule": "varchar",
        "place": "varchar",
        "event": "varchar",
        "expected": "double",
        "baseline_from": "varchar",
        "reason_id": "varchar",
        "reason_en": "varchar",
    },
    order=("interval_start", "gathering_id"),
)
GATHERING_HEXES = Stage(
    name="gathering_hexes",
    columns={
        "gathering_id": "varchar",
        "interval_start": "timestamptz",
        "hex": "ubigint",
        "level": "varchar",
        "people": "double",
        "usual": "double",
        "excess": "double",
        "devices": "bigint",
        "started_at": "timestamptz",
    },
    order=("interval_start", "gathering_id", "hex"),
)
GATHERING_EVENTS = Stage(
    name="gathering_events",
    columns={
        "interval_start": "timestamptz",
        "gathering_id": "varchar",
        "event": "varchar",
        "level_before": "varchar",
        "level": "varchar",
        "other_id": "varchar",
    },
    order=("interval_start", "gathering_id", "event"),
)
