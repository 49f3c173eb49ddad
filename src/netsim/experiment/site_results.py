"""One row a site: what the plan does there and what the simulation says of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from netsim.kpi.catalogue import NetworkDays, arrived, served
from netsim.model.network import Option
from netsim.model.plan import SitePlan, StaffPlan
from netsim.model.result import LaneResult, SiteResult, Verdict
from netsim.model.service import LANES
from netsim.model.study import Study
from netsim.model.visits import LEFT
from netsim.planning.certificate import Certificate
from netsim.statistics.quantiles import weighted_quantile


def site_results(
    days: NetworkDays,
    plan: SitePlan,
    staff: StaffPlan,
    certificate: Certificate,
    alternatives: Mapping[str, tuple[str, float]],
) -> tuple[SiteResult, ...]:
    """
    Return one result for each site of the study, in its order.

    Parameters
    ----------
    days
        The common days, for waits, leavers and utilisation.
    alternatives
        Site id -> (the cheapest other decision there, what it would add to the yearly objective).
    """
    study = days.study
    came = days.visits.visited
    visits, paid = _per_day(days, arrived(days.visits) & came), _per_day(days, served(days.visits) & came)
    results = []
    for index, (site, decision) in enumerate(zip(study.sites, plan.decisions, strict=True)):
        label, extra = alternatives.get(site.id, ("", float("nan")))
        results.append(
            SiteResult(
                id=site.id,
                name=site.name,
                kind=site.kind,
                brand=site.brand,
                x=site.x,
                y=site.y,
                action=decision.action,
                today=site.today,
                option=decision.option,
                visits=float(visits[index]),
                cost=_running_cost(study, decision.option, float(staff.cost[index]), float(paid[index])),
                lanes=_lanes(days, plan, certificate, index),
                reason=decision.action,
                reason_cost=extra,
                alternative=label,
            )
        )
    return tuple(results)


def _per_day(days: NetworkDays, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return visits by site on the mean day of the year, shape ``(sites,)``."""
    weight = days.weights[days.visits.day_type[rows]]
    yearly = np.bincount(days.visits.site[rows], weights=weight, minlength=len(days.study.sites))
    return np.asarray(yearly / len(days.replications) / days.weights.sum())


def _running_cost(study: Study, option: Option | None, staff: float, served_visits: float) -> float:
    if option is None:
        return 0.0
    costs = study.formats[option.format].costs
    days = sum(day.days_per_year for day in study.day_types)
    equipment = option.terminals * costs.per_terminal + option.counters * costs.per_counter
    return costs.fixed + equipment + staff + costs.per_visit * served_visits * days


def _lanes(days: NetworkDays, plan: SitePlan, certificate: Certificate, site: int) -> tuple[LaneResult, ...]:
    """Return the lanes of one site that are in use."""
    option = plan.decisions[site].option
    if option is None:
        return ()
    results = []
    weights = days.weights / days.weights.sum()
    for index, lane in enumerate(LANES):
        servers = option.servers(lane)
        if servers == 0:
            continue
        here = (days.log.site == site) & (days.log.lane == index)
        wait, weight = days.log.wait[here], days.weights[days.log.day_type[here]]
        worst = _worst_day_type(certificate, site, index)
        share, lower, upper = (
            float(a[worst, site, index]) for a in (certificate.share, certificate.lower, certificate.upper)
        )
        results.append(
            LaneResult(
                lane=lane,
                servers=servers,
                load=float((plan.load[:, site, index] * weights).sum()),
                capacity=float((plan.capacity[:, site, index] * weights).sum()),
                arrivals=float((certificate.arrivals[:, site, index] * weights).sum()),
                share_in_time=share,
                half_width=(upper - lower) / 2,
                lower=lower,
                upper=upper,
                wait_p50=weighted_quantile(wait, 0.5, weight),
                wait_p90=weighted_quantile(wait, 0.9, weight),
                leavers=_left_share(days, here),
                utilisation=_utilisation(days, option, site, index, here),
                days=int(certificate.days[:, site, index].max()),
                verdict=_verdict(certificate, site, index),
            )
        )
    return tuple(results)


def _left_share(days: NetworkDays, here: NDArray[np.bool_]) -> float:
    weight = days.weights[days.log.day_type[here]]
    left = np.isin(days.log.outcome[here], LEFT)
    return float(np.average(left, weights=weight)) if len(left) else float("nan")


def _utilisation(days: NetworkDays, option: Option, site: int, lane: int, here: NDArray[np.bool_]) -> float:
    minutes = days.log.work[here] * days.weights[days.log.day_type[here]]
    busy = float(minutes.sum()) / len(days.replications)
    if LANES[lane] == "counter":
        available = float(days.staffed[:, site] @ days.weights)
    else:
        available = option.terminals * days.study.hours_of(option, "terminal").minutes * float(days.weights.sum())
    return busy / available if available > 0 else float("nan")


def _worst_day_type(certificate: Certificate, site: int, lane: int) -> int:
    lower = certificate.lower[:, site, lane]
    return int(np.argmin(np.where(np.isnan(lower), np.inf, lower)))


def _verdict(certificate: Certificate, site: int, lane: int) -> Verdict:
    order: tuple[Verdict, ...] = ("missed", "undecided", "kept", "no_promise")
    return min((verdict for verdict in certificate.verdict[:, site, lane]), key=order.index)
