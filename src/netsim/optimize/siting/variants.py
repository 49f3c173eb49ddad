"""Problems made from a problem: fewer modes, smoother levels, fewer rules."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netsim.optimize.siting.problem import LevelTable, ModeTable, SitingProblem

STEPS = 6
"""Steps that ``smoothed`` makes of each level."""


def restricted(problem: SitingProblem, allowed: NDArray[np.int64]) -> tuple[SitingProblem, NDArray[np.int64]]:
    """
    Return the problem with some modes only, and the modes kept: row r of the new tables was row ``kept[r]``.

    What stands today keeps its costs but need not stay possible: ``today`` then names the first mode.

    Parameters
    ----------
    problem
        The problem.
    allowed
        Modes to keep, in any order.

    Raises
    ------
    ValueError
        If a site is left without a mode.
    """
    kept = np.unique(allowed)
    site = problem.modes.site[kept]
    first = np.searchsorted(site, np.arange(len(problem.sites) + 1)).astype(np.int64)
    if (np.diff(first) == 0).any():
        raise ValueError("every site needs a mode")
    place = {int(mode): row for row, mode in enumerate(kept)}
    modes = problem.modes
    table = ModeTable(**{field.name: _rows(getattr(modes, field.name), kept) for field in fields(ModeTable)})
    levels = LevelTable(*(getattr(problem.levels, field.name)[kept] for field in fields(LevelTable)))
    today = np.array([place.get(int(mode), int(first[j])) for j, mode in enumerate(problem.today)], dtype=np.int64)
    return replace(problem, modes=table, levels=levels, first=first, today=today), kept


def smoothed(problem: SitingProblem) -> SitingProblem:
    """
    Return the problem with levels in small steps: capacity and cost go straight from level to level.

    A plan that may send customers where it likes can fill its servers; one that may not has to round
    up at every outlet. The smooth problem under nearest choice therefore finds networks that suit
    directed plans. Its servers are not whole: only its modes mean something.
    """
    table = problem.levels
    modes, lanes, levels = table.servers.shape
    part = (np.arange(STEPS) + 1.0) / STEPS
    capacity = _stretch(table.capacity, part)
    cost = _stretch(table.cost[..., None], part)[..., 0]
    nothing = np.zeros((modes, lanes, levels * STEPS))
    servers = np.zeros(nothing.shape, dtype=np.int64)
    return replace(
        problem,
        levels=LevelTable(table.count * STEPS, servers, nothing, cost, nothing.copy(), capacity),
    )


def _stretch(values: NDArray[np.float64], part: NDArray[np.float64]) -> NDArray[np.float64]:
    """Put steps between levels, shape ``(modes, lanes, levels, k)``; the first level is reached from 0."""
    before = np.concatenate([np.zeros_like(values[:, :, :1]), values[:, :, :-1]], axis=2)
    steps = before[:, :, :, None, :] + part[:, None] * (values - before)[:, :, :, None, :]
    stretched: NDArray[np.float64] = steps.reshape(*values.shape[:2], -1, values.shape[3])
    return stretched


def _rows(column: Any, kept: NDArray[np.int64]) -> Any:  # noqa: ANN401 - columns of every kind
    return column[kept] if isinstance(column, np.ndarray) else tuple(column[row] for row in kept)
