"""Cell plans: where each radio cell stands and since when."""

from geo.cells.load import CellsLoad, load_cells
from geo.cells.plan import (
    CELL_COLUMNS,
    cells_at,
    create_plan_view,
    plan_changes,
    planned_operators,
)

__all__ = [
    "CELL_COLUMNS",
    "CellsLoad",
    "cells_at",
    "create_plan_view",
    "load_cells",
    "plan_changes",
    "planned_operators",
]
