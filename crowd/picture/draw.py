"""The picture of one hour: where people are, where they gather, and which cells would be warned."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crowd.picture.classes import class_bounds
from crowd.picture.map import (
    LAND,
    SEA,
    DrawnTargets,
    draw_borders,
    draw_gatherings,
    draw_hexagons,
    draw_labels,
    draw_land,
    draw_target_cells,
    placed_areas,
)
from crowd.picture.marks import LEVELS, operator_looks
from crowd.picture.page import Sheet, draw_footer, draw_header, draw_message, new_sheet
from crowd.picture.parts import drawn_gatherings, drawn_targets, operator_entries, places
from crowd.picture.scene import PictureInput, Scene, read_scene
from crowd.picture.shapes import FINEST_RESOLUTION, drawn_density, hexagon_km, resolutions
from crowd.picture.side import Legend, OperatorEntry, draw_side
from crowd.picture.view import View
from crowd.picture.words import Seen, footer, time_header, totals

Floats = NDArray[np.float64]

TITLE = "Where people are"
OUTSIDE_AREAS = "sea, other areas"
ENDED_NOTE = "(thin line: ended)"


def draw_hour(out: Path, picture: PictureInput) -> Path:
    """Draw one hour as a PNG of 1600 x 1200 pixels; the same input gives the same bytes.

    Args:
        out: Where the picture goes; it appears there whole or not at all.
        picture: What to draw.

    Returns:
        The path that was written.

    Raises:
        RefusedInputError: A frame lacks a column, or holds a value that cannot be drawn.
    """
    when = time_header(picture.interval_start, interval_minutes=picture.interval_minutes, timezone=picture.timezone)
    scene = read_scene(picture)
    sheet = new_sheet(ground=LAND if scene.areas is None else SEA)
    seen = _draw_message(sheet) if scene.view is None else _draw_scene(sheet, scene, view=scene.view)
    ended = int((scene.gatherings["state"] == "ended").sum())
    total = totals(people=seen.people, gatherings=scene.gatherings.height, ended=ended)
    draw_header(sheet, title=_title(picture), when=when, totals=total)
    draw_footer(sheet, footer(seen, withheld=picture.withheld, k=picture.k))
    return _save(sheet, out)


def _draw_message(sheet: Sheet) -> Seen:
    draw_message(sheet, "No density in this hour")
    return Seen()


def _draw_scene(sheet: Sheet, scene: Scene, *, view: View) -> Seen:
    """Draw the map and the column beside it."""
    areas = None if scene.areas is None else placed_areas(scene.areas, view=view)
    if areas is not None:
        draw_land(sheet, areas)
    bounds, coarsest = _draw_density(sheet, scene, view=view)
    if areas is not None:
        draw_borders(sheet, areas)
    gatherings = drawn_gatherings(scene.gatherings, hexes=scene.gathering_hexes, view=view)
    draw_gatherings(sheet, gatherings)
    targets, operators = _targets_in_view(scene, view=view)
    draw_target_cells(sheet, targets)
    unlabelled = draw_labels(sheet, gatherings=gatherings, marks=targets.px, areas=areas, view=view)
    legend = Legend(
        bounds=bounds,
        levels=tuple(level for level in LEVELS if level in {one.level for one in gatherings}),
        ended=ENDED_NOTE if any(one.has_ended for one in gatherings) else "",
        operators=operators,
        outside="" if areas is None else OUTSIDE_AREAS,
    )
    draw_side(sheet, legend, view=view, ground=SEA)
    return replace(
        _in_and_out(scene, view=view),
        targets_outside=scene.targets.height - len(targets.px),
        unlabelled=unlabelled,
        drawn_resolution=coarsest,
    )


def _draw_density(sheet: Sheet, scene: Scene, *, view: View) -> tuple[Floats, int | None]:
    """Draw the hexagons in view; gives the bounds of their classes and the resolution they were merged to."""
    crowd = scene.hexagons
    beside_px = hexagon_km(int(resolutions(crowd.hexes).min(initial=FINEST_RESOLUTION))) / view.km_per_px
    near = view.holds(view.to_px(*crowd.degrees.T), margin_px=beside_px)
    drawn = drawn_density(crowd.hexes[near], people_per_km2=crowd.people_per_km2[near], km_per_px=view.km_per_px)
    crowded = drawn.people_per_km2 > 0
    if not crowded.any():
        return np.empty(0), None
    bounds = class_bounds(drawn.people_per_km2[crowded])
    draw_hexagons(sheet, drawn.hexes[crowded], people_per_km2=drawn.people_per_km2[crowded], bounds=bounds, view=view)
    return bounds, drawn.coarsest


def _targets_in_view(scene: Scene, *, view: View) -> tuple[DrawnTargets, tuple[OperatorEntry, ...]]:
    """Target cells in view, in looks that follow from all operators of the hour."""
    looks = operator_looks(scene.targets["operator"].to_list())
    seen = scene.targets.filter(view.holds(view.to_px(*places(scene.targets).T)))
    return drawn_targets(seen, looks=looks, view=view), operator_entries(seen, looks=looks)


def _in_and_out(scene: Scene, *, view: View) -> Seen:
    """Count what lies in the view and what lies outside."""
    crowd = scene.hexagons
    inside = view.holds(view.to_px(*crowd.degrees.T))
    crowded = crowd.people_per_km2 > 0
    return Seen(
        people=float(crowd.people[inside].sum()),
        hexagons_outside=int(np.count_nonzero(~inside & crowded)),
        people_outside=float(crowd.people[~inside].sum()),
    )


def _title(picture: PictureInput) -> str:
    return ", ".join(part for part in (picture.title or TITLE, picture.subtitle) if part)


def _save(sheet: Sheet, out: Path) -> Path:
    """Write beside the final name, then rename: a reader never sees half a picture."""
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        # Matplotlib would sign the file with its version, which changes the bytes.
        sheet.canvas.print_png(unfinished, metadata={"Software": None})  # type: ignore[no-untyped-call]
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    return out
