import re
from datetime import UTC, date, datetime, timedelta
from string import Formatter

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowd.reason_numbers import round_to_range
from crowd.reason_words import ENGLISH, INDONESIAN
from crowd.reasons import with_reasons
from lake.errors import RefusedInputError

FRIDAY_NOON = datetime(2020, 4, 3, 5, tzinfo=UTC)
USUAL_ROW = {
    "interval_start": FRIDAY_NOON,
    "state": "ongoing",
    "level": "siaga",
    "level_before": "waspada",
    "people": 4123.4,
    "people_low": 3311.0,
    "people_high": 4980.0,
    "usual": 1204.0,
    "excess": 2919.4,
    "score": 7.31,
    "hexes": 3,
    "lat": -6.17541,
    "lon": 106.82719,
    "area_name": "Kota Alun",
    "baseline_from": "hour_of_week",
    "rule": None,
    "place": None,
    "event": None,
    "expected": None,
    "hours": 1,
    "coverage": 1.0,
    "least_people": None,
    "least_excess": 1200.0,
    "least_score": 6.0,
    "end_cause": None,
    "merged_into": None,
}
TYPES = {"interval_start": pl.Datetime("us", "UTC"), "hexes": pl.Int64, "hours": pl.Int64}
TEXTS = {"state", "level", "level_before", "area_name", "baseline_from", "rule", "place", "event", "end_cause"}
SCHEMA = {name: TYPES.get(name, pl.String if name in TEXTS | {"merged_into"} else pl.Float64) for name in USUAL_ROW}
NUMBERS = st.floats(0, 1e9) | st.floats(0, 300) | st.just(float("nan")) | st.just(float("inf"))
NAMES = st.sampled_from(["Kota Alun", "  two\n  lines ", "", " ", "Jl. 'Merdeka'.", "{x}"])
ROWS = st.fixed_dictionaries(
    {
        "interval_start": st.integers(0, 40_000).map(lambda n: FRIDAY_NOON + timedelta(minutes=15 * n)),
        "state": st.sampled_from(["new", "ongoing", "ended"]),
        "level": st.sampled_from(["normal", "waspada", "siaga", "awas"]),
        "level_before": st.none() | st.sampled_from(["normal", "waspada", "siaga", "awas"]),
        "baseline_from": st.none() | st.sampled_from(["hour_of_week", "hour_of_day", "neighbours", "none"]),
        "end_cause": st.none() | st.sampled_from(["gone", "unseen", "merged"]),
        "hexes": st.none() | st.integers(0, 3000),
        "hours": st.none() | st.integers(0, 30),
        "lat": st.none() | st.floats(-90, 90),
        "lon": st.none() | st.floats(-180, 180),
        "coverage": st.none() | st.floats(0, 1),
        "excess": st.none() | NUMBERS | st.floats(-1e6, 0),
        "score": st.none() | st.floats(-50, 1e4),
        **{name: st.none() | NUMBERS for name in ("people", "people_low", "people_high", "usual", "expected")},
        **{name: st.none() | NUMBERS for name in ("least_people", "least_excess", "least_score")},
        **{name: st.none() | NAMES for name in ("area_name", "rule", "place", "event", "merged_into")},
    }
)
STAYING = st.fixed_dictionaries(
    {"low": st.floats(0, 1e7), "width": st.floats(0, 1e7), "where": st.floats(0, 1), "usual": st.floats(0, 1e7)}
)


def _told(*changes, timezone="Asia/Jakarta", **options):
    """Reasons of the usual row with changes: (Indonesian, English) of each."""
    frame = pl.DataFrame([USUAL_ROW | change for change in changes], schema=SCHEMA)
    told = with_reasons(frame, timezone=timezone, **options)
    return told.select("reason_id", "reason_en").rows()


def _english(**change):
    return _told(change)[0][1]


def _indonesian(*, timezone="Asia/Jakarta", **change):
    return _told(change, timezone=timezone)[0][0]


