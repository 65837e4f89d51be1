"""The flows of one day as a matrix, and what is published of it: its margins, never the matrix."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class DayMatrix:
    """Flows between n areas on one day, summed over operators and over the intervals of the day.

    Attributes:
        codes: of the areas, ascending.
        values: phones from area i (row) to area j (column), shape (n, n); a pair that nobody sent is 0.
        is_small: pairs that rest on fewer than k devices, shape (n, n).
        out_devices: raw devices that the flow out of each area rests on, shape (n,).
        in_devices: likewise into each area.
        inside_devices: likewise of those staying inside.
        intervals: how many intervals of the day there are flows of.
    """

    codes: tuple[str, ...]
    values: Floats
    is_small: Mask
    out_devices: Floats
    in_devices: Floats
    inside_devices: Floats
    intervals: int = 1

    @property
    def between(self) -> Floats:
        """Phones from area to other area: `values` without those that stay."""
        between = self.values.copy()
        np.fill_diagonal(between, 0)
        return between

    @property
    def is_traced(self) -> Mask:
        """Pairs of different areas that are small and not empty."""
        return self.is_small & (self.between > 0)

    @property
    def is_empty(self) -> Mask:
        """Pairs of different areas that nobody sent or that are told as zero."""
        return np.asarray((self.values == 0) & ~np.eye(len(self.codes), dtype=bool))


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """Which margins of a day are not published, each of shape (n,)."""

    flow_out: Mask
    flow_in: Mask
    inside: Mask
    reached: Mask
