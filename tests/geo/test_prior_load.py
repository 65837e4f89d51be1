import geopandas as gpd
import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.class_weights import parse_classes
from geo.hexagons import (
    children_of,
    disks_around,
    hex_areas_km2,
    hex_centres,
    hex_polygons,
    hex_texts,
    hexes_at,
    resolutions_of,
)
from geo.prior import forget_prior, read_prior
from geo.prior_load import load_prior
from geo.prior_rows import PriorOptions
from lake.errors import RefusedInputError
from lake.ledger import open_ledger

MIDDLE = hexes_at(np.array([-5.5]), np.array([109.0]), 9)
DISK = disks_around(MIDDLE, 4)
QUICK = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def load(tmp_path, intake):
    """Load a prior given as text, frame or geometries; gives the outcome and what the home then holds."""

    def load_one(content, *, name="people.csv", resolution=9, columns=None, classes=None):
        path = tmp_path / name
        if isinstance(content, pl.DataFrame):
            content.write_parquet(path) if path.suffix == ".parquet" else content.write_csv(path)
        elif isinstance(content, gpd.GeoDataFrame):
            content.to_parquet(path) if path.suffix == ".parquet" else content.to_file(path)
        elif content is not None:
            path.write_text(content)
        options = PriorOptions(resolution=resolution, columns=columns or {}, classes=classes)
        return load_prior(path, intake=intake, options=options), read_prior(intake.home)

    return load_one


def _by_hex(prior):
    return dict(zip(prior.hexes.tolist(), prior.mass.tolist(), strict=True))


@pytest.mark.parametrize("name", ["people.csv", "people.parquet"])
@pytest.mark.parametrize("written", ["digits", "capitals", "number", "signed"])
def test_hexagons_are_read_however_they_are_written(load, name, written):
    forms = {
        "digits": pl.Series(hex_texts(DISK)),
        "capitals": pl.Series(hex_texts(DISK)).str.to_uppercase(),
        "number": pl.Series(DISK),
        "signed": pl.Series(DISK).cast(pl.Int64),
    }
    people = np.arange(len(DISK), dtype=float)
    loaded, prior = load(pl.DataFrame({"hex": forms[written], "value": people}), name=name)
    assert _by_hex(prior) == dict(zip(DISK.tolist(), people.tolist(), strict=True))
    assert loaded.mass == people.sum()
    assert loaded.file.rows_quarantined == {}


def test_hexagons_of_mixed_resolution_stay_as_they_are(load):
    mixed = np.concatenate((children_of(DISK[:2], 10), DISK[2:]))
    _, prior = load(pl.DataFrame({"hex": mixed, "value": np.full(len(mixed), 7.0)}), name="people.parquet")
    assert np.array_equal(np.sort(mixed), prior.hexes)
    assert (prior.mass == 7.0).all()


def test_a_hexagon_and_its_own_parts_are_refused(load):
    nested = np.concatenate((DISK, children_of(MIDDLE, 11)[:1]))
    with pytest.raises(RefusedInputError, match="a hexagon and hexagons inside it"):
        load(pl.DataFrame({"hex": nested, "value": np.ones(len(nested))}), name="people.parquet")


def test_several_rows_of_one_hexagon_are_summed(load):
    _, prior = load(pl.DataFrame({"hex": np.repeat(MIDDLE, 3), "value": [1.0, 2.0, 4.0]}), name="people.parquet")
    assert _by_hex(prior) == {int(MIDDLE[0]): 7.0}


def test_bad_rows_are_left_out_and_counted(load):
    text = hex_texts(MIDDLE)[0]
    rows = ["hex,value", f"{text},10", "here,5", ",5", "8ffffffffffffff,5", f"{text},many", f"{text},-1", f"{text},"]
    loaded, prior = load("\n".join(rows))
    assert loaded.file.rows_quarantined == {"no_place": 3, "no_number": 3}
    assert (loaded.file.rows_in, loaded.file.rows_kept) == (7, 1)
    assert prior.mass.sum() == 10


@QUICK
@given(seed=st.integers(0, 10_000), resolution=st.integers(6, 10))
def test_points_keep_their_people_in_the_hexagons_they_lie_in(load, seed, resolution):
    rng = np.random.default_rng(seed)
    lat, lon, people = rng.uniform(-6, -5, 50), rng.uniform(109, 110, 50), rng.integers(1, 100, 50)
    frame = pl.DataFrame({"lat": lat, "lon": lon, "value": people})
    loaded, prior = load(frame, name="people.parquet", resolution=resolution)
    assert loaded.mass == people.sum()
    assert set(prior.hexes) == set(hexes_at(lat, lon, resolution))


