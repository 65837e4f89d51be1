from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from told_warnings import LONGEST_PLACE, told

from crowd.warnings.message import (
    check_message,
    check_templates,
    check_text,
    count_segments,
    load_template,
    render_message,
)
from crowd.warnings.message.fields import ALLOWED, KINDS
from lake.errors import RefusedInputError

LANGUAGES = ("id", "en")
EVERY_MESSAGE = list(product(KINDS, LANGUAGES))
MARK = {"id": "UJI COBA: ", "en": "TEST: "}


@pytest.fixture
def folder(tmp_path):
    """An installation's own templates."""

    def write(text, kind="alert", language="id"):
        path = tmp_path / "messages" / language / f"{kind}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return tmp_path / "messages"

    return write


def rendered(folder, fields=None, *, mode="live"):
    return render_message("alert", "id", fields or told(), mode=mode, templates_folder=folder)


@pytest.mark.parametrize(("kind", "language"), EVERY_MESSAGE)
@pytest.mark.parametrize("level", ["waspada", "siaga", "awas"])
@pytest.mark.parametrize("emergency", ["112", "110 / 118"])
def test_shipped_messages_fit_two_cheap_segments_as_tests_with_long_names(kind, language, level, emergency):
    assert len(LONGEST_PLACE) == 30
    fields = told(level=level, timezone="Asia/Makassar", emergency=emergency)  # WITA is longest, as is Wednesday
    count = count_segments(render_message(kind, language, fields, mode="test"))
    assert (count.encoding, count.segments) == ("gsm7", 2)
    assert check_message(kind, language, fields, mode="test", max_segments=2) == ()


@pytest.mark.parametrize(("kind", "language"), EVERY_MESSAGE)
def test_a_test_is_marked_by_code_and_live_is_not(kind, language):
    live = render_message(kind, language, told(), mode="live")
    assert render_message(kind, language, told(), mode="test") == MARK[language] + live
    assert "UJI COBA" not in live
    assert "TEST" not in live


@pytest.mark.parametrize(("kind", "language"), [(k, lang) for k, lang in EVERY_MESSAGE if k != "officer"])
def test_the_public_is_told_where_what_number_and_where_to_check(kind, language):
    text = render_message(kind, language, told(), mode="live")
    for part in (LONGEST_PLACE, "112", "https://siaga.kotacontoh.example/cek", "C3D4FG", "BPBD Kota Contoh"):
        assert part in text
    assert "3.000" not in text
    assert ("K7X9M4" in text) == (kind != "alert")


@pytest.mark.parametrize(
    ("language", "timezone", "time"),
    [
        ("id", "Asia/Jakarta", "Rabu 19.05 WIB"),
        ("id", "Asia/Makassar", "Rabu 20.05 WITA"),
        ("id", "Asia/Jayapura", "Rabu 21.05 WIT"),
        ("en", "Asia/Jayapura", "Wednesday 21:05 WIT"),
        ("en", "Asia/Kolkata", "Wednesday 17:35 UTC+5:30"),
        ("en", "America/New_York", "Wednesday 07:05 UTC-5"),
    ],
)
def test_times_are_local_and_name_their_zone(language, timezone, time):
    assert f"{time}." in render_message("alert", language, told(timezone=timezone), mode="live")


def test_a_gathering_since_yesterday_is_told_by_its_local_weekday():
    since = datetime(2026, 11, 25, 17, 30, tzinfo=UTC)
    assert "sejak Kamis 00.30 WIB" in render_message("alert", "id", told(since=since), mode="live")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"level": "panik"}, "level 'panik' is unknown"),
        ({"timezone": "Asia/Nowhere"}, "time zone 'Asia/Nowhere' is unknown"),
        ({"since": datetime(2026, 11, 25, 12)}, "has no time zone"),  # noqa: DTZ001 - that is what is refused
    ],
)
def test_fields_that_cannot_be_written_are_refused(changes, said):
    with pytest.raises(RefusedInputError, match=said):
        render_message("alert", "id", told(**changes), mode="test")


