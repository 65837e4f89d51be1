"""Warnings: from a gathering to a message that a person approved and a gateway took."""
