"""How many days are enough? Days are added until named measures are known well enough."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from netsim.model.precision import GoalReached, Measurement, PrecisionGoal
from netsim.statistics.intervals import mean_interval

GROWTH = 1.5
"""Days of a look over days of the look before it."""


@dataclass(frozen=True, slots=True)
class StoppingRule:
    """
    Add days until every interval is narrow enough, or days run out.

    The goals are looked at after ``min_days`` and whenever the days have grown by half. A rule that stops
    at the first narrow interval favours samples that happen to vary little, so that the intervals hold a
    little less often than they say; few looks and a minimum of days keep that small.

    Parameters
    ----------
    goals
        At least one.
    min_days, max_days
        Days of the first and of the last look, at least 2.
    confidence
        Two-sided level of the intervals.
    block
        Looks are put off to multiples of this number of days.

    Raises
    ------
    ValueError
        If there is no goal, or the numbers of days are out of order.

    References
    ----------
    Y. S. Chow and H. Robbins, *On the asymptotic theory of fixed-width sequential confidence intervals for
    the mean*, Ann. Math. Statist. 36 (1965); A. M. Law, *Simulation Modeling and Analysis* (2015), sec. 9.4.1.

    Examples
    --------
    >>> rule = StoppingRule((PrecisionGoal("wait_mean", half_width=0.1),), min_days=20, max_days=100)
    >>> rule.looks
    (20, 30, 45, 68, 100)
    """

    goals: tuple[PrecisionGoal, ...]
    min_days: int
    max_days: int
    confidence: float = 0.95
    block: int = 1

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not self.goals:
            raise ValueError("stopping rule: name at least one measure")
        if not 2 <= self.min_days <= self.max_days or self.block < 1:
            raise ValueError(
                f"stopping rule: 2 <= min_days {self.min_days} <= max_days {self.max_days} and a block >= 1 are needed"
            )

    @property
    def looks(self) -> tuple[int, ...]:
        """Days at each look."""
        found: list[int] = []
        days = self.min_days
        while not found or found[-1] < self.max_days:
            found.append(min(math.ceil(days / self.block) * self.block, self.max_days))
            days = math.ceil(GROWTH * found[-1])
        return tuple(found)

    def decide(self, values: Mapping[str, ArrayLike]) -> tuple[GoalReached, ...]:
        """
        Return what is known of each goal.

        Parameters
        ----------
        values
            Measure -> its value on each day, shape ``(days,)``.
        """
        found = []
        for goal in self.goals:
            interval = mean_interval(values[goal.measure], self.confidence)
            wanted = goal.wanted(interval.mean)
            reached = interval.half_width <= wanted
            found.append(GoalReached(goal.measure, interval.mean, interval.half_width, wanted, goal.relative, reached))
        return tuple(found)

    def run(self, measure: Callable[[int, int], Mapping[str, ArrayLike]]) -> Measurement:
        """
        Return how many days it took.

        Parameters
        ----------
        measure
            ``measure(first, last)`` returns the values of the goals' measures on the days
            ``first <= day < last``, shape ``(last - first,)``.

        Examples
        --------
        >>> rule = StoppingRule((PrecisionGoal("wait_mean", half_width=0.1),), min_days=20, max_days=100)
        >>> rule.run(lambda first, last: {"wait_mean": [day % 2 for day in range(first, last)]}).days
        100
        """
        values: dict[str, NDArray[np.float64]] = {goal.measure: np.empty(0) for goal in self.goals}
        found: tuple[GoalReached, ...] = ()
        looks: list[int] = []
        for days in self.looks:
            more = measure(looks[-1] if looks else 0, days)
            values = {name: np.concatenate([old, np.asarray(more[name], float)]) for name, old in values.items()}
            looks.append(days)
            found = self.decide(values)
            if all(goal.reached for goal in found):
                break
        return Measurement(looks[-1], tuple(looks), found, max(found, key=_strain).measure)


def _strain(goal: GoalReached) -> float:
    """Return the half width over the one that was asked for; 0 where there is nothing to narrow."""
    if goal.half_width == 0:
        return 0.0
    return goal.half_width / goal.wanted if goal.wanted > 0 else math.inf
