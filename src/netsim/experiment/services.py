"""Tasks, lanes, formats and shifts of a scenario as records of the study."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from netsim.model.calendar import SLOT_MINUTES
from netsim.model.channel import Pool, RemoteChannel
from netsim.model.locker import Parcels
from netsim.model.network import Channel, Format, FormatCosts, OpeningPattern, ShiftType
from netsim.model.scenario import Scenario
from netsim.model.scenario_locker import clock
from netsim.model.scenario_service import (
    AppointmentsInput,
    FormatInput,
    LanePolicyInput,
    QueueInput,
    RoomInput,
    StepInput,
)
from netsim.model.scenario_upkeep import ServiceTimeInput, UpkeepInput
from netsim.model.service import LANES, Balking, Breakdowns, Lane, LanePolicy, Misroute, Promise, Step, Task
from netsim.model.service_time import ServiceTime
from netsim.model.station import NO_PROMISE, StationKind, StationUse, Worker
from netsim.model.upkeep import Tier, UpkeepPolicy
from netsim.model.visiting import Appointments, Leavers, RemoteStart


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
                door=item.waits_at_door or 0.0,
                appointments=_appointments(item.appointments),
                remote=tuple(RemoteStart(key, start.share, start.succeeds) for key, start in item.remote.items()),
                leavers=None
                if item.leavers is None
                else Leavers(tuple(item.leavers.to.items()), item.leavers.after or 0.0),
            )
        )
    return tuple(found)


def _appointments(item: AppointmentsInput | None) -> Appointments | None:
    if item is None:
        return None
    late = (0.0, 0.0) if item.late is None else (item.late.share, item.late.mean)
    return Appointments(item.share, item.every, item.places, item.no_show, *late, item.priority)


def lane_policies(scenario: Scenario) -> dict[Lane, LanePolicy]:
    """Return what holds for each lane that the scenario has."""
    found: dict[Lane, LanePolicy] = {}
    for lane in LANES:
        policy: LanePolicyInput | None = getattr(scenario.lanes, lane)
        if policy is None:
            continue
        found[lane] = _policy(policy, Promise(policy.promise.share, policy.promise.within))
    return found


def _policy(policy: QueueInput, promise: Promise) -> LanePolicy:
    """Return how customers wait at a lane or station."""
    broken = policy.breakdowns
    return LanePolicy(
        promise=promise,
        patience=math.inf if policy.patience is None else policy.patience,
        end_of_shift=policy.end_of_shift,
        breakdowns=None if broken is None else Breakdowns(broken.mtbf, broken.mttr, broken.cv),
        balking=None if policy.balking is None else Balking(policy.balking.queue, policy.balking.share),
        patience_law=policy.patience_law,
        patience_shape=policy.patience_shape or 1.0,
        announces=policy.announces,
        upkeep=_upkeep(policy.upkeep),
        queue_each=policy.queues == "each",
        jockey=policy.jockey or 2,
    )


def _upkeep(item: UpkeepInput | None) -> UpkeepPolicy | None:
    """Return how machines are looked after."""
    if item is None:
        return None
    tiers = tuple(
        Tier(name, tier.at, _law_of(tier.takes), tier.solves, tier.response or 0.0) for name, tier in item.tiers.items()
    )
    plan = item.preventive
    if plan is None:
        return UpkeepPolicy(item.mtbf, item.shape, tiers)
    return UpkeepPolicy(item.mtbf, item.shape, tiers, plan.every, Tier("preventive", plan.at, _law_of(plan.takes)))


def _law_of(item: ServiceTimeInput) -> ServiceTime:
    return ServiceTime(item.mean, item.cv or 0.0, item.law)


def stations(scenario: Scenario) -> tuple[StationKind, ...]:
    """Return what stands beside the lanes, in the scenario's order."""
    return tuple(
        StationKind(name, dict(item.name), _policy(item, NO_PROMISE), item.customers_wait, item.on_system)
        for name, item in scenario.stations.items()
    )


def pools(scenario: Scenario) -> tuple[Pool, ...]:
    """Return what all outlets share."""
    found = []
    for name, item in scenario.pools.items():
        kind = StationKind(name, dict(item.name), _policy(item, NO_PROMISE), item.customers_wait, item.on_system)
        servers = len(scenario.teams[item.team]) if item.team is not None else item.servers or 1
        found.append(Pool(kind, servers, item.hours, item.cost, item.team))
    return tuple(found)


def remote_channels(scenario: Scenario) -> tuple[RemoteChannel, ...]:
    """Return the channels without an outlet."""
    return tuple(
        RemoteChannel(
            id=name,
            name=dict(item.name),
            takes=_law_of(item.takes),
            succeeds=item.succeeds,
            otherwise=tuple(item.otherwise.items()),
            leavers=tuple(item.leavers.items()),
            after=item.after or 0.0,
            pool=item.pool,
            per_contact=item.per_contact,
            on_system=item.on_system,
        )
        for name, item in scenario.remote.items()
    )


def teams(scenario: Scenario) -> dict[str, tuple[Worker, ...]]:
    """Return the named persons by team."""
    return {
        name: tuple(
            Worker(person, item.group or "", item.skills, item.speed, item.on_duty) for person, item in team.items()
        )
        for name, team in scenario.teams.items()
    }


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
            costs=_costs(scenario, item),
            speed=item.speed,
            room=item.room.places if isinstance(item.room, RoomInput) else item.room,
            stations=_stations(scenario, item),
            team=item.team,
            cells=_cells(scenario, item),
            shared=tuple(scenario.pools),
            attraction=item.attraction,
        )
        for name, item in scenario.formats.items()
    }


def _stations(scenario: Scenario, form: FormatInput) -> dict[str, StationUse]:
    """Return the stations of a format with their servers."""
    return {
        name: StationUse(
            len(scenario.teams[use.team]) if use.team is not None else use.servers or 1, use.hours, use.cost, use.team
        )
        for name, use in form.stations.items()
    }


def _cells(scenario: Scenario, form: FormatInput) -> tuple[int, ...]:
    """Return the cells of a format in the order of the sizes; empty for what is no locker."""
    if scenario.parcels is None or not form.cells:
        return ()
    return tuple(form.cells.get(size, 0) for size in scenario.parcels.sizes)


def parcels(scenario: Scenario) -> Parcels | None:
    """Return what holds for lockers, None where there are none."""
    item = scenario.parcels
    if item is None:
        return None
    return Parcels(
        task=item.task,
        sizes=tuple(item.sizes.items()),
        consent=item.consent,
        dwell=_law_of(item.dwell),
        waves=tuple((clock(text), share) for text, share in item.waves.items()),
        free=item.free_retention,
        removed=math.inf if item.removal_after is None else item.removal_after,
        to_outlet=item.to_outlet,
        home_cost=item.home_cost,
    )


def _costs(scenario: Scenario, form: FormatInput) -> FormatCosts:
    """Return what a format costs; its stations are part of what is fixed."""
    costs = FormatCosts(**form.costs.model_dump())
    beside = sum(use.servers * use.cost for use in _stations(scenario, form).values())
    return replace(costs, fixed=costs.fixed + beside)


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
    wrong = step.misrouted
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
        station=step.at,
        takes=_time(step.takes),
        also=step.also,
        skills=step.skills,
        mandatory=step.mandatory,
        then=tuple((step.then or {}).items()),
        misrouted=None if wrong is None else Misroute(wrong.share, wrong.to, _law_of(wrong.takes)),
    )


def _time(item: ServiceTimeInput | None) -> ServiceTime | None:
    return None if item is None else _law_of(item)
