"""What counts promise: a known cell, a whole number of devices, an interval on the clock of the place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from crowd.counts.stage import COUNTS
from geo.cells import create_plan_view, planned_operators
from lake.deliveries import Contract, named_operator, named_text
from lake.errors import RefusedInputError
from lake.files import SourceTable
from lake.intake import Intake, slug
from lake.profile import FileProfile
from lake.templates import template_expression


@dataclass(frozen=True)
class CountsContract(Contract):
    """Devices attached per cell and interval.

    Attributes:
        max_devices: a higher count is implausible.
    """

    max_devices: int

    stage = COUNTS
    columns = ("interval_start", "cell_id", "devices", "interval_minutes", "operator")
    key = ("cell_id",)
    package = "crowd.counts"
    default_minutes = 60

    def prepare(self, connection: duckdb.DuckDBPyConnection, intake: Intake) -> None:  # noqa: D102 - as in Contract
        create_plan_view(connection, intake.home)
        connection.execute(
            """create temp table flagged_counts (
            file_no integer, row_number bigint, operator varchar, interval_start timestamptz, interval_minutes integer,
            cell_id varchar, devices bigint, suppressed_below integer, time_text varchar, devices_text varchar,
            reason varchar)"""
        )

    def refuse_unready(self, intake: Intake, profile: FileProfile) -> None:  # noqa: D102
        planned = planned_operators(intake.home)
        if not planned:
            raise RefusedInputError(
                "no cell plan is loaded yet, so no count can be placed: run 'kerumun cells load' first"
            )
        if profile.operator and slug(profile.operator) not in planned:
            raise RefusedInputError(
                f"no cell plan of operator '{slug(profile.operator)}' is loaded (there is: {', '.join(planned)}): "
                "run 'kerumun cells load' for it first"
            )

    def required(self, profile: FileProfile) -> tuple[str, ...]:  # noqa: D102
        return ("interval_start", "devices") if profile.cell_id_template else ("interval_start", "cell_id", "devices")

    def cell_id_columns(self, table: SourceTable, profile: FileProfile) -> frozenset[str]:
        """Columns that hold a cell's number: the mapped one, ours, and those a template is filled from."""
        template = (profile.cell_id_template or "").casefold()
        mapped = profile.columns.get("cell_id", "cell_id").casefold()
        return frozenset(
            c
            for c in table.columns
            if c.casefold() == mapped or re.search(rf"\{{{re.escape(c.casefold())}[:}}]", template)
        )

    def named_rows(self, columns: Mapping[str, str], profile: FileProfile) -> str:  # noqa: D102
        template = profile.cell_id_template
        cell = template_expression(template, columns=columns) if template else named_text(columns, "cell_id")
        return (
            f"{named_text(columns, 'interval_start')} as time_text, {cell} as cell_text, "
            f"{named_text(columns, 'devices')} as devices_text, "
            f"{named_text(columns, 'interval_minutes')} as minutes_text, "
            f"{named_operator(columns, profile)} as operator_text"
        )

    def flag_parameters(self, intake: Intake) -> dict[str, object]:  # noqa: D102
        return {"now": intake.now, "max_devices": self.max_devices}
