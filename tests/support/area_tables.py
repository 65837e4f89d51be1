"""Trees of areas and the base tables that go with them, as small or as odd as a test wants them."""

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import strategies as st

from crowd.mobility.hierarchy import AreaTree
from crowd.mobility.model import AREAS

LEVELS = ("province", "regency", "district", "village")
START = datetime(2020, 3, 29, 17, tzinfo=UTC)  # Monday 2020-03-30 00:00 in Jakarta
RATIO = 2.5  # people per device, where a test does not say otherwise


def instant(hour):
    return START + timedelta(hours=hour)


def make_tree(codes, *, levels=LEVELS):
    """Areas by their codes, each lying in the one whose code it goes on from: 99, 99.01, 99.01.02."""
    rows = [
        {
            "level": levels[code.count(".")],
            "area_code": code,
            "area_name": f"Area {code}",
            "parent_code": code.rpartition(".")[0] or None,
            "area_km2": 100.0,
        }
        for code in sorted(codes, key=lambda code: (code.count("."), code))
    ]
    return AreaTree(pl.DataFrame(rows, schema=AREAS))


def base_table(tree, devices, *, ratios=None, rests=None, missing=()):
    """The base table of a tree: sums of what is given.

    Args:
        tree: the areas.
        devices: devices of each finest area, by (code, hour).
        ratios: people per device by code of finest areas.
        rests: devices of a parent that are in none of its children, by (code, hour).
        missing: (code, hour) of finest areas without data.
    """
    level_of = dict(tree.rows.select("area_code", "level").iter_rows())
    sums = {}
    for (code, hour), number in (devices | (rests or {})).items():
        if (code, hour) in missing:
            continue
        people = number * (ratios or {}).get(code, RATIO)
        parts = code.split(".")
        for n in range(1, len(parts) + 1):
            above = ".".join(parts[:n])
            told = sums.setdefault((above, hour), [0.0, 0.0])
            told[0] += number
            told[1] += people
    hours = {hour for _, hour in devices}
    rows = []
    for code, level in level_of.items():
        for hour in sorted(hours):
            number, people = sums.get((code, hour), (None, None))
            known = {"people": people, "people_low": people, "people_high": people, "devices": number}
            rows.append({"level": level, "area_code": code, "interval_start": instant(hour)} | known)
    floats = dict.fromkeys(("people", "people_low", "people_high", "devices"), pl.Float64)
    schema = {"level": pl.String, "area_code": pl.String, "interval_start": pl.Datetime("us", "UTC")} | floats
    frame = pl.DataFrame(rows, schema=schema)
    coverage = pl.lit(1.0)
    return frame.with_columns(coverage=coverage, usual_people="people", cells=pl.lit(3), silent_cells=pl.lit(0))


def leaves_of(tree):
    """Codes of the areas that have none within."""
    parents = set(tree.rows["parent_code"])
    return [code for code in tree.rows["area_code"] if code not in parents]


@st.composite
def trees(draw, *, most_children=4, most_depth=4):
    """Uneven trees of one to four levels."""
    depth = draw(st.integers(1, most_depth))
    codes, above = [], [""]
    for level in range(depth):
        here = []
        for parent in above[:6]:
            count = draw(st.integers(1 if level == 0 else 0, most_children))
            here += [f"{parent}.{n:02d}".lstrip(".") if parent else f"99{n}" for n in range(count)]
        if not here:
            break
        codes += here
        above = here
    return make_tree(codes)


few = st.integers(0, 20)
counts = st.one_of(few, few, few, st.sampled_from([0, 14, 15, 16]), st.integers(0, 400))


@st.composite
def tables(draw, *, hours=2, rests=True, ratios=(1.0, 2.5, 4.0)):
    """A tree and a base table over it, with many small counts."""
    tree = draw(trees())
    leaves = leaves_of(tree)
    devices = {(code, hour): float(draw(counts)) for code in leaves for hour in range(hours)}
    chosen = {code: draw(st.sampled_from(ratios)) for code in leaves}
    inner = sorted(set(tree.rows["area_code"]) - set(leaves))
    extra = draw(st.dictionaries(st.sampled_from(inner), st.sampled_from([3.0, 40.0]))) if rests and inner else {}
    left = {(code, hour): number for code, number in extra.items() for hour in range(hours)}
    missing = draw(st.sets(st.sampled_from(sorted(devices)), max_size=3)) if len(devices) > 3 else set()
    return tree, base_table(tree, devices, ratios=chosen, rests=left, missing=missing)


def with_status(hours):
    """A table as a report tells it: people only of what is shown."""
    status = pl.when("is_hidden").then(pl.lit("hidden")).when(pl.col("people").is_null()).then(pl.lit("missing"))
    shown = pl.when(~pl.col("is_hidden")).then("people")
    return hours.with_columns(status=status.otherwise(pl.lit("shown")), people=shown)
