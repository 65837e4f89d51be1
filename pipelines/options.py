"""What a flow is told: plain values, so that a schedule can carry them."""

from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from crowd.area_factors import by_level
from crowd.factors import FILE_NAME, Factors, load_factors, settle_factors
from crowd.holidays import FILE_NAME as HOLIDAYS
from crowd.holidays import Calendar, load_holidays
from crowd.policy import Policy, check_policy, load_policy
from crowd.report.options import ReportOptions
from crowd.warnings.options import WarningOptions
from geo.cells import planned_operators
from lake.engine import Engine
from lake.home import Home


class RunOptions(BaseModel):
    """The settings of a run, as the front door read them.

    Attributes:
        home: folder of the installation.
        ledger_url: SQLAlchemy URL of the ledger.
        timezone: local time of the area.
        memory_limit: DuckDB's memory.
        threads: DuckDB's threads.
        people_per_device: people that one attached device of an operator stands for.
        max_devices_per_cell: a higher count is implausible.
        settle_s: a file in the inbox is left alone until it is this old, so that uploads can finish.
        taken_by: who runs it.
        k: fewest devices that anything told may rest on.
        warnings: how warnings are drafted and sent.
        report: the weekly report.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path
    ledger_url: str
    timezone: str
    memory_limit: str
    threads: int
    people_per_device: dict[str, float]
    max_devices_per_cell: int
    settle_s: float
    taken_by: str
    k: int = 15
    warnings: WarningOptions = WarningOptions()
    report: ReportOptions = ReportOptions()

    def as_home(self) -> Home:
        """The folders of the installation."""
        return Home(self.home)

    def engine(self) -> Engine:
        """Memory and threads."""
        return Engine(memory_limit=self.memory_limit, threads=self.threads, temporary=self.as_home().temporary)

    def factors(self) -> Factors:
        """People per device of every operator that has a plan: of the table in the home, else of the settings."""
        rows = load_factors(self.home / FILE_NAME)
        return settle_factors(rows, operators=planned_operators(self.as_home()), settings=self.people_per_device)

    def check(self) -> None:
        """Read the tables that a person edits, before anything is moved or started.

        Raises:
            RefusedInputError: one of them does not fit; says where and why.
        """
        check_policy(self.policy(), home=self.as_home())
        by_level(self.as_home(), self.factors().by_area)
        load_holidays(self.home / HOLIDAYS, years=())

    def calendar(self, start: datetime, end: datetime) -> Calendar:
        """Which days are alike, for baselines of start <= t < end."""
        years = range(start.year - 1, end.year + 2)
        return Calendar(self.timezone, load_holidays(self.home / HOLIDAYS, years=years))

    def policy(self) -> Policy:
        """The installation's policy, or the shipped one."""
        own = self.home / "policy.toml"
        return load_policy(own if own.exists() else None)
