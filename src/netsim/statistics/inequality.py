"""
How unequally something is spread over people: indices that weigh zones by their people.

A zone counts as so many people who all have its value, so that cutting a zone in two changes nothing. No figure
loses those served worst: access of a zone out of reach is 0, its minutes are ``inf``, and NaN is refused. When
nobody has anything, all are alike: the indices are 0, and the mean tells.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

EXPONENT_IN_SERIES = 1.0
"""Largest exponent at which a mean of powers is summed as what it differs from 1 by, for digits near aversion 1."""


@dataclass(frozen=True, slots=True, eq=False)
class LorenzCurve:
    """
    Share of the total that the poorest share of the people has.

    Parameters
    ----------
    people
        Share of the people, from 0 to 1, rising, shape ``(k + 1,)``.
    total
        Share of the total that they have, from 0 to 1, convex, shape ``(k + 1,)``.
    """

    people: Array
    total: Array

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        self.people.flags.writeable = False
        self.total.flags.writeable = False


@dataclass(frozen=True, slots=True)
class TheilParts:
    """
    Theil's index, cut into what lies within groups and between them.

    Parameters
    ----------
    total
        The index of all people.
    within
        Indices of the groups, weighted by their shares of the total value.
    between
        The index that would remain if all people of a group had its mean.
    """

    total: float
    within: float
    between: float


def gini(values: ArrayLike, weights: ArrayLike) -> float:
    """
    Return the Gini index: half the mean difference of two people, over the mean; in [0, 1).

    Parameters
    ----------
    values
        Value of each zone, finite and non-negative, shape ``(n,)``.
    weights
        People of each zone, shape ``(n,)``.

    Raises
    ------
    ValueError
        If shapes differ, nobody is counted, or a value is negative, NaN or infinite.

    References
    ----------
    C. Gini, *Variabilita e mutabilita* (1912); A. Sen, *On Economic Inequality* (1973), ch. 2.

    Examples
    --------
    >>> round(gini([0.0, 1.0], weights=[30.0, 70.0]), 9)
    0.3
    """
    relative, share = _relative("gini", values, weights)
    order = np.argsort(relative, kind="stable")
    relative, share = relative[order], share[order]
    return max(0.0, float(np.sum(share * relative * (2.0 * np.cumsum(share) - share))) - 1.0) if relative.any() else 0.0


def lorenz_curve(values: ArrayLike, weights: ArrayLike) -> LorenzCurve:
    """
    Return the points of the Lorenz curve, from (0, 0) to (1, 1); the diagonal when nobody has anything.

    Parameters
    ----------
    values
        Value of each zone, finite and non-negative, shape ``(n,)``.
    weights
        People of each zone, shape ``(n,)``.

    Raises
    ------
    ValueError
        If shapes differ, nobody is counted, or a value is negative, NaN or infinite.

    References
    ----------
    M. O. Lorenz, "Methods of measuring the concentration of wealth", *Publications of the American Statistical
    Association* 9 (1905) 209-219.

    Examples
    --------
    >>> lorenz_curve([3.0, 1.0], weights=[1.0, 1.0]).total.tolist()
    [0.0, 0.25, 1.0]
    """
    relative, share = _relative("lorenz curve", values, weights)
    order = np.argsort(relative, kind="stable")
    people = np.concatenate([[0.0], np.cumsum(share[order])])
    total = np.concatenate([[0.0], np.cumsum((share * relative)[order])]) if relative.any() else people.copy()
    return LorenzCurve(people / people[-1], total / total[-1])


def theil(values: ArrayLike, weights: ArrayLike) -> float:
    """
    Return Theil's index T, the mean of ``y ln y`` of values over their mean; non-negative, and ``0 ln 0 = 0``.

    Parameters
    ----------
    values
        Value of each zone, finite and non-negative, shape ``(n,)``.
    weights
        People of each zone, shape ``(n,)``.

    Raises
    ------
    ValueError
        If shapes differ, nobody is counted, or a value is negative, NaN or infinite.

    References
    ----------
    H. Theil, *Economics and Information Theory* (1967), ch. 4.

    Examples
    --------
    >>> round(theil([0.0, 1.0], weights=[50.0, 50.0]) / math.log(2.0), 9)
    1.0
    """
    return _theil(*_relative("theil", values, weights))


def theil_by_group(values: ArrayLike, weights: ArrayLike, groups: Sequence[str]) -> TheilParts:
    """
    Return Theil's index cut into what lies within groups and between them; the two sum to the whole.

    Parameters
    ----------
    values
        Value of each zone, finite and non-negative, shape ``(n,)``.
    weights
        People of each zone, shape ``(n,)``.
    groups
        Group of each zone, length n.

    Raises
    ------
    ValueError
        If shapes differ, nobody is counted, or a value is negative, NaN or infinite.

    References
    ----------
    A. F. Shorrocks, "The class of additively decomposable inequality measures", *Econometrica* 48 (1980) 613-625.

    Examples
    --------
    >>> parts = theil_by_group([1.0, 1.0, 3.0, 3.0], [1.0, 1.0, 1.0, 1.0], ["a", "a", "b", "b"])
    >>> parts.within, round(parts.between, 6) == round(parts.total, 6)
    (0.0, True)
    """
    relative, share = _relative("theil", values, weights)
    lived_in = np.asarray(weights, dtype=float) > 0
    position = group_positions(groups, len(lived_in))[1][lived_in]
    group_share = np.bincount(position, share).astype(np.float64, copy=False)
    group_value = np.bincount(position, share * relative).astype(np.float64, copy=False)  # share of the total value
    within = sum(
        float(group_value[group]) * theil(relative[position == group], share[position == group])
        for group in np.flatnonzero(group_value)
    )
    group_mean: Array = np.divide(group_value, group_share, out=np.zeros_like(group_value), where=group_share > 0)
    return TheilParts(_theil(relative, share), within, _theil(group_mean, group_share))


def atkinson(values: ArrayLike, weights: ArrayLike, aversion: float) -> float:
    """
    Return Atkinson's index: the share of the total that equality would be worth giving up; in [0, 1].

    Parameters
    ----------
    values
        Value of each zone, finite and non-negative, shape ``(n,)``.
    weights
        People of each zone, shape ``(n,)``.
    aversion
        Aversion to inequality, non-negative; from 1 on the index is 1 as soon as anybody has nothing.

    Raises
    ------
    ValueError
        If shapes differ, nobody is counted, a value is negative, NaN or infinite, or the aversion negative.

    References
    ----------
    A. B. Atkinson, "On the measurement of inequality", *Journal of Economic Theory* 2 (1970) 244-263.

    Examples
    --------
    >>> round(atkinson([1.0, 4.0], [1.0, 1.0], aversion=1.0), 9)  # 1 - geometric / arithmetic mean
    0.2
    """
    if not 0.0 <= aversion < math.inf:
        raise ValueError(f"atkinson: aversion must be non-negative and finite, got {aversion}")
    relative, share = _relative("atkinson", values, weights)
    if not relative.any():
        return 0.0
    has = relative > 0
    if aversion >= 1.0 and not has.all():
        return 1.0
    return min(
        1.0, max(0.0, -math.expm1(_log_power_mean(relative[has], share[has], float(share[~has].sum()), 1.0 - aversion)))
    )


def checked_people(what: str, values: ArrayLike, weights: ArrayLike) -> tuple[Array, Array]:
    """
    Return values and people as arrays; refuse what cannot be counted.

    Parameters
    ----------
    what
        Who asks, for the message.
    values
        Non-negative, ``inf`` allowed, shape ``(n,)``.
    weights
        Finite, non-negative, not all 0, shape ``(n,)``.

    Raises
    ------
    ValueError
        If they are something else.
    """
    sample, people = np.asarray(values, dtype=float), np.asarray(weights, dtype=float)
    if sample.ndim != 1 or sample.shape != people.shape:
        raise ValueError(f"{what}: values have the shape {sample.shape} and weights {people.shape}; expected (n,) both")
    if not np.all(np.isfinite(people) & (people >= 0)) or not people.any():
        raise ValueError(f"{what}: weights must be finite, non-negative and not all 0")
    wrong = ~(sample >= 0)
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise ValueError(
            f"{what}: {wrong.sum()} of {len(sample)} values are negative or NaN (first: {sample[first]} at {first}); "
            "where nothing is in reach, write 0 for a score and inf for a cost"
        )
    return sample, people


def refuse_infinite(what: str, sample: Array, people: Array) -> None:
    """
    Refuse infinite values of people: an index of them would be no number, and dropping them would flatter.

    Parameters
    ----------
    what
        Who asks, for the message.
    sample, people
        Value and people of each zone, shape ``(n,)``.

    Raises
    ------
    ValueError
        With the share of the people and the mend.
    """
    lost = np.isinf(sample) & (people > 0)
    if lost.any():
        share = people[lost].sum() / people.sum()
        raise ValueError(
            f"{what}: {lost.sum()} of {len(sample)} values are infinite, with {share:.1%} of the people; for costs use "
            "inequality(better='lower'), which tells them apart"
        )


def _relative(what: str, values: ArrayLike, weights: ArrayLike) -> tuple[Array, Array]:
    """Return values over their mean and shares of the people, without zones where nobody lives."""
    sample, people = checked_people(what, values, weights)
    refuse_infinite(what, sample, people)
    sample, people = sample[people > 0], people[people > 0]
    share = people / people.max()
    share /= share.sum()
    if not sample.any():
        return sample, share
    relative = sample / sample.max()  # no sum can overflow
    return relative / np.sum(share * relative), share


def _theil(relative: Array, share: Array) -> float:
    """Return the mean of ``y ln y - y + 1``, whose terms are never negative; equal to that of ``y ln y`` at mean 1."""
    has = relative > 0
    if not has.any():
        return 0.0
    terms = np.ones_like(relative)
    some = relative[has]
    terms[has] = some * np.log(some) - (some - 1.0)
    return max(0.0, float(np.sum(share * terms)))


def _log_power_mean(relative: Array, share: Array, nothing: float, power: float) -> float:
    """
    Return ``ln((sum share * y^power)^(1 / power))`` and its limit at 0, without overflow.

    ``share`` misses the share of the people who have nothing to be whole.
    """
    exponent = power * np.log(relative)
    if power == 0.0:
        return float(np.sum(share * np.log(relative)))
    if np.abs(exponent).max() <= EXPONENT_IN_SERIES:  # the sum is near 1: take what differs from it
        return math.log1p(float(np.sum(share * np.expm1(exponent))) - nothing) / power
    top = float(exponent.max())
    return (top + math.log(float(np.sum(share * np.exp(exponent - top))))) / power


def group_positions(groups: Sequence[str], zones: int) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """Return the sorted names of the groups and the group of each zone."""
    if len(groups) != zones:
        raise ValueError(f"inequality: {len(groups)} groups for {zones} values")
    names, position = np.unique(np.asarray(list(groups), dtype=str), return_inverse=True)
    return tuple(str(name) for name in names), position.astype(np.intp)
