"""Days of one outlet, one after the other, and the room that they need."""

from __future__ import annotations

from typing import Any

import numpy as np

from netsim.jit import compiled
from netsim.simulation.kernel.day import DOWNS, FULL, ROWS, run_day
from netsim.simulation.kernel.draw import draw_faults
from netsim.simulation.kernel.tables import Integers, Records


@compiled
def run_days(
    outlet: tuple[Any, ...],
    comers: Records,
    first: Integers,
    faults: Records,
    fault_first: Integers,
    memory: tuple[Any, ...],
    rows: Records,
    downs: Records,
    row_first: Integers,
    down_first: Integers,
    day: int,
) -> int:
    """
    Run days until they are done or room runs out.

    Parameters
    ----------
    outlet, comers, faults, memory, rows, downs
        As in ``day.run_day``.
    first, fault_first
        First customer and failure of each day.
    row_first, down_first
        Where the first row and repair of each day are written; known up to ``day``.
    day
        Where to begin.

    Returns
    -------
    int
        The first day that is not done.
    """
    counts = memory[2]
    while day < len(first) - 1:
        counts[ROWS], counts[DOWNS] = row_first[day], down_first[day]
        done = run_day(
            outlet,
            comers,
            faults,
            memory,
            rows,
            downs,
            first[day],
            first[day + 1],
            fault_first[day],
            fault_first[day + 1],
        )
        if done == FULL:
            return day
        day += 1
        row_first[day], down_first[day] = counts[ROWS], counts[DOWNS]
    return day


@compiled
def fail_days(
    stations: Records,
    windows: Records,
    k0: int,
    k1: int,
    replications: Integers,
    faults: Records,
    fault_first: Integers,
    day: int,
) -> int:
    """
    Draw the failures of days until they are done or room runs out.

    Parameters
    ----------
    stations, windows, k0, k1, faults
        As in ``draw.draw_faults``.
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
        end = draw_faults(stations, windows, k0, k1, replications[day], faults, fault_first[day])
        if end == FULL:
            return day
        day += 1
        fault_first[day] = end
    return day


def most(first: Any) -> int:
    """Return the most entries of a day, ``first`` being where each begins."""
    return int(np.diff(first).max(initial=0))
