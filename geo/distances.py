"""Distances on the globe, over whole columns."""

import numpy as np
import numpy.typing as npt

EARTH_RADIUS_M = 6_371_007.2  # authalic radius of WGS 84

Floats = npt.NDArray[np.float64]


def unit_vectors(lat: Floats, lon: Floats) -> Floats:
    """Points on the unit sphere: shape (n, 3) from n latitudes and longitudes in degrees."""
    phi, lam = np.radians(lat), np.radians(lon)
    return np.column_stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)))


def distance_m(lat: Floats, lon: Floats, *, to_lat: Floats, to_lon: Floats) -> Floats:
    """Great-circle distance in metres between points in degrees (haversine)."""
    phi, to_phi = np.radians(lat), np.radians(to_lat)
    half = np.sin((to_phi - phi) / 2) ** 2
    half = half + np.cos(phi) * np.cos(to_phi) * np.sin(np.radians(to_lon - lon) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def bearing_deg(lat: Floats, lon: Floats, *, to_lat: Floats, to_lon: Floats) -> Floats:
    """Direction in which points lie from others along the great circle, clockwise from north, -180 to 180."""
    phi, to_phi, turn = np.radians(lat), np.radians(to_lat), np.radians(to_lon - lon)
    east = np.sin(turn) * np.cos(to_phi)
    north = np.cos(phi) * np.sin(to_phi) - np.sin(phi) * np.cos(to_phi) * np.cos(turn)
    return np.asarray(np.degrees(np.arctan2(east, north)))
