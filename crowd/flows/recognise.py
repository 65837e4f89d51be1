"""Telling flow files from count files where both are dropped into one folder."""

from pathlib import Path

from lake.deliveries.header import glance_columns
from lake.profile import FileProfile

ENDS = ("from_area", "to_area")
CELL = "cell_id"


def are_flows(path: Path, *, profile: FileProfile) -> bool:
    """Whether a file tells of flows by its columns: both areas and no cell. A file of cells never does.

    Args:
        path: the file.
        profile: how its columns are named.
    """
    if profile.cell_id_template is not None:
        return False
    columns = glance_columns(path, delimiter=profile.delimiter)
    has = {name: profile.columns.get(name, name).casefold() in columns for name in (*ENDS, CELL)}
    return all(has[name] for name in ENDS) and not has[CELL]
