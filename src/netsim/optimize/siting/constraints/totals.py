"""Whole totals: outlets by task and servers by format, over the whole network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netsim.optimize.milp.program import ProgramBuilder
from netsim.optimize.siting.constraints.catalogue import CONSTRAINTS, Constraint
from netsim.optimize.siting.problem import CLOSED, SitingProblem
from netsim.optimize.siting.variables import SitingVariables


def add(builder: ProgramBuilder, problem: SitingProblem, variables: SitingVariables) -> None:
    """
    Add integer columns ``K[g] = sum_j Z[g, j]`` and ``T[format, lane] = sum servers[k] N[m, lane, k]``.

    They follow from the other columns and cut nothing off from the whole program. A program in which
    they alone are whole is a relaxation that branches in few nodes, and its bound is better than that
    of the linear relaxation: a network has 5 or 6 outlets with counters, never 5.6.
    """
    for group, opened in enumerate(variables.open):
        columns = opened[opened >= 0]
        _total(builder, f"K_g{group}", columns, np.ones(len(columns)))
    forms = np.array(problem.modes.format)
    for form in sorted(set(problem.modes.format) - {CLOSED}):
        for lane in range(2):
            mode, step = np.nonzero((variables.level[:, lane] >= 0) & (forms == form)[:, None])
            if len(mode):
                servers = problem.levels.servers[mode, lane, step].astype(np.float64)
                _total(builder, f"T_{form}_{'tc'[lane]}", variables.level[mode, lane, step], servers)


def _total(builder: ProgramBuilder, name: str, columns: NDArray[np.int64], weights: NDArray[np.float64]) -> None:
    total = builder.add_columns(name, np.zeros(1), integer=True)
    builder.add_rows(
        name,
        np.zeros(len(columns) + 1, dtype=np.int64),
        np.append(columns, total),
        np.append(weights, -1.0),
        lower=np.zeros(1),
        upper=0.0,
    )


CONSTRAINTS.register("totals")(Constraint(add, couples_sites=True, dualisable=True))
