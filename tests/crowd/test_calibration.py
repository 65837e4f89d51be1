import os

import polars as pl
import pytest
import shapely

from crowd.calibration import MOST_OFF, calibrate, read_population, write_factors
from crowd.factors import FILE_NAME, load_factors, settle_factors
from geo.cells import planned_operators
from lake.engine import connect
from lake.errors import RefusedInputError

# 12 UTC is 19 in Jakarta: the night of the first day, from 1 to 5 there, lies six to ten hours on.
NIGHT = range(6, 10)
# Mast 3 stands in a hexagon that this line cuts; no mast in one that the other cuts.
ON_A_MAST, BETWEEN = 109.03, 109.035
CODES = ["99.01", "99.02"]


def _halves(border):
    return dict(zip(CODES, (shapely.box(108.9, -6, border, -5), shapely.box(border, -6, 109.2, -5)), strict=True))


@pytest.fixture
def make_counted(make_town):
    """A town of two operators and two areas, with a night and a crowded day."""

    def make(border=BETWEEN, table=None):
        town = make_town()
        town.plan(operators=("alun", "nusa"))
        rows = [
            (h, m, (100 if h in NIGHT else 900) + 10 * m, o) for h in (3, *NIGHT, 14) for m in range(7) for o in (1, 2)
        ]
        town.counts(rows)
        town.areas(_halves(border))
        if table is not None:
            town.table(table)
        _run(town)
        return town

    return make


def _factors(town):
    return settle_factors(load_factors(town.home.root / FILE_NAME), operators=planned_operators(town.home))


def _run(town):
    town.density(0, 24, factors=_factors(town))


def _population(*people):
    return pl.DataFrame({"code": CODES[: len(people)], "people": [float(p) for p in people]})


def _calibrate(town, population, *, level="regency", first=0, last=24):
    start, end = town.span(first, last)
    with connect(town.engine) as connection:
        found = calibrate(
            connection,
            home=town.home,
            start=start,
            end=end,
            population=population,
            level=level,
            factors=_factors(town),
            timezone="Asia/Jakarta",
        )
    write_factors(town.home.root / FILE_NAME, rows=found.factors)
    return found


def _again(town, population, **options):
    """Calibrate, run again, and what the nights come to then."""
    _calibrate(town, population, **options)
    _run(town)
    return _calibrate(town, population, **options).areas.sort("code")["people"].to_list()


