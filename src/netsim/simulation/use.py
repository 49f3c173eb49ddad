"""From the totals of a network to what servers do, what customers wait, and where their time goes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from netsim.model.calendar import SLOT_MINUTES, SLOTS
from netsim.model.network import Option
from netsim.model.result import HalfHourWaits
from netsim.model.service import LANES, Task
from netsim.model.study import Study
from netsim.model.use import ResourceUse, StepUse
from netsim.model.visits import Outcome, VisitLog
from netsim.simulation.classes import classes_of_task
from netsim.simulation.network_totals import NetworkTotals, OutletSums
from netsim.simulation.sketch import WaitSketch
from netsim.simulation.stations import lanes_of, stands
from netsim.simulation.totals import OutletTotals
from netsim.simulation.ways import NETWORK

Array = NDArray[np.float64]


def blocked_minutes(totals: OutletTotals) -> Array:
    """Return the minutes in which servers are held by a customer who cannot go on, shape ``(stations, 60)``."""
    return np.asarray(getattr(totals, "blocked", np.zeros_like(totals.busy)))


class _Year:
    """Means over the days of a year from sums over simulated days."""

    def __init__(self, study: Study, totals: NetworkTotals) -> None:
        self.totals = totals
        self.weights = np.array([day.days_per_year for day in study.day_types])

    def days(self, site: int) -> list[tuple[float, OutletSums]]:
        """Return the sums of an outlet on each kind of day, each with its days a year over its simulated days."""
        per_day = self.weights / max(self.totals.days, 1)
        found = ((weight, self.totals.outlets.get((number, site))) for number, weight in enumerate(per_day.tolist()))
        return [(weight, sums) for weight, sums in found if sums is not None]

    def mean(self, site: int, of: Callable[[OutletTotals], Array]) -> Array:
        """Return a sum of an outlet's totals on the mean day of the year."""
        return np.asarray(sum(weight * of(sums.totals) for weight, sums in self.days(site)) / self.weights.sum())

    def p90(self, bins: Sequence[tuple[float, NDArray[np.int64]]]) -> Array:
        """Return the 90th percentile from counts by bin of each kind of day, shape of the counts without the last."""
        thousandths = [round(1000.0 * weight * max(self.totals.days, 1)) for weight, _ in bins]
        counts = np.sum([weight * item for weight, (_, item) in zip(thousandths, bins, strict=True)], axis=0)
        return WaitSketch(counts.reshape(-1, counts.shape[-1])).quantile(0.9).reshape(counts.shape[:-1])


def resource_use(study: Study, options: Sequence[Option | None], totals: NetworkTotals) -> tuple[ResourceUse, ...]:
    """
    Return what every lane and station of every outlet does, in the order of sites and places.

    Servers count as starved in a half-hour for the minutes on duty in which they neither serve nor are under
    repair nor held up; where overtime fills more than the minutes on duty, for none. The bottleneck of an
    outlet is the lane at which its customers wait most, all together; nowhere without any wait.

    Parameters
    ----------
    study
        The study.
    options
        What stands at each site, in the order of the study's sites.
    totals
        Of the simulated days.
    """
    year, found = _Year(study, totals), []
    for site, option in enumerate(options):
        if option is not None:
            form = study.formats[option.format]
            has = lanes_of(form, option)
            places = [number for number, name in enumerate(study.places) if stands(form, name, has)]
            found += _outlet(year, study, site, places)
    for place in range(study.outlet_places, study.outlet_places + len(study.pools)):
        found += _pool(study, totals, place)
    return tuple(found)


def _pool(study: Study, totals: NetworkTotals, place: int) -> list[ResourceUse]:
    """Return what all outlets share, at no site; nothing where nobody comes to it."""
    used = {(day, NETWORK): sums for (day, _), sums in totals.shared.items() if sums.on_duty[place].any()}
    if not used:
        return []
    return [replace(_lane(_Year(study, NetworkTotals(totals.days, used)), study, NETWORK, place), site="")]


def _outlet(year: _Year, study: Study, site: int, places: Sequence[int]) -> list[ResourceUse]:
    """Return the lanes and stations of one outlet."""
    waiting = year.mean(site, lambda totals: totals.queue.sum(axis=1))
    spent = waiting + year.mean(site, lambda totals: totals.days["busy"].sum(axis=0))
    spent = spent + year.mean(site, lambda totals: blocked_minutes(totals).sum(axis=1))
    most = int(waiting.argmax())
    return [
        replace(
            _lane(year, study, site, lane),
            waiting=float(waiting[lane]),
            time_share=_ratio(spent[lane], spent.sum()),
            wait_share=_ratio(waiting[lane], waiting.sum()),
            bottleneck=lane == most and bool(waiting[lane] > 0),
        )
        for lane in places
    ]


