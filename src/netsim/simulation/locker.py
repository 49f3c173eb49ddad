"""
A parcel locker: cells by size, filled by the courier in waves and emptied by those who fetch.

It is a loss system that spans days: a parcel that finds neither a cell of its size nor a larger one is turned
away. Every simulated day has days before it of its own, long enough for the locker to have forgotten that it was empty.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from netsim.jit import at, compiled
from netsim.model.calendar import DAY_MINUTES
from netsim.model.locker import Parcels
from netsim.simulation.blueprint import service_law
from netsim.simulation.kernel.tables import Integers, Numbers
from netsim.simulation.poisson import draw_poisson
from netsim.simulation.samplers import variate
from netsim.simulation.streams import keys_of

FORGETS = 8
"""Mean dwell times after which a locker has forgotten how it began."""
REJECTED = -1
"""Cell size of a parcel that finds no cell."""


@dataclass(frozen=True, slots=True, eq=False)
class LockerDays:
    """
    The parcels of a locker on some days, in order of (day, minute); columns have the shape ``(n,)``.

    Parameters
    ----------
    day
        Position of the replication.
    minute
        Minute of the wave on that day.
    size, cell
        Size of the parcel and of the cell it lies in, ``REJECTED`` for none.
    dwell
        Minutes in the cell; 0 for those turned away.
    overdue
        Whether the courier took it out.
    taken
        Mean cells taken just after the waves of a day, by size, shape ``(days, sizes)``.
    """

    day: NDArray[np.int64]
    minute: NDArray[np.float64]
    size: NDArray[np.int64]
    cell: NDArray[np.int64]
    dwell: NDArray[np.float64]
    overdue: NDArray[np.bool_]
    taken: NDArray[np.float64]

    @property
    def rejected(self) -> NDArray[np.bool_]:
        """Whether each parcel was turned away."""
        return np.asarray(self.cell == REJECTED)


def simulate_locker(
    parcels: Parcels,
    cells: Sequence[int],
    per_day: float,
    ids: tuple[str, ...],
    replications: Sequence[int],
    seed: int,
) -> LockerDays:
    """
    Return what happens at a locker.

    Parameters
    ----------
    parcels
        What holds for all lockers.
    cells
        Number of cells by size, in the order of ``parcels.sizes``.
    per_day
        Mean parcels a day that are brought to it.
    ids
        Ids by which its random numbers are found: more parcels add to those that came before.
    replications
        Numbers of the days.
    seed
        Seed of the study.
    """
    lasts = min(FORGETS * parcels.dwell.mean, parcels.removed + DAY_MINUTES)
    before = math.ceil(lasts / DAY_MINUTES)
    waves, shares = (np.array(column) for column in zip(*parcels.waves, strict=True))
    minutes = np.add.outer(DAY_MINUTES * np.arange(-before, 1), waves).ravel()
    keys = keys_of(seed, [("parcels", *ids, day, wave) for day in range(before + 1) for wave in range(len(waves))])
    drawn = draw_poisson(keys, np.tile(per_day * shares, before + 1), replications)
    order = np.lexsort((drawn.uniforms[:, 3], drawn.cell, drawn.day))
    day, wave, draws = drawn.day[order], drawn.cell[order], drawn.uniforms[order]
    upto = np.array(list(accumulate(share for _, share in parcels.sizes)))
    size = np.searchsorted(upto[:-1], draws[:, 0], side="right")
    law = service_law(parcels.dwell, 1.0)
    stays = np.array([variate(law.kind, law.first, law.second, uniform) for uniform in draws[:, 1].tolist()])
    limit = np.array([_taken_out(minute, minutes[-1], waves, parcels.removed) for minute in minutes.tolist()])
    overdue = stays > limit[wave]
    dwell = np.where(overdue, limit[wave], stays)
    cell = np.empty(len(order), dtype=np.int64)
    taken = np.zeros((len(replications), len(minutes), len(cells)))
    first = np.searchsorted(day, np.arange(len(replications) + 1))
    counts = np.asarray(cells, dtype=np.int64)
    release = np.full(int(counts.sum()), -math.inf)
    for number in range(len(replications)):
        rows = slice(first[number], first[number + 1])
        release[:] = -math.inf
        _fill(minutes, wave[rows], size[rows], dwell[rows], counts, release, cell[rows], taken[number].reshape(-1))
    today = minutes[wave] >= 0.0
    return LockerDays(
        day[today],
        minutes[wave][today],
        size[today],
        cell[today],
        np.where(cell == REJECTED, 0.0, dwell)[today],
        (overdue & (cell != REJECTED))[today],
        taken[:, -len(waves) :].mean(axis=1),
    )


def _taken_out(minute: float, last: float, waves: NDArray[np.float64], removed: float) -> float:
    """Return how long a parcel of a wave may lie until the courier takes it out: until the first wave when overdue."""
    if math.isinf(removed):
        return math.inf
    days = np.arange(math.floor(minute / DAY_MINUTES), math.ceil((last + removed) / DAY_MINUTES) + 2)
    coming = np.add.outer(DAY_MINUTES * days, waves).ravel()
    return float(coming[np.searchsorted(coming, minute + removed)] - minute)


@compiled
def _fill(
    minutes: Numbers,
    wave: Integers,
    size: Integers,
    dwell: Numbers,
    cells: Integers,
    release: Numbers,
    cell: Integers,
    taken: Numbers,
) -> None:
    """
    Put the parcels of the waves of one run into cells.

    Parameters
    ----------
    minutes
        Minute of each wave, in order.
    wave, size, dwell
        Of each parcel, in the order in which the courier has them in hand.
    cells
        Number of cells by size.
    release
        When each cell is empty again; all sizes one after the other.
    cell
        Where the size of each parcel's cell is written.
    taken
        Where the cells taken after each wave are written, by wave and size.
    """
    parcel, sizes = 0, len(cells)
    for number in range(len(minutes)):
        now = minutes[at(number)]
        while parcel < len(wave) and wave[at(parcel)] == number:
            cell[at(parcel)] = -1
            first = 0
            for kind in range(sizes):
                if kind >= size[at(parcel)] and cell[at(parcel)] < 0:
                    for place in range(first, first + cells[at(kind)]):
                        if release[at(place)] <= now:
                            release[at(place)] = now + dwell[at(parcel)]
                            cell[at(parcel)] = kind
                            break
                first += cells[at(kind)]
            parcel += 1
        first = 0
        for kind in range(sizes):
            count = 0
            for place in range(first, first + cells[at(kind)]):
                if release[at(place)] > now:
                    count += 1
            taken[at(number * sizes + kind)] = count
            first += cells[at(kind)]
