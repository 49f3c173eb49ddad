"""Days of an outlet simulated alone, in memory that does not grow: draw, run, fold, forget."""

from __future__ import annotations

import math
from typing import Any

from netsim.jit import compiled
from netsim.simulation.kernel.day import FULL, run_day
from netsim.simulation.kernel.desk import DOWNS, ROWS, SPELLS
from netsim.simulation.kernel.draw import draw_comers, draw_faults, draw_machines, draw_outages
from netsim.simulation.kernel.fold import fold_day
from netsim.simulation.kernel.tables import Integers


@compiled
def stream_days(
    outlet: tuple[Any, ...],
    source: tuple[Any, ...],
    system: tuple[float, float, float, float],
    keys: tuple[int, int, int, int, int, int],
    replications: Integers,
    inputs: tuple[Any, ...],
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
    system
        Outages as in ``draw.draw_outages``: mean time between them, median, sigma, last minute; none if the first
        is ``inf``.
    keys
        Key of the outlet's customers, of its breakdowns, and of the system.
    replications
        Numbers of the days.
    inputs
        Tables for the customers and failures of one day.
    room
        Tables for its rows, repairs and spells.
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
    comers, faults = inputs
    rows, downs, spells = room
    pieces, shares = source
    counts = memory[2]
    while day < len(replications):
        number = replications[day]
        last = draw_comers(pieces, shares, keys[0], keys[1], number, comers, 0)
        if last != FULL:
            last = draw_machines(stations, keys[2], keys[3], number, comers, last)
        fault_end = draw_faults(stations, windows, keys[2], keys[3], number, faults, 0)
        if fault_end != FULL and system[0] < math.inf:
            fault_end = draw_outages(
                system[0], system[1], system[2], system[3], keys[4], keys[5], number, faults, 0, fault_end
            )
        if last == FULL or fault_end == FULL:  # noqa: PLR1714  # a tuple costs an allocation in a compiled loop
            return day
        counts[ROWS] = counts[DOWNS] = counts[SPELLS] = 0
        if run_day(outlet, comers, faults, memory, room, 0, last, 0, fault_end) == FULL:
            return day
        fold_day(
            stations,
            steps,
            comers,
            rows,
            0,
            counts[ROWS],
            downs,
            0,
            counts[DOWNS],
            spells,
            0,
            counts[SPELLS],
            totals,
            day,
        )
        day += 1
    return day
