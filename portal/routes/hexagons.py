"""Routes of the portal: hexagons."""

from typing import Annotated

import pyarrow as pa
from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from crowd.review.hexagons import Wanted, fingerprint, hexagons_at_hand, hexagons_in
from crowd.review.history import History, history_of, read_hexes
from portal.access import needs
from portal.context import PortalHere
from portal.inputs import BoxHere, Instant, RangeHere

MEDIA_TYPE = "application/vnd.apache.arrow.stream"
FINEST_RESOLUTION = 15

MOST_HEXES = 3_000
HexesText = Annotated[
    str,
    Query(max_length=16 * MOST_HEXES, pattern=r"^[0-9a-fA-F]{15}(,[0-9a-fA-F]{15})*$", examples=["898c1064a27ffff"]),
]

router = APIRouter(tags=["hexagons"], dependencies=[Depends(needs("viewer", scope="map"))])


@router.get(
    "/hexagons",
    response_class=Response,
    responses={
        200: {"content": {MEDIA_TYPE: {}}, "description": "An Arrow IPC stream."},
        304: {"description": "As it was when the ETag was given."},
        400: {"description": "The box is no box."},
    },
)
async def hexagons(
    request: Request,
    portal: PortalHere,
    at: Instant,
    box: BoxHere,
    resolution: Annotated[int, Query(ge=0, le=FINEST_RESOLUTION)],
) -> Response:
    """Hexagons of an hour that may be shown; finer ones than `resolution` are rolled up to it.

    Where there would be too many the resolution is made coarser: the schema's metadata say which it is.
    """
    wanted = Wanted(at=at, box=box, resolution=resolution, k=portal.run.k)
    etag = f'"{fingerprint(portal.home, wanted)}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Cookie, Authorization"}
    if etag in {each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")}:
        return Response(status_code=304, headers=headers)
    # What is mapped already is cut out sooner than a thread has begun.
    shown = hexagons_at_hand(portal.memory, portal.home, wanted)
    if shown is None:
        shown = await run_in_threadpool(hexagons_in, portal.memory, portal.home, wanted)
    about = {
        "at": f"{wanted.at:%Y-%m-%dT%H:%M:%SZ}",
        "resolution": str(shown.resolution),
        "k": str(wanted.k),
        "hexagons": str(shown.table.num_rows),
    }
    return Response(_stream(shown.table.replace_schema_metadata(about)), media_type=MEDIA_TYPE, headers=headers)


@router.get("/hexagons/history", responses={400: {"description": "No hexagon, or too much ground."}})
def history(portal: PortalHere, span: RangeHere, hexes: HexesText) -> History:
    """The hours of a hexagon, also a rolled-up one, or of the ground of a gathering: sums over what may be shown."""
    return history_of(
        portal.memory,
        portal.home,
        hexes=read_hexes(hexes.split(",")),
        start=span.start,
        end=span.end,
        k=portal.run.k,
        factors=portal.run.factors(),
    )


def _stream(table: pa.Table) -> memoryview:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as out:
        out.write_table(table)
    return memoryview(sink.getvalue())