def test_points_off_the_globe_have_no_place(load):
    loaded, _ = load("lat,lon,value\n-5.5,109,10\n95,109,10\n-5.5,,10\nx,109,10\n")
    assert loaded.file.rows_quarantined == {"no_place": 3}
    assert loaded.mass == 10


def test_columns_may_have_other_names(load):
    loaded, _ = load("y,x,pop\n-5.5,109,10\n", columns={"lat": "y", "lon": "x", "value": "pop"})
    assert loaded.mass == 10


SQUARES = [shapely.box(109 + 0.02 * n, -5.5, 109.015 + 0.02 * n, -5.48) for n in range(3)]
SHAPES = [
    *SQUARES,
    shapely.box(109.0001, -5.6, 109.0002, -5.5999),  # smaller than a hexagon
    shapely.MultiPolygon([shapely.box(108.9, -5.5, 108.91, -5.49), shapely.box(108.8, -5.5, 108.81, -5.49)]),
    shapely.Polygon([(109.1, -5.5), (109.12, -5.48), (109.12, -5.5), (109.1, -5.48)]),  # crosses itself
]


@pytest.mark.parametrize("name", ["people.geojson", "people.gpkg", "people.parquet"])
def test_polygons_keep_their_people(load, name):
    people = [10.0, 200.0, 3000.0, 5.0, 80.0, 44.0]
    loaded, prior = load(gpd.GeoDataFrame({"value": people}, geometry=SHAPES, crs=4326), name=name)
    assert prior.mass.sum() == pytest.approx(sum(people), rel=1e-9)
    assert loaded.file.rows_kept == len(people)


def test_polygons_in_metres_come_to_the_same_place(load):
    frame = gpd.GeoDataFrame({"value": [100.0] * 3}, geometry=SQUARES, crs=4326)
    _, straight = load(frame, name="a.gpkg")
    _, projected = load(frame.to_crs(32749), name="b.gpkg")
    assert projected.hexes.tolist() == straight.hexes.tolist()
    assert projected.mass == pytest.approx(straight.mass, abs=0.01)


def test_people_of_a_polygon_lie_evenly_on_its_ground(load):
    frame = gpd.GeoDataFrame({"value": [1000.0]}, geometry=[SQUARES[0]], crs=4326)
    _, prior = load(frame, name="people.gpkg")
    inside = shapely.contains(SQUARES[0], hex_polygons(prior.hexes))
    density = prior.mass[inside] / hex_areas_km2(prior.hexes[inside])
    assert inside.sum() > 10
    assert density == pytest.approx(density.mean(), rel=1e-3)


def test_rows_without_ground_or_number_are_left_out_and_counted(load):
    shapes = [SQUARES[0], shapely.Point(109, -5.5), None, shapely.Polygon(), SQUARES[1], SQUARES[2]]
    frame = gpd.GeoDataFrame({"value": [1.0, 2, 3, 4, None, -9]}, geometry=shapes, crs=4326)
    loaded, prior = load(frame, name="people.geojson")
    assert loaded.file.rows_quarantined == {"no_place": 3, "no_number": 2}
    assert (loaded.file.rows_in, loaded.file.rows_kept) == (6, 1)
    assert prior.mass.sum() == pytest.approx(1)


def test_polygons_of_classes_weigh_by_their_ground(load):
    frame = gpd.GeoDataFrame({"use": ["houses", "forest", "lake"]}, geometry=SQUARES, crs=4326)
    loaded, _ = load(frame, name="use.gpkg", columns={"value": "use"}, classes={"houses": 50, "forest": 1})
    area_km2 = 1.66 * 2.21  # 0.015 by 0.02 degrees at 5.5 south
    assert loaded.mass == pytest.approx(51 * area_km2, rel=0.01)


def test_points_of_classes_give_their_mean_weight_however_many_there_are(load):
    rows = [(-5.5, 109.0, "houses")] * 5 + [(-5.5, 109.0, "forest")] * 5
    frame = pl.DataFrame(rows, schema=["lat", "lon", "value"], orient="row")
    loaded, _ = load(frame, classes={"houses": 9, "forest": 1})
    assert loaded.mass == pytest.approx(5 * hex_areas_km2(MIDDLE)[0])


