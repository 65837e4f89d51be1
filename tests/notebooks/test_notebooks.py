import os
import runpy
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("notebooks")]

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MOST_S = 150

# What the prose of a notebook says of the sample, in terms of its own variables.
CLAIMS = {
    "1-a-night-and-a-day": """
assert str(day) == "2020-03-30"
assert ratios["ratio"].min() < 1 < ratios["ratio"].max()
assert change["change_per_km2"].min() < 0 < change["change_per_km2"].max()
""",
    "2-from-counts-to-a-gathering": """
assert gathering["level"] == "awas" and members.height > 1
assert (cells["spreads"].abs() < 3).mean() > 0.8 and cells["spreads"].max() > 10
assert abs(footprint["share"].sum() - 1) < 1e-9
assert hotspots["score"][0] > 10 and targets.height > 0 and reason["reason_en"][0]
""",
    "3-how-good-is-it": """
assert 0.25 < both["off"].sum() / both["truth"].sum() < 0.35
assert by_hour["error"].max() < 1.3 * by_hour["error"].min()
assert wrong < 0.05
assert areas.select(inside).item() > 0.9 > both.select(inside).item()
assert result.height == 8
missed = result.filter(pl.col("first_seen").is_null())["began"].dt.date()
assert missed.len() == 2 and all(str(day) in {"2020-03-07", "2020-03-08"} for day in missed)
assert str(days.sort("excess")["day"][-1]) == "2020-03-25"
assert days.filter(baseline_from="hour_of_day").height > 0.8 * days.height
assert days.filter(baseline_from="hour_of_week")["excess"].max() < 1000
""",
    "4-your-own-indicator": """
assert same > 0.9
assert evening["office"].min() >= 200
assert by_area["evening_life"].min() < 1 < by_area["evening_life"].max()
""",
    "5-a-weekly-report": """
assert weekly.week.label == "2020-W13" and weekly.level == "district" and weekly.privacy.hidden == 0
assert set(weekly.indicators["status"]) == {"shown"}
assert abs(by_hand - told["value"]) < 0.05 * by_hand
assert ground["change"].abs().max() < 5
assert str(weekly.gatherings["started_at"].dt.convert_time_zone(lake.timezone).dt.date()[0]) == "2020-03-25"
""",
}
# Phones in any table that a notebook has made.
FEWEST = """
from polars import DataFrame
PHONES = {"devices", "expected", "usual_devices", "expected_recipients"}
frames = [each for each in list(globals().values()) if isinstance(each, DataFrame)]
told = [each[name].min() for each in frames for name in PHONES & set(each.columns) if each.height]
assert all(number is None or number >= lake.k for number in told), told
"""


def path_of(notebook):
    return FOLDER / f"{notebook}.ipynb"


def test_every_notebook_has_its_claims_tried():
    assert [path.stem for path in NOTEBOOKS] == sorted(CLAIMS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_stripped(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    stripped = runpy.run_path(str(FOLDER / "strip.py"))["stripped"]
    assert nbformat.writes(stripped(notebook), ensure_ascii=False).rstrip("\n") + "\n" == path.read_text("utf-8")


@pytest.mark.parametrize("notebook", sorted(CLAIMS))
def test_notebooks_run_on_the_sample_and_say_what_is_so(notebook, jupyter_place, sample_home, read_all):
    before, beside = _numbers(read_all(sample_home)), read_all(FOLDER)
    run(notebook, jupyter_place, claims=CLAIMS[notebook] + FEWEST)
    assert changed(before, _numbers(read_all(sample_home))) == []
    assert changed(beside, read_all(FOLDER)) == []


def test_without_a_lake_the_first_cell_says_what_to_do(jupyter_place, tmp_path):
    with pytest.raises(Exception, match="run `make demo` first"):
        run("1-a-night-and-a-day", {**jupyter_place, "KERUMUN_HOME": str(tmp_path / "nowhere")}, claims="")


def run(notebook, environment, *, claims):
    """Execute all cells, then the claims."""
    loaded = nbformat.read(path_of(notebook), as_version=4)
    loaded.cells.append(nbformat.v4.new_code_cell(claims))
    client = NotebookClient(loaded, timeout=MOST_S, resources={"metadata": {"path": str(FOLDER)}})
    kept = dict(os.environ)
    os.environ.update(environment)  # nbclient gives its kernel the environment of this process
    try:
        client.execute()
    finally:
        os.environ.clear()
        os.environ.update(kept)
    return loaded


REMEMBERED = ("lake/area_shares/", "lake/mobility_order/", "locks/")


def _numbers(contents):
    """Files of a home without what is only remembered: shares of hexagons in areas, the order of hiding, and locks."""
    return {path: held for path, held in contents.items() if not path.startswith(REMEMBERED)}


def changed(before, after):
    """Names of files that are new, gone or hold something else."""
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
