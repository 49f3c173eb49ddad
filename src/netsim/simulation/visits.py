"""What goes into a simulated outlet and what comes out: arrivals, failures, rows and repairs of some days."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netsim.model.calendar import SLOT_MINUTES, SLOTS
from netsim.model.service import Breakdowns
from netsim.model.study import Study
from netsim.simulation.kernel.build import tables_of
from netsim.simulation.kernel.days import fail_days
from netsim.simulation.kernel.draw import draw_machines
from netsim.simulation.kernel.tables import COMER, FAULT, table
from netsim.simulation.outlet import OutletModel
from netsim.simulation.samplers import lognormal_parameters
from netsim.simulation.streams import key_of

Table = NDArray[Any]
"""A structured array."""
LOOKED_AFTER = 2
"""``kernel.tables.STATION.failing`` of machines that technicians look after."""


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
    spells
        What happened when in rows that did not just wait until the call and were then served to the end, and the
        use of second servers: row, station, server (-1 waiting, -2 holding a server that cannot go on), first and
        last minute (``kernel.tables.SPELL``).
    spell_first
        Position of the first spell of each day, shape ``(days + 1,)``.
    """

    rows: Table
    first: NDArray[np.int64]
    downs: Table
    down_first: NDArray[np.int64]
    spells: Table
    spell_first: NDArray[np.int64]


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


@dataclass(frozen=True, slots=True, eq=False)
class Outages:
    """
    When the system that outlets work on is down.

    Parameters
    ----------
    law
        Mean minutes between the end of an outage and the next one, around the clock, and the lognormal law of
        its length.
    key
        Philox key of the system, shape ``(2,)``: outlets that share it stand still at the same minutes.
    """

    law: Breakdowns
    key: NDArray[np.uint64]

    def fields(self) -> tuple[float, float, float, float]:
        """Return the law as the kernel takes it, with the last minute of the day."""
        return (self.law.mtbf, *lognormal_parameters(self.law.mttr, self.law.cv), SLOTS * SLOT_MINUTES)


def outages_of(study: Study, seed: int) -> Outages | None:
    """Return when the system of a study is down, the same at every outlet; None for never."""
    return None if study.outages is None else Outages(study.outages, key_of(seed, "outages"))


NO_OUTAGES = (math.inf, 0.0, 0.0, 0.0)
"""``Outages.fields`` of a system that is never down."""


def failures_of(
    model: OutletModel, key: NDArray[np.uint64], replications: Sequence[int], outages: Outages | None = None
) -> Failures:
    """
    Return the failures of one outlet on some days; see ``kernel.draw``.

    Parameters
    ----------
    model
        The outlet.
    key
        Philox key of the outlet's breakdowns, shape ``(2,)``.
    replications
        Numbers of the days.
    outages
        When the whole outlet stands still; None for never.
    """
    numbers = np.asarray(replications, dtype=np.int64)
    fails = any(station is not None and station.breakdowns is not None for station in model.stations)
    if outages is None and not fails:
        return no_failures(len(numbers))
    system = NO_OUTAGES if outages is None else outages.fields()
    other = key if outages is None else outages.key
    outlet = tables_of(model)
    first = np.zeros(len(numbers) + 1, dtype=np.int64)
    day, faults = 0, table(64, FAULT)
    while True:
        keys = (key[0], key[1], other[0], other[1])
        day = fail_days(outlet.stations, outlet.windows, system, keys, numbers, faults, first, day)
        if day == len(numbers):
            return Failures(faults[: first[-1]], first)
        faults = np.concatenate([faults, table(len(faults), FAULT)])


def with_machines(
    model: OutletModel, customers: Arrivals, key: NDArray[np.uint64], replications: Sequence[int]
) -> Arrivals:
    """
    Return the arrivals with the machines that technicians look after behind the customers of each day.

    Parameters
    ----------
    model
        The outlet.
    customers
        Who comes.
    key
        Philox key of the outlet's breakdowns, shape ``(2,)``.
    replications
        Numbers of the days, in the order of the arrivals.
    """
    return machines_behind(customers, [(tables_of(model).stations, key)], replications)


def machines_behind(
    customers: Arrivals, outlets: Sequence[tuple[Table, NDArray[np.uint64]]], replications: Sequence[int]
) -> Arrivals:
    """
    Return arrivals with the machines of some outlets behind the customers of each day; they stand at minute ``inf``.

    Parameters
    ----------
    customers
        Who comes.
    outlets
        Stations (``kernel.tables.STATION``) and Philox key of the breakdowns of each outlet.
    replications
        Numbers of the days, in the order of the arrivals.
    """
    sizes = [int(stations["servers"][stations["failing"] == LOOKED_AFTER].sum()) for stations, _ in outlets]
    if not any(sizes):
        return customers
    parts = []
    for day, number in enumerate(replications):
        parts.append(customers.comers[customers.first[day] : customers.first[day + 1]])
        for (stations, key), size in zip(outlets, sizes, strict=True):
            machines = table(size, COMER)
            draw_machines(stations, key[0], key[1], number, machines, 0)
            parts.append(machines)
    days = np.arange(customers.days + 1)
    return Arrivals(np.concatenate([*parts, table(0, COMER)]), customers.first + sum(sizes) * days)
