"""Plans for a study: the best found with its bound, and the network as it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from netsim.model.network import Option
from netsim.model.plan import Shares, SitePlan, SolveStatus
from netsim.model.service import LANES, CapacityTable
from netsim.model.study import Study
from netsim.optimize.siting.build import StaffCosts, siting_problem
from netsim.optimize.siting.decisions import modes_of, site_plan
from netsim.optimize.siting.evaluate import Evaluation, evaluate
from netsim.optimize.siting.explain import infeasible
from netsim.optimize.siting.local_search import local_search
from netsim.optimize.siting.problem import SitingProblem
from netsim.optimize.siting.proof import find_bound, improve_directed, search_limits
from netsim.optimize.staffing.costs import staff_costs as cover_costs

PROVEN = 1e-6
"""Relative gap below which a plan counts as optimal."""


def plan_sites(
    study: Study,
    capacities: CapacityTable,
    *,
    start: SitePlan | None = None,
    staff_costs: StaffCosts | None = None,
    prove: bool = True,
) -> SitePlan:
    """
    Return the best plan found for a study, with an honest status and bound.

    Parameters
    ----------
    study
        The study.
    capacities
        Largest load of each lane by level.
    start
        A plan to start from as well, for example that of the round before.
    staff_costs
        Yearly staff cost by (format, pattern) and counter level; from the shift cover by default.
    prove
        Whether to look for a bound too; without, the status is ``heuristic`` and the bound ``-inf``.

    Raises
    ------
    InfeasibleError
        If no plan is found that meets the rules; the message names those in conflict.
    """
    planning = study.planning
    problem = siting_problem(study, capacities, staff_costs if staff_costs is not None else cover_costs(study))
    starts = [modes_of(problem, start)] if start is not None else []
    best = local_search(problem, starts, search_limits(planning))
    if problem.assignment == "directed":
        best = _with_start(problem, best, start)
        best = improve_directed(problem, best, planning)
    bound = -float("inf")
    if prove or not best.feasible(problem):
        bound, best = find_bound(problem, best, planning)
    if not best.feasible(problem):
        raise infeasible(problem, best, planning)
    bound = min(bound, best.cost.total) if prove else -float("inf")
    return site_plan(problem, best, _status(best.cost.total, bound, planning.gap), bound)


def as_is_plan(
    study: Study, capacities: CapacityTable, *, shares: Shares | None = None, staff_costs: StaffCosts | None = None
) -> SitePlan:
    """
    Return today's network as a plan, status ``as_is``: today's servers, whatever the rules say.

    Parameters
    ----------
    study, capacities, staff_costs
        As in ``plan_sites``.
    shares
        Who goes where; nearest choice where it is not given.

    Raises
    ------
    ValueError
        If an outlet has a number of servers that its format does not list among its levels.
    """
    costs = staff_costs if staff_costs is not None else cover_costs(study)
    problem = siting_problem(study, capacities, costs, keep_dominated=True)
    levels = _levels_of(problem, problem.today, problem.today_options)
    today = evaluate(problem, problem.today, shares=shares, levels=levels)
    return site_plan(problem, today, "as_is", -float("inf"))


def sized_plan(
    study: Study,
    capacities: CapacityTable,
    plan: SitePlan,
    shares: Shares,
    *,
    resize: bool,
    staff_costs: StaffCosts | None = None,
) -> SitePlan:
    """
    Return a plan's outlets with customers who go where they like, status ``heuristic``: no bound holds for it.

    Parameters
    ----------
    study, capacities, staff_costs
        As in ``plan_sites``.
    plan
        Which format stands where.
    shares
        Who goes where.
    resize
        Whether each lane gets the cheapest number of servers that carries its load (the largest where none does);
        else the plan's own servers stay.
    """
    costs = staff_costs if staff_costs is not None else cover_costs(study)
    problem = siting_problem(study, capacities, costs, keep_dominated=not resize)
    modes = modes_of(problem, plan)
    options = tuple(decision.option for decision in plan.decisions)
    levels = None if resize else _levels_of(problem, modes, options)
    return site_plan(problem, evaluate(problem, modes, shares=shares, levels=levels), "heuristic", -float("inf"))


def _levels_of(problem: SitingProblem, modes: NDArray[np.int64], options: Sequence[Option | None]) -> NDArray[np.int64]:
    """Return the levels at which options stand, shape ``(sites, lanes)``."""
    levels = np.full((len(problem.sites), len(LANES)), -1, dtype=np.int64)
    for site, option in enumerate(options):
        if option is None:
            continue
        for axis, lane in enumerate(LANES):
            mode = modes[site]
            count = int(problem.levels.count[mode, axis])
            if not count:
                continue
            found = np.flatnonzero(problem.levels.servers[mode, axis, :count] == option.servers(lane))
            if not len(found):
                raise ValueError(
                    f"site {problem.sites[site]!r}: {option.servers(lane)} servers in the lane {lane!r} of "
                    f"{option.format!r} are not among the levels of that format"
                )
            levels[site, axis] = found[0]
    return levels


def _with_start(problem: SitingProblem, best: Evaluation, start: SitePlan | None) -> Evaluation:
    """Return the start plan with its own shares where it is feasible and cheaper."""
    if start is None:
        return best
    known = evaluate(problem, modes_of(problem, start), shares=start.shares)
    if not known.feasible(problem):
        return best
    return known if not best.feasible(problem) or known.cost.total < best.cost.total else best


def _status(total: float, bound: float, gap: float) -> SolveStatus:
    if not np.isfinite(bound):
        return "heuristic"
    reached = (total - bound) / max(abs(total), 1e-300)
    if reached <= PROVEN:
        return "optimal"
    return "gap_reached" if reached <= gap else "limit"
