"""How far estimates are from the truth of synthetic cities, by method, setting, hour and resolution."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from accuracy_methods import COARSE, FINE, City, city_of, contenders, errors_of
from report import Report, promise, rounded
from textbook_city import make_textbook_city

from crowd.simulator import load_scenario, simulate_hours
from crowd.simulator.world import build_world

SETTINGS = {"kota_padat": "dense city", "kota_kecil": "town", "pedesaan": "countryside"}
# Kilometres between the masts of a textbook city.
TEXTBOOK = {"textbook 0.6": 0.6, "textbook 1.2": 1.2, "textbook 3.0": 3.0}
NIGHT, DAY = 2, 12
# The hours that a prior is learned from.
HOURS = (NIGHT, 6, 9, DAY, 16, 20)
EVEN, GOOD = "radio, even prior", "radio, land-use prior"
AIMS = {EVEN: 0.6, GOOD: 0.45}
ABOUT = """\
Relative absolute error: the sum of |estimated - true people| over all people, of hexagons of resolution 9 (0.1 km2) and
8 (0.7 km2), on a working day at 02:00 and 12:00; means over seeds. The cities differ from their plans by shadowing,
azimuths, power and positions, phones hang on to cells, movers count twice, small counts are withheld. Each hour is
scaled to the true number of people, so that placement alone is judged. *Attachment known* is no method but the limit
of all that place each cell's devices by a footprint: it is told which cells the phones of every hexagon attach to.
*Textbook* cities
share no code with the simulator and have masts as far apart as said, wherever people are. *Learned* is `kerumun prior
learn` on six hours of the day. Ratios to Voronoi of the same run in brackets."""

Errors = dict[tuple[str, str], dict[tuple[str, int], list[float]]]


def measure_accuracy(seeds: Sequence[int]) -> Report:
    """Every method in every setting, over several seeds."""
    errors: Errors = defaultdict(lambda: defaultdict(list))
    for setting in (*SETTINGS, *TEXTBOOK):
        for seed in seeds:
            city = make_city(setting, seed)
            for name, estimate in contenders(city).items():
                for key, error in errors_of(city, estimate()).items():
                    errors[setting, name][key].append(error)
    return _report(errors, seeds)


def make_city(setting: str, seed: int) -> City:
    """A simulated city of a shipped scenario on its last day, which is a working day; or one from the textbook."""
    if setting in TEXTBOOK:
        return make_textbook_city(seed, spacing_km=TEXTBOOK[setting])
    scenario = load_scenario(Path(setting))
    day = scenario.demo_hour.date()
    hours = [datetime(day.year, day.month, day.day, hour) for hour in HOURS]  # noqa: DTZ001 - local, as scenarios are
    starts = {hour.hour: hour.replace(tzinfo=ZoneInfo(scenario.timezone)).astimezone(UTC) for hour in hours}
    return city_of(
        simulate_hours(scenario, seed=seed, hours=hours),
        build_world(scenario, seed=seed),
        hours={"night": starts[NIGHT], "day": starts[DAY]},
        name=f"{setting} {seed}",
    )


def _report(errors: Errors, seeds: Sequence[int]) -> Report:
    keys = [(hour, resolution) for hour in ("night", "day") for resolution in (FINE, COARSE)]
    ratios = {
        (setting, name): {key: _ratio(by_key[key], errors[setting, "voronoi"][key]) for key in keys if key in by_key}
        for (setting, name), by_key in errors.items()
    }
    return Report(
        name="accuracy",
        title=f"Accuracy: relative absolute error beside the truth of synthetic cities, {len(seeds)} seeds",
        about=ABOUT,
        columns=("setting: method", *(f"{hour}, resolution {resolution}" for hour, resolution in keys)),
        rows=[
            (
                f"{SETTINGS.get(setting, f'{setting} km')}: {name}",
                *(_shown(by_key, ratios[setting, name], key) for key in keys),
            )
            for (setting, name), by_key in errors.items()
        ],
        promises=[_aim(name, aim, ratios) for name, aim in AIMS.items()],
        record={
            "seeds": list(seeds),
            "figures": [
                {
                    "setting": setting,
                    "method": name,
                    "hour": hour,
                    "resolution": resolution,
                    "errors": values,
                    "ratio_to_voronoi": ratios[setting, name][hour, resolution],
                }
                for (setting, name), by_key in errors.items()
                for (hour, resolution), values in by_key.items()
            ],
        },
    )


def _shown(
    errors: dict[tuple[str, int], list[float]], ratios: dict[tuple[str, int], float], key: tuple[str, int]
) -> str:
    return f"{np.mean(errors[key]):.2f} ({ratios[key]:.2f})" if key in errors else ""


def _ratio(values: Sequence[float], yardstick: Sequence[float]) -> float:
    return float(np.mean(values) / np.mean(yardstick))


def _aim(name: str, aim: float, ratios: dict[tuple[str, str], dict[tuple[str, int], float]]) -> str:
    worst = max(max(by_key.values()) for (_, method), by_key in ratios.items() if method == name)
    best = min(min(by_key.values()) for (_, method), by_key in ratios.items() if method == name)
    return promise(
        f"{name}, below {aim} of Voronoi's error everywhere", f"{rounded(best)} to {rounded(worst)}", slack=aim - worst
    )
