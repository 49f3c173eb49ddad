"""How long customers wait, and whether the promise is kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netsim.kpi.catalogue import KPIS, Kpi, KpiFamily, NetworkDays, arrived, lanes_in_use, quantile_by_day, ratio
from netsim.model.service import LANES, Lane


def wait_mean(days: NetworkDays) -> NDArray[np.float64]:
    """Return the mean wait in minutes over all visits that arrive, leavers included."""
    rows = arrived(days.visits)
    return ratio(days.by_day(rows, days.visits.wait), days.by_day(rows))


def first_contact_mean(days: NetworkDays) -> NDArray[np.float64]:
    """Return the mean minutes until the first contact with a server (or until the customer leaves)."""
    rows = arrived(days.visits)
    return ratio(days.by_day(rows, days.visits.first_wait), days.by_day(rows))


def cycle_mean(days: NetworkDays) -> NDArray[np.float64]:
    """Return the mean minutes from arrival at the outlet to the end of the visit."""
    rows = arrived(days.visits)
    return ratio(days.by_day(rows, days.visits.duration), days.by_day(rows))


def wait_p50(days: NetworkDays) -> NDArray[np.float64]:
    """Return the median wait in minutes, served and abandoned visits alike."""
    return quantile_by_day(days, arrived(days.visits), days.visits.wait, 0.5)


def wait_p90(days: NetworkDays) -> NDArray[np.float64]:
    """Return the 90th percentile of the wait in minutes, served and abandoned visits alike."""
    return quantile_by_day(days, arrived(days.visits), days.visits.wait, 0.9)


def share_in_time(days: NetworkDays, lane: Lane) -> NDArray[np.float64]:
    """Return the share of all arrivals at a lane who are called within the promised wait."""
    promise = days.study.lanes[lane].promise
    rows = days.log.lane == LANES.index(lane)
    weight = days.weights[days.log.day_type[rows]]
    in_time = ~np.isnan(days.log.call[rows]) & (days.log.wait[rows] <= promise.within)
    day = days.log_day()[rows]
    return ratio(days.sums(day, weight * in_time), days.sums(day, weight))


KPIS.register("wait_mean")(Kpi(unit="min", better="lower", measure=wait_mean))
KPIS.register("wait_p50")(Kpi(unit="min", better="lower", measure=wait_p50))
KPIS.register("wait_p90")(Kpi(unit="min", better="lower", measure=wait_p90))
KPIS.register("first_contact_mean")(Kpi(unit="min", better="lower", measure=first_contact_mean))
KPIS.register("cycle_mean")(Kpi(unit="min", better="lower", measure=cycle_mean))
KPIS.register("share_in_time")(
    KpiFamily(
        unit="share",
        better="higher",
        members=lanes_in_use,
        measure=lambda days, lane: share_in_time(days, "counter" if lane == "counter" else "terminal"),
        target=lambda study, lane: study.lanes["counter" if lane == "counter" else "terminal"].promise.share,
    )
)
