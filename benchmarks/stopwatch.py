"""A DuckDB connection that remembers how long each statement took, by the table that it made."""

import re
import time
from collections import defaultdict
from typing import Any

import duckdb

MADE = re.compile(r"\s*create or replace temp table (\w+)")
OTHER = "the rest"


class Stopwatch:
    """Passes everything on to a connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.seconds: dict[str, float] = defaultdict(float)

    def execute(self, query: str, *parameters: Any) -> duckdb.DuckDBPyConnection:  # noqa: ANN401 - whatever DuckDB takes
        """Run a statement and add its seconds."""
        made = MADE.match(query)
        began = time.perf_counter()
        try:
            return self.connection.execute(query, *parameters)
        finally:
            self.seconds[made[1] if made else OTHER] += time.perf_counter() - began

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self.connection, name)
