import re

import pytest

from crowd.policy import load_policy
from lake.errors import RefusedInputError

# Six lines; what a case adds begins on line 7.
WHOLE = "[levels.waspada]\npeople = 10\n[levels.siaga]\npeople = 20\n[levels.awas]\npeople = 30\n"
RULE = "[[rules]]\nname = 'nights'\nhours = '22:00-05:00'\n"
PLACE = "[[places]]\nname = 'stadium'\nlat = -6\nlon = 106\n"
EVENT = "[[events]]\nname = 'fair'\nlat = -6\nlon = 106\nradius_m = 500\npeople = 900\n"


def _refused(tmp_path, added, told):
    path = tmp_path / "policy.toml"
    path.write_text(WHOLE + added)
    with pytest.raises(RefusedInputError, match=re.escape(f"{path}, {told}")):
        load_policy(path)


@pytest.mark.parametrize(
    ("added", "told"),
    [
        (RULE + "levels.siaga.people = -1", "line 10: 'rules[1].levels.siaga.people': input should be greater than"),
        (RULE + "[rules.levels.siaga]\n# less\npeople = -1", "line 12: 'rules[1].levels.siaga.people'"),
        (RULE + "levels = {siaga = {people = -1}}", "line 10: 'rules[1].levels.siaga.people'"),
        (
            RULE + "levels.awas.people = 40\n" + RULE + "[rules.levels]\nawas.people = -1",
            "line 15: 'rules[2].levels.awas.people'",
        ),
        (RULE + "levels.siaga.people = 31", "line 10: 'rules[1].levels.siaga.people': with this rule people of siaga"),
        (RULE + "levels.siaga.people = 9", "line 10: 'rules[1].levels.siaga.people': with this rule people of waspada"),
        (RULE + "levels.awas.people = 5", "line 10: 'rules[1].levels.awas.people': with this rule people of siaga"),
        (RULE + "levels.siaga.peeple = 9", "line 10: 'rules[1].levels.siaga.peeple': no such key"),
        (RULE + "levels.panic.people = 9", "line 10: 'rules[1].levels.panic': no such key"),
        (RULE, "line 8: 'rules[1].name': this rule changes nothing"),
        (RULE + "levels.awas.people = 30", "line 8: 'rules[1].name': this rule changes nothing"),
        ("[[rules]]\nlevels.awas.people = 40\nname = 'all'", "line 9: 'rules[1].name': this rule holds everywhere"),
        ("\n[[rules]]\nhours = '22:00-05:00'", "line 8: 'rules[1].name': is missing"),
        ("[rules]\nname = 'nights'", "line 7: 'rules': write [[rules]]"),
        (RULE + "weekdays = [\n 'friday', # prayers\n 'freeday',\n]", "line 12: 'rules[1].weekdays[2]'"),
        (RULE + "weekdays = []", "line 10: 'rules[1].weekdays'"),
        (RULE + "areas = []", "line 10: 'rules[1].areas'"),
        (RULE + "areas = [\n '99.01',\n 99.02]", "line 12: 'rules[1].areas[2]'"),
        (RULE.replace("05:00", "5:00"), "line 9: 'rules[1].hours': '22:00-5:00' is no span of hours"),
        (RULE.replace("05:00", "25:00"), "line 9: 'rules[1].hours': '22:00-25:00' is no span of hours"),
        (RULE.replace("05:00", "22:00"), "line 9: 'rules[1].hours': '22:00-22:00' starts where it ends"),
        (RULE + "from = 2020-05-02\nto = 2020-05-01", "line 11: 'rules[1].to': 2020-05-01 is before 2020-05-02"),
        (RULE + "from = 2020-05-02T10:00:00", "line 10: 'rules[1].from'"),
        (RULE + "polygon = [[106, -6], [107, -6]]", "line 10: 'rules[1].polygon': 2 points are no outline"),
        (RULE + "polygon = [[106, -6], [107, -7], [107, -6], [106, -7]]", "line 10: 'rules[1].polygon': the outline"),
        (RULE + "polygon = [\n [106, -6],\n [-7, 107],\n [107, -6],\n]", "line 12: 'rules[1].polygon[2][2]'"),
        (RULE + "polygon = [[106, -6], [107, -7], [107]]", "line 10: 'rules[1].polygon[3][2]': is missing"),
        (
            "[detection]\nwithout_usual = 'density'\n" + RULE + "levels.waspada.people = 0",
            "line 10: 'rules[1].name': without_usual = 'density' leaves waspada with nothing",
        ),
    ],
)
def test_a_wrong_rule_is_refused_and_its_line_and_key_named(tmp_path, added, told):
    _refused(tmp_path, added, told)


@pytest.mark.parametrize(
    ("added", "told"),
    [
        (PLACE + "treat = 'ignore'", "line 7: 'places[1].radius_m': is missing: give lat, lon and radius_m"),
        (PLACE + "radius_m = 20001\ntreat = 'ignore'", "line 11: 'places[1].radius_m'"),
        (PLACE + "radius_m = 0\ntreat = 'ignore'", "line 11: 'places[1].radius_m'"),
        (
            PLACE + "treat = 'ignore'\npolygon = [[106, -6], [107, -6], [107, -7]]",
            "line 12: 'places[1].polygon': is one ground too many",
        ),
        (PLACE.replace("-6", "-96") + "radius_m = 9\ntreat = 'ignore'", "line 9: 'places[1].lat'"),
        (PLACE + "radius_m = 9\ntreat = 'capacity'", "line 7: 'places[1].capacity': is missing"),
        (PLACE + "radius_m = 9\ntreat = 'strict'", "line 7: 'places[1].factor': is missing"),
        (PLACE + "radius_m = 9\ntreat = 'strict'\nfactor = 1.1", "line 13: 'places[1].factor'"),
        (PLACE + "radius_m = 9\ntreat = 'ignore'\ncapacity = 9", "line 13: 'places[1].capacity': has no meaning"),
        (PLACE + "radius_m = 9\ntreat = 'shout'", "line 12: 'places[1].treat'"),
        (PLACE + "radius_m = 9\ntreat = 'ignore'\nhours = 'always'", "line 13: 'places[1].hours'"),
        (EVENT + "start = 2020-05-01T17:00:00", "line 7: 'events[1].end': is missing"),
        (EVENT + "start = 2020-05-01\nend = 2020-05-02T00:00:00", "line 13: 'events[1].start'"),
        (
            EVENT + "start = 2020-05-01T17:00:00\nend = 2020-05-01T17:00:00",
            "line 14: 'events[1].end': 2020-05-01 17:00:00 is not after the start",
        ),
        (
            EVENT + "start = 2020-05-01T17:00:00\nend = 2020-05-01T19:00:00Z",
            "line 14: 'events[1].end': start and end are both local",
        ),
        (
            EVENT.replace("900", "0") + "start = 2020-05-01T17:00:00\nend = 2020-05-01T19:00:00",
            "line 12: 'events[1].people'",
        ),
    ],
)
def test_a_wrong_place_or_event_is_refused_and_its_line_and_key_named(tmp_path, added, told):
    _refused(tmp_path, added, told)


def test_a_rule_may_take_back_what_an_earlier_one_changed(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(WHOLE + RULE + "levels.awas.people = 40\n" + RULE + "levels.awas.people = 30\n")
    assert len(load_policy(path).rules) == 2
