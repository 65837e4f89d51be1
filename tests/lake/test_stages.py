from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.engine import Engine, connect, fetch_frame
from lake.home import Home
from lake.stages import Stage, create_view, hour_of_path, replace_range, select_rows, write_partitions
from lake.staging import staged

COLUMNS = {"interval_start": "timestamptz", "operator": "varchar", "cell_id": "varchar", "devices": "bigint"}
BY_OPERATOR = Stage("counts", COLUMNS, order=("interval_start", "cell_id"), by_operator=True)
PLAIN = Stage("density", COLUMNS, order=("interval_start", "cell_id"))
MIDNIGHT = datetime(2020, 3, 31, tzinfo=UTC)


def _rows(*hours, devices=1, operators=("alun", "nusa")):
    return [
        (MIDNIGHT + timedelta(hours=h), o, f"001-01-{n}", devices) for h in hours for o in operators for n in (2, 1)
    ]


def _register(connection, rows):
    schema = {"interval_start": pl.Datetime("us", "UTC"), "operator": pl.String, "cell_id": pl.String}
    frame = pl.DataFrame(rows, schema={**schema, "devices": pl.Int64}, orient="row")
    connection.register("given_rows", frame.to_arrow())
    connection.execute("create or replace temp table new_rows as select * from given_rows")


def _write(home, stage, rows):
    with connect(Engine()) as connection, staged(home) as staging:
        _register(connection, rows)
        write_partitions(connection, "select * from new_rows", stage=stage, staging=staging)


def _replace(home, stage, rows, start, end):
    with connect(Engine()) as connection, staged(home) as staging:
        _register(connection, rows)
        replace_range(connection, "new_rows", home=home, stage=stage, staging=staging, start=start, end=end)


def _read(home, stage, **bounds):
    with connect(Engine()) as connection:
        create_view(connection, "stage_rows", home=home, stage=stage, **bounds)
        return fetch_frame(connection, "select * from stage_rows order by all").rows()


STAGES = pytest.mark.parametrize("stage", [BY_OPERATOR, PLAIN], ids=["by operator", "plain"])


@STAGES
def test_rows_come_back_as_they_were_written(home, stage):
    rows = _rows(-1, 0, 0.5, 23, 24)
    _write(home, stage, rows)
    assert _read(home, stage) == sorted(rows)


def test_every_hour_and_operator_has_one_file_in_order_of_time_and_cell(home):
    _write(home, BY_OPERATOR, _rows(0.75, 0, 1, operators=("nusa", "alun")))
    paths = BY_OPERATOR.paths(home)
    assert [str(path.relative_to(home.lake)) for path in paths] == [
        f"counts/date=2020-03-31/hour={hour}/operator={operator}/part.parquet"
        for hour in ("00", "01")
        for operator in ("alun", "nusa")
    ]
    assert [hour_of_path(path).hour for path in paths] == [0, 0, 1, 1]
    for path in paths:
        keys = pl.read_parquet(path, hive_partitioning=False).select("interval_start", "cell_id").rows()
        assert keys == sorted(keys)


@settings(max_examples=15, deadline=None)
@given(order=st.permutations(_rows(0, 0.5, 1)))
def test_the_order_of_rows_leaves_the_bytes_alone(tmp_path_factory, read_all, order):
    straight, mixed = Home(tmp_path_factory.mktemp("a")), Home(tmp_path_factory.mktemp("b"))
    _write(straight, BY_OPERATOR, _rows(0, 0.5, 1))
    _write(mixed, BY_OPERATOR, order)
    assert read_all(mixed.lake) == read_all(straight.lake)


def test_a_thousand_hours_have_a_thousand_files(home):
    _write(home, PLAIN, _rows(*range(1000), operators=("alun",)))
    assert len(PLAIN.paths(home)) == 1000
    assert len(_read(home, PLAIN)) == 2000


@pytest.mark.parametrize("operator", ["3", "007", "xl.axis", "alun-2", "true"])
def test_an_operator_is_a_text_whatever_it_looks_like(home, operator):
    _write(home, BY_OPERATOR, _rows(0, operators=(operator,)))
    assert {row[1] for row in _read(home, BY_OPERATOR)} == {operator}