def _numbers(text, language):
    """All numbers of a text, in order: clocks as hour and minute, words for numbers as numbers."""
    text = re.sub(r"-?\d+\.\d{4}(?!\d)", lambda degrees: degrees[0].replace(".", language.point), text)
    text = re.sub(r"(pukul|day|at) (\d\d)[.:](\d\d)\b", r"\1 \2 \3", text)
    words = dict(zip(language.numbers, range(1, 11), strict=True)) | {"an hour": 1}
    marks = re.escape(language.thousands + language.point)
    found = re.findall(rf"-?\d[\d{marks}]*|\b(?:{'|'.join(words)})\b", text.lower())
    return [float(words[one]) if one in words else _parsed(one, language) for one in found]


def _parsed(number, language):
    return float(number.rstrip(".,").replace(language.thousands, "").replace(language.point, "."))


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(ROWS, min_size=1, max_size=5))
def test_whatever_is_unknown_there_is_a_clean_sentence(rows):
    for told in _told(*rows):
        for text in told:
            assert text.endswith(".")
            assert text[0].isupper() or text[0].isdigit()
            assert not re.search(r"\b(none|null|nan|inf|said)\b|  |\n| [.,;)]|\( |\(\)|;\.|; ;", text, re.IGNORECASE)


@settings(max_examples=40, deadline=None)
@given(row=ROWS)
def test_both_languages_mention_the_same_numbers(row):
    row |= dict.fromkeys(("area_name", "rule", "place", "event"), "Kota") | {"merged_into": None}
    indonesian, english = _told(row)[0]
    assert sorted(_numbers(indonesian, INDONESIAN)) == sorted(_numbers(english, ENGLISH))


@settings(max_examples=40, deadline=None)
@given(crowd=STAYING, language=st.sampled_from([0, 1]))
def test_numbers_parse_back_to_what_is_known_within_their_rounding(crowd, language):
    people = crowd["low"] + crowd["where"] * crowd["width"]
    known = [people, crowd["low"], crowd["low"] + crowd["width"]]
    change = dict(zip(("people", "people_low", "people_high"), known, strict=True))
    change |= {"usual": crowd["usual"], "excess": None, "least_excess": None, "least_score": None}
    head = _told(change)[0][language].split(";")[0]
    numbers = _numbers(head, (INDONESIAN, ENGLISH)[language])
    said_excess = [abs(people - crowd["usual"])] * ("kurang lebih" not in head and "about" not in head)
    expected = [*(known if "–" in head else known[:1]), *said_excess, 12, 0, crowd["usual"]]
    assert len(numbers) == len(expected)
    for said, exact in zip(numbers, expected, strict=True):
        # Two digits at least, or whole people.
        assert abs(said - exact) <= max(0.5, 0.05 * exact) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("number", "low", "high", "rounded"),
    [
        (4123, 3311, 4980, 4100),
        (4123, 4073, 4173, 4120),
        (4123, 4121, 4125, 4123),
        (4123, 4123, 4123, 4123),
        (4123, None, None, 4100),
        (12_345_678, 9e6, 15e6, 12_000_000),
        (37.4, 20, 60, 37),
        (0.4, 0, 3, 0),
        (0, 0, 0, 0),
        (-2919, 3311, 4980, -2900),
        (9960, 8000, 12_000, 10_000),
    ],
)
def test_people_are_rounded_as_their_range_deserves(number, low, high, rounded):
    frame = pl.DataFrame(
        {"n": [float(number)], "low": [low], "high": [high]}, schema_overrides={"low": pl.Float64, "high": pl.Float64}
    )
    said = frame.select(round_to_range(pl.col("n"), low=pl.col("low"), high=pl.col("high"))).item()
    assert said == rounded


