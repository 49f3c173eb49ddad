"""Distributions of minutes, as the sampler takes them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from netsim.simulation.samplers import LawKind, lognormal_parameters


@dataclass(frozen=True, slots=True)
class Law:
    """
    A distribution of minutes, as the sampler takes it; made by the functions below.

    Parameters
    ----------
    kind
        Which one.
    first, second
        Its parameters, see ``samplers.variate``.
    """

    kind: LawKind
    first: float = 0.0
    second: float = 0.0

    @property
    def mean(self) -> float:
        """Mean in minutes."""
        if self.kind == LawKind.LOGNORMAL:
            return self.first * math.exp(self.second**2 / 2.0)
        if self.kind == LawKind.WEIBULL:
            return self.first * math.gamma(1.0 + 1.0 / self.second)
        if self.kind == LawKind.GAMMA:
            return self.first * self.second
        return math.inf if self.kind == LawKind.NEVER else self.first

    @property
    def cv(self) -> float:
        """Coefficient of variation; NaN for ``NEVER``."""
        if self.kind == LawKind.LOGNORMAL:
            return math.sqrt(math.expm1(self.second**2))
        if self.kind == LawKind.WEIBULL:
            once, twice = (math.gamma(1.0 + power / self.second) for power in (1.0, 2.0))
            return math.sqrt(twice / once**2 - 1.0)
        if self.kind == LawKind.GAMMA:
            return 1.0 / math.sqrt(self.second)
        return {LawKind.FIXED: 0.0, LawKind.EXPONENTIAL: 1.0}.get(self.kind, math.nan)


NEVER = Law(LawKind.NEVER)
"""The patience of those who never leave."""
NO_DELAY = Law(LawKind.FIXED, 0.0)
"""At once."""


def fixed(minutes: float) -> Law:
    """Return the law of a constant."""
    return Law(LawKind.FIXED, minutes)


def exponential_law(mean: float) -> Law:
    """Return the exponential law; ``NEVER`` for a mean of ``inf``."""
    return NEVER if math.isinf(mean) else Law(LawKind.EXPONENTIAL, mean)


def lognormal_law(mean: float, cv: float) -> Law:
    """
    Return the lognormal law with this mean and coefficient of variation.

    Parameters
    ----------
    mean
        In minutes, positive.
    cv
        Non-negative; 0 makes every draw equal to the mean.

    Raises
    ------
    ValueError
        If the mean is not positive or the coefficient negative.
    """
    return Law(LawKind.LOGNORMAL, *lognormal_parameters(mean, cv))


def weibull_law(mean: float, shape: float) -> Law:
    """
    Return the Weibull law with this mean.

    Parameters
    ----------
    mean
        In minutes, positive.
    shape
        Positive; 1 is exponential.
    """
    return Law(LawKind.WEIBULL, mean / math.gamma(1.0 + 1.0 / shape), shape)


def gamma_law(mean: float, cv: float) -> Law:
    """
    Return the gamma law with this mean and coefficient of variation.

    Parameters
    ----------
    mean
        In minutes, positive.
    cv
        Positive; 1 is exponential.
    """
    return Law(LawKind.GAMMA, mean * cv * cv, 1.0 / (cv * cv))


def weibull_shape(cv: float) -> float:
    """
    Return the shape of the Weibull law with this coefficient of variation, by bisection.

    Parameters
    ----------
    cv
        Between 0.05 and 5.

    Raises
    ------
    ValueError
        If it lies outside.

    Examples
    --------
    >>> round(weibull_shape(1.0), 9)
    1.0
    """
    if not 0.05 <= cv <= 5.0:
        raise ValueError(f"weibull: the cv {cv:g} must lie between 0.05 and 5")
    low, high = 0.2, 30.0  # the cv falls with the shape
    for _ in range(200):
        middle = (low + high) / 2.0
        if weibull_law(1.0, middle).cv > cv:
            low = middle
        else:
            high = middle
    return high
