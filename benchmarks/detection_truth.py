"""Alarms beside the truth: what was found how early and how well, and how often nothing was there.

Alarms are frames with one row per interval and place: interval_start (UTC), lat, lon, score, and where the method tells
it people and gathering_id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from detection_city import DetectionCity
from detection_episodes import episodes

# An alarm this far outside a gathering is still of it, and this long after its last hour.
MARGIN_M, HOURS_AFTER = 600.0, 1
# Found in time: in the hour of the start or in the next.
IN_TIME_H = 1
FALSE_ALARM_RATE = 1.0  # a day and million people

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of the gatherings of a city by the alarms above a threshold.

    Attributes:
        gatherings: gathering, size, delay_h (hours from the first hour to the first alarm; null without any).
        whole: size, distance_m, people of the best alarm of each gathering and hour in which it is whole.
        false_alarms: how many.
        million_days: length of the test, in days times a million people.
    """

    gatherings: pl.DataFrame
    whole: pl.DataFrame
    false_alarms: int
    million_days: float


@dataclass(frozen=True, kw_only=True)
class Detection:
    """What the alarms of a method are worth.

    Attributes:
        false_alarms: a day and million people.
        gatherings: how many there were, by size.
        recall: share of gatherings with an alarm in the hour of their start or the next, by size.
        delay_h: median hours from the hour of the start to the first alarm, by size; of those with any.
        centre_m: median distance of the alarm from the centre, over hours in which a gathering is whole.
        size_error: median of |estimate / size - 1| over the same hours; None where the method tells no size.
        size_ratio: median of estimate / size by size.
    """

    false_alarms: float
    gatherings: Mapping[int, int]
    recall: Mapping[int, float]
    delay_h: Mapping[int, float]
    centre_m: float | None
    size_error: float | None
    size_ratio: Mapping[int, float]


class Judge:
    """Alarms of one method beside the gatherings of a city."""

    def __init__(self, city: DetectionCity, alarms: pl.DataFrame) -> None:
        """Order the alarms by score and find which gatherings each belongs to.

        Args:
            city: tells the truth.
            alarms: interval_start, lat, lon, score, optional people; those outside the test are left out.
        """
        self._city = city
        self._alarms = _within_test(city, alarms)
        self._xy = city.on_plane(self._alarms["lat"].to_numpy(), self._alarms["lon"].to_numpy())
        self.pairs = self._pairs()
        is_true = np.zeros(self._alarms.height, dtype=np.bool_)
        is_true[self.pairs["alarm"].to_numpy()] = True
        self._false = np.flatnonzero(~is_true)
        self._episodes = episodes(self._alarms["hour"].to_numpy()[self._false], self._xy[self._false])

    @property
    def million_days(self) -> float:
        """Length of the test, in days times a million people."""
        return self._city.million_days

    @property
    def false_alarms(self) -> pl.DataFrame:
        """Score of every alarm of no gathering, from the highest on, and `more`: how many false alarms come with it.

        It is negative where an alarm joins others to one.
        """
        more = np.diff(self._episodes, prepend=0)
        return pl.DataFrame({"score": self._alarms["score"].gather(self._false), "more": more})

    def outcome(self, threshold: float) -> Outcome:
        """What the alarms with a score above a threshold found."""
        false = int((self._alarms["score"].gather(self._false) > threshold).sum())
        pairs = self.pairs.filter(pl.col("score") > threshold)
        first = pairs.group_by("gathering").agg(pl.col("delay_h").min())
        return Outcome(
            gatherings=self._city.gatherings.select("gathering", "size").join(first, on="gathering", how="left"),
            whole=best_of_hour(pairs.filter("is_whole")).select("size", "distance_m", "people"),
            false_alarms=int(self._episodes[false - 1]) if false else 0,
            million_days=self.million_days,
        )

    def _pairs(self) -> pl.DataFrame:
        """Every alarm with every gathering that it belongs to."""
        city, truth = self._city, self._city.gatherings
        centre = city.on_plane(truth["lat"].to_numpy(), truth["lon"].to_numpy())
        hour = self._alarms["hour"].to_numpy()[:, None]
        reach_m = np.maximum(city.setting.nearest_match_m, truth["radius_m"].to_numpy() + MARGIN_M)
        is_then = (hour >= truth["first_hour"].to_numpy()) & (hour <= truth["last_hour"].to_numpy() + HOURS_AFTER)
        alarm, gathering = np.nonzero(is_then)
        distance_m = np.hypot(*(self._xy[alarm] - centre[gathering]).T)
        is_near = distance_m <= reach_m[gathering]
        alarm, gathering, distance_m = alarm[is_near], gathering[is_near], distance_m[is_near]
        hours = self._alarms["hour"].to_numpy()[alarm]
        matched: pl.DataFrame = pl.concat(
            [
                self._alarms[alarm].with_columns(alarm=pl.Series(alarm), distance_m=pl.Series(distance_m)),
                truth[gathering].select("gathering", "size", "first_hour"),
            ],
            how="horizontal",
        )
        return matched.with_columns(
            is_whole=pl.Series(city.attendance[hours, gathering] == truth["size"].to_numpy()[gathering]),
            delay_h=pl.col("hour") - pl.col("first_hour"),
        )


