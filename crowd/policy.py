"""The policy: from which thresholds on a crowd is a gathering, and how far a warning should reach."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from lake.errors import RefusedInputError

LEVELS = ("waspada", "siaga", "awas")

Threshold = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Level(BaseModel):
    """Thresholds that a hexagon passes to reach a level; 0 is always passed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    people: Threshold = 0.0
    people_per_km2: Threshold = 0.0
    excess: Threshold = 0.0
    score: Threshold = 0.0


class Levels(BaseModel):
    """The three levels, lowest first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    waspada: Level
    siaga: Level
    awas: Level

    @model_validator(mode="after")
    def _rising(self) -> "Levels":
        for low, high in (("waspada", "siaga"), ("siaga", "awas")):
            for name in Level.model_fields:
                if getattr(getattr(self, low), name) > getattr(getattr(self, high), name):
                    message = f"{name} of {low} is higher than that of {high}: a higher level asks for more"
                    raise ValueError(message)
        return self


class Targets(BaseModel):
    """How the cells to warn are chosen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reach: Annotated[float, Field(gt=0, le=1)] = 0.9


class Policy(BaseModel):
    """A whole policy file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    levels: Levels
    targets: Targets = Targets()


def load_policy(path: Path | None = None) -> Policy:
    """Read a policy file; without one the cautious policy that is shipped.

    Raises:
        RefusedInputError: the file is no TOML, or a key is unknown, missing or out of range.
    """
    try:
        text = files("crowd").joinpath("policy.toml").read_text("utf-8") if path is None else path.read_text("utf-8")
        return Policy.model_validate(tomllib.loads(text))
    except OSError as error:
        raise RefusedInputError(f"cannot read the policy {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RefusedInputError(f"{path} is not TOML ({error}): mend that line") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "levels"
        said = first["msg"].removeprefix("Value error, ")
        raise RefusedInputError(f"{path}: '{key}': {said[:1].lower()}{said[1:]}") from None
