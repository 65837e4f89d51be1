"""Colours of maps: classes with round bounds that people with any kind of colour vision can tell apart."""

from dataclasses import dataclass
from itertools import pairwise

import matplotlib as mpl
import numpy as np
import numpy.typing as npt

from crowd.picture.classes import class_bounds, class_colours, plain_number

Floats = npt.NDArray[np.float64]
Colours = npt.NDArray[np.uint8]

MOST_STEPS = 3  # on either side of "no change"
OPAQUE = 255


@dataclass(frozen=True)
class Scale:
    """Classes of one map.

    Attributes:
        bounds: ascending, one more than there are classes.
        colours: of the classes, shape (classes, 3).
    """

    bounds: Floats
    colours: Colours

    def colours_of(self, values: Floats) -> Colours:
        """Colours of values, shape (values, 3); those beyond the last bound have the last colour."""
        number = np.searchsorted(self.bounds[1:-1], values, side="right")
        return np.asarray(self.colours[number])

    def labels(self) -> list[str]:
        """What each class holds, in words."""
        texts = [plain_number(bound) for bound in self.bounds]
        return [f"{low} to {high}" for low, high in pairwise(texts)]


def scale_of(values: Floats) -> Scale:
    """Classes from few to many; from fewer over as usual to more where some values are negative.

    Args:
        values: finite, any number of them.
    """
    if (values < 0).any():
        return _two_sided(values)
    positive = values[values > 0]
    bounds = class_bounds(positive) if positive.size else np.array([0.0, 1.0])
    return Scale(bounds, _bytes(class_colours(bounds.size - 1)))


def _two_sided(values: Floats) -> Scale:
    sizes = np.abs(values[values != 0])
    steps = class_bounds(sizes)[1:][-MOST_STEPS - 1 :]
    bounds = np.concatenate([-steps[::-1], steps])
    shades = np.linspace(0.05, 0.95, bounds.size - 1)
    return Scale(bounds, _bytes(mpl.colormaps["PuOr_r"](shades)))


def _bytes(colours: Floats) -> Colours:
    return np.round(np.asarray(colours)[:, :3] * OPAQUE).astype(np.uint8)
