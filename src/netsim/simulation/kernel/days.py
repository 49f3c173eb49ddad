"""Days of one outlet, one after the other, and the room that they need."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from netsim.jit import compiled
from netsim.simulation.kernel.day import FULL, run_day
from netsim.simulation.kernel.desk import DOWNS, ROWS, SPELLS
from netsim.simulation.kernel.draw import draw_faults, draw_outages
from netsim.simulation.kernel.tables import Integers, Records


@compiled
def run_days(
    outlet: tuple[Any, ...],
    comers: Records,
    first: Integers,
    faults: Records,
    fault_first: Integers,
    memory: tuple[Any, ...],
    room: tuple[Any, ...],
    row_first: Integers,
    down_first: Integers,
    spell_first: Integers,
    day: int,
) -> int:
    """
    Run days until they are done or room runs out.

    Parameters
    ----------
    outlet, comers, faults, memory, room
        As in ``day.run_day``.
    first, fault_first
        First customer and failure of each day.
    row_first, down_first, spell_first
        Where the first row, repair and spell of each day are written; known up to ``day``.
    day
        Where to begin.

    Returns
    -------
    int
        The first day that is not done.
    """
    counts = memory[2]
    while day < len(first) - 1:
        counts[ROWS], counts[DOWNS], counts[SPELLS] = row_first[day], down_first[day], spell_first[day]
        done = run_day(
            outlet, comers, faults, memory, room, first[day], first[day + 1], fault_first[day], fault_first[day + 1]
        )
        if done == FULL:
            return day
        day += 1
        row_first[day], down_first[day], spell_first[day] = counts[ROWS], counts[DOWNS], counts[SPELLS]
    return day


@compiled
def fail_days(
    stations: Records,
    windows: Records,
    system: tuple[float, float, float, float],
    k: tuple[int, int, int, int],
    replications: Integers,
    faults: Records,
    fault_first: Integers,
    day: int,
) -> int:
    """
    Draw the failures of days until they are done or room runs out.

    Parameters
    ----------
    stations, windows, faults
        As in ``draw.draw_faults``.
    system
        Outages as in ``draw.draw_outages``; none if the first is ``inf``.
    k
        Key of the outlet's breakdowns and of the system.
    replications
        Number of each day.
    fault_first
        Where the first failure of each day is written; known up to ``day``.
    day
        Where to begin.

    Returns
    -------
    int
        The first day that is not done.
    """
    while day < len(replications):
        end = draw_faults(stations, windows, k[0], k[1], replications[day], faults, fault_first[day])
        if end != FULL and system[0] < math.inf:
            end = draw_outages(
                system[0], system[1], system[2], system[3], k[2], k[3], replications[day], faults, fault_first[day], end
            )
        if end == FULL:
            return day
        day += 1
        fault_first[day] = end
    return day


def most(first: Any) -> int:
    """Return the most entries of a day, ``first`` being where each begins."""
    return int(np.diff(first).max(initial=0))
