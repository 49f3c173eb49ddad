"""The operator's yearly cost stays within the budget."""

from __future__ import annotations

import numpy as np

from netsim.optimize.milp.program import ProgramBuilder
from netsim.optimize.siting.constraints.catalogue import CONSTRAINTS, Constraint
from netsim.optimize.siting.problem import SitingProblem
from netsim.optimize.siting.variables import SitingVariables


def add(builder: ProgramBuilder, problem: SitingProblem, variables: SitingVariables) -> None:
    """Add running cost + annualised transition <= budget, divided by the budget."""
    if not np.isfinite(problem.budget):
        return
    scale = max(abs(problem.budget), 1.0)
    mode, lane, step = np.nonzero(variables.level >= 0)
    day, place, task = np.nonzero(variables.flow >= 0)
    fee = problem.days[day] * problem.modes.fee[place] * problem.modes.served[place, task]
    columns = np.concatenate([variables.mode, variables.level[mode, lane, step], variables.flow[day, place, task]])
    costs = (problem.modes.fixed + problem.modes.transition, problem.levels.cost[mode, lane, step], fee)
    builder.add_rows(
        "budget",
        np.zeros(len(columns), dtype=np.int64),
        columns,
        np.concatenate(costs) / scale,
        upper=np.array([problem.budget / scale]),
    )


CONSTRAINTS.register("budget")(Constraint(add, couples_sites=True, dualisable=True))
