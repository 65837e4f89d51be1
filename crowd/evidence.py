"""Evidence: how far each cell's count is from what is expected of it, and how much that weighs.

Expected is the usual count times the level of the day, plus what silent neighbours hand over. The variance is that of
an overdispersed count: Poisson noise, a share of the count for cells that waver from week to week, the noise of the
usual itself, and doubt about what silent cells hand over.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crowd.local_level import Neighbourhood, local_levels, operator_levels
from crowd.usual import BY_NEIGHBOURS, NOTHING, Usual

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

# The noise of a median of n counts is about this many times that of one count, by n.
MEDIAN_NOISE = 1.2
# Relative variance beyond counting noise that most cells have, where too few cells are there to tell it.
COMMON_WAVERING = 4e-4
LEAST_WAVERING = 1e-5
# A cell's own weeks weigh against so many weeks of what is common; they never give more than so many times that.
COMMON_WEEKS, MOST_TIMES_COMMON = 4.0, 25.0
LARGE_DEVICES, LEAST_LARGE = 100.0, 20
# What silent cells hand over may be off by this share of it.
HANDED_OVER_SD = 0.5
# The level of a place is known to half a percent on ordinary days. On others this share of what large cells differ by,
# beyond so many times their noise, is common to the cells of a place.
LEVEL_SD, COMMON_SHARE, NOISE_MARGIN, MAD_TO_SD = 0.005, 0.1, 1.5, 1.4826
# Cells with next to no usual devices still hear a crowd.
LEAST_GAIN_DEVICES = 5.0


@dataclass(frozen=True)
class Evidence:
    """Numbers of each interval and cell, all of shape (intervals, cells); NaN where nothing is told or known.

    Attributes:
        usual: usual devices.
        expected: usual devices at today's level, with what silent neighbours hand over.
        residual: devices told less those expected; of a withheld count no more than it must be.
        variance: of the residual.
        handed_over: devices that silent cells are expected to have handed over.
        gain: what a cell weighs in its hexagons: the devices that are usually there.
        tier: step of the fallback the usual rests on.
        levels: of each operator, shape (intervals, operators).
        level_sd: how well the level of a place is known, as a share, shape (intervals,).
    """

    usual: Floats
    expected: Floats
    residual: Floats
    variance: Floats
    handed_over: Floats
    gain: Floats
    tier: npt.NDArray[np.uint8]
    levels: Floats
    level_sd: Floats


@dataclass(frozen=True)
class Counted:
    """Counts and what they are compared with.

    Attributes:
        devices: counts, NaN where withheld or missing, shape (intervals, cells).
        hidden: the most that a withheld count can be, NaN where none is withheld, same shape.
        usual: medians and variances, shape (intervals * cells,).
        handed_over: devices that silent cells are expected to hand over, same shape as the counts.
        operator: number of each cell's operator.
        around: neighbourhoods.
    """

    devices: Floats
    hidden: Floats
    usual: Usual
    handed_over: Floats
    operator: Positions
    around: Neighbourhood


def weigh_evidence(counted: Counted, *, crowds: Floats | None = None) -> Evidence:
    """Compare counts with what is expected.

    Args:
        counted: the counts.
        crowds: devices of crowds already found, shape (intervals, cells); the level of a neighbourhood is what is left
            without them.
    """
    devices, hidden, usual, handed_over = counted.devices, counted.hidden, counted.usual, counted.handed_over
    operator, around = counted.operator, counted.around
    shape = devices.shape
    medians, tier = usual.devices.reshape(shape), usual.tier.reshape(shape)
    of_operator, levels = operator_levels(devices, medians, operator=operator)
    plain = medians * of_operator
    calm = devices if crowds is None else np.maximum(devices - crowds, 0)
    expected = plain * (1 + local_levels(calm, plain + handed_over, around=around)) + handed_over
    told = np.where(np.isfinite(hidden), np.clip(expected, 0, hidden), devices)
    samples = usual.samples.reshape(shape)
    wavering = _wavering(medians, usual.variance.reshape(shape), samples)
    mean = np.maximum(expected, 1.0)
    variance = (mean + wavering * mean**2) * (1 + MEDIAN_NOISE / np.maximum(samples, 1))
    residual = told - expected
    is_new = np.isfinite(devices) & (tier == NOTHING) & np.isfinite(medians).any(axis=1, keepdims=True)
    return Evidence(
        usual=medians,
        expected=expected,
        residual=residual,
        variance=variance + (HANDED_OVER_SD * handed_over) ** 2,
        handed_over=handed_over,
        gain=expected + LEAST_GAIN_DEVICES,
        tier=np.where(is_new, BY_NEIGHBOURS, tier).astype(np.uint8),
        levels=levels,
        level_sd=_level_sd(residual, expected, variance),
    )


def _level_sd(residual: Floats, expected: Floats, variance: Floats) -> Floats:
    """How well the level of a place is known: half a percent, and worse on days on which everything is unlike itself.

    On such days (a holiday nobody told, the first day of Ramadan) large cells differ from what is expected of them by
    far more than their noise. A part of that is common to all cells of a place.
    """
    is_large = np.isfinite(residual) & (expected >= LARGE_DEVICES)
    known = np.full(len(residual), LEVEL_SD)
    enough = is_large.sum(axis=1) >= LEAST_LARGE
    if enough.any():
        mean = np.where(is_large, expected, 1.0)
        differs = np.where(is_large, np.abs(residual) / mean, np.nan)[enough]
        noise = np.where(is_large, variance / mean**2, np.nan)[enough]
        spread = MAD_TO_SD * np.nanmedian(differs, axis=1)
        beyond = COMMON_SHARE * (spread**2 - NOISE_MARGIN * np.nanmedian(noise, axis=1))
        known[enough] = np.sqrt(np.maximum(beyond, LEVEL_SD**2))
    return known


def _wavering(usual: Floats, variance: Floats, samples: npt.NDArray[np.int64]) -> Floats:
    """Relative variance beyond counting noise: a cell's own, drawn towards what is common among large cells."""
    mean = np.maximum(usual, 1.0)
    own = np.where(np.isfinite(usual), (variance - mean) / mean**2, np.nan)
    common = np.full((len(usual), 1), COMMON_WAVERING)
    is_large = np.isfinite(own) & (usual > LARGE_DEVICES)
    enough = is_large.sum(axis=1) >= LEAST_LARGE
    if enough.any():
        medians = np.nanmedian(np.where(is_large, own, np.nan)[enough], axis=1)
        # the median of a skewed quantity lies below its mean
        common[enough, 0] = np.maximum(1.5 * medians, LEAST_WAVERING)
    believed = np.clip(own, 0, MOST_TIMES_COMMON * common)
    return np.asarray((COMMON_WEEKS * common + samples * believed) / (COMMON_WEEKS + samples))
