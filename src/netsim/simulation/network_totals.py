"""What is kept of a network's days: the totals of every outlet on every kind of day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.simulation.outlet import OutletModel
from netsim.simulation.totals import OutletTotals, staffed_minutes


@dataclass(frozen=True, slots=True, eq=False)
class OutletSums:
    """
    One outlet on one kind of day.

    Parameters
    ----------
    totals
        Sums over the simulated days; its classes are those of ``simulation.classes``, its stations the lanes.
    on_duty
        Server minutes on duty while the door is open, by half-hour of one day, shape ``(stations, 60)``.
    open
        Minutes that the door is open on one day, shape ``(stations,)``.
    """

    totals: OutletTotals
    on_duty: NDArray[np.float64]
    open: NDArray[np.float64]


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


def outlet_sums(model: OutletModel, totals: OutletTotals) -> OutletSums:
    """Return the totals of an outlet next to the minutes that it offers."""
    windows = [() if station is None else station.windows for station in model.stations]
    return OutletSums(
        totals,
        np.array([staffed_minutes(station) for station in model.stations]),
        np.array([float(sum(end - start for start, end in hours)) for hours in windows]),
    )
