"""The visits that come to a site are carried by its mode, within the capacity of each lane's level."""

from __future__ import annotations

import numpy as np

from netsim.optimize.milp.program import ProgramBuilder
from netsim.optimize.siting.constraints.catalogue import CONSTRAINTS, Constraint
from netsim.optimize.siting.problem import SitingProblem
from netsim.optimize.siting.variables import Entries, SitingVariables


def add(builder: ProgramBuilder, problem: SitingProblem, variables: SitingVariables) -> None:
    """
    Add ``sum_m D[m, s] = sum_i visits[s, i] X[i, j]`` and ``sum_s work[m, s] D[m, s] <= sum_k capacity[k] N[m, k]``.

    One row a day type each. A task that brings no work in any lane (its hours never meet those of the
    mode) could not be held by its lanes: it gets ``D[m, s] <= all visits in reach * Y[m]``.
    """
    _carry(builder, problem, variables)
    _hold(builder, problem, variables)
    _bind_workless(builder, problem, variables)


def _carry(builder: ProgramBuilder, problem: SitingProblem, variables: SitingVariables) -> None:
    ways, sites = variables.ways, len(problem.sites)
    for day in range(len(problem.days)):
        entries: list[Entries] = []
        for group, tasks in enumerate(variables.groups):
            way = np.flatnonzero(ways.group == group)
            for task in tasks:
                visits = problem.visits[day, task, ways.zone[way]]
                entries.append(ways.share(task * sites + ways.site[way], way, -visits))
        mode, task = np.nonzero(problem.modes.offers)
        row = task * sites + problem.modes.site[mode]
        entries.append(Entries(row, variables.flow[day, mode, task], np.ones(len(row))))
        joined = _join(entries)
        used, dense = np.unique(joined.row, return_inverse=True)
        builder.add_rows(f"carry_d{day}", dense, joined.column, joined.value, lower=np.zeros(len(used)), upper=0.0)


def _hold(builder: ProgramBuilder, problem: SitingProblem, variables: SitingVariables) -> None:
    mode, lane = np.nonzero(problem.levels.count)
    for day in range(len(problem.days)):
        row, step = np.nonzero(variables.level[mode, lane] >= 0)
        capacity = problem.levels.capacity[mode[row], lane[row], step, day]
        held = Entries(row, variables.level[mode[row], lane[row], step], -capacity)
        row, task = np.nonzero(problem.modes.offers[mode])
        work = problem.modes.work[mode[row], task, lane[row]]
        joined = held + Entries(row, variables.flow[day, mode[row], task], work)
        builder.add_rows(f"hold_d{day}", joined.row, joined.column, joined.value, upper=np.zeros(len(mode)))


def _bind_workless(builder: ProgramBuilder, problem: SitingProblem, variables: SitingVariables) -> None:
    mode, task = np.nonzero(problem.modes.offers & (problem.modes.work.sum(axis=2) <= 0.0))
    if not len(mode):
        return
    near = problem.in_reach[:, problem.modes.site[mode]]
    row = np.arange(len(mode))
    for day in range(len(problem.days)):
        most = (problem.visits[day, task].T * near).sum(axis=0)
        builder.add_rows(
            f"workless_d{day}",
            np.concatenate([row, row]),
            np.concatenate([variables.flow[day, mode, task], variables.mode[mode]]),
            np.concatenate([np.ones(len(row)), -most]),
            upper=np.zeros(len(row)),
        )


def _join(entries: list[Entries]) -> Entries:
    return Entries(
        np.concatenate([entry.row for entry in entries]),
        np.concatenate([entry.column for entry in entries]),
        np.concatenate([entry.value for entry in entries]),
    )


CONSTRAINTS.register("capacity")(Constraint(add, couples_sites=True, dualisable=True))
