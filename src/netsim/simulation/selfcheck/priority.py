"""Some go first: waits by class where no service is interrupted, and times where those ahead interrupt."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from netsim.queueing.erlang import erlang_c
from netsim.queueing.priority import preemptive_times, priority_waits
from netsim.simulation.laws import Law, exponential_law, fixed, lognormal_law
from netsim.simulation.outlet import CustomerClass, Node, OutletModel
from netsim.simulation.selfcheck.catalogue import SYSTEMS, Case, System
from netsim.simulation.selfcheck.comers import poisson
from netsim.simulation.selfcheck.measures import per_arrival, sojourn, wait
from netsim.simulation.selfcheck.outlets import settling, station, steady_day


def one_server(rates: Sequence[float], laws: Sequence[Law], days: int) -> System:
    """
    Return M/G/1 with classes of priority, the first served first.

    Parameters
    ----------
    rates
        Customers per minute of each class.
    laws
        Law of the service time of each class.
    days
        Days of the suite.
    """
    means, cvs = [law.mean for law in laws], [law.cv for law in laws]
    load = float(np.dot(rates, means))
    margin = settling(load, 1, max(means), max(cvs))
    return _by_class(_Queue(1, rates, laws, margin, days), priority_waits(rates, means, cvs), "in the queue (Cobham)")


def several_servers(servers: int, rates: Sequence[float], service: float, days: int) -> System:
    """
    Return M/M/c with classes of priority and one mean service time.

    Who has to wait at all is Erlang's C; the rest is Cobham's with the servers as one of their common speed:
    class k waits ``C s / (c (1 - s(k-1)) (1 - s(k)))``, with ``s(k)`` the load of a server by the classes up to k.

    Parameters
    ----------
    servers
        Servers.
    rates
        Customers per minute of each class, the first served first.
    service
        Mean service minutes.
    days
        Days of the suite.
    """
    upto = np.cumsum(rates) * service / servers
    before = np.concatenate([[0.0], upto[:-1]])
    load = sum(rates) * service
    expected = erlang_c(load, servers) * service / (servers * (1.0 - before) * (1.0 - upto))
    laws = [exponential_law(service)] * len(rates)
    queue = _Queue(servers, rates, laws, settling(load, servers, service), days)
    return _by_class(queue, expected, "in the queue (Cobham, several servers)")


def interrupting(rates: Sequence[float], laws: Sequence[Law], days: int) -> System:
    """
    Return M/G/1 whose classes interrupt those behind them; the interrupted service goes on where it stopped.

    Parameters
    ----------
    rates
        Customers per minute of each class, the first ahead of all.
    laws
        Law of the service time of each class.
    days
        Days of the suite.
    """
    means, cvs = [law.mean for law in laws], [law.cv for law in laws]
    margin = settling(float(np.dot(rates, means)), 1, max(means), max(cvs))
    queue = _Queue(1, rates, laws, margin, days)
    return _by_class(queue, preemptive_times(rates, means, cvs), "inside, interruptions included", preempts=True)


class _Queue(NamedTuple):
    """Servers, customers per minute and service law of each class, minutes to settle and days of the suite."""

    servers: int
    rates: Sequence[float]
    laws: Sequence[Law]
    margin: float
    days: int


def _by_class(queue: _Queue, expected: NDArray[np.float64], words: str, *, preempts: bool = False) -> System:
    """Return the system whose cases are the mean waits, or times, of the classes."""
    total = sum(queue.rates)
    day = steady_day(total, queue.margin)
    classes = tuple(
        CustomerClass((Node(0, 0, law),), priority=level, preempts=preempts) for level, law in enumerate(queue.laws)
    )
    cases = tuple(
        Case(
            f"class {kind}",
            f"minutes of class {kind} {words}",
            known,
            sojourn(kind) if preempts else per_arrival(wait, kind=kind),
        )
        for kind, known in enumerate(expected.tolist())
    )
    comers = poisson(total, day.minutes, [rate / total for rate in queue.rates])
    model = OutletModel((station(queue.servers, day),), classes)
    return System(model, comers, queue.days, day.start, day.end, cases)


SYSTEMS.register("priority M/G/1")(
    partial(one_server, (0.08, 0.06, 0.05), (exponential_law(3.0), fixed(4.0), lognormal_law(5.0, 1.0)), 1000)
)
SYSTEMS.register("priority M/M/3")(partial(several_servers, 3, (0.2, 0.27), 4.5, 900))
SYSTEMS.register("preemptive M/M/1")(
    partial(interrupting, (0.09, 0.1), (exponential_law(3.0), exponential_law(4.0)), 500)
)
SYSTEMS.register("preemptive M/G/1")(
    partial(interrupting, (0.08, 0.06, 0.04), (fixed(3.0), lognormal_law(4.0, 1.0), exponential_law(5.0)), 600)
)