def test_an_own_template_wins_and_the_others_stay_shipped(folder):
    own = folder("{{ sender }}: hati-hati di {{ place }}")
    assert rendered(own) == f"BPBD Kota Contoh: hati-hati di {LONGEST_PLACE}"
    assert render_message("alert", "en", told(), mode="live", templates_folder=own) == render_message(
        "alert", "en", told(), mode="live"
    )


def test_no_template_can_leave_out_the_mark(folder):
    assert rendered(folder("{# UJI COBA #}halo {{ code }}"), mode="test") == "UJI COBA: halo C3D4FG"


def test_blanks_and_line_ends_are_collapsed(folder):
    own = folder("\n\n {{ place }}\r\n\r\n\t {{ code }} \u00a0 .\n{% if until %}\n{% endif %}\n")
    assert rendered(own, told(place="  Rawa \n Jernih ")) == "Rawa Jernih C3D4FG ."


def test_typographic_marks_of_names_do_not_make_a_message_dearer(folder):
    assert rendered(folder("{{ place }}"), told(place="Pasar “Ma’ruf” – Timur…")) == 'Pasar "Ma\'ruf" - Timur...'


def test_what_a_field_holds_is_never_read_as_a_template(folder):
    place = "{{ code }}{% if x %}"
    assert rendered(folder("di {{ place }}"), told(place=place)) == f"di {place}"


@pytest.mark.parametrize(
    ("template", "line", "named"),
    [
        ("{{ place.__class__ }}", 1, "attribute access"),
        ("\n{{ place['x'] }}", 2, "access to a part"),
        ("{{ place() }}", 1, "a call"),
        ("{{ place|upper }}", 1, "a filter"),
        ("{% for x in place %}{{ x }}{% endfor %}", 1, "a loop"),
        ("a\nb\n{% include 'x' %}", 3, "an include"),
        ("{% import 'x' as y %}", 1, "an import"),
        ("{% extends 'x' %}", 1, "another template"),
        ("{% set place = 'x' %}", 1, "an assignment"),
        ("{% macro m() %}{% endmacro %}", 1, "a macro"),
        ("{% block b %}{% endblock %}", 1, "a block"),
        ("{% raw %}{{ place }}{% endraw %}", 1, "a raw block"),
        ("{{ place ~ code }}", 1, "'concat'"),
        ("{{ 'x' }}", 1, "'const'"),
        ("{{ 1 + 1 }}", 1, "'add'"),
        ("{{ place if code }}", 1, "a condition inside braces"),
        ("{% if not place %}x{% endif %}", 1, "'not'"),
        ("{% if place == 'x' %}x{% endif %}", 1, "a comparison"),
        ("{% if place is defined %}x{% endif %}", 1, "a test"),
        ("{% if place %}x{% else %}y{% endif %}", 1, "'else' or 'elif'"),
        ("{% if place %}\n{% if code %}{{ code.x }}{% endif %}{% endif %}", 2, "attribute access"),
        ("\n{{ phone }}", 2, "'phone' is no field"),
        ("{% if phone %}x{% endif %}", 1, "'phone' is no field"),
        ("{{ people }}", 1, "'people' is no field"),
        ("{{ reason }}", 1, "'reason' is no field"),
        ("{{ replaced }}", 1, "'replaced' is no field"),
        ("{{ regency_code }}", 1, "'regency_code' is no field"),
        ("{{ self }}", 1, "'self' is no field"),
        ("halo\n{{ place", 2, ".*use {{ field }}"),
        ("{% if place %}", 1, ".*use {{ field }}"),
        ("{% weird %}", 1, ".*use {{ field }}"),
    ],
)
def test_a_template_that_holds_more_is_refused_with_file_line_and_construct(folder, template, line, named):
    own = folder(template)
    with pytest.raises(RefusedInputError, match=f"alert.txt, line {line}: {named}") as refused:
        load_template("alert", "id", own)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in KINDS for name in ALLOWED[kind]])
