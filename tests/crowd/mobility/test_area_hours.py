import os
from collections import defaultdict
from datetime import timedelta
from math import sqrt
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crowd.counts import load_counts
from crowd.density import compute_density
from crowd.factors import FILE_NAME, load_factors, settle_factors
from crowd.holidays import Calendar
from crowd.mobility.area_hours import MOBILITY, read_area_hours, update_area_hours
from crowd.mobility.hierarchy import read_tree
from crowd.mobility.standing_order import standing_order
from crowd.mobility.suppression import suppress
from geo.area_shares import area_shares
from geo.areas import load_areas
from geo.cells import load_cells, planned_operators
from geo.cells.load import PlanOptions
from geo.footprint import build_footprints
from geo.hexagons import hex_areas_km2, hex_polygons, hexes_at
from lake.engine import Engine, connect
from lake.errors import RefusedInputError
from lake.home import Home
from lake.intake import Intake
from lake.profile import FileProfile
from lake.stages import hour_of_path

HOURS = 2
# A mast stands in the middle of a hexagon's bounds there: the border cuts it.
BORDER = hex_polygons(hexes_at(np.array([-5.5]), np.array([109.03]), 9))[0].centroid.x
HEX = int(hexes_at(np.array([-5.5]), np.array([109.0]), 9)[0])
WEST, EAST = shapely.box(108.9, -6, BORDER, -5), shapely.box(BORDER, -6, 109.065, -5)
ALL = shapely.box(108, -7, 110, -4)
ROWS = st.lists(
    st.tuples(
        st.integers(0, HOURS - 1),
        st.integers(0, 11),
        st.integers(0, 5000) | st.sampled_from(["<15", "<5", ""]),
        st.integers(1, 2),
    ),
    min_size=1,
    max_size=40,
    unique_by=lambda row: (row[0], row[1], row[3]),
)
SLOW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SAMPLE = Path(__file__).parents[3] / "data/sample"


def _update(town, first=0, last=HOURS, *, engine=None):
    start, _ = town.span(first, last)
    hours = [start + timedelta(hours=n) for n in range(last - first)]
    with connect(engine or town.engine) as connection:
        return update_area_hours(connection, home=town.home, hours=hours)


def _read(town, first=0, last=HOURS):
    start, end = town.span(first, last)
    with connect(town.engine) as connection:
        return read_area_hours(connection, home=town.home, start=start, end=end)


def _table(town, first=0, last=HOURS):
    _update(town, first, last)
    return _read(town, first, last)


def _row(table, code, hour=0):
    starts = table["interval_start"].unique().sort()
    (row,) = table.filter(area_code=code, interval_start=starts[hour]).rows(named=True)
    return row


def _bytes(town):
    return {p: p.read_bytes() for p in (town.home.lake / "mobility").rglob("part.parquet")}


def _later(path):
    """The file as if it were written again."""
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))


@pytest.fixture
def counted(town):
    """Masts 0 and 1 in the west, 3 on the border, 5 in the east, 9 outside the regencies."""
    town.plan(spacing_deg=0.01)
    town.counts([(0, 0, 400), (0, 1, 30), (0, 3, 150), (0, 5, 20), (0, 9, 70), (1, 0, 300), (1, 5, 14)])
    town.density(0, 2, factors={"alun": 2.0})
    town.areas({"99": ALL}, level="province")
    town.areas({"99.01": WEST, "99.02": EAST})
    return town


def test_every_area_of_every_level_has_a_row_for_each_hour(counted):
    table = _table(counted)
    assert table.columns == list(MOBILITY.columns)
    first = table.filter(pl.col("interval_start") == pl.col("interval_start").min())
    assert first.select("level", "area_code").rows() == [
        ("province", "99"),
        ("regency", "99.01"),
        ("regency", "99.02"),
    ]
    assert table.height == 6


def test_borders_that_two_levels_draw_some_metres_apart_hide_nobody(town):
    """By its own outline a regency would have 9 of the 150 phones on the border in none of its districts."""
    town.plan(spacing_deg=0.01)
    town.counts([(0, mast, 150) for mast in range(7)])
    town.density(0, 1)
    drawn = BORDER + 0.0002
    town.areas({"99.01": shapely.box(108.9, -6, drawn, -5), "99.02": shapely.box(drawn, -6, 109.065, -5)})
    town.areas({"99.01.01": WEST, "99.02.01": EAST}, level="district")
    table = _table(town, 0, 1)
    told = suppress(table, read_tree(town.home), k=15, order=standing_order(town.home, table))
    assert told.height == 4
    assert not told["is_hidden"].any()


