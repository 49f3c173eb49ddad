"""How long a service takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ServiceTimeLaw = Literal["lognormal", "gamma", "weibull", "exponential", "fixed"]


@dataclass(frozen=True, slots=True)
class ServiceTime:
    """
    Service time of one step in one lane.

    Parameters
    ----------
    mean
        Mean in minutes, positive.
    cv
        Coefficient of variation, non-negative (0 = deterministic); exponential and fixed times have their own.
    law
        Its distribution.
    """

    mean: float
    cv: float
    law: ServiceTimeLaw = "lognormal"
