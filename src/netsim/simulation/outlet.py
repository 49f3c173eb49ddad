"""One outlet as the simulation sees it: lanes, staff by half-hour and the steps of each task."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from netsim.model.calendar import SLOT_MINUTES, SLOTS, OpeningHours
from netsim.model.network import Format, Option
from netsim.model.service import Breakdowns, EndOfShift, Lane, LanePolicy, ServiceTime, Step, Task
from netsim.model.study import Study
from netsim.simulation.samplers import lognormal_parameters

NO_LANE, TERMINAL, COUNTER = -1, 0, 1
"""Positions on the lane axis."""
Door = Literal["opens", "stays", "closes"]


@dataclass(frozen=True, slots=True)
class ServiceLaw:
    """Lognormal service time as the sampler takes it, with its mean in minutes."""

    mean: float
    median: float
    sigma: float


@dataclass(frozen=True, slots=True)
class StepModel:
    """
    One step of a task at this outlet.

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
    """

    lane: int
    service: ServiceLaw | None
    fail_over: float = 0.0
    at_counter: ServiceLaw | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """
    The staff of a lane changes, or its door does.

    Parameters
    ----------
    minute
        Minute of the service day.
    servers
        Servers on duty from then on. At a closing: those who stay for the queue inside, the last staff
        of the window that was not zero.
    door
        What the door does.
    """

    minute: float
    servers: int
    door: Door


@dataclass(frozen=True, slots=True)
class LaneModel:
    """
    One lane of an outlet on one kind of day.

    Parameters
    ----------
    servers
        Most servers at any time.
    windows
        Opening windows in minutes, not touching each other.
    changes
        Staff and door in order of time.
    patience
        Mean exponential patience in minutes; ``inf`` for none.
    end_of_shift
        What happens to those who wait at closing.
    breakdowns
        Failures of each server; None for none.
    """

    servers: int
    windows: tuple[tuple[float, float], ...]
    changes: tuple[Change, ...]
    patience: float
    end_of_shift: EndOfShift
    breakdowns: Breakdowns | None


@dataclass(frozen=True, slots=True)
class OutletModel:
    """
    One outlet: its lanes and what each task does there.

    Parameters
    ----------
    lanes
        Terminal and counter; None where the outlet lacks the lane.
    routes
        Steps of each task in the study's order; None for a task that the outlet does not do.
    """

    lanes: tuple[LaneModel | None, LaneModel | None]
    routes: tuple[tuple[StepModel, ...] | None, ...]


def outlet_model(study: Study, option: Option, on_duty: NDArray[np.int64] | None = None) -> OutletModel:
    """
    Return the model of an option on one kind of day.

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

    def lane_of(lane: Lane) -> LaneModel | None:
        if option.servers(lane) == 0 or lane not in form.levels:
            return None
        staff = on_duty if lane == "counter" else None
        return lane_model(study.hours_of(option, lane), study.lanes[lane], option.servers(lane), staff)

    terminal, counter = lane_of("terminal"), lane_of("counter")
    has = (terminal is not None, counter is not None)
    return OutletModel((terminal, counter), tuple(route_of(form, task, has) for task in study.tasks))


def lane_model(
    hours: OpeningHours, policy: LanePolicy, servers: int, on_duty: NDArray[np.int64] | None = None
) -> LaneModel:
    """
    Return one lane on one kind of day.

    Parameters
    ----------
    hours
        Opening hours.
    policy
        Patience, end-of-shift rule and breakdowns.
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
    return LaneModel(most, tuple(windows), tuple(changes), policy.patience, policy.end_of_shift, policy.breakdowns)


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


def route_of(form: Format, task: Task, has: tuple[bool, bool]) -> tuple[StepModel, ...] | None:
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
    """
    route = tuple(_step_model(form, task, step, has) for step in task.steps)
    return route if route[0].lane != NO_LANE else None


def _step_model(form: Format, task: Task, step: Step, has: tuple[bool, bool]) -> StepModel:
    """Return where and how a step is done."""
    lane = form.lane_of(task, step, has)
    if lane == "terminal" and step.terminal is not None:
        after = step.after_fail_over or step.counter
        takes = after is not None and has[COUNTER] and task.id in form.tasks.get("counter", ())
        at_counter = service_law(after, form.speed) if takes and after is not None else None
        return StepModel(TERMINAL, service_law(step.terminal, form.speed), step.fail_over, at_counter)
    if lane == "counter" and step.counter is not None:
        return StepModel(COUNTER, service_law(step.counter, form.speed))
    return StepModel(NO_LANE, None)


def service_law(time: ServiceTime, speed: float) -> ServiceLaw:
    """Return the law of a service time at an outlet of the given speed."""
    mean = time.mean / speed
    return ServiceLaw(mean, *lognormal_parameters(mean, time.cv))
