"""Sums over columns that several parts need."""

from __future__ import annotations

import numpy as np

from netsim.optimize.siting.problem import SitingProblem
from netsim.optimize.siting.variables import Array, Index, SitingVariables


def operator_cost(problem: SitingProblem, variables: SitingVariables) -> tuple[Index, Array]:
    """Return columns and yearly costs that sum up to the operator's cost: running, transition and fees."""
    modes = problem.modes
    mode, lane, step = np.nonzero(variables.level >= 0)
    day, place, task = np.nonzero(variables.flow >= 0)
    fees = problem.days[day] * modes.fee[place] * modes.served[place, task]
    columns = np.concatenate([variables.mode, variables.level[mode, lane, step], variables.flow[day, place, task]])
    costs = np.concatenate([modes.fixed + modes.transition, problem.levels.cost[mode, lane, step], fees])
    return columns, costs
