"""The outlets of the systems under test, and how long their days are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from netsim.model.service import Balking, Breakdowns, EndOfShift
from netsim.simulation.laws import NEVER, Law
from netsim.simulation.outlet import Change, CustomerClass, Node, OutletModel, Station

CUSTOMERS = 3000
"""Customers of a day who count, where the form is stationary."""
SETTLING = 10.0
"""Relaxation times that are left out at both ends of such a day: e**-10 of what the start does is left."""


class Day(NamedTuple):
    """Length of a day in minutes, and the minutes between which arrivals count."""

    minutes: float
    start: float
    end: float


def steady_day(rate: float, settling: float) -> Day:
    """
    Return a day of which some thousand customers count, all of them in a queue that has settled.

    Parameters
    ----------
    rate
        Customers per minute.
    settling
        Minutes left out at both ends.
    """
    end = settling + CUSTOMERS / rate
    return Day(end + settling, settling, end)


def settling(load: float, servers: int, service: float, cv: float = 1.0) -> float:
    """
    Return the minutes after which a queue has forgotten its start.

    The relaxation time of M/M/c is that of its servers, ``s``, or of its queue,
    ``s / (c (1 - sqrt(rho))**2)``, whichever is longer; a more variable service stretches the second.

    Parameters
    ----------
    load
        Offered load in erlangs, below the number of servers.
    servers
        Number of servers.
    service, cv
        Mean service minutes and their coefficient of variation.
    """
    queue = (1.0 + cv * cv) / 2.0 / (servers * (1.0 - math.sqrt(load / servers)) ** 2)
    return SETTLING * service * max(1.0, queue)


def station(
    servers: int,
    day: Day,
    *,
    balking: Balking | None = None,
    breakdowns: Breakdowns | None = None,
    crews: Sequence[tuple[float, int]] = (),
    rule: EndOfShift = "finish_and_close_queue",
) -> Station:
    """
    Return a station that is open all day; at its end everybody inside is still served.

    Parameters
    ----------
    servers
        Servers from the opening on.
    day
        The day.
    balking, breakdowns
        As in ``outlet.Station``.
    crews
        Minutes at which another crew takes over, and its servers.
    rule
        What happens at the end of a shift.
    """
    last = crews[-1][1] if crews else servers
    changes = (
        Change(0.0, servers, "opens"),
        *(Change(minute, number, "stays") for minute, number in crews),
        Change(day.minutes, last, "closes"),
    )
    most = max(change.servers for change in changes)
    return Station(most, ((0.0, day.minutes),), changes, rule, breakdowns=breakdowns, balking=balking)


def one_queue(place: Station, service: Law, patience: Law = NEVER) -> OutletModel:
    """Return an outlet of one station and one class."""
    return OutletModel((place,), (CustomerClass((Node(0, 0, service, patience),)),))
