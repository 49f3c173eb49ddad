"""From a scenario and its data files to the study that everything else works on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from netsim.demand.visits import demand_layer, task_mix
from netsim.errors import BadInputError
from netsim.experiment.measuring import measuring_of
from netsim.experiment.outlets import choice_rules, own_sites, rivals, site_attributes, unused_kinds
from netsim.experiment.places import fault_at, read_places
from netsim.experiment.segments import groups_of, wishes, with_channels
from netsim.experiment.services import (
    channels,
    formats,
    lane_policies,
    outages,
    parcels,
    pools,
    remote_channels,
    shifts,
    stations,
    tasks,
    teams,
)
from netsim.experiment.travelling import Traveller, departures
from netsim.model.calendar import DayType, OpeningHours
from netsim.model.channel import NEARBY
from netsim.model.demand import DemandLayer, TravelMatrix
from netsim.model.network import Site
from netsim.model.provenance import weakest
from netsim.model.scenario import RulesInput
from netsim.model.service import Task
from netsim.model.study import (
    Basemap,
    CoverageRule,
    Economics,
    PlanningLimits,
    PlanRules,
    SimulationLimits,
    Study,
)
from netsim.scenario.load import LoadedScenario


def assemble(loaded: LoadedScenario) -> tuple[Study, Basemap]:
    """
    Read every data file that a scenario names and work out demand, sites and travel times.

    Returns
    -------
    tuple
        The study, and what is drawn below its maps.

    Raises
    ------
    BadInputError
        If a data file has faults, or scenario and data do not fit.
    """
    scenario = loaded.scenario
    places = read_places(loaded)
    days = scenario.calendar.days()
    day_types = tuple(
        DayType(name, days[name], item.demand_factor) for name, item in scenario.calendar.day_types.items()
    )
    task_list = tasks(scenario)
    try:
        found = wishes(scenario, task_list, loaded.figures)
    except ValueError as error:
        raise BadInputError((fault_at(loaded, "demand.migration", str(error)),)) from None
    demand = demand_layer(places.zones, found.segments, [task.id for task in task_list], day_types)
    task_list, turns = with_channels(task_list, found, demand, tuple(scenario.remote), day_types)
    known = formats(scenario)
    sites, others = own_sites(loaded, places.sites, known), rivals(loaded, places.sites)
    ids = [*(site.id for site in sites), *(rival.id for rival in others)]
    traveller = Traveller(loaded, places, departures(task_list, demand))
    travel, rival_travel = traveller.to_outlets(sites, others)
    _check_reach(loaded, demand, travel)
    evidence = weakest(
        [figure.provenance.evidence for figure in loaded.figures]
        + [site.provenance.evidence for site in sites]
        + [rival.provenance.evidence for rival in others]
        + [places.evidence]
    )
    attribution = tuple(filter(None, [scenario.geography.attribution]))
    study = Study(
        id=loaded.id,
        name=dict(scenario.name),
        note=dict(scenario.note),
        seed=scenario.seed,
        plan_as_is=scenario.plan == "as_is",
        time_zone=scenario.calendar.time_zone,
        day_types=day_types,
        hours={name: OpeningHours(name, windows) for name, windows in scenario.calendar.hours.items()},
        tasks=task_list,
        lanes=lane_policies(scenario),
        day_factor_cv=scenario.demand.day_factor_cv,
        outages=outages(scenario),
        groups=groups_of(found, demand, day_types),
        turns=turns,
        choice=choice_rules(scenario),
        rivals=others,
        rival_travel=rival_travel,
        attributes=site_attributes(loaded, places.sites, ids),
        stations=stations(scenario),
        teams=teams(scenario),
        pools=pools(scenario),
        remote=remote_channels(scenario),
        parcels=parcels(scenario),
        between=_between(traveller, sites, task_list),
        channels=channels(scenario),
        formats=known,
        shifts=shifts(scenario),
        sites=sites,
        zones=places.zones,
        demand=demand,
        mix=task_mix(demand),
        travel=travel,
        rules=_rules(scenario.rules, places.zones.people),
        economics=Economics(**scenario.economics.model_dump()),
        planning=PlanningLimits(**scenario.planning.model_dump()),
        simulation=SimulationLimits(**scenario.simulation.model_dump(exclude={"precision", "min_days"})),
        figures=loaded.figures,
        evidence=evidence,
        attribution=attribution,
        fingerprint=places.fingerprint,
        notes=(
            *(str(warning) for warning in loaded.warnings),
            *places.notes,
            *unused_kinds(loaded, places.sites),
            *_beyond_reach(loaded, sites, travel),
            *traveller.notes,
        ),
    )
    return replace(study, measuring=measuring_of(loaded, study)), places.basemap


def _rules(rules: RulesInput, people: Iterable[str]) -> PlanRules:
    coverage = tuple(
        CoverageRule(name, item.task, item.share, item.within, _segments_of(item.layers, people))
        for name, item in rules.coverage.items()
    )
    return PlanRules(
        assignment=rules.assignment,
        reach=rules.reach,
        served_share=rules.served_share,
        coverage=coverage,
        budget=float("inf") if rules.budget is None else rules.budget,
        max_changes=rules.max_changes,
    )


def _beyond_reach(loaded: LoadedScenario, sites: tuple[Site, ...], travel: TravelMatrix) -> list[str]:
    """Return a note for each site that lies beyond the reach of every zone."""
    nearest = travel.minutes.min(axis=0)
    reach = loaded.scenario.rules.reach
    return [
        f"the site {site.id!r} lies beyond the reach of every zone ({minutes:.0f} min to the nearest; reach: {reach:g})"
        for site, minutes in zip(sites, nearest, strict=True)
        if minutes > reach
    ]


def _segments_of(layers: Sequence[str], people: Iterable[str]) -> tuple[str, ...]:
    """Return the segments that layers consist of."""
    return tuple(name for name in people if name in layers or name.partition(".")[0] in layers)


def _between(traveller: Traveller, sites: tuple[Site, ...], task_list: Sequence[Task]) -> NDArray[np.float64] | None:
    """Return minutes from site to site, None where nobody goes on from one to another."""
    if not any(task.leavers is not None and any(to == NEARBY for to, _ in task.leavers.to) for task in task_list):
        return None
    return traveller.between(sites)


def _check_reach(loaded: LoadedScenario, demand: DemandLayer, travel: TravelMatrix) -> None:
    """Refuse a study in which nobody could reach any site."""
    visits: NDArray[np.float64] = demand.visits[0, 0].sum(axis=(0, 1, 2))
    reach = (travel.minutes <= loaded.scenario.rules.reach).any(axis=1)
    if not visits[reach].sum() > 0:
        message = (
            f"no site lies within {loaded.scenario.rules.reach:g} min of any zone with demand; the nearest is "
            f"{travel.metres.min() / 1000:,.1f} km away (are x and y, or lon and lat, swapped?)"
        )
        raise BadInputError((fault_at(loaded, "rules.reach", message),))
