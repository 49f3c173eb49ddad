"""What goes into a simulated outlet and what comes out: arrivals, failures, rows and repairs of some days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netsim.simulation.kernel.build import tables_of
from netsim.simulation.kernel.days import fail_days
from netsim.simulation.kernel.tables import COMER, FAULT, table
from netsim.simulation.outlet import OutletModel

Table = NDArray[Any]
"""A structured array."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """
    Customers who come to one outlet, day after day and in order of time within a day.

    Parameters
    ----------
    comers
        Minute of the service day, class and own words (see ``kernel.tables.COMER``), shape ``(n,)``.
    first
        Position of the first customer of each day and, at the end, n; shape ``(days + 1,)``.
    """

    comers: Table
    first: NDArray[np.int64]

    @property
    def days(self) -> int:
        """Number of days."""
        return len(self.first) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Failures:
    """
    Failures of the servers of one outlet, day after day and in order of time within a day.

    Parameters
    ----------
    faults
        Minute, station, server and minutes of the repair (see ``kernel.tables.FAULT``), shape ``(m,)``.
    first
        As in ``Arrivals``, shape ``(days + 1,)``.
    """

    faults: Table
    first: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class OutletDays:
    """
    What happened at one outlet.

    Parameters
    ----------
    rows
        One row a step that a customer began at a station, day after day and in order of joining (see
        ``kernel.tables.ROW``): ``visit`` is the position among the arrivals, ``server`` -1 and ``call`` NaN
        for those who were never called, ``outcome`` a ``model.visits.Outcome``.
    first
        Position of the first row of each day, shape ``(days + 1,)``.
    downs
        Repairs in order of their start: station, server, first and last minute (``kernel.tables.DOWN``).
    down_first
        Position of the first repair of each day, shape ``(days + 1,)``.
    """

    rows: Table
    first: NDArray[np.int64]
    downs: Table
    down_first: NDArray[np.int64]


def arrivals(
    minute: NDArray[np.float64],
    kind: NDArray[np.int64],
    stream: NDArray[np.uint64],
    first: NDArray[np.int64] | None = None,
) -> Arrivals:
    """
    Return arrivals from columns.

    Parameters
    ----------
    minute
        Minute of the service day, shape ``(n,)``, never decreasing within a day.
    kind
        Position of the customer class, shape ``(n,)``.
    stream
        The customers' own words, shape ``(n, 2)``.
    first
        Position of the first customer of each day and n; None for a single day.
    """
    comers = np.empty(len(minute), dtype=COMER)
    comers["minute"], comers["kind"] = minute, kind
    comers["first_word"], comers["second_word"] = stream[:, 0], stream[:, 1]
    return Arrivals(comers, np.array([0, len(minute)]) if first is None else np.asarray(first, dtype=np.int64))


def no_failures(days: int) -> Failures:
    """Return days on which nothing fails."""
    return Failures(np.empty(0, dtype=FAULT), np.zeros(days + 1, dtype=np.int64))


def failures_of(model: OutletModel, key: NDArray[np.uint64], replications: Sequence[int]) -> Failures:
    """
    Return the failures of one outlet on some days; see ``kernel.draw.draw_faults``.

    Parameters
    ----------
    model
        The outlet.
    key
        Philox key of the outlet's breakdowns, shape ``(2,)``.
    replications
        Numbers of the days.
    """
    numbers = np.asarray(replications, dtype=np.int64)
    if not any(station is not None and station.breakdowns is not None for station in model.stations):
        return no_failures(len(numbers))
    outlet = tables_of(model)
    first = np.zeros(len(numbers) + 1, dtype=np.int64)
    day, faults = 0, table(64, FAULT)
    while True:
        day = fail_days(outlet.stations, outlet.windows, key[0], key[1], numbers, faults, first, day)
        if day == len(numbers):
            return Failures(faults[: first[-1]], first)
        faults = np.concatenate([faults, table(len(faults), FAULT)])
