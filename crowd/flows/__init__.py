"""Flows: anonymised counts of devices between areas, as operators may send them beside counts."""

from crowd.flows.figures import flow_indicators
from crowd.flows.load import load_flows
from crowd.flows.read import read_flows
from crowd.flows.recognise import are_flows
from crowd.flows.stage import FLOWS

__all__ = ["FLOWS", "are_flows", "flow_indicators", "load_flows", "read_flows"]
