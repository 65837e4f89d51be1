"""Reading tables that people give us: CSV and Parquet, plain, gzip or zstd, with nothing lost.

Every column is read as text. Lines that are no rows (too few or too many fields, broken quotes or encoding) are kept
beside the table with their reason.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from lake.csv_scan import CsvFile, scan_csv
from lake.engine import file_literal, quoted
from lake.errors import RefusedInputError

MAX_HEADER_BYTES = 1 << 20
DELIMITERS = ",;\t|"
MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
UTF16 = (b"\xff\xfe", b"\xfe\xff")
# A phone number however it is spaced, or any run of digits that could be an identity.
LONG_NUMBER = re.compile(
    r"(?<!\d)(?:\+|00)?62[ ().-]{0,3}8(?:[ ().-]{0,3}\d){7,11}|(?<!\d)08[1-9](?:[ ().-]{0,3}\d){7,10}|\d{9,}"
)


@dataclass(frozen=True, kw_only=True)
class SourceTable:
    """A file as found, readable from DuckDB.

    Attributes:
        path: the file.
        columns: names of its columns, as found.
        relation: SQL that scans all its columns as text, with `row_number` from 1 after the header, in file order.
        rejects: name of the table that holds broken lines once the relation was scanned; None where none can be.
        header_lines: lines before the first row.
    """

    path: Path
    columns: tuple[str, ...]
    relation: str
    rejects: str | None
    header_lines: int = 0

    def broken_lines(self) -> str:
        """SQL of the lines that are no rows: `row_number` and `line`. Scan the relation first.

        Their numbers count every line after the header, those of the relation only the rows that could be read.
        """
        if self.rejects is None:
            return "select null::bigint as row_number, null::varchar as line where false"
        number = f"line - {self.header_lines}"
        return f"select {number} as row_number, any_value(csv_line) as line from {self.rejects} group by {number}"


def safe_name(path: Path) -> str:
    """A file's name with long numbers masked: a name can carry a phone number too."""
    return LONG_NUMBER.sub("(digits)", path.name)


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex.

    Raises:
        RefusedInputError: the file cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise RefusedInputError(f"cannot read {path.parent / safe_name(path)}: {error.strerror}") from None


@contextmanager
def open_table(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    delimiter: str | None = None,
    name_headerless: Callable[[str], tuple[str, ...] | None] | None = None,
) -> Iterator[SourceTable]:
    """Make a file readable from DuckDB for the length of a block; nothing of it is stored.

    Args:
        connection: where to read it.
        path: CSV or Parquet, plain or compressed: the content decides, not the name.
        delimiter: separator of CSV; None to take the likeliest of the header.
        name_headerless: gives the column names where the first line is already a row, else None.

    Raises:
        RefusedInputError: the file is no such table.
    """
    try:
        compression, head = _read_head(path)
        if head.startswith(b"PAR1"):
            with _open_parquet(connection, path, compression) as table:
                yield table
        else:
            yield _open_csv(
                connection, path, head, compression=compression, delimiter=delimiter, name_headerless=name_headerless
            )
    except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException):
        raise  # our own mistakes, not the file's
    except (duckdb.Error, pa.ArrowException, OSError, EOFError) as error:
        raise RefusedInputError(f"{safe_name(path)} cannot be read as CSV or Parquet: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    """What went wrong, without the quoted parts, which may repeat what is in the file."""
    text = (str(error).strip() or type(error).__name__).splitlines()[0]
    return re.split("[\"']", text, maxsplit=1)[0][:160].rstrip(" :") or type(error).__name__


def _read_head(path: Path) -> tuple[str | None, bytes]:
    """Compression and first bytes of the content."""
    with path.open("rb") as stream:
        start = stream.read(4)
    compression = next((name for magic, name in MAGIC.items() if start.startswith(magic)), None)
    with pa.input_stream(str(path), compression=compression) as content:
        return compression, content.read(MAX_HEADER_BYTES)


@contextmanager
def _open_parquet(connection: duckdb.DuckDBPyConnection, path: Path, compression: str | None) -> Iterator[SourceTable]:
    source = f"read_parquet({file_literal(path)}, hive_partitioning = false)"
    if compression:
        # Unpacked in memory: a temporary file would store what has not been looked at.
        with pa.input_stream(str(path), compression=compression) as content:
            connection.register("unpacked_file", pq.read_table(io.BytesIO(content.read())))
        source = "unpacked_file"
    try:
        described = connection.execute(f"describe select * from {source}").fetchall()
        columns = tuple(str(row[0]) for row in described)
        _refuse_taken_names(columns, path)
        texts = ", ".join(f"cast({quoted(c)} as varchar) as {quoted(c)}" for c in columns)
        relation = f"select row_number() over () as row_number, {texts} from {source}"
        yield SourceTable(path=path, columns=columns, relation=relation, rejects=None)
    finally:
        if compression:
            connection.unregister("unpacked_file")


def _open_csv(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    head: bytes,
    *,
    compression: str | None,
    delimiter: str | None,
    name_headerless: Callable[[str], tuple[str, ...] | None] | None,
) -> SourceTable:
    if head.startswith(UTF16):
        raise RefusedInputError(f"{safe_name(path)} is UTF-16 text: save it as UTF-8 and load it again")
    if b"\x00" in head:
        raise RefusedInputError(f"{safe_name(path)} is neither CSV nor Parquet: it holds binary data")
    first = _first_record(head, path)
    separator = delimiter or max(DELIMITERS, key=first.count)
    header = name_headerless(first) if name_headerless else None
    names = header or _header_names(first, separator, path)
    lines = 0 if header else 1
    file = CsvFile(path=path, names=names, separator=separator, compression=compression, header_lines=lines)
    scan = scan_csv(connection, file)
    return SourceTable(path=path, columns=names, relation=scan.relation, rejects=scan.rejects, header_lines=lines)


def _first_record(head: bytes, path: Path) -> str:
    lines = re.split("[\r\n]", head.decode("utf-8-sig", errors="replace"), maxsplit=1)
    if not lines[0].strip():
        raise RefusedInputError(f"{safe_name(path)} does not begin with a header line: put the column names there")
    if len(lines[0]) > MAX_HEADER_BYTES // 2:
        raise RefusedInputError(f"{safe_name(path)} has a first line of over half a million characters: is it a table?")
    return lines[0]


def _header_names(first: str, separator: str, path: Path) -> tuple[str, ...]:
    try:
        names = tuple(name.strip() for name in next(csv.reader([first], delimiter=separator, strict=True)))
    except (csv.Error, StopIteration):
        raise RefusedInputError(f"{safe_name(path)} has a header line that is no CSV: mend its quotes") from None
    empty = [n for n, name in enumerate(names, start=1) if not name]
    if empty:
        raise RefusedInputError(f"{safe_name(path)}: column {empty[0]} of the header has no name: give it one")
    _refuse_taken_names(names, path)
    return names


def _refuse_taken_names(names: tuple[str, ...], path: Path) -> None:
    folded = [name.casefold() for name in names]
    twice = next((n for n, name in enumerate(folded) if name in folded[:n]), None)
    if twice is not None or "row_number" in folded:
        position = (twice if twice is not None else folded.index("row_number")) + 1
        message = f"{safe_name(path)}: the name of column {position} of the header is taken already: rename it"
        raise RefusedInputError(message)
