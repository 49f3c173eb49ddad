"""What holds on every run, whatever the times: Little's law, the utilisation law, and that nobody gets lost."""

from __future__ import annotations

import math

import numpy as np

from netsim.model.service import Balking, Breakdowns
from netsim.model.visits import Outcome
from netsim.simulation.laws import exponential_law, fixed, lognormal_law
from netsim.simulation.outlet import GONE, Change, CustomerClass, Node, OutletModel, Station
from netsim.simulation.samplers import variate
from netsim.simulation.selfcheck.catalogue import SYSTEMS, Identity, Seen, System
from netsim.simulation.selfcheck.comers import poisson_by_piece
from netsim.simulation.streams import service_row
from netsim.simulation.totals import fold

MINUTES = 600.0
STAFF = ((0.0, 3), (120.0, 4), (240.0, 2), (300.0, 3), (420.0, 4), (540.0, 2))
ENDS = (
    Outcome.SERVED,
    Outcome.ABANDONED,
    Outcome.UNRESOLVED,
    Outcome.SENT_AWAY,
    Outcome.BALKED,
    Outcome.NO_ROOM,
)
"""Outcomes of the last row of a visit."""


@SYSTEMS.register("a busy day")
def busy_day() -> System:
    """
    Return a day with much of what an outlet can do, so that no theory gives its waits.

    Machines that fail, before counters whose staff changes and leaves at once; two classes of which one
    interrupts the other; patience, balking, a waiting room and rework.
    """
    machines = Station(
        5,
        ((0.0, MINUTES),),
        (Change(0.0, 5, "opens"), Change(MINUTES, 5, "closes")),
        breakdowns=Breakdowns(200.0, 15.0, 0.8),
        balking=Balking(8, 0.5),
    )
    changes = [Change(minute, servers, "stays" if minute else "opens") for minute, servers in STAFF]
    closing = Change(MINUTES, STAFF[-1][1], "closes")
    counters = Station(4, ((0.0, MINUTES),), (*changes, closing), "preempt_resume")
    patience = exponential_law(9.0)
    people = CustomerClass((Node(1, 0, lognormal_law(4.0, 0.8), patience, ((0.1, 0), (0.9, GONE))),), priority=1)
    at_machines = CustomerClass(
        (Node(0, 0, lognormal_law(2.0, 0.5), patience, ((0.2, 1), (0.8, GONE))), Node(1, 0, fixed(3.0), patience)),
        preempts=True,
    )
    return System(
        OutletModel((machines, counters), (at_machines, people), room=12),
        poisson_by_piece((1.5, 3.0, 2.0, 3.5, 1.0), MINUTES / 5, (0.7, 0.3)),
        20,
        0.0,
        MINUTES,
        (
            Identity("Little, queue", "minutes of waiting by half-hour, by arrivals and their mean wait", _waiting),
            Identity("Little, inside", "minutes inside by half-hour, by arrivals and their mean time", _inside),
            Identity("utilisation", "busy minutes by half-hour, by services and the minutes drawn for each", _work),
            Identity("staff", "most busy servers beyond those on duty, whenever a service begins", _excess),
            Identity("nobody lost", "visits that ended, by customers who came", _ended),
        ),
    )


def _waiting(seen: Seen) -> tuple[float, float]:
    """Return the minutes of all rows without service and the waiting minutes counted by half-hour, both by day."""
    totals, rows = fold(seen.model, seen.arrivals, seen.days), seen.rows
    waited = math.fsum(rows["end"] - rows["arrive"] - rows["work"])
    return waited / seen.arrivals.days, float(totals.queue.sum()) / seen.arrivals.days


def _inside(seen: Seen) -> tuple[float, float]:
    """Return the minutes of all rows at their stations and those counted by half-hour, both by day."""
    totals = fold(seen.model, seen.arrivals, seen.days)
    counted = float(totals.queue.sum() + totals.busy.sum())
    return math.fsum(seen.rows["end"] - seen.rows["arrive"]) / seen.arrivals.days, counted / seen.arrivals.days


def _work(seen: Seen) -> tuple[float, float]:
    """
    Return the service minutes drawn anew from the customers' words and the busy minutes, both by day.

    Of a service that did not end, what was given of it counts.
    """
    minutes, begun = [], dict[tuple[int, int], int]()
    comers, rows = seen.arrivals.comers, seen.rows
    columns = [rows[name].tolist() for name in ("visit", "step", "station", "server", "outcome", "work")]
    for visit, step, station, server, outcome, work in zip(*columns, strict=True):
        comer = comers[visit]
        occurrence = begun.get((visit, step), 0)
        begun[visit, step] = occurrence + 1
        way = seen.model.classes[int(comer["kind"])]
        if outcome in {Outcome.ABANDONED, Outcome.SENT_AWAY}:
            minutes.append(work)
        elif server >= 0 and way is not None:
            law = next(node.service for node in way.nodes if (node.step, node.station) == (step, station))
            words = (int(comer["first_word"]), int(comer["second_word"]))
            minutes.append(variate(law.kind, law.first, law.second, service_row(words, step, occurrence)[0]))
    totals = fold(seen.model, seen.arrivals, seen.days)
    return math.fsum(minutes) / seen.arrivals.days, float(totals.busy.sum()) / seen.arrivals.days


def _excess(seen: Seen) -> tuple[float, float]:
    """Return 0 and the most servers beyond those on duty who are busy when a service begins or goes on."""
    rows, spells = seen.rows, seen.days.spells
    whole, parts = (rows["server"] >= 0) & (rows["split"] == 0), spells["server"] >= 0
    station = np.concatenate([rows["station"][whole], spells["station"][parts]])
    start = np.concatenate([rows["call"][whole], spells["start"][parts]])
    end = np.concatenate([rows["end"][whole], spells["end"][parts]])
    day = np.concatenate([seen.day[whole], seen.day[spells["row"][parts]]])
    found = 0
    for number, place in enumerate(seen.model.stations):
        changes = () if place is None else place.changes
        minute = np.array([change.minute for change in changes])
        on_duty = np.array([change.servers for change in changes])
        for today in range(seen.arrivals.days):
            here = (station == number) & (day == today)
            starts, ends = np.sort(start[here]), np.sort(end[here])
            busy = np.searchsorted(starts, starts, side="right") - np.searchsorted(ends, starts, side="right")
            duty = on_duty[np.searchsorted(minute, starts, side="right") - 1]
            found = max(found, int((busy - duty).max(initial=0)))
    return 0.0, float(found)


def _ended(seen: Seen) -> tuple[float, float]:
    """Return the customers who came and the rows that end a visit."""
    ended = np.isin(seen.rows["outcome"], ENDS)
    return float(len(seen.arrivals.comers)), float(len(np.unique(seen.rows["visit"][ended])))
