"""No more than so many sites are opened, closed or converted."""

from __future__ import annotations

import numpy as np

from netsim.optimize.milp.program import ProgramBuilder
from netsim.optimize.siting.constraints.catalogue import CONSTRAINTS, Constraint
from netsim.optimize.siting.problem import SitingProblem
from netsim.optimize.siting.variables import SitingVariables


def add(builder: ProgramBuilder, problem: SitingProblem, variables: SitingVariables) -> None:
    """Add ``sum Y[m] <= most`` over the modes that change a site."""
    if problem.max_changes is None:
        return
    columns = variables.mode[problem.modes.changes]
    builder.add_rows(
        "max_changes",
        np.zeros(len(columns), dtype=np.int64),
        columns,
        1.0,
        upper=np.array([float(problem.max_changes)]),
    )


CONSTRAINTS.register("max_changes")(Constraint(add, couples_sites=True, dualisable=True))