@settings(deadline=None)
@given(low=st.floats(0, 1e8), width=st.floats(0, 1e8), where=st.floats(0, 1))
def test_rounding_keeps_a_number_within_its_rounded_range(low, width, where):
    high = low + width
    frame = pl.DataFrame({"low": low, "n": min(high, low + where * width), "high": high})
    bounds = {"low": pl.col("low"), "high": pl.col("high")}
    row = frame.select(round_to_range(pl.col(name), **bounds) for name in ("low", "n", "high")).row(0)
    assert list(row) == sorted(row)


def test_people_rounded_up_to_their_threshold_stay_within_their_range_as_told():
    text = _english(people=1249.0, people_low=300.0, people_high=1249.4, least_people=1240.0)
    assert text.startswith("1,249 people (300–1,249)")
    assert "1,249 people pass 1,240" in text


def test_one_whole_reason_in_both_languages():
    indonesian, english = _told({})[0]
    assert english == (
        "4,100 people (3,300–5,000), 2,900 above the usual for Friday 12:00 (1,200); three hexagons around "
        "-6.1754, 106.8272 in Kota Alun; level siaga because 2,900 above the usual passes 1,200 and the score 7.3 "
        "passes 6. It was waspada an hour ago."
    )
    assert indonesian == (
        "4.100 orang (3.300–5.000), 2.900 di atas kebiasaan Jumat pukul 12.00 WIB (1.200); tiga heksagon di sekitar "
        "-6.1754, 106.8272 di Kota Alun; level siaga karena 2.900 di atas kebiasaan melampaui ambang 1.200 dan skor "
        "7,3 melampaui ambang 6. Satu jam yang lalu levelnya waspada."
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"usual": None, "excess": None, "score": None}, "nobody knows yet what is usual here"),
        ({"baseline_from": "hour_of_day"}, "by the hour of working days"),
        (
            {"baseline_from": "hour_of_day", "interval_start": datetime(2020, 4, 4, 5, tzinfo=UTC)},
            "by the hour of weekends",
        ),
        ({"baseline_from": "neighbours"}, "by its neighbours"),
        ({"event": "Konser", "expected": 5000.0}, "; 5,000 were expected for 'Konser';"),
        ({"event": "Konser", "place": "Lapangan", "expected": 5000.0}, "for 'Konser' at Lapangan;"),
        ({"place": "Lapangan", "expected": 5000.0}, "the permitted capacity of Lapangan is 5,000;"),
        ({"rule": "Ramadan"}, "level siaga by the rule 'Ramadan' because"),
        ({"coverage": 0.8}, "of its usual devices 80 % did report"),
        ({"coverage": 0.29}, "of its usual devices 29 % did report"),
        ({"coverage": 0.999}, "of its usual devices 99 % did report"),
        ({"hours": 3}, "It has been there for three hours now. It was waspada an hour ago."),
        ({"hours": 14}, "for 14 hours now"),
        ({"hours": 1, "level_before": "siaga"}, "It has been there for an hour now."),
        ({"hours": 0}, "It was waspada before."),
        ({"state": "new", "level_before": None}, "It is new."),
        ({"excess": -312.0}, ", 310 below the usual for Friday 12:00"),
        ({"excess": 0.2}, ", about the usual for Friday 12:00"),
        ({"people": 1.0, "people_low": 1.0}, "1 person (1–5,000)"),
        ({"people_low": float("nan")}, "4,100 people, 2,900 above the usual"),
        ({"people_high": float("inf")}, "4,100 people, 2,900 above the usual"),
        ({"hexes": 1}, "; one hexagon around"),
        ({"hexes": 12}, "; 12 hexagons around"),
    ],
)
def test_what_is_particular_is_said(change, said):
    assert said in _english(**change)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"end_cause": "gone", "people": None, "least_people": 600.0}, "Gone: fewer than 600 people remain;"),
        (
            {"end_cause": "gone", "least_people": 600.0, "least_excess": 3000.0},
            "Gone: fewer than 3,000 people above the usual remain;",
        ),
        ({"end_cause": "gone", "least_people": 0.0, "least_excess": None}, "Gone: too few people remain;"),
        ({"end_cause": "unseen"}, "Not seen any more: too few cells report;"),
        ({"end_cause": "merged", "merged_into": "g-1"}, "Merged into g-1;"),
        ({"end_cause": "merged"}, "Merged into another gathering;"),
        ({}, "It has ended;"),
    ],
)
def test_an_end_says_its_cause_first(change, said):
    text = _english(state="ended", level="normal", hexes=0, hours=4, **change)
    assert text.startswith(said)
    assert text.endswith("It was there for four hours. It was waspada an hour ago.")


