"""Duty officers who are warned by SMS: the only place that knows their numbers."""

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeGuard, get_args

from crowd.warnings.outgoing import LANGUAGES, Language
from lake.errors import RefusedInputError

Role = Literal["regency", "district", "puskesmas", "112"]
ROLES: tuple[Role, ...] = get_args(Role)
COLUMNS = ("id", "number", "role", "area_code", "language")
OTHERS_MAY = 0o077
_ID = re.compile(r"[a-z0-9._-]{1,40}")
_NUMBER = re.compile(r"\+[1-9][0-9]{7,14}")
_AREA = re.compile(r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?|[0-9]{4}|[0-9]{6,7}|[0-9]{10}")


@dataclass(frozen=True, kw_only=True)
class Officer:
    """One registered duty officer.

    Attributes:
        id: what everything else knows the officer by.
        number: phone, international with a plus; in no table, log or error.
        role: whose duty it is.
        area_code: Kemendagri code of the area looked after, with everything below it.
        language: of the SMS.
    """

    id: str
    number: str = field(repr=False)
    role: Role
    area_code: str
    language: Language


def load_officers(path: Path) -> tuple[Officer, ...]:
    """The officers of a CSV with id, number, role, area_code and language, in its order.

    Raises:
        RefusedInputError: others than its owner may read the file, or a row is wrong; never repeats a number.
    """
    officers: dict[str, Officer] = {}
    try:
        _refuse_open_doors(path)
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, restkey="beyond the header", strict=True)
            _check_header(path, reader.fieldnames or ())
            for line in reader:
                if any(line.values()):
                    officer = _officer(f"{path}, line {reader.line_num}", line)
                    _add(officer, officers, where=f"{path}, line {reader.line_num}")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        # a decoding error repeats the bytes that it stumbled over
        told = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise RefusedInputError(f"{path} cannot be read as CSV in UTF-8 ({told}): see duty officers in docs") from None
    return tuple(officers.values())


def officers_for(area_code: str | None, officers: Iterable[Officer]) -> tuple[Officer, ...]:
    """Those whose area is this one or lies around it; none where the area is not known."""
    if area_code is None:
        return ()
    wanted = area_code.replace(".", "")
    return tuple(officer for officer in officers if wanted.startswith(officer.area_code.replace(".", "")))


def _refuse_open_doors(path: Path) -> None:
    if path.stat().st_mode & OTHERS_MAY:
        raise RefusedInputError(f"{path} holds phone numbers and others may read it: chmod 600 {path}")


def _check_header(path: Path, names: Iterable[str]) -> None:
    given = list(names)
    if sorted(given) != sorted(COLUMNS):
        missing = [name for name in COLUMNS if name not in given]
        what = f"has no {' and no '.join(missing)}" if missing else "has more columns than it may"
        raise RefusedInputError(f"{path}, line 1: the header {what}: it must be {','.join(COLUMNS)}")


def _officer(where: str, line: Mapping[str, str | None]) -> Officer:
    if set(line) != set(COLUMNS):
        raise RefusedInputError(f"{where}: has more fields than the header")
    given = {name: (line[name] or "").strip() for name in COLUMNS}
    wrong = next((said for is_right, said in _CHECKS if not is_right(given)), None)
    role, language = given["role"], given["language"]
    if wrong or not _is_role(role) or not _is_language(language):
        raise RefusedInputError(f"{where}: {wrong}")
    return Officer(id=given["id"], number=given["number"], role=role, area_code=given["area_code"], language=language)


def _add(officer: Officer, officers: dict[str, Officer], *, where: str) -> None:
    if officer.id in officers:
        raise RefusedInputError(f"{where}: id {officer.id} stands there twice: keep one")
    officers[officer.id] = officer


def _is_role(text: str) -> TypeGuard[Role]:
    return text in ROLES


def _is_language(text: str) -> TypeGuard[Language]:
    return text in LANGUAGES


# what stands in a wrong column may be a number that slipped, so no message repeats it
_CHECKS: tuple[tuple[Callable[[Mapping[str, str]], object], str], ...] = (
    (lambda row: _ID.fullmatch(row["id"]), "the id must be 1 to 40 small letters, digits, dots, dashes, underscores"),
    (lambda row: _NUMBER.fullmatch(row["number"]), "the number must be international: a plus and 8 to 15 digits"),
    (lambda row: _is_role(row["role"]), f"the role must be one of {', '.join(ROLES)}"),
    (
        lambda row: _AREA.fullmatch(row["area_code"]),
        "the area_code must be a Kemendagri code such as 99.01 or 99.01.02",
    ),
    (lambda row: _is_language(row["language"]), f"the language must be one of {', '.join(LANGUAGES)}"),
)
