"""What analysts explore the lake with."""

from crowd.explore.lake import Lake, hours_with_density
from crowd.explore.truth import beside_truth, truth_by_area

__all__ = ["Lake", "beside_truth", "hours_with_density", "truth_by_area"]
