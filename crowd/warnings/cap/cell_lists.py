"""The target cells of each operator: within the alert while they are few, beside it when they are many."""

import hashlib
from dataclasses import dataclass, field

import polars as pl

from lake.errors import RefusedInputError

# An alert repeats its parameters in every language. So many cells of four operators in two languages are 0.1 MB; 25,000
# each would be 3 MB, more than aggregators and message buses (often 1 MB) take, while most readers want none of it.
MAX_INLINE = 1000
LIST_TYPE = "text/plain"


@dataclass(frozen=True, kw_only=True)
class CellList:
    """Cells of one operator that are to be warned.

    Attributes:
        name: of CAP's parameter.
        value: the cell ids with spaces between them; of a list beside the alert its length and SHA-256.
        file_name: of a list beside the alert; None for one within.
        content: of that file, one cell id a line.
    """

    name: str
    value: str
    file_name: str | None = None
    content: bytes = field(default=b"", repr=False)


def cell_lists(cells: pl.DataFrame, *, identifier: str) -> tuple[CellList, ...]:
    """Target cells by operator, ordered by operator.

    Args:
        cells: `operator, cell_id` of an outgoing warning.
        identifier: of the alert; the names of files begin with it.

    Raises:
        RefusedInputError: a cell's name has a line break in it.
    """
    groups = cells.sort("operator", "cell_id").partition_by("operator", maintain_order=True)
    return tuple(_cell_list(group, f"{identifier}.cells-{number}.txt") for number, group in enumerate(groups, start=1))


def _cell_list(group: pl.DataFrame, file_name: str) -> CellList:
    operator, names = group["operator"][0], group["cell_id"]
    if names.str.contains(r"[\r\n]").any():
        raise RefusedInputError(f"a cell of operator {operator} has a line break in its name: mend its cell plan")
    if len(names) <= MAX_INLINE and not names.str.contains(r"\s").any():
        return CellList(name=f"kerumun:cells:{operator}", value=names.str.join(" ").item())
    content = (names.str.join("\n").item() + "\n").encode()
    value = f"{len(names)} {hashlib.sha256(content).hexdigest()}"
    return CellList(name=f"kerumun:cells-file:{operator}", value=value, file_name=file_name, content=content)
