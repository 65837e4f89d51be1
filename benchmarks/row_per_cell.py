"""The peer of warnings: a ledger with a row for every cell, as one would write it first."""

import json
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Column, Float, Integer, MetaData, String, Table, create_engine, insert, select

TABLES = MetaData()
CELLS = Table(
    "target_cells",
    TABLES,
    Column("warning_id", String(32), primary_key=True),
    Column("operator", String(64), primary_key=True),
    Column("cell_id", String(64), primary_key=True),
    Column("expected_recipients", Integer),
    Column("reach", Float),
    Column("overreach", Float),
)


class RowPerCell:
    """Stores, reads and posts the same lists."""

    def __init__(self, database: Path) -> None:
        self._engine = create_engine(f"sqlite:///{database}")
        TABLES.create_all(self._engine)

    def store(self, warning_id: str, rows: list[dict[str, Any]]) -> None:
        """Insert all rows in one transaction."""
        with self._engine.begin() as connection:
            connection.execute(insert(CELLS), [{"warning_id": warning_id, **row} for row in rows])

    def send(self, warning_id: str, url: str) -> int:
        """Post each operator its list; gives how many cells went out."""
        query = select(CELLS).where(CELLS.c.warning_id == warning_id).order_by(CELLS.c.operator, CELLS.c.cell_id)
        with self._engine.connect() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        lists: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            lists.setdefault(row["operator"], []).append(
                {"cell_id": row["cell_id"], "expected_recipients": row["expected_recipients"]}
            )
        with httpx.Client(trust_env=False, timeout=60) as client:
            for operator, cells in lists.items():
                body = json.dumps({"warning_id": warning_id, "operator": operator, "cells": cells}).encode()
                client.post(url, content=body, headers={"Idempotency-Key": f"{warning_id}.{operator}"})
        return len(rows)
