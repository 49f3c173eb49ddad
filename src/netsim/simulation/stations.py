"""The stations of an outlet on one kind of day: its lanes, what stands beside them, and who works there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from netsim.model.behaviour import Behaviour
from netsim.model.calendar import SLOT_MINUTES, SLOTS, OpeningHours
from netsim.model.channel import Pool, RemoteChannel
from netsim.model.network import Format, Option
from netsim.model.service import LANES, Breakdowns, LanePolicy
from netsim.model.station import Worker
from netsim.model.study import Study
from netsim.model.upkeep import UpkeepPolicy
from netsim.simulation.laws import NEVER, Law, exponential_law, fixed, weibull_law
from netsim.simulation.outlet import Change, Person, Station

NO_LANE, TERMINAL, COUNTER = -1, 0, 1
"""Positions on the axis of places; the stations of an outlet are its lanes and the stations beside them."""


def lanes_of(form: Format, option: Option) -> tuple[bool, bool]:
    """Return whether an outlet has a terminal and a counter."""
    return (
        option.terminals > 0 and "terminal" in form.levels,
        option.counters > 0 and "counter" in form.levels,
    )


def stands(form: Format, place: str, has: tuple[bool, bool]) -> bool:
    """Whether an outlet of a format has a lane or station."""
    return has[LANES.index(place)] if place in LANES else place in form.stations


def station_at(study: Study, option: Option, place: int, on_duty: NDArray[np.int64] | None = None) -> Station | None:
    """
    Return the station of a place of an option; None where the option lacks it.

    Parameters
    ----------
    study, option
        As in ``outlet_model``.
    place
        Position of the place.
    on_duty
        Servers by half-hour, shape ``(60,)``; None for as many as the option has. Named persons come and go by
        their own hours.
    """
    form, name = study.formats[option.format], study.places[place]
    if place < len(LANES):
        if not lanes_of(form, option)[place]:
            return None
        servers, team = option.servers(LANES[place]), form.team if place == COUNTER else None
        found = lane_station(study.hours_at(option, name), study.policy_at(place), servers, on_duty)
    elif place >= study.outlet_places:
        return None
    else:
        use = form.stations.get(name)
        if use is None:
            return None
        kind, team = study.stations[place - len(LANES)], use.team
        found = lane_station(study.hours_at(option, name), kind.policy, use.servers)
        found = replace(found, in_room=kind.customers_wait, on_system=kind.on_system)
        if not kind.customers_wait:
            found = replace(found, changes=_left_before(found))
    return found if team is None else staffed(found, study.teams[team], study.skills)


def pool_station(study: Study, pool: Pool) -> Station:
    """
    Return the station of a pool.

    Parameters
    ----------
    study
        The study, for hours, teams and skills.
    pool
        The pool.
    """
    found = lane_station(study.hours[pool.hours], pool.kind.policy, pool.servers)
    found = replace(found, in_room=False, on_system=pool.kind.on_system)
    if not pool.kind.customers_wait:
        found = replace(found, changes=_left_before(found))
    return found if pool.team is None else staffed(found, study.teams[pool.team], study.skills)


def open_to_all(channel: RemoteChannel, customers: int) -> Station:
    """
    Return the station of a remote channel that serves as many as come.

    Parameters
    ----------
    channel
        The channel.
    customers
        Most customers of a day: nobody ever waits.
    """
    servers, end = max(customers, 1), SLOTS * SLOT_MINUTES
    changes = (Change(0.0, servers, "opens"), Change(end, servers, "closes"))
    return Station(servers, ((0.0, end),), changes, in_room=False, on_system=channel.on_system)


def _left_before(station: Station) -> tuple[Change, ...]:
    """Return the changes of a station at which papers may be left from midnight to its last closing."""
    last = len(station.changes) - 1
    changes = [
        replace(
            change,
            servers=0 if change.door == "closes" and number < last else change.servers,
            door="closes" if number == last else "stays",
        )
        for number, change in enumerate(station.changes)
    ]
    return (Change(0.0, 0, "opens"), *changes)


def staffed(station: Station, team: Sequence[Worker], skills: Sequence[str]) -> Station:
    """
    Return a station whose servers are the persons of a team.

    Parameters
    ----------
    station
        The station with its opening hours.
    team
        Who works there.
    skills
        Names of the skills in the order of their bits.
    """
    persons = tuple(Person(worker.id, worker.duty, skill_bits(worker.able, skills), worker.speed) for worker in team)
    return replace(station, servers=len(persons), persons=persons)


def skill_bits(own: Sequence[str], skills: Sequence[str]) -> int:
    """Return the bit mask of some skills."""
    return sum(1 << skills.index(skill) for skill in own)


def patience_of(study: Study, behaviour: Behaviour) -> list[Law]:
    """Return the law of the patience of some customers at each place; ``NEVER`` where the study has no policy."""
    laws = [patience_law(study.lanes[lane], behaviour.patience) if lane in study.lanes else NEVER for lane in LANES]
    laws += [
        patience_law(kind.policy, behaviour.patience) if kind.customers_wait else NEVER for kind in study.station_kinds
    ]
    return laws + [NEVER] * (len(study.places) - len(laws))


def patience_law(policy: LanePolicy, factor: float = 1.0) -> Law:
    """Return the law of the patience at a lane, its mean times a factor."""
    mean = policy.patience * factor
    if math.isinf(mean):
        return NEVER
    if policy.patience_law == "weibull":
        return weibull_law(mean, policy.patience_shape)
    return fixed(mean) if policy.patience_law == "fixed" else exponential_law(mean)


def as_breakdowns(upkeep: UpkeepPolicy) -> Breakdowns:
    """
    Return failures that mend themselves as technicians would who are never busy.

    A lane alone, by which capacities are measured, takes these: its technicians are somewhere else.
    """
    return Breakdowns(upkeep.mtbf, upkeep.mean_repair, 1.0)


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
        breakdowns=policy.breakdowns if policy.upkeep is None else as_breakdowns(policy.upkeep),
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
