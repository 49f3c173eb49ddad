"""
What looks at a hall tell: arrivals, calls, staff, and within bounds the minutes that a call takes.

The last ticket called and the people waiting give the number of the last ticket issued; its growth between two
looks is the arrivals. While people wait at both looks, every open counter is taken to serve: open minutes over
calls is then the time of a call. It holds whatever a counter does between two calls, and it cannot be told how
single services vary, who left, or how patient anybody is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.fit.day_counts import Array, DayCounts
from netsim.fit.shares import share_of
from netsim.fit.waits import ratio_over_days
from netsim.model.calendar import DAY_SLOTS, SLOT_MINUTES
from netsim.model.fit_arrivals import Estimate, SnapshotFit, TaskDemand
from netsim.model.ticket_log import SnapshotLog

LONGEST_GAP = 60.0
"""Minutes between two looks above which nobody knows when customers came."""
ENOUGH_CALLS = 200.0
"""Calls in surely busy times that the minutes of a call can be estimated from."""


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """
    Times between two looks at one queue; all of the shape ``(n,)``.

    Parameters
    ----------
    day
        Service day, as a position in the log's days.
    start, length
        Minutes of the service day.
    arrivals, calls
        Tickets issued and called.
    waiting, open
        Means of both looks; ``open`` is NaN where it is not told or changed in between.
    before, after
        People waiting at both looks.
    """

    day: NDArray[np.int64]
    start: Array
    length: Array
    arrivals: Array
    calls: Array
    waiting: Array
    open: Array
    before: Array
    after: Array


def gaps_of(log: SnapshotLog, queue: int, least: float = 0.0) -> Gaps:
    """
    Return the times between looks at one queue.

    Parameters
    ----------
    log
        The log.
    queue
        Position of the queue.
    least
        Minutes that have to lie between two looks; those in between only tell whether the staff changed.
    """
    rows = [row for day in _days(log, queue) for row in _day_gaps(log, day, least)]
    columns = np.array(rows, dtype=float).reshape(-1, 9).T
    return Gaps(columns[0].astype(np.int64), *columns[1:])


def _days(log: SnapshotLog, queue: int) -> Iterator[NDArray[np.int64]]:
    """Yield the rows of each day of one queue."""
    own = np.flatnonzero(log.looks.queue == queue)
    edges = np.flatnonzero(np.diff(log.looks.day[own])) + 1
    yield from (rows for rows in np.split(own, edges) if len(rows))


def _day_gaps(log: SnapshotLog, rows: NDArray[np.int64], least: float) -> Iterator[tuple[float, ...]]:
    """Yield the times between the looks of one day, and the time before the first one where it can be told."""
    looks = log.looks
    day = float(looks.day[rows[0]])
    minute, waiting, counters, last = (column[rows] for column in (looks.minute, looks.waiting, looks.open, looks.last))
    issued = last + waiting
    before = issued[0] - (log.first_number - 1.0)
    if math.isfinite(before) and before > 0:
        start = max(minute[0] - SLOT_MINUTES, _opening(log, int(day)))
        if start < minute[0]:
            calls = last[0] - (log.first_number - 1.0)
            yield day, start, minute[0] - start, before, calls, waiting[0] / 2.0, math.nan, 0.0, waiting[0]
    one = 0
    for two in range(1, len(rows)):
        length = minute[two] - minute[one]
        if length < least:
            continue
        if length <= LONGEST_GAP:
            same = np.all(counters[one : two + 1] == counters[one])
            mean = (waiting[one] + waiting[two]) / 2.0
            staff = counters[one] if same else math.nan
            came, called = issued[two] - issued[one], last[two] - last[one]
            yield day, minute[one], length, came, called, mean, staff, waiting[one], waiting[two]
        one = two


def _opening(log: SnapshotLog, day: int) -> float:
    """Return the first minute of a day that is open, midnight where hours are not known."""
    hours = log.open_hours[log.days[day].weekday()]
    return float(np.argmax(hours > 0) * SLOT_MINUTES) if np.any(hours == 0) else 0.0


def spread(gaps: Gaps, amount: Array, days: int) -> Array:
    """
    Return an amount of each gap spread evenly over the half-hours that it lies in, shape ``(days, 48)``.

    Parameters
    ----------
    gaps
        The gaps.
    amount
        One figure a gap, shape ``(n,)``.
    days
        Days of the log.
    """
    cells = np.zeros((days, DAY_SLOTS))
    first = (gaps.start // SLOT_MINUTES).astype(np.int64)
    for step in range(int(LONGEST_GAP // SLOT_MINUTES) + 2):
        slot = first + step
        begin = slot * SLOT_MINUTES
        end = gaps.start + gaps.length
        part = np.clip(np.minimum(begin + SLOT_MINUTES, end) - np.maximum(begin, gaps.start), 0.0, None)
        np.add.at(cells, (gaps.day, slot % DAY_SLOTS), amount * part / gaps.length)
    return cells


def count_snapshots(log: SnapshotLog) -> tuple[DayCounts, list[Array]]:
    """
    Return the arrivals of all queues, and those of each queue, shape ``(days, 48)``.

    Parameters
    ----------
    log
        The log.
    """
    days = len(log.days)
    by_queue, hours = [], np.zeros((days, DAY_SLOTS))
    for queue in range(len(log.queues)):
        gaps = gaps_of(log, queue)
        by_queue.append(spread(gaps, np.maximum(gaps.arrivals, 0.0), days))
        hours = np.maximum(hours, spread(gaps, gaps.length, days) / 60.0)
    return DayCounts(log.days, np.sum(by_queue, axis=0), hours), by_queue


def fit_snapshots(log: SnapshotLog, held: NDArray[np.bool_], confidence: float = 0.95) -> tuple[SnapshotFit, ...]:
    """
    Return what the looks tell of each queue.

    Parameters
    ----------
    log
        The log.
    held
        Days that are not fitted, shape ``(days,)``.
    confidence
        Two-sided level.
    """
    found = []
    for queue, name in enumerate(log.queues):
        gaps = gaps_of(log, queue)
        kept = ~held[gaps.day]
        if kept.any():
            found.append(_of_queue(log, queue, name, _chosen(gaps, kept), confidence))
    return tuple(found)


def _of_queue(log: SnapshotLog, queue: int, name: str, gaps: Gaps, confidence: float) -> SnapshotFit:
    """Return what the looks tell of one queue."""
    days = len(log.days)
    minutes = spread(gaps, gaps.length, days).sum(axis=0)
    told = np.isfinite(gaps.open)
    with np.errstate(invalid="ignore"):
        waiting = spread(gaps, gaps.waiting * gaps.length, days).sum(axis=0) / minutes
        calls = 60.0 * spread(gaps, gaps.calls, days).sum(axis=0) / minutes
        staffed = spread(gaps, np.where(told, gaps.length, 0.0), days).sum(axis=0)
        staff = spread(gaps, np.where(told, gaps.open * gaps.length, 0.0), days).sum(axis=0) / staffed
    came = np.bincount(gaps.day, weights=np.maximum(gaps.arrivals, 0.0))
    stood = np.bincount(gaps.day, weights=gaps.waiting * gaps.length)
    some = came > 0
    service = _service(log, queue, gaps, confidence)
    return SnapshotFit(
        queue=name,
        looks=int(np.sum(log.looks.queue == queue)),
        every=float(np.median(gaps.length)),
        waiting=waiting,
        open=staff,
        calls=calls,
        busy_minutes=service.minutes,
        busy_calls=service.calls,
        service=service.mean,
        least=service.least,
        most=service.most,
        wait=ratio_over_days(stood[some], came[some], confidence),
        left_at_least=float(-np.minimum(gaps.arrivals, 0.0).sum()),
    )


@dataclass(frozen=True, slots=True)
class _Service:
    """Counter minutes for each call: estimate, bounds, and the minutes and calls that the estimate rests on."""

    mean: Estimate
    least: float
    most: float
    minutes: float
    calls: float


def _service(log: SnapshotLog, queue: int, gaps: Gaps, confidence: float) -> _Service:
    """
    Return counter minutes for each call while people wait.

    A gap is taken when the queue at its start is longer than all calls that can be expected in it: the counters
    are busy all through, and it is chosen without looking at what happens in it. Gaps shorter than two services are
    joined first: short ones would be chosen when services are about to end. Where too few are left, gaps with
    people at both ends are taken, which is too long a time; the interval is then that of the bounds.
    """
    work, calls = _work(gaps), gaps.calls
    told = work > 0
    both = told & (gaps.before > 0) & (gaps.after > 0)
    if calls[both].sum() < 1:
        return _Service(Estimate(math.nan, math.nan, math.nan), math.nan, math.nan, 0.0, 0.0)
    all_calls = float(calls[told].sum())
    never_empty = told & (gaps.before > 0) & (gaps.before >= calls)
    least, most = float(work[never_empty].sum()) / all_calls, float(work[told].sum()) / all_calls
    rough = float(work[both].sum() / calls[both].sum())
    joined = gaps_of(log, queue, 2.0 * rough)
    joined = _chosen(joined, np.isin(joined.day, np.unique(gaps.day)))
    minutes = _work(joined)
    sure = (minutes > 0) & (joined.before > 1.5 * minutes / rough + 1.0)
    if joined.calls[sure].sum() < ENOUGH_CALLS:
        value = float(work[both].sum() / calls[both].sum())
        bounds = Estimate(value, least, max(most, value))
        return _Service(bounds, least, most, float(work[both].sum()), float(calls[both].sum()))
    _, day = np.unique(joined.day[sure], return_inverse=True)
    spent, called = (np.bincount(day, weights=column[sure]) for column in (minutes, joined.calls))
    found = ratio_over_days(spent, called, confidence)
    return _Service(found, least, most, float(spent.sum()), float(called.sum()))


def _work(gaps: Gaps) -> Array:
    """Return open counter minutes of each gap; 0 where counters are not told or changed."""
    work: Array = np.where(np.isfinite(gaps.open) & (gaps.open > 0), gaps.open * gaps.length, 0.0)
    return work


def _chosen(gaps: Gaps, rows: NDArray[np.bool_]) -> Gaps:
    return Gaps(*(getattr(gaps, field)[rows] for field in Gaps.__dataclass_fields__))


def queue_demand(
    log: SnapshotLog, by_queue: list[Array], days: DayCounts, held: NDArray[np.bool_], confidence: float = 0.95
) -> tuple[TaskDemand, ...]:
    """
    Return the share of each queue in the arrivals and when they come.

    Parameters
    ----------
    log
        The log.
    by_queue
        Arrivals of each queue, each of the shape ``(days, 48)``.
    days
        Days of the fit.
    held
        Days that are not fitted, shape ``(days,)``.
    confidence
        Two-sided level.
    """
    number = np.bincount(days.weekday, minlength=7)
    weekday = np.array([day.weekday() for day in log.days])
    weight = np.where(held, 0.0, 1.0 / np.maximum(number[weekday], 1))
    counts = [float(cells[~held].sum()) for cells in by_queue]
    found = []
    for name, cells, count in zip(log.queues, by_queue, counts, strict=True):
        shares = (cells * weight[:, None]).sum(axis=0)
        if shares.sum() > 0:
            share = share_of(round(count), round(sum(counts)), confidence)
            found.append(TaskDemand(name, round(count), share, shares / shares.sum(), pooled=False))
    return tuple(found)