@STAGES
def test_a_range_includes_its_start_and_excludes_its_end(home, stage):
    _write(home, stage, _rows(0, 0.5, 1, 1.5, 2, 2.5))
    read = _read(home, stage, start=MIDNIGHT + timedelta(hours=0.5), end=MIDNIGHT + timedelta(hours=2))
    assert sorted({(row[0] - MIDNIGHT) / timedelta(hours=1) for row in read}) == [0.5, 1, 1.5]


def test_files_of_a_range_are_those_whose_hours_it_touches(home):
    _write(home, PLAIN, _rows(-1, 0, 1, 25))
    paths = PLAIN.paths(home, start=MIDNIGHT - timedelta(minutes=1), end=MIDNIGHT + timedelta(hours=1))
    assert [hour_of_path(path) for path in paths] == [MIDNIGHT - timedelta(hours=1), MIDNIGHT]


@STAGES
def test_an_empty_stage_has_no_rows_and_the_right_columns(home, stage):
    assert _read(home, stage) == []
    with connect(Engine()) as connection:
        assert fetch_frame(connection, select_rows(stage, [])).columns == list(COLUMNS)


@STAGES
def test_replacing_a_range_leaves_the_rest_of_its_hours(home, stage):
    _write(home, stage, _rows(0, 0.5, 1, 1.5))
    start, end = MIDNIGHT + timedelta(hours=0.5), MIDNIGHT + timedelta(hours=1.5)
    _replace(home, stage, _rows(0.5, 1, devices=9), start, end)
    assert _read(home, stage) == sorted(_rows(0, 1.5) + _rows(0.5, 1, devices=9))


@STAGES
def test_replacing_a_range_by_nothing_removes_its_files(home, stage):
    _write(home, stage, _rows(0, 1, 2))
    _replace(home, stage, [], MIDNIGHT, MIDNIGHT + timedelta(hours=2))
    assert _read(home, stage) == sorted(_rows(2))
    assert {hour_of_path(path).hour for path in stage.paths(home)} == {2}


def test_a_failure_while_writing_leaves_the_lake_as_it_was(home, read_all):
    _write(home, PLAIN, _rows(0))
    before = read_all(home.lake)
    rows = "select * replace (case when devices = 1 then error('no space') else 2 end as devices) from new_rows"
    with connect(Engine()) as connection:
        _register(connection, _rows(0, 1))
        with pytest.raises(Exception, match="no space"), staged(home) as staging:
            write_partitions(connection, rows, stage=PLAIN, staging=staging)
    assert read_all(home.lake) == before


def test_a_home_may_stand_in_a_folder_with_wildcards_in_its_name(tmp_path):
    home, decoy = Home(tmp_path / "kota [uji] *"), Home(tmp_path / "kota u x")
    _write(decoy, PLAIN, _rows(0, devices=9))
    _write(home, PLAIN, _rows(0))
    assert _read(home, PLAIN) == sorted(_rows(0))


@pytest.mark.parametrize("stage", [BY_OPERATOR, PLAIN], ids=["by operator", "plain"])
def test_large_files_hold_what_small_ones_would(tmp_path, monkeypatch, stage):
    rows = _rows(3, 1, 30, 2)
    homes = [Home(tmp_path / name) for name in ("together", "one by one")]
    _write(homes[0], stage, rows)
    monkeypatch.setattr("lake.stages.LARGE_PARTITION", 0)
    _write(homes[1], stage, rows)
    together, apart = ([p.relative_to(home.lake) for p in stage.paths(home)] for home in homes)
    assert together == apart
    for path in together:
        first, second = (pl.read_parquet(home.lake / path, hive_partitioning=False) for home in homes)
        assert first.equals(second)


def test_what_an_earlier_version_did_not_write_is_null_beside_rows_that_have_it(home):
    _write(home, PLAIN, _rows(0))
    later = Stage("density", {**COLUMNS, "people": "double"}, order=("interval_start", "cell_id"))
    with connect(Engine()) as connection, staged(home) as staging:
        _register(connection, _rows(1))
        write_partitions(connection, "select *, 2.5 as people from new_rows", stage=later, staging=staging)
    people = [(row[0], row[-1]) for row in _read(home, later)]
    assert set(people) == {(MIDNIGHT, None), (MIDNIGHT + timedelta(hours=1), 2.5)}
