"""Areas found by what somebody types."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from review_lake import load_level, load_town, new_memory

from crowd.review.areas import search_areas
from lake.home import Home

NAMES = {
    "99": "laut contoh",
    "99.01": "kota contoh",
    "99.02": "kabupaten elok",
    "99.01.01": "alun timur",
    "99.01.02": "contoh",
    "99.02.01": "alun barat",
    "99.02.02": "timur raya",
}


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("town"))
    load_town(home)
    return home


@pytest.fixture(scope="module")
def memory():
    return new_memory()


def codes(memory, home, text):
    return [each.code for each in search_areas(memory, home, text)]


@settings(max_examples=60, deadline=None)
@given(words=st.lists(st.sampled_from(["alun", "al", "timur", "t", "contoh", "kota", "con", "raya", "oh"]), min_size=1))
def test_an_area_is_found_where_each_word_begins_a_word_of_its_name(town, memory, words):
    slowly = {
        code
        for code, name in NAMES.items()
        if all(any(part.startswith(word) for part in name.split()) for word in words)
    }
    assert set(codes(memory, town, " ".join(words))) == slowly


@pytest.mark.parametrize("text", ["élok", "ELOK", "elok", "  Elok kab.", "kabupaten-elok", "Élok"])
def test_case_accents_signs_and_order_do_not_matter(town, memory, text):
    assert codes(memory, town, text) == ["99.02"]


def test_what_is_called_exactly_so_comes_first_then_the_coarser(town, memory):
    assert codes(memory, town, "contoh") == ["99.01.02", "99", "99.01"]


def test_codes_are_found_too_the_exact_one_first(town, memory):
    found = codes(memory, town, "99.01")
    assert found[0] == "99.01"
    assert set(found) == {"99.01", "99.01.01", "99.01.02"}


def test_what_was_found_tells_what_it_lies_in(town, memory):
    (only,) = search_areas(memory, town, "raya")
    assert [place.code for place in only.places] == ["99.01", "99"]
    assert only.box == pytest.approx((106.8, -6.0, 106.9, -5.9))


@pytest.mark.parametrize("text", ["", " ", ".*", "[", "\\", "%", "\x00", "𝒳" * 60, "nowhere"])
def test_what_names_nothing_finds_nothing(town, memory, text):
    assert codes(memory, town, text) == []


def test_no_more_than_twenty_are_found(tmp_path, memory):
    home = Home(tmp_path / "home")
    home.root.mkdir()
    load_level(home, "village", [(f"99.{n:02}", f"Desa {n}", None, (100 + n, 0, 101 + n, 1)) for n in range(30)])
    assert len(codes(memory, home, "desa")) == 20


def test_without_areas_nothing_is_found(tmp_path, memory):
    assert codes(memory, Home(tmp_path), "alun") == []
