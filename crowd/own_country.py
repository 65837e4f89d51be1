"""Which cells stand in the country whose areas are loaded: at a border, cells of the other side are never warned."""

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from geo.area_pieces import AreaPieces
from geo.areas import loaded_levels, read_areas
from geo.cells import planned_operators
from geo.cells.plan import plan_path
from geo.distances import EARTH_RADIUS_M
from geo.hexagons import Floats, Geometries
from lake.home import Home

Flags = npt.NDArray[np.bool_]

# Masts on jetties and beaches stand a little off a coast drawn for maps.
NEAR_M = 500.0
CIRCLE_POINTS = 24
MCC_DIGITS = 3


def cells_at_home(cells: pl.DataFrame, *, home: Home) -> pl.Series:
    """Tell which cells stand in, or within 500 m of, the areas of the coarsest loaded level.

    Where no areas are loaded, a cell is at home whose MCC is that of most cells of all plans, or of most given cells
    where there is no plan; of countries with equally many cells the one with the smallest MCC.

    Args:
        cells: cell_id, and lat and lon of the mast in degrees. Only those in question need be asked about.
        home: whose areas and plans.

    Returns:
        One flag for each row, named is_at_home.
    """
    level = next(iter(loaded_levels(home)), None)
    areas = None if level is None else read_areas(home, level=level)
    if areas is None:
        return (_mcc(cells) == _most_common_mcc(cells, home)).alias("is_at_home")
    masts = cells.select("lat", "lon").unique()
    pieces = AreaPieces.cut(areas.geometry.to_numpy())
    told = masts.with_columns(is_at_home=_near(pieces, masts["lat"].to_numpy(), masts["lon"].to_numpy()))
    return cells.join(told, on=["lat", "lon"], how="left", maintain_order="left")["is_at_home"]


def _near(pieces: AreaPieces, lat: Floats, lon: Floats) -> Flags:
    """Which points lie in a piece or close to one."""
    is_near = np.zeros(len(lat), dtype=np.bool_)
    is_near[pieces.touching(shapely.points(lon, lat))[0]] = True
    off = np.flatnonzero(~is_near)
    is_near[off[pieces.touching(_circles(lat[off], lon[off], radius_m=NEAR_M))[0]]] = True
    return is_near


def _most_common_mcc(cells: pl.DataFrame, home: Home) -> str:
    """The MCC of most cells that are known, an empty text where none are."""
    plans = [pl.read_parquet(plan_path(home, name), columns=["cell_id"]) for name in planned_operators(home)]
    known = _mcc(pl.concat(plans) if plans else cells).drop_nulls().value_counts(name="cells")
    ranked = known.sort("cells", "mcc", descending=[True, False])
    return "" if ranked.is_empty() else str(ranked["mcc"][0])


def _mcc(cells: pl.DataFrame) -> pl.Series:
    return cells["cell_id"].str.slice(0, MCC_DIGITS).alias("mcc")


def _circles(lat: Floats, lon: Floats, *, radius_m: float) -> Geometries:
    """A circle around each point, as it lies in longitude and latitude; true to a hundredth of the radius."""
    angle = np.linspace(0, 2 * np.pi, CIRCLE_POINTS, endpoint=False)
    radius_deg = np.degrees(radius_m / EARTH_RADIUS_M)
    north = lat[:, None] + radius_deg * np.sin(angle)
    east = lon[:, None] + radius_deg * np.cos(angle) / np.cos(np.radians(lat))[:, None]
    return np.asarray(shapely.polygons(np.stack((east, north), axis=-1)))
