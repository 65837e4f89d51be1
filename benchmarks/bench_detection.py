"""How well gatherings are found in synthetic cities, beside three peers and beside what is possible at all."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from detection_city import SETTINGS
from detection_targets import WANTED_REACH, target_yardsticks
from detection_trial import BOUND, OURS, SHIPPED, Tried, try_methods
from detection_truth import FALSE_ALARM_RATE, Detection, detection_of
from detection_yardsticks import SWISSCOM, SWISSCOM_DEVICES_PER_HA
from report import Report, promise, rounded

LEAST_OF_BOUND, MOST_CENTRE_M, MOST_SIZE_ERROR, MOST_OF_YARDSTICK = 0.95, 250.0, 0.3, 2 / 3
SIZES = sorted({size for setting in SETTINGS.values() for size in setting.sizes})
COLUMNS = (
    "setting: method",
    *(f"{size:,}" for size in SIZES),
    "delay, h",
    "false alarms",
    "centre, m",
    "size off",
    "reach",
    "overreach",
    "others warned",
    "others beside nearest masts",
)
ABOUT = f"""\
Two weeks of each city after four of history, with 120 gatherings that happen once, ten outages of six hours, and all
that recurs every week. Columns with a number: share of the gatherings of so many people that have an alarm in the hour
of their start or the next. *Delay*: median hours from the hour of the start to the first alarm, from the smallest size
to the largest. *False alarms* a day and million people; where no other rate is told, each method's threshold on its
score is the lowest with at most {FALSE_ALARM_RATE:g}. Alarms within 1 km and 2 hours are one false alarm, and one that
stays is another each day. *Centre* and *size off*: medians over the hours in which a gathering is whole.
*{BOUND.capitalize()}*: a matched filter that is told the true footprints, the true expectation and its spread.
*{SWISSCOM}*: devices of the largest operator per hectare; as published, from {SWISSCOM_DEVICES_PER_HA:g} on.
*{OURS}*: the score alone decides.

Target cells, of the gatherings that have any: *reach* is the share of the gathering's devices attached to them,
*overreach* the share of their devices that are not of the gathering, *others warned* the number of these for each
device of the gathering (median); *others beside nearest masts*: the median ratio of this number to that of the nearest
masts to the true centre that reach as many. The three rules are told the centre; *nearest masts* and *purest cells*
also when they have reached {WANTED_REACH:.0%}. Purest cells, told who is where, are about the least that there can
be."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One method in one setting."""

    setting: str
    method: str
    threshold: float | None
    detection: Detection | None
    targets: Mapping[str, float] | None


def measure_detection(seeds: Sequence[int]) -> Report:
    """Every method in every setting, over several seeds."""
    lines = [line for name in SETTINGS for line in lines_of(name, try_methods(name, seeds))]
    return _report(lines, seeds)


def lines_of(name: str, tried: Tried) -> Iterator[Line]:
    """Every method, then the ways to target cells that are no method."""
    title, thresholds = SETTINGS[name].title, tried.thresholds()
    order = [BOUND, OURS, SHIPPED, *(method for method in thresholds if method not in {BOUND, OURS, SHIPPED})]
    for method in (method for method in order if method in thresholds):
        threshold = thresholds[method]
        yield Line(
            setting=title,
            method=method,
            threshold=threshold,
            detection=detection_of([judge.outcome(threshold) for judge in tried.judges_of(method)]),
            targets=_targets(tried.reached.get(method, []), threshold),
        )
    for rule in target_yardsticks():
        targets = _targets(tried.reached[rule], -np.inf)
        yield Line(setting=title, method=rule, threshold=None, detection=None, targets=targets)


def _targets(reached: Sequence[pl.DataFrame], threshold: float) -> dict[str, float] | None:
    """Means over the gatherings and hours that have targets, and medians of numbers of others."""
    found = pl.concat(reached).filter(pl.col("score") > threshold) if reached else pl.DataFrame()
    if found.is_empty():
        return None
    peers = ("nearest", "purest")
    figures = found.select(
        pl.col("reach", "overreach").mean(),
        pl.col("others").median(),
        # The overreach of equal reach, as a share; then how many more or fewer others are warned.
        *(pl.col(f"overreach_of_{peer}").mean() for peer in peers),
        *((pl.col("others") / pl.col(f"others_of_{peer}")).median().alias(f"others_beside_{peer}") for peer in peers),
    )
    return figures.row(0, named=True)


