import geopandas as gpd
import numpy as np
import polars as pl
import pytest
import shapely

from crowd.exports import export_table
from crowd.exports_by_area import export_areas
from geo.area_shares import area_shares
from geo.areas import load_areas
from geo.hexagons import hex_polygons, hexes_at
from lake.engine import connect
from lake.errors import RefusedInputError

K = 15
COLUMNS = [
    *("interval_start", "area_code", "name", "level"),
    *("people", "people_low", "people_high", "people_per_km2", "hexes"),
]
# A mast stands in the middle of a hexagon's bounds there: the border cuts it.
BORDER = hex_polygons(hexes_at(np.array([-5.5]), np.array([109.03]), 9))[0].centroid.x
WEST, EAST = shapely.box(108.9, -6, BORDER, -5), shapely.box(BORDER, -6, 109.065, -5)


def _load(town, outlines, *, level="regency"):
    names = [f"Area {code}" for code in outlines]
    frame = gpd.GeoDataFrame({"code": list(outlines), "name": names}, geometry=list(outlines.values()), crs=4326)
    path = town.home.root / f"{level}.geojson"
    frame.to_file(path)
    load_areas(path, level=level, intake=town.intake(), columns={})


@pytest.fixture
def counted(town):
    """Masts 0 and 1 in the west, 3 on the border, 5 in the east, 9 outside; mast 6 on the eastern rim."""
    town.plan(spacing_deg=0.01)
    town.counts([(0, 0, 400), (0, 1, 30), (0, 3, 150), (0, 5, 20), (0, 9, 70), (1, 0, 300), (1, 5, 14)])
    town.density(0, 2)
    _load(town, {"99.01": WEST, "99.02": EAST})
    return town


def _export(town, output, *, first=0, last=1, k=K, level=None):
    start, end = town.span(first, last)
    with connect(town.engine) as connection:
        return export_areas(
            connection,
            home=town.home,
            start=start,
            end=end,
            level=level,
            file_format=output.suffix[1:],
            output=output,
            k=k,
        )


def _read(town, output, **options):
    _export(town, output, **options)
    return pl.read_parquet(output)


@pytest.mark.parametrize("name", ["x.csv", "x.parquet", "x.geojson"])
def test_every_format_has_the_promised_columns(counted, tmp_path, name):
    _export(counted, tmp_path / name)
    if name == "x.geojson":
        found = gpd.read_file(tmp_path / name)
        assert found.columns.tolist() == [*COLUMNS, "geometry"]
        assert shapely.equals_exact(found.geometry.to_numpy(), [WEST, EAST], 1e-9, normalize=True).all()
    else:
        is_csv = name == "x.csv"
        found = pl.read_csv(tmp_path / name, infer_schema=False) if is_csv else pl.read_parquet(tmp_path / name)
        assert found.columns == COLUMNS
        assert found["area_code"].to_list() == ["99.01", "99.02"]


def test_a_hexagon_on_the_border_is_split_and_no_person_lost(counted, tmp_path):
    areas = _read(counted, tmp_path / "x.parquet")
    west, east = areas["people"].to_list()
    assert west + east == pytest.approx(400 + 30 + 150 + 20)
    assert west - 430 == pytest.approx(75, abs=2)
    assert areas["hexes"].to_list() == [3, 2]


def test_areas_sum_to_their_hexagons_at_any_place_of_the_border(counted, tmp_path):
    start, end = counted.span(0, 1)
    with connect(counted.engine) as connection:
        export_table(
            connection,
            "density",
            home=counted.home,
            start=start,
            end=end,
            file_format="parquet",
            output=tmp_path / "hexes.parquet",
            k=1,
        )
    hexes = pl.read_parquet(tmp_path / "hexes.parquet").with_columns(hex=pl.col("hex").str.to_integer(base=16))
    for shift in np.linspace(-0.002, 0.002, 9):
        middle = BORDER + shift
        _load(counted, {"99.01": shapely.box(108.9, -6, middle, -5), "99.02": shapely.box(middle - 0.001, -6, 111, -5)})
        inside = area_shares(counted.home, hexes["hex"].cast(pl.UInt64).to_numpy(), level="regency")["hex"].unique()
        expected = hexes.filter(pl.col("hex").cast(pl.UInt64).is_in(inside.implode()))["people"].sum()
        assert _read(counted, tmp_path / "x.parquet", k=1)["people"].sum() == pytest.approx(expected, rel=1e-12)


