"""Routes of the portal: areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Response

from crowd.review.areas import AreaFound, areas_in_box, search_areas, show_area
from portal.access import needs
from portal.context import PortalHere
from portal.inputs import BoxHere

router = APIRouter(tags=["areas"], dependencies=[Depends(needs("viewer", scope="map"))])
AreaLevel = Literal["province", "regency", "district", "village"]


@dataclass(frozen=True)
class AreasFound:
    """What a search has found, the best first."""

    areas: Sequence[AreaFound]


@router.get("/areas", response_model=dict[str, Any])
def get_areas(
    portal: PortalHere, level: AreaLevel, box: BoxHere, zoom: Annotated[float, Query(ge=0, le=24, allow_inf_nan=False)]
) -> Response:
    """Areas of a level that a box touches, as a GeoJSON collection; `more` where the smallest were left out."""
    found = areas_in_box(portal.memory, portal.home, level=level, box=box, zoom=zoom)
    return Response(found, media_type="application/json")


@router.get("/areas/search")
def get_search(portal: PortalHere, q: Annotated[str, Query(max_length=100)]) -> AreasFound:
    """Areas by name or code, 20 at most."""
    return AreasFound(search_areas(portal.memory, portal.home, q))


@router.get("/areas/{code}", response_model=dict[str, Any])
def get_area(portal: PortalHere, code: Annotated[str, Path(max_length=32)]) -> Response:
    """An area as a GeoJSON feature, with what it lies in."""
    return Response(show_area(portal.memory, portal.home, code), media_type="application/json")
