"""A week's report as a draft: made beside the lake, so that looking at it publishes nothing."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from crowd.explore import Lake
from crowd.mobility.model import Weekly
from crowd.mobility.weeks import parse_week, week_of
from kerumun.settings import load_settings, run_options
from lake.home import Home
from pipelines.reports import AskedReport, make_report

# What making a report writes; everything else is only read.
WRITTEN = ("area_shares", "mobility", "mobility_editions")


def draft_week(lake: Lake, week: str | None = None) -> Weekly:
    """What `kerumun report weekly` would make of a week now, without a new edition of it.

    Editions that have been published are respected: what they hide stays hidden here. But nothing remembers a draft,
    so later numbers may give away what it hid: it is to be looked at, and not to be passed on.

    Args:
        lake: as `open_lake` gives it.
        week: year and ISO week, such as 2020-W14; None for the last whole week of the lake.

    Raises:
        RefusedInputError: there is no such week, or it has no data.
    """
    timezone = lake.timezone
    asked = parse_week(week, timezone=timezone) if week else week_of(lake.end, timezone=timezone).earlier(1)
    with _apart(lake.home) as home:
        options = run_options(lake.home, load_settings(lake.home)).model_copy(update={"home": home.root, "k": lake.k})
        return make_report(options, AskedReport(week=asked), now=datetime.now(UTC))


@contextmanager
def _apart(home: Home) -> Iterator[Home]:
    """A home that reads the same lake and writes into a folder that disappears."""
    with TemporaryDirectory() as folder:
        apart = Home(Path(folder))
        apart.lake.mkdir()
        for stage in home.lake.iterdir():
            if stage.name in WRITTEN:
                shutil.copytree(stage, apart.lake / stage.name)
            elif not stage.name.startswith("."):
                (apart.lake / stage.name).symlink_to(stage, target_is_directory=True)
        yield apart
