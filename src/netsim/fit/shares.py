"""Shares counted in a log: who did not come to the call, who was passed on, which tasks are asked for."""

from __future__ import annotations

import math

import numpy as np

from netsim.fit.day_counts import Array, DayCounts, slot_of
from netsim.model.calendar import DAY_SLOTS
from netsim.model.fit_arrivals import Estimate, TaskDemand
from netsim.model.fit_laws import ShareFit
from netsim.model.service import LANES
from netsim.model.ticket_log import Fate, Legs
from netsim.statistics.intervals import exact_share_bounds

LEAST_FOR_A_PROFILE = 200
"""Arrivals that a task needs for a profile of its own."""


def share_of(count: int, of: int, confidence: float = 0.95) -> Estimate:
    """
    Return a share with its exact interval.

    Parameters
    ----------
    count, of
        Successes and trials.
    confidence
        Two-sided level.

    Examples
    --------
    >>> share_of(0, 10).value
    0.0
    """
    if of == 0:
        return Estimate(math.nan, 0.0, 1.0)
    lower, upper = exact_share_bounds(count, of, (1.0 - confidence) / 2.0)
    return Estimate(count / of, lower, upper)


def fit_no_shows(legs: Legs, tasks: tuple[str, ...], confidence: float = 0.95) -> tuple[ShareFit, ...]:
    """
    Return the share of calls to which nobody came, by task and lane.

    Parameters
    ----------
    legs
        Legs on the days of the fit.
    tasks
        Task ids.
    confidence
        Two-sided level.
    """
    found = []
    for lane_number, lane in enumerate(LANES):
        for task_number, task in enumerate(tasks):
            own = (legs.lane == lane_number) & (legs.task == task_number) & np.isfinite(legs.call)
            of, count = int(own.sum()), int(np.sum(own & (legs.fate == Fate.NO_SHOW)))
            if of:
                found.append(ShareFit(task, lane, of, count, share_of(count, of, confidence)))
    return tuple(found)


def fit_transfers(legs: Legs, tasks: tuple[str, ...], confidence: float = 0.95) -> tuple[ShareFit, ...]:
    """
    Return the share of services that go on, by where they come from and where they go; only those that happen.

    Parameters
    ----------
    legs
        Legs on the days of the fit.
    tasks
        Task ids.
    confidence
        Two-sided level.
    """
    served = legs.fate == Fate.SERVED
    onward = np.flatnonzero(legs.goes_on)
    order = np.lexsort((legs.arrive, legs.visit))
    follower = np.full(len(legs), -1)
    same = legs.visit[order][1:] == legs.visit[order][:-1]
    follower[order[:-1][same]] = order[1:][same]
    onward = onward[follower[onward] >= 0]
    keys = np.column_stack(
        [legs.lane[onward], legs.task[onward], legs.lane[follower[onward]], legs.task[follower[onward]]]
    )
    found = []
    for (lane, task, to_lane, to_task), count in zip(*np.unique(keys, axis=0, return_counts=True), strict=True):
        of = int(np.sum(served & (legs.lane == lane) & (legs.task == task)))
        share = share_of(int(count), of, confidence)
        found.append(ShareFit(tasks[task], LANES[lane], of, int(count), share, tasks[to_task], LANES[to_lane]))
    return tuple(found)


def fit_demand(
    legs: Legs, tasks: tuple[str, ...], days: DayCounts, positions: Array, confidence: float = 0.95
) -> tuple[TaskDemand, ...]:
    """
    Return the share of each task in the arrivals and when it comes, in a week of equal weekdays.

    Parameters
    ----------
    legs
        Legs on the days of the fit.
    tasks
        Task ids.
    days
        Days of the fit.
    positions
        Weekday of each day of the log, shape ``(days,)``.
    confidence
        Two-sided level.
    """
    number = np.bincount(days.weekday, minlength=7)
    first = legs.first
    weekday, slot, task = positions[legs.day[first]].astype(int), slot_of(legs.arrive[first]), legs.task[first]
    weight = 1.0 / np.maximum(number[weekday], 1)
    cells = np.zeros((len(tasks), DAY_SLOTS))
    np.add.at(cells, (task, slot), weight)
    everything = cells.sum(axis=0)
    found = []
    for place, name in enumerate(tasks):
        count = int(np.sum(task == place))
        pooled = count < LEAST_FOR_A_PROFILE and len(tasks) > 1
        shares = everything if pooled else cells[place]
        total = float(shares.sum())
        if count:
            share = share_of(count, len(task), confidence)
            found.append(TaskDemand(name, count, share, shares / total, pooled))
    return tuple(found)
