import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.errors import RefusedInputError
from lake.templates import template_expression


def _fill(template, row):
    columns = {name.casefold(): name for name in row}
    given_row = ", ".join(f'${n} as "{name}"' for n, name in enumerate(row, start=1))
    query = f"select {template_expression(template, columns=columns)} from (select {given_row})"
    with duckdb.connect() as connection:
        return connection.execute(query, list(row.values())).fetchall()[0][0]


@pytest.mark.parametrize(
    ("template", "row", "filled"),
    [
        ("{ci}", {"CI": "12"}, "12"),
        ("001-01-{ci}", {"ci": "12"}, "001-01-12"),
        ("{mcc:03}-{net:02}-{ci}", {"mcc": "1", "net": "1", "ci": "12"}, "001-01-12"),
        ("{net:02}", {"net": "123"}, "123"),
        ("{a}{b}", {"a": "x", "b": "y"}, "xy"),
        ("it's {a}", {"a": "x"}, "it's x"),
        ("{eNodeB ID}-{a}", {"enodeb id": "7", "a": " 8 "}, "7-8"),
        ("{a}-{b}", {"a": "x", "b": ""}, None),
        ("{a}-{b}", {"a": "x", "b": None}, None),
        ("no place", {"a": "x"}, "no place"),
    ],
)
def test_a_template_is_filled_from_the_columns_of_a_row(template, row, filled):
    assert _fill(template, row) == filled


@pytest.mark.parametrize(
    "template", ["{ci", "ci}", "{}", "{{ci}}", "{ci:}", "{ci:2}", "{ci:0}", "{ci:02d}", "{ci:0123}"]
)
def test_an_open_brace_or_a_strange_width_is_refused(template):
    with pytest.raises(RefusedInputError, match="write a place as"):
        template_expression(template, columns={"ci": "ci"})


def test_an_unknown_column_is_told_with_the_known_ones():
    with pytest.raises(RefusedInputError, match="no column 'eci' among CI, net"):
        template_expression("001-01-{eci}", columns={"ci": "CI", "net": "net"})


@settings(max_examples=60, deadline=None)
@given(number=st.integers(0, 10**6), width=st.integers(1, 9))
def test_padding_is_that_of_python(number, width):
    assert _fill(f"{{n:0{width}}}", {"n": str(number)}) == f"{number:0{width}}"
