import pytest

from crowd.policy import load_policy
from lake.errors import RefusedInputError

WHOLE = "[levels.waspada]\npeople = 1\n[levels.siaga]\npeople = 2\n[levels.awas]\npeople = 3\n"


def test_the_shipped_policy_is_sound_and_rising():
    levels = load_policy().levels
    assert 0 < levels.waspada.excess < levels.siaga.excess < levels.awas.excess


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (WHOLE.replace("people = 2", "peeple = 2"), "levels.siaga.peeple"),
        (WHOLE.replace("people = 2", "people = -2"), "levels.siaga.people"),
        (WHOLE.replace("people = 2", "people = 'many'"), "levels.siaga.people"),
        (WHOLE.replace("people = 2", "people = nan"), "levels.siaga.people"),
        (WHOLE.replace("[levels.awas]", "[levels.panic]"), "levels.awas"),
        (WHOLE + "[targets]\nreach = 1.5\n", "targets.reach"),
        (WHOLE.replace("people = 2", "people = 9"), "people of siaga is higher than that of awas"),
        ("levels = [", "not TOML"),
    ],
)
def test_a_wrong_policy_is_refused_and_its_key_named(tmp_path, text, told):
    path = tmp_path / "policy.toml"
    path.write_text(text)
    with pytest.raises(RefusedInputError, match=told.replace(".", r"\.")):
        load_policy(path)
