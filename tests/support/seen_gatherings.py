"""Gatherings as the lake would tell them, for drafts."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
from made_warnings import make_cells

from crowd.warnings.drafting import draft_warnings, take_back
from crowd.warnings.message import load_emergency_numbers
from crowd.warnings.options import WarningOptions
from crowd.warnings.proposing import Desk, Drafting
from crowd.warnings.seen import Seen
from crowd.warnings.texts import Writer
from geo.hexagons import disks_around, hexes_at

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RANKS = {"normal": None, "waspada": 1, "siaga": 2, "awas": 3}
OPTIONS = {"official_page": "info.example.id", "sender_name": "Kota Contoh"}


def gathering(gathering_id="g-1", *, level="siaga", state="ongoing", at=NOON - timedelta(hours=1), **changes):
    """The latest state of one gathering."""
    row = {
        "gathering_id": gathering_id,
        "interval_start": at,
        "level": level,
        "rank": RANKS[level],
        "state": state,
        "lat": -5.5,
        "lon": 109.0,
        "area_code": "99.01.05",
        "area_name": "Pusaka Raya",
        "regency_code": "99.01",
        "regency_name": "Kota Contoh",
        "started_at": at - timedelta(hours=1),
        "end_cause": "gone" if state == "ended" else None,
        "devices": 4_000,
        "people": 4_100.0,
        "people_low": 3_100.0,
        "people_high": 5_100.0,
        "reason_id": "Alasan.",
        "reason_en": "Reason.",
    }
    return row | changes


def seen_of(*rows, cells=3):
    """These gatherings, each with the same few cells and hexagons."""
    ids = [row["gathering_id"] for row in rows if row["state"] != "ended"]
    hexes = disks_around(hexes_at(np.array([-5.5]), np.array([109.0]), 9), 1)
    schema = {"gathering_id": pl.String, **make_cells().schema}
    listed = [make_cells(count=cells).select(pl.lit(name).alias("gathering_id"), pl.all()) for name in ids]
    ground = [pl.DataFrame({"gathering_id": [name] * len(hexes), "hex": hexes}) for name in ids]
    nowhere = pl.DataFrame(schema={"gathering_id": pl.String, "hex": pl.UInt64})
    texts = dict.fromkeys(("end_cause", "area_name", "area_code", "regency_code", "regency_name"), pl.String)
    gatherings = pl.DataFrame(list(rows), schema_overrides={"rank": pl.Int64, "people": pl.Float64, **texts})
    return Seen(
        gatherings=gatherings if rows else pl.DataFrame(schema=pl.DataFrame([gathering()]).schema),
        cells=pl.concat([pl.DataFrame(schema=schema), *listed]),
        ground=pl.concat([nowhere, *ground]),
    )


def desk_of(*, mode="test", auto=(), officers=(), k=15, **options):
    """What drafts are made with, in the city of the sample."""
    chosen = WarningOptions(**{**OPTIONS, "mode": mode, **options})
    writer = Writer(options=chosen, emergency=load_emergency_numbers(None))
    return Desk(writer=writer, officers=officers, auto=auto, timezone="Asia/Jakarta", k=k, mode=mode)


def draft_round(session, *rows, desk=None, now=NOON, fresh_h=3):
    """One round of the hourly flow: what is over is taken back, what is new is drafted."""
    done = Drafting()
    seen = seen_of(*rows)
    fresh_from = now - timedelta(hours=fresh_h)
    take_back(session, seen, since=fresh_from - timedelta(hours=2), now=now, done=done)
    draft_warnings(session, seen, desk=desk or desk_of(), now=now, fresh_from=fresh_from, done=done)
    return done
