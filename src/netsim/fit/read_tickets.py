"""From an opened log of events or tickets to clean legs, and the account of what was set aside."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from netsim.fit.account import account
from netsim.fit.events import Events, group_events, row_events, ticket_events
from netsim.fit.map_file import MapFile
from netsim.fit.names import EMPTY, UNKNOWN
from netsim.fit.open_log import OpenLog, is_open, open_hours
from netsim.fit.times import date_of, resolution_of, service_days
from netsim.fit.walk import Event, Leg, Walk
from netsim.model.calendar import DAY_MINUTES
from netsim.model.service import LANES
from netsim.model.ticket_log import USED, Account, Legs, TicketLog, status

COUNTER = LANES.index("counter")


def read_tickets(log: OpenLog) -> TicketLog:
    """
    Return the clean legs of a log of one row an event, or one row a ticket.

    Parameters
    ----------
    log
        The opened log.

    Raises
    ------
    BadInputError
        If the log holds no ticket that can be used, or a column cannot be what the map file says.
    """
    tasks, task = log.tasks()
    rows: NDArray[np.int64] | None = None
    if log.file.map.form == "events":
        events = row_events(log, task)
    else:
        events, rows = ticket_events(log, task)
    groups = group_events(events, log.file.map.time.day_start)
    _refuse_names(events, groups, log)
    legs = _walk(events, groups, log.file)
    if not legs:
        raise log.refused(("columns",), f"no ticket of the log can be used: {_reasons(events, rows, log)}")
    found, days = _columns(legs, log)
    return TicketLog(
        source=log.source(_accounts(events, rows, log), resolution_of(events.minute[events.status == USED])),
        days=tuple(map(date_of, days)),
        tasks=tasks,
        has_servers=log.column("resource") is not None and bool(np.any(found.server >= 0)),
        legs=found,
        open_hours=open_hours(log.file),
    )


def _refuse_names(events: Events, groups: NDArray[np.int64], log: OpenLog) -> None:
    """Set aside whole tickets whose task or resource nobody knows; let all events of a ticket know its task."""
    for codes, why in ((events.task, status("unknown_task")), (events.lane, status("unknown_resource"))):
        bad = np.unique(groups[(codes == UNKNOWN) & (events.status == USED)])
        events.set_aside(np.isin(groups, bad), why)
    if log.column("task") is None:
        return
    known = np.full(int(groups.max(initial=-1)) + 2, EMPTY, dtype=np.int64)
    usable = (events.status == USED) & (events.task >= 0)
    known[groups[usable][::-1]] = events.task[usable][::-1]
    events.set_aside(known[groups] == EMPTY, status("unknown_task"))
    events.task = np.where(events.task == EMPTY, known[groups], events.task)


def _walk(events: Events, groups: NDArray[np.int64], file: MapFile) -> list[tuple[int, Leg]]:
    """Return the legs of all tickets with the number of their visit, and give every event its status."""
    used = np.flatnonzero(events.status == USED)
    order = used[np.lexsort((used, events.minute[used], groups[used]))]
    edges = np.flatnonzero(np.diff(groups[order], prepend=-2, append=-2))
    columns = [events.minute, events.kind, events.task, events.lane, events.server]
    rows: list[Event] = list(zip(*(column[order].tolist() for column in columns), strict=True))
    walk = Walk(file.map.limits, partial(_open_at, file))
    statuses: list[int] = []
    legs: list[tuple[int, Leg]] = []
    visit = -1
    for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        found, told = walk.ticket(rows[start:stop])
        statuses += told
        for leg in found:
            visit += leg.first
            legs.append((visit, leg))
    events.status[order] = statuses
    return legs


def _open_at(file: MapFile, minute: float) -> bool:
    """Whether the outlet is open at a minute since 1970."""
    day = (minute - file.map.time.day_start) // DAY_MINUTES
    return is_open(file, date_of(day).weekday(), minute - day * DAY_MINUTES)


def _columns(legs: list[tuple[int, Leg]], log: OpenLog) -> tuple[Legs, NDArray[np.float64]]:
    """Return the legs as columns in order of (day, arrive), and their service days."""
    arrive = np.array([leg.arrive for _, leg in legs])
    visit = np.array([number for number, _ in legs])
    first = np.array([leg.first for _, leg in legs])
    start = np.zeros(visit.max() + 1)
    start[visit[first]] = service_days(arrive[first], log.file.map.time.day_start)
    day = start[visit]  # a visit belongs to the day on which it began
    days, number = np.unique(day, return_inverse=True)
    midnight = day * DAY_MINUTES
    task = np.array([leg.task for _, leg in legs])
    served = np.array([leg.call == leg.call for _, leg in legs])
    lane = _lanes(np.array([leg.lane for _, leg in legs]), task, served)
    found = Legs(
        visit=visit,
        first=first,
        day=number,
        task=task,
        lane=lane,
        server=np.array([leg.server for _, leg in legs]),
        arrive=arrive - midnight,
        call=np.array([leg.call for _, leg in legs]) - midnight,
        end=np.array([leg.end for _, leg in legs]) - midnight,
        fate=np.array([int(leg.fate) for _, leg in legs]),
        goes_on=np.array([leg.goes_on for _, leg in legs]),
    )
    order = np.lexsort((visit, found.arrive, number))
    return Legs(**{name: getattr(found, name)[order] for name in Legs.__dataclass_fields__}), days


def _lanes(lane: NDArray[np.int64], task: NDArray[np.int64], called: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the lane of each leg; who was never called is taken to have waited where most of the task are served."""
    filled = lane.copy()
    for number in np.unique(task):
        own = task == number
        known = lane[own & called & (lane >= 0)]
        filled[own & (lane < 0)] = np.bincount(known).argmax() if len(known) else COUNTER
    return filled


def _accounts(events: Events, rows: NDArray[np.int64] | None, log: OpenLog) -> tuple[Account, ...]:
    """Return the account of rows and, where a row holds several events, that of events."""
    lines, ragged = log.table.lines, log.table.ragged
    if rows is None:
        return (account("rows", events.status, lines[events.row], ragged),)
    statuses = rows.copy()
    # a row is used if any of its events is; else its first event says why not
    bad = events.status != USED
    statuses[events.row[bad][::-1]] = events.status[bad][::-1]
    statuses[events.row[~bad]] = USED
    return account("rows", statuses, lines, ragged), account("events", events.status, lines[events.row])


def _reasons(events: Events, rows: NDArray[np.int64] | None, log: OpenLog) -> str:
    """Return why nothing was used, in words."""
    discards = _accounts(events, rows, log)[0].discards
    return ", ".join(f"{item.rows:,} rows {item.reason.replace('_', ' ')}" for item in discards)
