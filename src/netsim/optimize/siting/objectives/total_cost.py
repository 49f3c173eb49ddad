"""The yearly cost of operator and customers."""

from __future__ import annotations

import numpy as np

from netsim.optimize.milp.program import ProgramBuilder
from netsim.optimize.siting.objectives.catalogue import OBJECTIVES
from netsim.optimize.siting.problem import SitingProblem
from netsim.optimize.siting.terms import operator_cost
from netsim.optimize.siting.variables import SitingVariables


@OBJECTIVES.register("total_cost")
def add(builder: ProgramBuilder, problem: SitingProblem, variables: SitingVariables) -> None:
    """
    Set running cost, annualised transition, fees, lost visits and travel as the objective.

    Every visit is taken as lost in the constant; each one served earns its lost cost back.
    """
    modes, ways = problem.modes, variables.ways
    builder.offset += float(problem.lost_cost @ problem.yearly.sum(axis=1))
    builder.add_cost(*operator_cost(problem, variables))
    day, mode, task = np.nonzero(variables.flow >= 0)
    saved = problem.days[day] * modes.served[mode, task] * problem.lost_cost[task]
    builder.add_cost(variables.flow[day, mode, task], -saved)
    yearly = np.stack([problem.yearly[tasks].sum(axis=0) for tasks in variables.groups])
    every = np.arange(len(ways))
    cost = yearly[ways.group, ways.zone] * problem.minutes[ways.zone, ways.site] * problem.minute_cost
    shares = ways.share(np.zeros(len(ways), dtype=np.int64), every, cost)
    builder.add_cost(shares.column, shares.value)
