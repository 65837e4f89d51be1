import re
from pathlib import Path

import pytest

from crowd.mobility.definitions import absent_figures, definitions_markdown, load_definitions, unit_names

PAGE = Path(__file__).parents[3] / "docs" / "method" / "indicators.md"
LISTED = """
presence change_pct robust_z presence_mean presence_day presence_night people_per_km2 day_night_ratio peak_hour
peak_people net_change coverage silent_cell_hours suppressed_share gathering_hours_waspada gathering_hours_siaga
gathering_hours_awas warnings_drafted warnings_approved warnings_sent warnings_delivered flow_in flow_out flow_net
flow_inside_share flow_in_change_pct flow_out_change_pct flow_net_change flow_inside_change_pp flow_areas_reached
"""
TEXTS = ("title", "definition", "formula", "says", "says_not")


def test_every_indicator_is_defined():
    assert set(load_definitions()) == set(LISTED.split())


@pytest.mark.parametrize("name", LISTED.split())
def test_an_indicator_says_in_both_languages_what_it_can_say_and_what_it_cannot(name):
    one = load_definitions()[name]
    for text in TEXTS:
        told = getattr(one, text)
        assert set(told) == {"id", "en"}
        assert len({told["id"], told["en"]}) == 2
        assert all(words and "  " not in words and not re.search("[—–]", words) for words in told.values())
    assert one.unit in unit_names()
    assert set(one.periods) <= {"hour", "day", "week"}


def test_it_is_said_why_residents_distances_and_different_people_are_not_there():
    assert [one.name for one in absent_figures()] == ["residents", "distances", "unique_people"]
    assert all(set(one.why) == set(one.title) == {"id", "en"} for one in absent_figures())


def test_the_page_of_the_method_is_made_of_the_definitions():
    assert PAGE.read_text(encoding="utf-8") == definitions_markdown()
