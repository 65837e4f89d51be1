"""OpenCelliD's exports, as downloaded: with or without a header line, CSV or Parquet.

Its positions are centroids of where phones heard a cell, not towers; one file holds every network of a country; a
network's number has lost its leading zeros; LTE cells can be listed under several tracking areas.
"""

from geo.networks import THREE_DIGIT_MCC
from lake.engine import literal, quoted
from lake.files import SourceTable

COLUMNS = (
    "radio",
    "mcc",
    "net",
    "area",
    "cell",
    "unit",
    "lon",
    "lat",
    "range",
    "samples",
    "changeable",
    "created",
    "updated",
    "averageSignal",
)
RADIOS = ("GSM", "UMTS", "LTE", "NR", "CDMA")
NEEDED = frozenset({"radio", "mcc", "net", "area", "cell", "lon", "lat", "samples"})


def name_headerless(first_line: str) -> tuple[str, ...] | None:
    """Column names where the first line of a file is already a cell, as in the files per country; else None."""
    fields = first_line.split(",")
    return COLUMNS if len(fields) == len(COLUMNS) and fields[0].upper() in RADIOS else None


def is_opencellid(table: SourceTable) -> bool:
    """Whether a table has the columns of an OpenCelliD export."""
    return {name.casefold() for name in table.columns} >= NEEDED


def named_cells(table: SourceTable) -> str:
    """SQL of the columns of a cell plan, as text, from an OpenCelliD table."""
    theirs = {name.casefold(): f"trim({quoted(name)})" for name in table.columns}
    # A number too, in the copies that were made with tables: the test network's 001 comes as 1.
    mcc = f"lpad({theirs['mcc']}, cast(greatest(3, length({theirs['mcc']})) as integer), '0')"
    three = ", ".join(literal(mcc) for mcc in THREE_DIGIT_MCC)
    digits = f"case when {mcc} in ({three}) then 3 else 2 end"
    mnc = f"lpad({theirs['net']}, cast(greatest({digits}, length({theirs['net']})) as integer), '0')"
    area = f"case when upper({theirs['radio']}) in ('LTE', 'NR') then '' else {theirs['area']} || '-' end"
    reach = f"nullif({theirs['range']}, '0')" if "range" in theirs else "null"
    updated = theirs.get("updated", "null")
    return f"""
        row_number,
        {mcc} || '-' || {mnc} as network,
        {mcc} || '-' || {mnc} || '-' || {area} || {theirs["cell"]} as cell_id,
        upper({theirs["radio"]}) as radio,
        {theirs["lat"]} as lat, {theirs["lon"]} as lon, {reach} as range_m,
        try_cast({theirs["samples"]} as bigint) as samples, {updated} as updated"""
