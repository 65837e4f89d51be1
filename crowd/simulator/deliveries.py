"""What goes wrong on a count file's way: it comes late, or its first version is wrong and corrected later."""

from datetime import date
from enum import StrEnum

import numpy as np

from crowd.simulator.options import Deliveries
from crowd.simulator.outages import Mask
from crowd.simulator.people import Counts
from crowd.simulator.streams import stream

WRONG_CELLS = 0.5  # share of the cells of a wrong first file that are counted wrongly
WRONG_FACTOR = 0.3  # of their true count


class Delivery(StrEnum):
    """How the file of an operator and local day arrives: the folder it is written to in the end."""

    ON_TIME = "counts"
    LATE = "late"
    CORRECTED = "corrections"


def delivery_of(operator: str, *, day: date, deliveries: Deliveries | None, seed: int) -> Delivery:
    """Draw how the file of an operator and local day arrives."""
    if deliveries is None:
        return Delivery.ON_TIME
    drawn = stream(seed, "deliveries", operator, day.isoformat()).random()
    if drawn < deliveries.late_share:
        return Delivery.LATE
    return Delivery.CORRECTED if drawn < deliveries.late_share + deliveries.corrected_share else Delivery.ON_TIME


def first_version(devices: Counts, *, reported: Mask, operator: str, day: date, seed: int) -> tuple[Counts, Mask]:
    """Return the counts and reported cells of a first file that needs a correction.

    By even chances it ends too early in the day, or half of its cells are counted far too low.

    Args:
        devices: the true counts, shape (hours, cells).
        reported: which of them are sent, same shape.
        operator: whose file it is.
        day: of the file.
        seed: of the simulation.
    """
    noise = stream(seed, "first version", operator, day.isoformat())
    if noise.random() < 1 / 2:
        ends = int(noise.integers(0, len(devices)))
        return devices, reported & (np.arange(len(devices)) <= ends - 1)[:, None]
    is_wrong = noise.random(devices.shape[1]) < WRONG_CELLS
    return np.where(is_wrong, np.floor(WRONG_FACTOR * devices).astype(np.int64), devices), reported
