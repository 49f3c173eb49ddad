"""What is kept of a network's days: the totals of every outlet on every kind of day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from netsim.model.calendar import SLOTS
from netsim.simulation.locker import LockerDays
from netsim.simulation.totals import OutletTotals, part_of, staffed_minutes
from netsim.simulation.units import Unit
from netsim.simulation.ways import NETWORK

NOBODY = -2
"""Site of no station at all."""


@dataclass(frozen=True, slots=True, eq=False)
class OutletSums:
    """
    One outlet on one kind of day.

    Parameters
    ----------
    totals
        Sums over the simulated days; its classes are those of ``simulation.classes``, its stations the places.
    on_duty
        Server minutes on duty while the door is open, by half-hour of one day, shape ``(places, 60)``.
    open
        Minutes that the door is open on one day, shape ``(places,)``.
    whole
        Sums over everything that was simulated in one event loop with it.
    """

    totals: OutletTotals
    on_duty: NDArray[np.float64]
    open: NDArray[np.float64]
    whole: OutletTotals


@dataclass(frozen=True, slots=True, eq=False)
class UnitSums:
    """
    What was simulated in one event loop, on one kind of day.

    Parameters
    ----------
    number
        Of the unit.
    outlets
        Its outlets by position of the site; those without an outlet stand at ``ways.NETWORK``.
    shared
        Pools and channels of the whole network, without classes; None where there are none.
    """

    number: int
    outlets: Mapping[int, OutletSums]
    shared: OutletSums | None


@dataclass(frozen=True, slots=True, eq=False)
class NetworkTotals:
    """
    Every outlet of a network.

    Parameters
    ----------
    days
        Simulated days of each day type.
    outlets
        By position of the day type and of the site; every site where an outlet stands, also one to which
        nobody came. Customers of remote channels who have no outlet stand at site ``ways.NETWORK``.
    shared
        Pools and channels of the whole network by day type and unit.
    lockers
        What happened at parcel lockers, by day type and site.
    """

    days: int
    outlets: Mapping[tuple[int, int], OutletSums]
    shared: Mapping[tuple[int, int], OutletSums] = field(default_factory=dict)
    lockers: Mapping[tuple[int, int], LockerDays] = field(default_factory=dict)

    def whole(self, day_type: int, site: int) -> OutletTotals:
        """Return the sums over everything that was simulated together with a site."""
        return self.outlets[day_type, site].whole


def unit_sums(number: int, unit: Unit, whole: OutletTotals, places: int) -> UnitSums:
    """
    Return the totals of each outlet of a unit next to the minutes that it offers.

    Parameters
    ----------
    number
        Of the unit.
    unit
        What was simulated together.
    whole
        Its totals.
    places
        Length of the axis of places.
    """
    stations = unit.model.stations
    staffed = np.array([staffed_minutes(station) for station in stations])
    opened = np.array([0.0 if station is None else _open_minutes(station.windows) for station in stations])

    def sums(owner: int, classes: slice) -> OutletSums:
        own = np.flatnonzero(unit.site == owner)
        on_duty, is_open = np.zeros((places, SLOTS)), np.zeros(places)
        np.add.at(on_duty, unit.place[own], staffed[own])
        np.maximum.at(is_open, unit.place[own], opened[own])
        return OutletSums(part_of(whole, classes, own, unit.place[own], places), on_duty, is_open, whole)

    outlets = {}
    for position, site in enumerate(unit.sites):
        classes = slice(position * unit.classes, (position + 1) * unit.classes)
        own = sums(site, classes) if site != NETWORK else sums(NOBODY, classes)
        outlets[site] = own
    return UnitSums(number, outlets, sums(NETWORK, slice(0, 0)) if np.any(unit.site == NETWORK) else None)


def _open_minutes(windows: Sequence[tuple[float, float]]) -> float:
    return float(sum(end - start for start, end in windows))
