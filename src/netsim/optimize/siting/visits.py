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


def visit_effect(task: Task, form: Format, hours: Mapping[Lane, OpeningHours]) -> VisitEffect:
    """
    Return what one wished visit with this task means for an outlet of a format, all its lanes staffed.

    Captured is ``open + (1 - open) * flexible``, ``open`` being the share of the task's profile within
    the hours of its first lane (nothing where the profile never meets the hours). All who come follow the
    profile within these hours; at each later step, and at the counter after a failed terminal service,
    those stay who find the lane open at that minute. Customers whom nobody can take are lost. Times are
    divided by the format's speed, and given as often as rework and missing documents ask for. The same rules as
    in the simulation, but for waits and patience.

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
    first = form.lane_of(task, task.steps[0])
    if first is None:
        raise ValueError(f"format {form.id!r} does not do the task {task.id!r}")
    wished, is_open = _cells(task.profile, {lane: calendar_windows(hours[lane]) for lane in hours})
    open_share = float((wished * is_open[first]).sum())
    if open_share <= 0.0:
        return VisitEffect(0.0, (0.0, 0.0), 0.0)
    captured = open_share + (1.0 - open_share) * task.flexible
    going = wished * is_open[first] * (captured / open_share)
    takes = "counter" in form.levels and task.id in form.tasks.get("counter", ())
    work = dict.fromkeys(LANES, 0.0)
    for step in task.steps:
        lane = form.lane_of(task, step)
        if lane is None:
            going = np.zeros_like(going)
            break
        going = going * is_open[lane]
        time = step.terminal if lane == "terminal" else step.counter
        work[lane] += float(going.sum()) * (time.mean if time is not None else 0.0) * step.times / form.speed
        if lane == "terminal" and step.fail_over > 0.0:
            again = step.after_fail_over or step.counter
            failed = going * step.fail_over
            taken = failed * is_open["counter"] if takes and again is not None else np.zeros_like(failed)
            work["counter"] += float(taken.sum()) * (again.mean if again is not None else 0.0) * step.times / form.speed
            going = going - failed + taken
    return VisitEffect(captured, (work["terminal"], work["counter"]), float(going.sum()))


def _cells(
    profile: tuple[float, ...], windows: Mapping[Lane, Windows]
) -> tuple[NDArray[np.float64], dict[Lane, NDArray[np.bool_]]]:
    """
    Cut the day where a half-hour or a window begins or ends.

    Returns
    -------
    tuple
        The share of the day's wishes in each cell (spread evenly inside a half-hour), and by lane whether it
        is open there.
    """
    edges = np.arange(DAY_SLOTS + 1) * SLOT_MINUTES
    ends = [np.array(window) for lane in windows for window in windows[lane]]
    cuts = np.unique(np.concatenate([edges, *ends]))
    middle = (cuts[:-1] + cuts[1:]) / 2.0
    slot = np.minimum((middle // SLOT_MINUTES).astype(np.int64), DAY_SLOTS - 1)
    wished = np.array(profile)[slot] / SLOT_MINUTES * np.diff(cuts)
    is_open: dict[Lane, NDArray[np.bool_]] = {lane: np.zeros(len(middle), dtype=np.bool_) for lane in LANES}
    for lane, spans in windows.items():
        for start, end in spans:
            is_open[lane] |= (start <= middle) & (middle < end)
    return wished, is_open
