"""The column names of a file at a glance, before anybody knows what it holds."""

import csv
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from lake.files import DELIMITERS, MAGIC

HEADER_BYTES = 1 << 16
PARQUET = b"PAR1"


def glance_columns(path: Path, *, delimiter: str | None) -> frozenset[str]:
    """Names of the columns of a CSV or Parquet file in lower case; none where it cannot be read.

    What is wrong with a file is for whoever takes it in to say; nothing but its header is looked at here.

    Args:
        path: the file, plain or compressed: the content decides, not the name.
        delimiter: separator of CSV; None to take the likeliest of the header.
    """
    try:
        names = _names(path, delimiter)
    except (pa.ArrowException, csv.Error, OSError, EOFError):
        return frozenset()
    return frozenset(name.strip().casefold() for name in names)


def _names(path: Path, delimiter: str | None) -> list[str]:
    with path.open("rb") as stream:
        start = stream.read(len(PARQUET))
    if start == PARQUET:
        return [str(name) for name in pq.read_schema(path).names]
    compression = next((name for magic, name in MAGIC.items() if start.startswith(magic)), None)
    with pa.input_stream(str(path), compression=compression) as content:
        head = content.read(HEADER_BYTES)
        if head.startswith(PARQUET):
            return [str(name) for name in pq.read_schema(io.BytesIO(head + content.read())).names]
    lines = head.decode("utf-8-sig", errors="replace").splitlines()[:1]
    separator = delimiter or max(DELIMITERS, key="".join(lines).count)
    return next(csv.reader(lines, delimiter=separator, strict=True), [])
