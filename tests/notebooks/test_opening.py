from datetime import timedelta

import pytest
from reviewed_town import HOUR, make_town

from kerumun.notebook import open_lake
from lake.errors import RefusedInputError


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return make_town(tmp_path_factory.mktemp("town") / "home").as_home()


def test_a_lake_is_opened_with_the_settings_of_its_home(town, monkeypatch):
    (town.root / "kerumun.toml").write_text('k = 23\ntimezone = "Asia/Makassar"\nthreads = 1\n')
    monkeypatch.setenv("KERUMUN_HOME", str(town.root))
    lake = open_lake()
    assert (lake.k, lake.timezone, lake.engine.threads) == (23, "Asia/Makassar", 1)
    assert (lake.start, lake.end) == (HOUR, HOUR + timedelta(hours=1))
    assert lake.sql("select min(devices) as least from density")["least"][0] >= 23


def test_a_named_home_goes_before_the_variable(town, monkeypatch, tmp_path):
    monkeypatch.setenv("KERUMUN_HOME", str(tmp_path))
    assert open_lake(town.root).home == town


def test_as_many_weeks_as_asked_for_are_opened(town):
    old = town.lake / "density" / "date=2020-01-01" / "hour=00"
    old.mkdir(parents=True)
    (old / "part.parquet").write_bytes(next(town.lake.glob("density/date=2026*/hour=*/part.parquet")).read_bytes())
    assert open_lake(town.root, weeks=2).start == HOUR + timedelta(hours=1) - timedelta(weeks=2)


def test_a_home_without_a_lake_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KERUMUN_HOME", raising=False)
    with pytest.raises(RefusedInputError, match="kerumun-home: run `make demo` first, or set KERUMUN_HOME"):
        open_lake()
    assert list(tmp_path.iterdir()) == []
