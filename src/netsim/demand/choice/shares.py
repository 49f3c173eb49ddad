"""From utilities to shares: the same way for every choice model, whole tables or sparse rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netsim.demand.choice.probabilities import Alternatives, Array, ChoiceModel, ChoiceProbabilities
from netsim.demand.choice.utility import CostWeights, extra_cost, generalised_cost
from netsim.model.plan import Shares

LEAST_SHARE = 1e-4
"""Smaller shares are dropped from sparse rows: one visit in 10,000 moves no figure that a planner reads."""
BLOCK = 1_000
"""Zones of one dense table when only sparse rows are asked for: 6 MB a table with 700 outlets."""


def shares_of(utility: Array, outside: float) -> tuple[Array, Array]:
    """
    Return the share of each outlet and of the outside option, in proportion to ``exp(utility)``.

    Parameters
    ----------
    utility
        Shape ``(zones, sites)``; ``-inf`` where an outlet cannot be chosen.
    outside
        Utility of going to none of them; ``-inf`` = nobody does who can choose an outlet.

    Returns
    -------
    tuple
        Shares ``(zones, sites)`` and outside ``(zones,)``; they sum to 1. Where no outlet can be chosen all stay
        outside.

    Raises
    ------
    ValueError
        If a utility is no number or ``inf``.

    References
    ----------
    D. McFadden, "Conditional logit analysis of qualitative choice behavior", in P. Zarembka (ed.), *Frontiers in
    Econometrics* (1974) 105-142. The largest utility is taken off before the exponential, so that nothing overflows.

    Examples
    --------
    >>> share, away = shares_of(np.log([[2.0, 1.0]]), outside=0.0)
    >>> share.tolist(), away.tolist()
    ([[0.5, 0.25]], [0.25])
    """
    if np.isnan(outside) or outside == np.inf or not (utility < np.inf).all():
        raise ValueError(f"a utility is no number or endless (outside option: {outside}); look at the parameters")
    peak = utility.max(axis=1, initial=outside)
    reached = np.isfinite(peak)
    peak = np.where(reached, peak, 0.0)
    weight = np.exp(utility - peak[:, None])
    away = np.where(reached, np.exp(outside - peak), 1.0)
    total = weight.sum(axis=1) + away
    weight /= total[:, None]
    return weight, away / total


def choose(
    model: ChoiceModel,
    alternatives: Alternatives,
    weights: CostWeights,
    parameters: Any,  # noqa: ANN401  # the model's own record
) -> ChoiceProbabilities:
    """
    Return who goes where, outside option included, as whole tables.

    Tasks that the same outlets offer at the same costs share one table, so that memory grows with the number of
    different tasks. Where sparse rows will do, ``choose_rows`` needs less.

    Parameters
    ----------
    model
        One of ``CHOICE_MODELS``.
    alternatives
        Outlets.
    weights
        How people feel the parts of a visit.
    parameters
        The record of the model's parameters, of one segment.

    Raises
    ------
    TypeError
        If the parameters are of another model.
    ValueError
        If outlets take fees and the value of time is unknown, or a utility is no number.
    """
    _check_parameters(model, parameters)
    extra, group = _groups(extra_cost(alternatives, weights))
    shape = (len(extra), alternatives.zones, len(alternatives.sites))
    tables, outside = np.empty(shape), np.empty(shape[:2])
    for number, row in enumerate(extra):
        tables[number], outside[number] = _table(
            model, alternatives, generalised_cost(alternatives, weights, row), parameters
        )
    return ChoiceProbabilities(alternatives.sites, alternatives.brands, alternatives.own, group, tables, outside)


def choose_rows(
    model: ChoiceModel,
    alternatives: Alternatives,
    weights: CostWeights,
    parameters: Any,  # noqa: ANN401  # the model's own record
    least: float = LEAST_SHARE,
) -> tuple[Shares, Array]:
    """
    Return who goes where as sparse rows, and the outside option, without ever holding a whole table.

    Parameters
    ----------
    model, alternatives, weights, parameters
        As for ``choose``.
    least
        Shares below it are dropped; see ``to_shares``.

    Returns
    -------
    tuple
        ``Shares`` over all outlets, competitors' included, and the outside option, shape ``(tasks, zones)``.

    Raises
    ------
    TypeError, ValueError
        As ``choose``; also if ``least`` is not in [0, 1).
    """
    _check_parameters(model, parameters)
    _check_least(least)
    extra, group = _groups(extra_cost(alternatives, weights))
    outside = np.empty((len(extra), alternatives.zones))
    found: list[tuple[NDArray[np.int64], NDArray[np.int64], Array]] = []
    for number, row in enumerate(extra):
        parts = []
        for first in range(0, alternatives.zones, BLOCK):
            rows = slice(first, min(first + BLOCK, alternatives.zones))
            near = alternatives.in_zones(rows)
            table, outside[number, rows] = _table(model, near, generalised_cost(near, weights, row), parameters)
            zone, site, share = kept_shares(table, least)
            parts.append((zone + first, site, share))
        found.append(_joined(parts))
    return shares_of_groups(found, group), outside[group]


def to_shares(probabilities: ChoiceProbabilities, least: float = LEAST_SHARE) -> Shares:
    """
    Return whole tables as sparse rows, without the shares that are too small to matter.

    What is dropped goes to the other outlets of the same people in proportion, so that outlets together keep what
    they had and the outside option too. The largest share always stays.

    Parameters
    ----------
    probabilities
        Who goes where.
    least
        Shares below it are dropped.

    Raises
    ------
    ValueError
        If ``least`` is not in [0, 1).
    """
    _check_least(least)
    return shares_of_groups([kept_shares(table, least) for table in probabilities.tables], probabilities.group)


def _check_parameters(model: ChoiceModel, parameters: object) -> None:
    """Raise if a model is given another model's parameters."""
    if not isinstance(parameters, model.parameters):
        wanted, got = model.parameters.__name__, type(parameters).__name__
        raise TypeError(f"the choice model takes {wanted}, got {got}")


