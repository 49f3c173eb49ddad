"""The way of one scenario, from the file to the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from netsim.capacity.cache import ContentCache, default_cache
from netsim.capacity.staircase import flat_capacities, simulated_capacities
from netsim.experiment.sensitivity import largest_segment, sensitivities
from netsim.experiment.settings import Settings
from netsim.experiment.site_results import site_results
from netsim.experiment.study import load_study
from netsim.experiment.versions import versions
from netsim.kpi import NetworkDays, kpi_values, measures
from netsim.kpi.money import cost_lost, cost_travel, fees
from netsim.model.choice import ChoiceOutcome
from netsim.model.plan import CostBreakdown, SitePlan, StaffPlan
from netsim.model.precision import Measurement
from netsim.model.result import RunResult, RunStatus, Sensitivity
from netsim.model.service import CapacityTable
from netsim.model.study import Basemap, Study
from netsim.optimize.siting.alternatives import alternatives
from netsim.optimize.siting.solve import as_is_plan
from netsim.optimize.staffing.costs import staff_costs
from netsim.optimize.staffing.roster import roster
from netsim.planning.certificate import Certificate, certify
from netsim.planning.choice_equilibrium import choice_equilibrium
from netsim.planning.network_days import MeasuredDays, at_counters, measured_days
from netsim.planning.siting_loop import LoopResult, full_staff, run_siting_loop
from netsim.simulation.locker_fates import locker_use
from netsim.simulation.network_totals import NetworkTotals
from netsim.simulation.summary import half_hours
from netsim.simulation.use import half_hour_use, resource_use, step_use
from netsim.text import code_sentence

Progress = Callable[[str, int, int], None]
TODAY = 99
"""Stream of the test of today's network; rounds of the loop use the numbers below."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """
    A scenario that was run, with all that reports and comparisons need.

    Parameters
    ----------
    result
        The answer.
    study, basemap
        What it was worked out from, and what is drawn below its maps.
    days, totals
        The common days that its measures were taken on, and the sums over them of every outlet.
    today
        The network of today on the same days; None where the run takes it as it is or was not asked to look.
    """

    result: RunResult
    study: Study
    basemap: Basemap
    days: NetworkDays
    totals: NetworkTotals
    today: RunResult | None = None


def run_scenario(
    scenario: str | Path,
    *,
    seed: int | None = None,
    sets: Sequence[str] = (),
    data_roots: Mapping[str, Path] | None = None,
    settings: Settings | None = None,
    cache: ContentCache | None = None,
    with_sensitivity: bool = True,
    progress: Progress | None = None,
) -> Run:
    """
    Run one scenario: demand, travel, simulated capacity, sites and staff, simulation, measures.

    Parameters
    ----------
    scenario
        Path of the scenario file.
    seed
        Replaces the scenario's seed.
    sets
        Overrides like ``rules.served_share=95%``.
    data_roots
        Further folders that the scenario may read, by name.
    settings
        How it is simulated; None for the defaults.
    cache
        Where simulated capacities are kept; None takes the user's cache.
    with_sensitivity
        Whether today's network, the alternatives at each site, flat caps and swings of demand are looked
        at too.
    progress
        Called with (label, done, total).

    Raises
    ------
    BadInputError
        If the scenario or a data file has faults.
    InfeasibleError
        If no plan meets the rules.
    """
    study, basemap = load_study(scenario, seed=seed, sets=sets, data_roots=data_roots, settings=settings)
    return run_study(study, basemap, cache=cache, with_sensitivity=with_sensitivity, progress=progress)


def run_study(
    study: Study,
    basemap: Basemap,
    *,
    cache: ContentCache | None = None,
    with_sensitivity: bool = True,
    progress: Progress | None = None,
) -> Run:
    """
    Run a scenario that is read already.

    Parameters and errors as in ``run_scenario``.
    """
    tell = progress or _silent
    if study.plan_as_is:
        result, found = _as_is(study, tell)
        return Run(result, study, basemap, found.days, found.totals)
    capacities = simulated_capacities(study, cache or default_cache(), progress=tell)
    costs = staff_costs(study)
    loop = run_siting_loop(study, capacities, staff_costs=costs, progress=tell)
    found = measured_days(study, loop.plan, loop.staff, progress=tell)
    other: Mapping[str, tuple[str, float]] = {}
    swings: tuple[Sensitivity, ...] = ()
    today = None
    if with_sensitivity:
        today, _ = _as_is(study, tell, days=found.measurement.days)
        tell("alternatives", 0, 1)
        other = alternatives(study, loop.capacities, loop.plan, staff_costs=costs)
        swings = sensitivities(
            study, capacities, loop.plan, staff_costs=costs, swing=(largest_segment(study),), progress=tell
        )
    result = _planned(study, loop, found, other, swings)
    if today is not None:
        told = (*result.warnings, *today.warnings, *_worse_than_today(study, result, today))
        result = replace(result, warnings=told)
    return Run(result, study, basemap, found.days, found.totals, today)


def simulate_scenario(
    scenario: str | Path,
    *,
    seed: int | None = None,
    sets: Sequence[str] = (),
    data_roots: Mapping[str, Path] | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Run:
    """
    Simulate the network of today of a scenario, whatever its ``plan`` says.

    Parameters and errors as in ``run_scenario``.
    """
    study, basemap = load_study(scenario, seed=seed, sets=sets, data_roots=data_roots, settings=settings)
    result, found = _as_is(study, progress or _silent)
    return Run(result, study, basemap, found.days, found.totals)


def _as_is(study: Study, tell: Progress, *, days: int | None = None) -> tuple[RunResult, MeasuredDays]:
    """Return what simulation says of the network of today, measured on as many days as its precision needs."""
    open_minutes = flat_capacities(study, 1.0)
    plan = as_is_plan(study, open_minutes)
    options = tuple(decision.option for decision in plan.decisions)
    staff = roster(study, options, full_staff(study, options))
    tell("simulate today", 1, 2)
    outcome = None
    if study.choice is not None:
        outcome = choice_equilibrium(study, options, at_counters(staff.on_duty, options), progress=tell)
        plan = as_is_plan(study, open_minutes, shares=outcome.shares)
    alpha = 1.0 - study.simulation.confidence
    test = certify(study, plan, staff, purpose=TODAY, alpha=alpha)
    found = measured_days(study, plan, staff, days=days, progress=tell)
    tell("simulate today", 2, 2)
    result = _result(study, "simulated", plan, staff, test, found, open_minutes)
    warnings = (*_unused(result), *_disagreed(outcome), *_imprecise(found.measurement, study))
    return replace(result, warnings=warnings, choice=outcome), found


def _unused(today: RunResult) -> tuple[str, ...]:
    """Return a warning where outlets of today get no customers: a reader who knows the city will ask."""
    idle = [site for site in today.sites if site.option is not None and site.visits == 0]
    if not idle:
        return ()
    return (code_sentence("warning.unused_today", count=len(idle), cost=sum(site.cost for site in idle)),)


def _disagreed(outcome: ChoiceOutcome | None) -> tuple[str, ...]:
    """Return a warning where rounds ran out before choice and waits agreed: which outlet swings, and the mend."""
    if outcome is None or outcome.converged:
        return ()
    last = outcome.rounds[-1]
    values = {"rounds": len(outcome.rounds), "moving": 100.0 * last.moving, "outlet": last.outlet}
    return (code_sentence("warning.choice_open", **values, change=abs(last.change)),)


def _worse_than_today(study: Study, result: RunResult, today: RunResult) -> tuple[str, ...]:
    """Return a warning where customers who choose make a plan dearer than what stands today: it was a heuristic."""
    more = result.cost.total - today.cost.total
    if study.choice is None or more <= 0.0:
        return ()
    return (code_sentence("warning.choice_dearer", more=more),)


def _imprecise(measurement: Measurement, study: Study) -> tuple[str, ...]:
    """Return a warning where days ran out before every measure was known well enough."""
    short = [goal for goal in measurement.goals if not goal.reached]
    if not short:
        return ()
    units = {name: unit.replace("money", study.economics.currency) for name, unit in measures(study).items()}
    words = [f"{goal.measure} ± {goal.half_width:.3g} {units[goal.measure]} > {goal.wanted:.3g}" for goal in short]
    return (code_sentence("warning.imprecise", days=measurement.days, measures="; ".join(words)),)


def _planned(
    study: Study,
    loop: LoopResult,
    found: MeasuredDays,
    other: Mapping[str, tuple[str, float]],
    swings: tuple[Sensitivity, ...],
) -> RunResult:
    """Return the answer of a run that planned."""
    status: RunStatus = "certified" if loop.certified else "uncertified"
    base = _result(study, status, loop.plan, loop.staff, loop.certificate, found, loop.capacities)
    proven = loop.plan.gap <= study.planning.gap
    return replace(
        base,
        service_certified=loop.certified,
        optimality="heuristic_cuts" if loop.cut else "proven" if proven else "limit",
        rounds=loop.rounds,
        sites=site_results(found.days, loop.plan, loop.staff, loop.certificate, other),
        sensitivities=swings,
        warnings=(
            *(() if loop.certified else (_uncertified(loop),)),
            *_disagreed(loop.choice),
            *_imprecise(found.measurement, study),
        ),
        choice=loop.choice,
    )


def _uncertified(loop: LoopResult) -> str:
    return code_sentence(
        "warning.not_certified",
        rounds=len(loop.rounds),
        missed=loop.certificate.count("missed"),
        undecided=loop.certificate.count("undecided"),
    )


def _result(
    study: Study,
    status: RunStatus,
    plan: SitePlan,
    staff: StaffPlan,
    certificate: Certificate,
    found: MeasuredDays,
    capacities: CapacityTable,
) -> RunResult:
    days, options = found.days, found.days.options
    waits = half_hours(study, days.log, days.replications).means(days.weights.tolist())
    return RunResult(
        scenario=study.id,
        name=study.name,
        note=study.note,
        status=status,
        service_certified=False,
        optimality="as_is",
        rounds=(),
        objective=plan.objective,
        bound=plan.bound,
        gap=plan.gap,
        solver_status=plan.status,
        cost=measured_cost(days),
        sites=site_results(days, plan, staff, certificate, {}),
        kpis=kpi_values(days),
        plan=plan,
        staff=staff,
        capacities=capacities,
        half_hours=half_hour_use(study, options, found.totals, waits),
        sensitivities=(),
        seed=study.seed,
        fingerprint=study.fingerprint,
        versions=versions(),
        measured=found.measurement,
        resources=resource_use(study, options, found.totals),
        steps=step_use(study, found.totals, days.log),
        lockers=locker_use(study, options, found.totals.lockers),
    )


def measured_cost(days: NetworkDays) -> CostBreakdown:
    """Return the yearly cost with the roster, and with fees, lost visits and travel as simulated."""

    def mean(values: NDArray[np.float64]) -> float:
        return float(values.mean())

    return replace(
        days.cost,
        fees=mean(fees(days)),
        lost_visits=mean(cost_lost(days)),
        travel=mean(cost_travel(days)),
    )


def _silent(_label: str, _done: int, _total: int) -> None:
    """Tell nobody."""
