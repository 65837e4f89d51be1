"""A made-up warning about a gathering in Alun, on its way to its only operator."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import shapely

from crowd.warnings.outgoing import Outgoing, Reference
from geo.hexagons import disks_around, hex_polygons, hexes_at

CELL_SCHEMA = {
    "operator": pl.String,
    "cell_id": pl.String,
    "expected_recipients": pl.Int64,
    "reach": pl.Float64,
    "overreach": pl.Float64,
}
LAT, LON = -5.5, 109.0
TEXT_ID = (
    "UJI COBA Kerumunan sangat padat di Alun Timur sejak 18.30. Jauhi tempat itu, ikuti arahan petugas. "
    "Darurat 112. Cek KRM7F2A"
)
TEXT_EN = (
    "TEST Very dense crowd in Alun Timur since 18:30. Stay away and follow the officers on site. "
    "Emergency 112. Check KRM7F2A"
)


def make_outline(*, steps: int = 1, lat: float = LAT, lon: float = LON) -> shapely.Polygon:
    """All hexagons at most so many steps away from the one at a place, dissolved: seven for one step."""
    hexes = disks_around(hexes_at(np.array([lat]), np.array([lon]), 9), steps)
    return shapely.coverage_union_all(hex_polygons(hexes))


def make_cells(*, operator: str = "alun", count: int = 3) -> pl.DataFrame:
    """Target cells 001-01-100-1 to 001-01-100-COUNT of an operator, ordered as texts."""
    numbers = np.arange(1, count + 1)
    cells = pl.DataFrame(
        {
            "operator": [operator] * count,
            "cell_id": [f"001-01-100-{number}" for number in numbers],
            "expected_recipients": 40 + numbers % 100,
            "reach": np.full(count, 0.8),
            "overreach": np.full(count, 0.25),
        },
        schema=CELL_SCHEMA,
    )
    return cells.sort("operator", "cell_id")


def make_reference(**changes: Any) -> Reference:
    """The warning that went out half an hour before."""
    fields = {"warning_id": "w-0001", "revision": 1, "sent_at": datetime(2026, 3, 1, 11, 45, tzinfo=UTC)}
    return Reference(**(fields | changes))


def make_outgoing(**changes: Any) -> Outgoing:
    """A first warning in test mode to operator alun, with the given fields changed."""
    fields: dict[str, Any] = {
        "key": "w-0002.1.http.alun",
        "warning_id": "w-0002",
        "revision": 1,
        "mode": "test",
        "kind": "alert",
        "gathering_id": "g-20260301-0001",
        "level": "siaga",
        "area_code": "99.01.01",
        "area_name": "Alun Timur",
        "regency_code": "99.01",
        "timezone": "Asia/Jakarta",
        "lat": LAT,
        "lon": LON,
        "started_at": datetime(2026, 3, 1, 11, 30, tzinfo=UTC),
        "approved_at": datetime(2026, 3, 1, 12, 15, tzinfo=UTC),
        "expires_at": datetime(2026, 3, 1, 14, 15, tzinfo=UTC),
        "texts": {"id": TEXT_ID, "en": TEXT_EN},
        "code": "KRM7F2A",
        "references": (),
        "outline": make_outline(),
        "recipient": "alun",
        "cells": make_cells(),
    }
    return Outgoing(**(fields | changes))