def common_threshold(judges: Sequence[Judge], *, rate: float = FALSE_ALARM_RATE) -> float:
    """The lowest threshold above which there are nowhere more false alarms than a rate, in all cities together.

    Scores that are equal pass it together or not at all.

    Args:
        judges: of one method in several cities.
        rate: false alarms a day and million people.
    """
    every = pl.concat([judge.false_alarms for judge in judges]).sort("score", descending=True, maintain_order=True)
    allowed = rate * sum(judge.million_days for judge in judges)
    too_many = every.filter(pl.col("more").cum_sum() > allowed)
    return -np.inf if too_many.is_empty() else float(too_many["score"][0])


def detection_of(outcomes: Sequence[Outcome]) -> Detection:
    """What the alarms of one method are worth in several cities together."""
    gatherings = pl.concat([outcome.gatherings for outcome in outcomes])
    whole = pl.concat([outcome.whole for outcome in outcomes])
    by_size = gatherings.group_by("size")
    false_alarms = sum(outcome.false_alarms for outcome in outcomes)
    return Detection(
        false_alarms=false_alarms / sum(outcome.million_days for outcome in outcomes),
        gatherings=_mapping(by_size.agg(value=pl.len())),
        recall=_mapping(by_size.agg(value=(pl.col("delay_h") <= IN_TIME_H).fill_null(value=False).mean())),
        delay_h=_mapping(by_size.agg(value=pl.col("delay_h").median())),
        centre_m=_median(whole["distance_m"]),
        size_error=_median((whole["people"] / whole["size"] - 1).abs()),
        size_ratio=_mapping(whole.group_by("size").agg(value=(pl.col("people") / pl.col("size")).median())),
    )


def _within_test(city: DetectionCity, alarms: pl.DataFrame) -> pl.DataFrame:
    """Alarms of the test from the highest score on, with the position of their hour."""
    people = [] if "people" in alarms.columns else [pl.lit(None, dtype=pl.Float64).alias("people")]
    since = (pl.col("interval_start") - city.hours[0]).dt.total_hours()
    return (
        alarms.with_columns(*people, hour=since)
        .filter(pl.col("hour").is_between(city.first_test, len(city.hours) - 1), pl.col("score").is_not_null())
        .sort("score", "hour", "lat", "lon", descending=[True, False, False, False])
    )


def best_of_hour(pairs: pl.DataFrame) -> pl.DataFrame:
    """For each gathering and hour the alarm with the highest score."""
    return pairs.sort("score", descending=True).unique(["gathering", "hour"], keep="first", maintain_order=True)


def _mapping(by_size: pl.DataFrame) -> dict[int, Any]:
    return dict(by_size.sort("size").select("size", "value").drop_nulls().rows())


def _median(values: pl.Series) -> float | None:
    found = values.drop_nulls()
    return None if found.is_empty() else float(np.median(found.to_numpy()))
