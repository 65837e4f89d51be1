"""Crowds as the search for gatherings hands them to the policy, and the policy's answer."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from crowd.policy import Policy, judge_crowds
from lake.home import Home

NOWHERE = Home(Path("/nonexistent/kerumun-home"))
# Sunday 29 March 2020, 19:00 in Jakarta.
EVENING = datetime(2020, 3, 29, 12, tzinfo=UTC)
LEVELS = {
    "waspada": {"people": 100, "people_per_km2": 10, "excess": 80, "score": 4},
    "siaga": {"people": 300, "people_per_km2": 20, "excess": 240, "score": 5},
    "awas": {"people": 900, "people_per_km2": 40, "excess": 720, "score": 6, "hours": 2},
}
# A crowd that just reaches siaga.
SIAGA = {"people": 300.0, "people_per_km2": 20.0, "excess": 240.0, "score": 5.0, "hours": 1}
SCHEMA = {
    "interval_start": pl.Datetime("us", "UTC"),
    **dict.fromkeys(("lat", "lon", "people", "people_per_km2", "excess", "score"), pl.Float64),
    "hours": pl.Int64,
}


def local(clock):
    """A local time of that Sunday, as TOML gives it."""
    return datetime.fromisoformat(f"2020-03-29T{clock}:00")


def a_policy(**tables):
    return Policy.model_validate({"levels": LEVELS, **tables})


def crowds_of(*rows):
    """A frame of crowds, each the one that reaches siaga but for the columns given."""
    whole = [{"interval_start": EVENING, "lat": -6.0, "lon": 106.0, **SIAGA, **row} for row in rows]
    extra = {name: pl.Int64 for row in whole for name in row if name not in SCHEMA}
    return pl.DataFrame(whole, schema={**SCHEMA, **extra})


def judge(crowds, *, home=NOWHERE, timezone="Asia/Jakarta", holidays=(), **tables):
    return judge_crowds(crowds, policy=a_policy(**tables), home=home, timezone=timezone, holidays=holidays)


def ranks(*rows, **options):
    return judge(crowds_of(*rows), **options)["rank"].to_list()
