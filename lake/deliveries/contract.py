"""What a contract says of its own files; everything else of a delivery is the same for all."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

import duckdb

from lake.engine import literal, quoted
from lake.files import SourceTable
from lake.intake import Intake, slug
from lake.profile import FileProfile
from lake.stages import Stage


class Contract(ABC):
    """One kind of file and the stage of the lake that its rows go to.

    Its package holds two statements, named after the stage:

    - `flagged_<stage>.sql`: every row of `named_rows` with the first `reason` why it does not fit, or null. It reads
      `parsed_times` and gives the columns of the table that `prepare` makes.
    - `quarantined_<stage>.sql`: the rows set aside of the file of the variable `file_no`.

    Attributes:
        stage: where the rows go; its folders are by operator, and it has the columns `devices`, `suppressed_below` and
            `interval_minutes`.
        columns: names of the contract's columns.
        key: columns that tell a row apart within an operator's interval.
        package: importable package of the statements.
        default_minutes: length of an interval where neither file nor profile says.
    """

    stage: Stage
    columns: tuple[str, ...]
    key: tuple[str, ...]
    package: str
    default_minutes: int

    @property
    def flagged(self) -> str:
        """Name of the table of flagged rows: `file_no`, `row_number`, `reason` and what the contract needs."""
        return f"flagged_{self.stage.name}"

    @abstractmethod
    def prepare(self, connection: duckdb.DuckDBPyConnection, intake: Intake) -> None:
        """Make the table of flagged rows, empty, and what the statements look things up in."""

    @abstractmethod
    def refuse_unready(self, intake: Intake, profile: FileProfile) -> None:
        """Refuse any file where what its rows are placed by is not loaded.

        Raises:
            RefusedInputError: it is not loaded; says what to load.
        """

    @abstractmethod
    def required(self, profile: FileProfile) -> tuple[str, ...]:
        """Columns that a file must have."""

    @abstractmethod
    def named_rows(self, columns: Mapping[str, str], profile: FileProfile) -> str:
        """SQL of the contract's columns as text, under the names that the statements read: at least `time_text`."""

    @abstractmethod
    def flag_parameters(self, intake: Intake) -> Mapping[str, object]:
        """Parameters of `flagged_<stage>.sql` besides `interval_minutes`."""

    def cell_id_columns(self, _table: SourceTable, _profile: FileProfile) -> frozenset[str]:
        """Columns whose numbers are cell ids, which the guard lets be as long as an identity."""
        return frozenset()


def named_text(columns: Mapping[str, str], ours: str) -> str:
    """SQL of a column as text, null where it is empty or the file has none of that name."""
    return f"nullif(trim({quoted(columns[ours])}), '')" if ours in columns else "null::varchar"


def named_operator(columns: Mapping[str, str], profile: FileProfile) -> str:
    """SQL of the operator as the lake spells it, that of the profile where the row names none."""
    operator = (
        rf"nullif(trim(regexp_replace(lower({named_text(columns, 'operator')}), '[^a-z0-9.]+', '-', 'g'), '-.'), '')"
    )
    return f"coalesce({operator}, {literal(slug(profile.operator))})" if profile.operator else operator
