import re
from importlib.resources import files

import pytest

from crowd.policy import LEVELS, load_policy
from lake.errors import RefusedInputError

WHOLE = "[levels.waspada]\npeople = 1\n[levels.siaga]\npeople = 2\n[levels.awas]\npeople = 3\n"


def test_the_shipped_policy_is_sound_and_rising():
    levels = load_policy().levels
    assert 0 < levels.waspada.excess < levels.siaga.excess < levels.awas.excess


def test_what_a_policy_leaves_out_is_as_the_shipped_one_says(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(WHOLE)
    short, shipped = load_policy(path), load_policy()
    for table in ("life", "detection", "targets", "rules", "places", "events"):
        assert getattr(short, table) == getattr(shipped, table)


def test_the_examples_in_the_shipped_policy_can_be_taken_as_they_stand(tmp_path):
    text = files("crowd").joinpath("policy.toml").read_text("utf-8")
    usable = re.sub(r"^# (\[\[|[a-z_.0-9]+ = )", r"\1", text, flags=re.MULTILINE)
    path = tmp_path / "policy.toml"
    path.write_text(usable)
    policy = load_policy(path)
    assert [len(policy.rules), len(policy.places), len(policy.events)] == [1, 3, 1]
    assert policy.targets.max_cells == 200


def test_a_policy_saved_on_windows_is_read(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    assert [getattr(load_policy(path).levels, name).people for name in LEVELS] == [1, 2, 3]
    path.write_bytes(b"# mine\r\n\r\n" + WHOLE.replace("= 2", "= -2").replace("\n", "\r\n").encode())
    with pytest.raises(RefusedInputError, match=r"line 6: 'levels\.siaga\.people'"):
        load_policy(path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (WHOLE.replace("people = 2", "peeple = 2"), "line 4: 'levels.siaga.peeple': no such key"),
        (WHOLE.replace("people = 2", "people = -2"), "line 4: 'levels.siaga.people': input should be greater than or"),
        (WHOLE.replace("people = 2", "people = 'many'"), "line 4: 'levels.siaga.people': input should be a valid numb"),
        (WHOLE.replace("people = 2", "people = '2'"), "line 4: 'levels.siaga.people': input should be a valid number"),
        (WHOLE.replace("people = 2", "people = true"), "line 4: 'levels.siaga.people': input should be a valid number"),
        (WHOLE.replace("people = 2", "people = nan"), "line 4: 'levels.siaga.people': input should be a finite numb"),
        (WHOLE.replace("people = 2", "people = inf"), "line 4: 'levels.siaga.people': input should be a finite numb"),
        (WHOLE.replace("people = 2", "hours = 1.5"), "line 4: 'levels.siaga.hours'"),
        (
            WHOLE.replace("people = 2", "people = 2\nhours = 2"),
            "line 5: 'levels.siaga.hours': hours of siaga is higher than that",
        ),
        (WHOLE.replace("people = 2", "people = 9"), "line 4: 'levels.siaga.people': people of siaga is higher than"),
        (WHOLE.replace("[levels.awas]", "[levels.panic]"), "line 1: 'levels.awas': is missing"),
        ("# nothing yet\n", "line 1: 'levels': is missing"),
        ("levels = 3", "line 1: 'levels': input should be a table"),
        (WHOLE + "[targets]\nreach = 1.5\n", "line 8: 'targets.reach'"),
        (WHOLE + "[targets]\nreach = 0\n", "line 8: 'targets.reach'"),
        (WHOLE + "[targets]\nmax_cells = 0\n", "line 8: 'targets.max_cells'"),
        (WHOLE + "[targets]\nmax_recipients = 0\n", "line 8: 'targets.max_recipients'"),
        (WHOLE + "[targets]\nown_country_only = 'no'\n", "line 8: 'targets.own_country_only'"),
        (WHOLE + "[life]\n# kept\nclear = 1.01\n", "line 9: 'life.clear'"),
        (WHOLE + "life.gap_hours = 25\n", "line 7: 'levels.awas.life': no such key"),
        ("life.gap_hours = 25\n" + WHOLE, "line 1: 'life.gap_hours'"),
        (WHOLE + "[detection]\nleast_score = 0\n", "line 8: 'detection.least_score'"),
        (WHOLE + "[detection]\nmost_by_chance = 0\n", "line 8: 'detection.most_by_chance'"),
        (WHOLE + "[detection]\nwithout_usual = 'loud'\n", "line 8: 'detection.without_usual'"),
        (
            WHOLE.replace("people", "excess") + "[detection]\nwithout_usual = 'density'\n",
            "line 8: 'detection.without_usual': without_usual = 'density' leaves waspada with nothing to ask for",
        ),
        ("levels = [", "line 1: this is not TOML"),
        (WHOLE + "\n[life]\nclear 0.5\n", "line 9: this is not TOML (expected '='"),
        (WHOLE + "[targets]\nreach = '''\n\n", "line 8: this is not TOML ("),
    ],
)
def test_a_wrong_policy_is_refused_and_its_line_and_key_named(tmp_path, text, told):
    path = tmp_path / "policy.toml"
    path.write_text(text)
    with pytest.raises(RefusedInputError, match=re.escape(f"{path}, {told}")):
        load_policy(path)


def test_a_policy_that_is_no_utf8_is_refused_on_its_line(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_bytes(WHOLE.encode() + b"# caf\xe9\n")
    with pytest.raises(RefusedInputError, match=r"line 7: this is not TOML"):
        load_policy(path)


def test_a_policy_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(RefusedInputError, match="cannot read the policy"):
        load_policy(tmp_path / "policy.toml")
