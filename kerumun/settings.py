"""Settings: `kerumun.toml` in the home folder, overridden by KERUMUN_* variables. Read here and nowhere else."""

import getpass
import os
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs, urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from crowd.report.options import ReportOptions
from crowd.warnings.options import WarningOptions
from lake.engine import Engine
from lake.errors import RefusedInputError
from lake.home import Home
from pipelines.options import RunOptions
from portal.options import PortalOptions

# What pydantic says of these in words of Python.
PLAIN = {
    "missing": "is missing: add it",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "model_type": "must be a table",
    "string_type": "must be a text in quotes",
}
KINDS = ("http", "folder")
KIND_AT = 3  # in warnings.operators.NAME.KIND


def _known_timezone(name: str) -> str:
    if name not in available_timezones():
        message = "is no time zone name of the tz database, such as Asia/Jakarta"
        raise ValueError(message)
    return name


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    if parts.password is not None or "password" in parse_qs(parts.query):
        message = "must not hold a password, since Prefect shows what a run was told: put it into ~/.pgpass"
        raise ValueError(message)
    return url


def login_name() -> str:
    """Name of the account that runs this."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


class Settings(BaseSettings):
    """Everything an installation can set.

    Attributes:
        timezone: local time of the area.
        memory_limit: DuckDB's memory; beyond it data spills to disk.
        threads: DuckDB's threads.
        k: fewest devices that an exported number may rest on.
        people_per_device: people that one attached device of an operator stands for, by operator; 1 where not set.
        max_devices_per_cell: a higher count of one cell is implausible.
        settle_s: age in seconds from which a file of the inbox counts as fully uploaded.
        ledger_url: SQLAlchemy URL of the ledger; SQLite in the home folder where not set.
        schedule: cron expression of the hourly flow.
        schedule_timezone: time zone of that expression.
        user: whose name the ledger records.
        warnings: how warnings are drafted, approved and sent.
        portal: the review map.
        report: the weekly report.
    """

    model_config = SettingsConfigDict(env_prefix="KERUMUN_", env_nested_delimiter="__", extra="forbid", frozen=True)

    timezone: Annotated[str, AfterValidator(_known_timezone)] = "Asia/Jakarta"
    memory_limit: Annotated[str, Field(pattern=r"^\d+(\.\d+)?\s?[KMGT]i?B$")] = "4GB"
    threads: Annotated[int, Field(ge=1, le=1024)] = Field(default_factory=lambda: os.cpu_count() or 1)
    k: Annotated[int, Field(ge=1)] = 15
    people_per_device: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    max_devices_per_cell: Annotated[int, Field(ge=1)] = 50_000
    settle_s: Annotated[float, Field(ge=0)] = 5.0
    ledger_url: Annotated[str, AfterValidator(_without_password)] | None = None
    schedule: str = "5 * * * *"
    schedule_timezone: Annotated[str, AfterValidator(_known_timezone)] = "Asia/Jakarta"
    user: str = Field(default_factory=login_name)
    warnings: WarningOptions = WarningOptions()
    portal: PortalOptions = PortalOptions()
    report: ReportOptions = ReportOptions()

    @classmethod
    def settings_customise_sources(  # noqa: D102 - documented by pydantic-settings
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(home: Home) -> Settings:
    """The settings of an installation.

    Raises:
        RefusedInputError: `kerumun.toml` or a variable does not fit; names the key.
    """
    path = home.root / "kerumun.toml"

    class HomeSettings(Settings):
        model_config = SettingsConfigDict(toml_file=path)

    # KERUMUN_HOME says where the settings are; it is none of them.
    try:
        return HomeSettings()
    except ValidationError as error:
        raise RefusedInputError(_told(error.errors()[0], path)) from None
    except ValueError as error:
        raise RefusedInputError(f"{path} is not TOML ({error}): mend that line") from None


def _told(error: ErrorDetails, path: Path) -> str:
    """What is wrong with which key, in the file or in the variable of its name."""
    # A choice between kinds of tables puts the kind into the path; nobody wrote it there.
    loc = [str(part) for part in error["loc"]]
    key = [part for n, part in enumerate(loc) if not (n == KIND_AT and part in KINDS and loc[1] == "operators")]
    name, variable = ".".join(key), "__".join(key).upper()
    context = error.get("ctx", {})
    said = PLAIN.get(error["type"], "") or error["msg"].removeprefix("Value error, ")
    if error["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        said = "needs a channel: write channel = 'http' or channel = 'folder'"
    if error["type"] == "literal_error":
        said = f"must be {context['expected']}"
    if error["type"] == "extra_forbidden":
        said = _nearest(key)
    return f"{path} or KERUMUN_{variable}: '{name}' {said[:1].lower()}{said[1:]}"


def _nearest(key: list[str]) -> str:
    """A setting that nobody knows, with the one that it may be meant for."""
    tables: dict[str, type[BaseModel]] = {
        "warnings": WarningOptions,
        "portal": PortalOptions,
        "report": ReportOptions,
    }
    known = list(tables[key[0]].model_fields if len(key) > 1 else Settings.model_fields)
    near = get_close_matches(key[-1], known, n=1)
    return f"is not a setting: is {near[0]} meant?" if near else "is not a setting: take it out"


def run_options(home: Home, settings: Settings) -> RunOptions:
    """What a flow is told of the settings."""
    return RunOptions(
        home=home.root,
        ledger_url=ledger_url(home, settings),
        timezone=settings.timezone,
        memory_limit=settings.memory_limit,
        threads=settings.threads,
        people_per_device=settings.people_per_device,
        max_devices_per_cell=settings.max_devices_per_cell,
        settle_s=settings.settle_s,
        taken_by=settings.user,
        k=settings.k,
        warnings=settings.warnings,
        report=settings.report,
    )


def ledger_url(home: Home, settings: Settings) -> str:
    """URL of the ledger."""
    return settings.ledger_url or home.ledger_url


def engine(home: Home, settings: Settings) -> Engine:
    """Memory and threads."""
    return Engine(memory_limit=settings.memory_limit, threads=settings.threads, temporary=home.temporary)


def home_at(path: Path) -> Home:
    """The installation in a folder."""
    return Home(path.expanduser().absolute())
