"""What part of the world one picture shows, and how degrees become pixels on it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WGS84_EQUATOR_KM = 6378.137
WGS84_ECCENTRICITY_SQUARED = 0.00669437999014
SHARE_OF_PEOPLE_IN_VIEW = 0.99
MARGIN = 0.06
ROUND_LENGTHS_KM = np.array([step * 10.0**power for power in range(-2, 5) for step in (1, 2, 5)])


@dataclass(frozen=True, kw_only=True)
class View:
    """A local equirectangular map: a centre, a scale, and a panel counted in pixels from its lower left.

    Attributes:
        lat: Latitude of the panel's centre, in degrees.
        lon: Longitude of the panel's centre, in degrees.
        km_per_px: Kilometres on the ground under one pixel, true at the centre in both directions.
        width_px: Width of the panel.
        height_px: Height of the panel.
    """

    lat: float
    lon: float
    km_per_px: float
    width_px: int
    height_px: int

    def to_px(self, lon: Floats, lat: Floats) -> Floats:
        """Pixels (n, 2) of degrees, by the shorter way around the antimeridian."""
        return self.unwrapped_to_px(self.lon + _wrapped(lon - self.lon), lat)

    def unwrapped_to_px(self, lon: Floats, lat: Floats) -> Floats:
        """Pixels (n, 2) of longitudes that already run on past 180 instead of jumping."""
        km = np.column_stack([lon - self.lon, lat - self.lat]) * _km_per_degree(self.lat)
        return km / self.km_per_px + np.array([self.width_px, self.height_px]) / 2

    def to_degrees(self, px: Floats) -> Floats:
        """Longitudes and latitudes (n, 2) of pixels; the way back of `to_px`."""
        km = (px - np.array([self.width_px, self.height_px]) / 2) * self.km_per_px
        lon, lat = (km / _km_per_degree(self.lat) + np.array([self.lon, self.lat])).T
        return np.column_stack([_wrapped(lon), lat])

    def holds(self, px: Floats, *, margin_px: float = 0.0) -> NDArray[np.bool_]:
        """Which pixels (n, 2) lie on the panel, or no further than a margin beside it."""
        size = np.array([self.width_px, self.height_px])
        return np.asarray(np.all((px >= -margin_px) & (px <= size + margin_px), axis=1))

    def is_true_throughout(self) -> bool:
        """Whether the scale is within 1 % from the top of the panel to its foot."""
        edges = self.to_degrees(np.array([[0.0, 0.0], [0.0, self.height_px]]))[:, 1]
        cosines = np.cos(np.radians(np.clip([*edges, self.lat], -89, 89)))
        return bool(np.ptp(cosines) < 0.01 * cosines[-1])


@dataclass(frozen=True, kw_only=True)
class ScaleBar:
    """A round length on the ground and the pixels it takes on the panel."""

    length_km: float
    length_px: float


def choose_view(
    lon: Floats, lat: Floats, *, people: Floats, must_see: Floats, size_px: tuple[int, int], least_km: float
) -> View:
    """Choose the view that holds 99 % of the people and every point that must be seen.

    The people nearest to the middle of them all come first, so that a few far away do not stretch the map.

    Args:
        lon: Longitudes of the hexagons, in degrees.
        lat: Latitudes of the hexagons, in degrees.
        people: People in each hexagon; where nobody is, all hexagons count alike.
        must_see: Longitudes and latitudes (m, 2) of the gatherings.
        size_px: Width and height of the panel.
        least_km: The panel's longer side shows at least this much.
    """
    lons, lats = np.append(lon, must_see[:, 0]), np.append(lat, must_see[:, 1])
    weights = np.append(people, np.zeros(len(must_see)))
    weights = weights if weights.sum() > 0 else np.ones_like(lons)
    origin = _circular_mean(lons, weights=weights)
    east = _wrapped(lons - origin)
    kept = _nearest_to_middle(east, lats, weights=weights)
    kept[len(lon) :] = True
    middle_lon = origin + (east[kept].min() + east[kept].max()) / 2
    middle_lat = (lats[kept].min() + lats[kept].max()) / 2
    span_km = np.array([np.ptp(east[kept]), np.ptp(lats[kept])]) * _km_per_degree(middle_lat)
    needed = np.maximum(span_km * (1 + 2 * MARGIN) + least_km / 4, 1e-3) / np.array(size_px)
    return View(
        lat=float(middle_lat),
        lon=float(_wrapped(np.asarray(middle_lon))),
        km_per_px=float(max(needed.max(), least_km / max(size_px))),
        width_px=size_px[0],
        height_px=size_px[1],
    )


def scale_bar(view: View, *, longest_px: float) -> ScaleBar:
    """Make the longest bar of a round length (1, 2 or 5 and zeros) that fits."""
    fitting = ROUND_LENGTHS_KM[ROUND_LENGTHS_KM / view.km_per_px <= longest_px]
    length_km = float(fitting[-1]) if fitting.size else float(ROUND_LENGTHS_KM[0])
    return ScaleBar(length_km=length_km, length_px=length_km / view.km_per_px)


def _km_per_degree(lat: float) -> Floats:
    """Kilometres of one degree east and one degree north, on the WGS 84 ellipsoid."""
    squashed = 1 - WGS84_ECCENTRICITY_SQUARED * np.sin(np.radians(lat)) ** 2
    east = WGS84_EQUATOR_KM / np.sqrt(squashed) * max(np.cos(np.radians(lat)), 1e-3)
    north = WGS84_EQUATOR_KM * (1 - WGS84_ECCENTRICITY_SQUARED) / squashed**1.5
    return np.asarray(np.radians(np.array([east, north])))


def _wrapped(degrees: Floats) -> Floats:
    return (degrees + 180) % 360 - 180


def _circular_mean(lon: Floats, *, weights: Floats) -> float:
    turned = np.sum(weights * np.exp(1j * np.radians(lon)))
    return float(np.degrees(np.angle(turned)))


def _weighted_median(values: Floats, *, weights: Floats) -> float:
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])


def _nearest_to_middle(east: Floats, lat: Floats, *, weights: Floats) -> NDArray[np.bool_]:
    """Mark the places nearest to the median place that together hold 99 % of the weight."""
    middle = _weighted_median(lat, weights=weights)
    away = np.column_stack([east - _weighted_median(east, weights=weights), lat - middle])
    distance_km = np.hypot(*(away * _km_per_degree(middle)).T)
    order = np.argsort(distance_km, kind="stable")
    total = np.cumsum(weights[order])
    last = np.searchsorted(total, total[-1] * SHARE_OF_PEOPLE_IN_VIEW)
    return np.asarray(distance_km <= distance_km[order][min(last, len(order) - 1)])
