"""What a simulation leaves behind: customers and the log of their visits."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Outcome(IntEnum):
    """How a visit, or one step of it, ended. Append only."""

    SERVED = 0
    ABANDONED = 1
    UNRESOLVED = 2
    SENT_AWAY = 3
    NO_OUTLET = 4
    CLOSED = 5
    GOES_ON = 6
    BALKED = 7
    RETURNS = 8
    NO_ROOM = 9
    NO_SHOW = 10
    HOME = 11


LEFT = (Outcome.ABANDONED, Outcome.SENT_AWAY, Outcome.BALKED, Outcome.NO_ROOM)
"""Outcomes of those who came to an open outlet and went without service."""


@dataclass(frozen=True, slots=True, eq=False)
class Customers:
    """
    Everybody who wishes a visit on some days; independent of any plan.

    All columns have the shape ``(n,)``; rows are sorted by (day type, replication, key).

    Parameters
    ----------
    replication, day_type
        Which day.
    zone, segment, task
        Positions on the study's axes.
    key
        Immutable number of the customer within the day: the same customer in every plan.
    wished
        Wished minute of the calendar day, in ``[0, 1440)``.
    choice, flexible, again
        Uniforms in ``[0, 1)``: which outlet (directed plans), whether the customer comes at another
        time when the outlet is closed, and at which.
    stream
        Words from which the customer's service, fail-over and patience uniforms are drawn, shape ``(n, 2)``.
    """

    replication: NDArray[np.int64]
    day_type: NDArray[np.int64]
    zone: NDArray[np.int64]
    segment: NDArray[np.int64]
    task: NDArray[np.int64]
    key: NDArray[np.int64]
    wished: NDArray[np.float64]
    choice: NDArray[np.float64]
    flexible: NDArray[np.float64]
    again: NDArray[np.float64]
    stream: NDArray[np.uint64]

    def __len__(self) -> int:
        """Number of customers."""
        return len(self.key)


@dataclass(frozen=True, slots=True, eq=False)
class VisitLog:
    """
    One row for each step of each customer at a lane, in order of (day type, replication, site, arrive).

    All columns have the shape ``(n,)``. A customer who never reached an outlet has one row with
    ``lane = -1`` (outcome ``NO_OUTLET``, ``CLOSED``, ``NO_SHOW`` or ``HOME``; ``site = -1`` for ``NO_OUTLET``).

    Parameters
    ----------
    visit
        Customer's ``key``.
    replication, day_type, zone, segment, task, site, step
        Positions on the study's axes.
    lane
        0 terminal, 1 counter, -1 none.
    server
        Server that gave the service, -1 if none.
    arrive, call, end
        Minutes of the service day: joined the queue, called to a server (NaN if never), left.
    work
        Minutes of service; less than from call to end where it was interrupted.
    outcome
        ``Outcome`` of this row: ``GOES_ON`` when another row of the same visit follows (next step, or
        fail-over to the counter).
    booked
        Whether the customer had an appointment; nobody if it is not given.
    """

    visit: NDArray[np.int64]
    replication: NDArray[np.int64]
    day_type: NDArray[np.int64]
    zone: NDArray[np.int64]
    segment: NDArray[np.int64]
    task: NDArray[np.int64]
    site: NDArray[np.int64]
    step: NDArray[np.int64]
    lane: NDArray[np.int64]
    server: NDArray[np.int64]
    arrive: NDArray[np.float64]
    call: NDArray[np.float64]
    end: NDArray[np.float64]
    work: NDArray[np.float64]
    outcome: NDArray[np.int64]
    booked: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))

    def __post_init__(self) -> None:
        """Say of everybody that they had no appointment where nothing is told."""
        if len(self.booked) != len(self.visit):
            object.__setattr__(self, "booked", np.zeros(len(self.visit), dtype=bool))

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.visit)

    @property
    def wait(self) -> NDArray[np.float64]:
        """Minutes in the queue, shape ``(n,)``: until called, or until the customer left."""
        waited: NDArray[np.float64] = np.where(np.isnan(self.call), self.end, self.call) - self.arrive
        return waited

    def take(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> VisitLog:
        """Return the chosen rows."""
        return VisitLog(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def join_logs(logs: list[VisitLog]) -> VisitLog:
    """Return the rows of several logs one after the other; at least one log."""
    return VisitLog(
        **{field.name: np.concatenate([getattr(log, field.name) for log in logs]) for field in fields(VisitLog)}
    )
