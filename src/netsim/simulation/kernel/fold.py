"""From the rows of a day to sums and counts that do not grow with the days."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from netsim.jit import at, compiled, inlined
from netsim.simulation.kernel.desk import WAITS
from netsim.simulation.kernel.tables import Numbers, Records

SLOTS, SLOT_MINUTES = 60, 30.0
"""The half-hour axis of ``model.calendar`` as plain numbers."""
OUTCOMES = 13
"""Outcomes counted: those of ``model.visits.Outcome``, and at the end those still inside when nothing happens more."""
BINS, SMALLEST = 589, 0.01
"""Of ``sketch.WaitSketch``."""
_PER_BIN = 1.0 / math.log(1.02)
_ABANDONED, _BALKED = 1, 7

CELL = np.dtype(
    [
        ("rows", "i8"),
        ("called", "i8"),
        ("in_time", "i8"),
        ("wait", "f8"),
        ("wait_squared", "f8"),
        ("busy", "f8"),
    ]
)
SLOT = np.dtype([("arrivals", "i8"), ("in_time", "i8"), ("wait", "f8")])
DAY = np.dtype(
    [
        ("arrivals", "i8"),
        ("in_time", "i8"),
        ("abandoned", "i8"),
        ("balked", "i8"),
        ("wait", "f8"),
        ("busy", "f8"),
    ]
)


@compiled
def bin_of(wait: float, edges: Numbers) -> int:
    """
    Return the bin of a wait: the number of edges at or below it.

    Parameters
    ----------
    wait
        Minutes.
    edges
        Lower edges of the bins after the first.
    """
    if wait < SMALLEST:
        return 0
    found = min(max(int(math.log(wait / SMALLEST) * _PER_BIN), 0), len(edges) - 1)
    while found > 0 and edges[at(found)] > wait:
        found -= 1
    while found < len(edges) and edges[at(found)] <= wait:
        found += 1
    return found


@compiled
def fold_day(
    stations: Records,
    steps: int,
    comers: Records,
    rows: Records,
    row: int,
    row_end: int,
    downs: Records,
    down: int,
    down_end: int,
    spells: Records,
    spell: int,
    spell_end: int,
    totals: tuple[Any, ...],
    day: int,
) -> None:
    """
    Add the rows of a day to totals.

    Parameters
    ----------
    stations, steps, comers
        Of the outlet, and who came.
    rows, row, row_end
        Rows, and the range of those of the day.
    downs, down, down_end
        Repairs, and the range of those of the day.
    spells, spell, spell_end
        Spells, and the range of those of the day.
    totals
        The tables of ``totals.OutletTotals`` in their order, and the edges of the bins.
    day
        Position of the day in the table of days.
    """
    counts, cells, cell_bins, slots, slot_bins, queue, busy, down_minutes, blocked, days, edges = totals
    for number in range(row, row_end):
        item = rows[at(number)]
        cell_number = comers[at(item.visit)].kind * steps + item.step
        cell, slot_number = cells[at(cell_number)], _slot_of(item.station, item.arrive)
        slot, today = slots[at(slot_number)], days[at(day * len(stations) + item.station)]
        counts[at(cell_number * OUTCOMES + (item.outcome if item.outcome >= 0 else OUTCOMES - 1))] += 1
        called = item.server >= 0
        leaves = item.call if called else item.end
        wait = leaves - item.arrive
        in_time = 1 if called and wait <= stations[at(item.station)].within else 0
        cell.rows += 1
        cell.in_time += in_time
        cell.wait += wait
        cell.wait_squared += wait * wait
        slot.arrivals += 1
        slot.in_time += in_time
        slot.wait += wait
        today.arrivals += 1
        today.in_time += in_time
        today.wait += wait
        if item.outcome == _ABANDONED:
            today.abandoned += 1
        elif item.outcome == _BALKED:
            today.balked += 1
        place = bin_of(wait, edges)
        cell_bins[at(cell_number * BINS + place)] += 1
        slot_bins[at(slot_number * BINS + place)] += 1
        cell.called += 1 if called else 0
        cell.busy += item.work
        today.busy += item.work
        if item.split == 0:
            if wait > 0.0:
                _spread(queue, item.station, item.arrive, leaves)
            if called:
                _spread(busy, item.station, item.call, item.end)
    for number in range(spell, spell_end):
        part = spells[at(number)]
        if part.server >= 0:
            _spread(busy, part.station, part.start, part.end)
        elif part.server == WAITS:
            _spread(queue, part.station, part.start, part.end)
        else:
            _spread(blocked, part.station, part.start, part.end)
    for number in range(down, down_end):
        repair = downs[at(number)]
        _spread(down_minutes, repair.station, repair.start, repair.end)


@inlined
def _slot_of(station: int, minute: float) -> int:
    """Return the position of a half-hour of a station; minutes after the last one count for it."""
    return station * SLOTS + min(int(minute / SLOT_MINUTES), SLOTS - 1)


@inlined
def _spread(minutes: Numbers, station: int, start: float, end: float) -> None:
    """Add the minutes of an interval to the half-hours that it touches."""
    number, last = _slot_of(station, start), station * SLOTS + SLOTS - 1
    while number < last and (number - station * SLOTS + 1) * SLOT_MINUTES < end:
        border = (number - station * SLOTS + 1) * SLOT_MINUTES
        minutes[at(number)] += border - start
        start = border
        number += 1
    minutes[at(number)] += end - start
