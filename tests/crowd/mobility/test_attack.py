"""Attacks on what is published: nothing hidden may be known closer than to k devices' worth of people."""

from datetime import UTC, date, datetime

import numpy as np
import polars as pl
from area_tables import RATIO, base_table, instant, leaves_of, make_tree, tables, with_status
from hypothesis import given, settings
from hypothesis import strategies as st
from table_attack import COUNTRY, attack_weekly, families, hidden_ranges

from crowd.mobility.indicators import Span, derive
from crowd.mobility.model import GATHERINGS, WARNINGS, Privacy, Weekly
from crowd.mobility.suppression import LEAST_REST_DEVICES, suppress
from crowd.mobility.weeks import HOUR, Week

K = 15
ROUNDING = 1e-3


def country(table, tree):
    """People and devices of the whole country by instant."""
    tops = [code for _, code in families(tree)[COUNTRY]]
    inside = table.filter(pl.col("area_code").is_in(tops)).group_by("interval_start")
    return inside.agg(pl.col("people", "devices").sum())


def totals(table, tree):
    """People of the country in the hours in which they may be told."""
    most = max((number for number in worth(table).values()), default=0)
    is_told = (pl.col("devices") >= K) & (pl.col("people") >= most)
    return dict(country(table, tree).filter(is_told).select("interval_start", "people").iter_rows())


def known_rests(table, tree):
    """Areas that have people outside of all their children, by instant."""
    children = {parent: [code for _, code in inside] for parent, inside in families(tree).items()}
    devices = {(code, at): n for code, at, n in table.select("area_code", "interval_start", "devices").iter_rows()}
    found = {}
    for at in table["interval_start"].unique():
        for area, inside in children.items():
            counted = [devices[code, at] for code in inside if devices[code, at] is not None]
            own = devices.get((area[1], at))
            if area != COUNTRY and own is not None and own - sum(counted) >= LEAST_REST_DEVICES:
                found.setdefault(at, []).append(area)
    return found


def worth(table):
    """People that k devices of each area stand for, by area and instant."""
    rows = table.filter(pl.col("devices") > 0).with_columns(worth=K * pl.col("people") / pl.col("devices"))
    return {
        ((level, code), at): number
        for level, code, at, number in rows.select("level", "area_code", "interval_start", "worth").iter_rows()
    }


def all_are_uncertain(ranges, table):
    needed = worth(table)
    for key, (low, high) in ranges.items():
        assert high - low >= needed.get(key, 0) * (1 - ROUNDING), (key, low, high, needed[key])


@given(tables())
@settings(max_examples=30, deadline=None)
def test_sums_leave_every_hidden_number_uncertain_by_k_devices(drawn):
    tree, table = drawn
    told = with_status(suppress(table, tree, k=K))
    ranges = hidden_ranges(told, tree, totals=totals(table, tree), rest_of=known_rests(table, tree))
    all_are_uncertain(ranges, table)


@given(tables())
@settings(max_examples=30, deadline=None)
def test_taking_it_that_all_live_in_some_child_helps_nobody(drawn):
    tree, table = drawn
    told = with_status(suppress(table, tree, k=K))
    inside, alone = families(tree), {}
    for at, rests in known_rests(table, tree).items():
        secret = set(told.filter(status="hidden", interval_start=at)["area_code"])
        # where only one is hidden, it is hidden for the sake of those outside or stands beside many of them
        alone[at] = [area for area in rests if sum(code in secret for _, code in inside[area]) < 2]
    ranges = hidden_ranges(told, tree, totals=totals(table, tree), rest_of=alone)
    all_are_uncertain(ranges, table)


@given(tables(hours=1, rests=False, ratios=(RATIO,)))
@settings(max_examples=80, deadline=None)
def test_knowing_the_rule_tells_no_more(drawn):
    """For each hidden number there is another truth, k devices away, of which exactly the same is published."""
    tree, table = drawn
    told = suppress(table, tree, k=K)
    for children in families(tree).values():
        counted = [code for _, code in children if _row(told, code)["people"] is not None]
        secret = [code for code in counted if _row(told, code)["is_hidden"]]
        if not secret or _is_below_hidden(told, tree, children[0][1]) or not _is_parent_shown(told, tree, children):
            continue
        lead, *others = sorted(secret)
        room = sum(_row(told, code)["devices"] for code in secret)
        worlds = [dict.fromkeys(others, 0.0)] + [dict.fromkeys(others, 0.0) | {code: K - 0.01} for code in others]
        for world in worlds:
            truth = world | {lead: room - sum(world.values())}
            again = suppress(_moved(table, tree, truth), tree, k=K)
            assert _as_told(again).equals(_as_told(told))
        assert others


def _row(told, code):
    return told.row(by_predicate=pl.col("area_code") == code, named=True)


def _is_below_hidden(told, tree, code):
    parent = tree.parents[code]
    return parent is not None and _row(told, parent)["is_hidden"]


def _is_parent_shown(told, tree, children):
    parent = tree.parents[children[0][1]]
    return parent is not None or country(told, tree)["devices"].sum() >= K


def _moved(table, tree, truth):
    """The table with other devices in some areas, all of an area's in the first of its children with data."""
    devices = {row["area_code"]: row["devices"] for row in table.iter_rows(named=True)}
    inside = {parent[1]: [code for _, code in children] for parent, children in families(tree).items()}

    def settle(code, number):
        devices[code] = number
        counted = [child for child in inside.get(code, []) if devices[child] is not None]
        for n, child in enumerate(counted):
            settle(child, number if n == 0 else 0.0)

    for code, number in truth.items():
        settle(code, number)
    leaves = set(leaves_of(tree))
    finest = {(code, 0): n for code, n in devices.items() if code in leaves and n is not None}
    missing = {(code, 0) for code in leaves if devices[code] is None}
    return base_table(tree, finest | dict.fromkeys(missing, 0.0), missing=missing)


