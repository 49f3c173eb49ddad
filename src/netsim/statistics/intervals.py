"""Confidence intervals of means and of shares counted over days."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, stdtrit


@dataclass(frozen=True, slots=True)
class Interval:
    """
    A mean with its symmetric confidence interval.

    Parameters
    ----------
    mean
        Estimate; NaN without samples.
    half_width
        Half width; ``inf`` where the samples are too few to tell.
    n
        Number of samples.
    """

    mean: float
    half_width: float
    n: int

    @property
    def lower(self) -> float:
        """Lower end."""
        return self.mean - self.half_width

    @property
    def upper(self) -> float:
        """Upper end."""
        return self.mean + self.half_width


@dataclass(frozen=True, slots=True)
class ShareInterval:
    """
    A share with its confidence interval, which is not symmetric.

    Parameters
    ----------
    share
        Estimate; NaN without arrivals.
    lower, upper
        Ends, within ``[0, 1]``.
    days, arrivals
        Days and customers behind it.
    """

    share: float
    lower: float
    upper: float
    days: int
    arrivals: int

    @property
    def half_width(self) -> float:
        """Half the distance between the ends."""
        return (self.upper - self.lower) / 2.0


def check_confidence(confidence: float) -> None:
    """
    Check a confidence level.

    Raises
    ------
    ValueError
        If the level is not inside (0, 1).
    """
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence {confidence:g} must lie between 0 and 1, for example 0.95")


def mean_interval(samples: ArrayLike, confidence: float = 0.95) -> Interval:
    """
    Return the mean of independent samples with its Student interval.

    Parameters
    ----------
    samples
        One figure a day, shape ``(n,)``.
    confidence
        Two-sided level.

    Raises
    ------
    ValueError
        If the confidence is not inside (0, 1).

    References
    ----------
    Student, *The probable error of a mean*, Biometrika 6 (1908).

    Examples
    --------
    >>> found = mean_interval([1.0, 2.0, 3.0, 4.0], confidence=0.95)
    >>> found.mean, round(found.half_width, 4), found.n
    (2.5, 2.0543, 4)
    """
    check_confidence(confidence)
    values = np.asarray(samples, dtype=float)
    n = len(values)
    if n == 0:
        return Interval(math.nan, math.inf, 0)
    mean = float(values.mean())
    if n == 1:
        return Interval(mean, math.inf, 1)
    spread = float(values.std(ddof=1)) / math.sqrt(n)
    return Interval(mean, float(stdtrit(n - 1, (1.0 + confidence) / 2.0)) * spread, n)


def exact_share_bounds(successes: float, trials: float, error: float) -> tuple[float, float]:
    """
    Return the lower and the upper bound of a share, each wrong with at most ``error`` (Clopper-Pearson).

    Parameters
    ----------
    successes, trials
        Counts; fractions are allowed, for trials worth less than their number.
    error
        Error probability of each side.

    Examples
    --------
    >>> [round(bound, 4) for bound in exact_share_bounds(20, 20, error=0.05)]
    [0.8609, 1.0]

    References
    ----------
    C. J. Clopper and E. S. Pearson, Biometrika 26 (1934).
    """
    failures = trials - successes
    lower = 0.0 if successes <= 0 else float(betaincinv(successes, failures + 1.0, error))
    upper = 1.0 if failures <= 0 else float(betaincinv(successes + 1.0, failures, 1.0 - error))
    return lower, upper


def share_interval(arrivals: ArrayLike, in_time: ArrayLike, confidence: float = 0.95) -> ShareInterval:
    """
    Return the share in time over days with its two-sided interval; see ``share_bounds``.

    Parameters
    ----------
    arrivals, in_time
        Customers who came and who were called in time on each day, shape ``(n,)``.
    confidence
        Two-sided level.

    Raises
    ------
    ValueError
        If the confidence is not inside (0, 1), shapes differ or more are in time than came.
    """
    check_confidence(confidence)
    return share_bounds(arrivals, in_time, (1.0 - confidence) / 2.0)


def share_bounds(arrivals: ArrayLike, in_time: ArrayLike, error: float) -> ShareInterval:
    """
    Return the share in time with bounds of which each is wrong with about ``error`` at most.

    The share is a ratio of sums, and customers of one day are late together, so the day is the sample:
    its residuals give the variance (delta method, Student with ``days - 1``) and the skewness that a few
    bad days bring (Hall's transformation). That alone would call a lane certain where nobody was ever
    late. So the exact bounds of Clopper and Pearson are taken too, for a number of customers divided by
    the design effect (how much more the share varies over days than with independent customers, at
    least 1) and by the loss from estimating it (Korn and Graubard). The widest counts on each side.

    Parameters
    ----------
    arrivals, in_time
        Customers who came and who were called in time on each day, shape ``(n,)``.
    error
        Error probability of each side.

    Raises
    ------
    ValueError
        If shapes differ, or more are in time than came.

    References
    ----------
    W. G. Cochran, *Sampling Techniques* (1977), ch. 6; P. Hall, *On the removal of skewness by
    transformation*, J. R. Statist. Soc. B 54 (1992); E. L. Korn and B. I. Graubard, *Confidence
    intervals for proportions with small expected number of positive counts*, Survey Methodology 24 (1998).

    Examples
    --------
    >>> found = share_bounds([10, 12, 9, 11], [10, 12, 9, 11], error=0.025)
    >>> found.share, round(found.lower, 3), found.upper
    (1.0, 0.793, 1.0)
    """
    came, called = _counts(arrivals, in_time)
    days, total = len(came), float(came.sum())
    if total == 0 or days < 2:
        share = float(called.sum()) / total if total else math.nan
        return ShareInterval(share, 0.0, 1.0, days, int(total))
    share = float(called.sum()) / total
    residual = called - share * came
    variance = days / (days - 1.0) * float(residual @ residual) / total**2
    student = float(stdtrit(days - 1, 1.0 - error))
    independent = share * (1.0 - share) / total
    effect = max(variance / independent, 1.0) if independent > 0 else 1.0
    normal = float(stdtrit(1e9, 1.0 - error))
    worth = total / effect * (normal / student) ** 2
    exact_lower, exact_upper = exact_share_bounds(share * worth, worth, error)
    skew = _skewness(residual) / math.sqrt(days)
    spread = math.sqrt(variance)
    lower = max(min(share - spread * max(_unskewed(student, skew), student), exact_lower), 0.0)
    upper = min(max(share - spread * min(_unskewed(-student, skew), -student), exact_upper), 1.0)
    return ShareInterval(share, lower, upper, days, int(total))


def _skewness(residual: NDArray[np.float64]) -> float:
    """Return the skewness of samples whose mean is 0; 0 where they are too few or all alike."""
    n = len(residual)
    spread = math.sqrt(float(residual @ residual) / (n - 1.0))
    if n < 3 or spread == 0:
        return 0.0
    return n / ((n - 1.0) * (n - 2.0)) * float(((residual / spread) ** 3).sum())


def _unskewed(quantile: float, skew: float) -> float:
    """Return the quantile of the studentised mean of samples with this ``skewness / sqrt(n)`` (Hall 1992)."""
    if abs(skew) < 1e-9:
        return quantile
    return 3.0 / skew * (math.cbrt(1.0 + skew * (quantile - skew / 6.0)) - 1.0)


def _counts(arrivals: ArrayLike, in_time: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both counts as floats after checking them."""
    came, called = np.asarray(arrivals, dtype=float), np.asarray(in_time, dtype=float)
    if came.shape != called.shape or came.ndim != 1:
        raise ValueError(f"share: arrivals {came.shape} and in time {called.shape} need one shape (days,)")
    if np.any(called > came) or np.any(called < 0):
        raise ValueError("share: a day with more customers in time than came, or fewer than none")
    return came, called
