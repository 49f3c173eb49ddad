"""Waits that ended by a call before patience did: the Kaplan-Meier curve, and laws by censored likelihood."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import digamma, gammaincinv, gammaln, stdtrit

from netsim.fit.day_counts import Array
from netsim.model.fit_arrivals import Estimate
from netsim.model.fit_laws import PatienceLaw

LEAST_FOR_SHAPE = 10
"""Leavers that a Weibull law needs; fewer tell a rate only."""
LARGEST = 700.0
"""Exponents above it overflow; what they stand in is then 0 anyway."""
LOG_SHAPES = (math.log(0.02), math.log(50.0))
"""Logarithms of the least and the largest shape that is looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Survival:
    """
    Kaplan-Meier curve.

    Parameters
    ----------
    at
        Minutes at which somebody left, increasing, shape ``(k,)``.
    share, lower, upper
        Share whose patience is longer, and its interval (Greenwood, on the log-log scale), shape ``(k,)``.
    """

    at: Array
    share: Array
    lower: Array
    upper: Array


def kaplan_meier(waits: Array, left: NDArray[np.bool_], confidence: float = 0.95) -> Survival:
    """
    Return the Kaplan-Meier curve of patience.

    Parameters
    ----------
    waits
        Minutes waited, shape ``(n,)``.
    left
        Whether the wait ended by leaving; else by a call, and patience was longer.
    confidence
        Two-sided level at each minute.

    References
    ----------
    E. L. Kaplan and P. Meier, *Nonparametric estimation from incomplete observations*, JASA 53 (1958).

    Examples
    --------
    >>> found = kaplan_meier(np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, False, True, False]))
    >>> found.at.tolist(), found.share.tolist()
    ([1.0, 3.0], [0.75, 0.375])
    """
    at, gone = np.unique(waits[left], return_counts=True)
    stayed = len(waits) - np.searchsorted(np.sort(waits), at, side="left")
    share: Array = np.cumprod(1.0 - gone / stayed, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(gone / (stayed * (stayed - gone)))
        logs = np.log(share)
        reach = float(stdtrit(1e9, 0.5 + confidence / 2.0)) * np.sqrt(greenwood) / np.abs(logs)
        lower, upper = share ** np.exp(reach), share ** np.exp(-reach)
    lower, upper = np.where(share > 0, lower, 0.0), np.where(share > 0, upper, 0.0)
    return Survival(at, share, np.nan_to_num(lower), np.nan_to_num(upper, nan=1.0))


def exponential_patience(waits: Array, left: NDArray[np.bool_], confidence: float = 0.95) -> PatienceLaw:
    """
    Return the exponential law of patience: minutes waited by all, over the number who left.

    Parameters
    ----------
    waits, left
        As in ``kaplan_meier``; at least one left.
    confidence
        Two-sided level.
    """
    events, minutes = int(left.sum()), float(waits.sum())
    mean = minutes / events
    error = (1.0 - confidence) / 2.0
    most, least = (float(gammaincinv(count, share)) for count, share in ((events + 1, 1.0 - error), (events, error)))
    likelihood = -events * math.log(mean) - events
    one = Estimate(1.0, 1.0, 1.0)
    return PatienceLaw(
        "exponential", Estimate(mean, minutes / most, minutes / least), one, likelihood,
        math.log(events) - 2.0 * likelihood,
    )  # fmt: skip


def weibull_patience(waits: Array, left: NDArray[np.bool_], confidence: float = 0.95) -> PatienceLaw | None:
    """
    Return the Weibull law of patience by censored likelihood, with intervals from the observed information.

    None where too few left, or all so much alike that no shape fits them.

    Parameters
    ----------
    waits, left
        As in ``kaplan_meier``.
    confidence
        Two-sided level.
    """
    events = int(left.sum())
    if events < LEAST_FOR_SHAPE:
        return None
    positive = waits > 0
    top = float(waits.max())
    logs = np.log(waits[positive] / top)
    own = np.log(waits[left & positive] / top)

    def gap(log_shape: float) -> float:
        shape = math.exp(log_shape)
        weight = np.exp(shape * logs)
        return float((weight * logs).sum() / weight.sum() - 1.0 / shape - own.mean())

    if gap(LOG_SHAPES[0]) >= 0 or gap(LOG_SHAPES[1]) <= 0:
        return None
    log_shape = brentq(gap, *LOG_SHAPES, xtol=1e-12)
    shape = math.exp(log_shape)
    scale = top * (float(np.exp(shape * logs).sum()) / events) ** (1.0 / shape)
    power = shape * (logs + math.log(top / scale))
    own_power = shape * (own + math.log(top / scale))
    hazard = np.exp(power)
    likelihood = float((math.log(shape) + own_power - np.log(waits[left & positive])).sum() - hazard.sum())
    both = shape * float((hazard * power).sum())
    curvature = float((hazard * power).sum() + (hazard * power**2).sum() - own_power.sum())
    information = np.array([[shape**2 * float(hazard.sum()), -both], [-both, curvature]])
    covariance = np.linalg.inv(information)
    slope = np.array([1.0, -float(digamma(1.0 + 1.0 / shape)) / shape])
    quantile = float(stdtrit(events, 0.5 + confidence / 2.0))
    mean = scale * math.exp(float(gammaln(1.0 + 1.0 / shape)))
    return PatienceLaw(
        "weibull",
        _around(mean, float(slope @ covariance @ slope), quantile),
        _around(shape, float(covariance[1, 1]), quantile),
        likelihood,
        2.0 * math.log(events) - 2.0 * likelihood,
    )


def _around(value: float, log_variance: float, quantile: float) -> Estimate:
    reach = math.exp(quantile * math.sqrt(max(log_variance, 0.0)))
    return Estimate(value, value / reach, value * reach)


def still_waiting(law: PatienceLaw, at: Array) -> Array:
    """
    Return the share whose patience is longer than some minutes.

    Parameters
    ----------
    law
        The law.
    at
        Minutes.
    """
    shape = law.shape.value
    scale = law.mean.value / math.gamma(1.0 + 1.0 / shape)
    share: Array = np.exp(-((at / scale) ** shape))
    return share


def mean_if_hidden(waits: Array, left: NDArray[np.bool_], hidden: Array) -> float:
    """
    Return the mean of an exponential patience if some had left unseen at an unknown time before they were called.

    Parameters
    ----------
    waits, left
        As in ``kaplan_meier``.
    hidden
        Minutes until the call of those who did not come to it.
    """
    events, minutes = float(left.sum()), float(waits.sum())
    some = hidden[hidden > 0]
    if events + len(some) == 0 or minutes + some.sum() == 0:
        return math.nan

    def slope(log_rate: float) -> float:
        load = np.exp(log_rate) * some
        return events - math.exp(log_rate) * minutes + float((load / np.expm1(np.minimum(load, LARGEST))).sum())

    highest = math.log((events + len(some)) / max(minutes, 1e-9)) + 1.0
    if slope(highest) > 0:
        return math.nan
    return math.exp(-brentq(slope, -30.0, highest, xtol=1e-12))
