"""Gatherings that may only be phones of silent cells on others nearby: told last, and counted beside the others."""

from typing import Literal

import polars as pl

from crowd.report.words import Words
from crowd.report.words.scalars import number

Doubt = Literal["none", "one", "some", "all"]


def doubt_of(gatherings: pl.DataFrame) -> Doubt:
    """How many of some gatherings are doubtful."""
    doubtful = gatherings["is_doubtful"].sum()
    if not doubtful:
        return "none"
    if doubtful < gatherings.height:
        return "some"
    return "one" if gatherings.height == 1 else "all"


def doubt_note(gatherings: pl.DataFrame, *, words: Words) -> str:
    """How many may be the network, as a line under their number; an empty text for none."""
    doubt = doubt_of(gatherings)
    if doubt == "none":
        return ""
    name = "numbers.gatherings_doubtful" if doubt == "some" else f"numbers.gatherings_doubtful_{doubt}"
    return words.say(name, count=doubtful_count(gatherings, words=words))


def doubtful_count(gatherings: pl.DataFrame, *, words: Words) -> str:
    """How many are doubtful."""
    return number(int(gatherings["is_doubtful"].sum()), words=words)
