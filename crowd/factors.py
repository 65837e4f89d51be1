"""People, not SIMs: how many people one attached device stands for, per operator and area, with its uncertainty.

A small table says it, straight or by what it comes from:

    people per device = 1 / (cells per device * SIMs per person * sum of the market shares of all operators with a plan)

Operator o has `people * SIMs per person * share_o` devices and each is counted in `cells per device` cells of an hour,
so that the sum over operators of factor times counts gives people again, also when some operators are missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from lake.errors import RefusedInputError
from lake.intake import slug

FILE_NAME = "people_per_device.csv"
DEFAULT_FACTOR = 1.0
# How far a factor may be off where nobody says: its low and high as shares of itself.
DEFAULT_LOW, DEFAULT_HIGH = 0.7, 1.4
# Published shares are rounded and may sum to a little over one.
ROUNDING = 0.01
DEFAULT_SIMS_PER_PERSON, DEFAULT_CELLS_PER_DEVICE = 1.0, 1.0

COLUMNS = {
    "operator": pl.String,
    "area_code": pl.String,
    "people_per_device": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "source": pl.String,
}


class FactorRow(BaseModel):
    """One row of the table.

    Attributes:
        operator: whose devices.
        area_code: where; everywhere else where None.
        people_per_device: the factor itself; else it is computed from the next three.
        market_share: the operator's part of all SIMs.
        sims_per_person: SIMs in use per resident, of all operators together.
        cells_per_device: cells that count a device within an interval, on average (movers are counted in several).
        low: lowest plausible factor.
        high: highest plausible factor.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    operator: str = Field(min_length=1)
    area_code: str | None = None
    people_per_device: float | None = Field(default=None, gt=0)
    market_share: float | None = Field(default=None, gt=0, le=1)
    sims_per_person: float | None = Field(default=None, gt=0, le=20)
    cells_per_device: float | None = Field(default=None, ge=1, le=100)
    low: float | None = Field(default=None, gt=0)
    high: float | None = Field(default=None, gt=0)

    @field_validator("operator")
    @classmethod
    def _as_in_the_lake(cls, name: str) -> str:
        return slug(name)

    @field_validator("area_code")
    @classmethod
    def _trimmed(cls, code: str | None) -> str | None:
        return code.strip() or None if code else None

    @model_validator(mode="after")
    def _one_way(self) -> "FactorRow":
        if self.people_per_device is None and self.market_share is None:
            raise ValueError("give people_per_device, or market_share (with sims_per_person and cells_per_device)")
        if self.people_per_device is not None and self.market_share is not None:
            raise ValueError("give people_per_device or market_share, not both")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("low is higher than high")
        return self


@dataclass(frozen=True)
class Factors:
    """People per device of every operator.

    Attributes:
        table: operator, area_code (null: everywhere else), people_per_device, low, high, source ("table", "setting" or
            "default"); each operator has a row for everywhere.
    """

    table: pl.DataFrame

    @property
    def everywhere(self) -> pl.DataFrame:
        """The rows that hold wherever no area has its own."""
        return self.table.filter(pl.col("area_code").is_null())

    @property
    def by_area(self) -> pl.DataFrame:
        """The rows of areas."""
        return self.table.filter(pl.col("area_code").is_not_null())

    @property
    def assumed(self) -> tuple[str, ...]:
        """Operators for which nobody has given a factor."""
        return tuple(self.everywhere.filter(source="default")["operator"].sort())


def load_factors(path: Path) -> tuple[FactorRow, ...]:
    """Read the table (CSV with the columns of `FactorRow`); empty where there is no such file.

    Raises:
        RefusedInputError: a line does not fit; says which and why.
    """
    if not path.exists():
        return ()
    try:
        lines = pl.read_csv(path, infer_schema=False).to_dicts()
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        raise RefusedInputError(f"{path} cannot be read as CSV: {str(error).splitlines()[0]}") from None
    rows = [_row(path, number, line) for number, line in enumerate(lines, start=2)]
    twins = pl.DataFrame([(r.operator, r.area_code) for r in rows], schema=["operator", "area_code"], orient="row")
    if twins.is_duplicated().any():
        operator, area = twins.filter(twins.is_duplicated()).row(0)
        raise RefusedInputError(
            f"{path}: operator {operator}, area {area or 'everywhere'}, stands there twice: keep one"
        )
    return tuple(rows)


