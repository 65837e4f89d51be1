"""The classes of people per km² in a picture: their bounds, their colours, and how their numbers read."""

import math

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_BREAKS = 7
FEWEST_BREAKS = 4
COARSE_STEPS = np.array([step * 10.0**power for power in range(-2, 8) for step in (1, 3)])
FINE_STEPS = np.array([step * 10.0**power for power in range(-2, 8) for step in (1, 2, 5)])


def rounded_estimate(value: float) -> float:
    """Round to two significant digits, which is as much as an estimate can bear."""
    return float(f"{value:.2g}")


def plain_number(value: float) -> str:
    """Write an estimate as people read it: two significant digits, thousands apart, no exponent."""
    rounded = rounded_estimate(value)
    if rounded == 0 or abs(rounded) >= 1:
        return f"{rounded:,.0f}".replace("-", "\N{MINUS SIGN}")
    return f"{rounded:.10f}".rstrip("0").replace("-", "\N{MINUS SIGN}")


def people_number(value: float) -> str:
    """Write a number of people: as `plain_number`, but whole."""
    return plain_number(round(value)) if abs(value) < 10 else plain_number(value)  # noqa: PLR2004


def class_bounds(people_per_km2: Floats) -> Floats:
    """Bounds of the colour classes: 0, then 1-3-10 steps (1-2-5 over a narrow range), then the highest value.

    The steps are logarithmic, so that suburb and centre can both be read. The lowest 2 % and the highest
    0.5 % of the hexagons add no step of their own.

    Args:
        people_per_km2: Densities above zero, at least one.
    """
    low, high = np.quantile(people_per_km2, (0.02, 0.995))
    steps = COARSE_STEPS[(low < COARSE_STEPS) & (high > COARSE_STEPS)]
    if steps.size < FEWEST_BREAKS:
        steps = FINE_STEPS[(low < FINE_STEPS) & (high > FINE_STEPS)]
    highest = float(people_per_km2.max())
    if steps.size == 0:
        steps = FINE_STEPS[highest > FINE_STEPS][-1:]
    return np.array([0.0, *steps[-MOST_BREAKS:], _rounded_up(highest)])


def class_colours(classes: int) -> Floats:
    """RGBA colours (n, 4) of the classes, from few people to many.

    Cividis, because its lightness rises evenly and it reads the same with every kind of colour blindness and
    in greyscale. Reversed, so that on pale paper more people are darker, and the reds and oranges of the
    gatherings stand on blue.
    """
    return np.asarray(mpl.colormaps["cividis_r"](np.linspace(0.0, 1.0, classes)))


def class_of(people_per_km2: Floats, *, bounds: Floats) -> NDArray[np.intp]:
    """Class (0 = fewest people) of each density; a bound belongs to the class above it."""
    return np.searchsorted(bounds[1:-1], people_per_km2, side="right")


def _rounded_up(value: float) -> float:
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    return rounded_estimate(math.ceil(round(value / step, 9)) * step)
