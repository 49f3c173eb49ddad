"""Customers go to the nearest open outlet in reach that does the task."""

from __future__ import annotations

import numpy as np

from netsim.optimize.milp.program import ProgramBuilder
from netsim.optimize.siting.constraints.catalogue import CONSTRAINTS, Constraint
from netsim.optimize.siting.problem import SitingProblem
from netsim.optimize.siting.variables import SitingVariables


def add(builder: ProgramBuilder, problem: SitingProblem, variables: SitingVariables) -> None:
    """
    Add the closest-assignment rows in cumulative form.

    With the sites of a zone in order of nearness and ``C[k]`` the share served by the first k of them:
    ``C[k] >= C[k - 1]``, ``C[k] >= Z[k]`` (who passes an open outlet stops there) and
    ``C[k] - C[k - 1] <= Z[k]`` (nobody stops at a closed one). Each row has at most three entries,
    where the plain form sums over all nearer sites.

    References
    ----------
    I. Espejo, A. Marin and A. M. Rodriguez-Chia, Closest assignment constraints in discrete location
    problems, European Journal of Operational Research 219 (2012) 49-58.
    """
    del problem
    ways = variables.ways
    every = np.arange(len(ways))
    opened = variables.open[ways.group, ways.site]
    inner = np.flatnonzero(~ways.heads)
    row = np.arange(len(inner))
    builder.add_rows(
        "monotone",
        np.concatenate([row, row]),
        np.concatenate([ways.columns[inner], ways.columns[inner - 1]]),
        np.concatenate([np.ones(len(inner)), -np.ones(len(inner))]),
        lower=np.zeros(len(inner)),
    )
    builder.add_rows(
        "stop_at_open",
        np.concatenate([every, every]),
        np.concatenate([ways.columns, opened]),
        np.concatenate([np.ones(len(ways)), -np.ones(len(ways))]),
        lower=np.zeros(len(ways)),
    )
    share = ways.share(every, every, np.ones(len(ways)))
    builder.add_rows(
        "pass_closed",
        np.concatenate([share.row, every]),
        np.concatenate([share.column, opened]),
        np.concatenate([share.value, -np.ones(len(ways))]),
        upper=np.zeros(len(ways)),
    )


CONSTRAINTS.register("nearest")(Constraint(add, couples_sites=True, dualisable=False))
