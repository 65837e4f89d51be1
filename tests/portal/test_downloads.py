"""What is seen as files."""

import io
import json

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from review_lake import (
    BOX,
    GROUND,
    HOUR,
    NOON,
    K,
    hexes_of,
    hour_of,
    iso,
    load_town,
    name_of,
    target_of,
    visiting,
    write_density,
    write_gatherings,
)

from geo.hexagons import hex_texts
from lake.home import Home

NAME, HIDDEN, ELSEWHERE = name_of(NOON), name_of(NOON, 7), name_of(NOON, 8)
SPAN = {"start": iso(NOON - HOUR), "end": iso(NOON + HOUR)}
CONTRACT = "interval_start,hex,people,people_per_km2,people_low,people_high,baseline,excess,score,coverage"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A town where every third hexagon rests on too few devices, and one of three gatherings."""
    home = Home(tmp_path_factory.mktemp("town"))
    load_town(home)
    write_density(home, devices=[K - 1 if n % 3 == 0 else K for n in range(len(GROUND))])
    hours = [
        hour_of(NAME, NOON, state="new"),
        hour_of(HIDDEN, NOON, devices=K - 1),
        hour_of(ELSEWHERE, NOON, area="99.02.01", level="waspada"),
    ]
    targets = [target_of(NAME, NOON), target_of(NAME, NOON, "001-01-2", recipients=K - 1), target_of(HIDDEN, NOON)]
    hexes = [row for name in (NAME, HIDDEN, ELSEWHERE) for row in hexes_of(name, NOON)]
    write_gatherings(home, hours, hexes=hexes, targets=targets)
    return home


@pytest.fixture
def client(home):
    with visiting(home, role="viewer", scopes={"downloads", "map"}) as client:
        yield client


def fetch(client, what, **query):
    answer = client.get(f"/api/downloads/{what}", params=query)
    assert answer.status_code == 200, answer.text
    return answer


def density(client, file_format, *, resolution=9):
    return fetch(client, "density", at=iso(NOON), box=BOX, resolution=resolution, format=file_format)


def on_the_map(client, resolution):
    answer = client.get("/api/hexagons", params={"at": iso(NOON), "box": BOX, "resolution": resolution})
    return pl.DataFrame(pl.from_arrow(pa.ipc.open_stream(answer.content).read_all()))


@pytest.mark.parametrize("resolution", [5, 7, 8, 9])
def test_a_file_has_the_hexagons_that_the_map_shows(client, resolution):
    shown = on_the_map(client, resolution)
    rows = pl.read_csv(density(client, "csv", resolution=resolution).content)
    assert rows["hex"].to_list() == hex_texts(np.sort(shown["hex"].to_numpy())).tolist()
    assert rows["people"].sum() == pytest.approx(shown["people"].sum(), rel=1e-5)


def test_hexagons_of_the_lake_have_the_columns_of_the_contract(client):
    csv = density(client, "csv").text
    assert csv.splitlines()[0] == CONTRACT
    assert csv.splitlines()[1].startswith(f"{iso(NOON)},89")


def test_rolled_up_hexagons_have_only_what_adds_up(client):
    header = density(client, "csv", resolution=7).text.splitlines()[0]
    assert header == "interval_start,hex,people,people_per_km2,baseline,excess,coverage"


def test_no_row_under_k_is_in_any_file(client):
    hidden = set(hex_texts(GROUND[::3]))
    text = density(client, "csv").text
    assert not any(each in text for each in hidden)
    for what, query in (("gatherings", SPAN), ("targets", {"at": iso(NOON)})):
        assert HIDDEN not in fetch(client, what, format="csv", **query).text


@pytest.mark.parametrize("resolution", [7, 9])
def test_formats_hold_the_same_hexagons(client, resolution):
    csv = pl.read_csv(density(client, "csv", resolution=resolution).content)
    parquet = pl.read_parquet(io.BytesIO(density(client, "parquet", resolution=resolution).content))
    features = json.loads(density(client, "geojson", resolution=resolution).content)["features"]
    assert csv["hex"].to_list() == parquet["hex"].to_list() == [each["properties"]["hex"] for each in features]
    assert {each["geometry"]["type"] for each in features} == {"Polygon"}


def test_gatherings_are_those_of_the_filter(client):
    def names(**query):
        return pl.read_csv(fetch(client, "gatherings", format="csv", **SPAN, **query).content)["gathering_id"].to_list()

    assert names() == [NAME, ELSEWHERE]
    assert names(area="99.01") == [NAME]
    assert names(level="waspada") == [ELSEWHERE]
    assert names(area="99.01", level="waspada") == []


def test_gatherings_have_the_columns_of_the_contract_and_their_outlines(client):
    csv = fetch(client, "gatherings", format="csv", **SPAN).text.splitlines()[0]
    assert csv == "gathering_id,interval_start,level,state,people,excess,hexes,lat,lon,area_code,started_at"
    features = json.loads(fetch(client, "gatherings", format="geojson", **SPAN).content)["features"]
    assert [each["geometry"]["type"] for each in features] == ["Polygon", "Polygon"]


def test_targets_keep_cells_whose_number_is_withheld(client):
    rows = pl.read_csv(fetch(client, "targets", at=iso(NOON), gathering=NAME, format="csv").content)
    assert rows.columns == [
        "gathering_id",
        "interval_start",
        "operator",
        "cell_id",
        "expected_recipients",
        "reach",
        "overreach",
    ]
    assert dict(rows.select("cell_id", "expected_recipients").iter_rows()) == {"001-01-1": 100, "001-01-2": None}


@pytest.mark.parametrize("file_format", ["csv", "geojson", "parquet"])
def test_an_hour_without_anything_gives_an_empty_file(client, file_format):
    at = iso(NOON - 99 * HOUR)
    for what, query in (("density", {"box": BOX, "resolution": 9}), ("targets", {})):
        assert fetch(client, what, at=at, format=file_format, **query).content


def test_names_of_files_tell_table_local_hour_and_place(client):
    def named(answer):
        return answer.headers["content-disposition"].split('"')[1]

    assert named(density(client, "csv")) == "kerumun-density-2020-03-31T19-WIB.csv"
    gatherings = fetch(client, "gatherings", format="parquet", area='9"9/.', **SPAN)
    assert named(gatherings) == "kerumun-gatherings-2020-03-31T18-WIB-to-2020-03-31T20-WIB-9_9_..parquet"


def test_nothing_is_left_behind(home, client):
    density(client, "csv")
    assert client.get("/api/downloads/targets", params={"at": iso(NOON), "gathering": "x", "format": "csv"}).is_error
    assert list(home.temporary.glob("download-*")) == []


@pytest.mark.parametrize(
    ("what", "query", "status"),
    [
        ("density", {"at": iso(NOON), "box": BOX, "resolution": 16, "format": "csv"}, 422),
        ("density", {"at": iso(NOON), "box": BOX, "resolution": 9, "format": "xlsx"}, 422),
        ("density", {"at": iso(NOON), "box": "0,9,1,8", "resolution": 9, "format": "csv"}, 400),
        ("density", {"at": iso(NOON), "resolution": 9, "format": "csv"}, 422),
        ("gatherings", {"start": iso(NOON), "end": iso(NOON - HOUR), "format": "csv"}, 400),
        ("gatherings", {**SPAN, "level": "high", "format": "csv"}, 422),
        ("targets", {"at": iso(NOON), "gathering": HIDDEN, "format": "csv"}, 404),
        ("targets", {"at": "now", "format": "csv"}, 422),
    ],
)
def test_what_makes_no_sense_is_refused(client, what, query, status):
    assert client.get(f"/api/downloads/{what}", params=query).status_code == status


def test_a_token_without_the_scope_gets_no_file(home):
    with visiting(home, role="viewer", scopes={"map", "warnings"}) as client:
        answer = client.get("/api/downloads/targets", params={"at": iso(NOON), "format": "csv"})
    assert answer.status_code == 403
