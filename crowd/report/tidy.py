"""A week as one long table, for programs: a row for each area, period and indicator."""

from pathlib import Path
from typing import Literal

from crowd.mobility.model import INDICATORS, Weekly

TidyFormat = Literal["csv", "parquet"]
ROWS_PER_GROUP = 1 << 18  # fixed, so that the same week gives the same bytes on every machine


def write_tidy(weekly: Weekly, *, file_format: TidyFormat, output: Path) -> int:
    """Write every indicator of a week as one table; both formats hold the same.

    Args:
        weekly: the week.
        file_format: of the file. CSV is UTF-8 with a comma, a point and an empty field for what is not there.
        output: the file.

    Returns:
        Rows written.
    """
    table = weekly.indicators.select(list(INDICATORS))
    if file_format == "csv":
        table.write_csv(output)
    else:
        table.write_parquet(output, compression="zstd", row_group_size=ROWS_PER_GROUP)
    return table.height