def test_devices_are_counted_ones_and_people_what_they_stand_for(counted):
    row = _row(_table(counted), "99")
    assert (row["devices"], row["people"]) == (pytest.approx(670), pytest.approx(1340))
    assert (row["cells"], row["hexes"], row["silent_cells"]) == (5, 5, 0)


def test_a_cell_on_the_border_is_shared_out_and_counted_in_one_area(counted):
    table = _table(counted)
    west, east = _row(table, "99.01"), _row(table, "99.02")
    assert west["devices"] + east["devices"] == pytest.approx(400 + 30 + 150 + 20)
    assert west["devices"] == pytest.approx(430 + 75, abs=1)
    assert west["cells"] + east["cells"] == 4


def test_an_hour_without_density_has_no_rows_and_is_told(counted):
    update = _update(counted, 0, 4)
    assert [hour.hour for hour in update.missing] == [14, 15]
    assert _read(counted, 2, 4).is_empty()


def test_what_is_there_is_not_computed_again(counted):
    first, before = _update(counted), _bytes(counted)
    again = _update(counted)
    assert (len(first.computed), len(first.kept)) == (2, 0)
    assert (len(again.computed), len(again.kept)) == (0, 2)
    assert _bytes(counted) == before


def test_computed_again_every_byte_is_the_same(counted):
    _update(counted)
    before = _bytes(counted)
    for path in counted.home.lake.glob("density/*/*/part.parquet"):
        _later(path)
    assert len(_update(counted, engine=Engine(threads=1)).computed) == 2
    assert _bytes(counted) == before


def test_rows_of_density_may_stand_in_any_order(counted):
    before = _table(counted)
    for path in counted.home.lake.glob("density/*/*/part.parquet"):
        pl.read_parquet(path, hive_partitioning=False).reverse().write_parquet(path)
    assert len(_update(counted).computed) == 2
    assert _read(counted).equals(before)


@pytest.mark.parametrize("stage", ["density", "counts", "silent_cells", "coverage"])
def test_exactly_the_hour_whose_files_were_rewritten_is_computed_again(counted, stage):
    _update(counted)
    hour, _ = counted.span(1, 2)
    (path,) = [p for p in counted.home.lake.glob("density/*/*/part.parquet") if hour_of_path(p) == hour]
    if stage != "density":
        path = Path(str(path.parent).replace("density", stage)) / ("" if stage == "coverage" else "operator=alun")
        path = path / "part.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        columns = {"interval_start": [hour], "operator": ["alun"], "cell_id": ["001-01-1"], "usual_devices": [5.0]}
        if not path.exists():
            pl.DataFrame(columns | {"hex": [HEX], "coverage": [0.5], "told": ["no count"]}).cast(
                {"hex": pl.UInt64, "interval_start": pl.Datetime("us", "UTC")}
            ).write_parquet(path)
    _later(path)
    assert _update(counted).computed == (hour,)


def test_areas_loaded_anew_make_all_hours_stale(counted):
    _update(counted)
    counted.areas({"99.01": WEST})
    assert len(_update(counted).computed) == 2
    assert _read(counted)["area_code"].unique().sort().to_list() == ["99", "99.01"]
    counted.areas({"99.01": WEST})
    assert len(_update(counted).computed) == 0


def test_another_plan_makes_stale_only_the_hours_that_it_holds_in(counted):
    _update(counted)
    hour, _ = counted.span(1, 2)
    counted.plan(valid_from=hour, shift_deg=0.001)
    assert _update(counted).computed == (hour,)


def test_an_hour_whose_density_is_gone_disappears(counted):
    _update(counted)
    hour, _ = counted.span(1, 2)
    (path,) = [p for p in counted.home.lake.glob("density/*/*/part.parquet") if hour_of_path(p) == hour]
    path.unlink()
    assert _update(counted).missing == (hour,)
    assert _read(counted)["interval_start"].n_unique() == 1
    assert [p for p in (counted.home.lake / "mobility").rglob("*") if p.is_file() and hour_of_path(p) == hour] == []


def test_hours_beside_those_asked_for_stay_as_they_are(counted):
    _update(counted)
    before = _bytes(counted)
    counted.counts([(1, 0, 77)], name="more.csv")
    counted.density(0, 2)
    _update(counted, 1, 2)
    changed = [path for path, content in _bytes(counted).items() if content != before[path]]
    assert [hour_of_path(path) for path in changed] == [counted.span(1, 2)[0]]


