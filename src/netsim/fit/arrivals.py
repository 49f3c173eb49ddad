"""
Arrivals by weekday and half-hour: rates with intervals, and how much whole days differ.

A day's arrivals are Poisson with the weekday's rates times a factor of the day, which has mean 1. The factor's
variation is what days show beyond chance; it widens every interval, because a half-hour of ten Mondays rests
on ten factors only.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import chdtri, gammaincinv, stdtrit
from scipy.stats import nbinom

from netsim.fit.day_counts import Array, DayCounts
from netsim.model.calendar import DAY_SLOTS
from netsim.model.fit_arrivals import ArrivalFit, Estimate

WEEK = 7
LARGEST_CV = 5.0
"""Largest variation of the factor that is looked for."""
UNKNOWN = Estimate(math.nan, math.nan, math.nan)


def fit_arrivals(days: DayCounts, confidence: float = 0.95) -> ArrivalFit:
    """
    Return arrivals by weekday and half-hour with intervals.

    Parameters
    ----------
    days
        Days to fit, at least one.
    confidence
        Two-sided level.
    """
    counts, hours = np.zeros((WEEK, DAY_SLOTS)), np.zeros((WEEK, DAY_SLOTS))
    np.add.at(counts, days.weekday, days.counts)
    np.add.at(hours, days.weekday, days.hours)
    number: NDArray[np.int64] = np.bincount(days.weekday, minlength=WEEK).astype(np.int64)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = counts / hours
    expected = expected_counts(rate, days)
    day_cv, dispersion, spare = day_factor(days.totals, expected, number, confidence)
    error = 1.0 - confidence
    plain = count_bounds(counts, np.ones_like(counts), error)
    variance = day_cv.value**2 / np.maximum(number, 1)
    wide = count_bounds(counts, 1.0 + counts * variance[:, None], error)
    with np.errstate(invalid="ignore", divide="ignore"):
        poisson_lower, poisson_upper, lower, upper = (bound / hours for bound in (*plain, *wide))
    by_weekday, per_day = _daily(rate, hours, counts.sum(axis=1), variance, spare, confidence)
    return ArrivalFit(
        day_count=number,
        counts=counts,
        hours=hours,
        per_hour=rate,
        poisson_lower=poisson_lower,
        poisson_upper=poisson_upper,
        lower=lower,
        upper=upper,
        day_cv=day_cv,
        dispersion=dispersion,
        by_weekday=by_weekday,
        per_day=per_day,
    )


def expected_counts(per_hour: Array, days: DayCounts) -> Array:
    """
    Return the arrivals that rates expect on some days.

    Parameters
    ----------
    per_hour
        Arrivals an hour by weekday and half-hour, shape ``(7, 48)``; NaN counts as none.
    days
        The days, with the hours observed.
    """
    total: Array = (np.nan_to_num(per_hour[days.weekday]) * days.hours).sum(axis=1)
    return total


def count_bounds(counts: Array, effect: Array, error: float) -> tuple[Array, Array]:
    """
    Return the ends of the exact interval of Poisson means (Garwood), widened for counts that vary more.

    Parameters
    ----------
    counts
        Counts; parts of one are allowed.
    effect
        Variance over mean of each count, at least 1: the count is worth so many times less.
    error
        Error probability of both sides together.

    References
    ----------
    F. Garwood, *Fiducial limits for the Poisson distribution*, Biometrika 28 (1936).

    Examples
    --------
    >>> [round(float(bound), 3) for bound in count_bounds(np.array(10.0), np.array(1.0), 0.05)]
    [4.795, 18.39]
    """
    worth = counts / effect
    lower = np.where(worth > 0, gammaincinv(np.maximum(worth, 1e-300), error / 2.0), 0.0)
    upper = gammaincinv(worth + 1.0, 1.0 - error / 2.0)
    return lower * effect, upper * effect


def day_factor(
    totals: Array, expected: Array, number: NDArray[np.int64], confidence: float
) -> tuple[Estimate, float, int]:
    """
    Return the variation of the factor of whole days, the dispersion of their totals, and the degrees of freedom.

    The sum of squares over ``mean + cv**2 mean**2`` is chi-square: where it equals its mean lies the estimate,
    where it equals a quantile lies an end of the interval.

    Parameters
    ----------
    totals, expected
        Arrivals of each day and what its weekday expects, shape ``(days,)``.
    number
        Days of each weekday, shape ``(7,)``.
    confidence
        Two-sided level.
    """
    spare = int(np.sum(np.maximum(number - 1, 0)))
    some = expected > 0
    if spare == 0 or not some.any():
        return Estimate(0.0, 0.0, math.inf), 1.0, spare
    square, mean = (totals[some] - expected[some]) ** 2, expected[some]
    error = 1.0 - confidence

    def excess(variance: float, target: float) -> float:
        return float(np.sum(square / (mean + variance * mean**2))) - target

    def solve(target: float) -> float:
        if excess(0.0, target) <= 0:
            return 0.0
        if excess(LARGEST_CV**2, target) >= 0:
            return math.inf
        return math.sqrt(brentq(excess, 0.0, LARGEST_CV**2, args=(target,), xtol=1e-14))

    lower, upper = (float(chdtri(spare, share)) for share in (error / 2.0, 1.0 - error / 2.0))
    dispersion = float(np.sum(square / mean)) / spare
    return Estimate(solve(float(spare)), solve(lower), solve(upper)), dispersion, spare


def _daily(
    rate: Array, hours: Array, total: Array, variance: Array, spare: int, confidence: float
) -> tuple[tuple[Estimate, ...], Estimate]:
    """Return arrivals a day by weekday, and their mean over the weekdays that have any."""
    quantile = float(stdtrit(max(spare, 1), 0.5 + confidence / 2.0))
    days = np.where(hours > 0, 0.5, 0.0)
    mean = (np.nan_to_num(rate) * days).sum(axis=1)
    with np.errstate(divide="ignore"):
        relative = np.where(total > 0, 1.0 / total, 0.0) + variance
    by_weekday = tuple(
        _around(float(mean[day]), float(relative[day]), quantile) if hours[day].any() else UNKNOWN
        for day in range(WEEK)
    )
    some = mean > 0
    if not some.any():
        return by_weekday, UNKNOWN
    whole = float(mean[some].mean())
    spread = float(np.sum(mean[some] ** 2 * relative[some])) / int(some.sum()) ** 2
    return by_weekday, _around(whole, spread / whole**2, quantile)


def _around(value: float, relative_variance: float, quantile: float) -> Estimate:
    """Return a positive estimate with an interval that is symmetric in its logarithm."""
    reach = math.exp(quantile * math.sqrt(relative_variance))
    return Estimate(value, value / reach, value * reach)


def prediction(mean: Array, variation: Array, share: float) -> Array:
    """
    Return a quantile of counts that are Poisson with a gamma factor (negative binomial).

    Parameters
    ----------
    mean
        Expected counts.
    variation
        Squared coefficient of variation of the factor: of the day, and of the estimated rate.
    share
        Of the quantile.

    Examples
    --------
    >>> prediction(np.array([10.0]), np.array([0.0]), 0.975).tolist()
    [17.0]
    """
    some = mean > 0
    size = 1.0 / np.maximum(variation, 1e-9)
    found: Array = np.where(some, nbinom.ppf(share, size, size / (size + np.maximum(mean, 1e-12))), 0.0)
    return found


def factor_levels(cv: float, levels: int) -> list[float]:
    """
    Return equally likely values of the factor of a day: the middles of slices of its gamma law, with mean 1.

    Parameters
    ----------
    cv
        Its coefficient of variation.
    levels
        Number of values.

    Examples
    --------
    >>> [round(level, 2) for level in factor_levels(0.1, 3)]
    [0.9, 1.0, 1.1]
    """
    if cv < 1e-3:
        return [1.0]
    shape = 1.0 / cv**2
    middles = gammaincinv(shape, (np.arange(levels) + 0.5) / levels) / shape
    return [float(level) for level in middles / middles.mean()]
