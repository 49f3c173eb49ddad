"""Arrivals of each day by half-hour, and the calendar around them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.model.calendar import DAY_SLOTS, SLOT_MINUTES
from netsim.model.ticket_log import TicketLog

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class DayCounts:
    """
    Arrivals of some days.

    Parameters
    ----------
    dates
        The days, in order.
    counts
        Arrivals by half-hour from 00:00, shape ``(days, 48)``; parts of customers where looks are hours apart.
    hours
        Hours observed, shape ``(days, 48)``.
    """

    dates: tuple[dt.date, ...]
    counts: Array
    hours: Array

    def __len__(self) -> int:
        """Number of days."""
        return len(self.dates)

    @property
    def weekday(self) -> NDArray[np.int64]:
        """Weekday of each day, 0 for Monday."""
        return np.array([date.weekday() for date in self.dates], dtype=np.int64)

    @property
    def totals(self) -> Array:
        """Arrivals of each day."""
        total: Array = self.counts.sum(axis=1)
        return total

    def take(self, days: NDArray[np.bool_]) -> DayCounts:
        """Return the chosen days."""
        dates = tuple(date for date, is_chosen in zip(self.dates, days, strict=True) if is_chosen)
        return DayCounts(dates, self.counts[days], self.hours[days])


def slot_of(minute: Array) -> NDArray[np.int64]:
    """Return the half-hour of the clock of each minute of the service day."""
    return (minute // SLOT_MINUTES).astype(np.int64) % DAY_SLOTS


def count_arrivals(log: TicketLog) -> DayCounts:
    """Return the arrivals of every day of a log of tickets."""
    legs = log.legs
    counts = np.zeros((len(log.days), DAY_SLOTS))
    np.add.at(counts, (legs.day[legs.first], slot_of(legs.arrive[legs.first])), 1.0)
    hours = np.stack([log.open_hours[day.weekday()] for day in log.days])
    return DayCounts(log.days, counts, np.where(counts > 0, np.maximum(hours, 1.0 / 60.0), hours))


def with_empty_days(counts: DayCounts, empty: Sequence[dt.date], open_hours: Array) -> DayCounts:
    """
    Return the days together with days on which nobody came.

    Parameters
    ----------
    counts
        The days with arrivals.
    empty
        The days without.
    open_hours
        Hours open by weekday and half-hour, shape ``(7, 48)``.
    """
    dates = sorted({*counts.dates, *empty})
    place = {date: position for position, date in enumerate(dates)}
    rows = np.zeros((len(dates), DAY_SLOTS))
    hours = np.stack([open_hours[date.weekday()] for date in dates])
    own = [place[date] for date in counts.dates]
    rows[own], hours[own] = counts.counts, counts.hours
    return DayCounts(tuple(dates), rows, hours)


def empty_days(dates: Sequence[dt.date], holidays: Collection[dt.date]) -> list[dt.date]:
    """
    Return the days without events between the first and the last, on weekdays that have events otherwise.

    Parameters
    ----------
    dates
        Days with events, in order.
    holidays
        Days that are like no weekday.

    Examples
    --------
    >>> days = [dt.date(2024, 3, day) for day in (4, 5, 6, 11, 13)]
    >>> [day.isoformat() for day in empty_days(days, ())]
    ['2024-03-12']
    """
    known = set(dates)
    weekdays = {date.weekday() for date in dates}
    span = (dates[-1] - dates[0]).days
    between = (dates[0] + dt.timedelta(days=step) for step in range(span + 1))
    return [day for day in between if day not in known and day not in holidays and day.weekday() in weekdays]
