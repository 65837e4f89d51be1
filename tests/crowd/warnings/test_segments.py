import pytest
import smsutil
from hypothesis import given, settings
from hypothesis import strategies as st

from crowd.warnings.message import characters_outside_gsm7, count_segments
from crowd.warnings.message.segments import BASIC_CHARACTERS, EXTENSION_CHARACTERS

GSM = st.sampled_from(sorted(BASIC_CHARACTERS | EXTENSION_CHARACTERS))
EXTENSION = st.sampled_from(sorted(EXTENSION_CHARACTERS))
OTHERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x1b")
ASTRAL = st.characters(min_codepoint=0x10000)
ALPHABETS = st.sampled_from([GSM, EXTENSION, GSM | EXTENSION, GSM | OTHERS, EXTENSION | ASTRAL, OTHERS | ASTRAL])
UNIT_BYTES = {"gsm7": 1, "ucs2": 2}


@st.composite
def texts(draw):
    """Texts of up to five segments, so that characters of two units meet every boundary."""
    some = draw(st.text(draw(ALPHABETS), min_size=1, max_size=9))
    length = draw(st.integers(1, 700))
    return (some * length)[:length]


@settings(max_examples=400, deadline=None)
@given(texts())
def test_segments_are_what_smsutil_splits_a_text_into(text):
    count, split = count_segments(text), smsutil.split(text)
    unit = UNIT_BYTES[count.encoding]
    assert count.segments == len(split.parts)
    assert count.encoding == {"gsm0338": "gsm7", "utf_16_be": "ucs2"}[split.encoding]
    assert count.units * unit == split.total_bytes
    assert count.per_segment - count.left == split.parts[-1].bytes // unit


@settings(deadline=None)
@given(texts())
def test_a_character_more_never_takes_fewer_segments(text):
    assert count_segments(text[:-1]).segments <= count_segments(text).segments


@pytest.mark.parametrize(
    ("text", "encoding", "segments", "left"),
    [
        ("a" * 160, "gsm7", 1, 0),
        ("a" * 161, "gsm7", 2, 145),
        ("a" * 306, "gsm7", 2, 0),
        ("a" * 307, "gsm7", 3, 152),
        ("€" * 80, "gsm7", 1, 0),
        # Septet 153 stays empty: the euro sign would be split.
        ("a" * 152 + "€" + "a" * 151, "gsm7", 2, 0),
        ("a" * 152 + "€" + "a" * 152, "gsm7", 3, 152),
        ("’" * 70, "ucs2", 1, 0),
        ("’" * 71, "ucs2", 2, 63),
        ("😀" * 35, "ucs2", 1, 0),
        # Unit 67 stays empty: the pair would be split.
        ("’" * 66 + "😀" + "’" * 65, "ucs2", 2, 0),
        ("’" * 66 + "😀" + "’" * 66, "ucs2", 3, 66),
    ],
)
def test_limits_are_those_of_the_standard(text, encoding, segments, left):
    count = count_segments(text)
    assert (count.encoding, count.segments, count.left) == (encoding, segments, left)


def test_the_escape_is_no_character_of_the_default_alphabet():
    # smsutil takes 0x1B for one septet; in 3GPP TS 23.038 it is the escape to the extension table, so a text that
    # holds U+001B can only go out as UCS-2.
    assert smsutil.split("a\x1b").encoding == "gsm0338"
    assert count_segments("a\x1b").encoding == "ucs2"
    assert characters_outside_gsm7("a\x1b") == ("\x1b",)


def test_an_empty_text_is_one_blank_message_of_septets():
    # smsutil calls it UCS-2, as its pattern wants at least one character; nothing in it is outside the alphabet.
    assert smsutil.split("").encoding == "utf_16_be"
    count = count_segments("")
    assert (count.encoding, count.segments, count.units, count.left) == ("gsm7", 1, 0, 160)


def test_characters_that_make_a_text_dearer_are_named_once_in_order():
    assert characters_outside_gsm7("Mas’ud – Ça va? {€} – ’ é") == ("’", "–")
    assert characters_outside_gsm7("\n\r[]^|~\\ @£$") == ()
