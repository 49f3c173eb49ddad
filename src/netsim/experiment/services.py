"""Tasks, lanes, formats and shifts of a scenario as records of the study."""

from __future__ import annotations

import math

import numpy as np

from netsim.model.calendar import SLOT_MINUTES
from netsim.model.network import Channel, Format, FormatCosts, OpeningPattern, ShiftType
from netsim.model.scenario import Scenario
from netsim.model.scenario_service import LanePolicyInput, ServiceTimeInput, StepInput
from netsim.model.service import LANES, Balking, Breakdowns, Lane, LanePolicy, Promise, ServiceTime, Step, Task


def tasks(scenario: Scenario) -> tuple[Task, ...]:
    """Return the tasks in the scenario's order; profiles are normalised to sum to 1."""
    found = []
    for name, item in scenario.tasks.items():
        shares = np.array(scenario.profiles[item.profile].shares)
        found.append(
            Task(
                id=name,
                name=dict(item.name),
                steps=tuple(_step(key, step) for key, step in item.steps.items()),
                profile=tuple((shares / shares.sum()).tolist()),
                flexible=item.flexible,
                lost_visit_cost=item.lost_visit_cost,
                priority=item.priority,
                preempts=item.preempts,
            )
        )
    return tuple(found)


def lane_policies(scenario: Scenario) -> dict[Lane, LanePolicy]:
    """Return what holds for each lane that the scenario has."""
    found: dict[Lane, LanePolicy] = {}
    for lane in LANES:
        policy: LanePolicyInput | None = getattr(scenario.lanes, lane)
        if policy is None:
            continue
        broken = policy.breakdowns
        found[lane] = LanePolicy(
            promise=Promise(policy.promise.share, policy.promise.within),
            patience=math.inf if policy.patience is None else policy.patience,
            end_of_shift=policy.end_of_shift,
            breakdowns=None if broken is None else Breakdowns(broken.mtbf, broken.mttr, broken.cv),
            balking=None if policy.balking is None else Balking(policy.balking.queue, policy.balking.share),
            patience_law=policy.patience_law,
            patience_shape=policy.patience_shape or 1.0,
            announces=policy.announces,
        )
    return found


def outages(scenario: Scenario) -> Breakdowns | None:
    """Return when the system is down, or None for never."""
    item = scenario.outages
    return None if item is None else Breakdowns(item.mtbf, item.mttr, item.cv)


def channels(scenario: Scenario) -> dict[str, Channel]:
    """Return the channels by id."""
    return {name: Channel(name, dict(item.name), item.contact, item.medium) for name, item in scenario.channels.items()}


def formats(scenario: Scenario) -> dict[str, Format]:
    """Return the formats by id."""
    return {
        name: Format(
            id=name,
            name=dict(item.name),
            ownership=item.ownership,
            tasks={lane: tuple(item.tasks[lane]) for lane in LANES if lane in item.tasks},
            levels={lane: item.levels[lane] for lane in LANES if lane in item.levels},
            patterns=tuple(OpeningPattern(key, dict(hours)) for key, hours in item.patterns.items()),
            channels=dict(item.channels),
            costs=FormatCosts(**item.costs.model_dump()),
            speed=item.speed,
            room=item.room,
        )
        for name, item in scenario.formats.items()
    }


def shifts(scenario: Scenario) -> tuple[ShiftType, ...]:
    """Return the shifts, in half-hours."""
    return tuple(
        ShiftType(
            id=name,
            slots=round(item.length / SLOT_MINUTES),
            paid_hours=item.paid / 60.0,
            break_after=(0, 0)
            if item.pause is None
            else (round(item.pause.after[0] / SLOT_MINUTES), round(item.pause.after[1] / SLOT_MINUTES)),
            break_slots=0 if item.pause is None else round(item.pause.length / SLOT_MINUTES),
        )
        for name, item in scenario.staff.shifts.items()
    )


def _step(name: str, step: StepInput) -> Step:
    return Step(
        id=name,
        terminal=_time(step.terminal),
        counter=_time(step.counter),
        fail_over=step.fail_over,
        after_fail_over=_time(step.after_fail_over),
        stage=step.stage,
        rework=step.rework,
        hand_off=step.hand_off or 0.0,
        incomplete=step.incomplete,
        returns_after=step.returns_after or 0.0,
    )


def _time(item: ServiceTimeInput | None) -> ServiceTime | None:
    return None if item is None else ServiceTime(item.mean, item.cv or 0.0, item.law)
