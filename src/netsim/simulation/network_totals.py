"""What is kept of a network's days: the totals of every outlet on every kind of day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.simulation.totals import OutletTotals, part_of, staffed_minutes
from netsim.simulation.units import Unit


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
class NetworkTotals:
    """
    Every outlet of a network.

    Parameters
    ----------
    days
        Simulated days of each day type.
    outlets
        By position of the day type and of the site; every site where an outlet stands, also one to which
        nobody came.
    """

    days: int
    outlets: Mapping[tuple[int, int], OutletSums]


def outlet_sums(unit: Unit, whole: OutletTotals, places: int) -> dict[int, OutletSums]:
    """
    Return the totals of each outlet of a unit next to the minutes that it offers, by position of the site.

    Parameters
    ----------
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
    found = {}
    for number, site in enumerate(unit.sites):
        own = np.flatnonzero(unit.site == site)
        on_duty, is_open = np.zeros((places, staffed.shape[1])), np.zeros(places)
        np.add.at(on_duty, unit.place[own], staffed[own])
        np.maximum.at(is_open, unit.place[own], opened[own])
        classes = slice(number * unit.classes, (number + 1) * unit.classes)
        found[site] = OutletSums(part_of(whole, classes, own, unit.place[own], places), on_duty, is_open, whole)
    return found


def _open_minutes(windows: Sequence[tuple[float, float]]) -> float:
    return float(sum(end - start for start, end in windows))