def test_without_areas_it_says_how_to_load_them(town):
    with pytest.raises(RefusedInputError, match="no areas are loaded yet"):
        _update(town)


def test_what_is_there_on_average_is_told_of_quarter_hours(town):
    town.plan()
    town.areas({"99": ALL})
    quarters = [(0, 0, 100), (15, 0, 300), (30, 0, 200), (45, 0, 200), (45, 1, 40)]
    lines = [f"2020-03-31T12:{minute:02d}:00Z,001-01-{mast},{devices},15" for minute, mast, devices in quarters]
    path = town.home.root / "quarters.csv"
    path.write_text("\n".join(["interval_start,cell_id,devices,interval_minutes", *lines]))
    load_counts([path], intake=town.intake(), profile=FileProfile(), max_devices=50_000)
    town.density(0, 1)
    row = _row(_table(town), "99")
    assert (row["people"], row["devices"]) == (pytest.approx(210), pytest.approx(210))
    assert (row["cells"], row["hexes"]) == (2, 2)


def test_cells_that_usually_report_are_missed_where_they_stand(town):
    town.plan(spacing_deg=0.01)
    town.areas({"99.01": WEST, "99.02": EAST})
    usual = [(-24 * day, mast, 200) for day in range(1, 8) for mast in (0, 1, 5)]
    town.counts([*usual, (0, 0, 200), (0, 5, 200)])
    town.density(-24 * 7, 1)
    table = _table(town, 0, 1)
    west, east = _row(table, "99.01"), _row(table, "99.02")
    assert (west["cells"], west["silent_cells"]) == (1, 1)
    assert (east["cells"], east["silent_cells"]) == (1, 0)
    # nobody is seen on the hexagon of the silent mast: half of the west's usual people
    assert west["coverage"] == pytest.approx(0.5, abs=0.02)
    assert east["coverage"] == 1
    assert west["usual_people"] == pytest.approx(200, rel=0.05)


def test_without_history_nothing_is_usual_and_no_coverage_is_known(counted):
    table = _table(counted)
    assert table["usual_people"].null_count() == table["coverage"].null_count() == table.height


def test_an_area_of_one_cell_has_the_range_of_its_hexagon(town):
    town.plan()
    town.areas({"99": ALL})
    town.counts([(0, 0, 400)])
    town.density(0, 1)
    (hexagon,) = town.stage("density").rows(named=True)
    row = _row(_table(town), "99")
    for name in ("people_low", "people_high"):
        assert row[name] == pytest.approx(hexagon[name], abs=0.001)


def test_chance_in_many_cells_makes_less_than_the_sum_of_their_ranges(town):
    town.plan()
    town.areas({"99": ALL})
    town.counts([(0, mast, 400) for mast in range(12)])
    town.density(0, 1, factors=town.table("operator,people_per_device,low,high\nalun,2,1,3\n"))
    row = _row(_table(town), "99")
    noise = 1.645 * 2 * sqrt(12 * 400)
    assert row["people_low"] == pytest.approx((9600 - noise) / 2, abs=0.001)
    assert row["people_high"] == pytest.approx((9600 + noise) * 1.5, abs=0.001)


def test_a_cell_that_the_border_cuts_makes_its_areas_unsure(counted):
    counted.density(0, 2, factors=counted.table("operator,people_per_device,low,high\nalun,1,1,1\n"))
    row = _row(_table(counted), "99.02", 0)
    share = (row["devices"] - 20) / 150
    spread = sqrt(row["devices"] + (1.25 * 150 * share * (1 - share)) ** 2)
    # a cell of one hexagon cuts through settlements, whose people then hardly count as standing together
    assert row["people_low"] == pytest.approx(max(row["people"] - 1.645 * spread, 0), abs=0.05)
    assert row["people_high"] == pytest.approx(row["people"] + 1.645 * spread, rel=1e-3)


def test_a_bound_that_some_hexagons_lack_is_unknown(counted):
    for path in counted.home.lake.glob("density/*/*/part.parquet"):
        rows = pl.read_parquet(path, hive_partitioning=False)
        no_bound = pl.when(pl.col("people") != 60).then(pl.col("people_low")).alias("people_low")
        rows.with_columns(no_bound).write_parquet(path)
    table = _table(counted)
    assert _row(table, "99.01")["people_low"] is None
    assert _row(table, "99.02")["people_low"] is not None
    assert table["people_high"].null_count() == 0