def _check_least(least: float) -> None:
    if not 0.0 <= least < 1.0:
        raise ValueError(f"the least share that is kept must be in [0, 1), got {least}")


def _groups(extra: Array) -> tuple[Array, NDArray[np.int64]]:
    """Return the different rows of costs and which of them each task has."""
    rows, group = np.unique(extra, axis=0, return_inverse=True)
    return rows, group.reshape(-1).astype(np.int64)


def _table(
    model: ChoiceModel,
    alternatives: Alternatives,
    cost: Array,
    parameters: Any,  # noqa: ANN401  # the model's own record
) -> tuple[Array, Array]:
    """Return the shares of one group of tasks; outlets at endless cost get none."""
    open_to = np.isfinite(cost)
    utility = model.utility(alternatives, np.where(open_to, cost, 1.0), parameters)  # any finite cost: it is masked
    return shares_of(np.where(open_to, utility, -np.inf), parameters.outside_utility)


def kept_shares(table: Array, least: float) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """
    Return zone, site and share of what stays of a table, scaled to the same sum in each zone.

    Parameters
    ----------
    table
        Shares, shape ``(zones, sites)``, each zone's together at most 1.
    least
        Shares below it are dropped, but for the largest of a zone.
    """
    stays = (table >= least) & (table > 0.0)
    inside = table.sum(axis=1)
    lonely = np.flatnonzero((inside > 0.0) & ~stays.any(axis=1))
    stays[lonely, table[lonely].argmax(axis=1)] = True
    zone, site = np.nonzero(stays)
    share = table[zone, site]
    kept = np.bincount(zone, share, minlength=len(table))
    return zone, site, np.minimum(share * (inside[zone] / kept[zone]), 1.0)


def _joined(parts: Sequence[tuple[NDArray[Any], ...]]) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """Return the rows of several blocks of zones as one."""
    if not parts:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, np.zeros(0)
    zone, site, share = (np.concatenate(column) for column in zip(*parts, strict=True))
    return zone, site, share


def shares_of_groups(
    found: Sequence[tuple[NDArray[np.int64], NDArray[np.int64], Array]], group: NDArray[np.int64]
) -> Shares:
    """
    Return the rows of all tasks from those of their groups.

    Parameters
    ----------
    found
        Zone, site and share of the rows of each group, as ``kept_shares`` returns them.
    group
        Position in ``found`` of each task, shape ``(tasks,)``.
    """
    numbered = [(np.full(len(found[own][0]), task, dtype=np.int64), *found[own]) for task, own in enumerate(group)]
    if not numbered:
        nothing = np.zeros(0, dtype=np.int64)
        return Shares(nothing, nothing, nothing, np.zeros(0))
    task, zone, site, share = (np.concatenate(column) for column in zip(*numbered, strict=True))
    return Shares(task, zone, site, share)
