"""Where a rule, a place or an event is: within an outline, or around a point."""

from typing import Annotated

import numpy as np
import numpy.typing as npt
import shapely
from pydantic import AfterValidator, Field, model_validator

from crowd.policy.fields import Lat, Lon, Number, Table, mistake
from crowd.policy.when import Bools
from geo.distances import distance_m

Floats = npt.NDArray[np.float64]
Points = tuple[tuple[Lon, Lat], ...]

MAX_RADIUS_M = 20_000
CORNERS = 3


def _as_outline(points: Points) -> Points:
    if len(points) < CORNERS:
        raise ValueError(f"{len(points)} points are no outline: give at least {CORNERS}, each [lon, lat]")
    outline = shapely.Polygon(points)
    if not outline.is_valid:
        raise ValueError(f"the outline crosses itself or encloses nothing ({shapely.is_valid_reason(outline)})")
    return points


Outline = Annotated[Points, AfterValidator(_as_outline)]


def is_within(outline: Points, *, lat: Floats, lon: Floats) -> Bools:
    """Whether each point lies in an outline of (lon, lat), its edge included."""
    return np.asarray(shapely.intersects_xy(shapely.Polygon(outline), lon, lat))


class Spot(Table):
    """A piece of ground: a circle (lat, lon, radius_m) or a polygon."""

    lat: Lat | None = None
    lon: Lon | None = None
    radius_m: Annotated[Number, Field(gt=0, le=MAX_RADIUS_M)] | None = None
    polygon: Outline | None = None

    @model_validator(mode="after")
    def _one_ground(self) -> "Spot":
        circle = {"lat": self.lat, "lon": self.lon, "radius_m": self.radius_m}
        missing = [name for name, value in circle.items() if value is None]
        if self.polygon is None and missing:
            raise mistake("is missing: give lat, lon and radius_m, or a polygon", at=(missing[0],))
        if self.polygon is not None and len(missing) < len(circle):
            raise mistake("is one ground too many: give lat, lon and radius_m, or a polygon", at=("polygon",))
        return self

    def holds_there(self, *, lat: Floats, lon: Floats) -> Bools:
        """Whether each point lies on this ground, its edge included; shape (n,)."""
        if self.polygon is not None:
            return is_within(self.polygon, lat=lat, lon=lon)
        there = np.full(len(lat), self.lat), np.full(len(lon), self.lon)
        return distance_m(lat, lon, to_lat=there[0], to_lon=there[1]) <= np.float64(self.radius_m or 0)