@pytest.mark.parametrize("method", ["point", "voronoi"])
@SLOW
@given(rows=ROWS, west=st.floats(109.0, 109.06), factor=st.floats(0.3, 5))
def test_the_table_is_what_a_slow_computation_gives(make_town, method, rows, west, factor):
    town = make_town(method=method)
    town.plan(operators=("alun", "nusa"))
    town.areas({"99": ALL}, level="province")
    town.areas({"99.01": shapely.box(108.9, -6, west, -5), "99.02": shapely.box(west - 0.002, -6, 109.07, -5)})
    town.counts(rows)
    town.density(0, HOURS, factors={"alun": factor, "nusa": factor})
    table = _table(town)
    expected = _slowly(town)
    assert table.select("interval_start", "level", "area_code").rows() == sorted(expected)
    for row in table.rows(named=True):
        wanted = expected[row["interval_start"], row["level"], row["area_code"]]
        told = {name: row[name] for name in wanted}
        assert told == pytest.approx(wanted, rel=1e-6, abs=2e-3)
        assert (row["usual_people"], row["coverage"]) == (None, None)


@SLOW
@given(rows=ROWS, alun=st.floats(0.3, 5), nusa=st.floats(0.3, 5), west=st.floats(109.0, 109.06))
def test_nobody_is_lost_and_every_number_lies_in_its_range(make_town, rows, alun, nusa, west):
    town = make_town(method="voronoi")
    town.plan(operators=("alun", "nusa"))
    town.areas({"99": ALL}, level="province")
    town.areas({"99.01": shapely.box(108, -7, west, -4), "99.02": shapely.box(west, -7, 110, -4)})
    town.counts(rows)
    town.density(0, HOURS, factors={"alun": alun, "nusa": nusa})
    table, density, counts = _table(town), town.stage("density"), town.stage("counts")
    if density.is_empty():
        assert table.is_empty()
        return
    for (start, _), level in table.group_by("interval_start", "level"):
        assert level["people"].sum() == pytest.approx(density.filter(interval_start=start)["people"].sum(), abs=0.01)
        counted = counts.filter(interval_start=start)
        assert level["devices"].sum() == pytest.approx(counted["devices"].sum(), abs=1e-4)
        # an area of whose cells all counts are withheld has no row
        assert counted["devices"].count() <= level["cells"].sum() <= counted.height
    assert (table["people_low"] <= table["people"]).all()
    assert (table["people"] <= table["people_high"]).all()
    assert (table["people_low"] >= 0).all()


def _slowly(town):
    """The same by loops over rows: number by name, by instant, level and area."""
    (footprint,) = (town.home.lake / "footprints").glob("key=*")
    cells = {(r["operator"], r["cell_id"]): r["cell_no"] for r in _rows(footprint / "cells.parquet")}
    weights = {(r["hex"], r["cell_no"]): r["weight"] for r in _rows(footprint / "weights.parquet")}
    hexes = sorted({hex_ for hex_, _ in weights})
    density, counts = town.stage("density").rows(named=True), town.stage("counts").rows(named=True)
    found = {}
    for level in ("province", "regency"):
        shares = defaultdict(dict)
        for hex_, code, share in area_shares(town.home, np.array(hexes, dtype=np.uint64), level=level).iter_rows():
            shares[code][hex_] = share
        for start in {row["interval_start"] for row in density}:
            now = {row["hex"]: row for row in density if row["interval_start"] == start}
            told = {cells[r["operator"], r["cell_id"]]: r for r in counts if r["interval_start"] == start}
            for code, of_area in shares.items():
                if any(hex_ in now for hex_ in of_area):
                    found[start, level, code] = _slow_area(of_area, now, told, weights, shares)
    return found


