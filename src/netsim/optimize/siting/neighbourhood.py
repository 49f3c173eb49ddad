"""The value of every plan that differs from a given one at one site, all at once."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.optimize.siting.evaluate import SLACK
from netsim.optimize.siting.problem import SitingProblem

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Penalties:
    """
    Price of breaking a rule, money a year: what lets the search pass through plans that break some.

    Parameters
    ----------
    overloaded, overload
        Of a lane that is loaded beyond the capacity of its largest level, and of each minute of daily
        work beyond it.
    share
        Of a missing share of 1 of the served visits or of the people covered.
    budget
        Of one unit of money beyond the budget.
    change
        Of one change too many.
    """

    overloaded: float
    overload: float
    share: float
    budget: float
    change: float

    def times(self, factor: float) -> Penalties:
        """Return all prices multiplied."""
        return Penalties(*(price * factor for price in astuple(self)))


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Tasks that are always offered together, under the present modes: who serves whom, who would."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    available: NDArray[np.bool_]
    closer: NDArray[np.bool_]


class Neighbourhood:
    """
    All single changes of a plan under nearest choice, valued by array operations.

    The value of a plan is its yearly cost (as ``evaluate`` finds it) and the penalties of the rules
    that it breaks. One call costs some milliseconds at 60 sites x 5 modes x 200 zones x 5 tasks.

    Parameters
    ----------
    problem
        The problem.
    penalties
        Prices of broken rules; may be replaced between calls.
    """

    def __init__(self, problem: SitingProblem, penalties: Penalties) -> None:
        self.problem = problem
        self.penalties = penalties
        self._groups = problem.task_groups()
        self._group_of_task = np.zeros(len(problem.tasks), dtype=np.int64)
        for index, tasks in enumerate(self._groups):
            self._group_of_task[tasks] = index
        self._beyond = len(problem.sites)
        self._rank = np.where(problem.in_reach, problem.rank, self._beyond)
        self._minutes = np.where(problem.in_reach, problem.minutes, 0.0)
        self._yearly = problem.yearly
        self._wished = float(self._yearly.sum())
        self._work = np.ascontiguousarray(problem.modes.work.transpose(2, 0, 1))
        self._fee = problem.modes.served * problem.modes.fee[:, None]
        self._saved = problem.modes.served * problem.lost_cost[None, :]
        self._capacity, self._cost = _padded(problem)

    def values(self, modes: NDArray[np.int64]) -> Array:
        """
        Return the value of the plan with each mode put in place at its site, shape ``(modes,)``.

        At the modes that are in place already it is the value of the plan as it is.
        """
        problem, table = self.problem, self.problem.modes
        groups = [self._group(tasks, modes) for tasks in self._groups]
        flow, change, travel, travel_change = self._flows(groups)
        site = table.site
        current = modes[site]
        toggled = table.offers != table.offers[current]
        visits = flow[None] + toggled[:, None, :, None] * change[site]
        fixed = (table.fixed - table.fixed[current]) + table.fixed[modes].sum()
        moving = (table.transition - table.transition[current]) + table.transition[modes].sum()
        lanes, overload = self._lanes(modes, visits)
        yearly = visits[:, 0] * problem.days[0]  # summed day by day: a tensor product copies the whole array first
        for day in range(1, len(problem.days)):
            yearly += visits[:, day] * problem.days[day]
        fees = self._linear(self._fee, modes, yearly)
        saved = self._linear(self._saved, modes, yearly)
        served = self._linear(table.served, modes, yearly)
        group_toggled = toggled[:, [tasks[0] for tasks in self._groups]]
        ways = travel + (group_toggled * travel_change[:, site].T).sum(axis=1)
        operator = fixed + moving + lanes + fees
        lost = float(problem.lost_cost @ self._yearly.sum(axis=1)) - saved
        broken = overload + self._penalty(modes, served, operator, group_toggled, groups)
        total: Array = operator + lost + ways + broken
        return total

    def value(self, modes: NDArray[np.int64]) -> float:
        """Return the value of one plan."""
        return float(self.values(modes)[modes[0]])

    def _group(self, tasks: NDArray[np.int64], modes: NDArray[np.int64]) -> _Group:
        available = self.problem.modes.offers[modes, tasks[0]]
        key = np.where(available[None, :], self._rank, self._beyond)
        zones = np.arange(len(key))
        first = key.argmin(axis=1)
        nearest = key[zones, first]
        key[zones, first] = self._beyond
        second = key.argmin(axis=1)
        second = np.where(key[zones, second] < self._beyond, second, -1)
        first = np.where(nearest < self._beyond, first, -1)
        closer = (self._rank < nearest[:, None]) & ~available[None, :]
        return _Group(first, second, available, closer)

    def _flows(self, groups: list[_Group]) -> tuple[Array, Array, Array, Array]:
        """
        Return visits a day, their change when a site is toggled, and the same for the travel cost.

        Shapes ``(day types, tasks, sites)``, ``(sites toggled, day types, tasks, sites)``, ``()`` and
        ``(groups, sites toggled)``.
        """
        problem = self.problem
        days, tasks, sites = len(problem.days), len(problem.tasks), self._beyond
        flow = np.zeros((days, tasks, sites))
        change = np.zeros((sites, days, tasks, sites))
        travel = np.zeros(())
        travel_change = np.zeros((len(groups), sites))
        for index, (group, members) in enumerate(zip(groups, self._groups, strict=True)):
            has, also = np.flatnonzero(group.first >= 0), np.flatnonzero(group.second >= 0)
            zone, drawn = np.nonzero(group.closer)
            taken = group.first[zone] >= 0
            # A site that closes sends its zones to their second choice; one that opens draws.
            cells = np.concatenate(
                [
                    group.first[has] * (sites + 1),
                    group.first[also] * sites + group.second[also],
                    drawn[taken] * sites + group.first[zone[taken]],
                    drawn * (sites + 1),
                ]
            )
            for day in range(days):
                for task in members:
                    wished = problem.visits[day, task]
                    flow[day, task] = np.bincount(group.first[has], wished[has], sites)
                    amounts = np.concatenate([-wished[has], wished[also], -wished[zone[taken]], wished[zone]])
                    change[:, day, task] = np.bincount(cells, amounts, sites * sites).reshape(sites, sites)
            weight = self._yearly[members].sum(axis=0) * problem.minute_cost
            near, far = np.zeros(len(weight)), np.zeros(len(weight))
            near[has] = self._minutes[has, group.first[has]]
            far[also] = self._minutes[also, group.second[also]]
            travel = travel + weight @ near
            closed = np.bincount(group.first[has], (weight * (far - near))[has], sites)
            opened = np.bincount(drawn, weight[zone] * (self._minutes[zone, drawn] - near[zone]), sites)
            travel_change[index] = closed + opened
        return flow, change, travel, travel_change

    def _linear(self, coefficients: Array, modes: NDArray[np.int64], yearly: Array) -> Array:
        """Sum over sites and tasks of visits a year times a coefficient of the mode in place."""
        site = self.problem.modes.site
        total = np.tensordot(yearly, coefficients[modes].T, axes=2)
        own = yearly[np.arange(len(site)), :, site]
        corrected: Array = total + (own * (coefficients - coefficients[modes[site]])).sum(axis=1)
        return corrected

    def _lanes(self, modes: NDArray[np.int64], visits: Array) -> tuple[Array, Array]:
        """Return the cost of the cheapest levels that carry the load, and the penalties of overloads."""
        site = self.problem.modes.site
        every = np.arange(len(site))
        own_visits = visits[every, :, :, site]
        cost, penalty = np.zeros(len(site)), np.zeros(len(site))
        for lane in range(2):
            work = self._work[lane]
            load = np.einsum("mdsj,sj->mdj", visits, work[modes].T)
            each, over = _cheapest(load, self._capacity[modes, lane], self._cost[modes, lane])
            own_load = np.einsum("mds,ms->md", own_visits, work)[:, :, None]
            own, own_over = _cheapest(own_load.transpose(2, 1, 0), self._capacity[:, lane], self._cost[:, lane])
            cost += each.sum(axis=1) - each[every, site] + own[0]
            prices = self.penalties.overload * over + self.penalties.overloaded * (over > 0.0)
            own_price = self.penalties.overload * own_over[0] + self.penalties.overloaded * (own_over[0] > 0.0)
            penalty += prices.sum(axis=1) - prices[every, site] + own_price
        return cost, penalty

    def _penalty(
        self,
        modes: NDArray[np.int64],
        served: Array,
        operator: Array,
        toggled: NDArray[np.bool_],
        groups: list[_Group],
    ) -> Array:
        problem, prices = self.problem, self.penalties
        missing = np.maximum(problem.served_share - SLACK / 2 - served / max(self._wished, 1e-300), 0.0)
        for need in problem.coverage:
            index = int(self._group_of_task[need.task])
            available = groups[index].available
            count = (need.near & available[None, :]).sum(axis=1)
            lost = (need.people * (count == 1)) @ need.near
            won = (need.people * (count == 0)) @ need.near
            change = np.where(available, -lost, won)[problem.modes.site]
            covered = need.people @ (count > 0) + toggled[:, index] * change
            missing = missing + np.maximum(need.share - SLACK / 2 - covered, 0.0)
        penalty: Array = prices.share * missing
        if np.isfinite(problem.budget):
            penalty = penalty + prices.budget * np.maximum(operator - problem.budget, 0.0)
        if problem.max_changes is not None:
            changes = problem.modes.changes.astype(np.int64)
            count = changes[modes].sum() + changes - changes[modes[problem.modes.site]]
            penalty = penalty + prices.change * np.maximum(count - problem.max_changes, 0)
        return penalty


def _padded(problem: SitingProblem) -> tuple[Array, Array]:
    """
    Return capacities ``(modes, lanes, day types, levels + 1)`` and costs ``(modes, lanes, levels + 1)``.

    Beyond the last level the capacity is unlimited at the cost of the last level.
    """
    table = problem.levels
    modes, lanes, levels = table.servers.shape
    capacity = np.full((modes, lanes, len(problem.days), levels + 1), np.inf)
    cost = np.zeros((modes, lanes, levels + 1))
    for mode in range(modes):
        for lane in range(lanes):
            count = int(table.count[mode, lane])
            capacity[mode, lane, :, :count] = table.capacity[mode, lane, :count].T * (1.0 + SLACK) + SLACK
            cost[mode, lane, :count] = table.cost[mode, lane, :count]
            cost[mode, lane, count:] = table.cost[mode, lane, count - 1] if count else 0.0
    return capacity, cost


def _cheapest(load: Array, capacity: Array, cost: Array) -> tuple[Array, Array]:
    """
    Return the cost of the cheapest level that carries each load, and the work beyond the last level.

    ``load`` has the shape ``(n, day types, k)``, ``capacity`` ``(k, day types, levels + 1)`` and
    ``cost`` ``(k, levels + 1)``; the results have the shape ``(n, k)``.
    """
    fits = np.ones((load.shape[0], load.shape[2], capacity.shape[2]), dtype=np.bool_)
    over = np.zeros((load.shape[0], load.shape[2]))
    largest = np.where(np.isinf(capacity), 0.0, capacity).max(axis=2)
    for day in range(load.shape[1]):
        fits &= capacity[None, :, day, :] >= load[:, day, :, None]
        over = np.maximum(over, load[:, day] - largest[None, :, day])
    level = fits.argmax(axis=2)
    return cost[np.arange(len(cost))[None, :], level], over
