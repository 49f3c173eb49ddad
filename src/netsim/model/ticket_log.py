"""A log after cleaning: legs of tickets, looks at the hall, and an account of every row."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Reason = Literal[
    "ragged_row",
    "no_ticket",
    "no_event",
    "not_chosen",
    "unknown_event",
    "unreadable_time",
    "unreadable_number",
    "unknown_task",
    "unknown_resource",
    "duplicate_event",
    "missing_arrive",
    "call_before_arrive",
    "end_before_call",
    "end_without_call",
    "out_of_order",
    "outside_hours",
    "too_long_wait",
    "too_long_service",
    "number_went_back",
]
"""Why a row is not used. Append only."""
REASONS: tuple[Reason, ...] = get_args(Reason)
USED = 0
"""Status of a row or event that is used; any other is the position of its reason plus one."""


def status(reason: Reason) -> int:
    """Return the status code of a reason."""
    return REASONS.index(reason) + 1


class Fate(IntEnum):
    """How a leg of a ticket ended. Append only."""

    SERVED = 0
    LEFT = 1
    NO_SHOW = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Discard:
    """
    Rows set aside for one reason.

    Parameters
    ----------
    reason
        Why.
    rows
        How many.
    lines
        Lines of the first of them in the file.
    """

    reason: Reason
    rows: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """
    What became of every row: ``read`` is ``used`` and all discards together.

    Parameters
    ----------
    unit
        What is counted: ``rows`` of the file, or ``events`` (cells of a row a ticket).
    read, used
        Numbers of rows or events.
    discards
        The rest by reason, the most frequent first.
    """

    unit: Literal["rows", "events"]
    read: int
    used: int
    discards: tuple[Discard, ...]

    @property
    def discarded(self) -> int:
        """Rows or events that are not used."""
        return sum(item.rows for item in self.discards)


@dataclass(frozen=True, slots=True, eq=False)
class LogSource:
    """
    Where a log came from and what was read of it.

    Parameters
    ----------
    name, sha256
        Name of the file without folders, and the hash of its content.
    encoding
        Of a text file, else empty.
    form
        As in the map file.
    zone
        Time zone of the outlet, empty if it was not told.
    personal
        Columns that look personal or were named so: dropped, none of their values kept.
    ignored
        Other columns that nobody asked for.
    accounts
        Rows, and for tickets their events too.
    resolution
        Minutes between times that the log can tell apart.
    """

    name: str
    sha256: str
    encoding: str
    form: str
    zone: str
    personal: tuple[str, ...]
    ignored: tuple[str, ...]
    accounts: tuple[Account, ...]
    resolution: float


@dataclass(frozen=True, slots=True, eq=False)
class Legs:
    """
    One row for each time that a ticket waited in a queue, in order of (day, arrive); all of the shape ``(n,)``.

    Parameters
    ----------
    visit
        Number of the visit; a visit that was passed on has several legs.
    first
        Whether it is the visit's first leg: an arrival from the street.
    day
        Service day, as a position in ``TicketLog.days``.
    task
        Position in ``TicketLog.tasks``.
    lane
        0 terminal, 1 counter.
    server
        Number of the resource, -1 if it is not known.
    arrive, call, end
        Minutes of the service day; NaN if never or not known.
    fate
        A ``Fate``.
    goes_on
        Whether another leg of the visit follows.
    """

    visit: NDArray[np.int64]
    first: NDArray[np.bool_]
    day: NDArray[np.int64]
    task: NDArray[np.int64]
    lane: NDArray[np.int64]
    server: NDArray[np.int64]
    arrive: NDArray[np.float64]
    call: NDArray[np.float64]
    end: NDArray[np.float64]
    fate: NDArray[np.int64]
    goes_on: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for field in fields(self):
            getattr(self, field.name).flags.writeable = False

    def __len__(self) -> int:
        """Number of legs."""
        return len(self.visit)

    @property
    def wait(self) -> NDArray[np.float64]:
        """Minutes until called, or until leaving; NaN where the end of the wait is not known."""
        waited: NDArray[np.float64] = np.where(self.fate == Fate.LEFT, self.end, self.call) - self.arrive
        return waited

    @property
    def service(self) -> NDArray[np.float64]:
        """Minutes of service of those who were served; NaN for all others."""
        spent: NDArray[np.float64] = np.where(self.fate == Fate.SERVED, self.end - self.call, np.nan)
        return spent

    def take(self, rows: NDArray[np.bool_]) -> Legs:
        """Return the chosen rows."""
        return Legs(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


@dataclass(frozen=True, slots=True, eq=False)
class TicketLog:
    """
    A log of tickets after cleaning.

    Parameters
    ----------
    source
        Where it came from.
    days
        Service days with at least one arrival, in order.
    tasks
        Task ids.
    has_servers
        Whether the log tells who served, so that staff can be counted.
    legs
        The tickets.
    open_hours
        Hours open in each of the 48 half-hours of each weekday, shape ``(7, 48)``; 0.5 where hours are not known.
    """

    source: LogSource
    days: tuple[dt.date, ...]
    tasks: tuple[str, ...]
    has_servers: bool
    legs: Legs
    open_hours: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """
    Looks at a hall, in order of (queue, day, minute); all of the shape ``(n,)``.

    Parameters
    ----------
    queue
        Position in ``SnapshotLog.queues``.
    day
        Service day, as a position in ``SnapshotLog.days``.
    minute
        Minute of the service day.
    waiting
        People waiting.
    open
        Open counters; NaN if it is not known.
    last
        Number of the last ticket called, counted on where numbers start again.
    """

    queue: NDArray[np.int64]
    day: NDArray[np.int64]
    minute: NDArray[np.float64]
    waiting: NDArray[np.float64]
    open: NDArray[np.float64]
    last: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for field in fields(self):
            getattr(self, field.name).flags.writeable = False

    def __len__(self) -> int:
        """Number of looks."""
        return len(self.minute)


@dataclass(frozen=True, slots=True, eq=False)
class SnapshotLog:
    """
    A log of looks after cleaning.

    Parameters
    ----------
    source
        Where it came from.
    days
        Service days with a look, in order.
    queues
        Queue ids.
    looks
        The looks.
    first_number
        Number of a day's first ticket; NaN if it is not known.
    open_hours
        As in ``TicketLog``.
    """

    source: LogSource
    days: tuple[dt.date, ...]
    queues: tuple[str, ...]
    looks: Looks
    first_number: float
    open_hours: NDArray[np.float64]