def test_every_field_of_a_kind_may_be_used(folder, kind, name):
    own = folder(f"x {{% if {name} %}}{{{{ {name} }}}}{{% endif %}}", kind=kind)
    assert load_template(kind, "id", own).needed == ()
    fields = told(until=datetime(2026, 11, 25, 14, tzinfo=UTC))
    assert len(render_message(kind, "id", fields, mode="live", templates_folder=own)) > 2


PIECES = st.sampled_from(
    ["{{", "}}", "{%", "%}", " ", "if ", "endif", "place", ".", "(", ")", "|", "x", "\n", "{{place}}"]
)


@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(PIECES, max_size=12))
def test_any_text_is_a_template_that_can_be_filled_or_is_refused_in_one_sentence(tmp_path_factory, pieces):
    own = tmp_path_factory.getbasetemp() / "any"
    (own / "id").mkdir(parents=True, exist_ok=True)
    (own / "id" / "alert.txt").write_text("".join(pieces), encoding="utf-8")
    refusal = ""
    try:
        rendered(own)
    except RefusedInputError as refused:
        refusal = str(refused)
    assert not refusal or "alert.txt" in refusal
    assert "\n" not in refusal


@pytest.mark.parametrize(
    ("kind", "language", "said"), [("alerts", "id", "no message 'alerts'"), ("alert", "fr", "no message 'alert' in")]
)
def test_a_message_that_there_is_not_is_refused(kind, language, said):
    with pytest.raises(RefusedInputError, match=said):
        render_message(kind, language, told(), mode="test")


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe"])
def test_an_empty_or_unreadable_template_is_refused(folder, content):
    own = folder("")
    (own / "id" / "alert.txt").write_bytes(content)
    with pytest.raises(RefusedInputError, match=r"alert\.txt (is empty|cannot be read)"):
        load_template("alert", "id", own)


def test_templates_are_looked_through_together(folder):
    check_templates(folder("{{ place }}", kind="cancel"))
    with pytest.raises(RefusedInputError, match=r"cancel\.txt, line 1"):
        check_templates(folder("{{ place.x }}", kind="cancel"))


@pytest.mark.parametrize(("kind", "language"), [("alerts", "id"), ("alert", "fr")])
def test_a_template_that_would_never_be_used_is_refused(folder, kind, language):
    with pytest.raises(RefusedInputError, match="is never used"):
        check_templates(folder("{{ place }}", kind=kind, language=language))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"emergency": ""},
            "no emergency number is set for regency 99.01: add it to emergency_numbers.csv",
        ),
        ({"emergency": "", "regency_code": None}, "lies in no known regency"),
        ({"official_page": ""}, "official_page is empty: set it under [warnings] in kerumun.toml"),
        ({"sender": " "}, "sender_name is empty: set it under [warnings] in kerumun.toml"),
        ({"place": ""}, "load areas"),
        ({"code": ""}, "no check code"),
        ({"replaced": ""}, "the code of the warning that it refers to is missing"),
        ({"since": None}, "since is empty, but templates/id/update.txt needs it"),
    ],
)
def test_an_empty_field_that_is_used_is_refused_with_what_to_do(changes, said):
    (refusal,) = check_message("update", "id", told(**changes), mode="test", max_segments=2)
    assert said in refusal


def test_every_empty_field_is_told():
    fields = told(emergency="", official_page="")
    assert len(check_message("alert", "en", fields, mode="test", max_segments=2)) == 2


def test_a_field_that_is_not_used_may_be_empty(folder):
    own = folder("{{ place }}{% if emergency %} {{ emergency }}{% endif %}")
    assert check_message("alert", "id", told(emergency=""), mode="live", max_segments=1, templates_folder=own) == ()


