"""What an installation can set about the weekly report: the table `[report]` of `kerumun.toml`."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Language = Literal["id", "en"]
Level = Literal["province", "regency", "district", "village"]
FileFormat = Literal["pdf", "xlsx", "csv", "parquet"]
FORMATS: tuple[FileFormat, ...] = ("pdf", "xlsx", "csv", "parquet")
# Pages and sheets are written in a language; tables hold names of indicators and codes.
SPOKEN: tuple[FileFormat, ...] = ("pdf", "xlsx")
LICENCES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}


def _each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values or len(set(values)) < len(values):
        message = "must name at least one, and each once"
        raise ValueError(message)
    return values


class ReportOptions(BaseModel):
    """The weekly report.

    Attributes:
        languages: of the pages and sheets that the weekly flow writes.
        formats: that the weekly flow writes.
        level: the finest level whose areas the tables go down to; where it is not loaded, the finest that is above it.
        reference_weeks: how many whole weeks before the week the usual is the median of, as far as they have data.
        epsilon: budget of differential privacy for each hour of a device in an area; none is used where not set.
        schedule: cron expression of the weekly flow, on the clock of `schedule_timezone`; empty: never.
        publisher: who publishes it, as the report and its metadata name them.
        contact: address that questions go to: an e-mail address, or one that begins with https://.
        licence: short name of a licence, or the address of its text; none is named where not set.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    languages: Annotated[tuple[Language, ...], AfterValidator(_each_once)] = ("id", "en")
    formats: Annotated[tuple[FileFormat, ...], AfterValidator(_each_once)] = FORMATS
    level: Level = "district"
    reference_weeks: Annotated[int, Field(ge=3, le=26)] = 5
    epsilon: Annotated[float, Field(gt=0, le=10)] | None = None
    schedule: str = "0 6 * * 1"
    publisher: Annotated[str, Field(max_length=200)] | None = None
    contact: Annotated[str, Field(pattern=r"^(https://[^\s]+|[^\s@:/]+@[^\s@:/]+)$")] | None = None
    licence: Annotated[str, Field(max_length=200)] | None = None

    @property
    def licence_url(self) -> str | None:
        """Address of the licence's text, where it is known."""
        if self.licence is None or self.licence.startswith("https://"):
            return self.licence
        return LICENCES.get(self.licence)
