"""Opening a lake from a notebook, with the settings of its home."""

import os
from datetime import timedelta
from pathlib import Path

from crowd.explore import Lake, hours_with_density
from kerumun.parameters import DEFAULT_HOME
from kerumun.settings import engine, home_at, load_settings
from lake.errors import RefusedInputError

# Four whole weeks to compare with, besides the one that is looked at.
WEEKS = 5


def open_lake(home: Path | str | None = None, *, weeks: int = WEEKS) -> Lake:
    """The newest weeks of a lake, read only, with the home's own k, time zone and bounds of memory.

    Args:
        home: the folder that holds everything Kerumun keeps; None for KERUMUN_HOME, or ./kerumun-home.
        weeks: how many, back from the newest hour with density.

    Raises:
        RefusedInputError: nothing has been computed there, or its settings do not fit.
    """
    place = home_at(Path(home or os.environ.get("KERUMUN_HOME") or DEFAULT_HOME))
    hours = hours_with_density(place)
    if hours is None:
        raise RefusedInputError(f"there is no density in {place.root}: run `make demo` first, or set KERUMUN_HOME")
    settings = load_settings(place)
    first, end = hours
    return Lake(
        home=place,
        engine=engine(place, settings),
        k=settings.k,
        timezone=settings.timezone,
        start=max(first, end - timedelta(weeks=weeks)),
        end=end,
    )
