"""One gathering as people decide about it: its course, ground, target cells and why it is one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crowd.review.figures import Figures
from crowd.review.gatherings import Level, ListedGathering, State


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why it is a gathering, in Indonesian and English; empty where it speaks of what may not be shown."""

    id: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Event:
    """What happened to it: new, split, level, unseen, ended or merged, with whom."""

    at: datetime
    event: str
    level_before: str | None
    level: str | None
    other_id: str | None


@dataclass(frozen=True, kw_only=True)
class CourseHour:
    """One hour of its life."""

    at: datetime
    level: Level
    state: State
    people: float | None
    people_low: float | None
    people_high: float | None
    usual: float | None
    excess: float | None
    coverage: float | None


@dataclass(frozen=True, kw_only=True)
class TargetCell:
    """A cell to warn, and where it stands; nulls where that is not known or rests on fewer than k devices."""

    operator: str
    cell_id: str
    lat: float | None
    lon: float | None
    azimuth_deg: float | None
    expected_recipients: int | None
    reach: float | None
    overreach: float | None


@dataclass(frozen=True, kw_only=True)
class GatheringDetail(ListedGathering):
    """A gathering at an hour, with its life.

    Attributes:
        score: of its surest hotspot, in standard deviations.
        coverage: mean of its hexagons, 0 to 1.
        usual: people expected on its hexagons without it.
        area_km2: ground of its hexagons; 0 where it has ended.
        peak_people: most people in an hour that may be shown, up to this one.
        peak_at: when.
        rule: of the policy, that gave the level.
        place: of the policy.
        event: of the policy.
        expected: people planned or permitted there.
        baseline_from: what its usual rests on.
        reason: why it is one.
        events: of its whole life.
        course: its whole life, hour by hour.
        hexes: hexagons in this hour, 15 digits each.
        outline: of these, as GeoJSON; the point where it was, where it has none.
        targets: cells to warn, by operator, those that reach most first.
        figures: of these.
    """

    score: float | None
    coverage: float | None
    usual: float | None
    area_km2: float
    peak_people: float | None
    peak_at: datetime | None
    rule: str | None
    place: str | None
    event: str | None
    expected: float | None
    baseline_from: str | None
    reason: Reason
    events: Sequence[Event]
    course: Sequence[CourseHour]
    hexes: Sequence[str]
    outline: dict[str, Any]
    targets: Sequence[TargetCell]
    figures: Figures
