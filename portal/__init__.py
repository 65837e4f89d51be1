"""The web side: what people and gateways reach by HTTP."""
