import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.areas import area_at, load_areas, read_areas, read_land
from lake.errors import RefusedInputError

SQUARES = gpd.GeoDataFrame(
    {"code": ["99.01", "99.02"], "name": ["Barat", "Timur"], "level": "regency", "parent": "99"},
    geometry=[shapely.box(109, -6, 109.5, -5), shapely.box(109.5, -6, 110, -5)],
    crs="EPSG:4326",
)


def _write(frame, path):
    if path.name.endswith(".wkb.parquet"):
        plain = pd.DataFrame(frame.drop(columns="geometry"))
        plain["wkb"] = shapely.to_wkb(frame.geometry.to_numpy())
        plain.to_parquet(path)
    elif path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path)
    return path


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.parquet", "a.wkb.parquet"])
def test_every_usual_format_gives_the_same_areas(tmp_path, intake, home, name):
    load_areas(_write(SQUARES, tmp_path / name), level="regency", intake=intake, columns={})
    areas = read_areas(home)
    assert areas["code"].tolist() == ["99.01", "99.02"]
    assert areas["parent"].tolist() == ["99", "99"]
    assert shapely.area(areas.geometry.to_numpy()) == pytest.approx([0.5, 0.5])


def test_other_projections_become_longitude_and_latitude(tmp_path, intake, home):
    load_areas(_write(SQUARES.to_crs(3857), tmp_path / "a.gpkg"), level="regency", intake=intake, columns={})
    assert read_areas(home).total_bounds == pytest.approx([109, -6, 110, -5])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"geometry": None}, "no_outline"),
        ({"geometry": shapely.Point(109, -5)}, "not_a_polygon"),
        ({"geometry": shapely.box(109, -95, 110, -5)}, "off_the_globe"),
        ({"code": None}, "no_code"),
        ({"code": "99.02"}, "code_twice"),
    ],
)
def test_a_row_that_is_no_area_is_set_aside_with_its_reason(tmp_path, intake, change, reason):
    third = SQUARES.iloc[[0]].assign(code="99.03")
    for key, value in change.items():
        third[key] = gpd.GeoSeries([value], crs=4326).to_numpy() if key == "geometry" else value
    frame = pd.concat([SQUARES, third], ignore_index=True)
    loaded = load_areas(_write(frame, tmp_path / "a.parquet"), level="regency", intake=intake, columns={})
    assert set(loaded.file.rows_quarantined) == {reason}
    assert loaded.file.rows_in == loaded.file.rows_kept + sum(loaded.file.rows_quarantined.values())


def test_a_crossed_outline_is_mended_with_a_note(tmp_path, intake, home):
    bow = shapely.Polygon([(109, -6), (110, -5), (110, -6), (109, -5)])
    frame = SQUARES.iloc[[0]].set_geometry([bow], crs=4326)
    loaded = load_areas(_write(frame, tmp_path / "a.parquet"), level="regency", intake=intake, columns={})
    assert loaded.file.notes == {"outlines crossed themselves and were mended": 1}
    assert read_areas(home).geometry.is_valid.all()


def test_columns_can_be_mapped(tmp_path, intake, home):
    frame = SQUARES.rename(columns={"code": "kode", "name": "nama", "parent": "induk"}).drop(columns="level")
    columns = {"code": "kode", "name": "nama", "parent": "induk"}
    load_areas(_write(frame, tmp_path / "a.gpkg"), level="regency", intake=intake, columns=columns)
    assert read_areas(home)["name"].tolist() == ["Barat", "Timur"]


def test_a_file_that_is_no_map_is_refused_in_one_sentence(tmp_path, intake):
    path = tmp_path / "a.geojson"
    path.write_text("not a map")
    with pytest.raises(RefusedInputError, match=r"a\.geojson cannot be read as areas"):
        load_areas(path, level="regency", intake=intake, columns={})


def test_an_unknown_level_is_refused(tmp_path, intake):
    with pytest.raises(RefusedInputError, match="no level 'kampung'"):
        load_areas(tmp_path / "a.geojson", level="kampung", intake=intake, columns={})


def test_a_point_belongs_to_the_finest_area_and_overlaps_always_to_the_same(tmp_path, intake, home):
    load_areas(_write(SQUARES, tmp_path / "a.gpkg"), level="regency", intake=intake, columns={})
    small = gpd.GeoDataFrame(
        {"code": ["99.01.02", "99.01.01"], "name": ["b", "a"], "level": "district", "parent": "99.01"},
        geometry=[shapely.box(109, -5.5, 109.2, -5), shapely.box(109.1, -5.5, 109.4, -5)],
        crs=4326,
    )
    load_areas(_write(small, tmp_path / "b.gpkg"), level="district", intake=intake, columns={})
    lat, lon = np.array([-5.2, -5.2, -5.9, 3.0]), np.array([109.05, 109.15, 109.7, 109.0])
    assert area_at(read_areas(home), lat=lat, lon=lon).tolist() == ["99.01.02", "99.01.01", "99.02", None]


def test_land_changes_its_fingerprint_with_the_areas(tmp_path, intake, home):
    load_areas(_write(SQUARES, tmp_path / "a.gpkg"), level="regency", intake=intake, columns={})
    first = read_land(home).fingerprint
    load_areas(_write(SQUARES.iloc[[0]], tmp_path / "b.gpkg"), level="regency", intake=intake, columns={})
    assert read_land(home).fingerprint != first
