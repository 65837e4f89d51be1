from datetime import timedelta

import polars as pl
from small_week import DISTRICTS, INSTANT, SMALL_AREAS, at

from crowd.mobility.gathering_figures import doubtful_where, gathering_hours, hidden_where, largest_gatherings
from crowd.mobility.model import GATHERINGS, INDICATORS

HERE, THERE = DISTRICTS[0], DISTRICTS[2]
EVERYBODY_REPORTED = pl.Series([True] * SMALL_AREAS.height)
NOBODY_WARNED = pl.DataFrame(schema={"gathering_id": pl.String, "warnings": pl.UInt32, "sent": pl.UInt32})
NOTHING_HIDDEN = pl.DataFrame(schema={"gathering_id": pl.String, "interval_start": INSTANT})


def seen(*rows):
    """Hours of gatherings, each (id, instant, level, people, area)."""
    return pl.DataFrame(
        [
            {
                "gathering_id": name,
                "interval_start": instant,
                "level": level,
                "people": people,
                "people_low": people * 0.8,
                "people_high": people * 1.2,
                "usual": people / 4,
                "lat": -5.5,
                "lon": 109.0,
                "area_code": code,
                "place": f"Lapangan {name}",
                "started_at": rows[0][1] - timedelta(hours=3),
                "found": code,
                "around": code,
            }
            for name, instant, level, people, code in rows
        ],
        schema_overrides={"interval_start": INSTANT, "started_at": INSTANT, "people": pl.Float64},
    )


def hours_of(table, alarm, code, *, has_data=EVERYBODY_REPORTED):
    rows = gathering_hours(table, SMALL_AREAS, has_data=has_data)
    assert dict(rows.schema) == INDICATORS
    row = rows.filter(indicator=f"gathering_hours_{alarm}", area_code=code)
    return row["value"].item(), row["status"].item()


def largest(
    table,
    *,
    areas=SMALL_AREAS,
    hidden=NOTHING_HIDDEN,
    doubtful=NOTHING_HIDDEN,
    warned=NOBODY_WARNED,
    may_tell_people=True,
):
    found = largest_gatherings(
        table, areas, hidden=hidden, doubtful=doubtful, warned=warned, may_tell_people=may_tell_people
    )
    assert dict(found.schema) == GATHERINGS
    return found.to_dicts()


def test_every_hour_of_every_gathering_counts_in_its_area_and_all_above():
    table = seen(
        ("a", at(1, 18), "waspada", 900.0, HERE),
        ("a", at(1, 19), "siaga", 2_000.0, HERE),
        ("b", at(1, 19), "siaga", 1_500.0, HERE),
        ("b", at(1, 20), "siaga", 1_500.0, THERE),
    )
    for code, count in ((HERE, 2), (THERE, 1), ("99.01", 2), ("99.02", 1), ("99", 3), (DISTRICTS[1], 0)):
        assert hours_of(table, "siaga", code) == (count, "shown")
    assert hours_of(table, "waspada", "99") == (1, "shown")
    assert hours_of(table, "awas", "99") == (0, "shown")


def test_of_an_area_that_nobody_reported_no_gathering_hours_are_told():
    has_data = pl.Series([code != THERE for code in SMALL_AREAS["area_code"]])
    table = seen(("a", at(1, 18), "siaga", 900.0, HERE))
    assert hours_of(table, "siaga", THERE, has_data=has_data) == (None, "missing")
    assert hours_of(table, "siaga", HERE, has_data=has_data) == (1, "shown")


def test_a_gathering_is_told_with_its_fullest_hour_and_highest_level():
    table = seen(
        ("a", at(1, 18), "waspada", 900.0, DISTRICTS[1]),
        ("a", at(1, 19), "siaga", 2_010.0, HERE),
        ("a", at(1, 20), "awas", 1_900.0, THERE),
    )
    (row,) = largest(table)
    assert (row["area_code"], row["highest_level"], row["hours"]) == (HERE, "awas", 3)
    assert (row["peak_at"], row["peak_people"], row["peak_low"], row["peak_high"]) == (at(1, 19), 2000, 1600, 2400)
    assert (row["started_at"], row["place"]) == (at(1, 15), "Lapangan a")


