"""Customer by customer: the waits of whole days against the recursions of Lindley and of Kiefer and Wolfowitz."""

from __future__ import annotations

from functools import partial

import numpy as np

from netsim.queueing.recursions import kiefer_wolfowitz, lindley
from netsim.simulation.laws import Law, exponential_law, lognormal_law, weibull_law
from netsim.simulation.samplers import variate
from netsim.simulation.selfcheck.catalogue import SYSTEMS, Column, Identity, Seen, System
from netsim.simulation.selfcheck.comers import even_gaps
from netsim.simulation.selfcheck.outlets import Day, one_queue, station
from netsim.simulation.streams import service_row

DAYS = 5


def path(servers: int, law: Law) -> System:
    """
    Return days of a queue whose gaps are uniform in 0 to 5 minutes, at 92 % load.

    Parameters
    ----------
    servers
        Servers.
    law
        Law of the service time, with a mean of 2.3 minutes a server.
    """
    day = Day(6000.0 / servers, 0.0, 6000.0 / servers)
    name = "Lindley" if servers == 1 else "Kiefer and Wolfowitz"
    return System(
        one_queue(station(servers, day), law),
        even_gaps(0.0, 5.0 / servers, day.minutes),
        DAYS,
        day.start,
        day.end,
        (Identity("difference", f"largest difference of a wait from {name}, minutes", _difference),),
    )


def _difference(seen: Seen) -> tuple[float, float]:
    """Return 0 and the largest difference between a wait and its recursion."""
    place, way = seen.model.stations[0], seen.model.classes[0]
    if place is None or way is None:
        raise ValueError("path: an outlet of one station and one class is needed")
    law, found = way.nodes[0].service, [0.0]
    for first, last in zip(seen.arrivals.first[:-1], seen.arrivals.first[1:], strict=True):
        comers = seen.arrivals.comers[first:last]
        words = zip(comers["first_word"].tolist(), comers["second_word"].tolist(), strict=True)
        minutes = [variate(law.kind, law.first, law.second, service_row(pair, 0, 0)[0]) for pair in words]
        waits: Column = (
            lindley(comers["minute"], minutes)
            if place.servers == 1
            else kiefer_wolfowitz(comers["minute"], minutes, place.servers)
        )
        by_visit = np.full(len(comers), np.nan)
        rows = (seen.rows["visit"] >= first) & (seen.rows["visit"] < last)
        by_visit[seen.rows["visit"][rows] - first] = seen.wait[rows]
        found.append(float(np.abs(by_visit - waits).max()))
    return 0.0, float(np.max(found))


SYSTEMS.register("path G/G/1")(partial(path, 1, lognormal_law(2.3, 0.9)))
SYSTEMS.register("path G/G/2")(partial(path, 2, weibull_law(2.3, 0.8)))
SYSTEMS.register("path G/M/5")(partial(path, 5, exponential_law(2.3)))
