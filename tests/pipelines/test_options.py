from importlib.resources import files

import pytest

from lake.errors import RefusedInputError

RULE = '[[rules]]\nname = "harbour"\nareas = ["99.01"]\nlevels.waspada.people = 450\n'


def test_a_rule_for_areas_that_are_not_loaded_is_refused_before_a_run(options):
    shipped = files("crowd").joinpath("policy.toml").read_text("utf-8")
    (options.home / "policy.toml").write_text(shipped + RULE, encoding="utf-8")
    with pytest.raises(RefusedInputError, match=r"rule 'harbour' names the area 99\.01, but no areas are loaded"):
        options.check()
