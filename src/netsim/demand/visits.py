"""Visits wished a day, from people and how often they come for what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from netsim.model.calendar import DayType
from netsim.model.demand import DemandLayer, ZoneTable
from netsim.model.provenance import Provenance, weakest
from netsim.model.study import Study


@dataclass(frozen=True, slots=True)
class Segment:
    """
    People of one layer and what they come for.

    Parameters
    ----------
    id
        Immutable id.
    visits_per_person
        Visits wished a day and person.
    tasks
        Share of each task in the visits; sums to 1.
    provenance
        Where the figures come from.
    scale
        Multiplier of the people (1 = as given).
    people
        Key of their people in the zone table; empty for the id.
    part
        Share of the wishes for each task that these people wish: those of them who are there, and who do it in
        their way; 1 for tasks that are not named.
    """

    id: str
    visits_per_person: float
    tasks: Mapping[str, float]
    provenance: Provenance
    scale: float = 1.0
    people: str = ""
    part: Mapping[str, float] = field(default_factory=dict)


def demand_layer(
    zones: ZoneTable, segments: Sequence[Segment], tasks: Sequence[str], day_types: Sequence[DayType]
) -> DemandLayer:
    """
    Return mean visits wished a day: people x scale x visits per person x task share x part x day factor.

    Parameters
    ----------
    zones
        The zone table; it holds the people of every segment.
    segments, tasks, day_types
        The axes, in order.

    Raises
    ------
    KeyError
        If a segment has no people in the zone table.
    """
    visits = np.zeros((1, 1, len(day_types), len(segments), len(tasks), len(zones.ids)))
    for row, segment in enumerate(segments):
        mix = np.array([segment.tasks.get(task, 0.0) * segment.part.get(task, 1.0) for task in tasks])
        people = zones.people[segment.people or segment.id] * segment.scale * segment.visits_per_person
        for day, day_type in enumerate(day_types):
            visits[0, 0, day, row] = np.outer(mix, people) * day_type.demand_factor
    sources = "; ".join(dict.fromkeys(segment.provenance.source for segment in segments))
    evidence = weakest(segment.provenance.evidence for segment in segments)
    return DemandLayer(
        periods=("base",),
        scenarios=("base",),
        day_types=tuple(day.id for day in day_types),
        segments=tuple(segment.id for segment in segments),
        tasks=tuple(tasks),
        zones=zones.ids,
        visits=visits,
        provenance=Provenance(sources, evidence),
    )


def task_mix(demand: DemandLayer) -> NDArray[np.float64]:
    """
    Return the share of each task in a day's wished visits, shape ``(day types, tasks)``; rows sum to 1.

    A day type on which nobody wishes anything takes the mix of the others.
    """
    totals = demand.visits[0, 0].sum(axis=(1, 3))
    totals = np.where(totals.sum(axis=1, keepdims=True) > 0, totals, totals.sum(axis=0))
    shares: NDArray[np.float64] = totals / totals.sum(axis=1, keepdims=True)
    return shares


def scaled(study: Study, factors: Mapping[str, float]) -> Study:
    """
    Return the study with the demand of some segments multiplied.

    The mix at which capacities are simulated stays as it was, so that capacities can be shared.

    Parameters
    ----------
    factors
        Segment id -> factor, non-negative.

    Raises
    ------
    KeyError
        If the study has no such segment.
    """
    unknown = set(factors) - set(study.demand.segments)
    if unknown:
        raise KeyError(f"no segment {', '.join(sorted(unknown))}; there are {', '.join(study.demand.segments)}")
    weights = np.array([factors.get(segment, 1.0) for segment in study.demand.segments])
    visits = study.demand.visits * weights[:, None, None]
    return replace(study, demand=replace(study.demand, visits=visits))
