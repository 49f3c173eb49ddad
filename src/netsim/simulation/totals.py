"""What is kept of an outlet's days: counts, sums, half-hourly minutes and sketches, which add up exactly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netsim.jit import compiled
from netsim.model.calendar import SLOT_MINUTES, SLOTS
from netsim.simulation.kernel.build import tables_of
from netsim.simulation.kernel.fold import BINS, CELL, DAY, OUTCOMES, SLOT, fold_day
from netsim.simulation.kernel.tables import Integers, Records
from netsim.simulation.outlet import OutletModel, Station
from netsim.simulation.sketch import EDGES, WaitSketch
from netsim.simulation.visits import Arrivals, OutletDays, Table


@dataclass(frozen=True, slots=True, eq=False)
class OutletTotals:
    """
    Sums over some days of one outlet.

    Parameters
    ----------
    counts
        Rows by class, step and outcome, shape ``(classes, steps, 13)``; the last is for those still inside
        when nothing happens any more.
    cells
        By class and step: rows, called, in time, sums of the wait, its square, and busy minutes
        (``kernel.fold.CELL``), shape ``(classes, steps)``.
    cell_bins
        Waits by class and step as counts in the bins of ``sketch.WaitSketch``, shape ``(classes, steps, 589)``.
    slots
        By station and half-hour of arrival: arrivals, in time, sum of the wait, shape ``(stations, 60)``.
    slot_bins
        Waits by station and half-hour of arrival, shape ``(stations, 60, 589)``.
    queue, busy, down, blocked
        Minutes in each half-hour that customers waited, servers served, were under repair, and were held by a
        customer whom they could not serve on (the system is down, a second server is missing), shape
        ``(stations, 60)``; what happens after the last half-hour counts for it.
    days
        By day and station: arrivals, in time, abandoned, balked, wait, busy (``kernel.fold.DAY``), shape
        ``(days, stations)``.
    """

    counts: NDArray[np.int64]
    cells: Table
    cell_bins: NDArray[np.int64]
    slots: Table
    slot_bins: NDArray[np.int64]
    queue: NDArray[np.float64]
    busy: NDArray[np.float64]
    down: NDArray[np.float64]
    blocked: NDArray[np.float64]
    days: Table

    def merged(self, later: OutletTotals) -> OutletTotals:
        """Return the totals of these days and of later ones; the order of merging decides the last bit of sums."""
        return OutletTotals(
            self.counts + later.counts,
            _added(self.cells, later.cells),
            self.cell_bins + later.cell_bins,
            _added(self.slots, later.slots),
            self.slot_bins + later.slot_bins,
            self.queue + later.queue,
            self.busy + later.busy,
            self.down + later.down,
            self.blocked + later.blocked,
            np.concatenate([self.days, later.days]),
        )

    def waits_by_class(self) -> WaitSketch:
        """Return the sketch of the waits, one group a class and step (class by class)."""
        return WaitSketch(self.cell_bins.reshape(-1, BINS))

    def waits_by_station(self) -> WaitSketch:
        """Return the sketch of the waits, one group a station."""
        return WaitSketch(self.slot_bins.sum(axis=1))

    def waits_by_half_hour(self) -> WaitSketch:
        """Return the sketch of the waits, one group a station and half-hour (station by station)."""
        return WaitSketch(self.slot_bins.reshape(-1, BINS))


def joined(parts: Iterable[OutletTotals]) -> OutletTotals:
    """
    Return the totals of several parts, one after the other.

    Parts are taken one at a time and forgotten, but for their tables of days, which are copied once.
    """
    rest = iter(parts)
    total = next(rest)
    days = [total.days]
    for part in rest:
        days.append(part.days)
        total = total.merged(replace(part, days=part.days[:0]))
    return replace(total, days=np.concatenate(days))


def _added(one: Table, other: Table) -> Table:
    """Return the sum of two structured arrays, field by field."""
    total = np.empty_like(one)
    for name in one.dtype.names or ():
        total[name] = one[name] + other[name]
    return total


def part_of(
    totals: OutletTotals, classes: slice, stations: NDArray[np.int64], places: NDArray[np.int64], size: int
) -> OutletTotals:
    """
    Return the totals of some classes and stations, the stations summed by place.

    Parameters
    ----------
    totals
        Of everything that was simulated together.
    classes
        Which classes.
    stations, places
        Which stations, and the place of each.
    size
        Length of the axis of places.
    """
    if len(totals.queue) == len(stations) == size and np.array_equal(places, np.arange(size)):
        whole = replace(totals, counts=totals.counts[classes], cells=totals.cells[classes])
        return replace(whole, cell_bins=totals.cell_bins[classes])

    def by_place(amount: NDArray[Any]) -> NDArray[Any]:
        """Return an array by station as one by place."""
        found = np.zeros((size, *amount.shape[1:]), dtype=amount.dtype)
        if amount.dtype.names is None:
            np.add.at(found, places, amount[stations])
        else:
            for name in amount.dtype.names:
                np.add.at(found[name], places, amount[name][stations])
        return found

    return OutletTotals(
        counts=totals.counts[classes],
        cells=totals.cells[classes],
        cell_bins=totals.cell_bins[classes],
        slots=by_place(totals.slots),
        slot_bins=by_place(totals.slot_bins),
        queue=by_place(totals.queue),
        busy=by_place(totals.busy),
        down=by_place(totals.down),
        blocked=by_place(totals.blocked),
        days=by_place(totals.days.T).T,
    )


def empty_totals(classes: int, steps: int, stations: int, days: int) -> OutletTotals:
    """
    Return totals of nothing yet.

    Parameters
    ----------
    classes, steps, stations
        Sizes of the outlet.
    days
        Rows of the table of days.
    """
    return OutletTotals(
        counts=np.zeros((classes, steps, OUTCOMES), dtype=np.int64),
        cells=np.zeros((classes, steps), dtype=CELL),
        cell_bins=np.zeros((classes, steps, BINS), dtype=np.int64),
        slots=np.zeros((stations, SLOTS), dtype=SLOT),
        slot_bins=np.zeros((stations, SLOTS, BINS), dtype=np.int64),
        queue=np.zeros((stations, SLOTS)),
        busy=np.zeros((stations, SLOTS)),
        down=np.zeros((stations, SLOTS)),
        blocked=np.zeros((stations, SLOTS)),
        days=np.zeros((days, stations), dtype=DAY),
    )


def flat(totals: OutletTotals) -> tuple[Any, ...]:
    """Return the tables of totals as the kernel takes them: flat, in order, with the edges of the bins."""
    names = ("counts", "cells", "cell_bins", "slots", "slot_bins", "queue", "busy", "down", "blocked", "days")
    return (*(getattr(totals, name).reshape(-1) for name in names), EDGES)


@compiled
def _fold_days(
    stations: Records,
    steps: int,
    comers: Records,
    rows: Records,
    first: Integers,
    downs: Records,
    down_first: Integers,
    spells: Records,
    spell_first: Integers,
    totals: tuple[Any, ...],
) -> None:
    """Add the rows of all days."""
    for day in range(len(first) - 1):
        fold_day(
            stations, steps, comers, rows, first[day], first[day + 1], downs, down_first[day], down_first[day + 1],
            spells, spell_first[day], spell_first[day + 1], totals, day,
        )  # fmt: skip


def fold(model: OutletModel, arrivals: Arrivals, days: OutletDays, onto: OutletTotals | None = None) -> OutletTotals:
    """
    Return the totals of simulated days, whichever runner simulated them.

    Parameters
    ----------
    model
        The outlet.
    arrivals
        Who came.
    days
        What happened.
    onto
        Totals of earlier days, left as they are; None for none. The sums go on from them, so that they equal,
        to the bit, those of all days folded at once.
    """
    outlet = tables_of(model)
    totals = empty_totals(len(outlet.classes), outlet.steps, len(outlet.stations), arrivals.days)
    if onto is not None:
        earlier = {field.name: getattr(onto, field.name).copy() for field in fields(onto) if field.name != "days"}
        totals = replace(totals, **earlier)
    _fold_days(
        outlet.stations, outlet.steps, arrivals.comers, days.rows, days.first, days.downs, days.down_first, days.spells,
        days.spell_first, flat(totals),
    )  # fmt: skip
    return totals if onto is None else replace(totals, days=np.concatenate([onto.days, totals.days]))


def staffed_minutes(station: Station | None) -> NDArray[np.float64]:
    """Return the server minutes on duty while the door is open, by half-hour of one day, shape ``(60,)``."""
    minutes = np.zeros(SLOTS)
    starts = SLOT_MINUTES * np.arange(SLOTS)
    changes = () if station is None or station.persons else station.changes
    for person in () if station is None else station.persons:
        for comes, goes in person.duty:
            for opening, closing in station.windows if station is not None else ():
                end = np.minimum(min(goes, closing), starts + SLOT_MINUTES)
                minutes += np.clip(end - np.maximum(max(comes, opening), starts), 0.0, None)
    for change, following in pairwise(changes):
        if change.door != "closes":
            end = np.minimum(following.minute, starts + SLOT_MINUTES)
            minutes += change.servers * np.clip(end - np.maximum(change.minute, starts), 0.0, None)
    return minutes
