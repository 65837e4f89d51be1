"""Cells that a person puts on the list of a warning, with their figures."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import polars as pl

from crowd.review.cell_figures import Measure, add_figures
from crowd.warnings.editing import find_cells
from geo.footprint import stored_footprints
from lake.engine import connect
from pipelines.options import RunOptions

UNKNOWN_REACH = (
    "it is not known how far these cells reach (the hour is not in the lake any more, or too few phones were counted)"
)


def cells_to_add(options: RunOptions, cell_ids: Sequence[str], *, gathering_id: str, hour: datetime) -> pl.DataFrame:
    """Cells as `crowd.warnings.editing.edit` takes them, measured by a gathering in an hour.

    Reach and overreach stay unknown where the hour is not in the lake any more, or the footprints that it was computed
    with are not stored.

    Args:
        options: the settings.
        cell_ids: cells of the loaded plans.
        gathering_id: of the gathering that they are warned about.
        hour: start of the hour that the warning rests on.

    Raises:
        RefusedInputError: no plan has one of the cells.
    """
    home = options.as_home()
    with connect(options.engine()) as connection:
        found = find_cells(connection, cell_ids, home=home, hour=hour, k=options.k)
        footprints = stored_footprints(connection, home=home, start=hour, end=hour + timedelta(hours=1))
        if found.is_empty() or not footprints:
            return found
        measure = Measure(
            footprints=footprints,
            factors=options.factors(),
            own_country_only=options.policy().targets.own_country_only,
            k=options.k,
        )
        return add_figures(connection, found, home=home, gathering_id=gathering_id, hour=hour, measure=measure)
