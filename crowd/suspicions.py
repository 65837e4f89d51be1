"""Hotspots that are faults of the data: seen by one operator alone, moved from cell to cell, or handed over.

A crowd shows in the counts of all operators, each by its share of the people there, and takes its people from far and
wide. What one operator alone sees, what a mast's own cells make up for, and what comes where cells went silent
is told as a question to the data, and never makes a gathering.
"""

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array, csr_array

from crowd.baseline import Cells
from crowd.crowd_shapes import Shapes
from crowd.evidence import Evidence
from crowd.peaks import Peaks

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

ONE_OPERATOR, TURNED, HANDED_OVER = SUSPICIONS = ("one_operator", "turned_cell", "outage_load")
# The other operators see less than this share of what one of them sees, and would have seen it.
LEAST_OF_OTHERS = 0.35
DEVIATIONS = 1.645
# Cells of one mast that gain only this share in all of what some of them gain have changed places with each other.
LEAST_NET = 0.3
SURE_DEVIATIONS = 2.0
# So much of the evidence must come from such cells.
MOST_EVIDENCE = 0.6
# A cell that gets this share of its devices from silent ones is counted among those who took over.
LEAST_HANDED_OVER = 0.15


def find_suspicions(peaks: Peaks, shapes: Shapes, evidence: Evidence, *, cells: Cells) -> pl.DataFrame:
    """What is suspected of each hotspot.

    Returns:
        suspicion, and suspect: the operator that most of the evidence comes from; both null where nothing is suspected.
    """
    if len(peaks.shape) == 0:
        return pl.DataFrame(schema={"suspicion": pl.String, "suspect": pl.String})
    at = (shapes.columns[:, 0], shapes.columns[:, 1])
    handed = evidence.handed_over[at] >= LEAST_HANDED_OVER * evidence.expected[at]
    found = [
        (HANDED_OVER, _share_of_evidence(peaks, handed) >= MOST_EVIDENCE),
        (TURNED, _share_of_evidence(peaks, _is_balanced(evidence, cells)[at]) >= MOST_EVIDENCE),
        (ONE_OPERATOR, _is_of_one_operator(peaks, cells.operator[shapes.columns[:, 1]])),
    ]
    named = np.full(len(peaks.shape), None, dtype=object)
    for name, is_so in found:
        named[is_so & (named == None)] = name  # noqa: E711 - by element
    most = cells.operator[shapes.columns[:, 1]]
    spoken = _by_operator(peaks.by_column, most).argmax(axis=1)
    suspect = pl.Series([cells.operators[number] for number in spoken], dtype=pl.String)
    told = pl.DataFrame({"suspicion": pl.Series(named.tolist(), dtype=pl.String), "suspect": suspect})
    return told.with_columns(suspect=pl.when(pl.col("suspicion").is_not_null()).then("suspect"))


def _by_operator(values: csr_array, operator: npt.NDArray[np.int64]) -> Floats:
    """Sums over the columns of each operator, shape (rows, operators)."""
    operators = int(operator.max(initial=0)) + 1
    columns = np.arange(len(operator))
    of_operator = csr_array((np.ones(len(operator)), (columns, operator)), shape=(len(operator), operators))
    return np.asarray((values @ of_operator).toarray())


def _share_of_evidence(peaks: Peaks, which: Flags) -> Floats:
    """Share of each hotspot's evidence, where it speaks for it, that comes from some columns."""
    parts = coo_array(peaks.by_column)
    spoken = np.maximum(parts.data, 0)
    total = np.bincount(parts.row, weights=spoken, minlength=len(peaks.shape))
    some = np.bincount(parts.row, weights=spoken * which[parts.col], minlength=len(peaks.shape))
    return np.asarray(some / np.maximum(total, 1e-300))


def _is_of_one_operator(peaks: Peaks, operator: npt.NDArray[np.int64]) -> Flags:
    """Whether one operator's counts tell of a crowd that those of the others deny."""
    evidence, information = _by_operator(peaks.by_column, operator), _by_operator(peaks.weight, operator)
    people = evidence / np.maximum(information, 1e-300)
    of_others = evidence.sum(axis=1, keepdims=True) - evidence
    others_know = np.maximum(information.sum(axis=1, keepdims=True) - information, 1e-300)
    most_of_others = of_others / others_know + DEVIATIONS / np.sqrt(others_know)
    return np.asarray(((people > 0) & (most_of_others < LEAST_OF_OTHERS * people)).any(axis=1))


def _is_balanced(evidence: Evidence, cells: Cells) -> Flags:
    """Cells of masts whose gains and losses make up for each other, shape (intervals, cells)."""
    sites = cells.around.sites
    mast = cells.around.site * len(cells.operators) + cells.operator
    sure = np.where(np.abs(evidence.residual) >= SURE_DEVIATIONS * np.sqrt(evidence.variance), evidence.residual, 0.0)
    is_balanced = np.zeros(sure.shape, dtype=bool)
    for row, residual in enumerate(sure):
        gained = np.bincount(mast, weights=np.maximum(residual, 0), minlength=sites * len(cells.operators))
        net = np.bincount(mast, weights=residual, minlength=sites * len(cells.operators))
        is_balanced[row] = ((gained > 0) & (net < LEAST_NET * gained))[mast]
    return is_balanced
