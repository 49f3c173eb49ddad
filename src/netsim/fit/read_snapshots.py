"""From an opened log of looks at a hall to clean series: people waiting, open counters, last ticket called."""

from __future__ import annotations

import re
from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from netsim.fit.account import account
from netsim.fit.open_log import OpenLog, is_open, open_hours
from netsim.fit.times import date_of, resolution_of, service_days
from netsim.model.calendar import DAY_MINUTES
from netsim.model.ticket_log import USED, Looks, SnapshotLog, status
from netsim.tables.texts import TextColumn

_TICKET = re.compile(r"(\D*?)0*(\d{1,9})\D*")
_COUNT = re.compile(r"\d{1,6}(?:\.0+)?")
FEW = 3
"""Rows with another letter before the number that are taken for slips, not for another queue."""


def read_snapshots(log: OpenLog) -> SnapshotLog:
    """
    Return the clean looks of a log.

    Parameters
    ----------
    log
        The opened log.

    Raises
    ------
    BadInputError
        If numbers of several queues stand in one column, or no day has two looks.
    """
    queues, queue = log.tasks()
    stamps = log.stamps("time")
    if stamps is None:
        raise KeyError("time")
    day = service_days(stamps.minutes, log.file.map.time.day_start)
    minute = stamps.minutes - day * DAY_MINUTES
    counters = log.column("open")
    staffed = np.full(len(log), np.nan) if counters is None else _counts(counters)
    waiting, last = _counts(log.needed("waiting")), _numbers(log, queue)
    statuses = log.chosen()
    unreadable = np.isnan(waiting) | np.isnan(last) | (np.isnan(staffed) & (counters is not None))
    statuses[(statuses == USED) & np.isnan(stamps.minutes)] = status("unreadable_time")
    statuses[(statuses == USED) & (queue < 0)] = status("unknown_task")
    statuses[(statuses == USED) & unreadable] = status("unreadable_number")
    _refuse_closed(log, day, minute, statuses)
    for rows in _series(queue, day, minute, statuses):
        same = np.diff(minute[rows], prepend=-1.0) == 0.0
        statuses[rows[same]] = status("duplicate_event")
        kept = rows[~same]
        last[kept] = _counted_on(last[kept], log.file.map.numbers.wraps_at)
        statuses[kept[~_rising(last[kept])]] = status("number_went_back")
    used = np.flatnonzero(statuses == USED)
    if len(used) < 2:
        raise log.refused(("columns",), "no two looks of the log can be used")
    days, number = np.unique(day[used], return_inverse=True)
    order = np.lexsort((minute[used], number, queue[used]))
    rows = used[order]
    accounts = (account("rows", statuses, log.table.lines, log.table.ragged),)
    first = log.file.map.numbers.first
    return SnapshotLog(
        source=log.source(accounts, resolution_of(stamps.minutes[used])),
        days=tuple(map(date_of, days)),
        queues=queues,
        looks=Looks(queue[rows], number[order], minute[rows], waiting[rows], staffed[rows], last[rows]),
        first_number=np.nan if first is None else float(first),
        open_hours=open_hours(log.file),
    )


def _refuse_closed(
    log: OpenLog, day: NDArray[np.float64], minute: NDArray[np.float64], statuses: NDArray[np.int64]
) -> None:
    """Set aside looks outside the opening hours."""
    for row in np.flatnonzero(statuses == USED):
        if not is_open(log.file, date_of(day[row]).weekday(), minute[row]):
            statuses[row] = status("outside_hours")


def _counts(cells: TextColumn) -> NDArray[np.float64]:
    """Return whole numbers; NaN where a cell holds none."""
    return np.array([float(cell) if _COUNT.fullmatch(cell) else np.nan for cell in cells])


def _numbers(log: OpenLog, queue: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the digits of ticket numbers; NaN where there are none or another queue's letters stand before them."""
    cells = log.needed("last")
    numbers = np.full(len(cells), np.nan)
    letters = np.full(len(cells), "", dtype=object)
    first = log.file.map.numbers.first
    for row, cell in enumerate(cells):
        match = _TICKET.fullmatch(cell)
        if match is not None:
            letters[row], numbers[row] = match[1].strip(), float(match[2])
        elif not cell and first is not None:
            numbers[row] = first - 1.0  # nobody has been called yet
    for number in np.unique(queue):
        own = (queue == number) & np.isfinite(numbers) & (cells != "")
        found, counts = np.unique(letters[own].astype(str), return_counts=True)
        if np.sum(counts > FEW) > 1:
            message = "numbers of several queues stand in this column; tell the queue in 'columns: {task: ...}'"
            raise log.refused(("columns", "last"), message)
        if len(found) > 1:
            numbers[own & (letters != found[counts.argmax()])] = np.nan
    return numbers


def _series(
    queue: NDArray[np.int64], day: NDArray[np.float64], minute: NDArray[np.float64], statuses: NDArray[np.int64]
) -> list[NDArray[np.int64]]:
    """Return the used rows of each queue and day in order of time."""
    used = np.flatnonzero(statuses == USED)
    order = used[np.lexsort((used, minute[used], day[used], queue[used]))]
    edges = np.flatnonzero((np.diff(queue[order]) != 0) | (np.diff(day[order]) != 0)) + 1
    return [part for part in np.split(order, edges) if len(part)]


def _counted_on(numbers: NDArray[np.float64], wraps_at: int | None) -> NDArray[np.float64]:
    """Return ticket numbers that go on counting where they start again."""
    if wraps_at is None:
        return numbers
    turns = np.cumsum(np.diff(numbers, prepend=numbers[:1]) < -wraps_at / 2.0)
    counted: NDArray[np.float64] = numbers + wraps_at * turns
    return counted


def _rising(numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return the rows of the longest series that never falls: the fewest are set aside."""
    tails: list[float] = []
    place: list[int] = []
    for number in numbers.tolist():
        spot = bisect_right(tails, number)
        tails[spot : spot + 1] = [number]
        place.append(spot)
    kept = np.zeros(len(numbers), dtype=bool)
    wanted = len(tails) - 1
    limit = np.inf
    for row in range(len(numbers) - 1, -1, -1):
        if place[row] == wanted and numbers[row] <= limit:
            kept[row], limit, wanted = True, float(numbers[row]), wanted - 1
    return kept
