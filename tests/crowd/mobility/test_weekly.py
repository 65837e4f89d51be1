from datetime import UTC, date, datetime, timedelta
from shutil import copytree

import polars as pl
import pytest
import shapely
from drafted_warnings import add_warning
from table_attack import attack_weekly

from crowd.flows.load import load_flows
from crowd.mobility.area_hours import read_area_hours
from crowd.mobility.asked import AskedWeek, choose_areas, must_have_data
from crowd.mobility.gathering_figures import read_gathering_hours
from crowd.mobility.hierarchy import AreaTree
from crowd.mobility.model import AREAS, GATHERINGS, HOURS, INDICATORS, WARNINGS
from crowd.mobility.weekly import make_weekly
from crowd.mobility.weeks import Week
from lake.database import open_database
from lake.engine import connect
from lake.errors import RefusedInputError
from lake.profile import FileProfile

WEEK = Week(date(2020, 3, 30), "Asia/Jakarta")
NOW = datetime(2020, 4, 20, tzinfo=UTC)
WEST, EAST, COAST = "99.01", "99.02", "99.03"
TUESDAY = 24  # its first hour, counted from that of the week
HOURS_OF_DAY = range(24)
DEVICES = {mast: 400 + 30 * mast for mast in range(12)}


def box(first, last):
    """Ground of masts `first` to `last`, which stand a kilometre apart."""
    return shapely.box(109 + first * 0.01 - 0.005, -5.52, 109 + last * 0.01 + 0.005, -5.48)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Where the first town of these tests is kept for the others."""
    return tmp_path_factory.mktemp("tuesdays") / "home"


@pytest.fixture
def tuesdays(make_town, kept):
    """A town with areas and the counts of four Tuesdays, the last of them a third above the others."""
    town = make_town()
    if kept.exists():
        copytree(kept, town.home.root, dirs_exist_ok=True)
        return town
    count_tuesdays(town, lambda mast, _: DEVICES[mast])
    copytree(town.home.root, kept)
    return town


def count_tuesdays(town, devices_at):
    """Areas, and counts of four Tuesdays by mast and hour, the last of them a third above the others."""
    town.plan(valid_from=datetime(2020, 1, 1, tzinfo=UTC))
    town.areas({"99": box(0, 11)}, level="province")
    town.areas({WEST: box(0, 5), EAST: box(6, 9), COAST: box(10, 11)}, level="regency")
    starts = [shift(town, WEEK.earlier(weeks)) + TUESDAY for weeks in range(4)]
    rows = []
    for start, factor in zip(starts, (4, 3, 3, 3), strict=True):
        for hour in HOURS_OF_DAY:
            rows += [(start + hour, mast, devices_at(mast, hour) * factor // 3) for mast in DEVICES]
    town.counts(rows)
    for start in starts:
        town.density(start, start + 24)


def shift(town, week):
    """Hours from the town's own first hour to the first of a week."""
    return int((week.start - town.span(0, 0)[0]) / timedelta(hours=1))


def weekly(town, *, week=WEEK, reference=None, level=None, area=None, k=15, epsilon=None, now=NOW):
    with (
        connect(town.engine) as connection,
        open_database(town.home.ledger_url) as database,
        database.reading() as session,
    ):
        asked = AskedWeek(week=week, reference=reference, level=level, area=area, k=k, epsilon=epsilon)
        return make_weekly(connection, home=town.home, session=session, asked=asked, now=now)


def figure(made, code, indicator, *, day=1):
    row = made.indicators.filter(period="day", area_code=code, indicator=indicator, date=WEEK.days[day])
    return row["value"].item(), row["status"].item()


def test_a_week_is_put_together_from_counts_to_figures(tuesdays):
    made = weekly(tuesdays)
    assert made.reference == tuple(WEEK.earlier(n) for n in (3, 2, 1))
    assert (made.level, made.chosen, made.edition, made.is_test) == ("regency", None, 1, False)
    for table, schema in (
        (made.areas, AREAS),
        (made.hours, HOURS),
        (made.indicators, INDICATORS),
        (made.gatherings, GATHERINGS),
        (made.warnings, WARNINGS),
    ):
        assert dict(table.schema) == schema
    assert figure(made, WEST, "change_pct") == (pytest.approx(33.3, abs=0.2), "shown")
    assert figure(made, WEST, "presence_mean", day=0) == (None, "missing")
    assert made.hours_missing == 168 - 24
    assert made.newest_count == WEEK.start + timedelta(hours=48)
    assert made.indicators.equals(made.indicators.sort(list(INDICATORS)[:8], nulls_last=True))


