"""Rules for the polygons and circles of an alert."""

import re
from collections.abc import Iterator

import shapely

MAX_DECIMALS = 6
LEAST_PAIRS = 4
MAX_LAT, MAX_LON = 90.0, 180.0
NUMBER = r"[-+]?\d+(?:\.\d+)?"
PAIR = re.compile(rf"({NUMBER}),({NUMBER})", re.ASCII)
CIRCLE = re.compile(rf"({NUMBER},{NUMBER}) (\d+(?:\.\d+)?)", re.ASCII)


def polygon_mistakes(text: str, where: str) -> Iterator[str]:
    """What is wrong with "lat,lon lat,lon …"."""
    pairs = [PAIR.fullmatch(pair) for pair in text.split()]
    points = [(float(pair[2]), float(pair[1])) for pair in pairs if pair]
    if len(points) < len(pairs):
        yield f"{where} is not made of lat,lon pairs with spaces between them"
        return
    yield from _point_mistakes(text, points, where)
    if len(points) < LEAST_PAIRS:
        yield f"{where} has {len(points)} pairs: at least {LEAST_PAIRS}"
    elif points[0] != points[-1]:
        yield f"{where} is not closed: its last pair must be its first"
    elif not shapely.Polygon(points).is_valid:
        yield f"{where} crosses or touches itself, or has no area"


def circle_mistakes(text: str, where: str) -> Iterator[str]:
    """What is wrong with "lat,lon radius"."""
    circle = CIRCLE.fullmatch(text.strip())
    pair = circle and PAIR.fullmatch(circle[1])
    if not pair:
        yield f"{where} is not lat,lon, a space, and a radius in kilometres"
        return
    yield from _point_mistakes(pair[0], [(float(pair[2]), float(pair[1]))], where)


def _point_mistakes(text: str, points: list[tuple[float, float]], where: str) -> Iterator[str]:
    if any(abs(lat) > MAX_LAT or abs(lon) > MAX_LON for lon, lat in points):
        yield f"{where} leaves the earth: latitude comes first, within -90 to 90, then longitude, within -180 to 180"
    if re.search(rf"\.\d{{{MAX_DECIMALS + 1}}}", text):
        yield f"{where} has more than {MAX_DECIMALS} decimals"