def _lane(year: _Year, study: Study, site: int, lane: int) -> ResourceUse:
    """Return one lane or station, its shares of the outlet's time left open."""
    shares, on_duty, is_open = _server_time(year, site, lane)
    arrivals = float(year.mean(site, lambda totals: totals.slots["arrivals"][lane].sum()))
    wait = float(year.mean(site, lambda totals: totals.slots["wait"][lane].sum()))
    queue = float(year.mean(site, lambda totals: totals.queue[lane].sum()))
    by_slot = _by_half_hour(year, site, lane, lambda sums: sums.totals.queue)
    peak = int(by_slot.argmax()) if by_slot.max() > 0 else -1
    bins = [(weight, sums.totals.slot_bins[lane].sum(axis=0)) for weight, sums in year.days(site)]
    return ResourceUse(
        site=study.sites[site].id if site >= 0 else "",
        lane=study.places[lane],
        servers=_ratio(on_duty, is_open),
        utilisation=shares[0],
        down=shares[1],
        starved=shares[2],
        blocked=shares[3],
        arrivals=arrivals,
        queue=_ratio(queue, is_open),
        peak_slot=peak,
        peak_queue=float(by_slot[peak]) if peak >= 0 else 0.0,
        wait_mean=_ratio(wait, arrivals),
        wait_p90=float(year.p90(bins)),
        waiting=queue,
        time_share=math.nan,
        wait_share=math.nan,
        bottleneck=False,
    )


def _server_time(year: _Year, site: int, lane: int) -> tuple[tuple[float, float, float, float], float, float]:
    """Return the shares of server time (use, down, starved, blocked), minutes on duty and open minutes a day."""
    parts, on_duty, is_open = np.zeros(4), 0.0, 0.0
    for weight, sums in year.days(site):
        days = year.totals.days
        duty = days * sums.on_duty[lane]
        busy = sums.totals.busy[lane]
        down = np.where(duty > 0, np.minimum(sums.totals.down[lane], duty), 0.0)
        blocked = blocked_minutes(sums.totals)[lane]
        starved = np.maximum(duty - busy - down - blocked, 0.0)
        parts += weight * np.array([busy.sum(), down.sum(), starved.sum(), blocked.sum()])
        on_duty += weight * float(duty.sum())
        is_open += weight * days * float(sums.open[lane])
    use, down_share, starved_share, blocked_share = (_ratio(part, on_duty) for part in parts.tolist())
    whole = float(year.weights.sum())
    return (use, down_share, starved_share, blocked_share), on_duty / whole, is_open / whole


def _by_half_hour(year: _Year, site: int, lane: int, of: Callable[[OutletSums], Array]) -> Array:
    """
    Return mean numbers by half-hour, shape ``(60,)``, over the days on which the lane is open in it.

    Half-hours in which it never is (overtime) are taken over all days.
    """
    total, opened, every = np.zeros(SLOTS), np.zeros(SLOTS), 0.0
    for weight, sums in year.days(site):
        total += weight * of(sums)[lane]
        days = weight * year.totals.days
        opened += days * (sums.on_duty[lane] > 0)
        every += days
    return np.asarray(total / SLOT_MINUTES / np.where(opened > 0, opened, max(every, 1e-300)))


def half_hour_use(
    study: Study, options: Sequence[Option | None], totals: NetworkTotals, waits: HalfHourWaits
) -> HalfHourWaits:
    """
    Return waits by half-hour with the queue, the servers and the 90th percentile of the wait.

    Parameters
    ----------
    study, options, totals
        As in ``resource_use``.
    waits
        What is known already.
    """
    year, days = _Year(study, totals), totals.days
    queue, busy, down, on_duty = (np.zeros((len(options), len(LANES), SLOTS)) for _ in range(4))
    p90 = np.full(queue.shape, math.nan)
    for site in {site for _, site in totals.outlets if site >= 0}:
        bins = [(weight, sums.totals.slot_bins[: len(LANES)]) for weight, sums in year.days(site)]
        p90[site] = year.p90(bins)
        for lane in range(len(LANES)):
            queue[site, lane] = _by_half_hour(year, site, lane, lambda sums: sums.totals.queue)
            busy[site, lane] = _by_half_hour(year, site, lane, lambda sums: sums.totals.busy)
            down[site, lane] = _by_half_hour(year, site, lane, lambda sums: sums.totals.down)
            on_duty[site, lane] = _by_half_hour(year, site, lane, lambda sums: days * sums.on_duty)
    return replace(waits, wait_p90=p90, queue=queue, busy=busy, down=down, on_duty=on_duty)