@pytest.fixture
def raster(tmp_path):
    """Write a GeoTIFF whose upper left corner is given."""
    rasterio = pytest.importorskip("rasterio")

    def write(values, *, corner=(109.0, -5.5), size=0.001, crs="EPSG:4326", nodata=None, **profile):
        path = tmp_path / "people.tif"
        options = {
            "driver": "GTiff",
            "height": values.shape[0],
            "width": values.shape[1],
            "count": 1,
            "dtype": values.dtype,
            "crs": crs,
            "transform": rasterio.transform.from_origin(*corner, size, size),
            "nodata": nodata,
            **profile,
        }
        with rasterio.open(path, "w", **options) as out:
            out.write(values, 1)
        return path.name

    return write


def _people(rows, columns, seed=0):
    return np.random.default_rng(seed).integers(1, 100, (rows, columns)).astype(np.float32)


@pytest.mark.parametrize(
    ("place", "resolution"),
    [
        ({"size": 0.0005}, 9),
        ({"size": 0.01}, 9),
        ({"size": 0.25}, 9),
        ({"corner": (300_000, 9_390_000), "size": 100, "crs": "EPSG:32749"}, 9),
        ({"corner": (300_000, 9_390_000), "size": 1000, "crs": "EPSG:32749"}, 8),
        ({"corner": (10_800_000, -680_000), "size": 1000, "crs": "ESRI:54009"}, 8),
    ],
    ids=["fine", "coarse", "very coarse", "fine UTM", "coarse UTM", "Mollweide"],
)
def test_a_raster_keeps_its_people(load, raster, place, resolution):
    values = _people(12, 9)
    loaded, prior = load(None, name=raster(values, **place), resolution=resolution)
    assert prior.mass.sum() == pytest.approx(values.sum(), rel=1e-9)
    assert loaded.file.rows_in == loaded.file.rows_kept == values.size


@pytest.mark.parametrize("size", [0.01, 0.05, 0.25])
def test_no_hexagon_falls_between_coarse_pixels(load, raster, size):
    _, prior = load(None, name=raster(np.full((4, 4), 1e6, dtype=np.float32), size=size))
    lat, lon = hex_centres(prior.hexes)
    margin = size / 4
    inside = shapely.box(109 + margin, -5.5 - 4 * size + margin, 109 + 4 * size - margin, -5.5 - margin)
    hexes = hexes_at(*(c.ravel() for c in np.meshgrid(np.linspace(*inside.bounds[1::2], 200), [109 + size * 2])), 9)
    (resolution,) = np.unique(resolutions_of(prior.hexes))
    assert shapely.contains_xy(inside, lon, lat).any()
    wanted = np.unique(hexes_at(*hex_centres(hexes), int(resolution)))
    assert np.isin(wanted, prior.hexes).all()


def test_a_raster_in_metres_comes_to_the_same_place_as_in_degrees(load, raster):
    lone = np.zeros((5, 5), dtype=np.float32)
    lone[2, 2] = 500
    east, north = 278_423, 9_391_695  # 109 east, 5.5 south in zone 49 south
    name = raster(lone, corner=(east - 250, north + 250), size=100, crs="EPSG:32749")
    _, prior = load(None, name=name, resolution=8)
    middle = hexes_at(np.array([-5.5]), np.array([109.0]), 8)
    assert _by_hex(prior)[int(middle[0])] == 500


def test_pixels_without_data_or_below_zero_hold_nobody(load, raster):
    values = _people(6, 6)
    values[0, 0], values[1, 1], values[2, 2] = -9999, -200, np.nan
    loaded, prior = load(None, name=raster(values, nodata=-9999))
    assert prior.mass.sum() == pytest.approx(values[values >= 0].sum())
    assert loaded.file.rows_quarantined == {"no_number": 1}
    assert (loaded.file.rows_in, loaded.file.rows_kept) == (34, 33)


def test_blocks_of_a_raster_and_small_portions_of_them_give_the_same(load, raster, monkeypatch):
    values = _people(40, 40)
    _, whole = load(None, name=raster(values, size=0.01))
    monkeypatch.setattr("geo.prior_raster.POINTS_AT_ONCE", 1000)
    _, parts = load(None, name=raster(values, size=0.01, tiled=True, blockxsize=16, blockysize=16))
    assert parts.hexes.tolist() == whole.hexes.tolist()
    assert parts.mass == pytest.approx(whole.mass, rel=1e-9)


