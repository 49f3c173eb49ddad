"""The segments of a study: parts of the people layers, how many there are, how they behave, and who moved on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from netsim.demand.growth import Growth, growth_along
from netsim.demand.s_curve import SCurve, migrated_share
from netsim.demand.visits import Segment
from netsim.model.behaviour import Behaviour, Groups
from netsim.model.calendar import DayType
from netsim.model.demand import DemandLayer
from netsim.model.provenance import Figure, Provenance, weakest
from netsim.model.scenario import Scenario
from netsim.model.scenario_demand import BehaviourInput, PeopleLayer, SegmentInput
from netsim.model.service import Task
from netsim.model.visiting import RemoteStart
from netsim.scenario.demand_references import TERMINAL

BY_COUNTER = "by_counter"
"""Ending of the id of those of a segment who do not use terminals yet."""


@dataclass(frozen=True, slots=True)
class SegmentKind:
    """
    A segment as the scenario defines it.

    Parameters
    ----------
    id
        The layer's id, or ``layer.segment``.
    layer, part
        The people layer, and which part of it; None for all of it.
    visits_per_person, tasks
        How often they wish a visit, and for what.
    behaviour
        What sets them apart at an outlet.
    """

    id: str
    layer: str
    part: str | None
    visits_per_person: float
    tasks: Mapping[str, float]
    behaviour: Behaviour


def segment_kinds(scenario: Scenario) -> tuple[SegmentKind, ...]:
    """Return the segments of all layers, in the order of the scenario."""
    found = []
    for name, layer in scenario.demand.layers.items():
        if not layer.segments:
            found.append(
                SegmentKind(name, name, None, layer.visits_per_person, layer.tasks, _behaviour(layer.behaviour))
            )
        for key, part in layer.segments.items():
            found.append(_part(name, layer, key, part))
    return tuple(found)


def _part(name: str, layer: PeopleLayer, key: str, part: SegmentInput) -> SegmentKind:
    """Return a part of a layer; what it leaves unsaid is as in the layer."""
    visits = layer.visits_per_person if part.visits_per_person is None else part.visits_per_person
    behaviour = layer.behaviour if part.behaviour is None else part.behaviour
    return SegmentKind(f"{name}.{key}", name, key, visits, part.tasks or layer.tasks, _behaviour(behaviour))


def _behaviour(item: BehaviourInput) -> Behaviour:
    return Behaviour(**item.model_dump())


def parted(
    people: NDArray[np.float64], parts: Mapping[str, SegmentInput], columns: Mapping[str, NDArray[np.float64]]
) -> dict[str, NDArray[np.float64]]:
    """
    Divide the people of a layer among its segments; nobody is lost and nobody counted twice.

    Parameters
    ----------
    people
        People by zone, shape ``(zones,)``.
    parts
        The segments.
    columns
        Columns of the zones, shape ``(zones,)`` each; a missing value counts as 0.

    Raises
    ------
    KeyError
        If a segment names a column that the zones lack.
    ValueError
        If a column is not a share, or the shares of a zone sum to more than 1 (or less, where none is the rest).
    """
    shares: dict[str, NDArray[np.float64]] = {}
    rest: str | None = None
    for key, part in parts.items():
        if part.column is not None:
            shares[key] = np.nan_to_num(columns[part.column])
            if (shares[key] < 0.0).any() or (shares[key] > 1.0).any():
                raise ValueError(f"segment {key!r}: column {part.column!r} must hold shares between 0 and 1")
        elif part.share is not None:
            shares[key] = np.full(len(people), part.share)
        else:
            rest = key
    total = np.sum(list(shares.values()), axis=0) if shares else np.zeros(len(people))
    if (total > 1.0 + 1e-6).any() or (rest is None and (total < 1.0 - 1e-6).any() and people[total < 1.0 - 1e-6].any()):
        worst = int(np.abs(total - 1.0).argmax())
        raise ValueError(f"the segments' shares sum to {100 * total[worst]:.6g}% in a zone; expected 100%, or a rest")
    if rest is not None:
        shares[rest] = np.maximum(1.0 - total, 0.0)
    return {key: people * shares[key] for key in parts}


def growth_factor(layer: PeopleLayer, year: float | None) -> float:
    """Return the people of a layer in a year relative to its figure; 1 where the layer does not change."""
    item = layer.growth
    if item is None or year is None:
        return 1.0
    if item.since is not None and item.yearly is not None:
        return Growth((item.since,), (1.0,), item.yearly).factor(year)
    return growth_along([(point.year, point.factor) for point in item.points]).factor(year)


@dataclass(frozen=True, slots=True, eq=False)
class Wishes:
    """
    Who wishes visits, as the demand layer and the simulation take it.

    Parameters
    ----------
    segments
        Axis of segments; those of a segment who do not use terminals yet stand behind the others.
    behaviours
        What sets each of them apart, as many.
    turns
        Share of each segment, task and remote channel that turns to the channel first because it moved there,
        shape ``(segments, tasks, channels)``.
    """

    segments: tuple[Segment, ...]
    behaviours: tuple[Behaviour, ...]
    turns: NDArray[np.float64]


def wishes(scenario: Scenario, tasks: Sequence[Task], figures: Sequence[Figure]) -> Wishes:
    """
    Return the segments of a scenario in the year that is looked at.

    Parameters
    ----------
    scenario
        The scenario.
    tasks
        Its tasks, for their profiles.
    figures
        Its figures, for the provenance of each layer.

    Raises
    ------
    ValueError
        If more than everybody of a segment moves on.
    """
    segments: list[Segment] = []
    behaviours: list[Behaviour] = []
    turns: list[NDArray[np.float64]] = []
    channels = tuple(scenario.remote)
    for kind in segment_kinds(scenario):
        moved = {task.id: dict(_moved(scenario, kind, task.id)) for task in tasks}
        to_channels = np.array([[moved[task.id].get(name, 0.0) for name in channels] for task in tasks])
        to_channels = to_channels.reshape(len(tasks), len(channels))
        for own, part in _by_machine(kind, tasks, moved):
            base = _segment(scenario, kind, figures)
            there = {task.id: own.present(task.profile) * part.get(task.id, 1.0) for task in tasks}
            name = kind.id if own.self_service == kind.behaviour.self_service else f"{kind.id}.{BY_COUNTER}"
            segments.append(replace(base, id=name, part=there))
            behaviours.append(own)
            turns.append(to_channels)
    return Wishes(tuple(segments), tuple(behaviours), np.array(turns).reshape(len(segments), len(tasks), len(channels)))


def _by_machine(
    kind: SegmentKind, tasks: Sequence[Task], moved: Mapping[str, Mapping[str, float]]
) -> Iterator[tuple[Behaviour, dict[str, float]]]:
    """Yield those who use terminals and those who do not yet, with their part of each task's visits."""
    using = {task.id: moved[task.id][TERMINAL] for task in tasks if TERMINAL in moved[task.id]}
    if not using:
        yield kind.behaviour, {}
        return
    yield kind.behaviour, using
    yield replace(kind.behaviour, self_service=False), {task.id: 1.0 - using.get(task.id, 1.0) for task in tasks}


