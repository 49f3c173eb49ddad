"""Why no plan meets the rules, in the planner's words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from netsim.errors import InfeasibleError
from netsim.model.study import PlanningLimits
from netsim.optimize.milp.solvers import SOLVERS, Limits
from netsim.optimize.siting.evaluate import Evaluation
from netsim.optimize.siting.local_search import local_search
from netsim.optimize.siting.problem import SitingProblem
from netsim.optimize.siting.programs import RULES, siting_program
from netsim.optimize.siting.proof import search_limits


def infeasible(problem: SitingProblem, nearest_miss: Evaluation, planning: PlanningLimits) -> InfeasibleError:
    """
    Return the error that names the rules in conflict.

    Rules that cannot be met even alone come with the best value possible; then the relaxation is
    solved without each rule to find those whose absence resolves the conflict; last comes what the
    plan closest to the rules breaks.

    Parameters
    ----------
    problem
        The problem.
    nearest_miss
        The plan found that comes closest to the rules.
    planning
        Limits of the searches.
    """
    alone = _impossible_alone(problem)
    if alone:
        return InfeasibleError("no plan meets the rules:\n" + "\n".join(f"  {line}" for line in alone))
    proven = SOLVERS["highs"](siting_program(problem, "directed").program, Limits(relaxed=True)).x is None
    head = "no plan meets the rules together" if proven else "no plan was found that meets the rules together"
    lines = [f"  {line}" for line in _without_each(problem, planning)]
    lines.append(f"  the nearest plan found breaks: {_told(problem, nearest_miss)}")
    return InfeasibleError(head + ":\n" + "\n".join(lines))


def _impossible_alone(problem: SitingProblem) -> list[str]:
    """Rules that no network meets whatever the other rules say."""
    lines = []
    possible = np.logical_or.reduceat(problem.modes.offers, problem.first[:-1], axis=0)
    for need in problem.coverage:
        most = need.covered(possible[:, need.task])
        if most < need.share:
            lines.append(
                f"coverage rule {need.id!r} asks for {need.share:.1%} of the people within {need.within:g} min of "
                f"{problem.tasks[need.task]!r}; with every site open at most {most:.1%} are reached"
            )
    most = _most_served(problem)
    if most < problem.served_share:
        lines.append(
            f"served share: {problem.served_share:.1%} of the visits are asked for; with every site open at most "
            f"{most:.1%} lie in reach and within opening hours"
        )
    if np.isfinite(problem.budget):
        rules = tuple(rule for rule in RULES if rule != "budget")
        forced = _least_operator_cost(problem, rules)
        if np.isfinite(forced) and forced > problem.budget:
            lines.append(
                f"budget: {problem.budget:,.0f} a year is below {forced:,.0f}, the least that the other rules cost"
            )
    return lines


def _least_operator_cost(problem: SitingProblem, rules: tuple[str, ...]) -> float:
    program = siting_program(problem, "directed", rules=rules, objective="operator_cost").program
    return SOLVERS["highs"](program, Limits(relaxed=True)).bound


def _most_served(problem: SitingProblem) -> float:
    """Share of the visits served with the best mode everywhere and no limit of capacity."""
    best = np.maximum.reduceat(problem.modes.served, problem.first[:-1], axis=0)
    reached = np.where(problem.in_reach[:, None, :], best.T[None], 0.0).max(axis=2, initial=0.0)
    wished = problem.yearly
    total = float(wished.sum())
    return float((wished * reached.T).sum()) / total if total > 0 else 1.0


def _without_each(problem: SitingProblem, planning: PlanningLimits) -> list[str]:
    """Say which single rules, when dropped, leave a plan."""
    limits = search_limits(planning)
    lines = []
    for name, relaxed in _relaxations(problem):
        plan = local_search(relaxed, limits=limits)
        if plan.feasible(relaxed):
            lines.append(f"without {name} a plan exists: it reaches {_told(problem, plan)}")
    if not lines:
        lines.append("no single rule resolves the conflict; the lanes' capacities may be too small for the demand")
    return lines


def _relaxations(problem: SitingProblem) -> list[tuple[str, SitingProblem]]:
    found: list[tuple[str, SitingProblem]] = []
    for position, need in enumerate(problem.coverage):
        others = problem.coverage[:position] + problem.coverage[position + 1 :]
        found.append((f"coverage rule {need.id!r}", replace(problem, coverage=others)))
    if problem.served_share > 0:
        found.append(("the served share", replace(problem, served_share=0.0)))
    if np.isfinite(problem.budget):
        found.append(("the budget", replace(problem, budget=float("inf"))))
    if problem.max_changes is not None:
        found.append(("the limit of changes", replace(problem, max_changes=None)))
    return found


def _told(problem: SitingProblem, plan: Evaluation) -> str:
    """Say by how much a plan misses the rules that it breaks."""
    parts = []
    broken = plan.broken(problem)
    for need, covered in zip(problem.coverage, plan.covered, strict=True):
        if f"coverage.{need.id}" in broken:
            parts.append(f"{need.id} {covered:.1%} (asked {need.share:.1%})")
    if "served_share" in broken:
        parts.append(f"served share {plan.served:.1%} (asked {problem.served_share:.1%})")
    if "budget" in broken:
        parts.append(f"cost {plan.cost.operator:,.0f} a year (budget {problem.budget:,.0f})")
    if "max_changes" in broken:
        parts.append(f"{plan.changes} changes (limit {problem.max_changes})")
    if "capacity" in broken:
        parts.append(f"capacity, by {plan.overload:,.0f} minutes of work a day")
    return ", ".join(parts) or "every rule"
