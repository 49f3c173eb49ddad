"""Bounds by mixed-integer programs, and better plans that they find on the way."""

from __future__ import annotations

import numpy as np

from netsim.model.study import PlanningLimits
from netsim.optimize.milp.solvers import SOLVERS, Limits
from netsim.optimize.siting.evaluate import Evaluation, evaluate
from netsim.optimize.siting.local_search import SearchLimits, local_search
from netsim.optimize.siting.problem import SitingProblem
from netsim.optimize.siting.programs import SitingProgram, siting_program
from netsim.optimize.siting.variants import restricted, smoothed

SMALL = 1500
"""Ways up to which the whole program goes to the solver with every integrality condition."""
MOST_WAYS = 60_000
"""Ways beyond which no bound is looked for: the relaxation alone would take hours."""
SMALL_NODES = 100
"""Nodes that a small program may take for each one of ``PlanningLimits.nodes``."""


def find_bound(problem: SitingProblem, best: Evaluation, planning: PlanningLimits) -> tuple[float, Evaluation]:
    """
    Return a proven lower bound and the best plan known after looking for it.

    Small problems go to the solver whole, with every integrality condition. Larger ones are relaxed:

    - nearest choice: the linear relaxation with the closest-assignment rows, by interior point (cutting
      planes lift it by less than a point of gap at ten times the work);
    - directed: only the totals over the network have to be whole (``constraints/totals.py``).

    A problem with more than ``MOST_WAYS`` pairs of a zone and a site in its reach gets no bound (``-inf``).

    Parameters
    ----------
    problem
        The problem.
    best
        The best plan known; it may break rules.
    planning
        Gap and nodes.
    """
    if int(problem.in_reach.sum()) > MOST_WAYS:
        return -float("inf"), best
    whole = siting_program(problem)
    if len(whole.variables.ways) <= SMALL:
        limits = Limits(gap=planning.gap, nodes=planning.nodes * SMALL_NODES)
        return _solve(whole, best, limits)
    if problem.assignment == "nearest":
        return SOLVERS["highs"](whole.program, Limits(relaxed=True, interior=True)).bound, best
    program = siting_program(problem, whole_totals=True).program
    solution = SOLVERS["highs"](program, Limits(planning.gap / 2.0, planning.nodes, heuristic_effort=0.0))
    return solution.bound, best


def improve_directed(problem: SitingProblem, best: Evaluation, planning: PlanningLimits) -> Evaluation:
    """
    Return a better plan for directed assignment than one found under nearest choice.

    The local search on the smoothed problem finds a second network; the program that may choose
    between the two at every site gives the plan.

    References
    ----------
    E. Rothberg, An evolutionary algorithm for polishing mixed integer programming solutions, INFORMS
    Journal on Computing 19 (2007): solutions crossed by fixing what they agree on.
    """
    other = local_search(smoothed(problem), [best.modes], search_limits(planning))
    allowed = np.union1d(best.modes, other.modes)
    smaller, kept = restricted(problem, allowed)
    start = evaluate(smaller, np.searchsorted(kept, best.modes), shares=best.shares)
    _, found = _solve(siting_program(smaller), start, Limits(planning.gap / 2.0, planning.nodes))
    return _better(problem, best, evaluate(problem, kept[found.modes], shares=found.shares))


def search_limits(planning: PlanningLimits) -> SearchLimits:
    """Return the limits of the local search that the planner's passes stand for."""
    return SearchLimits(kicks=2 * planning.search_passes, passes=planning.search_passes)


def _solve(siting: SitingProgram, best: Evaluation, limits: Limits) -> tuple[float, Evaluation]:
    problem = siting.problem
    start = siting.point(best) if best.feasible(problem) else None
    solution = SOLVERS["highs"](siting.program, limits, start)
    if solution.x is None:
        return solution.bound, best
    modes = siting.modes(solution.x)
    shares = siting.shares(solution.x) if problem.assignment == "directed" else None
    return solution.bound, _better(problem, best, evaluate(problem, modes, shares=shares))


def _better(problem: SitingProblem, known: Evaluation, found: Evaluation) -> Evaluation:
    """Return the cheaper plan of those that break no rule."""
    if not found.feasible(problem):
        return known
    return found if not known.feasible(problem) or found.cost.total < known.cost.total else known
