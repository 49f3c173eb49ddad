"""Several stations: a tandem with what Burke says of its middle, and a Jackson network with rework."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from netsim.model.service import Balking
from netsim.model.visits import Outcome
from netsim.queueing.erlang import erlang_b
from netsim.queueing.networks import jackson_network
from netsim.simulation.laws import exponential_law, lognormal_law
from netsim.simulation.outlet import GONE, CustomerClass, Exit, Node, OutletModel
from netsim.simulation.selfcheck.catalogue import SYSTEMS, Case, Column, Seen, System
from netsim.simulation.selfcheck.comers import poisson
from netsim.simulation.selfcheck.measures import ended, mean_busy, mean_inside, per_arrival, sojourn, visits, wait
from netsim.simulation.selfcheck.outlets import SETTLING, settling, station, steady_day


@SYSTEMS.register("tandem")
def tandem() -> System:
    """Return M/M/1 -> M/M/2: each is a queue by itself, because departures are Poisson (Burke)."""
    rate, means, servers = 0.2, (3.0, 6.5), (1, 2)
    known = jackson_network([rate, 0.0], [[0.0, 1.0], [0.0, 0.0]], means, servers)
    day = steady_day(rate, max(settling(rate * mean, count, mean) for mean, count in zip(means, servers, strict=True)))
    way = (Node(0, 0, exponential_law(means[0]), exits=((1.0, 1),)), Node(1, 1, exponential_law(means[1])))
    return System(
        OutletModel(tuple(station(count, day) for count in servers), (CustomerClass(way),)),
        poisson(rate, day.minutes),
        600,
        day.start,
        day.end,
        (
            Case("first wait", "minutes in the first queue", float(known.mean_wait[0]), per_arrival(wait, at=0)),
            Case("second wait", "minutes in the second queue", float(known.mean_wait[1]), per_arrival(wait, at=1)),
            Case("sojourn", "minutes from coming in to going home", known.sojourn, sojourn()),
            Case(
                "long gaps",
                "share of gaps between departures from the first station that are longer than the mean (Burke)",
                math.exp(-1.0),
                lambda seen: _gaps(seen, rate, 1),
            ),
            Case(
                "two long gaps",
                "share of neighbouring gaps that are both longer than the mean (Burke: they are independent)",
                math.exp(-2.0),
                lambda seen: _gaps(seen, rate, 2),
            ),
            Case(
                "dispersion",
                "variance of the departures in an hour by their mean (Burke)",
                1.0,
                lambda seen: _dispersion(seen, rate, 60.0),
            ),
        ),
    )


@SYSTEMS.register("rework")
def rework() -> System:
    """
    Return two stations with loops: 20 % at the first are done again at once, 30 % go back from the second.

    The way back takes a while, as in a station with a server for everybody. Every turn has random numbers of its
    own; were they shared, who came back once would come back for ever.
    """
    rate, means, servers, back = 0.15, (2.0, 5.0), (1, 2), 6.0
    routing = [[0.2, 0.6], [0.3, 0.0]]
    known = jackson_network([rate, 0.0], routing, means, servers)
    flow = known.throughput
    day = steady_day(rate, 2.0 * max(settling(float(flow[k]) * means[k], servers[k], means[k]) for k in (0, 1)))
    way = (
        Node(0, 0, exponential_law(means[0]), exits=((0.2, 0), (0.6, 1), (0.2, GONE))),
        Node(1, 1, exponential_law(means[1]), exits=(Exit(0.3, 0, exponential_law(back)), (0.7, GONE))),
    )
    cases = [
        Case(
            f"visits {k + 1}",
            f"times that a customer is at station {k + 1}",
            float(flow[k]) / rate,
            visits(k),
        )
        for k in (0, 1)
    ]
    cases += [
        Case(f"wait {k + 1}", f"minutes of a turn in queue {k + 1}", float(known.mean_wait[k]), per_arrival(wait, at=k))
        for k in (0, 1)
    ]
    return System(
        OutletModel(tuple(station(count, day) for count in servers), (CustomerClass(way),)),
        poisson(rate, day.minutes),
        600,
        day.start,
        day.end,
        (
            *cases,
            Case("number", "mean customers at the second station", float(known.mean_number[1]), mean_inside(at=1)),
            Case(
                "sojourn",
                "minutes from coming in to going home, all turns and ways back together",
                known.sojourn + 0.3 * back * float(flow[1]) / rate,
                sojourn(),
            ),
        ),
    )


@SYSTEMS.register("overflow")
def overflow() -> System:
    """
    Return two loss stations, the second for those who find the first full.

    Whoever is lost at both is lost as at one station with all servers (Erlang B), whatever the service law; what the
    first turns away is more variable than Poisson, so the second by itself loses more than Erlang B at its load
    (R. I. Wilkinson, *Theories for toll traffic engineering in the U.S.A.*, Bell System Technical Journal 35, 1956).
    """
    rate, mean, first, second = 0.9, 4.0, 2, 3
    law, load = lognormal_law(mean, 1.2), rate * mean
    day = steady_day(rate, SETTLING * mean)
    full = Balking(0, 1.0)
    way = (Node(0, 0, law, leaves=(Exit(1.0, 1, outside=True),)), Node(1, 1, law))
    turned, lost = erlang_b(load, first), erlang_b(load, first + second)
    full_at = ended(Outcome.BALKED)
    return System(
        OutletModel(tuple(station(count, day, balking=full) for count in (first, second)), (CustomerClass(way),)),
        poisson(rate, day.minutes),
        400,
        day.start,
        day.end,
        (
            Case("turned away", "share who find the first full", turned, per_arrival(full_at, at=0)),
            Case(
                "lost",
                "share of these who find the second full",
                lost / turned,
                per_arrival(ended(Outcome.BALKED), at=1),
            ),
            Case("busy", "mean servers of the second that are busy", load * (turned - lost), mean_busy(at=1)),
        ),
    )


def _departures(seen: Seen) -> list[Column]:
    """Return the minutes at which the first station ends services, day by day; one server ends them in order."""
    here = seen.rows["station"] == 0
    return np.split(seen.rows["end"][here], np.cumsum(np.bincount(seen.day[here], minlength=seen.arrivals.days))[:-1])


def _gaps(seen: Seen, rate: float, together: int) -> tuple[Column, Column]:
    """
    Return runs of ``together`` gaps that are all longer than the mean, and all runs.

    A run counts if it begins in the minutes that count, wherever it ends: to leave out those that end later
    would leave out long gaps.
    """
    long, all_runs = [], []
    for ends in _departures(seen):
        gaps: NDArray[np.bool_] = np.diff(ends) > 1.0 / rate
        runs = gaps if together == 1 else gaps[1:] & gaps[:-1]
        begins = ends[: len(runs)]
        counted = (begins >= seen.start) & (begins < seen.end)
        long.append(runs[counted].sum())
        all_runs.append(counted.sum())
    return np.array(long, dtype=float), np.array(all_runs, dtype=float)


def _dispersion(seen: Seen, rate: float, minutes: float) -> tuple[Column, Column]:
    """Return the squared distances of the departures in each hour from their mean, by that mean, and the hours."""
    hours = int((seen.end - seen.start) // minutes)
    edges = seen.start + minutes * np.arange(hours + 1)
    counts = np.array([np.diff(np.searchsorted(ends, edges)) for ends in _departures(seen)])
    return ((counts - rate * minutes) ** 2).sum(axis=1) / (rate * minutes), np.full(len(counts), float(hours))
