"""The plan sends customers to any open outlet in reach that does the task."""

from __future__ import annotations

import numpy as np

from netsim.optimize.milp.program import ProgramBuilder
from netsim.optimize.siting.constraints.catalogue import CONSTRAINTS, Constraint
from netsim.optimize.siting.problem import SitingProblem
from netsim.optimize.siting.variables import SitingVariables


def add(builder: ProgramBuilder, problem: SitingProblem, variables: SitingVariables) -> None:
    """Add ``sum_j X[g, i, j] <= 1`` and the strong form ``X[g, i, j] <= Z[g, j]``."""
    ways = variables.ways
    every = np.arange(len(ways))
    cell = ways.group * len(problem.minutes) + ways.zone
    _, row = np.unique(cell, return_inverse=True)
    builder.add_rows("once", row, ways.columns, 1.0, upper=np.ones(int(row.max(initial=-1)) + 1))
    builder.add_rows(
        "only_open",
        np.concatenate([every, every]),
        np.concatenate([ways.columns, variables.open[ways.group, ways.site]]),
        np.concatenate([np.ones(len(ways)), -np.ones(len(ways))]),
        upper=np.zeros(len(ways)),
    )


CONSTRAINTS.register("directed")(Constraint(add, couples_sites=True, dualisable=True))
