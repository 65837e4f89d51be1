"""What a synthetic city would tell without one-off gatherings: its expectation, and how far days stray from it."""

from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, hstack

from crowd.simulator.counts import Attaching
from crowd.simulator.hours import hours_of_day
from crowd.simulator.movers import moving_share, neighbour_shares, second_cells
from crowd.simulator.network import Network
from crowd.simulator.options import Radio
from crowd.simulator.outages import without_silent
from crowd.simulator.people import people_of_day
from crowd.simulator.world import World

WEEK_DAYS, WEEK_HOURS = 7, 168
# Days of one weekday that the expectation of people is the mean of; their noise is 4 % a hexagon, 6 % a place.
DRAWS = 16
# Their noise is that of other seeds, so that no expectation knows the very hour that is judged.
OTHER_SEEDS = 10_000

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def usual_people(twin: World, *, monday: date) -> Floats:
    """Expected people by hour of the week from Monday 00:00 local, shape (168, hexagons).

    Args:
        twin: the city with nothing but what recurs every week.
        monday: of a week of its scenario.
    """
    days = [monday + timedelta(days=day) for day in range(WEEK_DAYS)]
    means = [
        np.mean(
            [
                people_of_day(twin.settlement, scenario=twin.scenario, day=day, seed=OTHER_SEEDS + draw)
                for draw in range(DRAWS)
            ],
            axis=0,
        )
        for day in days
    ]
    return np.concatenate(means)


class UsualDevices:
    """Expected devices per cell, hour by hour, whichever cells are silent."""

    def __init__(self, twin: World, people: Floats) -> None:
        self._twin, self._people = twin, people
        self._neighbours = neighbour_shares(twin.city.hexes)
        self._attached: dict[tuple[str, bytes], tuple[Floats, Floats]] = {}

    def at(self, hour: int, *, silent: Mask) -> Floats:
        """Expected devices of all operators' cells in the network's order.

        Args:
            hour: since a Monday 00:00 local.
            silent: which cells are silent.
        """
        week_hour = hour % WEEK_HOURS
        moving = moving_share(week_hour % 24, movers_share=self._twin.scenario.movers_share)
        first = np.cumsum([network.cells.height for network in self._twin.networks])[:-1]
        return np.concatenate(
            [
                self._of_network(network, is_silent, week_hour=week_hour, moving=moving)
                for network, is_silent in zip(self._twin.networks, np.split(silent, first), strict=True)
            ]
        )

    def _of_network(self, network: Network, silent: Mask, *, week_hour: int, moving: float) -> Floats:
        key = network.operator.name, silent.tobytes()
        if key not in self._attached:
            shares = without_silent(network.shares, silent=silent)
            second = second_cells(shares, neighbours=self._neighbours)
            mixed = mean_shares(shares, noise_share=(self._twin.scenario.radio or Radio()).handover_noise)
            self._attached[key] = np.asarray(self._people @ mixed), np.asarray(self._people @ second)
        once, twice = self._attached[key]
        devices: Floats = network.operator.market_share * (once[week_hour] + moving * twice[week_hour])
        return devices


def mean_shares(shares: csr_array, *, noise_share: float) -> csr_array:
    """Shares of the phones of hexagons by cell as handover noise leaves them on average."""
    heard = np.diff(shares.indptr)
    mixed = (1 - noise_share) * shares.data + noise_share / np.repeat(heard, heard)
    return csr_array((mixed, shares.indices, shares.indptr), shape=shares.shape)


def gains_of(world: World, *, silent: Mask) -> csr_array:
    """Devices that one person more in a hexagon means for each cell of all operators, shape (hexagons, cells)."""
    noise_share = (world.scenario.radio or Radio()).handover_noise
    first = np.cumsum([network.cells.height for network in world.networks])[:-1]
    return csr_array(
        hstack(
            [
                network.operator.market_share
                * mean_shares(without_silent(network.shares, silent=is_silent), noise_share=noise_share)
                for network, is_silent in zip(world.networks, np.split(silent, first), strict=True)
            ]
        )
    )


def relative_spread(twin: World, usual: Floats, *, days: list[date]) -> Floats:
    """How far a cell's expected devices stray from the expectation of the hour of the week, as a share of it.

    Args:
        twin: the city with nothing but what recurs.
        usual: expectation by hour of the week, shape (168, cells).
        days: whole days to look at.
    """
    attaching = [Attaching(twin, network=network) for network in twin.networks]
    squares = np.zeros(usual.shape[1])
    for day in days:
        hours = hours_of_day(twin.scenario, day=day)
        people = people_of_day(twin.settlement, scenario=twin.scenario, day=day, seed=twin.seed)[: len(hours)]
        strayed = _expected(twin, attaching, people, hours) - usual[_week_hours(hours)]
        squares += np.square(strayed / np.maximum(usual[_week_hours(hours)], 1)).sum(axis=0)
    return np.asarray(np.sqrt(squares / (24 * len(days))))


def _expected(twin: World, attaching: list[Attaching], people: npt.NDArray[np.int64], hours: list[datetime]) -> Floats:
    return np.concatenate(
        [
            each.expected_devices(
                people, hours=hours, silent=np.zeros((len(hours), network.cells.height), dtype=np.bool_)
            )
            for each, network in zip(attaching, twin.networks, strict=True)
        ],
        axis=1,
    )


def _week_hours(hours: list[datetime]) -> npt.NDArray[np.int64]:
    return np.array([24 * hour.weekday() + hour.hour for hour in hours])
