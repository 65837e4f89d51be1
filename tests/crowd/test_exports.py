import json

import geopandas as gpd
import polars as pl
import pytest
import shapely

from crowd.exports import export_table
from crowd.picture.export import export_picture
from lake.engine import Engine, connect
from lake.errors import RefusedInputError

K = 15
CONTRACT = {
    "density": "interval_start hex people people_per_km2 people_low people_high baseline excess score coverage",
    "gatherings": "gathering_id interval_start level state people excess hexes lat lon area_code started_at",
    "targets": "gathering_id interval_start operator cell_id expected_recipients reach overreach",
}


@pytest.fixture
def crowded(town):
    town.plan(spacing_deg=0.01)
    town.counts([(0, 0, 400), (0, 3, 150), (0, 5, 14), (0, 7, 15), (1, 0, 400)])
    town.run(0, 2)
    return town


def _export(town, table, output, *, first=0, last=2, k=K, file_format=None):
    start, end = town.span(first, last)
    with connect(Engine()) as connection:
        return export_table(
            connection,
            table,
            home=town.home,
            start=start,
            end=end,
            file_format=file_format or output.suffix[1:],
            output=output,
            k=k,
        )


@pytest.mark.parametrize("table", CONTRACT)
@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_exports_have_the_columns_that_others_rely_on(crowded, tmp_path, table, file_format):
    output = tmp_path / f"x.{file_format}"
    _export(crowded, table, output)
    frame = pl.read_csv(output) if file_format == "csv" else pl.read_parquet(output)
    assert frame.columns == CONTRACT[table].split()
    assert frame.height > 0


def test_csv_and_parquet_say_the_same(crowded, tmp_path):
    for name in ("x.csv", "x.parquet"):
        _export(crowded, "density", tmp_path / name)
    assert pl.read_csv(tmp_path / "x.csv")["hex"].equals(pl.read_parquet(tmp_path / "x.parquet")["hex"])


def test_hexagons_are_exported_as_fifteen_digits(crowded, tmp_path):
    _export(crowded, "density", tmp_path / "x.csv")
    assert pl.read_csv(tmp_path / "x.csv")["hex"].str.len_chars().unique().to_list() == [15]


def test_nothing_under_k_devices_is_exported_and_its_number_told(crowded, tmp_path):
    written = _export(crowded, "density", tmp_path / "x.csv", last=1)
    assert sorted(pl.read_csv(tmp_path / "x.csv")["people"].to_list()) == [15.0, 150.0, 400.0]
    assert (written.rows, written.withheld) == (3, 1)


def test_k_is_tested_on_raw_devices_before_any_scaling(town, tmp_path):
    town.plan()
    town.counts([(0, 1, K - 1)])
    town.density(factors={"alun": 100.0})
    assert _export(town, "density", tmp_path / "x.csv", last=1).rows == 0


def test_a_target_cell_under_k_stays_on_the_list_without_its_number(town, tmp_path):
    town.plan()
    town.counts([(0, 1, 400)])
    town.run()
    _export(town, "targets", tmp_path / "x.csv", k=401)
    (row,) = pl.read_csv(tmp_path / "x.csv").rows(named=True)
    assert row["cell_id"] == "001-01-1"
    assert row["expected_recipients"] is None


def test_the_end_of_a_range_is_not_included(crowded, tmp_path):
    _export(crowded, "density", tmp_path / "x.csv", first=1, last=2)
    assert pl.read_csv(tmp_path / "x.csv")["interval_start"].unique().to_list() == ["2020-03-31T13:00:00Z"]


@pytest.mark.parametrize(("table", "kind"), [("density", "Polygon"), ("gatherings", "Polygon"), ("targets", "Point")])
def test_geojson_draws_each_table_where_it_is(crowded, tmp_path, table, kind):
    _export(crowded, table, tmp_path / "x.geojson", last=1)
    frame = gpd.read_file(tmp_path / "x.geojson")
    assert set(frame.geom_type) == {kind}
    assert shapely.box(108.9, -5.6, 109.2, -5.4).contains(shapely.union_all(frame.geometry.to_numpy()))
    assert set(json.loads((tmp_path / "x.geojson").read_text())["features"][0]["properties"]) == set(
        CONTRACT[table].split()
    )


def test_an_empty_range_gives_an_empty_file(town, tmp_path):
    town.plan()
    for name in ("x.csv", "x.parquet", "x.geojson"):
        assert _export(town, "density", tmp_path / name).rows == 0
        assert (tmp_path / name).exists()


def test_an_unknown_format_is_refused(crowded, tmp_path):
    with pytest.raises(RefusedInputError, match="no format 'xls'"):
        _export(crowded, "density", tmp_path / "x.xls")


def _picture(town, output, *, first=0, last=1):
    start, end = town.span(first, last)
    with connect(Engine()) as connection:
        return export_picture(
            connection, home=town.home, start=start, end=end, timezone="Asia/Jakarta", k=K, output=output
        )


def test_an_hour_can_be_drawn(crowded, tmp_path):
    drawn = _picture(crowded, tmp_path / "x.png")
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")
    assert (drawn.rows, drawn.withheld) == (3, 1)


def test_a_picture_of_several_hours_is_refused(crowded, tmp_path):
    with pytest.raises(RefusedInputError, match="a picture shows one interval"):
        _picture(crowded, tmp_path / "x.png", last=2)
