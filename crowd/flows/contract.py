"""What flows promise: two known areas of one level, and no number that the operator should have kept back."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from crowd.flows.stage import FLOWS
from geo.areas import LEVELS, read_area_names
from lake.deliveries import Contract, named_operator, named_text
from lake.errors import RefusedInputError
from lake.intake import Intake
from lake.profile import FileProfile

UNDER_K = "under_k_at_the_source"
MOST_DEVICES = 1_000_000_000


@dataclass(frozen=True)
class FlowsContract(Contract):
    """Devices that were in one area and then in another, as an operator counted them over all its subscribers.

    Attributes:
        k: fewest devices that an operator may tell.
    """

    k: int

    stage = FLOWS
    columns = ("interval_start", "from_area", "to_area", "devices", "interval_minutes", "operator")
    key = ("from_area", "to_area")
    package = "crowd.flows"
    default_minutes = 1440

    def prepare(self, connection: duckdb.DuckDBPyConnection, intake: Intake) -> None:  # noqa: D102 - as in Contract
        connection.register("known_names", read_area_names(intake.home).to_arrow())
        connection.execute(
            "create temp table known_areas as select distinct code, level, list_position($levels, level) as depth "
            "from known_names",
            {"levels": list(LEVELS)},
        )
        connection.unregister("known_names")
        connection.execute(
            """create temp table flagged_flows (
            file_no integer, row_number bigint, operator varchar, interval_start timestamptz, interval_minutes integer,
            level varchar, from_area varchar, to_area varchar, devices bigint, suppressed_below integer,
            time_text varchar, devices_text varchar, reason varchar)"""
        )

    def refuse_unready(self, intake: Intake, profile: FileProfile) -> None:  # noqa: ARG002, D102
        if read_area_names(intake.home).is_empty():
            raise RefusedInputError("no areas are loaded yet, so no flow has a place: run 'kerumun areas load' first")

    def required(self, profile: FileProfile) -> tuple[str, ...]:  # noqa: ARG002, D102
        return ("interval_start", "from_area", "to_area", "devices")

    def named_rows(self, columns: Mapping[str, str], profile: FileProfile) -> str:  # noqa: D102
        return (
            f"{named_text(columns, 'interval_start')} as time_text, {named_text(columns, 'from_area')} as from_text, "
            f"{named_text(columns, 'to_area')} as to_text, {named_text(columns, 'devices')} as devices_text, "
            f"{named_text(columns, 'interval_minutes')} as minutes_text, "
            f"{named_operator(columns, profile)} as operator_text"
        )

    def flag_parameters(self, intake: Intake) -> dict[str, object]:  # noqa: D102
        return {"now": intake.now, "k": self.k, "max_devices": MOST_DEVICES}
