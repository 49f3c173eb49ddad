"""Machines that fail: mended at once, or by technicians who have other machines to mend (M/M/c//N)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from netsim.model.service import Breakdowns
from netsim.queueing.finite_source import machine_repair
from netsim.simulation.laws import exponential_law, fixed
from netsim.simulation.outlet import CustomerClass, Node, OutletModel, Upkeep
from netsim.simulation.selfcheck.catalogue import SYSTEMS, Case, Column, Seen, System
from netsim.simulation.selfcheck.comers import poisson
from netsim.simulation.selfcheck.measures import mean_inside, per_arrival, wait
from netsim.simulation.selfcheck.outlets import SETTLING, Day, one_queue, station


@SYSTEMS.register("breakdowns")
def breakdowns() -> System:
    """Return three machines in light use, each mended as soon as it fails and is free."""
    mtbf, mttr, servers = 120.0, 20.0, 3
    settled = SETTLING * mttr
    day = Day(12_000.0 + 2 * settled, settled, 12_000.0 + settled)
    known = machine_repair(servers, mtbf, mttr, technicians=servers)
    return System(
        one_queue(station(servers, day, breakdowns=Breakdowns(mtbf, mttr, 0.8)), fixed(0.2)),
        poisson(0.05, day.minutes),
        600,
        day.start,
        day.end,
        (
            Case("availability", "share of time that a machine is up: MTBF / (MTBF + MTTR)", known.availability, _up),
            Case("failures", "failures of all machines in an hour", 60.0 * known.throughput, _failures),
        ),
    )


@SYSTEMS.register("technicians")
def technicians() -> System:
    """Return eight machines that nobody uses and two technicians; some customers come to a desk beside them."""
    up, repair, machines, crew = 100.0, 20.0, 8, 2
    settled = SETTLING * up
    day = Day(20_000.0 + 2 * settled, settled, 20_000.0 + settled)
    known = machine_repair(machines, up, repair, crew)
    failing = replace(station(machines, day), upkeep=Upkeep(exponential_law(up), repair=1))
    ways = (
        CustomerClass((Node(2, 0, fixed(1.0)),)),
        CustomerClass((Node(1, 0, exponential_law(repair)),)),
    )
    return System(
        OutletModel((failing, station(crew, day), station(1, day)), ways),
        poisson(0.01, day.minutes),
        500,
        day.start,
        day.end,
        (
            Case("availability", "share of time that a machine is up", known.availability, _up),
            Case("down", "mean machines down, waiting or under repair", known.mean_down, mean_inside(at=1)),
            Case("wait", "minutes until a technician starts", known.mean_wait, per_arrival(wait, at=1)),
        ),
    )


def _up(seen: Seen) -> tuple[Column, Column]:
    """Return the minutes that machines are up and the minutes of all machines, by day."""
    downs = seen.days.downs
    minutes = np.clip(np.minimum(downs["end"], seen.end) - np.maximum(downs["start"], seen.start), 0.0, None)
    lost = np.bincount(_day_of(seen), weights=minutes, minlength=seen.arrivals.days)
    place = seen.model.stations[0]
    all_minutes = (0 if place is None else place.servers) * (seen.end - seen.start)
    whole = np.full(len(lost), all_minutes, dtype=np.float64)
    return whole - lost, whole


def _failures(seen: Seen) -> tuple[Column, Column]:
    """Return the repairs begun and the hours, by day."""
    start = seen.days.downs["start"]
    inside = (start >= seen.start) & (start < seen.end)
    count = np.bincount(_day_of(seen)[inside], minlength=seen.arrivals.days).astype(float)
    return count, np.full(len(count), (seen.end - seen.start) / 60.0)


def _day_of(seen: Seen) -> NDArray[np.int64]:
    """Return the day of each repair."""
    return np.repeat(np.arange(seen.arrivals.days), np.diff(seen.days.down_first))