@pytest.mark.parametrize("figure", ["people", "excess", "score"])
@given(exact=st.floats(0.1, 1e6), share=st.floats(0, 2))
@settings(max_examples=40, deadline=None)
def test_a_threshold_is_named_exactly_where_its_figure_as_told_passes_it(figure, exact, share):
    least = round(exact * share, 3)
    only = dict.fromkeys(("least_people", "least_excess", "least_score")) | {f"least_{figure}": least}
    text = _english(**({figure: exact} | only), level_before=None)
    passes = re.search(r"because .*?([\d,.]+)(?: people| person| above the usual)? pass(?:es)? ([\d,.]+)\. ", text)
    assert bool(passes) == (0 < least <= exact)
    if passes:
        told, threshold = (float(number.replace(",", "")) for number in passes.groups())
        assert threshold == pytest.approx(least)
        assert told >= threshold


@pytest.mark.parametrize(
    ("timezone", "when"),
    [
        ("Asia/Jakarta", "Jumat pukul 12.00 WIB"),
        ("Asia/Makassar", "Jumat pukul 13.00 WITA"),
        ("Asia/Jayapura", "Jumat pukul 14.00 WIT"),
        ("Europe/Berlin", "Jumat pukul 07.00 ("),
    ],
)
def test_times_are_local_and_named_as_in_indonesia(timezone, when):
    assert f"kebiasaan {when}" in _indonesian(timezone=timezone)


def test_every_weekday_has_its_name():
    days = [{"interval_start": FRIDAY_NOON + timedelta(days=n)} for n in range(3, 10)]
    told = [re.search(r"kebiasaan (\w+) pukul", indonesian)[1] for indonesian, _ in _told(*days)]
    assert told == ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"]


def test_a_holiday_is_called_one():
    feast = frozenset({date(2020, 4, 3)})
    indonesian, english = _told({"baseline_from": "hour_of_day"}, holidays=feast)[0]
    assert "kebiasaan hari libur pukul 12.00 WIB" in indonesian
    assert "the usual for a holiday at 12:00 (1,200, by the hour of weekends and holidays" in english


def test_coordinates_keep_the_point_in_both_languages():
    for text in _told({"lat": -0.00001, "lon": 140.7})[0]:
        assert "0.0000, 140.7000" in text
        assert "-0.0000" not in text


def test_columns_and_rows_stay_as_they_were():
    frame = pl.DataFrame([USUAL_ROW, USUAL_ROW | {"people": 7.0}], schema=SCHEMA)
    told = with_reasons(frame, timezone="Asia/Jakarta")
    assert told.drop("reason_id", "reason_en").equals(frame)
    assert with_reasons(frame.clear(), timezone="Asia/Jakarta").schema == told.schema


def test_columns_that_hold_nothing_need_no_type():
    frame = pl.DataFrame([USUAL_ROW])
    assert with_reasons(frame, timezone="Asia/Jakarta")["reason_en"][0] == _english()


def test_both_languages_have_the_same_phrases_with_the_same_figures():
    def figures(pattern):
        return {name for _, name, _, _ in Formatter().parse(pattern) if name}

    english, indonesian = (
        {phrase: figures(pattern) for phrase, pattern in language.phrases.items()} for language in (ENGLISH, INDONESIAN)
    )
    assert english == indonesian


def test_an_unknown_time_zone_is_refused():
    with pytest.raises(RefusedInputError, match="Asia/Nowhere"):
        _told({}, timezone="Asia/Nowhere")
