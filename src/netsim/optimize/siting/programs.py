"""The siting problem as mixed-integer programs: nearest choice and directed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from netsim.model.plan import Shares
from netsim.model.study import Assignment
from netsim.optimize.milp.program import LinearProgram, ProgramBuilder
from netsim.optimize.siting.constraints import CONSTRAINTS
from netsim.optimize.siting.evaluate import Evaluation
from netsim.optimize.siting.objectives import OBJECTIVES
from netsim.optimize.siting.problem import SitingProblem
from netsim.optimize.siting.variables import SitingVariables, add_variables

RULES = ("coverage", "served_share", "budget", "max_changes")
"""Constraints that a planner sets; the others say what a network is."""


@dataclass(frozen=True, slots=True, eq=False)
class SitingProgram:
    """
    A program with its columns by meaning.

    Parameters
    ----------
    problem
        The problem behind it.
    program
        The arrays.
    variables
        Where the columns stand.
    """

    problem: SitingProblem
    program: LinearProgram
    variables: SitingVariables

    def modes(self, x: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the mode of each site in a solution, shape ``(sites,)``."""
        chosen = x[self.variables.mode]
        first = self.problem.first
        return np.array([low + int(chosen[low:high].argmax()) for low, high in pairwise(first)])

    def shares(self, x: NDArray[np.float64]) -> Shares:
        """Return who goes where in a solution; shares below 1e-7 are dropped."""
        ways = self.variables.ways
        share = ways.shares_of(x)
        columns: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]] = []
        for group, tasks in enumerate(self.variables.groups):
            rows = np.flatnonzero((ways.group == group) & (share > 1e-7))
            columns.extend((np.full(len(rows), task), ways.zone[rows], ways.site[rows], share[rows]) for task in tasks)
        task, zone, site, part = (np.concatenate(parts) for parts in zip(*columns, strict=True))
        order = np.lexsort((site, zone, task))
        return Shares(task[order], zone[order], site[order], np.minimum(part[order], 1.0))

    def point(self, plan: Evaluation) -> NDArray[np.float64]:
        """Return a plan as a solution, shape ``(columns,)``, for the solver to start from."""
        problem, variables = self.problem, self.variables
        x = np.zeros(self.program.shape[1])
        x[variables.mode[plan.modes]] = 1.0
        site, lane = np.nonzero(plan.levels >= 0)
        x[variables.level[plan.modes[site], lane, plan.levels[site, lane]]] = 1.0
        offers = problem.modes.offers[plan.modes]
        task, zone, place, share = plan.shares.task, plan.shares.zone, plan.shares.site, plan.shares.share
        for group, tasks in enumerate(variables.groups):
            there = variables.open[group] >= 0
            x[variables.open[group, there]] = offers[there, tasks[0]]
        for day in range(len(problem.days)):
            column = variables.flow[day, plan.modes[place], task]
            np.add.at(x, column, problem.visits[day, task, zone] * share)
        x[variables.ways.columns] = self._way_shares(plan.shares)
        self._cover(x)
        return x

    def _way_shares(self, shares: Shares) -> NDArray[np.float64]:
        ways, leaders = self.variables.ways, [tasks[0] for tasks in self.variables.groups]
        dense = np.zeros((len(leaders), *self.problem.minutes.shape))
        for group, task in enumerate(leaders):
            rows = shares.task == task  # the tasks of a group share their ways
            dense[group, shares.zone[rows], shares.site[rows]] = shares.share[rows]
        value: NDArray[np.float64] = dense[ways.group, ways.zone, ways.site]
        if not ways.cumulative:
            return value
        total = np.cumsum(value)
        starts = np.flatnonzero(ways.heads)
        before = np.repeat(total[starts] - value[starts], np.diff(np.append(starts, len(value))))
        below: NDArray[np.float64] = total - before
        return below

    def _cover(self, x: NDArray[np.float64]) -> None:
        """Fill the columns of the coverage rules: the last ones, in the order of the rules."""
        problem = self.problem
        column = self.program.shape[1]
        for need in reversed(problem.coverage):
            group = self.variables.group_of(need.task)
            sites = np.flatnonzero(self.variables.open[group] >= 0)
            seen = np.unique(need.near[:, sites], axis=0)
            column -= len(seen)
            x[column : column + len(seen)] = (seen & (x[self.variables.open[group, sites]] > 0.5)).any(axis=1)


def siting_program(
    problem: SitingProblem,
    assignment: Assignment | None = None,
    *,
    rules: tuple[str, ...] = RULES,
    objective: str = "total_cost",
    whole_totals: bool = False,
    named: bool = False,
) -> SitingProgram:
    """
    Return the mixed-integer program of a siting problem.

    Parameters
    ----------
    problem
        The problem.
    assignment
        ``nearest`` or ``directed``; that of the problem by default. The directed program of a
        nearest-choice problem is a relaxation of it, in which tasks done by the same modes still go the
        same ways; the bound of a directed problem needs the program of that problem itself.
    rules
        The planner's rules to impose.
    objective
        Name of the objective.
    whole_totals
        Relax the program: nothing but the totals over the network has to be whole.
    named
        Whether columns and rows get names.
    """
    kind = assignment or problem.assignment
    builder = ProgramBuilder(named=named)
    variables = add_variables(builder, problem, cumulative=kind == "nearest")
    for name in ("one_option", kind, "capacity", *rules):
        CONSTRAINTS[name].add(builder, problem, variables)
    OBJECTIVES[objective](builder, problem, variables)
    if not whole_totals:
        return SitingProgram(problem, builder.build(), variables)
    columns = builder.size[0]
    CONSTRAINTS["totals"].add(builder, problem, variables)
    program = builder.build()
    totals = np.arange(program.shape[1]) >= columns
    return SitingProgram(problem, replace(program, integer=totals), variables)
