import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowd.policy.lines import key_lines, line_of

AROUND = '''\
# a = 1
title = "a # no comment, [no.table], \\" and = too" # b = 2
"quoted.key" = 'C:\\'
long = """
[not.a.table]
x = 1
"""
short.dotted . "deep key" = 1.5
when = 2020-04-01 10:00:00

[levels] # a table
levels = [1, [2,
  3], { inner = "}" , other = ["]", "#"] }]
  [ levels.siaga ]
  people = 7
[[rules]]
name = "one"
[rules.levels.awas]
score = 1
[[rules.points]]
x = 1
[[rules.points]]
x = 2
[[rules]]
levels.awas = {score = 2, hours = 3}
[rules.more]
end = true'''


def _paths(value, around=()):
    """Every path of what tomllib reads."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in below:
        yield (*around, key)
        yield from _paths(inner, (*around, key))


def test_every_key_that_is_read_has_a_line_and_no_other():
    assert set(key_lines(AROUND)) == set(_paths(tomllib.loads(AROUND)))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("quoted.key",), 3),
        (("long",), 4),
        (("short", "dotted", "deep key"), 8),
        (("levels",), 11),
        (("levels", "levels", 1, 0), 12),
        (("levels", "levels", 1, 1), 13),
        (("levels", "levels", 2, "other", 1), 13),
        (("levels", "siaga"), 14),
        (("levels", "siaga", "people"), 15),
        (("rules",), 16),
        (("rules", 0, "levels"), 18),
        (("rules", 0, "levels", "awas", "score"), 19),
        (("rules", 0, "points", 1), 22),
        (("rules", 0, "points", 1, "x"), 23),
        (("rules", 1), 24),
        (("rules", 1, "levels", "awas", "hours"), 25),
        (("rules", 1, "more", "end"), 27),
    ],
)
def test_a_key_is_found_on_its_line(path, line):
    assert key_lines(AROUND)[path] == line


def test_a_key_that_is_missing_is_told_by_the_table_around_it():
    lines = key_lines(AROUND)
    assert line_of(lines, ("rules", 1, "more", "name")) == 26
    assert line_of(lines, ("places", 0, "name")) == 1


STRINGS = st.text(st.sampled_from("ab#=[]{}'\"\\\n,. é"), max_size=12)


def _quoted(text, quote):
    """A TOML string of this text: with escapes, or over several lines."""
    if quote == '"""':
        return '"""\n' + text.replace("\\", "\\\\").replace('"', '\\"') + '"""'
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


@given(st.lists(st.tuples(STRINGS, st.sampled_from(['"', '"""']), st.sampled_from(["", "\n", " # x = [\n"]))))
def test_no_string_or_comment_shifts_a_line(parts):
    text, expected = "", {}
    for n, (string, quote, gap) in enumerate(parts):
        text += f"{gap}[[rules]]\n"
        expected["rules", n, "name"] = text.count("\n") + 1
        text += f"name = {_quoted(string, quote)}\n"
    assert [rule["name"] for rule in tomllib.loads(text).get("rules", [])] == [string for string, *_ in parts]
    lines = key_lines(text)
    assert {path: lines[path] for path in expected} == expected
