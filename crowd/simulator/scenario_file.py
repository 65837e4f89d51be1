"""Scenarios as TOML: read with errors that name file and key, and written back as used."""

import json
import tomllib
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from crowd.simulator.scenario import Scenario
from lake.errors import RefusedInputError

DEFAULT_NAME = "kota_contoh.toml"
OTHERS = frozenset({"kerumun_template.toml"})


def load_scenario(path: Path) -> Scenario:
    """Read a scenario file (TOML, see `Scenario` for its keys), or one that comes with the package.

    Paths in the file are taken from the folder it lies in.

    Args:
        path: the file, or the name of one of `shipped_scenarios`.

    Returns:
        The scenario, checked.

    Raises:
        RefusedInputError: the file cannot be read, is not TOML, or a key in it is wrong; the message is one
            sentence that names the file and the key.
    """
    if not path.exists() and str(path).removesuffix(".toml") in shipped_scenarios():
        return _shipped(path.with_suffix(".toml").name)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        shipped = f"; the names of those that come with Kerumun are {', '.join(shipped_scenarios())}"
        raise RefusedInputError(f"The scenario {path} cannot be read: {reason}{shipped}.") from error
    scenario = _parsed(text, source=str(path))
    named = {"land": scenario.land, "plan": scenario.plan}
    found = {key: str((path.parent / name).resolve()) for key, name in named.items() if name is not None}
    return scenario.model_copy(update=found)


def shipped_scenarios() -> tuple[str, ...]:
    """Return the names of the scenarios that come with the package, in order."""
    names = [entry.name for entry in files("crowd.simulator").iterdir()]
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml") and name not in OTHERS))


def default_scenario() -> Scenario:
    """Read the scenario that comes with the package: thirty days of Kota Contoh, March 2020."""
    return _shipped(DEFAULT_NAME)


def scenario_as_toml(scenario: Scenario) -> str:
    """Write a scenario as TOML that `load_scenario` reads back as an equal one."""
    return "\n".join(_lines_of_table(scenario.model_dump(exclude_none=True), path="")).strip() + "\n"


def _shipped(name: str) -> Scenario:
    return _parsed((files("crowd.simulator") / name).read_text(encoding="utf-8"), source=name)


def _parsed(text: str, *, source: str) -> Scenario:
    try:
        return Scenario.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise RefusedInputError(f"The scenario {source} is not TOML: {error}.") from error
    except ValidationError as error:
        raise RefusedInputError(f"The scenario {source} is wrong at {_first_fault(error)}.") from error


def _first_fault(error: ValidationError) -> str:
    fault, *others = error.errors(include_url=False)
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"]).lstrip(".")
    if fault["type"] == "extra_forbidden":
        said = "there is no such key"
    elif fault["type"] == "missing":
        said = "this key is missing"
    else:
        said = fault["msg"].removeprefix("Value error, ").removeprefix("Input ")
    more = f" (and {len(others)} more)" if others else ""
    return f"{key or 'its top'}: {said}{more}"


def _lines_of_table(table: dict[str, object], *, path: str) -> list[str]:
    """Plain values first, then tables: TOML would take a value after a table for a key of that table."""
    plain = [f"{key} = {_value(value)}" for key, value in table.items() if not _holds_tables(value)]
    nested = [
        line
        for key, value in table.items()
        if _holds_tables(value)
        for line in _lines_of_key(value, path=f"{path}.{key}".lstrip("."))
    ]
    return plain + nested


def _lines_of_key(value: object, *, path: str) -> list[str]:
    if isinstance(value, dict):
        return ["", f"[{path}]", *_lines_of_table(value, path=path)]
    rows = value if isinstance(value, tuple) else ()
    return [line for row in rows for line in ("", f"[[{path}]]", *_lines_of_table(row, path=path))]


def _holds_tables(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, tuple) and bool(value) and isinstance(value[0], dict))


def _value(value: object) -> str:
    """Return a TOML value; strings of a scenario hold nothing that JSON and TOML escape differently."""
    if isinstance(value, tuple):
        return "[" + ", ".join(_value(part) for part in value) + "]"
    if isinstance(value, str | int | float):
        return json.dumps(value, ensure_ascii=False)
    return str(value).replace(" ", "T")
