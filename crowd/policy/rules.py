"""Rules: other thresholds in some areas, at some hours, on some days."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field, model_validator

from crowd.policy.fields import Table, Text, Threshold, WholeHours, mistake
from crowd.policy.levels import Level, Levels
from crowd.policy.when import When
from crowd.policy.where import Outline


class LevelChange(Table):
    """The thresholds of one level that a rule changes; the others stay."""

    people: Threshold | None = None
    people_per_km2: Threshold | None = None
    excess: Threshold | None = None
    score: Threshold | None = None
    hours: WholeHours | None = None


class LevelChanges(Table):
    """What a rule changes of each level."""

    waspada: LevelChange = LevelChange()
    siaga: LevelChange = LevelChange()
    awas: LevelChange = LevelChange()


class Rule(When):
    """Thresholds that hold where and when all the conditions given do.

    Attributes:
        name: what analysts read beside a gathering.
        areas: codes, each with every code below it.
        polygon: outline of (lon, lat).
        levels: the changed thresholds.
    """

    name: Text
    areas: Annotated[tuple[Text, ...], Field(min_length=1)] | None = None
    polygon: Outline | None = None
    levels: LevelChanges = LevelChanges()

    @model_validator(mode="after")
    def _does_something_somewhere(self) -> "Rule":
        if self.areas is None and self.polygon is None and not self.is_limited():
            message = "this rule holds everywhere and always: change [levels] instead, or give it a condition"
            raise mistake(message, at=("name",))
        if not list(self.changes()):
            raise mistake("this rule changes nothing: give it thresholds like levels.siaga.people", at=("name",))
        return self

    def changes(self) -> Iterator[tuple[str, str, float]]:
        """Level, threshold and new value of each change."""
        for level, thresholds in self.levels.model_dump(exclude_none=True).items():
            for threshold, value in thresholds.items():
                yield level, threshold, value


def changed_levels(levels: Levels, rule: Rule) -> Mapping[str, Level]:
    """The levels as they are where this rule alone holds; not tested for rising."""
    changed = levels.by_name()
    for level, threshold, value in rule.changes():
        changed[level] = changed[level].model_copy(update={threshold: value})
    return changed
