"""Many questions asked at once, and paired differences between scenarios."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from netsim.statistics.intervals import Interval, check_confidence, mean_interval


def bonferroni(error: float, questions: int) -> float:
    """
    Return the error probability that each of ``questions`` may spend so that all together spend ``error``.

    Raises
    ------
    ValueError
        If there is no question or the error is not inside (0, 1).

    Examples
    --------
    >>> bonferroni(0.05, 10)
    0.005
    """
    check_confidence(error)
    if questions < 1:
        raise ValueError(f"bonferroni: {questions} questions; at least one is needed")
    return error / questions


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """
    Return adjusted p-values that hold for all questions together (Holm), shape ``(k,)``.

    Parameters
    ----------
    p_values
        Shape ``(k,)``, in [0, 1].

    References
    ----------
    S. Holm, *A simple sequentially rejective multiple test procedure*, Scand. J. Statist. 6 (1979).

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    values = np.asarray(p_values, dtype=float)
    order = np.argsort(values, kind="stable")
    stepped = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def paired_difference(
    baseline: ArrayLike, other: ArrayLike, confidence: float = 0.95, comparisons: int = 1
) -> Interval:
    """
    Return the mean of ``other - baseline`` over common days with its family-wise interval.

    Parameters
    ----------
    baseline, other
        One figure a day under each scenario on common customers, shape ``(days,)``.
    confidence
        Level at which all intervals of the family hold together.
    comparisons
        Number of differences in the family (measures times scenarios).

    Raises
    ------
    ValueError
        If the shapes differ, or a level or number is out of range.

    Examples
    --------
    >>> found = paired_difference([5.0, 6.0, 7.0], [4.0, 5.5, 5.5], comparisons=2)
    >>> found.mean, round(found.half_width, 3)
    (-1.0, 1.791)
    """
    check_confidence(confidence)
    first, second = np.asarray(baseline, dtype=float), np.asarray(other, dtype=float)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError(f"paired difference: {first.shape} and {second.shape} days; the same days are needed")
    return mean_interval(second - first, 1.0 - bonferroni(1.0 - confidence, comparisons))


def significant(difference: Interval) -> bool:
    """
    Return whether the interval excludes 0.

    A difference that is the same non-zero figure on every day is significant; none at all is not.

    Examples
    --------
    >>> significant(Interval(-1.0, 0.4, 10)), significant(Interval(0.0, 0.0, 10))
    (True, False)
    """
    return abs(difference.mean) > difference.half_width
