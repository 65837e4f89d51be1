from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from crowd.explore import beside_truth
from geo.hexagons import children_of, disks_around, hexes_at, parents_of

AT = datetime(2020, 3, 31, 12, tzinfo=UTC)
MIDDLE = hexes_at(np.array([-6.0]), np.array([106.8]), 9)
FINE = np.unique(disks_around(MIDDLE, 3))


def rows(hexes, people, *, at=AT):
    return pl.DataFrame(
        {"interval_start": [at] * len(hexes), "hex": pl.Series(hexes, dtype=pl.UInt64), "people": people}
    )


def test_truth_stands_beside_each_estimate():
    both = beside_truth(rows(FINE, [2.0] * len(FINE)), rows(FINE, list(range(len(FINE)))))
    assert both.sort("hex")["truth"].to_list() == [float(n) for n in range(len(FINE))]


def test_truth_is_summed_to_coarse_ground():
    coarse = parents_of(MIDDLE, 8)
    inside = children_of(coarse, 9)
    both = beside_truth(rows(coarse, [70.0]), rows(inside, [3] * len(inside)))
    assert both.select("people", "truth").row(0) == (70.0, 3.0 * len(inside))


def test_nobody_is_lost_where_fine_and_coarse_ground_meet():
    coarse = np.unique(parents_of(FINE, 8))
    drawn = np.concatenate([FINE[np.isin(parents_of(FINE, 8), coarse[:2])], coarse[2:]])
    both = beside_truth(rows(drawn, [1.0] * len(drawn)), rows(FINE, [5] * len(FINE)))
    assert both["truth"].sum() == 5 * len(FINE)
    assert both.height == len(drawn)


def test_truth_on_ground_that_was_not_estimated_stays_without_a_number():
    both = beside_truth(rows(FINE[:1], [4.0]), rows(FINE[:2], [3, 6]))
    assert both.filter(pl.col("people").is_null())["truth"].to_list() == [6.0]


def test_hours_without_an_estimate_are_left_out():
    later = AT.replace(hour=13)
    truth = pl.concat([rows(FINE[:1], [3]), rows(FINE[:1], [9], at=later)])
    assert beside_truth(rows(FINE[:1], [4.0]), truth)["truth"].to_list() == [3.0]


def test_an_estimate_where_nobody_was_is_beside_zero():
    both = beside_truth(rows(FINE[:2], [4.0, 1.0]), rows(FINE[:1], [3]))
    assert both.sort("truth")["truth"].to_list() == [0.0, 3.0]


@pytest.mark.parametrize("which", ["estimate", "truth"])
def test_an_empty_side_is_no_error(which):
    some, none = (
        rows(FINE[:1], [4.0]),
        rows(FINE[:0], pl.Series([], dtype=pl.Float64)).cast({"interval_start": pl.Datetime("us", "UTC")}),
    )
    both = beside_truth(*((none, some) if which == "estimate" else (some, none)))
    assert both.height == (0 if which == "estimate" else 1)
