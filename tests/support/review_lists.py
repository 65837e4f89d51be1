"""The list of gatherings as the portal puts it together for one person, without its marks of what was read."""

from dataclasses import dataclass, replace

from crowd.policy import LEVELS
from crowd.review.gatherings import kept_list, wanted_of
from crowd.review.warned import warnings_about


@dataclass(frozen=True)
class ReviewList:
    """Gatherings with their warnings, and how many are withheld."""

    gatherings: list
    withheld: int


def list_for_review(memory, *, home, ledger, start, end, k, area=None, levels=LEVELS):
    """Gatherings of a range that are wanted."""
    kept = kept_list(memory, home=home, start=start, end=end, k=k)
    wanted = wanted_of(memory, kept, home=home, area=area, levels=levels)
    warned = warnings_about(ledger, [each.gathering_id for each in wanted])
    told = [replace(each, warnings=tuple(warned.get(each.gathering_id, each.warnings))) for each in wanted]
    return ReviewList(gatherings=told, withheld=kept.withheld)
