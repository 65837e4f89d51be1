"""How DuckDB reads a CSV file: by the standard, or line by line where stray quotes or line ends would swallow rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import duckdb
import pyarrow as pa

from lake.engine import fetch_value, file_literal, literal, quoted

CHUNK_BYTES = 1 << 22


@dataclass(frozen=True, kw_only=True)
class CsvFile:
    """What must be known of a CSV file to read it.

    Attributes:
        path: the file.
        names: of its columns.
        separator: between fields.
        compression: "gzip", "zstd" or None.
        header_lines: lines before the first row, 0 or 1.
    """

    path: Path
    names: tuple[str, ...]
    separator: str
    compression: str | None
    header_lines: int


@dataclass(frozen=True, kw_only=True)
class CsvScan:
    """SQL that scans a file, and the table that holds its broken lines afterwards."""

    relation: str
    rejects: str


def scan_csv(connection: duckdb.DuckDBPyConnection, file: CsvFile) -> CsvScan:
    """Choose the way of reading that loses no row.

    The standard lets a quoted field run over several lines, so one quote too many swallows the rows up to the next
    one, and DuckDB's strict reader gives up where line ends are mixed. Such files are read with every line a row.
    """
    by_standard = _scan_by_standard(file)
    has_quotes, has_mixed_ends = _survey(file)
    if has_mixed_ends or (has_quotes and _swallows_lines(connection, by_standard, file)):
        return _scan_by_line(file)
    return by_standard


def _scan_by_standard(file: CsvFile) -> CsvScan:
    rejects = f"rejects_{uuid4().hex}"
    rows = _read_csv(file, rejects, "quote = '\"', escape = '\"', strict_mode = true")
    return CsvScan(relation=f"select row_number() over () as row_number, * from {rows}", rejects=rejects)


def _scan_by_line(file: CsvFile) -> CsvScan:
    rejects = f"rejects_{uuid4().hex}"
    rows = _read_csv(file, rejects, "quote = '', escape = '', strict_mode = false")
    fields = ", ".join(f"{_unquoted(quoted(name))} as {quoted(name)}" for name in file.names)
    return CsvScan(relation=f"select row_number() over () as row_number, {fields} from {rows}", rejects=rejects)


def _unquoted(field: str) -> str:
    is_quoted = f"length({field}) > 1 and starts_with({field}, '\"') and ends_with({field}, '\"')"
    inside = f"replace(substr({field}, 2, length({field}) - 2), '\"\"', '\"')"
    return f"case when {is_quoted} then {inside} else {field} end"


def _read_csv(file: CsvFile, rejects: str, quoting: str) -> str:
    columns = "{" + ", ".join(f"{literal(name)}: 'varchar'" for name in file.names) + "}"
    return f"""read_csv({file_literal(file.path)}, auto_detect = false, header = {file.header_lines > 0},
        delim = {literal(file.separator)}, {quoting}, columns = {columns},
        compression = {literal(file.compression or "none")}, null_padding = false, ignore_errors = true,
        store_rejects = true, rejects_table = '{rejects}', rejects_scan = '{rejects}_scans')"""


def _survey(file: CsvFile) -> tuple[bool, bool]:
    """Whether there is any quote, and whether lines end in more than one way outside of quotes."""
    quotes, feeds, returns, pairs, last = 0, 0, 0, 0, b""
    for chunk in _chunks(file):
        outside = b'"'.join(chunk.split(b'"')[quotes % 2 :: 2])
        quotes += chunk.count(b'"')
        feeds += outside.count(b"\n")
        returns += outside.count(b"\r")
        pairs += outside.count(b"\r\n") + (last == b"\r" and outside.startswith(b"\n"))
        last = outside[-1:]
    return quotes > 0, returns > 0 and feeds > 0 and not feeds == returns == pairs


def _chunks(file: CsvFile) -> Iterator[bytes]:
    with pa.input_stream(str(file.path), compression=file.compression) as content:
        while chunk := content.read(CHUNK_BYTES):
            yield chunk


def _swallows_lines(connection: duckdb.DuckDBPyConnection, scan: CsvScan, file: CsvFile) -> bool:
    """Whether a broken line runs over several, or a field holds a line that has as many fields as a row."""
    separator = f"\\x{{{ord(file.separator):x}}}"
    row_inside = rf"[\r\n]([^\r\n{separator}]*{separator}){{{len(file.names) - 1}}}[^\r\n{separator}]*[\r\n]"
    fields = " or ".join(f"regexp_matches({quoted(name)}, {literal(row_inside)})" for name in file.names)
    broken = r"regexp_matches(trim(csv_line, chr(10) || chr(13)), '[\r\n]')"
    try:
        if fetch_value(connection, f"select coalesce(bool_or({fields}), false) from ({scan.relation})"):
            return True
    except duckdb.InvalidInputException:
        return True  # the strict reader has lost its way
    return bool(fetch_value(connection, f"select coalesce(bool_or({broken}), false) from {scan.rejects}"))
