"""The operator's yearly cost stays within the budget."""

from __future__ import annotations

import numpy as np

from netsim.optimize.milp.program import ProgramBuilder
from netsim.optimize.siting.constraints.catalogue import CONSTRAINTS, Constraint
from netsim.optimize.siting.problem import SitingProblem
from netsim.optimize.siting.terms import operator_cost
from netsim.optimize.siting.variables import SitingVariables


def add(builder: ProgramBuilder, problem: SitingProblem, variables: SitingVariables) -> None:
    """Add running cost + annualised transition <= budget, divided by the budget."""
    if not np.isfinite(problem.budget):
        return
    scale = max(abs(problem.budget), 1.0)
    columns, costs = operator_cost(problem, variables)
    builder.add_rows(
        "budget",
        np.zeros(len(columns), dtype=np.int64),
        columns,
        costs / scale,
        upper=np.array([problem.budget / scale]),
    )


CONSTRAINTS.register("budget")(Constraint(add, couples_sites=True, dualisable=True))