def _moved(scenario: Scenario, kind: SegmentKind, task: str) -> Iterator[tuple[str, float]]:
    """Yield where a segment has moved to with a task by the year that is looked at, and its share."""
    year = scenario.demand.year
    if year is None:
        return
    shares: dict[str, float] = {}
    for item in scenario.demand.migration.values():
        if task in item.tasks and (not item.segments or {kind.id, kind.layer} & set(item.segments)):
            curve = SCurve(start=item.start, cap=item.cap, midpoint=item.midpoint, years=item.years)
            shares[item.to] = shares.get(item.to, 0.0) + migrated_share(year, curve)
    remote = sum(share for to, share in shares.items() if to != TERMINAL)
    if max(remote, shares.get(TERMINAL, 0.0)) > 1.0 + 1e-9:
        raise ValueError(
            f"{100 * max(remote, shares.get(TERMINAL, 0.0)):.6g}% of {kind.id!r} move with {task!r}; at most 100%"
        )
    yield from shares.items()


def _segment(scenario: Scenario, kind: SegmentKind, figures: Sequence[Figure]) -> Segment:
    """Return a segment with the weakest provenance of its layer's figures."""
    own = [f.provenance for f in figures if f.path.startswith(f"demand.layers.{kind.layer}.")]
    source = "; ".join(dict.fromkeys(item.source for item in own))
    provenance = Provenance(source, weakest(item.evidence for item in own))
    scale = scenario.demand.scale.get(kind.layer, 1.0)
    return Segment(kind.id, kind.visits_per_person, kind.tasks, provenance, scale, people=kind.id)


def groups_of(found: Wishes, demand: DemandLayer, day_types: Sequence[DayType]) -> Groups:
    """Return which segments behave alike, and their shares of each task over the year."""
    kinds = tuple(dict.fromkeys(found.behaviours))
    if len(kinds) == 1:
        return Groups(kinds)
    of_segment = tuple(kinds.index(item) for item in found.behaviours)
    days = np.array([day.days_per_year for day in day_types])
    visits = np.tensordot(days, demand.visits[0, 0].sum(axis=3), 1)  # (segments, tasks)
    by_group = np.stack([visits[np.array(of_segment) == k].sum(axis=0) for k in range(len(kinds))], 1)
    every = by_group.sum(axis=1, keepdims=True)
    share = np.divide(by_group, every, out=np.full_like(by_group, 1.0 / len(kinds)), where=every > 0)
    names = tuple(
        tuple(n for n, g in zip(demand.segments, of_segment, strict=True) if g == k) for k in range(len(kinds))
    )
    return Groups(kinds, names, of_segment, share)


def with_channels(
    tasks: Sequence[Task], found: Wishes, demand: DemandLayer, channels: Sequence[str], day_types: Sequence[DayType]
) -> tuple[tuple[Task, ...], NDArray[np.float64] | None]:
    """
    Return the tasks with who turns to each remote channel first, on average, and the shares by segment.

    Those who moved to a channel come on top of those of ``tasks.*.remote``, out of those who would have come in
    person.

    Returns
    -------
    tuple
        The tasks, and shares of shape ``(segments, tasks, channels)``; None where nobody moved.
    """
    if not found.turns.any():
        return tuple(tasks), None
    base = np.zeros(found.turns.shape[1:])
    for row, task in enumerate(tasks):
        for start in task.remote:
            base[row, list(channels).index(start.channel)] = start.share
    shares = base + found.turns * (1.0 - base.sum(axis=1))[:, None]
    days = np.array([day.days_per_year for day in day_types])
    visits = np.tensordot(days, demand.visits[0, 0].sum(axis=3), 1)
    weight = np.divide(
        visits, visits.sum(axis=0), out=np.full_like(visits, 1.0 / len(visits)), where=visits.sum(axis=0) > 0
    )
    mean = np.einsum("st,stc->tc", weight, shares)
    own = [{start.channel: start.succeeds for start in task.remote} for task in tasks]
    return tuple(
        replace(
            task,
            remote=tuple(
                RemoteStart(name, float(mean[row, place]), own[row].get(name))
                for place, name in enumerate(channels)
                if mean[row, place] > 0 or name in own[row]
            ),
        )
        for row, task in enumerate(tasks)
    ), shares
