"""What has been published of a week, so that a later edition of it gives nothing away together with the earlier ones.

The lake remembers every edition (`lake/mobility_editions/`). A week has one k and one budget of noise for good. The
rule of editions and the attacks that it stops: docs/method/disclosure.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import polars as pl

from crowd.mobility.edition_rule import bind_to_earlier
from crowd.mobility.noise import add_noise
from crowd.mobility.public_factor import standing_factors
from crowd.mobility.standing_order import standing_order
from crowd.mobility.suppression import suppress
from crowd.mobility.tree_order import KEYS, Tree
from crowd.mobility.weeks import HOUR, Week
from lake.errors import RefusedInputError
from lake.home import Home
from lake.locks import hold_lock
from lake.staging import recover, staged

STAGE = "mobility_editions"
LIST = "editions.parquet"
WAIT_S = 600.0

DataType = pl.DataType | type[pl.DataType]
HOUR_KEYS = [*KEYS, "interval_start"]
REMEMBERED: dict[str, DataType] = {
    "level": pl.String,
    "area_code": pl.String,
    "interval_start": pl.Datetime("us", "UTC"),
    "is_hidden": pl.Boolean,
    "people": pl.Float64,
    "people_low": pl.Float64,
    "people_high": pl.Float64,
    "devices": pl.Float64,
    "people_untold": pl.Float64,
    "coverage": pl.Float64,
    "cells": pl.Int64,
    "silent_cells": pl.Int64,
}
LISTED: dict[str, DataType] = {
    "number": pl.Int32,
    "k": pl.Int64,
    "epsilon": pl.Float64,
    "made_at": pl.Datetime("us", "UTC"),
}
UNTOLD = ("devices", "people_untold")  # of hidden ones too: remembered to be compared, never told
NULL_UNLESS_SHOWN = ("people", "people_low", "people_high", "coverage")


@dataclass(frozen=True, kw_only=True)
class Edition:
    """One state of a week's numbers as they were published.

    Attributes:
        number: 1 for the first of the week.
        k: fewest devices that a shown number rests on.
        epsilon: budget of differential privacy of each area and hour; None where there is no noise.
        made_at: when these numbers were published first.
        hours: level, area_code, interval_start, is_hidden, people, people_low, people_high, coverage (these four null
            unless shown), cells, silent_cells, status (shown, hidden, missing); by the first three.
    """

    number: int
    k: int
    epsilon: float | None
    made_at: datetime
    hours: pl.DataFrame


def publish(
    home: Home, *, week: Week, hours: pl.DataFrame, tree: Tree, k: int, now: datetime, epsilon: float | None = None
) -> Edition:
    """Settle which numbers of a week are shown, bound to what earlier editions of it have told, and remember them.

    Numbers that are the same as before are no new edition.

    Args:
        home: whose lake.
        week: the week.
        hours: the base table (`crowd.mobility.area_hours.read_area_hours`) of the week; other hours are passed over.
        tree: all areas that numbers are published of, whatever a report is restricted to.
        k: fewest devices that a shown number rests on.
        now: when.
        epsilon: budget of differential privacy of each area and hour; None for no noise. With noise, an hour that is
            not over by `now` waits: what comes later would not enter.

    Raises:
        RefusedInputError: the week was published with another k or budget, the budget is not positive, OpenDP is not
            installed, or another process publishes the week for minutes.
    """
    with hold_lock(home, f"edition-{week.label}", wait_s=WAIT_S):
        recover(home)
        last = _read_last(home, week)
        if last is not None:
            _check_same_terms(last, week=week, k=k, epsilon=epsilon)
        inside = hours.filter(pl.col("interval_start").is_between(week.start, week.end, closed="left"))
        if epsilon is not None:
            over = inside.filter(pl.col("interval_start") + HOUR <= now)
            factors = standing_factors(home, week, over, tree=tree)
            draw = partial(add_noise, tree=tree, epsilon=epsilon, factors=factors)
            told = _tell_noised(over, draw, k=k, earlier=None if last is None else last.hours)
        else:
            order = standing_order(home, inside)
            told = _tell(inside, tree, k=k, order=order, earlier=None if last is None else last.hours)
        if last is not None and told.equals(last.hours):
            return _as_shown(last)
        number = 1 if last is None else last.number + 1
        new = Edition(number=number, k=k, epsilon=epsilon, made_at=now, hours=told)
        _remember(home, week, new)
        return _as_shown(new)


def publish_reference(
    home: Home, *, week: Week, hours: pl.DataFrame, tree: Tree, k: int, now: datetime, epsilon: float | None = None
) -> Edition:
    """The numbers of a week that another week is compared with: as it was published on other terms, else as `publish`.

    Medians over reference weeks publish their hours, so these are bound by the same rule.
    """
    found = read_edition(home, week=week)
    if found is not None and (found.k, found.epsilon) != (k, epsilon):
        return found
    return publish(home, week=week, hours=hours, tree=tree, k=k, now=now, epsilon=epsilon)


def refuse_other_noise(home: Home, *, weeks: Sequence[Week], epsilon: float | None) -> None:
    """Refuse to compare a week with weeks whose numbers were published with noise where it has none, or without.

    People with noise are devices times one factor for the whole country, so that beside people without it everything
    would seem to have changed; nor would the budget that the report tells be all that was spent.

    Args:
        home: whose lake.
        weeks: to compare with.
        epsilon: budget of the week that is compared; None for no noise.

    Raises:
        RefusedInputError: one of them was published so.
    """
    for week in weeks:
        if not is_published_alike(home, week=week, epsilon=epsilon):
            how = "without" if epsilon is not None else "with"
            raise RefusedInputError(
                f"{week.label} was published {how} noise and cannot be compared with a week that is told otherwise: "
                "name other weeks with --reference, or make the report on the terms of that week"
            )


def is_published_alike(home: Home, *, week: Week, epsilon: float | None) -> bool:
    """Whether a week was published with noise just as one of this budget is, without just as that, or never."""
    listed = _read_list(home, week)
    return listed.is_empty() or (listed["epsilon"][-1] is None) == (epsilon is None)


def read_edition(home: Home, *, week: Week, number: int | None = None) -> Edition | None:
    """An edition of a week as it was published: the last, or that of a number; None where there is none."""
    listed = _read_list(home, week)
    wanted = listed if number is None else listed.filter(number=number)
    return None if wanted.is_empty() else _as_shown(_read(home, week, wanted.tail(1)))


def _tell(
    hours: pl.DataFrame, tree: Tree, *, k: int, order: pl.DataFrame, earlier: pl.DataFrame | None
) -> pl.DataFrame:
    if earlier is None:
        return _in_form(suppress(hours, tree, k=k, order=order))
    fresh = suppress(_with_absent(hours, earlier), tree, k=k, before=earlier, order=order)
    return _in_form(bind_to_earlier(_in_form(fresh), _in_form(earlier), tree, k=k))


def _tell_noised(
    hours: pl.DataFrame, draw: Callable[[pl.DataFrame], pl.DataFrame], *, k: int, earlier: pl.DataFrame | None
) -> pl.DataFrame:
    """Noise for hours that have none yet: drawn again for the same hour, it would average out."""
    if earlier is not None:
        done = earlier.filter(pl.col("is_hidden") | pl.col("people").is_not_null()).select("interval_start").unique()
        hours = hours.join(done, on="interval_start", how="anti")
        kept = earlier.join(done, on="interval_start", how="semi")
    noised = draw(hours)
    has_data = pl.col("people").is_not_null()
    new = _in_form(noised.with_columns(is_hidden=has_data & (pl.col("devices") < k)))
    return new if earlier is None else _in_form(pl.concat([_in_form(kept), new]))


def _with_absent(hours: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """The base table with rows without data for what only an earlier edition has."""
    gone = earlier.select(HOUR_KEYS).join(hours, on=HOUR_KEYS, how="anti")
    return pl.concat([hours, gone], how="diagonal")


def _in_form(told: pl.DataFrame) -> pl.DataFrame:
    """What is remembered of a table, in its order."""
    if "people_untold" not in told.columns:
        told = told.with_columns(people_untold="people")
    absent = [pl.lit(None).alias(name) for name in REMEMBERED if name not in told.columns]
    shown = [pl.when(~pl.col("is_hidden")).then(name).alias(name) for name in NULL_UNLESS_SHOWN]
    frame = told.with_columns(absent).with_columns(shown)
    return frame.select(pl.col(name).cast(kind) for name, kind in REMEMBERED.items()).sort(HOUR_KEYS)


def _as_shown(edition: Edition) -> Edition:
    status = pl.when("is_hidden").then(pl.lit("hidden")).when(pl.col("people").is_not_null()).then(pl.lit("shown"))
    hours = edition.hours.drop(UNTOLD).with_columns(status=status.otherwise(pl.lit("missing")))
    return Edition(**(vars(edition) | {"hours": hours}))


def _check_same_terms(last: Edition, *, week: Week, k: int, epsilon: float | None) -> None:
    if (last.k, last.epsilon) != (k, epsilon):
        raise RefusedInputError(
            f"{week.label} was published with {_terms(last.k, last.epsilon)}: with {_terms(k, epsilon)} the two "
            "together would give hidden numbers away; make the report as before, or of another week"
        )


def _terms(k: int, epsilon: float | None) -> str:
    return f"k = {k} and " + ("no noise" if epsilon is None else f"epsilon = {epsilon:g}")


def _remember(home: Home, week: Week, new: Edition) -> None:
    row = pl.DataFrame([{name: getattr(new, name) for name in LISTED}], schema=LISTED)
    folder = _folder(week)
    with staged(home) as staging:
        new.hours.write_parquet(staging.path(f"{folder}/{_file_name(new.number)}"))
        pl.concat([_read_list(home, week), row]).write_parquet(staging.path(f"{folder}/{LIST}"))


def _read_last(home: Home, week: Week) -> Edition | None:
    listed = _read_list(home, week)
    return None if listed.is_empty() else _read(home, week, listed.tail(1))


def _read(home: Home, week: Week, row: pl.DataFrame) -> Edition:
    named = row.row(0, named=True)
    path = home.lake / _folder(week) / _file_name(named["number"])
    return Edition(**named, hours=pl.read_parquet(path, hive_partitioning=False))


def _read_list(home: Home, week: Week) -> pl.DataFrame:
    path = home.lake / _folder(week) / LIST
    return pl.read_parquet(path, hive_partitioning=False) if path.exists() else pl.DataFrame(schema=LISTED)


def _folder(week: Week) -> str:
    return f"{STAGE}/week={week.label}"


def _file_name(number: int) -> str:
    return f"edition={number:04d}.parquet"