def test_the_same_week_again_is_the_same_edition_with_the_same_numbers(tuesdays):
    first, second = weekly(tuesdays), weekly(tuesdays, now=NOW + timedelta(days=1))
    assert (first.edition, second.edition) == (1, 1)
    assert first.indicators.equals(second.indicators)


def test_a_report_of_one_area_has_the_numbers_of_the_whole_report(tuesdays):
    whole, part = weekly(tuesdays), weekly(tuesdays, area=WEST)
    assert (part.chosen, part.edition) == (WEST, 1)
    assert set(part.indicators["area_code"]) == {WEST}
    kept = whole.indicators.filter(area_code=WEST)
    assert part.indicators.drop("parent_code").equals(kept.drop("parent_code"))


def test_what_rests_on_few_devices_is_hidden_with_all_that_is_made_of_it(tuesdays):
    made = weekly(tuesdays, k=2_000)
    hours = made.hours.filter(date=WEEK.days[1])
    assert set(hours.filter(area_code=COAST)["status"]) == {"hidden"}
    assert set(hours.filter(area_code="99")["status"]) == {"shown"}
    assert figure(made, COAST, "presence_mean") == (None, "hidden")
    assert figure(made, "99", "suppressed_share")[0] == pytest.approx(100 * made.privacy.hidden, abs=0.05)


def test_a_report_can_stop_at_a_coarser_level(tuesdays):
    made = weekly(tuesdays, level="province")
    assert (made.level, set(made.areas["level"])) == ("province", {"province"})


def test_of_a_week_that_runs_only_hours_that_are_over_are_missing(tuesdays):
    now = WEEK.start + timedelta(hours=30)
    made = weekly(tuesdays, now=now)
    assert made.hours_missing == 24
    assert made.newest_count <= now


def test_noise_is_told_with_its_budget(tuesdays):
    pytest.importorskip("opendp")
    made = weekly(tuesdays, epsilon=0.5)
    assert made.privacy.epsilon == 0.5
    assert made.privacy.epsilon_week == 0.5 * 4 * 168


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"week": WEEK.earlier(8)}, "no data for 2020-W06: weeks with data are 2020-W11, 2020-W12, 2020-W13, 2020-W14"),
        ({"area": "99.1"}, r"no loaded area has the code 99.1: did you mean 99"),
        ({"area": "area 99.02"}, r"did you mean 99.02 \(Area 99.02\)"),
        ({"area": "Papua"}, "no loaded area has the code Papua: see the codes"),
        ({"level": "street"}, "no level 'street': choose one of province, regency, district, village"),
        ({"level": "village"}, "no areas of level village"),
        ({"level": "province", "area": WEST}, "area 99.01 is a regency, finer than level province"),
        ({"reference": [WEEK]}, "cannot be its own reference"),
    ],
)
def test_what_is_not_there_is_refused_with_what_there_is(tuesdays, asked, said):
    with pytest.raises(RefusedInputError, match=said):
        weekly(tuesdays, **asked)


def test_without_areas_there_is_no_report(town):
    with pytest.raises(RefusedInputError, match="no areas are loaded yet"):
        weekly(town)


def test_without_any_data_it_is_said_what_to_run(town):
    town.areas({"99": box(0, 11)}, level="province")
    with pytest.raises(RefusedInputError, match="nor for any other week: load counts and run 'kerumun run' first"):
        weekly(town)


def test_of_many_weeks_with_data_the_last_are_named():
    with pytest.raises(RefusedInputError, match="2020-W13 and 8 earlier ones") as told:
        must_have_data(WEEK, [WEEK.earlier(n) for n in range(1, 21)])
    assert str(told.value).count("W") == 13


