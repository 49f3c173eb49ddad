"""What one visit asks of an outlet: captured, work by lane, served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.model.calendar import DAY_MINUTES, DAY_SLOTS, SLOT_MINUTES, OpeningHours
from netsim.model.network import Format
from netsim.model.service import LANES, Lane, Task

Windows = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class VisitEffect:
    """
    Mean effect of one wished visit that is assigned to an outlet.

    Parameters
    ----------
    captured
        Share that comes: wished while the outlet is open, or flexible.
    work
        Offered work in minutes in each lane, in the order of ``LANES``.
    served
        Share that comes and is neither turned away nor left unresolved by a terminal; those who lose
        patience are not seen at planning level.
    """

    captured: float
    work: tuple[float, float]
    served: float


def calendar_windows(hours: OpeningHours) -> Windows:
    """
    Return the opening windows folded into the calendar day, in minutes.

    Examples
    --------
    >>> calendar_windows(OpeningHours("bar", ((1080.0, 1500.0),)))
    ((0.0, 60.0), (1080.0, 1440.0))
    """
    folded = []
    for start, end in hours.windows:
        for shift in (0.0, DAY_MINUTES):
            low, high = max(start - shift, 0.0), min(end - shift, DAY_MINUTES)
            if low < high:
                folded.append((low, high))
    return tuple(sorted(folded))


def profile_share(profile: tuple[float, ...], *, within: Windows, also: Windows | None = None) -> float:
    """
    Return the share of the day's wishes that fall into the windows (and into ``also`` where given).

    Wishes are spread evenly inside a half-hour. Windows that overlap count once.
    """
    edges = np.arange(DAY_SLOTS + 1) * SLOT_MINUTES
    cuts = np.unique(np.concatenate([edges, *(np.array(window) for window in (*within, *(also or ())))]))
    middle = (cuts[:-1] + cuts[1:]) / 2.0
    inside = _inside(middle, within)
    if also is not None:
        inside &= _inside(middle, also)
    slot = np.minimum((middle // SLOT_MINUTES).astype(np.int64), DAY_SLOTS - 1)
    density = np.array(profile)[slot] / SLOT_MINUTES
    return float((density * np.diff(cuts) * inside).sum())


def _inside(minutes: NDArray[np.float64], windows: Windows) -> NDArray[np.bool_]:
    hit = np.zeros(len(minutes), dtype=np.bool_)
    for start, end in windows:
        hit |= (start <= minutes) & (minutes < end)
    return hit


def visit_effect(task: Task, form: Format, hours: Mapping[Lane, OpeningHours]) -> VisitEffect:
    """
    Return what one wished visit with this task means for an outlet of a format, all its lanes staffed.

    Captured is ``open + (1 - open) * flexible``, ``open`` being the share of the task's profile within
    the hours of its first lane (nothing where the profile never meets the hours). Customers who fail
    at a terminal go to the counter of the same outlet if it does the task and is open at that time:
    all who come follow the profile within the first lane's hours. They and steps that only a counter
    can do are lost elsewhere. Times are divided by the format's speed.

    Parameters
    ----------
    task
        The task with its blueprint.
    form
        The format.
    hours
        Opening hours of each of its lanes under the opening pattern at hand.

    Raises
    ------
    ValueError
        If the format does not do the task.
    """
    first = form.first_lane(task.id)
    if first is None:
        raise ValueError(f"format {form.id!r} does not do the task {task.id!r}")
    first_windows = calendar_windows(hours[first])
    open_share = profile_share(task.profile, within=first_windows)
    if open_share <= 0.0:
        return VisitEffect(0.0, (0.0, 0.0), 0.0)
    captured = open_share + (1.0 - open_share) * task.flexible
    counter = _counter_share(task, form, hours, first_windows) / open_share
    helped = counter if task.id in form.tasks.get("counter", ()) else 0.0
    work = dict.fromkeys(LANES, 0.0)
    going = captured
    for step in task.steps:
        if step.terminal is not None and (first == "terminal" or step.counter is None):
            if "terminal" not in form.levels:
                going = 0.0
                break
            work["terminal"] += going * step.terminal.mean / form.speed
            failed = going * step.fail_over
            again = step.after_fail_over or step.counter
            taken = helped if again is not None else 0.0
            if again is not None:
                work["counter"] += failed * taken * again.mean / form.speed
            going -= failed * (1.0 - taken)
        elif step.counter is not None:
            going *= 1.0 if first == "counter" else counter
            work["counter"] += going * step.counter.mean / form.speed
    return VisitEffect(captured, (work["terminal"], work["counter"]), going)


def _counter_share(task: Task, form: Format, hours: Mapping[Lane, OpeningHours], first: Windows) -> float:
    """Share of the profile within the first lane's windows while the counter is open too."""
    if "counter" not in form.levels:
        return 0.0
    return profile_share(task.profile, within=first, also=calendar_windows(hours["counter"]))