def _as_told(told):
    return with_status(told).select("area_code", "status", pl.col("people").round(6)).sort("area_code")


def test_the_smallest_as_partner_would_be_found_out_by_who_knows_the_rule():
    """Why the order knows nothing of the hour: of 14 and 16 devices beside 17 little is open."""
    tree = make_tree(("99", "99.01", "99.02", "99.03", "99.04"))
    table = base_table(tree, {("99.01", 0): 200.0, ("99.02", 0): 14.0, ("99.03", 0): 16.0, ("99.04", 0): 17.0})
    told = suppress(table, tree, k=K)
    assert set(told.filter("is_hidden")["area_code"]) == {"99.01", "99.02"}
    ranges = hidden_ranges(with_status(told), tree, totals={}, rest_of={})
    low, high = ranges[("regency", "99.02"), instant(0)]
    assert high - low >= K * RATIO


@given(st.integers(0, 14), st.integers(15, 200))
@settings(max_examples=30, deadline=None)
def test_a_missing_sibling_is_no_partner(small, large):
    tree = make_tree(("99", "99.01", "99.02", "99.03", "99.04"))
    devices = {("99.01", 0): 1.0, ("99.02", 0): float(small), ("99.03", 0): float(large), ("99.04", 0): 500.0}
    table = base_table(tree, devices, missing={("99.01", 0)})
    told = with_status(suppress(table, tree, k=K))
    all_are_uncertain(hidden_ranges(told, tree, totals=totals(table, tree)), table)


WEEK = Week(date(2020, 3, 30), "Asia/Jakarta")


def week_of(seed, *, weeks=4):
    """A week that is published with its reference weeks, and the base table of it; some hours are too small."""
    tree = make_tree(("99", "99.01", "99.02", "99.03", "99.03.01", "99.03.02", "99.03.03"))
    random = np.random.default_rng(seed)
    level = dict(zip(leaves_of(tree), random.choice([16.0, 30.0, 100.0], size=5), strict=True))
    level["99.03.02"] = 16.0
    daily = 1 + 0.5 * np.sin(2 * np.pi * np.arange(weeks * 168) / 24)
    devices = {
        (code, hour - (weeks - 1) * 168): float(random.poisson(level[code] * daily[hour]))
        for code in level
        for hour in range(weeks * 168)
    }
    missing = {(code, hour) for code, hour in devices if hour == 30 or (code == "99.01" and hour in {5, 6})}
    return tree, base_table(tree, devices, missing=missing)


def as_weekly(tree, table):
    columns = [
        "level",
        "area_code",
        "interval_start",
        "people",
        "people_low",
        "people_high",
        "coverage",
        "silent_cells",
    ]
    published = suppress(table, tree, k=K).select(*columns, "is_hidden")
    now = datetime(2020, 4, 7, tzinfo=UTC)
    reference = tuple(WEEK.earlier(n) for n in (3, 2, 1))
    derived = derive(published, tree.rows, span=Span(week=WEEK, reference=reference, now=now))
    return Weekly(
        week=WEEK,
        reference=reference,
        level=tree.finest,
        chosen=None,
        areas=tree.rows,
        hours=derived.hours,
        indicators=derived.indicators,
        gatherings=pl.DataFrame(schema=GATHERINGS),
        warnings=pl.DataFrame(schema=WARNINGS),
        privacy=Privacy(k=K, hidden=0.0),
        hours_missing=1,
        hours_partial=0,
        newest_count=None,
        edition=1,
        is_test=False,
        decided_until=None,
        holidays=(),
    )


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 10_000))
def test_nothing_that_is_derived_gives_a_hidden_hour_away(seed):
    tree, table = week_of(seed)
    week = table.filter(pl.col("interval_start").is_between(WEEK.start, WEEK.end - HOUR))
    found = attack_weekly(as_weekly(tree, table), week, most=6)
    assert found.height > 0
    width = found["highest"] - found["lowest"]
    assert (width / RATIO).min() >= K * (1 - ROUNDING)


def test_the_attack_finds_what_a_mean_over_hidden_hours_would_give_away():
    tree, table = week_of(1)
    weekly = as_weekly(tree, table)
    hidden = weekly.hours.filter(status="hidden").row(0, named=True)
    keys = ["level", "area_code", "interval_start"]
    here = (pl.col("area_code") == hidden["area_code"]) & (pl.col("date") == hidden["date"])
    is_it = pl.col("interval_start") == hidden["interval_start"]
    # careless: the day's mean over all its hours is told, and every hour but one
    known = weekly.hours.join(table.select(*keys, known="people"), on=keys, how="left").filter(here).drop_nulls("known")
    shown = pl.when(is_it).then("status").otherwise(pl.lit("shown"))
    hours = known.with_columns(status=shown, people=pl.when(~is_it).then("known")).drop("known")
    told = weekly.indicators.filter(here, indicator="presence_mean", period="day")
    told = told.with_columns(value=pl.lit(known["known"].mean()).round(), status=pl.lit("shown"))
    careless = Weekly(**(vars(weekly) | {"hours": hours, "indicators": told}))
    (found,) = attack_weekly(careless, table).iter_rows(named=True)
    assert found["lowest"] <= found["people"] <= found["highest"]
    assert found["highest"] - found["lowest"] < K * RATIO
