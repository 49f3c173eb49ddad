"""Generalised cost of a visit: everything that people give for it, in minutes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from netsim.demand.choice.probabilities import Alternatives, Array

MINUTES_OF_AN_HOUR = 60.0


@dataclass(frozen=True, slots=True)
class CostWeights:
    """
    How people feel the parts of a visit, one record for each segment.

    Parameters
    ----------
    trips
        Ways of one visit: 2 = there and back, less for stops on another way; positive.
    wait
        Minutes of travel that a minute of waiting feels like.
    service
        Minutes of travel that a minute of service feels like.
    value_of_time
        Money that an hour is worth; None = unknown, and then no outlet may take a fee.
    reach
        Longest way that people accept, minutes one way; the limit itself is in reach.
    most
        Highest generalised cost that people accept, minutes. As waits count in it, an outlet on the limit is
        dropped at once when its queue grows: leave it at ``inf`` where waits and choice are brought to agree.

    Raises
    ------
    ValueError
        If a figure is out of its range.
    """

    trips: float = 1.0
    wait: float = 1.0
    service: float = 0.0
    value_of_time: float | None = None
    reach: float = math.inf
    most: float = math.inf

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not 0.0 < self.trips < math.inf:
            raise ValueError(f"cost weights: trips must be positive, got {self.trips}")
        for name, value in (("wait", self.wait), ("service", self.service)):
            if not 0.0 <= value < math.inf:
                raise ValueError(f"cost weights: {name} must be non-negative, got {value}")
        if self.value_of_time is not None and not self.value_of_time > 0.0:
            raise ValueError(f"cost weights: the value of time must be positive, got {self.value_of_time} per hour")
        for name, value in (("reach", self.reach), ("most", self.most)):
            if not value >= 0.0:
                raise ValueError(f"cost weights: {name} must be non-negative, got {value}")


def extra_cost(alternatives: Alternatives, weights: CostWeights) -> Array:
    """
    Return what a visit costs besides the way, in minutes, shape ``(tasks, sites)``; ``inf`` where it is not offered.

    Parameters
    ----------
    alternatives
        Outlets.
    weights
        How people feel waits, services and fees.

    Raises
    ------
    ValueError
        If an outlet takes a fee and the value of time is unknown.
    """
    extra = weights.service * alternatives.service
    if weights.wait > 0.0:  # 0 times an endless wait is no number
        extra = extra + weights.wait * alternatives.wait
    if alternatives.fee.any():
        if weights.value_of_time is None:
            largest = float(alternatives.fee.max())
            raise ValueError(f"outlets take fees (up to {largest:g}): give value_of_time, money per hour")
        extra = extra + alternatives.fee * (MINUTES_OF_AN_HOUR / weights.value_of_time)
    return np.where(alternatives.offers, extra, np.inf)


def generalised_cost(alternatives: Alternatives, weights: CostWeights, extra: Array) -> Array:
    """
    Return the cost of a visit for people of each zone: trips x way + what a visit costs besides.

    Parameters
    ----------
    alternatives
        Outlets.
    weights
        How people feel the way, and how far they go.
    extra
        One row of ``extra_cost``, minutes, shape ``(sites,)``.

    Returns
    -------
    ndarray
        Minutes, shape ``(zones, sites)``; ``inf`` where the task is not offered or out of reach.

    References
    ----------
    J. de D. Ortuzar, L. G. Willumsen, *Modelling Transport* (4th ed. 2011), section 5.4 (generalised cost).
    """
    cost = weights.trips * alternatives.minutes + extra
    return np.where((alternatives.minutes <= weights.reach) & (cost <= weights.most), cost, np.inf)
