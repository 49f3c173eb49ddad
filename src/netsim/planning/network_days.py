"""Simulate a chosen network on the common days that measures and comparisons are taken on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from netsim.kpi.catalogue import NetworkDays, visit_table
from netsim.model.network import Option
from netsim.model.plan import SitePlan, StaffPlan
from netsim.model.study import Study
from netsim.simulation.customers import draw_customers
from netsim.simulation.network_day import simulate_network


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
    Simulate every outlet of a plan on the common days.

    Parameters
    ----------
    days
        Number of common days; the same numbers stand for the same customers in every plan and scenario.
    seed
        Seed of the customers; None takes the study's.
    """
    options = tuple(decision.option for decision in plan.decisions)
    replications = tuple(range(days))
    serving = at_counters(staff.on_duty, options)
    customers = draw_customers(study, replications, seed=seed)
    log = simulate_network(study, options, plan.shares, replications, on_duty=serving, seed=seed, customers=customers)
    return NetworkDays(
        study=study,
        options=options,
        cost=replace(plan.cost, staff=float(staff.cost.sum())),
        staffed=_staffed_minutes(study, options, serving),
        paid_hours=float(staff.paid_hours.sum()),
        replications=replications,
        log=log,
        visits=visit_table(log, replications),
    )


def _staffed_minutes(study: Study, options: Sequence[Option | None], serving: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return server minutes at the counters while they are open, shape ``(day types, sites)``."""
    minutes = np.zeros(serving.shape[:2])
    for site, option in enumerate(options):
        if option is not None and option.counters > 0:
            minutes[:, site] = serving[:, site] @ study.hours_of(option, "counter").minutes_by_slot()
    return minutes
