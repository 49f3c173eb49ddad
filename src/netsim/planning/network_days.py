"""Simulate a chosen network on the common days that measures and comparisons are taken on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from netsim.kpi.catalogue import NetworkDays, visit_table
from netsim.kpi.measure import values_of
from netsim.model.network import Option
from netsim.model.plan import SitePlan, StaffPlan
from netsim.model.precision import Measurement
from netsim.model.study import Study
from netsim.model.visits import VisitLog, join_logs
from netsim.simulation.network_day import in_order, measure_network
from netsim.simulation.network_totals import NetworkTotals
from netsim.statistics.stopping import StoppingRule

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredDays:
    """
    A network on the days that its measures are taken on.

    Parameters
    ----------
    days
        The plan and its visits.
    totals
        Counts, sums, half-hourly minutes and sketches of every outlet.
    measurement
        How many days, and why no more.
    """

    days: NetworkDays
    totals: NetworkTotals
    measurement: Measurement


def at_counters(on_duty: NDArray[np.int64], options: Sequence[Option | None]) -> NDArray[np.int64]:
    """
    Return the staff that can serve at once: no more than there are counters.

    Parameters
    ----------
    on_duty
        Rostered staff, shape ``(day types, sites, 60)``.
    options
        What stands at each site, length sites.
    """
    counters = np.array([0 if option is None else option.counters for option in options])
    return np.asarray(np.minimum(on_duty, counters[:, None]))


def network_days(study: Study, plan: SitePlan, staff: StaffPlan, days: int, *, seed: int | None = None) -> NetworkDays:
    """
    Simulate every outlet of a plan on a fixed number of common days.

    Parameters
    ----------
    days
        Number of common days; the same numbers stand for the same customers in every plan and scenario.
    seed
        Seed of the customers; None takes the study's.
    """
    return measured_days(study, plan, staff, days=days, seed=seed).days


def measured_days(
    study: Study,
    plan: SitePlan,
    staff: StaffPlan,
    *,
    days: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> MeasuredDays:
    """
    Simulate every outlet of a plan on as many common days as its measures need.

    Parameters
    ----------
    days
        A fixed number of days; None takes what ``study.measuring`` says: a fixed number, or as many as it takes
        to know the named measures well enough, ``simulation.max_days`` at most.
    seed
        Seed of the customers; None takes the study's.
    progress
        Called with (label, days simulated, days at most).
    """
    network = _Network(study, plan, staff, seed)
    rule = stopping_rule(study) if days is None else None
    if rule is None:
        fixed = days or study.measuring.days or study.simulation.compare_days
        network.simulate(0, fixed)
        measurement = Measurement(fixed, (fixed,))
    else:
        names = [goal.measure for goal in rule.goals]

        def measure(first: int, last: int) -> Mapping[str, NDArray[np.float64]]:
            if progress is not None:
                progress("measures", first, rule.max_days)
            block = network.simulate(first, last)
            return {name: values_of(block, name).values for name in names}

        measurement = rule.run(measure)
    return MeasuredDays(network.so_far(), network.totals, measurement)


def stopping_rule(study: Study) -> StoppingRule | None:
    """Return the rule that ends the measured days of a study, None for a fixed number of them."""
    measuring, limits = study.measuring, study.simulation
    if measuring.days is not None or not measuring.goals:
        return None
    return StoppingRule(measuring.goals, measuring.min_days, limits.max_days, limits.confidence)


class _Network:
    """Simulates a plan block by block, and keeps what happened."""

    def __init__(self, study: Study, plan: SitePlan, staff: StaffPlan, seed: int | None) -> None:
        self.study, self.plan, self.seed = study, plan, seed
        self.options = tuple(decision.option for decision in plan.decisions)
        self.serving = at_counters(staff.on_duty, self.options)
        shared = sum(pool.servers * pool.cost for pool in study.pools)
        self.cost = replace(plan.cost, staff=float(staff.cost.sum()), fixed=plan.cost.fixed + shared)
        self.staffed = _staffed_minutes(study, self.options, self.serving)
        self.paid_hours = float(staff.paid_hours.sum())
        self.logs: list[VisitLog] = []
        self.totals = NetworkTotals(0, {})

    def simulate(self, first: int, last: int) -> NetworkDays:
        """Simulate the days ``first <= day < last``, which follow those before, and return them."""
        replications = tuple(range(first, last))
        log, self.totals = measure_network(
            self.study,
            self.options,
            self.plan.shares,
            replications,
            on_duty=self.serving,
            seed=self.seed,
            onto=self.totals if self.logs else None,
        )
        self.logs.append(log)
        return self._days(replications, log)

    def so_far(self) -> NetworkDays:
        """Return all days."""
        log = self.logs[0] if len(self.logs) == 1 else in_order(join_logs(self.logs))
        return self._days(tuple(range(self.totals.days)), log)

    def _days(self, replications: tuple[int, ...], log: VisitLog) -> NetworkDays:
        return NetworkDays(
            study=self.study,
            options=self.options,
            cost=self.cost,
            staffed=self.staffed,
            paid_hours=self.paid_hours,
            replications=replications,
            log=log,
            visits=visit_table(log, replications, self.study.unseen, self.study.outlet_steps),
        )


def _staffed_minutes(study: Study, options: Sequence[Option | None], serving: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return server minutes at the counters while they are open, shape ``(day types, sites)``."""
    minutes = np.zeros(serving.shape[:2])
    for site, option in enumerate(options):
        if option is not None and option.counters > 0:
            minutes[:, site] = serving[:, site] @ study.hours_of(option, "counter").minutes_by_slot()
    return minutes
