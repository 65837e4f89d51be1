"""Warnings that go out without anybody's approval. None do unless a policy says so."""

from typing import Annotated, Literal

from pydantic import Field

from crowd.policy.fields import Table, Text

LONGEST_NAME = 100  # the ledger has 128 characters for it and what marks it as a policy's


class Auto(Table):
    """Where and at which levels a warning is approved by the policy itself.

    Attributes:
        name: what the audit trail shows instead of a person.
        areas: codes, each with every code below it; None means everywhere.
        levels: the levels concerned.
    """

    name: Annotated[Text, Field(max_length=LONGEST_NAME)]
    areas: Annotated[tuple[Text, ...], Field(min_length=1)] | None = None
    levels: Annotated[tuple[Literal["waspada", "siaga", "awas"], ...], Field(min_length=1)]

    def covers(self, *, area_code: str | None, level: str) -> bool:
        """Whether a warning of a level in an area needs nobody."""
        if level not in self.levels:
            return False
        if self.areas is None:
            return True
        return area_code is not None and any(
            area_code == code or area_code.startswith(f"{code}.") for code in self.areas
        )
