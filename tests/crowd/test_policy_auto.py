import re

import pytest

from crowd.policy import check_policy, load_policy
from crowd.policy.auto import Auto
from lake.errors import RefusedInputError

WHOLE = "[levels.waspada]\npeople = 10\n[levels.siaga]\npeople = 20\n[levels.awas]\npeople = 30\n"
DRILL = "[[auto]]\nname = 'drill'\nlevels = ['siaga']\n"


@pytest.fixture
def policy_of(tmp_path):
    def read(text):
        path = tmp_path / "policy.toml"
        path.write_text(WHOLE + text)
        return load_policy(path)

    return read


def test_the_shipped_policy_approves_nothing():
    assert load_policy().auto == ()


def test_a_name_that_the_ledger_has_no_room_for_is_refused(policy_of):
    with pytest.raises(RefusedInputError, match="auto"):
        policy_of(DRILL.replace("drill", "d" * 101))


@pytest.mark.parametrize(
    ("area_code", "level", "is_covered"),
    [
        ("99.01", "siaga", True),
        ("99.01.05", "siaga", True),
        ("99.01.05", "awas", False),
        ("99.011", "siaga", False),
        ("99.02", "siaga", False),
        (None, "siaga", False),
    ],
)
def test_it_covers_its_areas_with_all_below_them_and_its_levels_alone(area_code, level, is_covered):
    auto = Auto(name="drill", areas=("99.01",), levels=("siaga",))
    assert auto.covers(area_code=area_code, level=level) == is_covered


def test_without_areas_it_covers_everywhere(policy_of):
    (auto,) = policy_of(DRILL).auto
    assert auto.covers(area_code=None, level="siaga")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[auto]]\nname = 'drill'\nlevels = ['normal']\n", "line 9: 'auto[1].levels[1]'"),
        ("[[auto]]\nname = 'drill'\n", "line 7: 'auto[1].levels': is missing"),
        ("[[auto]]\nname = ''\nlevels = ['siaga']\n", "line 8: 'auto[1].name'"),
        ("[auto]\nname = 'drill'\nlevels = ['siaga']\n", "write [[auto]], with two brackets on each side"),
    ],
)
def test_a_mistake_is_told_with_its_line(policy_of, text, told):
    with pytest.raises(RefusedInputError, match=re.escape(told)):
        policy_of(text)


def test_an_area_that_nobody_loaded_is_refused_by_the_name_of_its_entry(policy_of, home):
    policy = policy_of(DRILL + "areas = ['99.09']\n")
    with pytest.raises(RefusedInputError, match="'drill' names the area 99\\.09, but no areas are loaded"):
        check_policy(policy, home=home)
