"""Trying all methods of detection on cities of one setting."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from detection_bound import bound_alarms
from detection_city import DetectionCity, make_detection_city
from detection_product import load_into, product_alarms, product_targets, run_product, sensitive_policy
from detection_targets import Scenes, target_yardsticks
from detection_truth import Judge, common_threshold
from detection_yardsticks import SWISSCOM, SWISSCOM_DEVICES_PER_HA, yardsticks

from crowd.policy import load_policy
from lake.home import Home

BOUND, OURS, SHIPPED = "bound", "Kerumun", "Kerumun by its own policy"
PUBLISHED = f"{SWISSCOM} as published"


@dataclass
class Tried:
    """What the methods gave in the cities of one setting.

    Attributes:
        judges: of every method, one per city.
        reached: gathering, hour, size, score, reach, overreach and more of every way to target cells, one per city.
    """

    judges: dict[str, list[Judge]] = field(default_factory=lambda: defaultdict(list))
    reached: dict[str, list[pl.DataFrame]] = field(default_factory=lambda: defaultdict(list))

    def thresholds(self) -> dict[str, float]:
        """Thresholds of all methods, scores above them being alarms."""
        equal = {method: common_threshold(judges) for method, judges in self.judges.items() if method != SHIPPED}
        given = {PUBLISHED: float(np.nextafter(SWISSCOM_DEVICES_PER_HA, 0)), SHIPPED: -np.inf}
        return equal | {name: threshold for name, threshold in given.items() if self.judges_of(name)}

    def judges_of(self, method: str) -> list[Judge]:
        """Judges of a method, by whichever threshold."""
        return self.judges.get(SWISSCOM if method == PUBLISHED else method, [])


def try_methods(name: str, seeds: Sequence[int]) -> Tried:
    """Run peers, bound and product on cities of one setting."""
    tried = Tried()
    for seed in seeds:
        city = make_detection_city(name, seed)
        try_peers(tried, city)
        try_product(tried, city)
    return tried


def try_peers(tried: Tried, city: DetectionCity) -> None:
    """Judge the bound, the yardsticks and the yardsticks' target cells."""
    for method, alarms_of in {BOUND: lambda: bound_alarms(city), **yardsticks(city)}.items():
        tried.judges[method].append(Judge(city, alarms_of()))
    scenes = Scenes(city)
    for rule, choose in target_yardsticks().items():
        tried.reached[rule].append(scenes.judge(scenes.choose(choose)).with_columns(score=pl.lit(np.inf)))


def try_product(tried: Tried, city: DetectionCity) -> None:
    """Judge the product, by a policy for a sweep over its scores and by the one it comes with."""
    scenes, policies = Scenes(city), {SHIPPED: load_policy(), OURS: sensitive_policy()}
    with TemporaryDirectory(prefix="kerumun-detection-") as folder:
        home = Home(Path(folder) / "home")
        load_into(home, city)
        runs = run_product(home, city, policies=list(policies.values()))
        for way, _ in zip(policies, runs, strict=True):
            judge = Judge(city, product_alarms(home))
            chosen = product_targets(home, city, judge)
            scores = chosen.group_by("gathering", "hour").agg(pl.col("score").first())
            tried.judges[way].append(judge)
            tried.reached[way].append(scenes.judge(chosen).join(scores, on=["gathering", "hour"]))
