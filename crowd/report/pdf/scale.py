"""The classes of the maps: one scale for the whole report, readable with every kind of colour blindness."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from matplotlib.colors import to_hex

from crowd.picture.classes import class_bounds, class_colours
from crowd.report.words import Sign, Words, told_number

# Green to purple, below to above: the same as on the review map.
DIVERGING = ("#00562a", "#449b52", "#a9d8a4", "#eceae6", "#cdb2d6", "#8d579d", "#40004b")
STEPS_PCT = ((5, 15, 30), (5, 20, 50), (5, 25, 75))
ENOUGH = 0.97  # of the areas lie within the outermost step, as long as there is a wider set of steps
LIGHT_BELOW = 0.5  # brightness of a ground that dark letters cannot be read on


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Classes of one indicator.

    Attributes:
        indicator: "change_pct", or "people_per_km2" where nothing is known of the usual.
        bounds: between the classes, ascending; one fewer than classes.
        colours: of the classes, as #rrggbb.
        least_pct: change from which on there are more people than usual.
    """

    indicator: str
    bounds: tuple[float, ...]
    colours: tuple[str, ...]
    least_pct: float = float(STEPS_PCT[0][0])

    @property
    def is_change(self) -> bool:
        """Whether it tells the change against usual."""
        return self.indicator == "change_pct"

    def fill(self) -> pl.Expr:
        """Colour of an area, or its status where that indicator has no value."""
        value, status = pl.col(self.indicator), pl.col(f"{self.indicator}_status")
        colour = pl.lit(self.colours[0] if self.colours else "missing")
        for bound, above in zip(self.bounds, self.colours[1:], strict=True):
            colour = pl.when(value >= bound).then(pl.lit(above)).otherwise(colour)
        return pl.when(value.is_not_null()).then(colour).otherwise(status)

    def legend(self, words: Words) -> dict[str, object]:
        """What its key tells."""
        ticks = pl.Series("bound", self.bounds, dtype=pl.Float64).to_frame()
        sign: Sign = "always" if self.is_change else "minus"
        places = 0 if all(float(bound).is_integer() for bound in self.bounds) else 1
        told = told_number(pl.col("bound"), words=words, sign=sign, places=places)
        unit = "%" if self.is_change else ""
        return {
            "colours": list(self.colours),
            "ticks": [f"{tick}{unit}" for tick in ticks.select(told).to_series()],
            "is_change": self.is_change,
        }


def make_scale(facts: pl.DataFrame, days: pl.DataFrame) -> Scale:
    """The scale of a week: of change where any may be shown, else of density.

    Args:
        facts: `wide_facts` of the week, of the areas on the maps.
        days: the same by day.
    """
    changes = np.abs(pl.concat([facts["change_pct"], days["change_pct"]]).drop_nulls().to_numpy())
    if changes.size:
        fits = [steps for steps in STEPS_PCT if np.mean(changes <= steps[-1]) >= ENOUGH]
        steps = np.array((fits or STEPS_PCT[-1:])[0], dtype=np.float64)
        return Scale(indicator="change_pct", bounds=tuple(np.concatenate([-steps[::-1], steps])), colours=DIVERGING)
    density = pl.concat([facts["people_per_km2"], days["people_per_km2"]]).drop_nulls().to_numpy()
    above = density[density > 0]
    if above.size == 0:
        return Scale(indicator="people_per_km2", bounds=(), colours=())
    bounds = class_bounds(above)[1:-1]
    colours = tuple(to_hex(colour) for colour in class_colours(len(bounds) + 1))
    return Scale(indicator="people_per_km2", bounds=tuple(bounds), colours=colours)


def is_dark(colour: str) -> bool:
    """Whether letters on it should be light."""
    if not colour.startswith("#"):
        return False
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < LIGHT_BELOW
