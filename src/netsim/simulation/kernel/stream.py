"""Days of an outlet simulated alone, in memory that does not grow: draw, run, fold, forget."""

from __future__ import annotations

from typing import Any

from netsim.jit import compiled
from netsim.simulation.kernel.day import DOWNS, FULL, ROWS, run_day
from netsim.simulation.kernel.draw import draw_comers, draw_faults
from netsim.simulation.kernel.fold import fold_day
from netsim.simulation.kernel.tables import Integers


@compiled
def stream_days(
    outlet: tuple[Any, ...],
    source: tuple[Any, ...],
    keys: tuple[int, int, int, int],
    replications: Integers,
    room: tuple[Any, ...],
    memory: tuple[Any, ...],
    totals: tuple[Any, ...],
    day: int,
) -> int:
    """
    Simulate days until they are done or room runs out.

    Parameters
    ----------
    outlet, memory
        As in ``day.run_day``.
    source
        Pieces of the day and shares of the classes, as in ``draw.draw_comers``.
    keys
        Key of the outlet's customers and of its breakdowns.
    replications
        Numbers of the days.
    room
        Tables for the customers, failures, rows and repairs of one day.
    totals
        As in ``fold.fold_day``.
    day
        Where to begin.

    Returns
    -------
    int
        The first day that is not done; totals hold the days before it.
    """
    stations, windows, steps = outlet[0], outlet[1], outlet[8]
    comers, faults, rows, downs = room
    pieces, shares = source
    counts = memory[2]
    while day < len(replications):
        last = draw_comers(pieces, shares, keys[0], keys[1], replications[day], comers, 0)
        fault_end = draw_faults(stations, windows, keys[2], keys[3], replications[day], faults, 0)
        if last == FULL or fault_end == FULL:  # noqa: PLR1714  # a tuple costs an allocation in a compiled loop
            return day
        counts[ROWS] = counts[DOWNS] = 0
        if run_day(outlet, comers, faults, memory, rows, downs, 0, last, 0, fault_end) == FULL:
            return day
        fold_day(stations, steps, comers, rows, 0, counts[ROWS], downs, 0, counts[DOWNS], totals, day)
        day += 1
    return day