def test_a_field_used_outside_its_condition_too_is_needed(folder):
    own = folder("{% if emergency %}{{ emergency }}{% endif %} {{ place }} {{ emergency }}")
    assert check_message("alert", "id", told(emergency=""), mode="live", max_segments=1, templates_folder=own)


def test_a_draft_shows_its_gaps_and_never_passes_with_them():
    text = render_message("alert", "id", told(emergency=""), mode="test")
    assert "Darurat: (emergency?)." in text
    (refusal,) = check_text(text, max_segments=9)
    assert "gap where emergency belongs" in refusal


def test_a_template_that_says_nothing_is_refused(folder):
    own = folder("{% if until %}x{% endif %}")
    assert rendered(own, mode="test") == ""
    (refusal,) = check_message("alert", "id", told(), mode="test", max_segments=2, templates_folder=own)
    assert "empty" in refusal


@pytest.mark.parametrize("text", ["", " \n", "UJI COBA: ", "TEST:"])
def test_an_empty_text_is_refused_marked_or_not(text):
    assert "empty" in check_text(text, max_segments=2)[0]


def test_the_mark_counts_in_the_segments(folder):
    own = folder("x" * 160)
    assert check_message("alert", "id", told(), mode="live", max_segments=1, templates_folder=own) == ()
    (refusal,) = check_message("alert", "id", told(), mode="test", max_segments=1, templates_folder=own)
    assert refusal == "the message takes 2 SMS, 1 allowed: shorten it by 10 characters or more"


def test_the_characters_that_make_a_text_too_long_are_named():
    (refusal,) = check_text("’" + "x" * 150, max_segments=2)
    assert refusal == "the message takes 3 SMS, 2 allowed: replace ’ (U+2019), without which it would take 1"
    assert check_text("’" + "x" * 150, max_segments=3) == ()


@pytest.mark.parametrize("character", ["\x07", "\x0c", "\x1b", "\x85", "\u200b", "\u202e", "\ue000", "\ud800", "\x7f"])
def test_characters_that_no_phone_shows_are_refused(character):
    (refusal,) = check_message("alert", "id", told(place=f"Rawa{character}Jernih"), mode="test", max_segments=9)
    assert f"U+{ord(character):04X}" in refusal
    assert character not in refusal


@pytest.mark.parametrize(
    "number",
    ["+99900000001", "+999 000 00001", "999000000001", "001010000000001", "00101-0000000001", "someone@example.org"],
)
def test_what_is_shaped_like_a_subscriber_is_refused_and_never_repeated(number):
    (refusal,) = check_text(f"Hubungi {number} segera", max_segments=2)
    assert "shaped like" in refusal
    assert number not in refusal


@pytest.mark.parametrize("emergency", ["112", "110 / 118", "0999123456", "112 / 099912345678"])
def test_emergency_numbers_may_stand_however_long(emergency):
    assert check_message("alert", "id", told(emergency=emergency), mode="test", max_segments=3) == ()


def test_only_the_emergency_numbers_of_the_place_may_be_long():
    text = "Darurat: 0999123456, bukan 0999123457"
    assert check_text(text, max_segments=1, emergency="0999123457")
    assert check_text(text, max_segments=1, emergency="0999123456 / 0999123457") == ()
    assert check_text("Darurat: 10999123456", max_segments=1, emergency="0999123456")


def test_a_short_emergency_number_hides_no_number_that_it_is_part_of():
    assert check_text("Hubungi +999 112 00001", max_segments=1, emergency="112")


def test_line_ends_are_no_reason_to_refuse_a_text():
    assert check_text("Level SIAGA.\nIkuti petugas.", max_segments=1) == ()


def test_whatever_is_not_live_is_marked_as_a_test():
    assert render_message("alert", "en", told(), mode="Live").startswith("TEST: ")
