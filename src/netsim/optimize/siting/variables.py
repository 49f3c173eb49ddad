"""The columns of the siting programs, and expressions in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.optimize.milp.program import ProgramBuilder
from netsim.optimize.siting.problem import SitingProblem, freeze

Index = NDArray[np.int64]
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Entries of a sparse matrix: row, column and value, each of shape ``(k,)``."""

    row: Index
    column: Index
    value: Array

    def __add__(self, other: Entries) -> Entries:
        """Return both sets of entries."""
        return Entries(
            np.concatenate([self.row, other.row]),
            np.concatenate([self.column, other.column]),
            np.concatenate([self.value, other.value]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """
    Who could go where: one row a (task group, zone, site in reach that some mode lets do the tasks).

    Sorted by group, zone and nearness; under nearest choice the columns are cumulative: the share of
    the zone that is served by this site or a nearer one.

    Parameters
    ----------
    group, zone, site
        Positions, shape ``(ways,)``.
    heads
        Whether the row is the first of its (group, zone).
    columns
        Column of each way.
    cumulative
        Whether columns are cumulative shares.
    """

    group: Index
    zone: Index
    site: Index
    heads: NDArray[np.bool_]
    columns: Index
    cumulative: bool

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)

    def __len__(self) -> int:
        """Number of ways."""
        return len(self.site)

    def share(self, row: Index, way: Index, value: Array) -> Entries:
        """Return ``value`` times the share of the ways, as entries of the rows."""
        entries = Entries(row, self.columns[way], value)
        if not self.cumulative:
            return entries
        inner = ~self.heads[way]
        return entries + Entries(row[inner], self.columns[way[inner] - 1], -value[inner])

    def shares_of(self, x: Array) -> Array:
        """Return the share of each way in a solution, shape ``(ways,)``."""
        values = x[self.columns]
        if not self.cumulative:
            return values
        before = np.where(self.heads, 0.0, np.concatenate([[0.0], values[:-1]]))
        return values - before


@dataclass(frozen=True, slots=True, eq=False)
class SitingVariables:
    """
    Columns of a siting program.

    Parameters
    ----------
    mode
        Binary: the mode is in place, shape ``(modes,)``.
    level
        Binary: the lane has this level, shape ``(modes, lanes, levels)``; -1 where there is none.
    open
        The site does the tasks of the group, shape ``(groups, sites)``; -1 where no mode does.
    flow
        Visits a day to the site while the mode is in place, shape ``(day types, modes, tasks)``; -1
        where the mode does not do the task.
    ways
        Who goes where.
    groups
        Tasks of each group.
    """

    mode: Index
    level: Index
    open: Index
    flow: Index
    ways: Ways
    groups: tuple[Index, ...]

    def group_of(self, task: int) -> int:
        """Return the group that a task belongs to."""
        return next(index for index, tasks in enumerate(self.groups) if task in tasks)


def add_variables(builder: ProgramBuilder, problem: SitingProblem, *, cumulative: bool) -> SitingVariables:
    """
    Add the columns of a siting program, without costs.

    Parameters
    ----------
    builder
        Where to add them.
    problem
        The problem.
    cumulative
        Whether ways are cumulative shares (nearest choice) or shares (directed).
    """
    modes, levels, groups = problem.modes, problem.levels, _groups(problem)
    names = _mode_names(problem) if builder.named else []
    mode = builder.add_columns("Y", np.zeros(len(modes)), upper=1.0, integer=True, labels=names or None)
    place, lane, step = np.nonzero(np.arange(levels.servers.shape[2]) < levels.count[:, :, None])
    level = np.full(levels.servers.shape, -1, dtype=np.int64)
    level[place, lane, step] = builder.add_columns(
        "N",
        np.zeros(len(place)),
        upper=1.0,
        integer=True,
        labels=[f"{names[m]}_{'tc'[k]}{levels.servers[m, k, n]}" for m, k, n in zip(place, lane, step, strict=True)]
        if builder.named
        else None,
    )
    offered = np.stack([_any_mode(problem, tasks) for tasks in groups])
    group, site = np.nonzero(offered)
    opened = np.full(offered.shape, -1, dtype=np.int64)
    opened[group, site] = builder.add_columns(
        "Z",
        np.zeros(len(group)),
        upper=1.0,
        labels=[f"{problem.sites[j]}_g{g}" for g, j in zip(group, site, strict=True)] if builder.named else None,
    )
    flow = np.full((len(problem.days), *modes.offers.shape), -1, dtype=np.int64)
    day, place, task = np.nonzero(np.broadcast_to(modes.offers, flow.shape))
    flow[day, place, task] = builder.add_columns(
        "D",
        np.zeros(len(day)),
        labels=[f"{names[m]}_{problem.tasks[s]}_d{d}" for d, m, s in zip(day, place, task, strict=True)]
        if builder.named
        else None,
    )
    ways = _add_ways(builder, problem, offered, cumulative=cumulative)
    return SitingVariables(mode, level, opened, flow, ways, groups)


def _groups(problem: SitingProblem) -> tuple[Index, ...]:
    """
    Return the tasks that share their ways.

    Under nearest choice tasks done by the same modes go the same ways, so that one set of columns
    tells all. A directed plan may send each task elsewhere: merging would forbid it.
    """
    if problem.assignment == "nearest":
        return tuple(problem.task_groups())
    return tuple(np.array([task]) for task in range(len(problem.tasks)))


def _any_mode(problem: SitingProblem, tasks: Index) -> NDArray[np.bool_]:
    """Whether some mode of each site does the tasks, shape ``(sites,)``."""
    return np.logical_or.reduceat(problem.modes.offers[:, tasks[0]], problem.first[:-1])


def _add_ways(builder: ProgramBuilder, problem: SitingProblem, offered: NDArray[np.bool_], *, cumulative: bool) -> Ways:
    by_nearness = np.argsort(problem.rank, axis=1, kind="stable")
    reached = np.take_along_axis(problem.in_reach, by_nearness, axis=1)
    usable = reached[None] & offered[:, by_nearness]
    group, zone, place = np.nonzero(usable)
    site = by_nearness[zone, place]
    key = group * len(problem.minutes) + zone
    heads = np.concatenate([[True], key[1:] != key[:-1]]) if len(key) else np.zeros(0, dtype=np.bool_)
    labels = [f"g{g}_z{i}_{problem.sites[j]}" for g, i, j in zip(group, zone, site, strict=True)]
    columns = builder.add_columns(
        "C" if cumulative else "X", np.zeros(len(site)), upper=1.0, labels=labels if builder.named else None
    )
    return Ways(group, zone, site, heads, columns, cumulative)


def _mode_names(problem: SitingProblem) -> list[str]:
    return [
        f"{problem.sites[site]}_{form or 'closed'}" + (f"_{pattern}" if pattern else "")
        for site, form, pattern in zip(problem.modes.site, problem.modes.format, problem.modes.pattern, strict=True)
    ]
