"""
The workload in SimPy as its documentation teaches it.

Customers are generator processes that request a ``PriorityResource`` and wait for it or their patience
(``request | timeout``); who is served at once draws no patience, which saves 6 %. SimPy has no shifts and no
breakdowns: both are requests of a higher priority that hold a server, so the model counts who waits by
itself. Numbers are drawn where they are needed, by ``random``, which is faster for single numbers than
numpy. A terminal's clock starts again when its repair ends.
"""

from __future__ import annotations

import math
import random
from bisect import bisect
from collections.abc import Generator
from itertools import accumulate

import simpy

from peers.workload import COUNTER, REFERENCE_OUTLET, TERMINAL, Totals, lognormal_parameters

_OUTLET = REFERENCE_OUTLET
_CLASSES = tuple(accumulate(_OUTLET.shares))[:-1]
_BLOCKER = -1
"""Priority of staff who leave and of failures: before every customer."""
_SERVICE = tuple(
    tuple(
        (math.log(median), sigma)
        for median, sigma in (lognormal_parameters(mean, station.service_cv) for mean in station.service_mean)
    )
    for station in _OUTLET.stations
)
_REPAIR_MEDIAN, _REPAIR_SIGMA = lognormal_parameters(_OUTLET.repair_mean, _OUTLET.repair_cv)
_REPAIR = math.log(_REPAIR_MEDIAN), _REPAIR_SIGMA

Process = Generator[simpy.Event, object, None]


class _Day:
    """One day of the outlet; the methods are its processes."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.env = env = simpy.Environment()
        self.servers = [simpy.PriorityResource(env, station.servers) for station in _OUTLET.stations]
        self.waiting = [0, 0]
        self.waited = [0.0, 0.0]
        self.customers = self.served = self.abandoned = self.balked = 0
        env.process(self.staff())
        for _ in range(_OUTLET.stations[TERMINAL].servers):
            env.process(self.failures())
        env.process(self.arrivals())

    def arrivals(self) -> Process:
        """Customers come as a Poisson process, piece by piece."""
        env, rng = self.env, self.rng
        for number, rate in enumerate(_OUTLET.rates, start=1):
            end = number * _OUTLET.piece
            gap = rng.expovariate(rate)
            while env.now + gap < end:
                yield env.timeout(gap)
                env.process(self.customer(bisect(_CLASSES, rng.random())))
                gap = rng.expovariate(rate)
            yield env.timeout(end - env.now)

    def customer(self, kind: int) -> Process:
        """A customer comes, may balk, and is served once or twice."""
        rng = self.rng
        self.customers += 1
        first = TERMINAL if rng.random() < _OUTLET.terminal_first[kind] else COUNTER
        if self.waiting[first] >= _OUTLET.stations[first].balk_at and rng.random() < _OUTLET.balk:
            self.balked += 1
            return
        done = yield from self.service(kind, first)
        if done and first == TERMINAL and rng.random() < _OUTLET.fail_over[kind]:
            if self.env.now >= _OUTLET.closes:
                return
            done = yield from self.service(kind, COUNTER)
        if done:
            self.served += 1
        else:
            self.abandoned += 1

    def service(self, kind: int, station: int) -> Generator[simpy.Event, object, bool]:
        """Wait for a server and be served; False when patience ends first."""
        env, rng = self.env, self.rng
        joined = env.now
        self.waiting[station] += 1
        with self.servers[station].request(priority=kind) as request:
            patience = rng.expovariate(1.0 / _OUTLET.stations[station].patience_mean[kind])
            yield request | env.timeout(patience)
            self.waiting[station] -= 1
            self.waited[station] += env.now - joined
            if not request.triggered:
                return False
            yield env.timeout(rng.lognormvariate(*_SERVICE[station][kind]))
        return True

    def staff(self) -> Process:
        """Counters without staff are held by requests that come before every customer's."""
        counters = self.servers[COUNTER]
        blockers: list[simpy.resources.resource.PriorityRequest] = []
        for on_duty in _OUTLET.staff:
            while len(blockers) < counters.capacity - on_duty:
                blockers.append(counters.request(priority=_BLOCKER))
            while len(blockers) > counters.capacity - on_duty:
                blocker = blockers.pop()
                if blocker.triggered:
                    counters.release(blocker)
                else:
                    blocker.cancel()
            yield self.env.timeout(_OUTLET.shift)

    def failures(self) -> Process:
        """A terminal fails; the next free one is held for the repair."""
        env, rng = self.env, self.rng
        while True:
            yield env.timeout(rng.expovariate(1.0 / _OUTLET.mtbf))
            if env.now >= _OUTLET.closes:
                return
            with self.servers[TERMINAL].request(priority=_BLOCKER) as request:
                yield request
                yield env.timeout(rng.lognormvariate(*_REPAIR))


def simulate(seed: int, days: int) -> Totals:
    """
    Return the totals of some days.

    Parameters
    ----------
    seed
        Seed of the first day's numbers; the following days go on with them.
    days
        Number of days.
    """
    rng = random.Random(seed)  # noqa: S311
    customers = served = abandoned = balked = 0
    terminal = counter = 0.0
    for _ in range(days):
        day = _Day(rng)
        day.env.run()
        customers += day.customers
        served += day.served
        abandoned += day.abandoned
        balked += day.balked
        terminal += day.waited[TERMINAL]
        counter += day.waited[COUNTER]
    return Totals(customers, served, abandoned, balked, (terminal, counter))
