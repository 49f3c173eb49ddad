"""From modes and levels to the decisions of a plan, and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netsim.model.network import Action, Option
from netsim.model.plan import Decision, SitePlan, SolveStatus
from netsim.optimize.siting.evaluate import Evaluation
from netsim.optimize.siting.problem import CLOSED, SitingProblem


def action_of(today: Option | None, option: Option | None) -> Action:
    """
    Return what turns ``today`` into ``option``.

    Examples
    --------
    >>> action_of(Option("branch", "standard", 4, 1), Option("branch", "standard", 2, 1))
    'resize'
    """
    if today is None:
        return "stay_closed" if option is None else "open"
    if option is None:
        return "close"
    if today.format != option.format:
        return "convert"
    return "keep" if today == option else "resize"


def option_label(option: Option | None) -> str:
    """
    Return an option in words.

    Examples
    --------
    >>> option_label(Option("branch", "standard", 4, 1)), option_label(None)
    ('branch 4+1', 'closed')
    """
    if option is None:
        return "closed"
    pattern = "" if option.pattern == "standard" else f" ({option.pattern})"
    return f"{option.format}{pattern} {option.counters}+{option.terminals}"


def site_plan(problem: SitingProblem, plan: Evaluation, status: SolveStatus, bound: float) -> SitePlan:
    """Return an evaluated choice as a plan."""
    options = [problem.option(int(mode), plan.levels[site]) for site, mode in enumerate(plan.modes)]
    decisions = tuple(
        Decision(site, action_of(today, option), option)
        for site, today, option in zip(problem.sites, problem.today_options, options, strict=True)
    )
    total = plan.cost.total
    gap = (total - bound) / total if total > 0 else 0.0
    return SitePlan(decisions, plan.shares, plan.load, plan.capacity, plan.cost, status, bound, gap)


def modes_of(problem: SitingProblem, plan: SitePlan) -> NDArray[np.int64]:
    """
    Return the mode of each site under a plan, shape ``(sites,)``.

    A site that the plan does not name, or whose option the problem no longer allows, stays as it is today.
    """
    decided = {decision.site: decision.option for decision in plan.decisions}
    modes = problem.today.copy()
    for place, site in enumerate(problem.sites):
        if site not in decided:
            continue
        option = decided[site]
        wanted = (option.format, option.pattern) if option else (CLOSED, CLOSED)
        for mode in range(problem.first[place], problem.first[place + 1]):
            if (problem.modes.format[mode], problem.modes.pattern[mode]) == wanted:
                modes[place] = mode
    return modes
