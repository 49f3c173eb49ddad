"""A least share of the wished visits is served."""

from __future__ import annotations

import numpy as np

from netsim.optimize.milp.program import ProgramBuilder
from netsim.optimize.siting.constraints.catalogue import CONSTRAINTS, Constraint
from netsim.optimize.siting.problem import SitingProblem
from netsim.optimize.siting.variables import SitingVariables


def add(builder: ProgramBuilder, problem: SitingProblem, variables: SitingVariables) -> None:
    """Add ``sum days served[m, s] D[m, s] >= share * wished``, divided by the wished visits."""
    wished = float(problem.yearly.sum())
    if problem.served_share <= 0.0 or wished <= 0.0:
        return
    day, mode, task = np.nonzero(variables.flow >= 0)
    builder.add_rows(
        "served_share",
        np.zeros(len(day), dtype=np.int64),
        variables.flow[day, mode, task],
        problem.days[day] * problem.modes.served[mode, task] / wished,
        lower=np.array([problem.served_share]),
    )


CONSTRAINTS.register("served_share")(Constraint(add, couples_sites=True, dualisable=True))
