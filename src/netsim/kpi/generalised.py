"""What a visit costs the customer in all: way, wait, service and fee, in minutes of travel; and who gets the visits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netsim.kpi.catalogue import KPIS, Kpi, KpiFamily, NetworkDays, arrived, quantile_by_day, ratio
from netsim.model.choice import Taste
from netsim.model.study import Study
from netsim.model.visits import Outcome

PLAIN = Taste(wait=1.0, service=1.0)
"""Of customers of whom nothing is said: a minute is a minute."""


def generalised_cost(days: NetworkDays) -> NDArray[np.float64]:
    """
    Return the generalised cost of each visit in person, minutes, 0 for all others, shape ``(visits,)``.

    All ways of the visit, waits and services as they feel (``demand.choice``; a minute is a minute where it says
    nothing). Our outlets take no fee from customers.
    """
    visits, study = days.visits, days.study
    tastes = [study.choice.taste_of(name) if study.choice else PLAIN for name in study.demand.segments]
    wait, service = (
        np.array([getattr(taste, part) for taste in tastes])[visits.segment] for part in ("wait", "service")
    )
    way = study.economics.trips * study.travel.minutes[visits.zone, np.maximum(visits.site, 0)]
    return np.where(_in_person(days), way + wait * visits.wait + service * visits.in_service, 0.0)


def _in_person(days: NetworkDays) -> NDArray[np.bool_]:
    rows: NDArray[np.bool_] = arrived(days.visits) & days.visits.visited
    return rows


def generalised_mean(days: NetworkDays) -> NDArray[np.float64]:
    """Return the mean generalised cost of a visit in minutes."""
    rows = _in_person(days)
    return ratio(days.by_day(rows, generalised_cost(days)), days.by_day(rows))


def generalised_p90(days: NetworkDays) -> NDArray[np.float64]:
    """Return the 90th percentile of the generalised cost in minutes."""
    return quantile_by_day(days, _in_person(days), generalised_cost(days), 0.9)


def _segments(study: Study) -> tuple[str, ...]:
    """Return the segments where there are several."""
    return study.demand.segments if len(study.demand.segments) > 1 else ()


def _of_segment(days: NetworkDays, segment: str) -> NDArray[np.bool_]:
    rows: NDArray[np.bool_] = _in_person(days) & (days.visits.segment == days.study.demand.segments.index(segment))
    return rows


def generalised_of_segment(days: NetworkDays, segment: str) -> NDArray[np.float64]:
    """Return the mean generalised cost of a segment in minutes."""
    rows = _of_segment(days, segment)
    return ratio(days.by_day(rows, generalised_cost(days)), days.by_day(rows))


def generalised_p90_of_segment(days: NetworkDays, segment: str) -> NDArray[np.float64]:
    """Return the 90th percentile of the generalised cost of a segment in minutes."""
    return quantile_by_day(days, _of_segment(days, segment), generalised_cost(days), 0.9)


def _choosing(study: Study) -> tuple[str, ...]:
    return ("all",) if study.choice is not None else ()


def captured_share(days: NetworkDays, _member: str) -> NDArray[np.float64]:
    """Return the share of all wishes that our outlets and channels capture: not a competitor's, nor nobody's."""
    everybody = np.ones(len(days.visits.visit), dtype=bool)
    return ratio(days.by_day(days.visits.outcome != Outcome.NO_OUTLET), days.by_day(everybody))


def off_counter(days: NetworkDays) -> NDArray[np.float64]:
    """Return the share of the visits served that no counter had a part in: at terminals and in remote channels."""
    log, visits = days.log, days.visits
    seen = _visits_at(days, log.lane == 1)
    done = visits.outcome == Outcome.SERVED
    return ratio(days.by_day(done & ~seen), days.by_day(done))


def _visits_at(days: NetworkDays, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which visits have one of some rows of the log, shape ``(visits,)``."""
    log, visits = days.log, days.visits
    replications = np.array(days.replications)
    day = np.searchsorted(replications, log.replication[rows])
    cells = len(replications) * len(days.study.day_types)
    here, there = log.day_type[rows] * len(replications) + day, visits.day_type * len(replications) + visits.day
    found = np.zeros(len(visits.visit), dtype=bool)
    for cell in range(cells):
        own = np.flatnonzero(there == cell)
        found[own] = np.isin(visits.visit[own], log.visit[rows][here == cell])
    return found


KPIS.register("generalised_mean")(Kpi(unit="min", better="lower", measure=generalised_mean))
KPIS.register("generalised_p90")(Kpi(unit="min", better="lower", measure=generalised_p90))
KPIS.register("generalised_of_segment")(
    KpiFamily(unit="min", better="lower", members=_segments, measure=generalised_of_segment)
)
KPIS.register("generalised_p90_of_segment")(
    KpiFamily(unit="min", better="lower", members=_segments, measure=generalised_p90_of_segment)
)
KPIS.register("captured_share")(KpiFamily(unit="share", better="higher", members=_choosing, measure=captured_share))
KPIS.register("off_counter")(Kpi(unit="share", better="none", measure=off_counter))
