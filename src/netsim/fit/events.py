"""Rows of a log, of either form, as events of tickets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.fit.names import EMPTY, UNKNOWN, Codes, event_codes, outcome_codes
from netsim.fit.open_log import OpenLog
from netsim.fit.times import Stamps, service_days
from netsim.model.column_map import EVENTS
from netsim.model.ticket_log import USED, status
from netsim.tables.texts import TextColumn

ARRIVE, CALL, TRANSFER, END, NO_SHOW, LEAVE = range(len(EVENTS))
"""Codes of the events."""


@dataclass(slots=True, eq=False)
class Events:
    """
    Events of tickets, one a row; all of the shape ``(n,)``.

    Parameters
    ----------
    row
        Position of the row of the table that the event stands in.
    ticket
        Number of the ticket, the same for all its events; -1 for none.
    kind
        Position in ``EVENTS``.
    minute
        Minutes since 1970 on the outlet's clock.
    task, lane, server
        Codes; negative where the row tells nothing.
    status
        ``USED``, or why the event is set aside.
    """

    row: NDArray[np.int64]
    ticket: NDArray[np.int64]
    kind: NDArray[np.int64]
    minute: NDArray[np.float64]
    task: NDArray[np.int64]
    lane: NDArray[np.int64]
    server: NDArray[np.int64]
    status: NDArray[np.int64]

    def __len__(self) -> int:
        """Number of events."""
        return len(self.row)

    def set_aside(self, rows: NDArray[np.bool_], why: int) -> None:
        """Give a status to the chosen events that are still used."""
        self.status[rows & (self.status == USED)] = why


def row_events(log: OpenLog, task: Codes) -> Events:
    """
    Return the events of a log of one row an event.

    Parameters
    ----------
    log
        The log.
    task
        Task of each row.
    """
    tickets = log.needed("ticket")
    names = log.needed("event")
    kind = event_codes(names, log.file.map.events)
    stamps = log.stamps("time")
    if stamps is None:
        raise KeyError("time")
    lane, server = log.resources()
    events = Events(np.arange(len(log)), _numbered(tickets), kind, stamps.minutes, task, lane, server, log.chosen())
    events.set_aside(tickets == "", status("no_ticket"))
    events.set_aside(kind == EMPTY, status("no_event"))
    events.set_aside(kind == UNKNOWN, status("unknown_event"))
    events.set_aside(np.isnan(stamps.minutes), status("unreadable_time"))
    if not np.any((kind == ARRIVE) & (events.status == USED)) and np.any(events.status != status("not_chosen")):
        message = "no row of this column is an arrival; name the log's word in 'events: {arrive: [...]}'"
        raise log.refused(("columns", "event"), message)
    return events


def ticket_events(log: OpenLog, task: Codes) -> tuple[Events, NDArray[np.int64]]:
    """
    Return the events of a log of one row a ticket, and the status of rows that hold no event at all.

    Parameters
    ----------
    log
        The log.
    task
        Task of each row.
    """
    size = len(log)
    cells: list[tuple[int, Stamps, NDArray[np.bool_]]] = []
    arrive = log.stamps("arrive")
    if arrive is None:
        raise KeyError("arrive")
    outcomes = _outcomes(log)
    served, lost, gone = (outcomes == code for code in range(3))
    call, end = log.stamps("call") or _nothing(size), log.stamps("end") or _nothing(size)
    leave, no_show = log.stamps("leave") or _nothing(size), log.stamps("no_show") or _nothing(size)
    cells.append((ARRIVE, arrive, arrive.filled))
    cells.append((CALL, call, call.filled & ~gone))
    left_at = _first(leave, end, gone)
    cells.append((LEAVE, left_at, left_at.filled & ~served & ~lost & ~(call.filled & ~gone)))
    missed_at = _first(no_show, _first(end, call, lost), lost)
    cells.append((NO_SHOW, missed_at, missed_at.filled & ~served & ~gone & (lost | no_show.filled)))
    cells.append((END, end, end.filled & ~gone & ~lost & ~no_show.filled))
    ticket_cells = log.column("ticket")
    tickets = np.arange(size) if ticket_cells is None else _numbered(ticket_cells)
    lane, server = log.resources()
    chosen = log.chosen()
    chosen[(chosen == USED) & (outcomes == UNKNOWN)] = status("unknown_event")
    if ticket_cells is not None:
        chosen[(chosen == USED) & (ticket_cells == "")] = status("no_ticket")
    parts = [(np.flatnonzero(there), kind, stamps) for kind, stamps, there in cells]
    row = np.concatenate([rows for rows, _, _ in parts])
    events = Events(
        row,
        tickets[row],
        np.concatenate([np.full(len(rows), kind) for rows, kind, _ in parts]),
        np.concatenate([stamps.minutes[rows] for rows, _, stamps in parts]),
        task[row],
        lane[row],
        server[row],
        chosen[row],
    )
    events.set_aside(np.isnan(events.minute), status("unreadable_time"))
    chosen[(chosen == USED) & ~np.isin(np.arange(size), row)] = status("no_event")
    return events, chosen


def _outcomes(log: OpenLog) -> NDArray[np.int64]:
    """Return how each ticket ended, as far as a column tells: a position in ``names.OUTCOMES``, or negative."""
    names = log.column("outcome")
    return np.full(len(log), EMPTY) if names is None else outcome_codes(names, log.file.map.outcomes)


def _nothing(size: int) -> Stamps:
    return Stamps(np.full(size, np.nan), np.zeros(size, dtype=bool))


def _first(one: Stamps, other: Stamps, where: NDArray[np.bool_]) -> Stamps:
    """Return the first column's times and, where told and it has none, the second's."""
    use = where & ~one.filled & other.filled
    return Stamps(np.where(use, other.minutes, one.minutes), one.filled | use)


def _numbered(cells: TextColumn) -> NDArray[np.int64]:
    """Return a number for each different text, -1 for the empty one."""
    _, numbers = np.unique(cells.astype(str), return_inverse=True)
    return np.where(cells == "", -1, numbers.reshape(-1))


def group_events(events: Events, day_start: float) -> NDArray[np.int64]:
    """
    Return the number of the visit that each event belongs to: one ticket, or one ticket on one day.

    Where a ticket arrives on two days, numbers start again every day, and the day tells tickets apart.

    Parameters
    ----------
    events
        The events; those without a time get -1.
    day_start
        Minute after midnight at which a service day begins.
    """
    days = np.where(np.isnan(events.minute), -1, service_days(events.minute, day_start))
    sound = events.status == USED
    first = sound & (events.kind == ARRIVE)
    pairs = np.unique(np.column_stack([events.ticket[first], days[first]]), axis=0)
    daily = len(pairs) > len(np.unique(pairs[:, 0]))
    key = np.column_stack([events.ticket, days if daily else np.zeros(len(days))])
    _, groups = np.unique(key, axis=0, return_inverse=True)
    return np.where(events.ticket < 0, -1, groups.reshape(-1))
