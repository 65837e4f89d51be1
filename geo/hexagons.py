"""H3 hexagons over whole columns. Hexagons are uint64; a cell is never a hexagon here, it is a radio cell."""

import h3ronpy
import h3ronpy.vector
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

Hexes = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]
Positions = npt.NDArray[np.int64]


def hexes_at(lat: Floats, lon: Floats, resolution: int) -> Hexes:
    """The hexagon that each point (degrees) lies in."""
    if len(lat) == 0:
        return np.empty(0, dtype=np.uint64)
    found = h3ronpy.vector.coordinates_to_cells(
        np.ascontiguousarray(lat, dtype=np.float64), np.ascontiguousarray(lon, dtype=np.float64), resolution
    )
    return _numbers(found)


def hex_centres(hexes: Hexes) -> tuple[Floats, Floats]:
    """Latitude and longitude of the middle of each hexagon, in degrees."""
    if len(hexes) == 0:
        return np.empty(0), np.empty(0)
    table = pa.record_batch(h3ronpy.vector.cells_to_coordinates(hexes))
    return table["lat"].to_numpy(), table["lng"].to_numpy()


def hex_areas_km2(hexes: Hexes) -> Floats:
    """True area of each hexagon; at one resolution they differ by up to a half over the globe."""
    if len(hexes) == 0:
        return np.empty(0)
    return np.asarray(pa.array(h3ronpy.cells_area_km2(hexes)).to_numpy(zero_copy_only=False))


def hex_polygons(hexes: Hexes) -> Geometries:
    """Outline of each hexagon as a Shapely polygon, longitude and latitude in degrees."""
    if len(hexes) == 0:
        return np.empty(0, dtype=object)
    outlines = pa.array(h3ronpy.vector.cells_to_wkb_polygons(hexes)).to_numpy(zero_copy_only=False)
    return np.asarray(shapely.from_wkb(outlines))


def parents_of(hexes: Hexes, resolution: int) -> Hexes:
    """The hexagon of a coarser (or the same) resolution that each hexagon belongs to."""
    if len(hexes) == 0:
        return np.empty(0, dtype=np.uint64)
    return _numbers(h3ronpy.change_resolution(hexes, resolution))


def children_of(hexes: Hexes, resolution: int) -> Hexes:
    """All hexagons of a finer (or the same) resolution that belong to any of the hexagons."""
    return parents_of(hexes, resolution)


def resolutions_of(hexes: Hexes) -> npt.NDArray[np.uint8]:
    """H3 resolution of each hexagon: four bits of its number."""
    return ((hexes >> np.uint64(52)) & np.uint64(15)).astype(np.uint8)


def disks_around(hexes: Hexes, steps: int) -> Hexes:
    """All hexagons at most so many steps away from any of the hexagons, each once, ascending."""
    if len(hexes) == 0:
        return np.empty(0, dtype=np.uint64)
    return np.unique(np.asarray(pa.array(h3ronpy.grid_disk(np.unique(hexes), steps)).flatten()))


def hex_texts(hexes: Hexes) -> npt.NDArray[np.str_]:
    """Hexagons as people exchange them: 15 hexadecimal digits."""
    if len(hexes) == 0:
        return np.empty(0, dtype="U15")
    return np.asarray(pa.array(h3ronpy.cells_to_string(hexes)).to_numpy(zero_copy_only=False), dtype="U15")


def neighbour_pairs(hexes: Hexes) -> tuple[Positions, Hexes]:
    """The hexagons around each hexagon.

    Returns:
        Position in `hexes` and a neighbour of that hexagon, six (pentagons five) for each.
    """
    if len(hexes) == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint64)
    disks = pa.array(h3ronpy.grid_disk(hexes, 1))
    position = np.repeat(np.arange(len(hexes)), np.diff(np.asarray(disks.offsets)))
    around = np.asarray(disks.flatten())
    is_other = around != hexes[position]
    return position[is_other], around[is_other]


def touching_pairs(hexes: Hexes) -> tuple[Positions, Hexes]:
    """The hexagons that touch each hexagon on a grid of mixed resolutions: its neighbours, or what they are part of.

    Returns:
        Position in `hexes`, and a hexagon of any resolution among those of `hexes` that touches it. Of two hexagons of
        different size the smaller one names the pair.
    """
    position, around = neighbour_pairs(hexes)
    positions, others = [position], [around]
    own = resolutions_of(hexes)
    for coarse in np.unique(own)[:-1]:
        is_finer = own[position] > coarse
        larger = parents_of(around[is_finer], int(coarse))
        is_other = larger != parents_of(hexes[position[is_finer]], int(coarse))
        positions.append(position[is_finer][is_other])
        others.append(larger[is_other])
    return np.concatenate(positions), np.concatenate(others)


def hexes_touching(polygons: Geometries, resolution: int) -> tuple[Positions, Hexes]:
    """Every hexagon that shares ground with each polygon (longitude and latitude in degrees).

    Returns:
        Position in `polygons` and a hexagon that touches it.
    """
    wkb = pa.array(shapely.to_wkb(polygons), type=pa.binary())
    covers = h3ronpy.ContainmentMode.Covers
    listed = pa.array(h3ronpy.vector.wkb_to_cells(wkb, resolution, containment_mode=covers))
    position = np.repeat(np.arange(len(polygons)), np.diff(np.asarray(listed.offsets)))
    return position, np.asarray(listed.flatten())


def _numbers(array: object) -> Hexes:
    return np.asarray(pa.array(array).to_numpy(zero_copy_only=False), dtype=np.uint64)
