"""From a study's formats, tasks and hours to the outlet that runners simulate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.model.behaviour import Behaviour
from netsim.model.calendar import SLOT_MINUTES, SLOTS, OpeningHours
from netsim.model.network import Format, Option
from netsim.model.service import LANES, Lane, LanePolicy, ServiceTime, Step, Task
from netsim.model.study import Study
from netsim.simulation.classes import classes_of
from netsim.simulation.laws import (
    NEVER,
    Law,
    exponential_law,
    fixed,
    gamma_law,
    lognormal_law,
    weibull_law,
    weibull_shape,
)
from netsim.simulation.outlet import GONE, NOWHERE, Change, CustomerClass, Exit, Node, OutletModel, Station

NO_LANE, TERMINAL, COUNTER = -1, 0, 1
"""Positions on the lane axis; the stations of an outlet are its lanes."""


@dataclass(frozen=True, slots=True)
class StepModel:
    """
    One step of a task at an outlet.

    Parameters
    ----------
    lane
        Where it is done: 0 terminal, 1 counter, -1 nowhere here.
    service
        Service time there; None when the step is done nowhere.
    fail_over
        Share of terminal services that go on to the counter for the same step.
    at_counter
        Counter service time after a fail-over; None when the outlet cannot take these customers.
    rework
        Share of services, in either lane, that have to be done again at once.
    hand_off
        Minutes until the next step begins.
    incomplete
        Share of services after which the customer has to come back for the same step.
    returns_after
        Minutes until then.
    """

    lane: int
    service: Law | None
    fail_over: float = 0.0
    at_counter: Law | None = None
    rework: float = 0.0
    hand_off: float = 0.0
    incomplete: float = 0.0
    returns_after: float = 0.0


def outlet_model(study: Study, option: Option, on_duty: NDArray[np.int64] | None = None) -> OutletModel:
    """
    Return the model of an option on one kind of day; its classes are those of ``simulation.classes``.

    Parameters
    ----------
    study
        Formats, hours, tasks and lane policies.
    option
        What stands at the site.
    on_duty
        Counter staff by half-hour, shape ``(60,)``; None for the option's counters whenever open.

    Raises
    ------
    ValueError
        If ``on_duty`` has another shape or a negative entry.
    """
    form = study.formats[option.format]

    def station_of(lane: Lane) -> Station | None:
        if option.servers(lane) == 0 or lane not in form.levels:
            return None
        staff = on_duty if lane == "counter" else None
        return lane_station(study.hours_of(option, lane), study.lanes[lane], option.servers(lane), staff)

    terminal, counter = station_of("terminal"), station_of("counter")
    has = (terminal is not None, counter is not None)

    def class_of(task: Task, behaviour: Behaviour) -> CustomerClass | None:
        route = route_of(form, task, has, behaviour.speed)
        if route is None:
            return None
        patience = {lane: patience_law(study.lanes[lane], behaviour.patience) for lane in study.lanes}
        return CustomerClass(nodes_of(route, patience), *rank(task, behaviour))

    return OutletModel((terminal, counter), tuple(class_of(*item) for item in classes_of(study)), form.room)


def rank(task: Task, behaviour: Behaviour) -> tuple[int, bool]:
    """Return the level in every queue and whether services of a higher level are interrupted."""
    return (
        task.priority if behaviour.priority is None else behaviour.priority,
        task.preempts if behaviour.preempts is None else behaviour.preempts,
    )


def nodes_of(route: Sequence[StepModel], patience: dict[Lane, Law]) -> tuple[Node, ...]:
    """
    Return the way of a customer through the steps of a task.

    Parameters
    ----------
    route
        The steps; the first is done at some lane.
    patience
        Law of the patience by lane.
    """
    done = [number for number, step in enumerate(route) if step.lane == NO_LANE]
    steps = route[: done[0]] if done else route
    places, size = [], 0
    for step in steps:  # a step that fails over has a second node, at the counter, behind its first
        places.append(size)
        size += 2 if step.at_counter is not None and step.fail_over > 0 else 1
    nodes: list[Node] = []
    for number, step in enumerate(steps):
        last = number + 1 == len(route)
        if step.service is None:
            raise ValueError(f"step {number} is done at a lane but has no service time")
        onward = GONE if last else NOWHERE if number + 1 == len(steps) else places[number + 1]
        failed = NOWHERE if step.at_counter is None else places[number] + 1
        here = len(nodes)
        last_node = onward in {GONE, NOWHERE}
        on = Exit(1.0, onward, fixed(0.0 if last_node else step.hand_off))
        fails = [Exit(step.fail_over, failed)] if step.fail_over > 0 else []
        rest = on._replace(share=1.0 - step.fail_over)
        nodes.append(
            Node(step.lane, number, step.service, patience[LANES[step.lane]], _again([*fails, rest], step, here))
        )
        if step.at_counter is not None and step.fail_over > 0:
            ways = _again([on], step, here + 1)
            nodes.append(Node(COUNTER, number, step.at_counter, patience["counter"], ways))
    return tuple(nodes)


def _again(exits: Sequence[Exit], step: StepModel, here: int) -> tuple[Exit, ...]:
    """Return exits with the shares of services that are done again at the same node, at once or at another visit."""
    again = [Exit(step.rework, here)] if step.rework > 0 else []
    if step.incomplete > 0:
        share = (1.0 - step.rework) * step.incomplete
        again.append(Exit(share, here, fixed(step.returns_after), outside=True))
    rest = (1.0 - step.rework) * (1.0 - step.incomplete)
    return (*again, *(item._replace(share=item.share * rest) for item in exits))


def patience_law(policy: LanePolicy, factor: float = 1.0) -> Law:
    """Return the law of the patience at a lane, its mean times a factor."""
    mean = policy.patience * factor
    if math.isinf(mean):
        return NEVER
    if policy.patience_law == "weibull":
        return weibull_law(mean, policy.patience_shape)
    return fixed(mean) if policy.patience_law == "fixed" else exponential_law(mean)


def lane_station(
    hours: OpeningHours, policy: LanePolicy, servers: int, on_duty: NDArray[np.int64] | None = None
) -> Station:
    """
    Return the station of one lane on one kind of day.

    Parameters
    ----------
    hours
        Opening hours.
    policy
        Promise, end-of-shift rule, breakdowns and balking.
    servers
        Servers whenever open, if ``on_duty`` is None.
    on_duty
        Servers by half-hour, shape ``(60,)``.

    Raises
    ------
    ValueError
        If ``on_duty`` has another shape or a negative entry.
    """
    staff = [servers] * SLOTS
    if on_duty is not None:
        if on_duty.shape != (SLOTS,) or np.any(on_duty < 0):
            raise ValueError(f"staff by half-hour: expected {SLOTS} numbers >= 0, got the shape {on_duty.shape}")
        staff = [int(number) for number in on_duty]
    windows: list[tuple[float, float]] = []
    for opening, closing in hours.windows:
        if windows and windows[-1][1] == opening:
            windows[-1] = (windows[-1][0], closing)
        else:
            windows.append((opening, closing))
    changes = [change for window in windows for change in _window_changes(window, staff)]
    most = max((change.servers for change in changes), default=0)
    return Station(
        servers=most,
        windows=tuple(windows),
        changes=tuple(changes),
        end_of_shift=policy.end_of_shift,
        breakdowns=policy.breakdowns,
        balking=policy.balking,
        announces=policy.announces,
        within=policy.promise.within,
    )


def _window_changes(window: tuple[float, float], staff: Sequence[int]) -> list[Change]:
    """Return the opening, the staff changes and the closing of one window."""
    opening, closing = window
    first, last = int(opening // SLOT_MINUTES), math.ceil(closing / SLOT_MINUTES)
    changes = [Change(opening, staff[first], "opens")]
    for slot in range(first + 1, last):
        if staff[slot] != changes[-1].servers:
            changes.append(Change(slot * SLOT_MINUTES, staff[slot], "stays"))
    staying = next((change.servers for change in reversed(changes) if change.servers), 0)
    changes.append(Change(closing, staying, "closes"))
    return changes


def route_of(form: Format, task: Task, has: tuple[bool, bool], speed: float = 1.0) -> tuple[StepModel, ...] | None:
    """
    Return the steps of a task at an outlet of this format, or None if its first step cannot be done there.

    Parameters
    ----------
    form
        The format: which lane does which task, and how fast.
    task
        The task.
    has
        Whether the outlet has a terminal and a counter.
    speed
        Service times of these customers are divided by it, and by the speed of the format.
    """
    route = tuple(_step_model(form, task, step, has, form.speed * speed) for step in task.steps)
    return route if route[0].lane != NO_LANE else None


def _step_model(form: Format, task: Task, step: Step, has: tuple[bool, bool], speed: float) -> StepModel:
    """Return where and how a step is done."""
    lane = form.lane_of(task, step, has)
    if lane == "terminal" and step.terminal is not None:
        after = step.after_fail_over or step.counter
        takes = after is not None and has[COUNTER] and task.id in form.tasks.get("counter", ())
        at_counter = service_law(after, speed) if takes and after is not None else None
        law = service_law(step.terminal, speed)
        return StepModel(TERMINAL, law, step.fail_over, at_counter, *_repeats(step))
    if lane == "counter" and step.counter is not None:
        law = service_law(step.counter, speed)
        return StepModel(COUNTER, law, 0.0, None, *_repeats(step))
    return StepModel(NO_LANE, None)


def _repeats(step: Step) -> tuple[float, float, float, float]:
    """Return what a step says of rework, hand-off and return visits."""
    return step.rework, step.hand_off, step.incomplete, step.returns_after


def service_law(time: ServiceTime, speed: float) -> Law:
    """Return the law of a service time at an outlet of the given speed."""
    mean = time.mean / speed
    if time.law == "exponential":
        return exponential_law(mean)
    if time.law == "fixed":
        return fixed(mean)
    if time.law == "gamma":
        return gamma_law(mean, time.cv)
    return weibull_law(mean, weibull_shape(time.cv)) if time.law == "weibull" else lognormal_law(mean, time.cv)
