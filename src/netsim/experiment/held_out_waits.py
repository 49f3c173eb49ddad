"""
The last trial of a fit: held-out days simulated with the fitted parameters and the staff seen in the log.

One queue a lane, first come first served: where a log's counters have queues of their own, the simulated waits
are shorter than the observed ones, and that is what the trial then shows.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from netsim.fit.arrivals import factor_levels
from netsim.fit.waits import staff_on_duty
from netsim.fit.warnings import warnings_of
from netsim.model.calendar import DAY_MINUTES, DAY_SLOTS, SLOT_MINUTES, SLOTS, OpeningHours
from netsim.model.fit_arrivals import Estimate
from netsim.model.fit_checks import SIMULATED_DAYS, Flag, Validation, WaitCheck
from netsim.model.fit_laws import ServiceFit
from netsim.model.fit_result import FitResult
from netsim.model.service import LANES, LanePolicy, Promise
from netsim.model.ticket_log import Fate, Legs, TicketLog
from netsim.simulation.alone import ArrivalPattern, OutletJob, stream_outlet
from netsim.simulation.laws import (
    NEVER,
    Law,
    exponential_law,
    fixed,
    gamma_law,
    lognormal_law,
    weibull_law,
)
from netsim.simulation.outlet import GONE, CustomerClass, Node, OutletModel, Station
from netsim.simulation.stations import lane_station
from netsim.statistics.intervals import exact_share_bounds
from netsim.text import code_sentence

LEVELS = 10
"""Values of the day factor that are simulated."""
COVERED = 0.95
ERROR = 0.01
"""Error probability of the flag that too few days lie where they should."""
SOME_STAFF = 0.1
"""Servers on duty below which a half-hour has none."""
POLICY = LanePolicy(Promise(0.9, 10.0), math.inf, "finish_and_close_queue")
Tell = Callable[[str, int, int], None]


def with_waits(result: FitResult, log: TicketLog, day_start: float, tell: Tell | None = None) -> FitResult:
    """
    Return a result whose held-out days have been simulated, if the log tells who served.

    Parameters
    ----------
    result
        Fitted to the other days.
    log
        The log.
    day_start
        Minute after midnight at which a service day begins.
    tell
        Called with (label, done, total).
    """
    told = set(log.days)
    held = [day.date for day in result.days if day.role == "held_out" and day.date in told and day.expected > 0]
    if not held:
        return _told(result, no_waits="fit.no_waits.no_days")
    if not log.has_servers:
        return _told(result, no_waits="fit.no_waits.no_servers")
    if not result.services:
        return _told(result, no_waits="fit.no_waits.no_services")
    makers = _classes(result, log)
    checks = []
    for number, date in enumerate(held):
        if tell is not None:
            tell("held-out days", number, len(held))
        legs = log.legs.take(log.legs.day == log.days.index(date))
        known = np.isfinite(legs.wait)
        outlet = _outlet(makers, legs, result.arrivals.per_hour[date.weekday()], day_start)
        if outlet is None or not known.any():
            continue
        predicted = _simulated(outlet, date, result)
        servers = float(staff_on_duty(legs).sum()) * SLOT_MINUTES / 60.0
        checks.append(WaitCheck(date, servers, float(legs.wait[known].mean()), predicted))
    if not checks:
        return _told(result, no_waits="fit.no_waits.no_servers")
    return _told(result, waits=tuple(checks))


def _told(result: FitResult, *, waits: tuple[WaitCheck, ...] = (), no_waits: str = "") -> FitResult:
    """Return the result with the trial of waits and what it says."""
    old = result.validation
    inside = sum(check.predicted.holds(check.observed) for check in waits)
    flags = old.flags
    if waits and exact_share_bounds(inside, len(waits), ERROR)[1] < COVERED:
        words = code_sentence("fit.flag.waits", inside=inside, days=len(waits))
        flags = (*flags, Flag("waits", words))
    validation: Validation = replace(old, waits=waits, no_waits=no_waits, flags=flags)
    fresh = replace(result, validation=validation)
    return replace(fresh, warnings=warnings_of(fresh))


@dataclass(frozen=True, slots=True)
class _Kind:
    """Customers who come for the same to the same lane: their share of arrivals and their way."""

    lane: int
    share: float
    nodes: tuple[Node, ...]


def _classes(result: FitResult, log: TicketLog) -> list[_Kind]:
    """Return the customers of an average day; tickets without a trace after the arrival are left out."""
    dates = {day.date for day in result.days if day.role == "fit"}
    fitted = np.array([day in dates for day in log.days], dtype=bool)
    legs = log.legs.take(fitted[log.legs.day])
    arrivals = int(legs.first.sum())
    laws: dict[tuple[str, str], Law] = {(fit.lane, fit.task): _law(fit) for fit in result.services}
    patience: dict[str, Law] = {fit.lane: _patience(result, fit.lane) for fit in result.patience}
    missed = legs.fate == Fate.NO_SHOW
    handling = float(np.nanmean(legs.end[missed] - legs.call[missed])) if missed.any() else 0.0
    away = fixed(max(handling, 0.01))
    kinds = []
    for lane_number, lane in enumerate(LANES):
        for task_number, task in enumerate(log.tasks):
            own = (legs.lane == lane_number) & (legs.task == task_number)
            seen = own & legs.first & (legs.fate != Fate.UNKNOWN)
            law = laws.get((lane, task))
            if law is None or not seen.any():
                continue
            share = float(seen.sum()) / arrivals
            lost = float(np.sum(seen & missed)) / arrivals
            nodes = _way(result, (lane, task), laws, patience)
            kinds.append(_Kind(lane_number, share - lost, nodes))
            if lost:
                kinds.append(_Kind(lane_number, lost, (Node(lane_number, 0, away, patience[lane]),)))
    return kinds


def _way(
    result: FitResult, start: tuple[str, str], laws: Mapping[tuple[str, str], Law], patience: Mapping[str, Law]
) -> tuple[Node, ...]:
    """Return a service and those that it may go on to."""
    lane = start[0]
    onward = [
        item
        for item in result.transfers
        if (item.lane, item.task) == start and (item.to_lane, item.to_task) in laws and item.share.value > 0
    ]
    going = sum(item.share.value for item in onward)
    exits = [(item.share.value, place) for place, item in enumerate(onward, start=1)]
    exits.append((1.0 - going, GONE))
    nodes = [Node(_place(lane), 0, laws[start], patience.get(lane, NEVER), tuple(exits))]
    nodes += [
        Node(_place(item.to_lane), 1, laws[item.to_lane, item.to_task], patience.get(item.to_lane, NEVER))
        for item in onward
    ]
    return tuple(nodes)


def _place(lane: str) -> int:
    return 0 if lane == LANES[0] else 1


def _law(fit: ServiceFit) -> Law:
    """
    Return the law that the simulation draws services from.

    The sampler knows no empirical law: a lognormal of the same mean and variation stands for it.
    """
    chosen = fit.law
    if chosen is None:
        return lognormal_law(fit.mean.value, fit.cv if math.isfinite(fit.cv) else 0.0)
    if chosen.law == "weibull":
        return weibull_law(chosen.mean.value, dict(chosen.parameters)["shape"].value)
    if chosen.law == "exponential":
        return exponential_law(chosen.mean.value)
    if chosen.law == "gamma":
        return gamma_law(chosen.mean.value, chosen.cv.value)
    return lognormal_law(chosen.mean.value, chosen.cv.value)


def _patience(result: FitResult, lane: str) -> Law:
    law = next((fit.law for fit in result.patience if fit.lane == lane), None)
    if law is None:
        return NEVER
    return weibull_law(law.mean.value, law.shape.value)


@dataclass(frozen=True, slots=True, eq=False)
class _Outlet:
    """An outlet on one day and the rates of those who come."""

    model: OutletModel
    pattern: ArrivalPattern


def _outlet(kinds: list[_Kind], legs: Legs, per_hour: NDArray[np.float64], day_start: float) -> _Outlet | None:
    """Return the outlet of one day with the staff seen in its log; None if nobody served."""
    rates = np.zeros(SLOTS)
    for slot in range(DAY_SLOTS):
        late = slot * SLOT_MINUTES < day_start
        rates[slot + (DAY_SLOTS if late else 0) if slot + DAY_SLOTS < SLOTS or not late else slot] = per_hour[slot]
    rates = np.nan_to_num(rates) / 60.0
    staff = staff_on_duty(legs)
    stations = tuple(_station(lane, staff[lane], rates, legs) for lane in range(len(LANES)))
    usable = [kind for kind in kinds if all(stations[node.station] is not None for node in kind.nodes)]
    whole = sum(kind.share for kind in usable)
    some = np.flatnonzero(rates > 0)
    if not usable or whole <= 0 or not len(some):
        return None
    model = OutletModel(stations, tuple(CustomerClass(kind.nodes) for kind in usable))
    shares = np.array([kind.share / whole for kind in usable])
    start: NDArray[np.float64] = some * np.float64(SLOT_MINUTES)
    pattern = ArrivalPattern(start, np.full(len(some), SLOT_MINUTES), rates[some] * whole, shares)
    return _Outlet(model, pattern)


def _station(lane: int, staff: NDArray[np.float64], rates: NDArray[np.float64], legs: Legs) -> Station | None:
    """Return the servers of one lane by half-hour; terminals stand ready all day."""
    if not np.any(staff > SOME_STAFF):
        return None
    on_duty = np.where(staff > SOME_STAFF, np.maximum(np.round(staff), 1.0), 0.0).astype(np.int64)
    used = np.flatnonzero((on_duty > 0) | (rates > 0))
    opens, closes = float(used[0]) * SLOT_MINUTES, float(used[-1] + 1) * SLOT_MINUTES
    if lane == 0:
        on_duty[:] = len(np.unique(legs.server[(legs.lane == lane) & (legs.server >= 0)]))
    hours = OpeningHours("seen", ((opens, min(closes, DAY_MINUTES * 1.25)),))
    return lane_station(hours, POLICY, int(on_duty.max()), on_duty)


def _simulated(outlet: _Outlet, date: dt.date, result: FitResult) -> Estimate:
    """
    Return the mean wait of a day: mean over simulated days, and where 95 % of them lie.

    The days differ by their factor and, as far as the weekday's rate is not known, by that.
    """
    waits: list[NDArray[np.float64]] = []
    arrivals, weekday = result.arrivals, date.weekday()
    known = max(float(arrivals.counts[weekday].sum()), 1.0)
    spread = arrivals.day_cv.value**2 * (1.0 + 1.0 / max(int(arrivals.day_count[weekday]), 1)) + 1.0 / known
    factors = factor_levels(math.sqrt(spread), LEVELS)
    for level, factor in enumerate(factors):
        pattern = replace(outlet.pattern, per_minute=outlet.pattern.per_minute * factor)
        job = OutletJob(f"held out {date} {level}", outlet.model, pattern)
        days = stream_outlet(job, result.seed, range(SIMULATED_DAYS // len(factors))).days
        came = days["arrivals"].sum(axis=1)
        waits.append(days["wait"].sum(axis=1)[came > 0] / came[came > 0])
    found = np.concatenate(waits)
    lower, upper = np.quantile(found, [(1.0 - COVERED) / 2.0, (1.0 + COVERED) / 2.0])
    return Estimate(float(found.mean()), float(lower), float(upper))
