"""Counts: devices attached per cell and interval, as the operators send them."""

from crowd.counts.load import load_counts
from crowd.counts.stage import COUNTS
from lake.deliveries import DeliveryLoad as CountsLoad

__all__ = ["COUNTS", "CountsLoad", "load_counts"]
