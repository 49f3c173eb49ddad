"""One mode a site, and one level in each lane of the mode in place."""

from __future__ import annotations

import numpy as np

from netsim.optimize.milp.program import ProgramBuilder
from netsim.optimize.siting.constraints.catalogue import CONSTRAINTS, Constraint
from netsim.optimize.siting.problem import SitingProblem
from netsim.optimize.siting.variables import SitingVariables


def add(builder: ProgramBuilder, problem: SitingProblem, variables: SitingVariables) -> None:
    """
    Add ``sum_m Y[j, m] = 1``, ``sum_k N[m, lane, k] = Y[m]`` and ``Z[g, j] = sum_m Y[j, m]`` over modes that do g.

    A lane that a mode lacks has no rows and no big-M.
    """
    modes = problem.modes
    builder.add_rows(
        "one_mode", modes.site, variables.mode, 1.0, lower=np.ones(len(problem.sites)), upper=1.0,
        labels=list(problem.sites),
    )  # fmt: skip
    mode, lane = np.nonzero(problem.levels.count)
    row, step = np.nonzero(variables.level[mode, lane] >= 0)
    builder.add_rows(
        "one_level",
        np.concatenate([row, np.arange(len(mode))]),
        np.concatenate([variables.level[mode[row], lane[row], step], variables.mode[mode]]),
        np.concatenate([np.ones(len(row)), -np.ones(len(mode))]),
        lower=np.zeros(len(mode)),
        upper=0.0,
    )
    group, site = np.nonzero(variables.open >= 0)
    tasks = np.array([tasks[0] for tasks in variables.groups])
    row, mode = np.nonzero((modes.site[None, :] == site[:, None]) & modes.offers[:, tasks[group]].T)
    builder.add_rows(
        "open",
        np.concatenate([row, np.arange(len(site))]),
        np.concatenate([variables.mode[mode], variables.open[group, site]]),
        np.concatenate([np.ones(len(row)), -np.ones(len(site))]),
        lower=np.zeros(len(site)),
        upper=0.0,
    )


CONSTRAINTS.register("one_option")(Constraint(add, couples_sites=False, dualisable=False))
