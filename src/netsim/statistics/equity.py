"""
Tables of how evenly something is spread over people, with those out of reach told apart.

Scores of zones out of reach are 0 and count as such in every figure. Costs of zones out of reach are ``inf``: indices
and the mean are those of the people who have a way, quantiles and the worst decile are those of all, and the share
out of reach stands beside them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from netsim.statistics.inequality import (
    Array,
    TheilParts,
    checked_people,
    gini,
    group_positions,
    refuse_infinite,
    theil,
    theil_by_group,
)
from netsim.statistics.quantiles import weighted_quantile

Better = Literal["higher", "lower"]

WORST_SHARE = 0.1
"""The worst decile."""


@dataclass(frozen=True, slots=True)
class Inequality:
    """
    How a value is spread over some people.

    Parameters
    ----------
    people
        Their number.
    out_of_reach
        Share of them with no access at all: a score of 0, or a cost of ``inf``.
    mean, gini, theil
        Of all of them for scores; for costs of those who have a way (NaN if nobody has).
    p10, median, p90
        Quantiles of all of them; of costs some may be ``inf``.
    p90_p10
        Ratio of the two; ``inf`` where ``p90`` is or ``p10`` is 0, 1 where both are 0.
    worst_decile
        Mean of the tenth of all of them that is served worst: low scores, high costs.
    """

    people: float
    out_of_reach: float
    mean: float
    gini: float
    theil: float
    p10: float
    median: float
    p90: float
    p90_p10: float
    worst_decile: float


_NOBODY = Inequality(0.0, *(math.nan,) * 9)
"""The row of a group without people."""


@dataclass(frozen=True, slots=True, eq=False)
class GroupTable:
    """
    How a value is spread over the people of each group, and over all.

    Parameters
    ----------
    groups
        Names, sorted, length k.
    people, out_of_reach, mean, gini, theil, p10, median, p90, p90_p10, worst_decile
        As in ``Inequality``, shape ``(k,)``; NaN, but for ``people``, where nobody lives in the group.
    whole
        The same figures for all people together.
    theil_parts
        Theil's index within and between the groups; of costs among those who have a way.
    """

    groups: tuple[str, ...]
    people: Array
    out_of_reach: Array
    mean: Array
    gini: Array
    theil: Array
    p10: Array
    median: Array
    p90: Array
    p90_p10: Array
    worst_decile: Array
    whole: Inequality
    theil_parts: TheilParts

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for name in Inequality.__slots__:
            getattr(self, name).flags.writeable = False


def percentile_ratio(values: ArrayLike, weights: ArrayLike, high: float = 0.9, low: float = 0.1) -> float:
    """
    Return the ratio of two quantiles of the people, P90/P10 unless told; ``inf`` over 0, and 1 for 0 over 0.

    Parameters
    ----------
    values
        Value of each zone, non-negative; ``inf`` for costs out of reach, shape ``(n,)``.
    weights
        People of each zone, shape ``(n,)``.
    high, low
        Shares of the people, in (0, 1].

    Raises
    ------
    ValueError
        If shapes differ, nobody is counted, or a value is negative or NaN.

    Examples
    --------
    >>> percentile_ratio([1.0, 2.0, 6.0], weights=[20.0, 60.0, 20.0])
    6.0
    """
    sample, people = checked_people("percentile ratio", values, weights)
    return _ratio(weighted_quantile(sample, high, people), weighted_quantile(sample, low, people))


def worst_mean(values: ArrayLike, weights: ArrayLike, better: Better, share: float = WORST_SHARE) -> float:
    """
    Return the mean of the share of the people that is served worst, a tenth unless told.

    Parameters
    ----------
    values
        Value of each zone, non-negative; ``inf`` for costs out of reach, shape ``(n,)``.
    weights
        People of each zone, shape ``(n,)``; of the zone on the border a part counts.
    better
        ``higher`` for scores, ``lower`` for costs.
    share
        Share of the people, in (0, 1].

    Raises
    ------
    ValueError
        If shapes differ, nobody is counted, a value is negative or NaN, or the share is outside (0, 1].

    Examples
    --------
    >>> worst_mean([1.0, 2.0, 9.0], weights=[5.0, 45.0, 50.0], better="higher")
    1.5
    """
    if not 0.0 < share <= 1.0:
        raise ValueError(f"worst mean: the share {share:g} must lie in (0, 1]")
    sample, people = checked_people("worst mean", values, weights)
    order = np.argsort(sample if better == "higher" else -sample, kind="stable")
    before = np.concatenate([[0.0], np.cumsum(people[order])[:-1]])
    taken = np.clip(share * people.sum() - before, 0.0, people[order])
    some = taken > 0
    return float(np.average(sample[order][some], weights=taken[some]))


def inequality(values: ArrayLike, weights: ArrayLike, better: Better) -> Inequality:
    """
    Return how a value is spread over people, those out of reach told apart and never dropped unseen.

    Parameters
    ----------
    values
        Value of each zone, non-negative, shape ``(n,)``: scores with 0, or costs with ``inf``, where nothing is in
        reach.
    weights
        People of each zone, shape ``(n,)``.
    better
        ``higher`` for scores, ``lower`` for costs.

    Raises
    ------
    ValueError
        If shapes differ, nobody is counted, a value is negative or NaN, or a score is infinite.

    Examples
    --------
    >>> found = inequality([5.0, 15.0, math.inf], weights=[45.0, 45.0, 10.0], better="lower")
    >>> found.out_of_reach, found.mean, found.gini, found.worst_decile
    (0.1, 10.0, 0.25, inf)
    """
    sample, people = checked_people("inequality", values, weights)
    if better == "higher":
        refuse_infinite("inequality", sample, people)
    elif better != "lower":
        raise ValueError(f"inequality: better must be 'higher' or 'lower', got {better!r}")
    lost = sample == (0.0 if better == "higher" else math.inf)
    counted = (people > 0) & np.isfinite(sample)
    some = counted.any()
    p10, median, p90 = (weighted_quantile(sample, share, people) for share in (0.1, 0.5, 0.9))
    return Inequality(
        people=float(people.sum()),
        out_of_reach=float(people[lost].sum() / people.sum()),
        mean=float(np.average(sample[counted], weights=people[counted])) if some else math.nan,
        gini=gini(sample[counted], people[counted]) if some else math.nan,
        theil=theil(sample[counted], people[counted]) if some else math.nan,
        p10=p10,
        median=median,
        p90=p90,
        p90_p10=_ratio(p90, p10),
        worst_decile=worst_mean(sample, people, better),
    )


def inequality_by_group(
    values: ArrayLike, weights: ArrayLike, groups: Sequence[str], better: Better = "higher"
) -> GroupTable:
    """
    Return how a value is spread over the people of each group, and within and between the groups.

    Parameters
    ----------
    values
        Value of each zone, non-negative, shape ``(n,)``: scores with 0, or costs with ``inf``, where nothing is in
        reach.
    weights
        People of each zone, shape ``(n,)``.
    groups
        Group of each zone, length n.
    better
        ``higher`` for scores, ``lower`` for costs.

    Raises
    ------
    ValueError
        If shapes differ, nobody is counted, a value is negative or NaN, or a score is infinite.

    Examples
    --------
    >>> table = inequality_by_group([0.0, 2.0, 2.0], [10.0, 10.0, 20.0], ["north", "north", "south"])
    >>> table.groups, table.mean.tolist(), table.gini.tolist(), table.out_of_reach.tolist()
    (('north', 'south'), [1.0, 2.0], [0.5, 0.0], [0.5, 0.0])
    """
    whole = inequality(values, weights, better)
    sample, people = checked_people("inequality", values, weights)
    names, position = group_positions(groups, len(sample))
    rows = []
    for group in range(len(names)):
        inside = position == group
        lived_in = people[inside].any()
        rows.append(inequality(sample[inside], people[inside], better) if lived_in else _NOBODY)
    columns = {name: np.array([getattr(row, name) for row in rows]) for name in Inequality.__slots__}
    near = np.isfinite(sample)
    parts = TheilParts(math.nan, math.nan, math.nan)
    if people[near].any():
        parts = theil_by_group(sample[near], people[near], [names[at] for at in position[near]])
    return GroupTable(groups=names, whole=whole, theil_parts=parts, **columns)


def _ratio(high: float, low: float) -> float:
    """Return a ratio that is defined for 0 and ``inf``."""
    if high == low:
        return 1.0
    return high / low if low > 0 else math.inf
