"""Routes of the portal: gatherings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response
from pydantic import TypeAdapter
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from crowd.policy import LEVELS
from crowd.review.gathering_detail import highest_level_of, show_gathering
from crowd.review.gathering_outlines import outlines_at
from crowd.review.gatherings import ListedGathering, kept_list, wanted_of
from crowd.review.warned import WarningInShort, warnings_about
from crowd.review.whole_gathering import GatheringDetail
from portal.access import Visitor, needs
from portal.context import Portal, PortalHere
from portal.inputs import Instant, RangeHere
from portal.read_marks import is_unread, levels_read, mark_read

router = APIRouter(tags=["gatherings"])
Viewer = Annotated[Visitor, Depends(needs("viewer", scope="map"))]
Person = Annotated[Visitor, Depends(needs("viewer"))]
GatheringId = Annotated[str, Path(max_length=64)]
AreaCode = Annotated[str | None, Query(max_length=32)]
LEVEL = f"({'|'.join(LEVELS)})"
WantedLevels = Annotated[
    str | None, Query(max_length=40, pattern=f"^{LEVEL}(,{LEVEL})*$", description="highest levels, comma separated")
]
LISTED, WARNINGS = TypeAdapter(ListedGathering), TypeAdapter(Sequence[WarningInShort])


@dataclass(frozen=True, kw_only=True)
class GatheringToRead(ListedGathering):
    """A gathering in the list of somebody, who may not have looked at it yet."""

    is_unread: bool


@dataclass(frozen=True, kw_only=True)
class GatheringsToRead:
    """What may be shown of a range, and how many gatherings of it rest on too few devices to be."""

    gatherings: Sequence[GatheringToRead]
    withheld: int


@dataclass(frozen=True, kw_only=True)
class DetailToRead(GatheringDetail):
    """A gathering as somebody sees it, who may not have marked it as read yet."""

    is_unread: bool


@router.get("/gatherings", response_model=GatheringsToRead)
def get_gatherings(
    portal: PortalHere, visitor: Viewer, span: RangeHere, area: AreaCode = None, level: WantedLevels = None
) -> Response:
    """Gatherings of a range, each at its latest hour there."""
    memory, home = portal.memory, portal.home
    kept = kept_list(memory, home=home, start=span.start, end=span.end, k=portal.run.k)
    wanted = wanted_of(memory, kept, home=home, area=area or None, levels=wanted_levels(level))
    with portal.database.reading() as ledger:
        warned = warnings_about(ledger, [each.gathering_id for each in wanted])
        marks = _marks(ledger, visitor, wanted)
    texts = memory.answer(("texts", kept.key), lambda: {each.gathering_id: _text(each) for each in kept.listed})
    rows = [
        texts[each.gathering_id]
        + (WARNINGS.dump_json(warned[each.gathering_id]) if each.gathering_id in warned else b"[]")
        + (b',"is_unread":true}' if _is_unread(marks, each) else b',"is_unread":false}')
        for each in wanted
    ]
    body = b'{"gatherings":[' + b",".join(rows) + b'],"withheld":' + str(kept.withheld).encode() + b"}"
    return Response(body, media_type="application/json")


@router.get("/gatherings/outlines", response_model=dict[str, Any])
def get_outlines(portal: PortalHere, _: Viewer, at: Instant) -> Response:
    """Outlines of the gatherings of an hour, as a GeoJSON collection."""
    found = outlines_at(portal.memory, home=portal.home, at=at, k=portal.run.k)
    return Response(found, media_type="application/json")


@router.get("/gatherings/{gathering_id}")
def get_gathering(
    portal: PortalHere, visitor: Viewer, gathering_id: GatheringId, at: Instant | None = None
) -> DetailToRead:
    """A gathering at an hour, or at the latest before it."""
    with portal.memory.cursor() as connection, portal.database.reading() as ledger:
        detail = show_gathering(connection, gathering_id, home=portal.home, ledger=ledger, k=portal.run.k, at=at)
        marks = _marks(ledger, visitor, [detail])
    return DetailToRead(**vars(detail), is_unread=_is_unread(marks, detail))


@router.post("/gatherings/{gathering_id}/read", status_code=204)
def post_read(portal: PortalHere, visitor: Person, gathering_id: GatheringId) -> None:
    """Remember that the visitor has looked at a gathering; it is unread again when its level rises."""
    with portal.memory.cursor() as connection:
        level = highest_level_of(connection, gathering_id, home=portal.home, k=portal.run.k)
    _mark(portal, visitor, gathering_id=gathering_id, level=level)


def wanted_levels(level: str | None) -> Sequence[str]:
    """Levels of a filter; all of them where there is none."""
    return level.split(",") if level else LEVELS


def _text(listed: ListedGathering) -> bytes:
    """A gathering as JSON, up to what is not the same for all people and moments: its warnings come last."""
    return LISTED.dump_json(listed).removesuffix(b"[]}")


def _mark(portal: Portal, visitor: Visitor, *, gathering_id: str, level: str) -> None:
    try:
        with portal.database.writing() as ledger:
            mark_read(ledger, visitor.login, gathering_id=gathering_id, level=level, at=portal.clock())
    except IntegrityError:
        # Another window of the same person was faster by a moment: what it says is as new.
        return


def _marks(ledger: Session, visitor: Visitor, shown: Sequence[ListedGathering]) -> dict[str, str]:
    """What the visitor has read; machines read nothing."""
    if visitor.scopes is not None:
        return {}
    return dict(levels_read(ledger, visitor.login, [each.gathering_id for each in shown]))


def _is_unread(marks: dict[str, str], shown: ListedGathering) -> bool:
    return is_unread(marks, gathering_id=shown.gathering_id, highest_level=shown.highest_level)
