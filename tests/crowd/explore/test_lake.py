import re
from datetime import UTC, datetime, timedelta

import duckdb
import polars as pl
import pytest
from reviewed_town import HOUR, make_town

from crowd.explore import Lake, hours_with_density
from crowd.explore.tables import TABLES
from lake.engine import Engine
from lake.errors import RefusedInputError
from lake.home import Home

K = 15
SIX = datetime(2026, 3, 1, 18)  # noqa: DTZ001 - as the clock of the place shows HOUR


def open_town(home, *, k=K, **changes):
    start, end = hours_with_density(home)
    given = {"home": home, "engine": Engine(memory_limit="500MB", threads=1), "k": k, "timezone": "Asia/Jakarta"}
    return Lake(**(given | {"start": start, "end": end} | changes))


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return make_town(tmp_path_factory.mktemp("town") / "home").as_home()


@pytest.fixture
def lake(town):
    return open_town(town)


def test_tables_name_what_holds_something(lake):
    told = lake.tables()
    assert {"counts", "density", "gatherings", "targets"} <= set(told["table"])
    assert "coverage" not in told["table"]
    assert set(told["first_hour"]) == {SIX}


def test_every_table_can_be_asked_even_where_it_is_empty(lake):
    assert all(lake.sql(f"select * from {name}").width > 0 for name in TABLES)


def test_rows_of_hexagons_below_k_are_not_there(town, lake):
    known = open_town(town, k=1).sql("select hex, devices from density")
    assert known["devices"].min() < K <= known["devices"].max()
    assert lake.sql("select hex, devices from density order by hex").equals(
        known.filter(pl.col("devices") >= K).sort("hex")
    )


def test_counts_below_k_are_empty_and_their_cells_still_there(town, lake):
    known = open_town(town, k=1).sql("select cell_id, devices from counts order by cell_id")
    shown = lake.sql("select cell_id, devices from counts order by cell_id")
    assert shown["cell_id"].equals(known["cell_id"])
    assert set(shown["devices"].drop_nulls()) == {n for n in known["devices"] if n is not None and n >= K}
    assert shown["devices"].null_count() > known["devices"].null_count()


def test_recipients_below_k_are_empty_with_their_shares(town):
    targets = open_town(town, k=1).sql("select * from targets")
    bar = int(targets["expected_recipients"].max())
    shown = open_town(town, k=bar).sql("select * from targets")
    assert shown.height == targets.height
    assert set(shown["expected_recipients"].drop_nulls()) == {bar}
    hidden = shown.filter(pl.col("expected_recipients").is_null())
    assert hidden.height > 0
    assert hidden.select("reach", "overreach").null_count().row(0) == (hidden.height,) * 2


def test_gatherings_below_k_are_not_told_nor_what_happened_to_them(town):
    lake = open_town(town, k=1_000_000)
    assert lake.sql("select * from gatherings").is_empty()
    assert lake.sql("select * from gathering_events").is_empty()
    assert open_town(town).sql("select * from gathering_events").height > 0


@pytest.mark.parametrize(
    "query",
    [
        "copy (select 1) to 'there.csv'",
        "select 1; select 2",
        "create table there as select 1",
        "attach 'there.db'",
        "set threads = 9",
        "",
    ],
)
def test_only_one_select_is_answered(lake, query, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RefusedInputError, match="write one select"):
        lake.sql(query)
    assert list(tmp_path.iterdir()) == []


def test_a_question_that_makes_no_sense_is_answered_by_the_engine(lake):
    with pytest.raises(duckdb.Error, match="nowhere"):
        lake.sql("select nowhere from density")


def test_values_and_local_time_may_be_asked_for(lake):
    found = lake.sql(
        "select distinct local(interval_start) as hour from density where people >= $least and $least > 0", least=1
    )
    assert found["hour"].to_list() == [SIX]


def test_tables_are_found_whatever_their_case(lake):
    assert lake.sql("SELECT count(*) AS n FROM Density")["n"][0] > 0


def test_density_of_an_hour_is_that_of_the_table(lake):
    hour = lake.density("2026-03-01 18:00")
    assert hour.equals(lake.sql("select * from density order by hex"))
    assert hour.equals(lake.density(HOUR))


@pytest.mark.parametrize(
    ("hour", "said"),
    [
        ("yesterday", "'yesterday' is no time: write it like 2020-03-31 19:00"),
        ("2026-03-01 19:00", "lies outside 2026-03-01 18:00 to 2026-03-01 18:00"),
    ],
)
def test_an_hour_that_cannot_be_had_is_refused(lake, hour, said):
    with pytest.raises(RefusedInputError, match=re.escape(said)):
        lake.density(hour)


def test_a_footprint_sums_to_one_and_an_unknown_cell_is_refused(lake):
    shares = lake.footprint("alun", "001-01-2", at=HOUR)
    assert shares["share"].sum() == pytest.approx(1)
    with pytest.raises(RefusedInputError, match="no footprint of cell 001-01-999"):
        lake.footprint("alun", "001-01-999", at=HOUR)


def test_areas_without_outlines_say_what_to_load(lake):
    with pytest.raises(RefusedInputError, match="no areas are loaded yet"):
        lake.areas()
    assert lake.ground() is None


def test_the_last_day_is_whole(town):
    midnight = datetime(2020, 3, 31, 17, tzinfo=UTC)
    for hours, day in ((0, 31), (5, 31), (-1, 30)):
        lake = open_town(town, start=midnight - timedelta(days=3), end=midnight + timedelta(hours=hours))
        assert lake.last_day.day == day


def test_a_home_without_density_has_no_hours(tmp_path):
    assert hours_with_density(Home(tmp_path)) is None
