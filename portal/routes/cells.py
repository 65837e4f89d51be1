"""Routes of the portal: cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path

from crowd.review.cells import cells_in_box
from crowd.review.footprints import CellFootprint, show_footprint
from crowd.review.whole_gathering import TargetCell
from portal.access import needs
from portal.context import PortalHere
from portal.inputs import BoxHere, Instant

router = APIRouter(tags=["cells"], dependencies=[Depends(needs("viewer", scope="map"))])
Operator = Annotated[str, Path(max_length=64)]
CellId = Annotated[str, Path(max_length=64)]


@dataclass(frozen=True, kw_only=True)
class CellsThere:
    """Cells by place, without figures; `more` where some were left out."""

    cells: Sequence[TargetCell]
    more: bool


@router.get("/cells")
def get_cells(portal: PortalHere, box: BoxHere, at: Instant) -> CellsThere:
    """Cells of the plans valid at an instant whose mast stands in a box, 2,000 at most."""
    with portal.memory.cursor() as connection:
        found, has_more = cells_in_box(connection, home=portal.home, box=box, at=at)
    cells = [
        TargetCell(**row, expected_recipients=None, reach=None, overreach=None) for row in found.iter_rows(named=True)
    ]
    return CellsThere(cells=cells, more=has_more)


@router.get("/cells/{operator}/{cell_id}/footprint")
def get_footprint(portal: PortalHere, operator: Operator, cell_id: CellId, at: Instant) -> CellFootprint:
    """Where the devices of a cell are, by the plans valid at an instant."""
    return show_footprint(portal.memory, portal.home, operator, cell_id=cell_id, at=at)
