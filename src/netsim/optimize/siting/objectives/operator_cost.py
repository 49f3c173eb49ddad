"""The operator's yearly cost alone: what the budget holds for."""

from __future__ import annotations

from netsim.optimize.milp.program import ProgramBuilder
from netsim.optimize.siting.objectives.catalogue import OBJECTIVES
from netsim.optimize.siting.problem import SitingProblem
from netsim.optimize.siting.terms import operator_cost
from netsim.optimize.siting.variables import SitingVariables


@OBJECTIVES.register("operator_cost")
def add(builder: ProgramBuilder, problem: SitingProblem, variables: SitingVariables) -> None:
    """Set running cost, annualised transition and fees as the objective."""
    builder.add_cost(*operator_cost(problem, variables))
