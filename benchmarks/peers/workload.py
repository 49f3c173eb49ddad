"""
The workload ``reference_outlet``: one busy outlet on one day. Every peer takes its figures from here.

Terminals and counters, three classes of customers. A customer comes to a terminal or to the counter; some
of those who used a terminal go on to the counter. All times are minutes of the day.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

TERMINAL, COUNTER = 0, 1
"""Positions of the stations."""


@dataclass(frozen=True, slots=True)
class Station:
    """
    One station; tuples have one entry a class.

    Parameters
    ----------
    servers
        Most servers at any time.
    service_mean, service_cv
        Lognormal service time: means and the common coefficient of variation.
    patience_mean
        Means of the exponential patience.
    balk_at
        Length of the queue from which customers who come from outside may balk.
    """

    servers: int
    service_mean: tuple[float, float, float]
    service_cv: float
    patience_mean: tuple[float, float, float]
    balk_at: int


@dataclass(frozen=True, slots=True)
class Outlet:
    """
    One outlet on one day.

    Parameters
    ----------
    closes
        When the doors close; those inside are still served by the last staff.
    piece, rates
        Length of a piece of the day and arrivals per minute in each: a Poisson process.
    shares
        Shares of the classes. A lower class is served first, nobody's service is interrupted.
    terminal_first
        Share of each class that goes to a terminal first.
    fail_over
        Share of those that go on to the counter after the terminal service.
    balk
        Probability to balk when the queue is long.
    stations
        Terminals, counters.
    shift, staff
        Length of a counter shift and staff in each. A server who leaves finishes the customer in hand.
    mtbf
        Mean exponential time between failures of one terminal; the next that gets free goes down.
    repair_mean, repair_cv
        Lognormal time of a repair.
    """

    closes: float
    piece: float
    rates: tuple[float, ...]
    shares: tuple[float, float, float]
    terminal_first: tuple[float, float, float]
    fail_over: tuple[float, float, float]
    balk: float
    stations: tuple[Station, Station]
    shift: float
    staff: tuple[int, ...]
    mtbf: float
    repair_mean: float
    repair_cv: float


REFERENCE_OUTLET = Outlet(
    closes=600.0,
    piece=30.0,
    rates=(2.5, 3.5, 5, 6.5, 7.5, 7.5, 6.5, 5.5, 4.5, 4, 4, 4.5, 5.5, 6.5, 6.5, 6, 5, 4, 3, 2.5),
    shares=(0.1, 0.3, 0.6),
    terminal_first=(0.60, 0.80, 0.92),
    fail_over=(0.08, 0.05, 0.03),
    balk=0.5,
    stations=(
        Station(8, (1.8, 1.5, 1.4), 0.7, (15.0, 10.0, 8.0), 12),
        Station(5, (6.0, 4.5, 4.0), 0.9, (45.0, 25.0, 20.0), 15),
    ),
    shift=60.0,
    staff=(3, 4, 5, 5, 4, 3, 4, 5, 5, 4),
    mtbf=240.0,
    repair_mean=12.0,
    repair_cv=0.5,
)


@dataclass(frozen=True, slots=True)
class Totals:
    """
    What came out over all days.

    Parameters
    ----------
    customers
        Who came.
    served
        Whose last service was finished.
    abandoned, balked
        Who lost patience in a queue, who did not join one.
    waited
        Minutes waited at each station, by those who were called and those who abandoned.
    """

    customers: int
    served: int
    abandoned: int
    balked: int
    waited: tuple[float, float]


def lognormal_parameters(mean: float, cv: float) -> tuple[float, float]:
    """Return ``(median, sigma)`` of the lognormal law with this mean and coefficient of variation."""
    return mean / math.sqrt(1.0 + cv * cv), math.sqrt(math.log1p(cv * cv))
