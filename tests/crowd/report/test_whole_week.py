"""All of a report as one number, whether it has one root or several."""

from dataclasses import replace

import polars as pl
import pytest
from made_week import made_week

from crowd.mobility.model import Weekly
from crowd.report.pdf.plan import plan_pages
from crowd.report.pdf.whole import whole_facts
from crowd.report.whole_week import whole_week
from kerumun.commands.report_summary import summarise, told_lines


@pytest.fixture(scope="module")
def weekly():
    return made_week()


def without_province(weekly: Weekly) -> Weekly:
    """The same week of four regencies that lie in nothing."""
    below = pl.col("level") != "province"
    tables = {name: getattr(weekly, name).filter(below) for name in ("areas", "hours", "indicators")}
    return replace(weekly, **tables)


def hiding(weekly: Weekly, code: str) -> Weekly:
    """The same week with all numbers of an area hidden."""
    is_it = pl.col("area_code") == code

    def hide(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
        empty = [pl.when(~is_it).then(pl.col(name)).alias(name) for name in names]
        return frame.with_columns(*empty, status=pl.when(is_it).then(pl.lit("hidden")).otherwise("status"))

    return replace(
        weekly,
        hours=hide(weekly.hours, "people", "people_low", "people_high"),
        indicators=hide(weekly.indicators, "value", "low", "high"),
    )


def test_one_root_is_told_as_its_own_row(weekly):
    own = weekly.indicators.filter(period="week", area_code="99")
    told = whole_week(weekly)
    assert (told.counted, told.roots) == (1, 1)
    assert told.people == own.filter(indicator="presence_mean")["value"].item()
    assert told.change_pct == own.filter(indicator="change_pct")["value"].item()


def test_several_roots_are_added_up(weekly):
    told = whole_week(without_province(weekly))
    assert (told.counted, told.roots) == (4, 4)
    regencies = weekly.indicators.filter(period="week", level="regency", indicator="presence_mean")
    assert told.people == pytest.approx(regencies["value"].sum(), rel=0.05)
    assert told.people_low < told.people < told.people_high


def test_roots_that_show_nothing_are_left_out_and_counted_as_such(weekly):
    whole, part = without_province(weekly), hiding(without_province(weekly), "99.02")
    told = whole_week(part)
    assert (told.counted, told.roots) == (3, 4)
    assert told.people < whole_week(whole).people
    assert "in the 3 of 4 regencies that have a number" in "\n".join(lines(part))


def test_where_no_root_shows_a_number_none_is_told(weekly):
    bare = replace(weekly, indicators=weekly.indicators.clear(), hours=weekly.hours.clear())
    for each in (bare, without_province(bare)):
        told = whole_week(each)
        assert (told.people, told.change_pct, told.counted) == (None, None, 0)
        assert "is not told" in "\n".join(lines(each))


@pytest.mark.parametrize("hidden", ["none", "99.02"])
def test_pages_and_command_line_tell_the_same(weekly, hidden):
    many = hiding(without_province(weekly), hidden)
    _, page = whole_facts(many, plan_pages(many))
    told = whole_week(many)
    names = ("presence_mean", "presence_mean_low", "presence_mean_high", "change_pct")
    assert page.select(names).row(0) == (told.people, told.people_low, told.people_high, told.change_pct)


def test_the_command_line_tells_doubtful_gatherings_and_decisions(weekly):
    told = lines(weekly)
    assert "2 gatherings, 1 of which may be the network: many cells around were silent" in told
    assert "3 warnings drafted, decisions up to 2020-04-06 01:20 WIB" in told


def lines(weekly: Weekly) -> list[str]:
    return list(told_lines(summarise(weekly, []), timezone=weekly.week.timezone))
