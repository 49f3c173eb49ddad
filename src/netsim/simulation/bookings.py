"""Appointments: who books, which place they get, who does not show up, and who comes late."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netsim.jit import at, compiled
from netsim.model.calendar import DAY_MINUTES, OpeningHours
from netsim.model.study import Study
from netsim.model.visiting import Appointments
from netsim.model.visits import Customers
from netsim.simulation.kernel.tables import Integers, Numbers
from netsim.simulation.streams import Stream, philox, uniforms


@dataclass(frozen=True, slots=True, eq=False)
class Wishes:
    """
    Who would book, whatever the plan; all columns have the shape ``(n,)`` of the customers.

    Parameters
    ----------
    books
        Whether the customer asks for an appointment.
    shows_up
        Whether the customer would come to it.
    late
        Minutes after the booked minute at which the customer would come, 0 for those who are in time.
    """

    books: NDArray[np.bool_]
    shows_up: NDArray[np.bool_]
    late: NDArray[np.float64]


def wishes_of(study: Study, customers: Customers) -> Wishes:
    """Return who would book, not show up and come late: the same customers in every plan."""
    count = len(customers)
    found = Wishes(np.zeros(count, dtype=bool), np.ones(count, dtype=bool), np.zeros(count))
    for index, task in enumerate(study.tasks):
        offer = task.appointments
        if offer is None:
            continue
        rows = np.flatnonzero(customers.task == index)
        draws = uniforms(philox(customers.stream[rows], (0, 0, 0, int(Stream.BOOKING))))
        found.books[rows] = draws[:, 0] < offer.share
        found.shows_up[rows] = draws[:, 1] >= offer.no_show
        found.late[rows] = [_late(offer, uniform) for uniform in draws[:, 2].tolist()]
    return found


def _late(offer: Appointments, uniform: float) -> float:
    """Return how late a customer comes: not at all, or exponentially."""
    if uniform >= offer.late_share:
        return 0.0
    return -offer.late_mean * math.log1p(-uniform / offer.late_share)


def places_of(hours: OpeningHours, every: float) -> NDArray[np.float64]:
    """
    Return the minutes for which an outlet takes appointments, in order.

    Parameters
    ----------
    hours
        Opening hours; every appointment ends before its window closes.
    every
        Minutes from one appointment to the next.
    """
    starts = [
        opening + number * every
        for opening, closing in hours.windows
        for number in range(int((closing - opening) // every + 1e-9))
    ]
    return np.array(starts, dtype=np.float64)


def booked_minutes(
    wished: NDArray[np.float64], diary: NDArray[np.int64], starts: NDArray[np.float64], places: int
) -> NDArray[np.float64]:
    """
    Return the minute that each customer is given, NaN for those who find no place.

    Customers are served in the order given and take the free place nearest to their wish, the earlier of two at
    the same distance.

    Parameters
    ----------
    wished
        Wished minute of the calendar day, shape ``(n,)``.
    diary
        Number of the diary in which each customer books, from 0, shape ``(n,)``.
    starts
        Minutes for which appointments are taken.
    places
        Appointments at the same minute.
    """
    found = np.full(len(wished), np.nan)
    if len(starts) and len(wished):
        taken = np.zeros((int(diary.max()) + 1) * len(starts), dtype=np.int64)
        _book(wished, diary, starts, places, taken, found)
    return found


@compiled
def _book(wished: Numbers, diary: Integers, starts: Numbers, places: int, taken: Integers, found: Numbers) -> None:
    """Write the booked minutes."""
    size = len(starts)
    for number in range(len(wished)):
        best, nearest = -1, math.inf
        for place in range(size):
            if taken[at(diary[at(number)] * size + place)] < places:
                away: Any = abs(starts[at(place)] - wished[at(number)])
                if starts[at(place)] >= DAY_MINUTES:  # the small hours belong to the day before
                    after_midnight: Any = abs(starts[at(place)] - DAY_MINUTES - wished[at(number)])
                    away = min(away, after_midnight)
                if away < nearest:
                    best, nearest = place, away
        if best >= 0:
            taken[at(diary[at(number)] * size + best)] += 1
            found[at(number)] = starts[at(best)]
