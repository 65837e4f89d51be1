"""Faults of the data that look like crowds are named after what gives them away, on evidence made by hand."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from crowd.baseline import Cells
from crowd.crowd_shapes import Shapes
from crowd.evidence import Evidence
from crowd.local_level import neighbourhood_of
from crowd.peaks import find_peaks
from crowd.suspicions import find_suspicions

# Two operators with two masts each, three sectors on every mast; the first place hears all of them.
OPERATOR = np.repeat([0, 1], 6)
MAST = np.repeat(np.arange(4), 3)
USUAL = 400.0
GAINS = np.array([0.10, 0.05, 0.01] * 4)


def cells():
    around = neighbourhood_of(-5.5 + 0.005 * (MAST % 2), 109 + 0.005 * (MAST // 2))
    return Cells(("alun", "nusa"), OPERATOR, np.full(12, 1.5), around)


def evidence_of(residual, *, handed_over=0.0, told=True):
    residual = np.where(told, np.asarray(residual, dtype=float), np.nan)[None, :]
    full = np.full((1, 12), USUAL)
    return Evidence(
        usual=full,
        expected=full,
        residual=residual,
        variance=full + 4e-4 * full**2,
        handed_over=full * np.asarray(handed_over),
        gain=full,
        tier=np.ones((1, 12), dtype=np.uint8),
        levels=np.ones((1, 2)),
        level_sd=np.full(1, 0.005),
    )


def suspected(evidence, *, column="suspicion"):
    """What, or who, is suspected of the strongest hotspot at a place that all cells hear as `GAINS` says."""
    known = np.flatnonzero(np.isfinite(evidence.residual[0]))
    hexes = np.array([0x898CA4B48B3FFFF], dtype=np.uint64)
    shapes = Shapes(
        interval=np.zeros(1, dtype=np.int64),
        hexes=hexes,
        lat=np.array([-5.5]),
        lon=np.array([109.0]),
        place=np.zeros(1, dtype=np.int64),
        rings=np.zeros(1, dtype=np.int64),
        members=(np.zeros(1, dtype=np.int64), hexes),
        gains=csr_array(GAINS[known][None, :]),
        columns=np.column_stack((np.zeros(len(known), dtype=np.int64), known)),
    )
    at = (shapes.columns[:, 0], shapes.columns[:, 1])
    peaks = find_peaks(
        shapes, residual=evidence.residual[at], variance=evidence.variance[at], leverage=0.005 * evidence.expected[at]
    )
    named = find_suspicions(peaks, shapes, evidence, cells=cells())
    assert named.height, "no hotspot at all"
    return named[column][0]


CROWD = 2_000 * GAINS


def test_a_crowd_that_all_operators_count_is_not_suspected():
    assert suspected(evidence_of(CROWD)) is None


@pytest.mark.parametrize("operator", [0, 1])
def test_a_crowd_that_one_operator_alone_counts_is_suspected(operator):
    assert suspected(evidence_of(np.where(operator == OPERATOR, CROWD, 0))) == "one_operator"


@pytest.mark.parametrize("operator", [0, 1])
def test_the_suspect_is_the_operator_whose_counts_speak_for_it(operator):
    alone = evidence_of(np.where(operator == OPERATOR, CROWD, 0))
    assert suspected(alone, column="suspect") == ("alun", "nusa")[operator]


def test_nobody_is_suspect_of_a_crowd_that_all_count():
    assert suspected(evidence_of(CROWD), column="suspect") is None


def test_a_crowd_that_the_other_operator_counts_half_of_is_not_suspected():
    assert suspected(evidence_of(np.where(OPERATOR == 0, CROWD, CROWD / 2))) is None


def test_nobody_is_suspected_of_seeing_alone_what_the_other_did_not_look_at():
    assert suspected(evidence_of(CROWD, told=OPERATOR == 0)) is None


def test_gains_that_a_masts_own_sectors_make_up_for_are_suspected():
    turned = np.array([300, -300, 0] * 4)
    assert suspected(evidence_of(turned)) == "turned_cell"


def test_a_mast_that_gains_in_all_is_not_suspected_of_being_turned():
    gaining = np.array([300, 100, -150] * 4)
    assert suspected(evidence_of(gaining)) is None


def test_a_turned_mast_among_masts_that_count_a_crowd_is_not_enough():
    residual = np.where(MAST == 0, np.array([300, -300, 0] * 4), CROWD)
    assert suspected(evidence_of(residual)) is None


def test_what_comes_where_cells_went_silent_is_suspected():
    assert suspected(evidence_of(CROWD, handed_over=0.3)) == "outage_load"


def test_a_little_load_from_an_outage_does_not_excuse_a_crowd():
    assert suspected(evidence_of(CROWD, handed_over=0.1)) is None


def test_load_on_the_cells_of_one_mast_does_not_excuse_what_the_others_count():
    assert suspected(evidence_of(CROWD, handed_over=np.where(MAST == 0, 0.3, 0.0))) is None
