"""What an objective of the siting programs is, and the table of all of them."""

from __future__ import annotations

from collections.abc import Callable

from netsim.optimize.milp.program import ProgramBuilder
from netsim.optimize.siting.problem import SitingProblem
from netsim.optimize.siting.variables import SitingVariables
from netsim.registry import Registry

Objective = Callable[[ProgramBuilder, SitingProblem, SitingVariables], None]
"""Sets the costs of the columns."""

OBJECTIVES: Registry[Objective] = Registry("siting objective")
