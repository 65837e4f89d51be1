"""Deliveries: files of one contract that an operator sends together, taken into a stage of the lake.

What every contract shares: the guard against subscriber identities, rows set aside with their reasons, corrections
that replace an operator's interval whole, and the ledger. What it says of its own rows is its `Contract`.
"""

from lake.deliveries.contract import Contract, named_operator, named_text
from lake.deliveries.delivery import DeliveryLoad
from lake.deliveries.load import load_delivery

__all__ = ["Contract", "DeliveryLoad", "load_delivery", "named_operator", "named_text"]
