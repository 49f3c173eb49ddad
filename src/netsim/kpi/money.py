"""What the network costs a year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netsim.kpi.catalogue import KPIS, Kpi, NetworkDays, served
from netsim.model.study import Study
from netsim.model.visits import Outcome


def fees(days: NetworkDays) -> NDArray[np.float64]:
    """Return the fees for services, for contacts in remote channels and for parcels brought home, money a year."""
    study, visits = days.study, days.visits
    home = visits.outcome == Outcome.HOME
    at_outlets = served(visits) & (visits.visited | ~visits.remote) & ~home
    fee = np.array([0.0 if o is None else study.formats[o.format].costs.per_visit for o in days.options])
    given = days.by_day(at_outlets, np.append(fee, 0.0)[visits.site])
    price = np.array([0.0] * study.outlet_steps + [channel.per_contact for channel in study.remote])
    contact = price[days.log.step] * (days.log.lane >= 0) * days.weights[days.log.day_type]
    brought = 0.0 if study.parcels is None else study.parcels.home_cost * days.by_day(home)
    return given + brought + days.sums(days.log_day(), contact)


def cost_operator(days: NetworkDays) -> NDArray[np.float64]:
    """Return what the operator pays a year: rent, paid hours, terminals, fees, annualised transition."""
    return days.cost.operator - days.cost.fees + fees(days)


def cost_lost(days: NetworkDays) -> NDArray[np.float64]:
    """Return the cost of visits that do not get what they came for, money a year."""
    price = np.array([task.lost_visit_cost for task in days.study.tasks])
    return days.by_day(~served(days.visits), price[days.visits.task])


def cost_travel(days: NetworkDays) -> NDArray[np.float64]:
    """Return the value of customers' time on the way, money a year; who finds the outlet closed went there too."""
    rows = ~np.isin(days.visits.outcome, (Outcome.NO_OUTLET, Outcome.HOME)) & (
        days.visits.visited | ~days.visits.remote
    )
    minutes = days.study.travel.minutes[days.visits.zone, np.maximum(days.visits.site, 0)]
    economics = days.study.economics
    return days.by_day(rows, np.where(rows, minutes, 0.0) * economics.trips * economics.value_of_time)


def cost_total(days: NetworkDays) -> NDArray[np.float64]:
    """Return the operator's cost plus lost visits and travel, money a year."""
    return cost_operator(days) + cost_lost(days) + cost_travel(days)


def cost_per_visit(days: NetworkDays) -> NDArray[np.float64]:
    """Return the operator's cost of one visit served."""
    return cost_operator(days) / np.maximum(days.by_day(served(days.visits)), 1.0)


def paid_hours(days: NetworkDays) -> NDArray[np.float64]:
    """Return the paid hours a year, the same every day."""
    return np.full(len(days.replications), days.paid_hours)


def outlets(days: NetworkDays) -> NDArray[np.float64]:
    """Return the number of outlets in use, the same every day."""
    return np.full(len(days.replications), float(sum(option is not None for option in days.options)))


def _budget(study: Study) -> float | None:
    return study.rules.budget if np.isfinite(study.rules.budget) else None


KPIS.register("cost_operator")(Kpi(unit="money/a", better="lower", measure=cost_operator, target=_budget))
KPIS.register("cost_lost")(Kpi(unit="money/a", better="lower", measure=cost_lost))
KPIS.register("cost_travel")(Kpi(unit="money/a", better="lower", measure=cost_travel))
KPIS.register("cost_total")(Kpi(unit="money/a", better="lower", measure=cost_total))
KPIS.register("cost_per_visit")(Kpi(unit="money", better="lower", measure=cost_per_visit))
KPIS.register("paid_hours")(Kpi(unit="h/a", better="none", measure=paid_hours))
KPIS.register("outlets")(Kpi(unit="outlets", better="none", measure=outlets))
