"""Emergency numbers by regency: 112 answers in some regencies only, so each number has a source and a date."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from lake.errors import RefusedInputError

FILE_NAME = "emergency_numbers.csv"
SURPLUS = "a field beyond the header"
NUMBERS = re.compile(r"[0-9]{3,15}( / [0-9]{3,15})*")
REGENCY_CODE = re.compile(r"[0-9]{2}\.[0-9]{2}")
WRITTEN_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _regency_code(code: str) -> str:
    if not REGENCY_CODE.fullmatch(code):
        raise ValueError(f"{code!r} is no code like 99.01")
    return code


def _numbers(numbers: str) -> str:
    if not NUMBERS.fullmatch(numbers):
        raise ValueError("give numbers of 3 to 15 digits, as in 112 or 110 / 118")
    return numbers


class EmergencyNumber(BaseModel):
    """One row of the table.

    Attributes:
        regency_code: as in the areas, such as 99.01.
        numbers: as people read them, separated by " / ".
        service: name of who answers.
        source: where that is documented: an address or a decree.
        as_of: day of that source.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    regency_code: Annotated[str, AfterValidator(_regency_code)]
    numbers: Annotated[str, AfterValidator(_numbers)]
    service: str = ""
    source: Annotated[str, Field(min_length=1)]
    as_of: date

    @field_validator("as_of", mode="before")
    @classmethod
    def _as_written(cls, text: object) -> object:
        # pydantic would also take seconds since 1970 for a date.
        if isinstance(text, str) and not WRITTEN_DATE.fullmatch(text):
            raise ValueError(f"{text!r} is no date like 2026-12-31")
        return text


def load_emergency_numbers(path: Path | None) -> Mapping[str, EmergencyNumber]:
    """The shipped table, of which an installation's own rows take the place.

    Args:
        path: the installation's CSV; the shipped table alone where it is None or absent.

    Returns:
        rows by regency code.

    Raises:
        RefusedInputError: a line does not fit; says file, line and what.
    """
    shipped = files("crowd.warnings.message").joinpath(FILE_NAME)
    rows = _read_text(shipped.read_text(encoding="utf-8"), file=FILE_NAME)
    if path is not None and path.exists():
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise RefusedInputError(f"{path} cannot be read as text in UTF-8: {error}") from None
        rows |= _read_text(text, file=str(path))
    return MappingProxyType(rows)


def numbers_for(regency_code: str | None, table: Mapping[str, EmergencyNumber]) -> str:
    """The numbers of a regency as people read them; empty where nothing is set."""
    row = table.get(regency_code or "")
    return row.numbers if row else ""


def _read_text(text: str, *, file: str) -> dict[str, EmergencyNumber]:
    rows: dict[str, EmergencyNumber] = {}
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey=SURPLUS, strict=True)
    try:
        _check_header(reader.fieldnames or (), file=file)
        for line in reader:
            if not any(line.values()):
                continue
            row = _row(line, where=f"{file}, line {reader.line_num}")
            if row.regency_code in rows:
                raise RefusedInputError(
                    f"{file}, line {reader.line_num}: regency {row.regency_code} stands there twice: keep one"
                )
            rows[row.regency_code] = row
    except csv.Error as error:
        raise RefusedInputError(f"{file}, line {reader.line_num + 1} cannot be read as CSV: {error}") from None
    return rows


def _check_header(names: Sequence[str], *, file: str) -> None:
    known = tuple(EmergencyNumber.model_fields)
    if not names:
        raise RefusedInputError(f"{file} is empty: write the columns {', '.join(known)} into its first line")
    strange = [name for name in names if name.strip() not in known]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise RefusedInputError(f"{file}, line 1: column {twice[0]!r} stands there twice: keep one")
    if strange:
        raise RefusedInputError(
            f"{file}, line 1: {strange[0]!r} is no column of this table: keep {', '.join(known)}, between commas"
        )


def _row(line: Mapping[str, str | None], *, where: str) -> EmergencyNumber:
    if SURPLUS in line:
        raise RefusedInputError(f"{where}: the line has more fields than the header: put a text with commas in quotes")
    given = {name.strip(): value.strip() if value else None for name, value in line.items()}
    try:
        return EmergencyNumber.model_validate({name: value for name, value in given.items() if value})
    except ValidationError as error:
        first = error.errors()[0]
        column, said = first["loc"][0], first["msg"].removeprefix("Value error, ")
        is_missing = first["type"] == "missing"
        told = f"{column} is missing: give it" if is_missing else f"{column}: {said[:1].lower()}{said[1:]}"
        raise RefusedInputError(f"{where}: {told}") from None
