"""What people and machines may write into an address: instants, ranges of them, boxes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AfterValidator, AwareDatetime

from crowd.review.ground import Box
from lake.errors import RefusedInputError

FIRST_YEAR, LAST_YEAR = 2000, 2099
LONGEST = timedelta(days=32)
NUMBER = r"-?[0-9]{1,3}(\.[0-9]{1,18})?"


def _of_our_time(instant: datetime) -> datetime:
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise ValueError(f"the year must be {FIRST_YEAR} to {LAST_YEAR}")
    return instant.astimezone(UTC)


# Of an ISO 8601 text with an offset; in UTC.
Instant = Annotated[AwareDatetime, AfterValidator(_of_our_time)]


@dataclass(frozen=True)
class Range:
    """start <= instant < end."""

    start: datetime
    end: datetime


async def range_of(start: Instant, end: Instant) -> Range:
    """The range that is asked for.

    Raises:
        RefusedInputError: it is empty or longer than 32 days.
    """
    if not timedelta(0) < end - start <= LONGEST:
        raise RefusedInputError(f"the range must end after it starts, and be no longer than {LONGEST.days} days")
    return Range(start, end)


async def box_of(
    box: Annotated[
        str, Query(max_length=100, pattern=f"^{NUMBER}(,{NUMBER}){{3}}$", examples=["108.9,-5.6,109.1,-5.4"])
    ],
) -> Box:
    """The box that is asked for: west,south,east,north in degrees.

    Raises:
        RefusedInputError: it is none on the globe.
    """
    west, south, east, north = (float(number) for number in box.split(","))
    return Box(west=west, south=south, east=east, north=north)


RangeHere = Annotated[Range, Depends(range_of)]
BoxHere = Annotated[Box, Depends(box_of)]