TABLES = {
    "defaults": None,
    "a factor everywhere": "operator,people_per_device\nalun,2\nnusa,5\n",
    "one of an area": "operator,area_code,people_per_device\nalun,,2\nnusa,,5\nalun,99.02,7\n",
    "market shares": "operator,area_code,market_share\nalun,,0.5\nnusa,,0.2\nnusa,99.01,0.4\n",
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_after_calibration_the_night_comes_to_the_official_population(make_counted, table):
    town = make_counted(table=table)
    assert _again(town, _population(3000, 1500)) == pytest.approx([3000, 1500], rel=1e-5)


def test_with_people_on_the_border_it_comes_to_it_round_by_round(make_counted):
    town = make_counted(ON_A_MAST)
    for _ in range(6):
        people = _again(town, _population(3000, 1500))
        _run(town)
    assert people == pytest.approx([3000, 1500], rel=1e-3)


def test_finer_areas_start_from_the_factors_of_the_coarser_one(make_counted):
    town = make_counted()
    town.areas({"99": shapely.box(108.9, -6, 109.2, -5)}, level="province")
    town.table("operator,area_code,people_per_device\nalun,,1\nnusa,,1\nalun,99,4\n")
    _run(town)
    assert _again(town, _population(3000, 1500)) == pytest.approx([3000, 1500], rel=1e-5)


def test_operators_keep_their_proportion(make_counted):
    town = make_counted(table=TABLES["a factor everywhere"])
    found = _calibrate(town, _population(3000, 1500))
    rows = found.factors.pivot("operator", index="area_code", values="people_per_device")
    assert (rows["nusa"] / rows["alun"]).to_list() == pytest.approx([2.5, 2.5], rel=1e-5)


def test_other_areas_keep_their_factors_and_defaults_stay_told(make_counted):
    town = make_counted()
    before = town.stage("density").filter(pl.col("people") > 0)
    _calibrate(town, _population(3000))
    assert _factors(town).assumed == ("alun", "nusa")
    _run(town)
    after = town.stage("density")
    changed = before.join(after, on=["interval_start", "hex"], suffix="_after")
    ratio = changed.select((pl.col("people_after") / pl.col("people")).round(4)).to_series().unique().sort()
    assert len(ratio) == 2
    assert ratio[0] == 1


def test_rows_of_the_table_that_were_not_calibrated_stay_word_for_word(make_counted):
    town = make_counted(table=TABLES["market shares"] + "sari,,0.1\n")
    _calibrate(town, _population(3000, 1500))
    rows = {(row.operator, row.area_code): row for row in load_factors(town.home.root / FILE_NAME)}
    assert rows["alun", None].market_share == 0.5
    assert rows["sari", None].market_share == 0.1
    assert rows["nusa", "99.01"].market_share is None
    assert (town.home.root / f"{FILE_NAME}.before").read_text().endswith("sari,,0.1\n")


def test_areas_out_of_all_proportion_are_left_out_and_named(make_counted):
    town = make_counted()
    people = dict(_calibrate(town, _population(3000, 1500)).areas.select("code", "people").rows())
    (town.home.root / FILE_NAME).unlink()
    found = _calibrate(town, _population(3000, 1.01 * MOST_OFF * people["99.02"]))
    assert found.left_out == ("99.02",)
    assert found.factors["area_code"].unique().to_list() == ["99.01"]


def test_density_older_than_the_table_is_refused(make_counted):
    town = make_counted()
    _calibrate(town, _population(3000, 1500))
    table = town.home.root / FILE_NAME
    later = table.stat().st_mtime + 1
    os.utime(table, (later, later))
    with pytest.raises(RefusedInputError, match="run those hours again first"):
        _calibrate(town, _population(3000, 1500))


def test_areas_inside_with_factors_of_their_own_are_refused(make_counted):
    town = make_counted()
    _calibrate(town, _population(3000, 1500))
    town.areas({"99": shapely.box(108.9, -6, 109.2, -5)}, level="province")
    _run(town)
    with pytest.raises(RefusedInputError, match="calibrate that level, or remove them"):
        _calibrate(town, pl.DataFrame({"code": ["99"], "people": [1000.0]}), level="province")


def test_a_range_without_a_night_is_refused(make_counted):
    town = make_counted()
    with pytest.raises(RefusedInputError, match="no density from 1 to 5 at night"):
        _calibrate(town, _population(3000, 1500), first=0, last=6)


def test_a_population_of_other_areas_is_refused(make_counted):
    town = make_counted()
    with pytest.raises(RefusedInputError, match="check the codes"):
        _calibrate(town, pl.DataFrame({"code": ["99.88"], "people": [1000.0]}))


@pytest.fixture
def population(tmp_path):
    def read(text, **columns):
        path = tmp_path / "population.csv"
        path.write_text(text)
        return read_population(path, columns=columns)

    return read


def test_population_keeps_its_codes_as_written(population):
    assert population("code,people\n99.10,5\n 99.20 ,\n99.30,7\n").rows() == [("99.10", 5.0), ("99.30", 7.0)]


def test_population_may_have_other_names(population):
    assert population("kode,jiwa\n99.10,5\n", code="kode", people="jiwa").rows() == [("99.10", 5.0)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kode,people\n99.10,5\n", "no column code"),
        ("code,people\n99.10,1.234.567\n", "'1.234.567', are no number"),
        ("code,people\n99.10,-5\n", "no number from zero up"),
        ("code,people\n99.10,5\n99.10,6\n", "stands there twice"),
        ("", "cannot be read"),
    ],
)
def test_a_population_that_does_not_fit_is_refused(population, text, told):
    with pytest.raises(RefusedInputError, match=told) as refused:
        population(text)
    assert len(str(refused.value).splitlines()) == 1
