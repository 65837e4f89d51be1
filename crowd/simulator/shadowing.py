"""Shadowing: by how many decibels buildings and hills shift each site's signal; it stands in no cell plan."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from crowd.simulator.city import City, Floats, east_north_m

Positions = NDArray[np.int64]
Keys = NDArray[np.uint64]

MOST_DRAWN = 1_000_000  # sites x hexagons; above it values come from hashes, which take no memory
TABLE_BITS = 16
LATTICE_SPACING = 1.07  # in correlation lengths: measured, so that the autocorrelation is 1/e at one of them
ODD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: spreads neighbouring keys (Fibonacci hashing)
STIRRING = ((np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)), (np.uint64(27), np.uint64(0x94D049BB133111EB)))


class Shadowing(Protocol):
    """The shadowing of sites at points of hexagons, in standard deviations."""

    def at(self, hexagons: Positions, *, lat: Floats, lon: Floats, sites: Positions) -> Floats:
        """Return one value per hexagon and site.

        Args:
            hexagons: positions of hexagons, shape (n,).
            lat: a point of each of them, in degrees, shape (n,).
            lon: likewise.
            sites: numbers of sites, shape (n, k) or (k,).

        Returns:
            Shape (n, k).
        """


def shadowing_of(city: City, *, sites: int, correlation_m: float, noise: np.random.Generator) -> Shadowing:
    """Return the shadowing of an operator's sites.

    Args:
        city: the hexagons.
        sites: how many sites the operator has.
        correlation_m: where the autocorrelation has fallen to about 1/e; 0 for one value per site and hexagon.
        noise: random numbers for it.
    """
    if correlation_m > 0:
        return _Lattice(city.middle, spacing_m=LATTICE_SPACING * correlation_m, sites=sites, noise=noise)
    if sites * city.hexes.size <= MOST_DRAWN:
        return _Drawn(noise.standard_normal((sites, city.hexes.size)))
    return _Hashed(city.hexes, sites=sites, noise=noise)


class _Drawn:
    """One drawn number per site and hexagon, the same at all its points."""

    def __init__(self, numbers: Floats) -> None:
        self._numbers = numbers

    def at(self, hexagons: Positions, *, lat: Floats, lon: Floats, sites: Positions) -> Floats:
        del lat, lon
        chosen: Floats = self._numbers[sites, hexagons[:, None]]
        return chosen


class _Hashed:
    """One number per site and hexagon, looked up by their hash."""

    def __init__(self, hexes: Keys, *, sites: int, noise: np.random.Generator) -> None:
        self._hexes = _stirred(hexes)
        self._numbers = _Numbers(sites=sites, noise=noise)

    def at(self, hexagons: Positions, *, lat: Floats, lon: Floats, sites: Positions) -> Floats:
        del lat, lon
        return self._numbers.at(self._hexes[hexagons], sites=sites)


class _Lattice:
    """A smooth field per site: numbers at the nodes of a square lattice, weighed between to keep the variance at 1."""

    def __init__(
        self, middle: tuple[float, float], *, spacing_m: float, sites: int, noise: np.random.Generator
    ) -> None:
        self._lat, self._lon = np.array(middle[0]), np.array(middle[1])
        self._spacing_m = spacing_m
        self._numbers = _Numbers(sites=sites, noise=noise)

    def at(self, hexagons: Positions, *, lat: Floats, lon: Floats, sites: Positions) -> Floats:
        del hexagons
        east_m, north_m = east_north_m(lat, lon, from_lat=self._lat, from_lon=self._lon)
        across, up = east_m / self._spacing_m, north_m / self._spacing_m
        column, row = np.floor(across), np.floor(up)
        total: Floats = np.zeros((lat.size, sites.shape[-1]))
        variance = np.zeros(lat.size)
        for right, above in ((0, 0), (0, 1), (1, 0), (1, 1)):
            weight = np.abs(1 - right - (across - column)) * np.abs(1 - above - (up - row))
            keys = _stirred(_as_keys(column + right) * ODD + _as_keys(row + above))
            total += weight[:, None] * self._numbers.at(keys, sites=sites)
            variance += weight**2
        total /= np.sqrt(variance)[:, None]
        return total


class _Numbers:
    """Standard normal numbers by key and site."""

    def __init__(self, *, sites: int, noise: np.random.Generator) -> None:
        self._sites = noise.integers(0, 2**64, size=sites, dtype=np.uint64)
        self._table = noise.standard_normal(2**TABLE_BITS)

    def at(self, keys: Keys, *, sites: Positions) -> Floats:
        hashed = (keys[:, None] ^ self._sites[sites]) * ODD
        found: Floats = self._table[hashed >> np.uint64(64 - TABLE_BITS)]
        return found


def _as_keys(whole: Floats) -> Keys:
    return whole.astype(np.int64).view(np.uint64)


def _stirred(keys: Keys) -> Keys:
    """Mix all bits of keys (the finaliser of SplitMix64, Steele et al. 2014)."""
    stirred = keys * ODD
    for shift, factor in STIRRING:
        stirred = (stirred ^ (stirred >> shift)) * factor
    mixed: Keys = stirred ^ (stirred >> np.uint64(31))
    return mixed
