"""Refuses a file that carries anything like a subscriber identity, before a byte of it is stored."""

import re
from itertools import pairwise
from unicodedata import normalize

import duckdb

from lake.engine import fetch_row, fetch_value, quoted, read_sql
from lake.errors import RefusedInputError
from lake.files import SourceTable, safe_name

# Whole words of a column name that name a person, a SIM or a phone.
WORDS = frozenset(
    [
        "msisdn",
        "imsi",
        "imei",
        "imeisv",
        "iccid",
        "supi",
        "suci",
        "gpsi",
        "guti",
        "tmsi",
        "mdn",
        "pei",
        "phone",
        "telephone",
        "telepon",
        "handphone",
        "ponsel",
        "hp",
        "nohp",
        "telp",
        "nik",
        "ktp",
        "email",
        "mac",
        "subscriberid",
        "customerid",
        "userid",
        "deviceid",
        "nomorhp",
        "nopelanggan",
        "idpelanggan",
        "caller",
        "callee",
    ]
)
# Words that say so inside longer ones too, as in `hashed_msisdn_v2` or `nomortelepon`.
STEMS = (
    "msisdn",
    "imsi",
    "imei",
    "iccid",
    "phonen",
    "telepon",
    "handphone",
    "ponsel",
    "subscriberid",
    "customerid",
)


class SubscriberIdentityError(RefusedInputError):
    """A file carries something like a subscriber identity."""


def refuse_subscriber_identities(
    connection: duckdb.DuckDBPyConnection, table: SourceTable, *, cell_id_columns: frozenset[str]
) -> None:
    """Look at every name and value of a table.

    Args:
        connection: where the table can be read.
        table: the file as found; it is scanned, never kept.
        cell_id_columns: columns whose numbers are cell ids, which may be as long as an IMSI.

    Raises:
        SubscriberIdentityError: something looks like an identity; says in which column, never the value.
    """
    connection.execute(read_sql("lake", "subscriber_guard"))
    for position, column in enumerate(table.columns, start=1):
        _check_name(connection, table, column, position)
    _check_values(connection, table, cell_id_columns)


def _check_name(connection: duckdb.DuckDBPyConnection, table: SourceTable, column: str, position: int) -> None:
    plain = normalize("NFKC", column)
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", plain)
    words = [part.casefold() for part in parts]
    joined = {a + b for a, b in pairwise(words)}
    flat = re.sub(r"[^a-z]", "", plain.casefold())
    named = sorted((set(words) | joined | {flat}) & WORDS) or [stem for stem in STEMS if stem in flat]
    if named:
        raise SubscriberIdentityError(_message(table, position, f"is named after '{named[0]}'"))
    shape = fetch_value(connection, "select subscriber_shape($name, false)", {"name": column})
    if shape:
        raise SubscriberIdentityError(_message(table, position, f"has a name shaped like {shape}"))


def _check_values(connection: duckdb.DuckDBPyConnection, table: SourceTable, cell_id_columns: frozenset[str]) -> None:
    checks = ", ".join(
        f"max(subscriber_shape({quoted(c)}, {str(c in cell_id_columns).lower()}))" for c in table.columns
    )
    found = fetch_row(connection, f"select {checks} from ({table.relation})")
    for position, shape in enumerate(found, start=1):
        if shape:
            raise SubscriberIdentityError(_message(table, position, f"holds values shaped like {shape}"))
    # A line is looked at whole, for numbers that hold a separator, and in parts, for those that fill a field.
    broken = fetch_value(
        connection,
        f"""with lines as ({table.broken_lines()}),
        parts as (select line from lines union all select unnest(string_split_regex(line, '[,;|\t\r\n"]')) from lines)
        select max(subscriber_shape(line, false)) from parts""",
    )
    if broken:
        raise SubscriberIdentityError(
            f"{safe_name(table.path)} was refused and nothing of it was stored: a broken line of it holds a value "
            f"shaped like {broken}; send counts only"
        )


def _message(table: SourceTable, position: int, finding: str) -> str:
    return (
        f"{safe_name(table.path)} was refused and nothing of it was stored: column {position} {finding}; "
        "send counts only, without anything that points to a subscriber"
    )
