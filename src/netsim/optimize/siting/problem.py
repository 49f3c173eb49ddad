"""The siting problem as arrays: what may stand where, what it does, carries and costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from netsim.model.network import Option
from netsim.model.study import Assignment, Economics

CLOSED = ""
"""Format id of a mode in which nothing stands at the site."""


@dataclass(frozen=True, slots=True, eq=False)
class ModeTable:
    """
    Everything that may stand at a site but for its number of servers: one row a (site, format, pattern).

    Rows are sorted by site; "closed", where it is allowed, is the first row of its site.

    Parameters
    ----------
    site
        Position of the site, shape ``(modes,)``.
    format, pattern
        Format and opening pattern; empty for "closed". Length modes.
    offers
        Whether the mode does a task, shape ``(modes, tasks)``.
    changes
        Whether it opens, closes or converts the site, shape ``(modes,)``.
    fixed, transition
        Yearly cost without servers, and annualised cost of getting there without servers, shape ``(modes,)``.
    fee
        Fee per served visit, shape ``(modes,)``.
    work
        Work in minutes that one wished visit assigned to it brings, shape ``(modes, tasks, lanes)``.
    served
        Share of the visits assigned to it that are served, shape ``(modes, tasks)``.
    """

    site: NDArray[np.int64]
    format: tuple[str, ...]
    pattern: tuple[str, ...]
    offers: NDArray[np.bool_]
    changes: NDArray[np.bool_]
    fixed: NDArray[np.float64]
    transition: NDArray[np.float64]
    fee: NDArray[np.float64]
    work: NDArray[np.float64]
    served: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)

    def __len__(self) -> int:
        """Number of modes."""
        return len(self.site)


@dataclass(frozen=True, slots=True, eq=False)
class LevelTable:
    """
    Numbers of servers to choose from in each lane of each mode, the cheapest first.

    Dominated levels (another costs no more and carries no less on every day type) are left out. Shapes
    are ``(modes, lanes, levels)``, padded beyond ``count``.

    Parameters
    ----------
    count
        Levels of each lane, 0 where the mode lacks it, shape ``(modes, lanes)``.
    servers
        Number of servers.
    staff, equipment, transition
        Yearly cost of staff, of terminals and counter positions, and of added terminals (annualised).
    capacity
        Largest work in minutes a day, shape ``(modes, lanes, levels, day types)``.
    """

    count: NDArray[np.int64]
    servers: NDArray[np.int64]
    staff: NDArray[np.float64]
    equipment: NDArray[np.float64]
    transition: NDArray[np.float64]
    capacity: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)

    @property
    def cost(self) -> NDArray[np.float64]:
        """Yearly cost of a level, shape ``(modes, lanes, levels)``."""
        return self.staff + self.equipment + self.transition


@dataclass(frozen=True, slots=True, eq=False)
class CoverageNeed:
    """
    A coverage rule as arrays.

    Parameters
    ----------
    id, share, within
        Id, least share and minutes of the rule.
    task
        Position of its task.
    people
        People counted in each zone, as shares that sum to 1, shape ``(zones,)``.
    near
        Whether a site lies within the minutes of a zone, shape ``(zones, sites)``.
    """

    id: str
    share: float
    within: float
    task: int
    people: NDArray[np.float64]
    near: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)

    def covered(self, offers: NDArray[np.bool_]) -> float:
        """Return the share of the people covered by the sites that do the task, mask of shape ``(sites,)``."""
        return float(self.people @ (self.near & offers[None, :]).any(axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class SitingProblem:
    """
    Choose a mode for each site and servers for each of its lanes at least yearly cost.

    Parameters
    ----------
    assignment
        ``nearest`` or ``directed``.
    sites, tasks
        Ids.
    modes, levels
        What may stand where, and with how many servers.
    first
        First mode of each site, shape ``(sites + 1,)``.
    today
        Mode that stands at each site today, shape ``(sites,)``.
    today_options
        What stands there, with its servers; None for nothing.
    visits
        Mean visits wished a day, shape ``(day types, tasks, zones)``.
    days
        Days a year, shape ``(day types,)``.
    minutes
        Travel times, shape ``(zones, sites)``; ``inf`` beyond the reach.
    rank
        Place of each site in its zone's order by (minutes, site id), shape ``(zones, sites)``; sites
        beyond the reach stand at the end.
    minute_cost
        Cost of one minute of travel time of one visit, all ways counted.
    lost_cost
        Cost of a visit that is not served, shape ``(tasks,)``.
    coverage, served_share, budget, max_changes
        The rules.
    economics
        Money as in the study.
    """

    assignment: Assignment
    sites: tuple[str, ...]
    tasks: tuple[str, ...]
    modes: ModeTable
    levels: LevelTable
    first: NDArray[np.int64]
    today: NDArray[np.int64]
    today_options: tuple[Option | None, ...]
    visits: NDArray[np.float64]
    days: NDArray[np.float64]
    minutes: NDArray[np.float64]
    rank: NDArray[np.int64]
    minute_cost: float
    lost_cost: NDArray[np.float64]
    coverage: tuple[CoverageNeed, ...]
    served_share: float
    budget: float
    max_changes: int | None
    economics: Economics

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)

    @property
    def yearly(self) -> NDArray[np.float64]:
        """Visits wished a year, shape ``(tasks, zones)``."""
        total: NDArray[np.float64] = np.tensordot(self.days, self.visits, axes=1)
        return total

    @property
    def in_reach(self) -> NDArray[np.bool_]:
        """Whether a zone reaches a site, shape ``(zones, sites)``."""
        return np.isfinite(self.minutes)

    def task_groups(self) -> list[NDArray[np.int64]]:
        """Return the tasks in groups that every mode does or does not do together."""
        groups: dict[bytes, list[int]] = {}
        for task in range(len(self.tasks)):
            groups.setdefault(self.modes.offers[:, task].tobytes(), []).append(task)
        return [np.array(group, dtype=np.int64) for group in groups.values()]

    def option(self, mode: int, levels: Mapping[int, int] | NDArray[np.int64]) -> Option | None:
        """Return a mode with a level for each lane (``lane -> position``) as an option, None for "closed"."""
        if self.modes.format[mode] == CLOSED:
            return None
        terminals, counters = (
            int(self.levels.servers[mode, lane, levels[lane]]) if self.levels.count[mode, lane] else 0
            for lane in (0, 1)
        )
        return Option(self.modes.format[mode], self.modes.pattern[mode], counters, terminals)


def freeze(record: object) -> None:
    """Write-protect the arrays of a slots dataclass (frozen does not reach into them)."""
    for field in fields(record):  # type: ignore[arg-type]
        value = getattr(record, field.name)
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
