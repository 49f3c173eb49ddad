"""One station in the long run: M/M/c, M/M/c/K, the locker M/G/c/c, Erlang A, M/G/1 and a textbook's G/G/c."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from netsim.model.service import Balking
from netsim.model.visits import Outcome
from netsim.queueing.erlang import erlang_b, finite_room, mean_wait, wait_exceeds
from netsim.queueing.general import pollaczek_khinchine
from netsim.queueing.impatience import erlang_a
from netsim.simulation.laws import Law, exponential_law, fixed, lognormal_law, weibull_law
from netsim.simulation.outlet import CustomerClass, Node, OutletModel
from netsim.simulation.samplers import normal_quantile
from netsim.simulation.selfcheck.catalogue import SYSTEMS, Case, System
from netsim.simulation.selfcheck.comers import even_gaps, poisson
from netsim.simulation.selfcheck.measures import (
    called_within,
    ended,
    longer_than,
    mean_busy,
    mean_inside,
    per_arrival,
    wait,
)
from netsim.simulation.selfcheck.outlets import SETTLING, Day, one_queue, settling, station, steady_day

PARTS = 1000
"""Equal parts in which the textbook's normal service time is cut: their variance is .2 % too small, which
shortens its waits by .02 %."""


def delay(servers: int, rate: float, service: float, within: float, days: int, crews: Sequence[float] = ()) -> System:
    """
    Return M/M/c.

    Parameters
    ----------
    servers, rate, service
        Servers, customers per minute and mean service minutes.
    within
        Minutes that the share who wait longer is asked for.
    days
        Days of the suite.
    crews
        Minutes at which as many other servers take over.
    """
    day = steady_day(rate, settling(rate * service, servers, service))
    return System(
        one_queue(station(servers, day, crews=[(minute, servers) for minute in crews]), exponential_law(service)),
        poisson(rate, day.minutes),
        days,
        day.start,
        day.end,
        (
            Case("mean wait", "minutes in the queue", mean_wait(rate, service, servers), per_arrival(wait)),
            Case(
                f"wait > {within:g}",
                f"share who wait longer than {within:g} minutes",
                wait_exceeds(rate, service, servers, within),
                per_arrival(longer_than(within)),
            ),
            Case("busy", "mean busy servers: the offered load", rate * service, mean_busy()),
        ),
    )


def admissible(servers: int, service: float, utilisation: float, days: int) -> System:
    """
    Return M/M/c at a load that just keeps the promise of at most 20 % waits above 10 minutes.

    Parameters
    ----------
    servers, service
        Servers and mean service minutes.
    utilisation
        Load of each server.
    days
        Days of the suite.
    """
    rate = utilisation * servers / service
    day = steady_day(rate, settling(rate * service, servers, service))
    expected = wait_exceeds(rate, service, servers, 10.0)
    held = f"share who wait longer than 10 minutes at the largest load that a promise of 20 % admits, {utilisation:g}"
    return System(
        one_queue(station(servers, day), exponential_law(service)),
        poisson(rate, day.minutes),
        days,
        day.start,
        day.end,
        (Case("wait > 10", held, expected, per_arrival(longer_than(10.0))),),
    )


def room(
    servers: int, places: int, rate: float, service: float, days: int, outcome: Outcome = Outcome.BALKED
) -> System:
    """
    Return M/M/c/K: newcomers turn round when all places are taken, or find none in the waiting room.

    Parameters
    ----------
    servers, places
        Servers, and customers who have room, those in service included.
    rate, service
        Customers per minute and mean service minutes.
    days
        Days of the suite.
    outcome
        ``BALKED`` at the queue, or ``NO_ROOM`` in the waiting room.
    """
    day = steady_day(rate, SETTLING * service * places)
    known = finite_room(rate, service, servers, places)
    queue = places - servers
    balking = Balking(queue, 1.0) if outcome == Outcome.BALKED else None
    model = one_queue(station(servers, day, balking=balking), exponential_law(service))
    return System(
        model if balking else replace(model, room=queue),
        poisson(rate, day.minutes),
        days,
        day.start,
        day.end,
        (
            Case("mean number", "mean customers inside", known.mean_number, mean_inside()),
            Case("rejected", "share who find no room", known.rejected, per_arrival(ended(outcome))),
        ),
    )


def locker(servers: int, rate: float, law: Law, days: int) -> System:
    """
    Return M/G/c/c: who finds no free place goes away.

    Parameters
    ----------
    servers, rate
        Places and customers per minute.
    law
        Law of the time that a place is taken; only its mean matters.
    days
        Days of the suite.
    """
    day = steady_day(rate, SETTLING * law.mean)
    load = rate * law.mean
    blocked = erlang_b(load, servers)
    return System(
        one_queue(station(servers, day, balking=Balking(0, 1.0)), law),
        poisson(rate, day.minutes),
        days,
        day.start,
        day.end,
        (
            Case("rejected", "share who find all places taken", blocked, per_arrival(ended(Outcome.BALKED))),
            Case("busy", "mean places taken", load * (1.0 - blocked), mean_busy()),
        ),
    )


def impatient(servers: int, rate: float, service: float, patience: float, days: int) -> System:
    """
    Return M/M/c+M, known as Erlang A.

    Parameters
    ----------
    servers, rate, service
        Servers, customers per minute and mean service minutes.
    patience
        Mean patience in minutes.
    days
        Days of the suite.
    """
    within = 5.0
    day = steady_day(rate, SETTLING * max(service, patience))
    known = erlang_a(rate, service, servers, patience, within)
    return System(
        one_queue(station(servers, day), exponential_law(service), exponential_law(patience)),
        poisson(rate, day.minutes),
        days,
        day.start,
        day.end,
        (
            Case("mean wait", "minutes in the queue, leavers included", known.mean_wait, per_arrival(wait)),
            Case("abandoned", "share who leave the queue", known.abandoned, per_arrival(ended(Outcome.ABANDONED))),
            Case(
                f"called in {within:g}",
                f"share of all who come that is called within {within:g} minutes",
                known.in_time,
                per_arrival(called_within(within)),
            ),
        ),
    )


def general(rate: float, law: Law, days: int) -> System:
    """
    Return M/G/1.

    Parameters
    ----------
    rate
        Customers per minute.
    law
        Law of the service time.
    days
        Days of the suite.
    """
    day = steady_day(rate, settling(rate * law.mean, 1, law.mean, law.cv))
    expected = pollaczek_khinchine(rate, law.mean, law.cv)
    return System(
        one_queue(station(1, day), law),
        poisson(rate, day.minutes),
        days,
        day.start,
        day.end,
        (Case("mean wait", "minutes in the queue (Pollaczek and Khinchine)", expected, per_arrival(wait)),),
    )


def textbook(servers: int, published: float, tolerance: float, days: int) -> System:
    """
    Return the cash machine of the textbooks: gaps uniform in 0 to 5 minutes, service normal (2, .5).

    The engine has no normal law; the mixture of a thousand equal parts, each a class of its own, stands for it.

    Parameters
    ----------
    servers
        Machines.
    published, tolerance
        Its mean wait, and how far that may be off.
    days
        Days of the suite.
    """
    day: Day = steady_day(0.4, settling(0.8, servers, 2.0))
    minutes = [2.0 + 0.5 * normal_quantile((part + 0.5) / PARTS) for part in range(PARTS)]
    classes = tuple(CustomerClass((Node(0, 0, fixed(service)),)) for service in minutes)
    return System(
        OutletModel((station(servers, day),), classes),
        even_gaps(0.0, 5.0, day.minutes, PARTS),
        days,
        day.start,
        day.end,
        (
            Case(
                "mean wait",
                f"minutes in the queue, published as {published:g} +- {tolerance:g}",
                published,
                per_arrival(wait),
                tolerance,
            ),
        ),
    )


SYSTEMS.register("M/M/1")(partial(delay, 1, 1.0, 0.8, 5.0, 1300))
SYSTEMS.register("M/M/3")(partial(delay, 3, 0.525, 4.0, 5.0, 1000))
SYSTEMS.register("M/M/7")(partial(delay, 7, 1.3, 4.0, 2.0, 1400))
SYSTEMS.register("M/M/4, crews")(partial(delay, 4, 0.7, 4.0, 2.0, 1200, range(60, 4000, 60)))
for _servers, _utilisation, _days in ((1, 0.577, 600), (2, 0.762, 1000)):
    SYSTEMS.register(f"M/M/{_servers} at {_utilisation:g}")(partial(admissible, _servers, 4.0, _utilisation, _days))
SYSTEMS.register("M/M/2/3")(partial(room, 2, 3, 3.0, 0.25, 500))
SYSTEMS.register("M/M/2/3, waiting room")(partial(room, 2, 3, 3.0, 0.25, 500, Outcome.NO_ROOM))
SYSTEMS.register("M/M/1/5")(partial(room, 1, 5, 0.3, 4.0, 300))
for _name, _law in {"M": exponential_law(4.0), "D": fixed(4.0), "lognormal": lognormal_law(4.0, 1.5)}.items():
    SYSTEMS.register(f"M/{_name}/10/10")(partial(locker, 10, 2.0, _law, 400))
SYSTEMS.register("M/M/3+M")(partial(impatient, 3, 0.8, 4.0, 6.0, 400))
SYSTEMS.register("M/M/8+M")(partial(impatient, 8, 1.9, 4.0, 10.0, 600))
SYSTEMS.register("M/D/1")(partial(general, 0.19, fixed(3.4), 400))
SYSTEMS.register("M/lognormal/1")(partial(general, 0.17, lognormal_law(3.4, 1.2), 1000))
SYSTEMS.register("M/Weibull/1")(partial(general, 0.19, weibull_law(3.4, 2.0), 400))
SYSTEMS.register("cash machine")(partial(textbook, 1, 1.611, 0.02, 700))
SYSTEMS.register("two cash machines")(partial(textbook, 2, 0.0671, 0.0008, 700))
