"""How to read somebody else's file: a mapping given on the command line or in a small TOML file."""

import re
import tomllib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from lake.errors import RefusedInputError


def _known_timezone(name: str) -> str:
    if name not in available_timezones():
        message = "is no time zone name of the tz database, such as Asia/Jakarta"
        raise ValueError(message)
    return name


def _dividing_a_day(minutes: int) -> int:
    if 24 * 60 % minutes:
        message = "does not divide a day evenly"
        raise ValueError(message)
    return minutes


def _one_separator(character: str) -> str:
    if character in '"\r\n':
        message = "separates no columns: give a comma, semicolon, tab or the like"
        raise ValueError(message)
    return character


def _known_time_format(text: str) -> str:
    literal_text = re.sub(r"%(-[dHIjmMSy]|[aAbBcdfgGhHIjmMnpSTuUVwWxXyYzZ%])", "", text)
    if text not in {"unix", "unix_ms"} and (text == literal_text or "%" in literal_text):
        message = "is neither 'unix', 'unix_ms' nor a format of strptime, such as %d/%m/%Y %H:%M"
        raise ValueError(message)
    return text


class FileProfile(BaseModel):
    """How the columns and values of a file map to a contract.

    Attributes:
        columns: our column name to theirs.
        timezone: time zone of times without an offset.
        time_format: strptime format of times, or "unix" / "unix_ms"; None for ISO 8601.
        interval_minutes: length of an interval where the file does not say.
        delimiter: column separator of CSV; None to look at the header.
        cell_id_template: cell id built from columns, e.g. "510-10-{ci}" or "{mcc}-{net:02}-{cell}".
        operator: operator of every row, unless the file says.
        radio: radio technology of every cell, unless the file says.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: Mapping[str, str] = Field(default_factory=dict)
    timezone: Annotated[str, AfterValidator(_known_timezone)] | None = None
    time_format: Annotated[str, AfterValidator(_known_time_format)] | None = None
    interval_minutes: Annotated[int, Field(ge=1, le=1440), AfterValidator(_dividing_a_day)] | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1), AfterValidator(_one_separator)] | None = None
    cell_id_template: str | None = None
    operator: str | None = None
    radio: Literal["GSM", "UMTS", "LTE", "NR"] | None = None

    def fingerprint(self) -> str:
        """Hash of everything that changes how a file is read."""
        return sha256(self.model_dump_json().encode()).hexdigest()[:16]


def make_profile(values: Mapping[str, object], *, source: str) -> FileProfile:
    """A profile from plain values.

    Args:
        values: fields of `FileProfile`; absent and None fields keep their defaults.
        source: where the values come from, for the error.

    Raises:
        RefusedInputError: a field is unknown or does not fit.
    """
    try:
        return FileProfile.model_validate({k: v for k, v in values.items() if v is not None})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        message = f"{source}: '{key}' {_plain(first['type'], first['msg'])}"
        raise RefusedInputError(message) from None


def _plain(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        known = ", ".join(FileProfile.model_fields)
        return f"is not a setting of a profile: use {known}"
    return message.removeprefix("Value error, ")


def load_profile(path: Path) -> dict[str, object]:
    """Values of a profile file.

    Raises:
        RefusedInputError: the file is missing or no TOML.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise RefusedInputError(f"no profile at {path}: give the path of a TOML file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RefusedInputError(f"{path} is not TOML ({error}): mend that line") from None
    make_profile(values, source=str(path))
    return values


def parse_columns(text: str) -> dict[str, str]:
    """Columns as given on the command line: `ours=theirs,ours=theirs`.

    Raises:
        RefusedInputError: a part has no equals sign.
    """
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    for ours, equals, theirs in pairs:
        if not (equals and ours.strip() and theirs.strip()):
            message = f"--columns: '{ours}' is not of the form ours=theirs, e.g. cell_id=bs_id,devices=users"
            raise RefusedInputError(message)
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}
