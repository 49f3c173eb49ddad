"""A least share of the people has an open outlet doing a task near by."""

from __future__ import annotations

import numpy as np

from netsim.optimize.milp.program import ProgramBuilder
from netsim.optimize.siting.constraints.catalogue import CONSTRAINTS, Constraint
from netsim.optimize.siting.problem import SitingProblem
from netsim.optimize.siting.variables import SitingVariables


def add(builder: ProgramBuilder, problem: SitingProblem, variables: SitingVariables) -> None:
    """
    Add ``covered[i] <= sum_j near Z[j]`` and ``sum_i people[i] covered[i] >= share`` for each rule.

    Zones that see the same sites are joined into one.
    """
    for number, need in enumerate(problem.coverage):
        group = variables.group_of(need.task)
        sites = np.flatnonzero(variables.open[group] >= 0)
        seen, cell = np.unique(need.near[:, sites], axis=0, return_inverse=True)
        people = np.bincount(cell.ravel(), weights=need.people, minlength=len(seen))
        covered = builder.add_columns(f"covered{number}", np.zeros(len(seen)), upper=1.0)
        row, place = np.nonzero(seen)
        builder.add_rows(
            f"covered{number}",
            np.concatenate([row, np.arange(len(seen))]),
            np.concatenate([variables.open[group, sites[place]], covered]),
            np.concatenate([-np.ones(len(row)), np.ones(len(seen))]),
            upper=np.zeros(len(seen)),
        )
        builder.add_rows(
            "coverage", np.zeros(len(seen), dtype=np.int64), covered, people, lower=np.array([need.share]),
            labels=[need.id],
        )  # fmt: skip


CONSTRAINTS.register("coverage")(Constraint(add, couples_sites=True, dualisable=True))
