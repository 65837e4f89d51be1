"""A whole policy: from which thresholds on a crowd is a gathering, how it clears, and how far a warning reaches."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from crowd.policy.auto import Auto
from crowd.policy.fields import AtLeastOne, Flag, KeyPath, Positive, Share, Table, mistake
from crowd.policy.levels import Level, Levels, first_fall, told_fall
from crowd.policy.places import Event, Place
from crowd.policy.rules import Rule, changed_levels


class Life(Table):
    """How a gathering goes on and ends.

    Attributes:
        clear: it keeps a level as long as it passes this share of the level's thresholds.
        gap_hours: it is followed over missing hours no longer than this.
    """

    clear: Share = 0.6
    gap_hours: Annotated[int, Field(strict=True, ge=0, le=24)] = 3


class Detection(Table):
    """What is looked at in the first place.

    Attributes:
        least_score: evidence below it is never looked at.
        most_by_chance: hexagons of the whole map that may pass by chance in one interval.
        without_usual: where nobody knows what is usual nothing is raised ("quiet"), or thresholds of people and
            people_per_km2 alone decide ("density").
    """

    least_score: Positive = 4.0
    most_by_chance: Positive = 0.01
    without_usual: Literal["quiet", "density"] = "quiet"


class Targets(Table):
    """How the cells to warn are chosen.

    Attributes:
        reach: share of the gathering's excess people that they should serve.
        max_cells: at most so many, for each operator and gathering.
        max_recipients: at most so many, for each gathering over all operators.
        own_country_only: never a cell outside the loaded areas.
    """

    reach: Share = 0.9
    max_cells: AtLeastOne | None = None
    max_recipients: AtLeastOne | None = None
    own_country_only: Flag = True


class Policy(Table):
    """A whole policy file. Later rules win over earlier ones."""

    levels: Levels
    life: Life = Life()
    detection: Detection = Detection()
    targets: Targets = Targets()
    rules: tuple[Rule, ...] = ()
    places: tuple[Place, ...] = ()
    events: tuple[Event, ...] = ()
    auto: tuple[Auto, ...] = ()

    @model_validator(mode="after")
    def _rules_make_sense(self) -> "Policy":
        self._check_levels(self.levels.by_name(), at=("detection", "without_usual"))
        touched: set[tuple[str, str]] = set()
        for n, rule in enumerate(self.rules):
            self._check_rule(rule, at=("rules", n), touched=touched)
            touched |= {(level, threshold) for level, threshold, _ in rule.changes()}
        return self

    def _check_rule(self, rule: Rule, *, at: KeyPath, touched: set[tuple[str, str]]) -> None:
        base, changed = self.levels.by_name(), changed_levels(self.levels, rule)
        keys = {(level, threshold) for level, threshold, _ in rule.changes()}
        # A value that [levels] has too takes back what an earlier rule changed; without one it changes nothing.
        if changed == base and not keys & touched:
            raise mistake("this rule changes nothing: its thresholds are those of [levels]", at=(*at, "name"))
        fall = first_fall(changed)
        if fall is not None:
            low, threshold = fall
            high = "siaga" if low == "waspada" else "awas"
            level = low if (low, threshold) in keys else high
            message = f"with this rule {told_fall(changed, fall)}"
            raise mistake(message, at=(*at, "levels", level, threshold))
        self._check_levels(changed, at=(*at, "name"))

    def _check_levels(self, levels: Mapping[str, Level], *, at: KeyPath) -> None:
        lowest = levels["waspada"]
        if self.detection.without_usual == "density" and not (lowest.people or lowest.people_per_km2):
            message = (
                "without_usual = 'density' leaves waspada with nothing to ask for: give it people or people_per_km2"
            )
            raise mistake(message, at=at)
