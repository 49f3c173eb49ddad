"""Arrivals that a fit found: estimates with intervals, days, weekdays, tasks; and what looks at a hall tell."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
DayRole = Literal["fit", "held_out", "missing", "holiday"]


def freeze(record: object) -> None:
    """Write-protect the arrays of a record."""
    for field in fields(record):  # type: ignore[arg-type]
        value = getattr(record, field.name)
        if isinstance(value, np.ndarray):
            value.flags.writeable = False


@dataclass(frozen=True, slots=True)
class Estimate:
    """
    A figure with the ends of its interval, which need not be symmetric.

    Parameters
    ----------
    value
        Estimate; NaN where there is none.
    lower, upper
        Ends; infinite where nothing bounds it.
    """

    value: float
    lower: float
    upper: float

    def holds(self, truth: float) -> bool:
        """Whether a value lies inside the interval."""
        return self.lower <= truth <= self.upper


@dataclass(frozen=True, slots=True)
class Day:
    """
    One day of the calendar between the first and the last of a log.

    Parameters
    ----------
    date
        The service day.
    role
        ``fit``, ``held_out``, ``missing`` (no event on a weekday that has some) or ``holiday`` (named so).
    observed
        Arrivals; NaN where there are none.
    expected, lower, upper
        Arrivals that the fit expects and where 95 % of such days lie; NaN for holidays.
    unusual
        Whether the day lies far outside (a day of the fit): a holiday that nobody named, or a log that broke off.
    """

    date: dt.date
    role: DayRole
    observed: float
    expected: float
    lower: float
    upper: float
    unusual: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ArrivalFit:
    """
    Arrivals by weekday and half-hour.

    Parameters
    ----------
    day_count
        Days of each weekday that were fitted, shape ``(7,)``.
    counts, hours
        Arrivals and observed hours of each weekday and half-hour from 00:00, shape ``(7, 48)``.
    per_hour
        Arrivals an hour, NaN for weekdays without days, shape ``(7, 48)``.
    poisson_lower, poisson_upper
        Ends of the interval if arrivals were Poisson with the same rate on every such day, shape ``(7, 48)``.
    lower, upper
        Ends of the interval that also knows that days differ, shape ``(7, 48)``.
    day_cv
        Coefficient of variation of the factor that a whole day's arrivals are multiplied with.
    dispersion
        Variance of a day's arrivals over the mean: 1 for a Poisson process.
    by_weekday
        Arrivals a day by weekday; NaN without days.
    per_day
        Arrivals a day, mean over the weekdays that are open.
    """

    day_count: NDArray[np.int64]
    counts: Array
    hours: Array
    per_hour: Array
    poisson_lower: Array
    poisson_upper: Array
    lower: Array
    upper: Array
    day_cv: Estimate
    dispersion: float
    by_weekday: tuple[Estimate, ...]
    per_day: Estimate

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class TaskDemand:
    """
    How much of the demand is one task, and when it comes.

    Parameters
    ----------
    task
        The task.
    arrivals
        Arrivals of the fitted days.
    share
        Share of all arrivals.
    shares
        Share of a week's arrivals by half-hour from 00:00, shape ``(48,)``; sums to 1.
    pooled
        Whether the shares are those of all tasks, because the task itself has too few arrivals.
    """

    task: str
    arrivals: int
    share: Estimate
    shares: Array
    pooled: bool

    def __post_init__(self) -> None:
        """Freeze the array."""
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class WaitFit:
    """
    Waits as observed, for comparison with a simulation.

    Parameters
    ----------
    mean, p90
        Mean with its interval over days, and 90th percentile, in minutes.
    by_slot, count
        Mean wait by half-hour of arrival (NaN without arrivals) and number of waits, shape ``(48,)``.
    """

    mean: Estimate
    p90: float
    by_slot: Array
    count: Array

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class SnapshotFit:
    """
    What looks at a hall tell besides arrivals; arrays by half-hour from 00:00, shape ``(48,)``.

    Parameters
    ----------
    queue
        The queue.
    looks
        Number of looks.
    every
        Median minutes between two looks.
    waiting, open, calls
        Mean people waiting, open counters (NaN if not told) and calls an hour.
    busy_minutes, busy_calls
        Counter minutes in which people waited all the time, and the calls in them.
    service
        Mean minutes of a counter for each call while people waited; NaN where counters are not told.
    least, most
        Bounds: without the assumption that all open counters served; with all open time counted.
    wait
        Mean wait by Little's law, if nobody leaves.
    left_at_least
        Least number of people who must have gone without being called.
    """

    queue: str
    looks: int
    every: float
    waiting: Array
    open: Array
    calls: Array
    busy_minutes: float
    busy_calls: float
    service: Estimate
    least: float
    most: float
    wait: Estimate
    left_at_least: float

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)