def _slow_area(of_area, now, told, weights, shares):
    people = sum(share * now[hex_]["people"] for hex_, share in of_area.items() if hex_ in now)
    devices, place, together, withheld, cells = 0.0, 0.0, 0.0, 0.0, 0
    for cell, row in told.items():
        inside = {
            code: sum(w * s.get(h, 0) for (h, c), w in weights.items() if c == cell) for code, s in shares.items()
        }
        own = inside[next(code for code, s in shares.items() if s is of_area)]
        count = row["devices"] or 0
        devices += count * own
        place += (count * own * (1 - own)) ** 2
        together += count * own * (1 - own) * _people_together(weights, cell)
        withheld += own * ((row["suppressed_below"] or 15) - 1 if row["devices"] is None else 0)
        most = max([*inside.values(), 1 - sum(inside.values())])
        cells += own == most and own > 0
    factor = people / devices if devices else 0
    unsure = (1.25 * factor) ** 2 * place + factor * together
    below = 1.645 * sqrt(factor**2 * devices + unsure)
    above = 1.645 * sqrt(factor**2 * (devices + withheld) + unsure)
    wanted = {"people": people, "devices": devices, "cells": cells, "hexes": sum(hex_ in now for hex_ in of_area)}
    if factor:
        # nobody has given the factor: it may be 0.7 to 1.4 times what it is taken for
        wanted |= {
            "people_low": 0.7 * max(people - below, 0),
            "people_high": 1.4 * (people + factor * withheld + above),
        }
    return wanted


def _people_together(weights, cell):
    uneven = sum(w * w / hex_areas_km2(np.array([h], dtype=np.uint64))[0] for (h, c), w in weights.items() if c == cell)
    return 400 / (1 + (16 * uneven) ** 2)


def _rows(path):
    return pl.read_parquet(path).rows(named=True)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The sample city in three hours of its truth, people per device known exactly."""
    home = Home(tmp_path_factory.mktemp("sample") / "home")
    home.root.mkdir()
    truth = pl.read_parquet(SAMPLE / "truth/people.parquet")
    start = truth["interval_start"].min()
    later = start + timedelta(days=30)
    intake = Intake(home=home, engine=Engine(), ledger_url=home.ledger_url, now=later, taken_by="tester")
    for level in ("province", "regency", "district"):
        load_areas(SAMPLE / "areas.geojson", level=level, intake=intake, columns={})
    load_cells(SAMPLE / "cells.csv", intake=intake, options=PlanOptions(profile=FileProfile(), timezone="UTC"))
    files = sorted((SAMPLE / "counts").glob("*_2020-03-29.csv.gz"))
    load_counts(files, intake=intake, profile=FileProfile(), max_devices=50_000)
    exactly = "operator,people_per_device,low,high\nalun,1.388889,1.388889,1.388889\nnusa,1.388889,1.388889,1.388889\n"
    (home.root / FILE_NAME).write_text(exactly)
    factors = settle_factors(load_factors(home.root / FILE_NAME), operators=planned_operators(home))
    hours = [start + timedelta(hours=n) for n in range(3)]
    with connect(Engine()) as connection:
        span = {"home": home, "start": hours[0], "end": hours[-1] + timedelta(hours=1)}
        footprints = build_footprints(connection, **span)
        calendar = Calendar("Asia/Jakarta", frozenset())
        compute_density(connection, **span, footprints=footprints, factors=factors, calendar=calendar)
        update_area_hours(connection, home=home, hours=hours)
        table = read_area_hours(connection, **span)
    return home, truth, table


def test_nine_truths_of_ten_of_the_sample_city_lie_within_the_range(sample):
    home, truth, table = sample
    shares = area_shares(home, truth["hex"].unique().to_numpy(), level="district")
    true = (
        truth.join(shares, on="hex")
        .group_by("interval_start", area_code="code")
        .agg(truth=(pl.col("people") * pl.col("share")).sum())
    )
    both = table.filter(level="district").join(true, on=["interval_start", "area_code"])
    assert both.height == 3 * 9
    assert both.select(pl.col("truth").is_between("people_low", "people_high").mean()).item() >= 0.85
    # and the ranges are no wider than that needs
    assert both.select((pl.col("people_high") / pl.col("people_low")).median()).item() < 1.25


def test_chance_alone_lies_within_the_range_nine_times_of_ten(town):
    hours, mean = 120, 30
    town.plan()
    town.areas({"99": ALL})
    counted = np.random.default_rng(5).poisson(mean, (hours, town.masts))
    town.counts([(h, m, int(counted[h, m])) for h, m in np.ndindex(*counted.shape)])
    town.density(0, hours, factors=town.table("operator,people_per_device,low,high\nalun,2,2,2\n"))
    table = _table(town, 0, hours)
    holds = table.select(pl.lit(2.0 * mean * town.masts).is_between("people_low", "people_high").mean()).item()
    assert holds == pytest.approx(0.9, abs=0.06)
