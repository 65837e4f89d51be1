"""Settings: `kerumun.toml` in the home folder, overridden by KERUMUN_* variables. Read here and nowhere else."""

import getpass
import os
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs, urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from crowd.warnings.options import WarningOptions
from lake.engine import Engine
from lake.errors import RefusedInputError
from lake.home import Home
from pipelines.options import RunOptions


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


def _login_name() -> str:
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
    user: str = Field(default_factory=_login_name)
    warnings: WarningOptions = WarningOptions()

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
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        said = "is not a setting" if first["type"] == "extra_forbidden" else first["msg"].removeprefix("Value error, ")
        raise RefusedInputError(f"{path} or KERUMUN_{key.upper()}: '{key}' {said}") from None
    except ValueError as error:
        raise RefusedInputError(f"{path} is not TOML ({error}): mend that line") from None


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