@pytest.mark.parametrize("size", [0.0005, 0.004], ids=["fine", "coarse"])
def test_a_raster_of_classes_weighs_ground_not_pixels(load, raster, size):
    steps = round(0.04 / size)
    values = np.full((steps, steps), 50, dtype=np.uint8)
    values[:, steps // 2 :] = 80
    _, prior = load(None, name=raster(values, size=size), classes={"50": 20.0, "80": 1.0})
    lat, lon = hex_centres(prior.hexes)
    density = prior.mass / hex_areas_km2(prior.hexes)
    in_middle = (lat < -5.505) & (lat > -5.535)
    west, east = in_middle & (lon > 109.005) & (lon < 109.015), in_middle & (lon > 109.025) & (lon < 109.035)
    assert density[west] == pytest.approx(20)
    assert density[east] == pytest.approx(1)


def test_a_raster_without_a_projection_is_refused(load, raster):
    with pytest.raises(RefusedInputError, match="does not say where it is"):
        load(None, name=raster(_people(2, 2), crs=None))


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("people.csv", "hex,people\n8928308280fffff,1\n", "has no column value: its columns are hex, people"),
        ("people.csv", "code,value\n99.01,1\n", "has neither a column hex nor lat and lon"),
        ("people.csv", "hex,value\nhere,1\n", "holds no people anywhere: check which column"),
        ("people.csv", "hex,value\n8928308280fffff,0\n", "holds no people anywhere"),
        ("people.csv", "", "cannot be read"),
        ("people.parquet", "no parquet", "cannot be read"),
        ("people.tif", "no raster", "cannot be read as a raster"),
        ("people.geojson", "no polygons", "cannot be read as polygons"),
        ("people.geojson", None, "cannot read"),
        ("people.csv", None, "cannot read"),
        ("people.tif", None, "cannot read"),
        ("people.parquet", None, "cannot read"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(load, home, name, content, told):
    with pytest.raises(RefusedInputError, match=told) as refused:
        load(content, name=name)
    assert len(str(refused.value).splitlines()) == 1
    assert read_prior(home) is None


def test_classes_that_the_file_does_not_have_are_refused(load):
    with pytest.raises(RefusedInputError, match="check the classes named by --classes"):
        load("lat,lon,value\n-5.5,109,50\n", classes={"60": 1.0})


def test_polygons_with_a_wrong_projection_are_refused(load):
    frame = gpd.GeoDataFrame({"value": [1.0]}, geometry=[shapely.box(300_000, 9_390_000, 300_100, 9_390_100)], crs=4326)
    with pytest.raises(RefusedInputError, match="outside the globe"):
        load(frame, name="people.gpkg")


def test_a_load_replaces_the_prior_before_and_is_recorded(load, home):
    load("lat,lon,value\n-5.5,109,10\n")
    _, prior = load("lat,lon,value\n-5.6,109,3\nx,109,3\n", name="other.csv")
    assert prior.mass.tolist() == [3.0]
    with open_ledger(home.ledger_url) as ledger:
        records = [(r.name, r.rows_in, r.rows_kept) for r in ledger.files() if r.stage == "prior"]
    assert records == [("people.csv", 1, 1), ("other.csv", 2, 1)]


def test_a_refused_file_leaves_the_prior_before(load, home):
    load("lat,lon,value\n-5.5,109,10\n")
    with pytest.raises(RefusedInputError):
        load("lat,lon,value\n-5.6,109,no\n", name="other.csv")
    assert read_prior(home).mass.tolist() == [10.0]


def test_a_forgotten_prior_is_gone(load, home):
    load("lat,lon,value\n-5.5,109,10\n")
    assert forget_prior(home)
    assert read_prior(home) is None
    assert not forget_prior(home)


def test_classes_are_written_as_class_and_weight():
    assert parse_classes("50=10, 40=0.5,forest=1e-2") == {"50": 10.0, "40": 0.5, "forest": 0.01}


@pytest.mark.parametrize("text", ["50", "50=", "=5", "50=-1", "50=²", "50=nan", "50=inf", ""])
def test_classes_without_a_weight_are_refused(text):
    with pytest.raises(RefusedInputError, match="--classes"):
        parse_classes(text)
