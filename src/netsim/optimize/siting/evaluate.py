"""What a choice of modes costs and which rules it breaks, worked out exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.demand.choice.nearest import nearest_site
from netsim.model.plan import CostBreakdown, Shares
from netsim.optimize.siting.problem import SitingProblem, freeze

SLACK = 1e-6
"""Relative tolerance of capacities and rules: that of the solvers."""


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """
    A choice of modes with everything that follows from it.

    Parameters
    ----------
    modes
        Mode of each site, shape ``(sites,)``.
    levels
        Chosen level of each lane, shape ``(sites, lanes)``; -1 where the mode lacks the lane.
    shares
        Who goes where.
    load, capacity
        Work in minutes a day, shape ``(day types, sites, lanes)``.
    cost
        Yearly cost.
    overload
        Work beyond the capacity of the largest level, minutes a day on the worst day type, summed over lanes.
    served
        Share of the wished visits that are served.
    covered
        Share of the people covered, for each coverage rule.
    changes
        Sites opened, closed or converted.
    """

    modes: NDArray[np.int64]
    levels: NDArray[np.int64]
    shares: Shares
    load: NDArray[np.float64]
    capacity: NDArray[np.float64]
    cost: CostBreakdown
    overload: float
    served: float
    covered: tuple[float, ...]
    changes: int

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)

    def broken(self, problem: SitingProblem) -> tuple[str, ...]:
        """Return the names of the rules that it breaks: ``capacity``, ``served_share``, ``budget``, ..."""
        rules = [
            ("capacity", self.overload > 0.0),
            ("served_share", self.served < problem.served_share - SLACK),
            *(
                (f"coverage.{need.id}", covered < need.share - SLACK)
                for need, covered in zip(problem.coverage, self.covered, strict=True)
            ),
            ("budget", self.cost.operator > problem.budget * (1.0 + SLACK)),
            ("max_changes", problem.max_changes is not None and self.changes > problem.max_changes),
        ]
        return tuple(name for name, is_broken in rules if is_broken)

    def feasible(self, problem: SitingProblem) -> bool:
        """Whether it breaks no rule."""
        return not self.broken(problem)


def nearest_choice(problem: SitingProblem, offers: NDArray[np.bool_]) -> NDArray[np.int64]:
    """
    Return where each (task, zone) goes under nearest choice, shape ``(tasks, zones)``; -1 for nowhere.

    ``offers`` has the shape ``(tasks, sites)``. The same choice as ``demand.choice.nearest_shares``.
    """
    order = np.where(problem.in_reach, problem.rank.astype(np.float64), np.inf)
    return np.array([nearest_site(order, mask, np.inf) for mask in offers], dtype=np.int64).reshape(-1, len(order))


def nearest_shares_of(problem: SitingProblem, modes: NDArray[np.int64]) -> Shares:
    """Return the shares under nearest choice."""
    chosen = nearest_choice(problem, problem.modes.offers[modes].T)
    task, zone = np.nonzero(chosen >= 0)
    return Shares(task, zone, chosen[task, zone], np.ones(len(task)))


def evaluate(
    problem: SitingProblem,
    modes: NDArray[np.int64],
    *,
    shares: Shares | None = None,
    levels: NDArray[np.int64] | None = None,
) -> Evaluation:
    """
    Evaluate a choice of modes.

    Parameters
    ----------
    problem
        The problem.
    modes
        Mode of each site, shape ``(sites,)``.
    shares
        Who goes where; nearest choice where not given.
    levels
        Level of each lane, shape ``(sites, lanes)``; where not given the cheapest that carries the
        load (the largest where none does).
    """
    shares = nearest_shares_of(problem, modes) if shares is None else shares
    sites = np.arange(len(problem.sites))
    flow = _flow(problem, shares)
    load: NDArray[np.float64] = np.einsum("dsj,jsl->djl", flow, problem.modes.work[modes])
    levels = cheapest_levels(problem, modes, load) if levels is None else levels
    present = levels >= 0
    lane_capacity = problem.levels.capacity[modes[:, None], np.arange(2)[None, :], np.maximum(levels, 0)]
    capacity = np.where(present[:, :, None], lane_capacity, 0.0).transpose(2, 0, 1)
    overload = (load - capacity * (1.0 + SLACK) - SLACK).max(axis=0)
    yearly_flow = np.tensordot(problem.days, flow, axes=1)
    served = float((yearly_flow * problem.modes.served[modes].T).sum())
    wished = float(problem.yearly.sum())
    offers = problem.modes.offers[modes]
    return Evaluation(
        modes=modes.copy(),
        levels=levels,
        shares=shares,
        load=load,
        capacity=capacity.copy(),
        cost=_cost(problem, modes, levels, shares, yearly_flow),
        overload=float(overload[overload > 0.0].sum()) if len(sites) else 0.0,
        served=served / wished if wished > 0 else 1.0,
        covered=tuple(need.covered(offers[:, need.task]) for need in problem.coverage),
        changes=int(problem.modes.changes[modes].sum()),
    )


def cheapest_levels(problem: SitingProblem, modes: NDArray[np.int64], load: NDArray[np.float64]) -> NDArray[np.int64]:
    """
    Return the cheapest level that carries the load in each lane, shape ``(sites, lanes)``.

    Where no level does, the last one; -1 where the mode lacks the lane. ``load`` has the shape
    ``(day types, sites, lanes)``.
    """
    table = problem.levels
    capacity = table.capacity[modes]
    wanted = load.transpose(1, 2, 0)[:, :, None, :]
    count = table.count[modes]
    exists = np.arange(capacity.shape[2])[None, None, :] < count[:, :, None]
    fits = exists & (capacity * (1.0 + SLACK) + SLACK >= wanted).all(axis=3)
    return np.where(fits.any(axis=2), fits.argmax(axis=2), count - 1)


def _flow(problem: SitingProblem, shares: Shares) -> NDArray[np.float64]:
    """Visits assigned to each site a day, shape ``(day types, tasks, sites)``."""
    days, tasks, sites = len(problem.days), len(problem.tasks), len(problem.sites)
    cell = shares.task * sites + shares.site
    flow = np.zeros((days, tasks, sites))
    for day in range(days):
        weights = problem.visits[day, shares.task, shares.zone] * shares.share
        flow[day] = np.bincount(cell, weights=weights, minlength=tasks * sites).reshape(tasks, sites)
    return flow


def _cost(
    problem: SitingProblem,
    modes: NDArray[np.int64],
    levels: NDArray[np.int64],
    shares: Shares,
    yearly_flow: NDArray[np.float64],
) -> CostBreakdown:
    table = problem.modes
    where = (modes[:, None], np.arange(2)[None, :], np.maximum(levels, 0))
    present = levels >= 0
    served = yearly_flow * table.served[modes].T
    yearly = problem.yearly
    lost = problem.lost_cost @ (yearly.sum(axis=1) - served.sum(axis=1))
    minutes = problem.minutes[shares.zone, shares.site]
    travel = (yearly[shares.task, shares.zone] * shares.share * minutes).sum() * problem.minute_cost
    return CostBreakdown(
        fixed=float(table.fixed[modes].sum()),
        staff=float(problem.levels.staff[where][present].sum()),
        terminals=float(problem.levels.equipment[where][present].sum()),
        fees=float((served.sum(axis=0) * table.fee[modes]).sum()),
        transition=float(table.transition[modes].sum() + problem.levels.transition[where][present].sum()),
        lost_visits=float(lost),
        travel=float(travel),
    )
