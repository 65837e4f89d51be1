"""What the sheets say in one language: words of their own, and names that the pages use too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crowd.report.options import Language
from crowd.report.words import Words, load_words

STATES = ("drafted", "approved", "rejected", "sent", "delivered")


@dataclass(frozen=True, kw_only=True)
class SheetWords:
    """What the sheets say in one language; names of levels, states and days are those of the pages.

    Attributes:
        language: which one.
        sheets: names of the sheets.
        headers: of columns that are not of an indicator; some name `zone`.
        low: header of the lower end of a range; names `title`.
        high: of the upper end.
        no_people: status of a row of which nobody counted the people, though it may have other numbers.
        reads: how to read a cell that is empty for some reason.
        nothing: the only row of a sheet that has nothing to list.
        doubtful: whether many cells around a gathering were silent, and what that means as a definition.
        about: headings of the sheet about the report.
        texts: sentences of the same sheet.
        definitions: headers of the sheet of definitions.
    """

    language: Language
    sheets: Mapping[str, str]
    headers: Mapping[str, str]
    low: str
    high: str
    no_people: str
    reads: Mapping[str, str]
    nothing: Mapping[str, str]
    doubtful: Mapping[str, str]
    about: Mapping[str, str]
    texts: Mapping[str, str]
    definitions: Mapping[str, str]

    @property
    def spoken(self) -> Words:
        """Words of the pages."""
        return load_words(self.language)

    @property
    def title(self) -> str:
        """Of the document, without its week."""
        return self.spoken.say("report.title")

    @property
    def columns(self) -> dict[str, str]:
        """Headers that are not of an indicator."""
        return {**self.headers, **{state: self.spoken.say(f"table.{state}") for state in STATES}}

    @property
    def levels(self) -> dict[str, str]:
        """Of areas."""
        return _begun(self.spoken.section("levels"))

    def counted(self, level: str, count: int) -> str:
        """Name of a level of areas behind their number."""
        return self.spoken.say(f"{'levels' if count == 1 else 'levels_many'}.{level}")

    @property
    def gathering_levels(self) -> dict[str, str]:
        """Of gatherings."""
        return _begun(self.spoken.section("alert"))

    @property
    def statuses(self) -> dict[str, str]:
        """Why there is a number, or none."""
        return self.spoken.section("status_short")

    @property
    def days(self) -> Sequence[str]:
        """Monday to Sunday."""
        return self.spoken.days


def _begun(names: Mapping[str, str]) -> dict[str, str]:
    """Names as they begin a cell."""
    return {code: name[:1].upper() + name[1:] for code, name in names.items()}
