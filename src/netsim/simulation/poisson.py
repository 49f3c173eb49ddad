"""Poisson numbers of customers with their own random rows, stable under a change of the demand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.simulation.samplers import UNDERFLOW, lognormal, lognormal_parameters
from netsim.simulation.streams import Stream, Words, key_of, philox, uniforms

STRATUM = 32.0
"""Largest mean that is drawn in one piece; a larger cell is the sum of several."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """
    Customers drawn for some cells on some days, in order of (replication, cell).

    Parameters
    ----------
    day
        Position in the list of replications, shape ``(n,)``.
    cell
        Position in the list of cells, shape ``(n,)``.
    uniforms
        Four uniforms a customer, shape ``(n, 4)``.
    words
        The customer's own key for what happens later, shape ``(n, 2)``.
    """

    day: NDArray[np.int64]
    cell: NDArray[np.int64]
    uniforms: NDArray[np.float64]
    words: Words


def day_factors(seed: int, cv: float, replications: Sequence[int]) -> NDArray[np.float64] | None:
    """
    Return the factor on the demand of each day, lognormal with mean 1; None if it does not vary.

    It is the same for every outlet and every plan: a busy day is busy everywhere.

    Parameters
    ----------
    seed
        Seed of the study.
    cv
        Coefficient of variation, non-negative.
    replications
        Numbers of the days.
    """
    if cv <= 0.0:
        return None
    key = np.tile(key_of(seed, "day factor"), (len(replications), 1))
    number = np.asarray(replications, dtype=np.uint64)
    draws = uniforms(philox(key, (0, 0, number, int(Stream.DAY_FACTOR))))[:, 0]
    return np.array([lognormal(uniform, *lognormal_parameters(1.0, cv)) for uniform in draws.tolist()])


def draw_poisson(
    keys: Words,
    means: NDArray[np.float64],
    replications: Sequence[int],
    factors: NDArray[np.float64] | None = None,
) -> Drawn:
    """
    Return a Poisson number of customers for each cell and day.

    A cell's count comes from one uniform by inversion and customer k's numbers from k alone: a larger
    mean keeps all customers of the smaller one and adds some, and no cell touches another. Means above
    ``STRATUM`` are split into strata, each with a uniform of its own, which keeps this law.

    Parameters
    ----------
    keys
        Philox key of each cell, shape ``(cells, 2)``.
    means
        Mean customers a day, shape ``(cells,)``, non-negative.
    replications
        Numbers of the days, non-negative.
    factors
        Factor on the means of each day, shape ``(days,)``; None for 1.
    """
    if factors is not None:
        parts = [
            draw_poisson(keys, means * factor, [number]) for number, factor in zip(replications, factors, strict=True)
        ]
        return Drawn(
            np.repeat(np.arange(len(parts)), [len(part.cell) for part in parts]),
            np.concatenate([part.cell for part in parts]),
            np.concatenate([part.uniforms for part in parts]),
            np.concatenate([part.words for part in parts]),
        )
    strata = np.maximum(np.ceil(means / STRATUM), 1.0).astype(np.int64)
    cell_of = np.repeat(np.arange(len(means)), strata)
    stratum_of = np.arange(len(cell_of)) - np.repeat(np.cumsum(strata) - strata, strata)
    mean_of = np.minimum(means[cell_of] - STRATUM * stratum_of, STRATUM)
    table = _distribution(mean_of)
    days = len(replications)
    number = np.asarray(replications, dtype=np.uint64)
    draws = uniforms(
        philox(
            np.tile(keys[cell_of], (days, 1)),
            (np.tile(stratum_of, days).astype(np.uint64), 0, np.repeat(number, len(cell_of)), int(Stream.COUNT)),
        )[:, :1]
    ).reshape(days, len(cell_of))
    counts = np.stack([(draw[:, None] >= table).sum(axis=1) for draw in draws]) if days else draws.astype(np.int64)
    flat = counts.ravel()
    row = np.repeat(np.arange(flat.size), flat)
    k = (np.arange(len(row)) - np.repeat(np.cumsum(flat) - flat, flat)).astype(np.uint64)
    day, stratum = np.divmod(row, max(len(cell_of), 1))
    cell = cell_of[stratum]
    counter = (k, stratum_of[stratum].astype(np.uint64), number[day])
    own = keys[cell]
    return Drawn(
        day,
        cell,
        uniforms(philox(own, (*counter, int(Stream.CUSTOMER)))),
        philox(own, (*counter, int(Stream.CUSTOMER_WORDS)))[:, :2],
    )


def _distribution(means: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Return ``P(count <= k)`` for each mean, shape ``(n, k)``, by the sums that ``samplers.poisson`` makes.

    The number of entries at or below a uniform is the Poisson count.
    """
    share = np.array([math.exp(-mean) for mean in means.tolist()])
    below = share.copy()
    columns = [below]
    while below.min(initial=1.0) < 1.0:
        share = share * (means / len(columns))
        below = np.where((share <= UNDERFLOW) & (len(columns) >= means), 1.0, below + share)
        columns.append(below)
    return np.stack(columns, axis=1)
