from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from small_week import NOW, WEEK

from crowd.mobility.asked import parse_reference
from crowd.mobility.reference import choose_reference, compare_weeks
from crowd.mobility.weeks import parse_week
from lake.errors import RefusedInputError


def week(label):
    return parse_week(label, timezone="Asia/Jakarta")


def chosen(named, with_data, *, now=NOW):
    return choose_reference(WEEK, named=named, with_data=with_data, now=now)


def test_the_usual_comes_from_those_of_the_five_weeks_before_that_have_data():
    known = [WEEK.earlier(n) for n in (1, 2, 4, 6)] + [WEEK]
    assert chosen(None, known) == (WEEK.earlier(4), WEEK.earlier(2), WEEK.earlier(1))


def test_nothing_is_usual_where_there_is_no_earlier_week():
    assert chosen(None, [WEEK]) == ()


def test_named_weeks_are_taken_oldest_first_and_once_those_without_data_left_out():
    weeks = [week("2020-W10"), week("2020-W09"), week("2020-W10"), week("2019-W02")]
    assert chosen(weeks, weeks[:2]) == (week("2020-W09"), week("2020-W10"))


def test_a_later_week_can_be_usual_once_it_is_over():
    later = WEEK.earlier(-1)
    assert chosen([later], [later]) == (later,)


@pytest.mark.parametrize(
    ("named", "now", "said"),
    [
        ([WEEK], NOW, "2020-W14 cannot be its own reference"),
        ([WEEK.earlier(-1)], WEEK.end, "2020-W15 is not over yet"),
        ([WEEK.earlier(9)], NOW, "none of the reference weeks has data: weeks with data are 2020-W13"),
        ([], NOW, "no reference week is named"),
    ],
)
def test_a_reference_that_can_be_none_is_refused(named, now, said):
    with pytest.raises(RefusedInputError, match=said):
        chosen(named, [WEEK.earlier(1)], now=now)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("2020-W09..2020-W11", ["2020-W09", "2020-W10", "2020-W11"]),
        ("2019-W52..2020-W01", ["2019-W52", "2020-W01"]),
        ("2020-W11, 2020-W09", ["2020-W09", "2020-W11"]),
        ("2020-W09", ["2020-W09"]),
    ],
)
def test_reference_weeks_are_named_as_a_range_or_one_by_one(text, labels):
    assert [one.label for one in parse_reference(text, timezone="Asia/Jakarta")] == labels


@pytest.mark.parametrize(("text", "said"), [("2020-W11..2020-W09", "ends before it begins"), ("2020-09", "no week")])
def test_what_names_no_reference_is_refused(text, said):
    with pytest.raises(RefusedInputError, match=said):
        parse_reference(text, timezone="Asia/Jakarta")


@settings(deadline=None)
@given(hnp.arrays(float, (5, 6), elements=st.one_of(st.just(float("nan")), st.floats(1, 1e6))))
def test_medians_over_weeks_are_numpys(values):
    rows = pl.DataFrame(
        {
            "week": np.repeat(np.arange(5, dtype=np.uint8), 6),
            "people": pl.Series(values.ravel()).fill_nan(None),
            "is_hidden": np.zeros(30, dtype=bool),
        }
    )
    found = compare_weeks(rows, places=np.tile(np.arange(6, dtype=np.uint32), 5), shape=(5, 6))
    for place in range(6):
        known = values[:, place][~np.isnan(values[:, place])]
        usual, scatter, status = found.row(place)
        assert status == ("shown" if len(known) >= 3 else "short")
        if len(known) < 3:
            assert (usual, scatter) == (None, None)
            continue
        assert usual == pytest.approx(np.median(known))
        spread = 1.4826 * np.median(np.abs(known - np.median(known)))
        least = abs(usual) / 50
        assert scatter == (pytest.approx(max(spread, least)) if least > 0 or spread > 0 else None)


def test_a_week_is_over_with_its_last_hour():
    last = WEEK.earlier(1)
    assert chosen([last], [last], now=last.end) == (last,)
    with pytest.raises(RefusedInputError, match="not over"):
        chosen([last], [last], now=last.end - timedelta(hours=1))
