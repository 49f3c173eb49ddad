"""From the log of visits to arrays by day, site, lane and half-hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.model.calendar import SLOT_MINUTES, SLOTS
from netsim.model.result import HalfHourWaits
from netsim.model.service import LANES
from netsim.model.study import Study
from netsim.model.visits import Outcome, VisitLog
from netsim.simulation.sketch import WaitSketch, sketch_waits


@dataclass(frozen=True, slots=True, eq=False)
class LaneTotals:
    """
    Counts by day, site and lane; every array has the shape ``(day types, replications, sites, lanes)``.

    Parameters
    ----------
    arrivals
        Customers who came to the lane (once for each step).
    in_time
        Called within the promised wait of the lane.
    left
        Ran out of patience.
    unresolved
        Were served at the lane but could not finish the visit at the outlet.
    sent_away
        Were sent away at closing.
    wait
        Sum of minutes in the queue, leavers included.
    busy
        Service minutes given.
    """

    arrivals: NDArray[np.float64]
    in_time: NDArray[np.float64]
    left: NDArray[np.float64]
    unresolved: NDArray[np.float64]
    sent_away: NDArray[np.float64]
    wait: NDArray[np.float64]
    busy: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class HalfHours:
    """
    Sums over days by half-hour of arrival; every array has the shape ``(day types, sites, lanes, 60)``.

    Parameters
    ----------
    arrivals, in_time
        Customers.
    wait
        Sum of minutes in the queue.
    days
        Days summed of each day type.
    """

    arrivals: NDArray[np.float64]
    in_time: NDArray[np.float64]
    wait: NDArray[np.float64]
    days: int

    def means(self, days_per_year: Sequence[float]) -> HalfHourWaits:
        """
        Return means over the year.

        Parameters
        ----------
        days_per_year
            Weight of each day type.
        """
        weight = np.asarray(days_per_year, dtype=float) / float(np.sum(days_per_year)) / max(self.days, 1)
        arrivals, wait, in_time = (np.tensordot(weight, item, 1) for item in (self.arrivals, self.wait, self.in_time))
        with np.errstate(invalid="ignore", divide="ignore"):
            return HalfHourWaits(arrivals, wait / arrivals, in_time / arrivals)


def lane_totals(study: Study, log: VisitLog, replications: Sequence[int]) -> LaneTotals:
    """
    Return the counts of each day, site and lane.

    Parameters
    ----------
    study
        The study.
    log
        Visits; those of other replications are ignored.
    replications
        Numbers of the days, in the order of the result; days without a visit count as zeros.
    """
    log, where = _at_lanes(log, replications)
    shape = (len(study.day_types), len(replications), len(study.sites), len(LANES))
    cell = np.ravel_multi_index((log.day_type, where, log.site, log.lane), shape)
    size = int(np.prod(shape))

    def total(weights: NDArray[np.float64] | NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        return np.bincount(cell, weights, size).astype(np.float64).reshape(shape)

    return LaneTotals(
        arrivals=total(),
        in_time=total(in_time(study, log)),
        left=total(log.outcome == Outcome.ABANDONED),
        unresolved=total(log.outcome == Outcome.UNRESOLVED),
        sent_away=total(log.outcome == Outcome.SENT_AWAY),
        wait=total(log.wait),
        busy=total(log.work),
    )


def half_hours(study: Study, log: VisitLog, replications: Sequence[int]) -> HalfHours:
    """
    Return the sums of each day type, site, lane and half-hour of arrival.

    Parameters
    ----------
    study
        The study.
    log
        Visits; those of other replications are ignored.
    replications
        Numbers of the days.
    """
    log, _ = _at_lanes(log, replications)
    shape = (len(study.day_types), len(study.sites), len(LANES), SLOTS)
    slot = np.minimum((log.arrive // SLOT_MINUTES).astype(np.int64), SLOTS - 1)
    cell = np.ravel_multi_index((log.day_type, log.site, log.lane, slot), shape)
    size = int(np.prod(shape))
    arrivals, called, wait = (
        np.bincount(cell, weights, size).astype(np.float64).reshape(shape)
        for weights in (None, in_time(study, log), log.wait)
    )
    return HalfHours(arrivals, called, wait, len(replications))


def wait_sketch(study: Study, log: VisitLog) -> WaitSketch:
    """
    Return the waits of each site and lane as a sketch, leavers included.

    Parameters
    ----------
    study
        The study.
    log
        Visits.

    Returns
    -------
    WaitSketch
        Group ``site * 2 + lane`` of ``2 * sites``.
    """
    log = log.take((log.lane >= 0) & (log.lane < len(LANES)))
    return sketch_waits(log.wait, log.site * len(LANES) + log.lane, len(study.sites) * len(LANES))


def in_time(study: Study, log: VisitLog) -> NDArray[np.bool_]:
    """Return whether each row was called within the promised wait of its lane, shape ``(n,)``."""
    promised = [study.lanes[lane].promise.within if lane in study.lanes else np.inf for lane in LANES]
    within = np.array([*promised, *(np.inf for _ in study.stations)])
    called: NDArray[np.bool_] = (log.lane >= 0) & (log.call - log.arrive <= within[log.lane])
    return called


def _at_lanes(log: VisitLog, replications: Sequence[int]) -> tuple[VisitLog, NDArray[np.int64]]:
    """Return the rows at a lane on the given days, and the position of their day among them."""
    numbers = np.asarray(replications, dtype=np.int64)
    order = np.argsort(numbers)
    where = np.searchsorted(numbers, log.replication, sorter=order)
    found = order[np.minimum(where, max(len(numbers) - 1, 0))] if len(numbers) else np.zeros_like(where)
    keep = (log.lane >= 0) & (log.lane < len(LANES)) & (numbers[found] == log.replication if len(numbers) else False)
    return log.take(keep), found[keep]
