"""How figures are observed: two sums a day whose totals make a ratio."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from netsim.model.visits import Outcome
from netsim.simulation.selfcheck.catalogue import Column, Measure, Seen

Value = Callable[[Seen], Column | NDArray[np.bool_]]
"""A figure of each row."""


def per_arrival(value: Value, *, at: int | None = None, kind: int | None = None) -> Measure:
    """
    Return the mean of a figure over the rows that count.

    Parameters
    ----------
    value
        The figure.
    at
        Station; None for all.
    kind
        Class of the customer; None for all.
    """

    def measure(seen: Seen) -> tuple[Column, Column]:
        rows = seen.counted
        if at is not None:
            rows = rows & (seen.rows["station"] == at)
        if kind is not None:
            rows = rows & (seen.arrivals.comers["kind"][seen.rows["visit"]] == kind)
        values = value(seen)
        return seen.by_day(values, rows), seen.by_day(np.ones(len(rows)), rows)

    return measure


def wait(seen: Seen) -> Column:
    """Return the minutes in the queue."""
    return seen.wait


def longer_than(minutes: float) -> Value:
    """Return whether a row waited longer than some minutes."""
    return lambda seen: seen.wait > minutes


def called_within(minutes: float) -> Value:
    """Return whether a row was called within some minutes; who left was not."""
    return lambda seen: seen.called & (seen.wait <= minutes)


def ended(outcome: Outcome) -> Value:
    """Return whether a row ended that way."""
    return lambda seen: seen.rows["outcome"] == outcome


def sojourn(kind: int | None = None) -> Measure:
    """Return the minutes from coming in to going home, of one class or all, over those who came when it counts."""

    def measure(seen: Seen) -> tuple[Column, Column]:
        comers = seen.arrivals.comers[seen.rows["visit"]]
        came = comers["minute"]
        last = (seen.rows["outcome"] == Outcome.SERVED) & (came >= seen.start) & (came < seen.end)
        if kind is not None:
            last &= comers["kind"] == kind
        return seen.by_day(seen.rows["end"] - came, last), seen.by_day(np.ones(len(last)), last)

    return measure


def visits(at: int) -> Measure:
    """Return how often a customer is served at a station, by rows and customers of the minutes that count."""

    def measure(seen: Seen) -> tuple[Column, Column]:
        minute = seen.arrivals.comers["minute"]
        inside = (minute >= seen.start) & (minute < seen.end)
        day = np.repeat(np.arange(seen.arrivals.days), np.diff(seen.arrivals.first))
        customers = np.bincount(day[inside], minlength=seen.arrivals.days).astype(float)
        ones = np.ones(len(seen.rows))
        return seen.by_day(ones, inside[seen.rows["visit"]] & (seen.rows["station"] == at)), customers

    return measure


def mean_inside(*, at: int = 0, between: tuple[float, float] | None = None) -> Measure:
    """Return the time average of the customers at a station, those in service included."""
    return _time_average(lambda seen: (seen.rows["arrive"], seen.rows["end"]), at, between)


def mean_queue(*, at: int = 0, between: tuple[float, float] | None = None) -> Measure:
    """Return the time average of the customers who wait at a station."""
    return _time_average(lambda seen: (seen.rows["arrive"], seen.leaves), at, between)


def mean_busy(*, at: int = 0, between: tuple[float, float] | None = None) -> Measure:
    """Return the time average of the busy servers of a station."""
    return _time_average(lambda seen: (seen.leaves, seen.rows["end"]), at, between)


def _time_average(
    span: Callable[[Seen], tuple[Column, Column]], station: int, between: tuple[float, float] | None
) -> Measure:
    """Return the mean number of spells under way; who was never called has an empty one in service."""

    def measure(seen: Seen) -> tuple[Column, Column]:
        start, end = between or (seen.start, seen.end)
        first, last = span(seen)
        minutes = np.clip(np.minimum(last, end) - np.maximum(first, start), 0.0, None)
        here = seen.rows["station"] == station
        return seen.by_day(minutes, here), np.full(seen.arrivals.days, end - start)

    return measure


def busy_at(moment: float) -> Measure:
    """Return the servers that are busy at a minute of the day."""

    def measure(seen: Seen) -> tuple[Column, Column]:
        busy = seen.called & (seen.leaves <= moment) & (seen.rows["end"] > moment)
        return seen.by_day(np.ones(len(busy)), busy), np.ones(seen.arrivals.days)

    return measure


def number_of(outcome: Outcome, between: tuple[float, float]) -> Measure:
    """Return how many rows of a day end that way between two minutes."""

    def measure(seen: Seen) -> tuple[Column, Column]:
        end = seen.rows["end"]
        rows = (seen.rows["outcome"] == outcome) & (end >= between[0]) & (end < between[1])
        return seen.by_day(np.ones(len(rows)), rows), np.ones(seen.arrivals.days)

    return measure
