"""What else could be done at each site, and what it would cost: the reasons in the report."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from netsim.model.plan import SitePlan
from netsim.model.service import CapacityTable
from netsim.model.study import Study
from netsim.optimize.milp.solvers import SOLVERS, Limits
from netsim.optimize.siting.build import StaffCosts, siting_problem
from netsim.optimize.siting.decisions import modes_of, option_label
from netsim.optimize.siting.evaluate import evaluate
from netsim.optimize.siting.neighbourhood import Neighbourhood, Penalties
from netsim.optimize.siting.problem import SitingProblem
from netsim.optimize.siting.programs import siting_program
from netsim.optimize.siting.variants import restricted, smoothed
from netsim.optimize.staffing.costs import staff_costs as cover_costs


def alternatives(
    study: Study, capacities: CapacityTable, plan: SitePlan, *, staff_costs: StaffCosts | None = None
) -> Mapping[str, tuple[str, float]]:
    """
    Return for each site the cheapest other thing that could be done there, and what it would add.

    One site is changed; the others keep format and hours and adapt their servers. Only changes that
    break no rule count; a site without one is left out.

    - Nearest choice: customers choose again; every figure is exact.
    - Directed: customers are sent again and servers are taken as divisible on both sides of the
      difference, so that one linear program a site is enough; the candidate at each site is the one
      that the smoothed problem likes best.

    Parameters
    ----------
    study, capacities, staff_costs
        As for ``plan_sites``.
    plan
        The plan.

    Returns
    -------
    Mapping
        Site id -> (``closed`` or an option in words, extra cost a year of the objective).
    """
    costs = staff_costs if staff_costs is not None else cover_costs(study)
    problem = siting_problem(study, capacities, costs)
    modes = modes_of(problem, plan)
    return _directed(problem, modes) if problem.assignment == "directed" else _nearest(problem, modes)


def _nearest(problem: SitingProblem, modes: NDArray[np.int64]) -> dict[str, tuple[str, float]]:
    base = evaluate(problem, modes).cost.total
    costs = Neighbourhood(problem, Penalties(0.0, 0.0, 0.0, 0.0, 0.0)).values(modes)
    found: dict[str, tuple[str, float]] = {}
    for site, (low, high) in enumerate(pairwise(problem.first)):
        others = low + np.argsort(costs[low:high], kind="stable")
        for mode in others[others != modes[site]]:  # the cheapest that breaks no rule
            other = evaluate(problem, _changed(problem, modes, int(mode)))
            if other.feasible(problem):
                label = option_label(problem.option(int(mode), other.levels[site]))
                found[problem.sites[site]] = (label, other.cost.total - base)
                break
    return found


def _directed(problem: SitingProblem, modes: NDArray[np.int64]) -> dict[str, tuple[str, float]]:
    base = _divisible(problem, modes)
    smooth = smoothed(problem)
    found: dict[str, tuple[str, float]] = {}
    for site, name in enumerate(problem.sites):
        others = [m for m in range(problem.first[site], problem.first[site + 1]) if m != modes[site]]
        if not others:
            continue
        best = min(others, key=lambda mode: evaluate(smooth, _changed(smooth, modes, mode)).cost.total)
        extra = _divisible(problem, _changed(problem, modes, best)) - base
        if np.isfinite(extra):
            label = problem.modes.format[best] or "closed"
            found[name] = (label, extra)
    return found


def _divisible(problem: SitingProblem, modes: NDArray[np.int64]) -> float:
    """Cost of a choice of modes when customers are sent and servers are divisible; inf where no rule-abiding way."""
    fixed, _ = restricted(problem, modes)
    return SOLVERS["highs"](siting_program(fixed, "directed").program, Limits(relaxed=True)).objective


def _changed(problem: SitingProblem, modes: NDArray[np.int64], mode: int) -> NDArray[np.int64]:
    changed = modes.copy()
    changed[problem.modes.site[mode]] = mode
    return changed
