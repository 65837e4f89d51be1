"""What a stranger could misread in the report: doubtful gatherings, silent cells, holidays, editions, empty pages."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from made_week import CROWDED, HIDDEN, WEEK, made_outlines, made_week
from read_pdf import pages_of

from crowd.report.gathering_order import clear_first
from crowd.report.options import ReportOptions
from crowd.report.pdf.callouts import call_out, without_overlaps
from crowd.report.pdf.content import make_content
from crowd.report.pdf.curve import draw_curve
from crowd.report.pdf.maps import draw_first
from crowd.report.words import load_words, told_number

ENGLISH = load_words("en")
REGENCY = "99.02"


def content_of(week, outlines, language="en"):
    """What the templates are given, and the pictures by their names."""
    pictures = {}

    def save(name, text):
        pictures[name] = text
        return name

    words = load_words(language)
    return make_content(week, words=words, outlines=outlines, options=ReportOptions(), save=save), pictures


def doubting(week, *, doubtful):
    """The week, of whose gatherings, the largest first, these are doubtful."""
    return replace(week, gatherings=week.gatherings.with_columns(is_doubtful=pl.Series(doubtful)))


def district(week, number):
    return week.areas.filter(pl.col("level") == "district").row(number, named=True)


def with_day(week, area, day, **values):
    """The week with other indicators of an area on a day."""
    told = week.indicators
    for name, value in values.items():
        is_it = (pl.col("area_code") == area) & (pl.col("date") == day) & (pl.col("period") == "day")
        is_it &= pl.col("indicator") == name
        told = told.with_columns(value=pl.when(is_it).then(pl.lit(float(value))).otherwise("value"))
    return replace(week, indicators=told)


def without_numbers(week, area, status):
    """The week with nothing shown in an area."""
    inside = pl.col("area_code").str.starts_with(area)
    hours = week.hours.with_columns(
        pl.when(~inside).then(pl.col("people", "people_low", "people_high", "usual")),
        status=pl.when(inside).then(pl.lit(status)).otherwise("status"),
    )
    is_count = pl.col("unit").is_in(["hours", "warnings"])
    indicators = week.indicators.with_columns(
        pl.when(~inside | is_count).then(pl.col("value", "low", "high")),
        status=pl.when(inside & ~is_count).then(pl.lit(status)).otherwise("status"),
    )
    return replace(week, hours=hours, indicators=indicators)


def with_flows(week, areas, *, net=0.3):
    """The week with movement of phones in some areas."""
    values = {"flow_in": 120.0 + net, "flow_out": 120.0, "flow_net": net, "flow_areas_reached": 4.0}
    rows = [
        area
        | {"period": "week", "date": None, "hour": None, "indicator": name, "value": value, "low": None, "high": None}
        | {"unit": "phones", "status": "shown"}
        for area in areas.select("level", "area_code", "area_name", "parent_code").iter_rows(named=True)
        for name, value in values.items()
    ]
    flows = pl.DataFrame(rows, schema=week.indicators.schema)
    return replace(week, indicators=pl.concat([week.indicators, flows]))


def test_the_first_page_counts_all_gatherings_and_says_how_many_are_doubtful(week, outlines, tmp_path):
    page = pages_of(week, outlines, tmp_path, "id")[0]
    assert "2 kerumunan" in page
    assert "1 di antaranya mungkin karena jaringan" in page
    assert "; 1 di antaranya mungkin karena jaringan, sebab banyak sel di sekitarnya diam." in page


def test_the_largest_gathering_is_one_that_is_not_doubtful(week, outlines):
    told, _ = content_of(doubting(week, doubtful=[True, False]), outlines)
    clear = district(week, HIDDEN)["area_name"]
    number = told["first"]["numbers"][2]
    assert number["notes"][-1] == f"largest of the others in {clear}"
    assert f"The largest of the others was in {clear}" in told["first"]["sentences"][2]["text"]


def test_where_all_gatherings_are_doubtful_the_largest_of_them_is_named(week, outlines):
    told, _ = content_of(doubting(week, doubtful=[True, True]), outlines)
    crowded = district(week, CROWDED)["area_name"]
    assert told["first"]["numbers"][2]["notes"][1:] == [
        "all of them may be the network",
        f"largest: 14,000 people in {crowded}",
    ]


def test_doubtful_gatherings_stand_after_the_others_with_a_mark_and_its_meaning(week, outlines, tmp_path):
    pages = pages_of(doubting(week, doubtful=[True, False]), outlines, tmp_path)
    tables = next(page for page in pages if page.startswith("Weekly") and " Largest gatherings " in page)
    assert tables.index("waspada ") < tables.index("siaga* ")
    assert ENGLISH.say("table.mark_doubtful") in tables


def test_without_doubtful_gatherings_nothing_speaks_of_doubt(week, outlines, tmp_path):
    text = " ".join(pages_of(doubting(week, doubtful=[False, False]), outlines, tmp_path))
    for other in ("fewer people there may be the network", "the difference may be the network"):
        text = text.replace(other, "")
    text = text.replace("those that may be the network are included", "")
    assert "may be the network" not in text
    assert not any(f"{level}*" in text for level in ("waspada", "siaga", "awas"))


def test_the_order_of_gatherings_of_one_kind_stays(week):
    four = pl.concat([week.gatherings, week.gatherings]).with_columns(
        gathering_id=pl.Series(list("abcd")), is_doubtful=pl.Series([True, False, True, False])
    )
    assert clear_first(four)["gathering_id"].to_list() == list("bdac")


def test_a_doubtful_gathering_is_hollow_under_the_curve(week):
    own = {"people": 100.0, "usual": 90.0, "spread": 5.0, "coverage": 1.0}
    hours = pl.DataFrame({name: [value] * 168 for name, value in own.items()})
    drawn = {
        is_doubtful: draw_curve(
            hours,
            week.gatherings.head(1).with_columns(is_doubtful=pl.lit(is_doubtful)),
            week=WEEK,
            words=ENGLISH,
            height=400.0,
        )
        for is_doubtful in (False, True)
    }
    assert 'height="14" fill="#d95f0e"' in drawn[False].svg
    assert 'height="14" fill="#ffffff" stroke="#d95f0e"' in drawn[True].svg


@pytest.mark.parametrize(
    ("language", "edition"),
    [
        ("id", "Edisi 1 · keputusan s.d. Senin 6 April 01.20"),
        ("en", "Edition 1 · decisions up to Monday 6 April 01:20"),
    ],
)
def test_head_foot_and_sources_say_up_to_when_decisions_are_in(week, outlines, tmp_path, language, edition):
    pages = pages_of(week, outlines, tmp_path, language)
    assert pages[0].count(edition) == 2
    assert edition in pages[1]
    assert sum(page.count(edition) for page in pages) == len(pages) + 2


def test_decisions_of_a_later_year_name_it(week, outlines, tmp_path):
    late = replace(week, decided_until=WEEK.end.replace(year=2021))
    assert "decisions up to Tuesday 6 April 2021" in pages_of(late, outlines, tmp_path)[0]


def test_without_warnings_the_edition_stands_alone(week, outlines, tmp_path):
    text = " ".join(pages_of(replace(week, decided_until=None), outlines, tmp_path))
    assert "decisions up to" not in text
    assert "ledger." in text


def test_publisher_contact_and_licence_stand_on_the_first_page_and_among_the_sources(week, outlines, tmp_path):
    signed = ReportOptions(publisher="Dinas Contoh", contact="data@contoh.example", licence="CC-BY-4.0")
    pages = pages_of(week, outlines, tmp_path, "id", options=signed)
    assert "Dinas Contoh · data@contoh.example · CC-BY-4.0" in pages[0]
    sources = next(page for page in pages if "Penerbit: Dinas Contoh" in page)
    assert "Kontak: data@contoh.example" in sources
    assert "Lisensi: CC-BY-4.0, https://creativecommons.org/licenses/by/4.0/" in sources


def test_a_report_of_nobody_names_no_publisher(week, outlines, tmp_path):
    text = " ".join(pages_of(week, outlines, tmp_path))
    assert "Published by" not in text
    assert "Licence:" not in text


def test_a_holiday_is_marked_under_its_day_on_the_curve_and_on_the_day_maps(week, outlines, tmp_path):
    pages = pages_of(week, outlines, tmp_path, "id")
    assert "Jum 3 libur" in pages[0]
    assert pages[1].count("Jum 3 libur") == 2


@pytest.mark.parametrize(
    ("language", "note"),
    [
        ("id", "Rabu 25 Maret libur: angka biasanya hari Rabu kurang pasti."),
        ("en", "Holiday on Wednesday 25 March: what is usual on Wednesday is less certain."),
    ],
)
def test_a_holiday_of_the_reference_weeks_is_told_under_the_curve(week, outlines, tmp_path, language, note):
    assert note in pages_of(week, outlines, tmp_path, language)[0]


def test_a_holiday_on_a_sunday_makes_no_usual_less_sure(week, outlines, tmp_path):
    sunday = replace(week, holidays=(date(2020, 3, 22),))
    assert "Holiday on" not in pages_of(sunday, outlines, tmp_path)[0]


def test_many_holidays_are_not_all_named(week, outlines, tmp_path):
    many = replace(week, holidays=tuple(date(2020, 3, day) for day in (9, 10, 11, 12, 13, 16)))
    assert "Thursday 12 March and 2 other days: what is usual on" in pages_of(many, outlines, tmp_path)[0]


def test_an_area_of_low_coverage_is_hatched_on_its_day_and_the_key_says_why(week, outlines):
    code = district(week, CROWDED)["area_code"]
    told, pictures = content_of(with_day(week, code, date(2020, 3, 31), coverage=89, change_pct=1), outlines)
    page = next(page for page in told["pages"] if code.startswith(page["key"]))
    assert [status["name"] for status in page["map"]["statuses"]][-1] == "silent"
    assert 'id="silent2"' in pictures[page["map"]["days_file"]]
    assert "silent" not in pictures[page["map"]["file"]]


def test_a_decrease_that_silent_cells_may_explain_is_hatched_though_most_cells_reported(week, outlines):
    code = district(week, CROWDED)["area_code"]
    told, pictures = content_of(with_day(week, code, date(2020, 3, 31), coverage=92, change_pct=-8), outlines)
    page = next(page for page in told["pages"] if code.startswith(page["key"]))
    assert 'id="silent2"' in pictures[page["map"]["days_file"]]


def test_where_cells_reported_no_map_is_hatched_and_no_key_speaks_of_it(week, outlines):
    full = pl.when(pl.col("indicator") == "coverage").then(100.0).otherwise("value")
    told, pictures = content_of(replace(week, indicators=week.indicators.with_columns(value=full)), outlines)
    maps = [told["first"]["map"], *(page["map"] for page in told["pages"])]
    assert not any(status["name"] == "silent" for one in maps for status in one["statuses"])
    assert not any("silent" in picture for picture in pictures.values())


@pytest.mark.parametrize(
    ("status", "why"), [("missing", "Nothing was reported from this area"), ("hidden", "All numbers for this area")]
)
def test_an_area_without_any_number_has_a_sentence_and_a_map_of_where_it_lies(week, outlines, tmp_path, status, why):
    pages = pages_of(without_numbers(week, REGENCY, status), outlines, tmp_path)
    name = week.areas.filter(pl.col("area_code") == REGENCY)["area_name"][0]
    page = next(page for page in pages[1:] if f" {name} " in page)
    assert why in page
    assert f"Where {name} lies in Provinsi Pusaka Raya" in page
    assert not any(word in page for word in ("n/a", "Change", "Day/night", "People present by hour", "Mon 30"))


def test_an_area_without_any_number_keeps_its_flows(week, outlines, tmp_path):
    inner = week.areas.filter(pl.col("parent_code") == REGENCY)
    pages = pages_of(with_flows(without_numbers(week, REGENCY, "missing"), inner), outlines, tmp_path)
    page = next(page for page in pages[1:] if "Nothing was reported from this area" in page)
    assert "Movement between areas" in page
    assert all(name in page for name in inner["area_name"])


def test_a_net_movement_that_rounds_to_nought_has_no_sign(week, outlines):
    for net in (0.3, -0.3):
        told, _ = content_of(with_flows(week, week.areas.tail(1), net=net), outlines)
        assert told["pages"][-1]["flows"][0]["net"] == "0"


def test_movement_is_told_as_phones_and_not_as_people(week, outlines, tmp_path):
    pages = pages_of(with_flows(week, week.areas.tail(1)), outlines, tmp_path, "id")
    assert sum("Ponsel menurut operator, bukan orang" in page for page in pages) == 1


def test_a_number_that_is_rounded_to_nought_is_never_signed():
    told = pl.DataFrame({"n": [0.4, -0.4, 0.6, -0.6]}).select(told_number(pl.col("n"), words=ENGLISH, sign="always"))
    assert told.to_series().to_list() == ["0", "0", "+1", "\N{MINUS SIGN}1"]


def test_a_page_that_goes_on_with_an_area_names_it(tmp_path):
    week, outlines = made_week(regencies=2, districts=60), made_outlines(regencies=2, districts=60)
    names = week.areas.filter(pl.col("level") == "regency")["area_name"]
    for language, mark in (("id", "lanjutan"), ("en", "continued")):
        pages = pages_of(week, outlines, tmp_path, language)
        assert any(f"{names[0]} ({mark})" in page[:200] for page in pages)
        assert f"({mark})" not in pages[0] + pages[1]


def test_movement_does_not_spill_a_few_rows_onto_a_page_of_their_own(week, outlines, tmp_path):
    districts = week.areas.filter(pl.col("level") == "district")
    pages = pages_of(with_flows(week, districts), outlines, tmp_path)
    assert not any("(continued)" in page for page in pages if "Movement between areas" in page)


@pytest.mark.parametrize(("people", "starts"), [(900.0, True), (30.0, False)])
def test_an_axis_that_does_not_start_at_nought_says_so(week, people, starts):
    values = [1000.0] * 167 + [people]
    hours = pl.DataFrame({"people": values}).with_columns(
        pl.lit(None, pl.Float64).alias(name) for name in ("usual", "spread", "coverage")
    )
    curve = draw_curve(hours, week.gatherings.clear(), week=WEEK, words=ENGLISH, height=400.0)
    assert (curve.least is not None) == starts


def test_the_axis_of_the_first_page_is_told_in_small_print(week, outlines, tmp_path):
    told, _ = content_of(week, outlines)
    least = told["first"]["curve"]["ticks"][0]["text"]
    page = pages_of(week, outlines, tmp_path)[0]
    assert (f"axis starts at {least}, not at 0" in page) == (least != "0")


def test_the_peak_of_a_regency_has_its_range_and_its_change_against_usual(week, outlines):
    told, _ = content_of(week, outlines)
    when, ranged, change = told["pages"][0]["numbers"][1]["notes"]
    assert " at " in when
    assert ranged.startswith("between ")
    assert change.endswith("% against usual in that hour")


def test_a_change_of_the_peak_is_of_numbers_before_they_are_rounded(week, outlines):
    own = pl.col("area_code") == REGENCY
    hours = week.hours.with_columns(
        people=pl.when(own).then(161_432.0).otherwise("people"),
        usual=pl.when(own).then(160_000.0).otherwise("usual"),
    )
    told, _ = content_of(replace(week, hours=hours), outlines)
    page = next(page for page in told["pages"] if page["key"] == REGENCY)
    assert page["numbers"][1]["notes"][-1] == "+0.9% against usual in that hour"


def test_an_area_whose_movement_is_all_hidden_stands_in_the_table_and_one_without_any_does_not(week, outlines):
    both = week.areas.filter(pl.col("parent_code") == REGENCY).head(2)
    moved = with_flows(week, both)
    is_flow = pl.col("indicator").str.starts_with("flow_")
    codes = both["area_code"]
    status = pl.when(pl.col("area_code") == codes[0]).then(pl.lit("hidden")).otherwise(pl.lit("missing"))
    none = moved.indicators.with_columns(
        value=pl.when(~is_flow).then("value"), status=pl.when(is_flow).then(status).otherwise("status")
    )
    told, _ = content_of(replace(week, indicators=none), outlines)
    (row,) = next(page for page in told["pages"] if page["key"] == REGENCY)["flows"]
    assert row["area_name"] == both["area_name"][0]
    assert row["inflow"] == row["net"] == "\N{MULTIPLICATION SIGN}"


def test_hours_of_gatherings_that_nobody_could_see_are_not_nought(week, outlines):
    code = district(week, CROWDED)["area_code"]
    unseen = (pl.col("area_code") == code) & pl.col("indicator").str.starts_with("gathering_hours")
    told = week.indicators.with_columns(
        value=pl.when(~unseen).then("value"), status=pl.when(unseen).then(pl.lit("missing")).otherwise("status")
    )
    content, _ = content_of(replace(week, indicators=told), outlines)
    rows = {row["code"]: row for page in content["pages"] for row in page.get("rows", [])}
    assert rows[code]["gathering_hours"] == "\N{EN DASH}"
    assert any(row["gathering_hours"] == "0" for row in rows.values())


def test_a_day_of_silent_cells_is_marked_at_its_number_too(week, outlines):
    full = pl.when(pl.col("indicator") == "coverage").then(100.0).otherwise("value")
    reported = replace(week, indicators=week.indicators.with_columns(value=full))
    code = district(week, CROWDED)["area_code"]
    told, _ = content_of(with_day(reported, code, date(2020, 3, 31), coverage=89, change_pct=1), outlines)
    page = next(page for page in told["pages"] if code.startswith(page["key"]))
    assert [day.endswith("*") for day in page["days"]] == [False, True, False, False, False, False, False]
    assert page["days_note"] == ENGLISH.say("map.silent_days")
    other = next(page for page in told["pages"] if not code.startswith(page["key"]))
    assert other["days_note"] is None


@pytest.mark.parametrize(("people", "seen"), [(150.0, (True, False)), (50.0, (False, True)), (100.5, (False, False))])
def test_the_ground_between_the_lines_of_a_curve_is_in_its_key_where_it_is_seen(week, people, seen):
    own = {"usual": 100.0, "spread": 5.0, "coverage": 1.0}
    hours = pl.DataFrame(
        {"people": [100.0] * 160 + [people] * 8} | {name: [value] * 168 for name, value in own.items()}
    )
    curve = draw_curve(hours, week.gatherings.clear(), week=WEEK, words=ENGLISH, height=400.0)
    assert (curve.has_above, curve.has_below) == seen


def test_a_gap_within_a_day_names_the_day_once(week, outlines):
    gap = pl.col("interval_start").is_between(WEEK.hours[66], WEEK.hours[70])
    numbers = ("people", "people_low", "people_high", "usual", "coverage")
    hours = week.hours.with_columns(
        *(pl.when(~gap).then(name).alias(name) for name in numbers),
        status=pl.when(gap).then(pl.lit("missing")).otherwise("status"),
    )
    told, _ = content_of(replace(week, hours=hours, newest_count=WEEK.end), outlines)
    assert "on Wednesday 1 April from 18:00 until 23:00." in told["first"]["sentences"][1]["text"].replace(
        "\N{NO-BREAK SPACE}", " "
    )


def test_the_box_on_a_map_names_what_lies_in_it(week, outlines):
    codes = week.areas.filter(pl.col("parent_code") == REGENCY)["area_code"]
    away = outlines.copy()
    is_away = away["code"].isin(codes)
    away.loc[is_away, "geometry"] = away.loc[is_away, "geometry"].scale(0.02, 0.02, origin=(0, 0)).translate(-30, 0)
    told, _ = content_of(week, away)
    name = week.areas.filter(pl.col("area_code") == REGENCY)["area_name"][0]
    assert told["first"]["map"]["inset"] == f"Box on the left: {name}, on a scale of its own."


def test_areas_that_the_text_names_are_labelled_on_the_first_map(week, outlines):
    told, _ = content_of(week, outlines)
    crowded = district(week, CROWDED)
    label = next(label for label in told["first"]["map"]["labels"] if label["area_code"] == crowded["area_code"])
    assert " ".join(label["lines"]) == crowded["area_name"]
    assert label["is_named"]


def rooms(*, x=500.0, y=500.0):
    """Two areas of a map without room for letters."""
    own = {"area_code": ["a", "b"], "area_name": ["Alun Raya", "Rawa Hilir"], "x": [x, 600.0], "y": [y, 900.0]}
    return pl.DataFrame(own).with_columns(frame_width=pl.lit(1000.0), frame_height=pl.lit(1000.0))


def label_of(code, name, *, x, y):
    return {"area_code": code, "lines": [name], "x": x, "y": y, "is_named": False}


def test_a_named_area_without_room_has_its_name_beside_a_dot():
    labels, dots = call_out([], rooms(), named=["a", "elsewhere"])
    assert [label["lines"] for label in labels] == [["Alun Raya"]]
    assert labels[0]["y"] < 50
    assert dots.count("<circle") == 1


def test_a_name_beside_a_dot_stays_on_the_map():
    (label,), _ = call_out([], rooms(x=5.0, y=5.0), named=["a"])
    assert label["x"] > 5
    assert label["y"] > 0.5


def test_labels_in_the_way_of_a_named_area_are_left_out():
    near, far = label_of("c", "Muara", x=50, y=46), label_of("d", "Wana", x=20, y=90)
    labels, _ = call_out([near, far], rooms(), named=["a"])
    assert [label["area_code"] for label in labels] == ["d", "a"]


def test_a_named_area_whose_name_fits_keeps_its_label():
    own = label_of("a", "Alun Raya", x=50, y=50)
    assert call_out([own], rooms(), named=["a"]) == ([own | {"is_named": True}], "")


def test_of_labels_in_each_others_way_the_first_stays():
    labels = [label_of("c", "Muara", x=50, y=50), label_of("d", "Wana", x=51, y=51), label_of("e", "Bukit", x=50, y=80)]
    assert [label["area_code"] for label in without_overlaps(labels, size=(1000.0, 1000.0))] == ["c", "e"]


def test_where_no_area_has_room_for_its_name_those_that_they_lie_in_are_named(week, outlines):
    districts = week.areas.filter(pl.col("level") == "district")
    codes = districts["area_code"]
    names = districts.select("area_code", "area_name", "parent_code", number=pl.lit(None, pl.Int32)).with_columns(
        area_name=pl.col("area_name") + pl.lit(" Yang Namanya Tidak Muat Di Peta Mana Pun Juga"),
        root=pl.col("parent_code").replace({"99.03": "99.01", "99.04": "99.02"}),
    )
    names = names.with_columns(root_name=pl.lit("P") + pl.col("root").str.tail(1))
    fills = pl.DataFrame({"area_code": codes}).with_columns(
        panel=pl.lit(0, pl.Int32), fill=pl.lit("#eceae6"), is_silent=pl.lit(value=False)
    )
    pages = districts.select("area_code", page="parent_code")
    drawn = draw_first(outlines[outlines["code"].isin(codes)], fills, names, pages, named=[])
    assert {tuple(label["lines"]) for label in drawn.labels} == {("P1",), ("P2",)}


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_first_page_holds_all_of_it_even_with_much_to_tell(tmp_path, language):
    week = made_week(regencies=8, districts=12)
    long = {name: f"{name} Kepulauan Tanjung Sari Sembilan Barat Daya" for name in week.areas["area_name"].unique()}
    named = {key: getattr(week, key).with_columns(pl.col("area_name").replace(long)) for key in ("areas", "gatherings")}
    crowded = replace(week, holidays=tuple(date(2020, 3, day) for day in range(9, 15)), **named)
    signed = ReportOptions(publisher="Dinas " * 30, contact="https://contoh.example/" + "a" * 40, licence="CC-BY-4.0")
    pages = pages_of(crowded, made_outlines(regencies=8, districts=12), tmp_path, language, options=signed)
    words = load_words(language)
    assert all(words.say(f"sentences.{lead}") in pages[0] for lead in ("where", "sure", "done"))
    assert words.say("curve.title") in pages[0]
    assert "(lanjutan)" not in pages[1]
    assert "(continued)" not in pages[1]
    assert words.say("numbers.peak") in pages[1]
