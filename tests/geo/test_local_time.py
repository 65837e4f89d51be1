from pathlib import Path

import polars as pl
import pytest

from geo.local_time import timezone_of


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("11.01", "Asia/Jakarta"),
        ("31.74", "Asia/Jakarta"),
        ("61.71", "Asia/Jakarta"),
        ("62.02.03", "Asia/Jakarta"),
        ("51.71", "Asia/Makassar"),
        ("64.08.01", "Asia/Makassar"),
        ("73.71", "Asia/Makassar"),
        ("81.71", "Asia/Jayapura"),
        ("91.71", "Asia/Jayapura"),
        ("97.01", "Asia/Jayapura"),
    ],
)
def test_an_area_keeps_the_time_of_its_province(code, zone):
    assert timezone_of(code, default="UTC") == zone


@pytest.mark.parametrize("code", [None, "", "99.01", "00"])
def test_an_area_that_is_none_of_indonesias_keeps_the_default(code):
    assert timezone_of(code, default="Asia/Makassar") == "Asia/Makassar"


def test_every_province_of_the_real_map_has_a_zone():
    provinces = Path(__file__).parents[3] / "shared" / "data" / "idn_admin" / "idn_prov.parquet"
    if not provinces.exists():
        pytest.skip(f"real areas are not there: {provinces}")
    codes = pl.read_parquet(provinces, columns=["code"])["code"]
    assert {timezone_of(code, default="?") for code in codes} == {"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"}
