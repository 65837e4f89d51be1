"""The report's words: both languages say the same things, and single numbers read as columns do."""

from string import Formatter

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from crowd.report.words import load_words, told_number, told_percent
from crowd.report.words.scalars import number, percent, share


def fields(phrase):
    return {name for _, name, _, _ in Formatter().parse(phrase) if name}


def test_both_languages_have_the_same_phrases_with_the_same_figures():
    indonesian, english = load_words("id"), load_words("en")
    assert {name: fields(phrase) for name, phrase in indonesian.phrases.items()} == {
        name: fields(phrase) for name, phrase in english.phrases.items()
    }
    assert {name: len(held) for name, held in indonesian.texts.items()} == {
        name: len(held) for name, held in english.texts.items()
    }


@settings(deadline=None)
@given(value=st.integers(-(10**9), 10**9), language=st.sampled_from(["id", "en"]))
def test_a_single_number_reads_as_a_column_does(value, language):
    words = load_words(language)
    column = pl.select(told_number(pl.lit(float(value)), words=words, sign="always")).item()
    assert number(float(value), words=words, sign="always") == column


@settings(deadline=None)
@given(tenths=st.integers(-5_000, 5_000), language=st.sampled_from(["id", "en"]))
def test_a_single_percentage_reads_as_a_column_does(tenths, language):
    words = load_words(language)
    # Halves of a whole percent are rounded by their own rule in either; the tables hold one decimal.
    value = tenths / 10 if abs(tenths) < 100 else float(tenths // 10)
    column = pl.select(told_percent(pl.lit(value), words=words)).item()
    assert percent(value, words=words) == column


def test_a_small_share_is_not_told_as_nothing():
    words = load_words("en")
    assert share(0.0004, words=words) == "<0.1%"
    assert share(0.0, words=words) == "0%"
