"""Is a promise kept? Days are added until the answer is clear."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from netsim.statistics.intervals import share_bounds

ShareAnswer = Literal["kept", "missed", "undecided"]


@dataclass(frozen=True, slots=True)
class ShareVerdict:
    """
    What a test says after some days.

    Parameters
    ----------
    verdict
        ``kept`` (lower bound at or above the target), ``missed`` (upper bound below it) or ``undecided``.
    share, lower, upper
        Estimate and the bounds that the verdict was made from.
    days, arrivals
        Days and customers behind it.
    final
        Whether no further day is wanted: decided, out of days, or known within the indifference.
    """

    verdict: ShareAnswer
    share: float
    lower: float
    upper: float
    days: int
    arrivals: int
    final: bool

    @property
    def half_width(self) -> float:
        """Half the distance between the bounds."""
        return (self.upper - self.lower) / 2.0


@dataclass(frozen=True, slots=True)
class ShareTest:
    """
    A sequential test of a share in time against a target.

    The days at the looks are ``block``, 2, 4, 8, ... blocks and ``max_days``. The error is divided by
    the number of looks (Bonferroni), so that each of the two wrong verdicts has at most the probability
    ``error`` over all looks together, as far as the bounds of one look hold theirs.

    Parameters
    ----------
    target
        Promised share, in (0, 1].
    error
        Probability of a wrong verdict, in (0, 1).
    block
        Days of the first look, at least 2.
    max_days
        Most days.
    indifference
        An undecided test ends early once its half width is no more than this.

    Raises
    ------
    ValueError
        If a value is outside its range.

    Examples
    --------
    >>> ShareTest(target=0.9, error=0.05, block=20, max_days=320).looks
    (20, 40, 80, 160, 320)
    """

    target: float
    error: float
    block: int
    max_days: int
    indifference: float = 0.0

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not 0.0 < self.target <= 1.0 or not 0.0 < self.error < 1.0:
            raise ValueError(f"share test: target {self.target:g} and error {self.error:g} must lie between 0 and 1")
        if self.block < 2 or self.max_days < self.block:
            raise ValueError(f"share test: 2 <= block {self.block} <= max_days {self.max_days} is needed")

    @property
    def looks(self) -> tuple[int, ...]:
        """Days at each look."""
        doublings = math.ceil(math.log2(self.max_days / self.block)) if self.max_days > self.block else 0
        return (*(self.block << step for step in range(doublings)), self.max_days)

    def decide(self, arrivals: ArrayLike, in_time: ArrayLike) -> ShareVerdict:
        """
        Return the verdict of the look at these days.

        Parameters
        ----------
        arrivals, in_time
            Customers who came and who were called in time on each day, shape ``(days,)``.

        Raises
        ------
        ValueError
            If the counts contradict each other.
        """
        found = share_bounds(arrivals, in_time, self.error / len(self.looks))
        verdict: ShareAnswer = "undecided"
        if found.arrivals and found.lower >= self.target:
            verdict = "kept"
        elif found.arrivals and found.upper < self.target:
            verdict = "missed"
        near = found.half_width <= self.indifference
        final = verdict != "undecided" or found.days >= self.max_days or near
        return ShareVerdict(verdict, found.share, found.lower, found.upper, found.days, found.arrivals, final)

    def run(self, days: Callable[[int, int], tuple[ArrayLike, ArrayLike]]) -> ShareVerdict:
        """
        Return the verdict after as many days as it takes.

        Parameters
        ----------
        days
            ``days(first, last)`` returns ``(arrivals, in_time)`` of the days ``first <= day < last``.

        Examples
        --------
        >>> test = ShareTest(target=0.9, error=0.05, block=20, max_days=320)
        >>> test.run(lambda first, last: ([50] * (last - first), [50] * (last - first))).verdict
        'kept'
        """
        came, called = np.empty(0), np.empty(0)
        verdict = ShareVerdict("undecided", math.nan, 0.0, 1.0, 0, 0, final=False)
        for look in self.looks:
            more_came, more_called = days(len(came), look)
            came = np.concatenate([came, np.asarray(more_came, dtype=float)])
            called = np.concatenate([called, np.asarray(more_called, dtype=float)])
            verdict = self.decide(came, called)
            if verdict.final:
                break
        return verdict