def _report(lines: Sequence[Line], seeds: Sequence[int]) -> Report:
    return Report(
        name="detection",
        title=f"Detection: gatherings found in synthetic cities, {len(seeds)} seeds",
        about=ABOUT,
        columns=COLUMNS,
        rows=[_row(line) for line in lines],
        promises=_promises(lines),
        record={"seeds": list(seeds), "figures": [_figures(line) for line in lines]},
    )


def _row(line: Line) -> tuple[str, ...]:
    return (f"{line.setting}: {line.method}", *_detection_cells(line.detection), *_target_cells(line.targets))


def _detection_cells(found: Detection | None) -> tuple[str, ...]:
    if found is None:
        return ("",) * (len(SIZES) + 4)
    return (
        *(f"{found.recall[size]:.2f}" if size in found.recall else "" for size in SIZES),
        " ".join(f"{found.delay_h[size]:g}" if size in found.delay_h else "-" for size in found.recall),
        rounded(found.false_alarms),
        "" if found.centre_m is None else rounded(found.centre_m),
        "" if found.size_error is None else f"{found.size_error:.0%}",
    )


def _target_cells(targets: Mapping[str, float] | None) -> tuple[str, ...]:
    if targets is None:
        return ("",) * 4
    return (
        f"{targets['reach']:.2f}",
        f"{targets['overreach']:.2f}",
        rounded(targets["others"]),
        f"{targets['others_beside_nearest']:.2f}",
    )


def _promises(lines: Sequence[Line]) -> list[str]:
    by_method: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_method[line.method].append(line)
    ours = by_method[OURS]
    found = [line.detection for line in ours if line.detection is not None]
    if not found:
        return []
    least, where = _least_of_bound(by_method[BOUND], ours)
    centre_m = max(np.inf if each.centre_m is None else each.centre_m for each in found)
    size_error = max(np.inf if each.size_error is None else each.size_error for each in found)
    return [
        promise(
            f"at equal false alarms, at least {LEAST_OF_BOUND} of the bound's recall in every size class",
            f"{rounded(least)} at worst ({where})",
            slack=least - LEAST_OF_BOUND,
        ),
        promise(
            f"centre within {MOST_CENTRE_M:.0f} m (median)", f"{rounded(centre_m)} m", slack=MOST_CENTRE_M - centre_m
        ),
        promise(f"size within {MOST_SIZE_ERROR:.0%} (median)", f"{size_error:.0%}", slack=MOST_SIZE_ERROR - size_error),
        *_target_promises([line.targets for line in ours if line.targets is not None]),
    ]


def _least_of_bound(bound: Sequence[Line], ours: Sequence[Line]) -> tuple[float, str]:
    """The smallest ratio of recalls, and where it is; sizes that even the bound never finds are left out."""
    ratios = [
        (own.detection.recall[size] / recall, f"{own.setting}, {size:,} people")
        for limit, own in zip(bound, ours, strict=True)
        if limit.detection is not None and own.detection is not None
        for size, recall in limit.detection.recall.items()
        if recall > 0
    ]
    return min(ratios)


def _target_promises(targets: Sequence[Mapping[str, float]]) -> list[str]:
    if not targets:
        return []
    reach = min(each["reach"] for each in targets)
    overreach = max(targets, key=lambda each: each["overreach"] / each["overreach_of_nearest"])
    ratio = overreach["overreach"] / overreach["overreach_of_nearest"]
    least = overreach["overreach_of_purest"] / overreach["overreach_of_nearest"]
    others = max(each["others_beside_nearest"] for each in targets)
    return [
        promise(f"targets reach at least {WANTED_REACH} of a gathering", rounded(reach), slack=reach - WANTED_REACH),
        promise(
            f"their overreach is at most {MOST_OF_YARDSTICK:.2f} of that of the nearest masts of equal reach",
            f"{ratio:.2f}, where {least:.2f} is about the least possible",
            slack=MOST_OF_YARDSTICK - ratio,
        ),
        f"Beside the promise, the number of others warned: {others:.2f} of that of the nearest masts of equal reach.",
    ]


def _figures(line: Line) -> dict[str, object]:
    found = {} if line.detection is None else dict(vars(line.detection))
    # JSON knows no infinity.
    threshold = line.threshold if line.threshold is not None and np.isfinite(line.threshold) else None
    return {
        "setting": line.setting,
        "method": line.method,
        "threshold": threshold,
        **found,
        "targets": line.targets,
    }