def test_the_largest_come_first_and_those_without_people_last():
    table = seen(
        ("a", at(1, 18), "siaga", 900.0, HERE),
        ("b", at(1, 18), "siaga", 5_000.0, THERE),
        ("c", at(1, 18), "siaga", 90_000.0, HERE),
    )
    hidden = table.filter(gathering_id="c").select("gathering_id", "interval_start")
    assert [row["gathering_id"] for row in largest(table, hidden=hidden)] == ["b", "a", "c"]


def test_people_are_not_told_of_an_hour_in_which_an_area_around_is_hidden():
    table = seen(("a", at(1, 18), "siaga", 900.0, HERE), ("b", at(1, 19), "siaga", 800.0, HERE))
    for code in (HERE, "99.01", "99"):
        hours = pl.DataFrame(
            {"area_code": [code, DISTRICTS[1]], "interval_start": [at(1, 18), at(1, 19)], "is_hidden": [True, True]},
            schema_overrides={"interval_start": INSTANT},
        )
        hidden = hidden_where(table, SMALL_AREAS, hours)
        rows = {row["gathering_id"]: row for row in largest(table, hidden=hidden)}
        assert [rows["a"][name] for name in ("peak_people", "peak_low", "peak_high", "usual")] == [None] * 4
        assert rows["b"]["peak_people"] == 800


def test_a_gathering_is_doubtful_where_many_cells_around_were_silent_in_its_fullest_hour():
    table = seen(
        ("a", at(1, 18), "siaga", 900.0, HERE),
        ("a", at(1, 19), "siaga", 950.0, HERE),
        ("b", at(1, 19), "siaga", 800.0, HERE),
        ("c", at(1, 19), "siaga", 700.0, THERE),
        ("d", at(1, 20), "siaga", 600.0, HERE),
    )
    for code in (HERE, "99.01"):
        hours = pl.DataFrame(
            [(code, at(1, 18), 0.97), (code, at(1, 19), 0.6), (code, at(1, 20), None), (THERE, at(1, 19), 0.9)],
            schema={"area_code": pl.String, "interval_start": INSTANT, "coverage": pl.Float64},
            orient="row",
        )
        rows = largest(table, doubtful=doubtful_where(table, SMALL_AREAS, hours))
        assert {row["gathering_id"] for row in rows if row["is_doubtful"]} == {"a", "b"}


def test_beside_noise_no_gathering_tells_its_people():
    rows = largest(seen(("a", at(1, 18), "siaga", 900.0, HERE)), may_tell_people=False)
    assert [row["peak_people"] for row in rows] == [None]


def test_a_report_of_one_area_tells_of_gatherings_whose_fullest_hour_lies_in_it():
    table = seen(("a", at(1, 18), "siaga", 900.0, HERE), ("a", at(1, 19), "siaga", 800.0, THERE))
    inside = SMALL_AREAS.filter(pl.col("area_code").str.starts_with("99.02"))
    assert largest(table, areas=inside) == []
    assert largest(table) == largest(table, areas=SMALL_AREAS.filter(pl.col("area_code").str.starts_with("99.01")))


def test_a_gathering_says_how_many_warnings_were_drafted_and_sent():
    warned = pl.DataFrame({"gathering_id": ["a"], "warnings": [3], "sent": [1]})
    table = seen(("a", at(1, 18), "siaga", 900.0, HERE), ("b", at(1, 18), "siaga", 90.0, HERE))
    assert [(row["warnings"], row["sent"]) for row in largest(table, warned=warned)] == [(3, 1), (0, 0)]