def test_the_range_of_an_area_is_that_of_its_hexagons(counted, tmp_path):
    areas = _read(counted, tmp_path / "x.parquet")
    hexes = counted.stage("density").filter(pl.col("interval_start") == pl.col("interval_start").min())
    inside = hexes.sort("people", descending=True).filter(pl.col("people") != 70)
    for column in ("people_low", "people_high"):
        assert areas[column].sum() == pytest.approx(inside[column].sum())
    assert (areas["people_low"] < areas["people"]).all()
    assert (areas["people"] < areas["people_high"]).all()


def test_an_area_has_no_range_where_a_hexagon_has_none(counted, tmp_path):
    for path in (counted.home.lake / "density").rglob("part.parquet"):
        rows = pl.read_parquet(path, hive_partitioning=False)
        no_bound = pl.when(pl.col("people") != 30).then(pl.col("people_low")).alias("people_low")
        rows.with_columns(no_bound).write_parquet(path)
    areas = _read(counted, tmp_path / "x.parquet")
    assert areas["people_low"].is_null().to_list() == [True, False]
    assert areas["people_high"].null_count() == 0


def test_people_per_km2_is_over_the_whole_area(counted, tmp_path):
    row = _read(counted, tmp_path / "x.parquet").row(0, named=True)
    area_km2 = gpd.GeoSeries([WEST], crs=4326).to_crs("EPSG:6933").area[0] / 1e6
    assert row["people_per_km2"] == pytest.approx(row["people"] / area_km2)


def test_an_area_under_k_raw_devices_is_withheld_whatever_its_people(counted, tmp_path):
    counted.density(0, 2, factors={"alun": 1000.0})
    output = tmp_path / "x.parquet"
    written = _export(counted, output, first=1, last=2)
    assert "99.02" not in pl.read_parquet(output)["area_code"].to_list()
    assert (written.rows, written.withheld) == (0, 2)


def test_an_area_beside_a_withheld_one_is_withheld_so_that_no_total_tells_it(counted, tmp_path):
    _load(counted, {"99": shapely.union(WEST, EAST)}, level="province")
    output = tmp_path / "x.parquet"
    assert _read(counted, output, first=1, last=2, level="province")["people"].to_list() == pytest.approx([314])
    assert _read(counted, output, first=1, last=2, level="regency").is_empty()


def test_what_one_level_withholds_no_finer_level_tells(counted, tmp_path):
    _load(counted, {"99.01.01": WEST, "99.02.01": EAST}, level="district")
    output = tmp_path / "x.parquet"
    for level in ("regency", "district"):
        assert _read(counted, output, first=1, last=2, level=level).is_empty()


def test_an_area_just_at_k_is_told(counted, tmp_path):
    assert _export(counted, tmp_path / "x.parquet", first=1, last=2, k=14).withheld == 0


def test_people_outside_every_area_are_told(counted, tmp_path):
    assert _export(counted, tmp_path / "x.parquet").people_outside == pytest.approx(70)


def test_people_outside_of_several_hours_are_told_on_average(counted, tmp_path):
    written = _export(counted, tmp_path / "x.parquet", last=2)
    assert (written.intervals, written.people_outside) == (2, pytest.approx(35))


def test_too_few_people_outside_are_not_told(counted, tmp_path):
    assert _export(counted, tmp_path / "x.parquet", k=71).people_outside is None


def test_nobody_outside_is_no_one(counted, tmp_path):
    assert _export(counted, tmp_path / "x.parquet", first=1, last=2).people_outside == 0


def test_the_finest_loaded_level_is_taken_unless_one_is_named(counted, tmp_path):
    _load(counted, {"99.01.01": WEST}, level="district")
    output = tmp_path / "x.parquet"
    assert _read(counted, output)["level"].unique().to_list() == ["district"]
    assert _read(counted, output, level="regency")["area_code"].to_list() == ["99.01", "99.02"]


def test_an_empty_range_gives_an_empty_file(counted, tmp_path):
    for name in ("x.csv", "x.parquet", "x.geojson"):
        written = _export(counted, tmp_path / name, first=5, last=6)
        assert (written.rows, written.people_outside) == (0, 0)
        assert (tmp_path / name).exists()


def test_areas_that_are_not_loaded_are_refused(town, tmp_path):
    with pytest.raises(RefusedInputError, match="no areas are loaded yet"):
        _export(town, tmp_path / "x.csv")
    _load(town, {"99.01": WEST})
    with pytest.raises(RefusedInputError, match="no areas of level village are loaded: there are regency"):
        _export(town, tmp_path / "x.csv", level="village")
    with pytest.raises(RefusedInputError, match="no level 'kampung'"):
        _export(town, tmp_path / "x.csv", level="kampung")
