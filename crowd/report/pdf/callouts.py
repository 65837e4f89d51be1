"""Names that must stand on the first map, though their areas have no room for letters: beside a dot."""

from collections.abc import Sequence

import polars as pl

from crowd.report.pdf.labels import EM, LETTER, LINE

Label = dict[str, object]
DOT = 12.0  # radius, in units of the map
BETWEEN = 8.0  # from a dot to its name
WIDER = 1.12  # letters in bold, against plain ones
STYLE = 'fill="#1f1b2e" stroke="#ffffff" stroke-width="5"'
PAD = 0.25 * EM  # around letters


def call_out(labels: Sequence[Label], rooms: pl.DataFrame, *, named: Sequence[str]) -> tuple[list[Label], str]:
    """Labels with the names of some areas among them, and the dots that these belong to.

    An area whose own label tells its whole name keeps it, in bold; labels in the way of another's are left out.

    Args:
        labels: see `crowd.report.pdf.labels.place_labels`.
        rooms: `area_code, area_name, x, y, frame_width, frame_height` of all areas of the map.
        named: codes of the areas; those that are not on the map are passed over.

    Returns:
        The labels, and the dots as SVG.
    """
    wanted = rooms.filter(pl.col("area_code").is_in(list(named))).unique("area_code", maintain_order=True)
    names = dict(wanted.select("area_code", "area_name").iter_rows())
    told = [label | {"is_named": True} for label in labels if _tells(label, names)]
    others = [label for label in labels if not _tells(label, names)]
    dots, size = "", _size(rooms)
    for row in wanted.iter_rows(named=True):
        if any(label["area_code"] == row["area_code"] for label in told):
            continue
        above, below = (_callout(row, side=side) for side in (-1, 1))
        in_way = float(str(above["y"])) < 0 or any(_overlap(above, other, size) for other in told)
        told.append(below if in_way else above)
        dots += f'<circle cx="{row["x"]:.0f}" cy="{row["y"]:.0f}" r="{DOT:g}" {STYLE}/>'
    kept = [label for label in others if not any(_overlap(label, one, size) for one in told)]
    return [*kept, *told], dots


def without_overlaps(labels: Sequence[Label], *, size: tuple[float, float]) -> list[Label]:
    """Labels, moved into the map, of which none is in the way of an earlier one; `size` is that of the map."""
    kept: list[Label] = []
    for label in (_moved_inside(label, size) for label in labels):
        if not any(_overlap(label, other, size) for other in kept):
            kept.append(label)
    return kept


def _tells(label: Label, names: dict[str, str]) -> bool:
    lines = label["lines"]
    return isinstance(lines, list) and names.get(str(label["area_code"])) == " ".join(lines)


def _size(rooms: pl.DataFrame) -> tuple[float, float]:
    width, height = rooms.select("frame_width", "frame_height").row(0)
    return float(width), float(height)


def _callout(row: dict[str, object], *, side: int) -> Label:
    """The name over (-1) or under (1) its dot, inside the frame."""
    x, y, width, height = (float(str(row[name])) for name in ("x", "y", "frame_width", "frame_height"))
    name = str(row["area_name"])
    half = _half_width([name], is_named=True)
    middle = min(max(x, half), width - half) if 2 * half < width else width / 2
    away = DOT + BETWEEN + LINE / 2 + PAD / 2
    return {
        "area_code": row["area_code"],
        "x": round(middle / width * 100, 2),
        "y": round((y + side * away) / height * 100, 2),
        "lines": [name],
        "is_pattern": True,
        "is_dark": False,
        "is_named": True,
    }


def _half_width(lines: Sequence[str], *, is_named: bool) -> float:
    return max(map(len, lines)) * LETTER * (WIDER if is_named else 1.0) / 2 + PAD


def _moved_inside(label: Label, size: tuple[float, float]) -> Label:
    west, _, east, _ = _frame(label, size)
    across = float(str(label["x"])) / 100 * size[0] + max(-west, 0.0) - max(east - size[0], 0.0)
    return label | {"x": round(across / size[0] * 100, 2)}


def _overlap(one: Label, other: Label, size: tuple[float, float]) -> bool:
    (west, north, east, south), (left, top, right, bottom) = (_frame(label, size) for label in (one, other))
    return west < right and left < east and north < bottom and top < south


def _frame(label: Label, size: tuple[float, float]) -> tuple[float, float, float, float]:
    lines = label["lines"]
    told = [str(line) for line in lines] if isinstance(lines, list) else []
    across, down = float(str(label["x"])) / 100 * size[0], float(str(label["y"])) / 100 * size[1]
    half, tall = _half_width(told, is_named=bool(label.get("is_named"))), len(told) * LINE / 2 + PAD / 2
    return across - half, down - tall, across + half, down + tall
