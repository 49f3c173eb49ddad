"""What one visit asks of an outlet: captured, work by lane, served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.model.behaviour import PLAIN, Behaviour
from netsim.model.calendar import DAY_MINUTES, DAY_SLOTS, SLOT_MINUTES, OpeningHours
from netsim.model.channel import RemoteChannel, outlet_share
from netsim.model.network import Format
from netsim.model.route import DONE, Leg, legs
from netsim.model.service import LANES, Task
from netsim.model.service_time import ServiceTime

Windows = tuple[tuple[float, float], ...]
Cells = NDArray[np.float64]


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
        Share that is settled by a remote channel, or comes and is neither turned away nor left unresolved by a
        terminal; those who lose patience are not seen at planning level.
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


def visit_effect(
    task: Task,
    form: Format,
    hours: Mapping[str, OpeningHours],
    behaviour: Behaviour = PLAIN,
    remote: Sequence[RemoteChannel] = (),
) -> VisitEffect:
    """
    Return what one wished visit with this task means for an outlet of a format, all its lanes staffed.

    Captured is ``open + (1 - open) * flexible``, ``open`` being the share of the task's profile within
    the hours of its first place (nothing where the profile never meets the hours); those who wait at the door count
    as open, and of those with an appointment all who show up come. All who come follow the
    profile within these hours; at each later step, and at the counter after a failed terminal service,
    those stay who find the place open at that minute. Customers whom nobody can take are lost. Times are
    divided by the format's speed, and given as often as rework and missing documents ask for. The same rules as
    in the simulation, but for waits and patience.

    Parameters
    ----------
    task
        The task with its blueprint.
    form
        The format.
    hours
        Opening hours of each of its lanes and stations under the opening pattern at hand.
    behaviour
        Whose visit it is.
    remote
        Channels without an outlet: who turns to one first comes only if it fails, at the minutes of all others.

    Raises
    ------
    ValueError
        If the format does not do the task.
    """
    route = legs(form, task, behaviour=behaviour)
    if route is None:
        raise ValueError(f"format {form.id!r} does not do the task {task.id!r}")
    wished, is_open, cuts = _cells(
        behaviour.profile(task.profile), {place: calendar_windows(hours[place]) for place in hours}
    )
    first = route[0].place
    open_share = float((wished * is_open[first]).sum())
    if open_share <= 0.0:
        return VisitEffect(0.0, (0.0, 0.0), 0.0)
    waiting = _at_the_door(wished, cuts, hours[first], task.door)
    walk_ins = open_share + (1.0 - open_share - float(waiting.sum())) * task.flexible
    offer = task.appointments
    asks, comes = (0.0, 0.0) if offer is None else (offer.share, offer.share * (1.0 - offer.no_show))
    captured = (1.0 - asks) * (walk_ins + float(waiting.sum())) + comes
    visits, settled = outlet_share(task.remote, remote)
    coming = [np.zeros_like(wished) for _ in route]
    there = wished * is_open[first] * (((1.0 - asks) * walk_ins + comes) / open_share)
    coming[0] = visits * (there + (1.0 - asks) * waiting)
    work, served = dict.fromkeys((*LANES, *form.stations, *form.shared), 0.0), 0.0
    for leg, going in zip(route, coming, strict=True):  # a way leads to a later leg
        going, own = _done(task, form, leg, going, is_open)  # noqa: PLW2901
        for place, minutes in own:
            work[place] += minutes / (form.speed * behaviour.speed)
        for share, goal in leg.ways:
            if goal >= 0:
                coming[goal] += share * going
            elif goal == DONE:
                served += share * float(going.sum())
    missed = 0.0 if offer is None else offer.share * offer.no_show  # they were given what they asked for
    return VisitEffect(visits * captured, (work["terminal"], work["counter"]), served + visits * missed + settled)


def _done(
    task: Task, form: Format, leg: Leg, going: Cells, is_open: Mapping[str, NDArray[np.bool_]]
) -> tuple[Cells, list[tuple[str, float]]]:
    """Return who has done a step, of those who come for it, and the work at each place at the speed of 1."""
    step = task.steps[leg.step]
    going = going * is_open[leg.place]
    time = step.terminal if leg.place == "terminal" else step.counter if step.station is None else step.takes
    work = [(leg.place, _minutes(going, time) * step.times)]
    if leg.place == "terminal" and step.fail_over > 0.0:
        takes = "counter" in form.levels and task.id in form.tasks.get("counter", ())
        again = step.after_fail_over or step.counter
        failed = going * step.fail_over
        taken = failed * is_open["counter"] if takes and again is not None else np.zeros_like(failed)
        work.append(("counter", _minutes(taken, again) * step.times))
        going = going - failed + taken
    wrong = step.misrouted
    if wrong is not None and (wrong.to in form.levels or wrong.to in form.stations):
        lost = going * wrong.share
        found = lost * is_open[wrong.to]
        work.append((wrong.to, _minutes(found, wrong.takes)))
        going = going - lost + found
    return going, work


def _minutes(going: Cells, time: ServiceTime | None) -> float:
    return float(going.sum()) * (time.mean if time is not None else 0.0)


def _cells(
    profile: tuple[float, ...], windows: Mapping[str, Windows]
) -> tuple[Cells, dict[str, NDArray[np.bool_]], Cells]:
    """
    Cut the day where a half-hour or a window begins or ends.

    Returns
    -------
    tuple
        The share of the day's wishes in each cell (spread evenly inside a half-hour), and by place whether it
        is open there; and where the day is cut.
    """
    edges = np.arange(DAY_SLOTS + 1) * SLOT_MINUTES
    ends = [np.array(window) for place in windows for window in windows[place]]
    cuts = np.unique(np.concatenate([edges, *ends]))
    middle = (cuts[:-1] + cuts[1:]) / 2.0
    slot = np.minimum((middle // SLOT_MINUTES).astype(np.int64), DAY_SLOTS - 1)
    wished = np.array(profile)[slot] / SLOT_MINUTES * np.diff(cuts)
    is_open: dict[str, NDArray[np.bool_]] = {
        place: np.zeros(len(middle), dtype=np.bool_) for place in (*LANES, *windows)
    }
    for place, spans in windows.items():
        for start, end in spans:
            is_open[place] |= (start <= middle) & (middle < end)
    return wished, is_open, cuts


def _at_the_door(wished: Cells, cuts: Cells, hours: OpeningHours, door: float) -> Cells:
    """Return the share of the wishes that waits outside, in the cell that begins as the doors open."""
    waiting = np.zeros_like(wished)
    minute = np.concatenate([[0.0], np.cumsum(wished)])
    for start, opening in hours.before_opening(door):
        mass = np.interp([start, opening], cuts, minute)
        waiting[np.searchsorted(cuts, opening % DAY_MINUTES)] += mass[1] - mass[0]
    return waiting