def test_areas_are_chosen_from_the_tree_to_the_level():
    rows = pl.DataFrame(
        [
            ("province", "99", "P", None, 1.0),
            ("regency", "99.01", "R", "99", 1.0),
            ("district", "99.01.01", "D", "99.01", 1.0),
        ],
        schema=AREAS,
        orient="row",
    )
    asked = choose_areas(AreaTree(rows), level="regency", area="99.01")
    assert (asked.level, asked.rows["area_code"].to_list()) == ("regency", ["99.01"])


def test_flows_that_are_loaded_are_told_beside_the_people(tuesdays):
    path = tuesdays.home.root / "flows.csv"
    pairs = [(WEST, EAST, 900), (EAST, WEST, 600), (WEST, WEST, 4_000), (EAST, EAST, 3_000), (WEST, COAST, 300)]
    pairs += [(COAST, WEST, 200), (COAST, COAST, 700)]
    lines = [
        f"{WEEK.days[1]}T00:00+07:00,{from_area},{to_area},{devices},1440,alun" for from_area, to_area, devices in pairs
    ]
    path.write_text("\n".join(["interval_start,from_area,to_area,devices,interval_minutes,operator", *lines]))
    load_flows([path], intake=tuesdays.intake(), profile=FileProfile(), k=15)
    made = weekly(tuesdays)
    assert figure(made, WEST, "flow_out") == (1_200, "shown")
    assert figure(made, WEST, "flow_net") == (-400, "shown")


def test_warnings_lie_in_the_finest_area_of_the_report_by_their_area_or_their_place(tuesdays):
    about = {"interval_start": WEEK.start + timedelta(hours=30), "lat": -5.5, "lon": 109.07}
    with open_database(tuesdays.home.ledger_url) as database, database.writing() as session:
        for number, code in enumerate((WEST, "99", None)):
            add_warning(session, number=number, area_code=code, **about)
        add_warning(session, number=3, area_code=None, **(about | {"lon": 140.0}))
    made = weekly(tuesdays)
    assert made.is_test
    assert made.warnings.select("area_code", "drafted").rows() == [(WEST, 1), (EAST, 2)]
    of_province = made.indicators.filter(indicator="warnings_drafted", area_code="99")
    assert of_province["value"].item() == 3
    assert weekly(tuesdays, level="province").warnings.select("area_code", "drafted").rows() == [("99", 3)]


def test_gatherings_are_told_where_they_rest_on_enough_devices(tuesdays):
    first = shift(tuesdays, WEEK) + TUESDAY
    tuesdays.gatherings(first, first + 24)
    stage = tuesdays.stage("gatherings").filter(pl.col("state") != "ended", pl.col("devices") >= 15)
    made = weekly(tuesdays)
    assert set(made.gatherings["gathering_id"]) == set(stage["gathering_id"])
    hours = made.indicators.filter(pl.col("indicator").str.starts_with("gathering_hours"), area_code="99")
    assert hours["value"].sum() == stage.height > 0
    most = int(stage["devices"].max()) + 1
    with connect(tuesdays.engine) as connection:
        assert read_gathering_hours(connection, home=tuesdays.home, week=WEEK, k=most).is_empty()


def test_a_week_with_noise_is_not_compared_with_weeks_that_were_told_exactly(tuesdays):
    before = WEEK.earlier(1)
    weekly(tuesdays, week=before)
    made = weekly(tuesdays, epsilon=0.5)
    assert before not in made.reference
    assert made.indicators.filter(period="week", indicator="net_change")["value"].drop_nulls().is_empty()
    with pytest.raises(RefusedInputError, match=rf"{before.label} was published without noise"):
        weekly(tuesdays, reference=[before], epsilon=0.25)


def test_nothing_that_a_made_week_tells_gives_a_hidden_hour_away(make_town):
    town = make_town()
    count_tuesdays(town, lambda mast, hour: 3 if mast > 9 and hour < 5 else DEVICES[mast])
    made = weekly(town)
    with connect(town.engine) as connection:
        truth = read_area_hours(connection, home=town.home, start=WEEK.start, end=WEEK.end)
    found = attack_weekly(made, truth, most=8)
    assert set(found["area_code"]) > {COAST}
    worth = pl.col("people") / pl.col("devices")
    assert found.filter(pl.col("highest") - pl.col("lowest") < 15 * worth - 1e-6).height == 0