def step_use(study: Study, totals: NetworkTotals, log: VisitLog) -> tuple[StepUse, ...]:
    """
    Return what every step of every task takes, in the order of the study.

    Parameters
    ----------
    study
        The study.
    totals, log
        Of the same simulated days.
    """
    year = _Year(study, totals)
    right = _first_time_right(study, log)
    found = []
    for task, item in enumerate(study.tasks):
        steps = [*range(len(item.steps)), *remote_steps(study, item)]
        cells = [_cells(year, classes_of_task(study, task), step) for step in steps]
        whole = sum(wait + busy for _, _, wait, busy, _ in cells)
        for step, (begun, called, wait, busy, bins) in zip(steps, cells, strict=True):
            found.append(
                StepUse(
                    task=item.id,
                    step=study.step_id(task, step),
                    begun=begun,
                    wait_mean=_ratio(wait, begun),
                    wait_p90=float(year.p90(bins)) if bins else math.nan,
                    service_mean=_ratio(busy, called),
                    time_share=_ratio(wait + busy, whole),
                    abandoned=1.0 - _ratio(called, begun),
                    first_time_right=right[task][step],
                )
            )
    return tuple(found)


def remote_steps(study: Study, task: Task) -> list[int]:
    """Return the steps that stand for the remote channels which customers of a task come to."""
    known = {channel.id: channel for channel in study.remote}
    used = [start.channel for start in task.remote]
    used += [] if task.leavers is None else [to for to, _ in task.leavers.to if to in known]
    for name in used:  # grows while it is read: channels lead to channels
        used += [to for to, _ in (*known[name].otherwise, *known[name].leavers) if to in known and to not in used]
    return [study.outlet_steps + place for place, channel in enumerate(study.remote) if channel.id in used]


def _cells(
    year: _Year, classes: slice, step: int
) -> tuple[float, float, float, float, list[tuple[float, NDArray[np.int64]]]]:
    """Return begun, called, wait and busy minutes of a step of some classes on a mean day, and its waits by bin."""
    sums, bins = np.zeros(4), []
    for site in sorted({site for _, site in year.totals.outlets}):
        for weight, outlet in year.days(site):
            cells = outlet.totals.cells
            if step < cells.shape[1]:
                own = cells[classes, step]
                sums += weight * np.array([float(own[key].sum()) for key in ("rows", "called", "wait", "busy")])
                bins.append((weight, outlet.totals.cell_bins[classes, step].sum(axis=0)))
    begun, called, wait, busy = (sums / year.weights.sum()).tolist()
    return begun, called, wait, busy, bins


def _first_time_right(study: Study, log: VisitLog) -> list[list[float]]:
    """Return the share of the customers called for a step who do not do it again, by task and step."""
    rows = log.take(np.lexsort((log.arrive, log.step, log.visit, log.replication, log.day_type)))
    rows = rows.take(rows.lane >= 0)
    keys = np.stack([rows.day_type, rows.replication, rows.visit, rows.step])
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (keys[:, 1:] != keys[:, :-1]).any(axis=0)
    again = np.append(~new[1:], False)[: len(rows)]  # the last row has no row behind it
    first = np.flatnonzero(new & ~np.isnan(rows.call))
    weight = np.array([day.days_per_year for day in study.day_types])[rows.day_type[first]]
    right = ~again[first] & (rows.outcome[first] != Outcome.UNRESOLVED)
    steps = study.outlet_steps + len(study.remote)
    cell = rows.task[first] * steps + rows.step[first]
    size = len(study.tasks) * steps
    called, good = (np.bincount(cell, item, size).reshape(-1, steps) for item in (weight, weight * right))
    return [[_ratio(good[task, step], called[task, step]) for step in range(steps)] for task in range(len(study.tasks))]


def _ratio(part: float, whole: float) -> float:
    """Return a quotient, NaN where there is nothing to divide by."""
    return float(part) / float(whole) if whole > 0 else math.nan
