"""What the tables of a policy have in common: numbers that are numbers, and mistakes that say where they are."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

# Strict throughout: a number in quotes is a slip of the hand, and a guess at its meaning might warn a city.
Text = Annotated[str, Field(strict=True, min_length=1)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Threshold = Annotated[Number, Field(ge=0)]
Positive = Annotated[Number, Field(gt=0)]
Share = Annotated[Number, Field(gt=0, le=1)]
Lat = Annotated[Number, Field(ge=-90, le=90)]
Lon = Annotated[Number, Field(ge=-180, le=180)]
WholeHours = Annotated[int, Field(strict=True, ge=0)]
AtLeastOne = Annotated[int, Field(strict=True, ge=1)]
Flag = Annotated[bool, Field(strict=True)]
Day = Annotated[date, Field(strict=True)]
Moment = Annotated[datetime, Field(strict=True)]

KeyPath = tuple[str | int, ...]


class Table(BaseModel):
    """A table of a policy: unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def mistake(message: str, *, at: KeyPath) -> PydanticCustomError:
    """An error that a table finds between its keys; `at` is the offending key, counted from that table."""
    return PydanticCustomError("policy", "{said}", {"said": message, "at": at})