def settle_factors(
    rows: Sequence[FactorRow], *, operators: Sequence[str], settings: Mapping[str, float] | None = None
) -> Factors:
    """A factor for every operator: from the table, else from the settings, else the default.

    Args:
        rows: of the table.
        operators: those with a cell plan.
        settings: people per device by operator.

    Where an area has a market share of its own for one operator, the factors of the others change there too: only with
    one sum of shares do all operators together come to people.

    Raises:
        RefusedInputError: an area is given a factor by market share for an operator that has none everywhere, or
            market shares sum to more than one.
    """
    used = [row for row in rows if row.operator in operators]
    usual = {row.operator: row for row in used if row.area_code is None}
    used += _implied(used, usual)
    shares = {row.operator: row.market_share for row in usual.values() if row.market_share is not None}
    sums = {area: _sum_of_shares(used, area, usual=shares) for area in {row.area_code for row in used}}
    table = [_settled(row, usual=shares, sum_of_shares=sums[row.area_code]) for row in used]
    given = {slug(operator): factor for operator, factor in (settings or {}).items()}
    for operator in operators:
        if operator not in usual:
            factor = given.get(operator)
            source = "default" if factor is None else "setting"
            table.append(_ranged(operator, None, DEFAULT_FACTOR if factor is None else factor, source=source))
    frame = pl.DataFrame(table, schema=COLUMNS, orient="row")
    return Factors(frame.sort("operator", "area_code", nulls_last=False))


def flat_factors(people_per_device: Mapping[str, float], *, operators: Sequence[str]) -> Factors:
    """Factors without a table."""
    return settle_factors((), operators=operators, settings=people_per_device)


def _row(path: Path, number: int, line: Mapping[str, str | None]) -> FactorRow:
    try:
        return FactorRow.model_validate({name: value or None for name, value in line.items()})
    except ValidationError as error:
        # A strange column says more than those that are then missing.
        first = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
        column = ".".join(str(part) for part in first["loc"])
        said = "is no column of this table" if first["type"] == "extra_forbidden" else first["msg"]
        said = said.removeprefix("Value error, ")
        raise RefusedInputError(f"{path}, line {number}: {column + ': ' if column else ''}{said}") from None


def _implied(rows: Sequence[FactorRow], usual: Mapping[str, FactorRow]) -> list[FactorRow]:
    """Rows of operators that an area does not name, though it has market shares of its own."""
    named = {(row.area_code, row.operator) for row in rows}
    areas = sorted({row.area_code for row in rows if row.area_code is not None and row.market_share is not None})
    return [
        row.model_copy(update={"area_code": area})
        for area in areas
        for operator, row in usual.items()
        if row.market_share is not None and (area, operator) not in named
    ]


def _sum_of_shares(rows: Sequence[FactorRow], area_code: str | None, *, usual: Mapping[str, float]) -> float:
    own = {r.operator: r.market_share for r in rows if r.area_code == area_code and r.market_share is not None}
    total = sum({**usual, **own}.values())
    if total > 1 + ROUNDING:
        raise RefusedInputError(
            f"{FILE_NAME}: the market shares of area {area_code or 'everywhere'} sum to {total:.3f}: "
            "give shares of all SIMs, at most 1 together"
        )
    return total


def _settled(row: FactorRow, *, usual: Mapping[str, float], sum_of_shares: float) -> tuple[object, ...]:
    if row.people_per_device is not None:
        return _ranged(row.operator, row.area_code, row.people_per_device, low=row.low, high=row.high)
    if row.operator not in usual:
        raise RefusedInputError(
            f"{FILE_NAME}: area {row.area_code} gives operator {row.operator} a market_share, "
            "but no row of that operator without area_code does: add one"
        )
    sims = row.sims_per_person or DEFAULT_SIMS_PER_PERSON
    cells = row.cells_per_device or DEFAULT_CELLS_PER_DEVICE
    return _ranged(row.operator, row.area_code, 1 / (cells * sims * sum_of_shares), low=row.low, high=row.high)


def _ranged(
    operator: str,
    area_code: str | None,
    factor: float,
    *,
    low: float | None = None,
    high: float | None = None,
    source: str = "table",
) -> tuple[object, ...]:
    least = factor * DEFAULT_LOW if low is None else min(low, factor)
    most = factor * DEFAULT_HIGH if high is None else max(high, factor)
    return operator, area_code, factor, least, most, source
