"""Days on which the rate changes: M(t)/G/inf and M(t)/M/s by Kolmogorov's equations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np

from netsim.model.service import Balking, EndOfShift
from netsim.model.visits import Outcome
from netsim.queueing.general import offered_load
from netsim.queueing.time_varying import time_varying_queue
from netsim.simulation.laws import exponential_law, lognormal_law
from netsim.simulation.selfcheck.catalogue import SYSTEMS, Case, Column, Measure, System
from netsim.simulation.selfcheck.comers import poisson_by_piece
from netsim.simulation.selfcheck.measures import busy_at, mean_inside, mean_queue, number_of
from netsim.simulation.selfcheck.outlets import Day, one_queue, station

HALF_HOUR = 30.0
RATES = (0.5, 0.8, 1.2, 1.4, 1.1, 0.7, 0.9, 0.4)
"""Customers per minute by half-hour: two peaks, the first above what four servers can do."""
SERVICE = 4.0
ASKED = (2, 4, 6)
"""Half-hours that are looked at."""


@SYSTEMS.register("M(t)/G/inf")
def ample() -> System:
    """Return more servers than customers, lognormal services, and a rate that jumps up and down."""
    per_slot, service, cv = np.array([30.0, 120.0, 240.0, 60.0, 15.0, 180.0]), 9.0, 0.7
    at = (45.0, 61.0, 92.0, 150.0, 179.0)
    day = Day(HALF_HOUR * len(per_slot), 0.0, HALF_HOUR * len(per_slot))
    loads = offered_load(per_slot, HALF_HOUR, service, cv, np.array(at))
    return System(
        one_queue(station(400, day), lognormal_law(service, cv)),
        poisson_by_piece((per_slot / HALF_HOUR).tolist(), HALF_HOUR),
        4000,
        day.start,
        day.end,
        tuple(
            Case(f"busy at {minute:g}", f"mean busy servers at minute {minute:g}", float(load), busy_at(minute))
            for minute, load in zip(at, loads, strict=True)
        ),
    )


def by_half_hour(
    staff: Sequence[int],
    days: int,
    patience: float = math.inf,
    places: int | None = None,
    rule: EndOfShift = "finish_and_close_queue",
) -> System:
    """
    Return a day of M(t)/M/s(t) with patience or a limited room, against Kolmogorov's forward equations.

    Where servers leave, the equations send a customer in excess back to the queue: they hold for the rule
    ``preempt_resume`` alone. Where staff only grows they hold for every rule.

    Parameters
    ----------
    staff
        Servers by half-hour.
    days
        Days of the suite.
    patience
        Mean patience in minutes.
    places
        Customers who have room, those in service included; None for any number.
    rule
        What a server does at the end of a shift.
    """
    known = time_varying_queue(RATES, SERVICE, staff, HALF_HOUR, patience=patience, room=places, tolerance=1e-8)
    day = Day(HALF_HOUR * len(RATES), 0.0, HALF_HOUR * len(RATES))
    balking = None if places is None else Balking(places - max(staff), 1.0)
    crews = [(HALF_HOUR * slot, servers) for slot, servers in enumerate(staff) if slot]
    place = station(staff[0], day, balking=balking, crews=crews, rule=rule)
    cases: list[Case] = []
    for slot in ASKED:
        between = (HALF_HOUR * slot, HALF_HOUR * (slot + 1))
        cases.append(_case("number", "mean customers inside", slot, known.mean.number, mean_inside(between=between)))
        if patience < math.inf:
            measure = number_of(Outcome.ABANDONED, between)
            cases.append(_case("abandoned", "customers who leave the queue", slot, known.abandoned, measure))
        elif places is not None:
            measure = number_of(Outcome.BALKED, between)
            cases.append(_case("rejected", "customers who find no room", slot, known.rejected, measure))
        elif rule != "preempt_resume":  # the queue of those who were called and sent back is not in the rows
            cases.append(_case("queue", "mean customers who wait", slot, known.mean.queue, mean_queue(between=between)))
    return System(
        one_queue(place, exponential_law(SERVICE), exponential_law(patience)),
        poisson_by_piece(RATES, HALF_HOUR),
        days,
        day.start,
        day.end,
        tuple(cases),
    )


def _case(what: str, words: str, slot: int, known: Column, measure: Measure) -> Case:
    """Return a case about one half-hour."""
    minute = f"{HALF_HOUR * slot:g}"
    return Case(f"{what} {minute}", f"{words} in the half-hour from minute {minute}", float(known[slot]), measure)


SYSTEMS.register("M(t)/M/4")(partial(by_half_hour, (4,) * len(RATES), 12_000))
SYSTEMS.register("M(t)/M/s(t) growing")(partial(by_half_hour, (2, 3, 4, 4, 5, 5, 5, 5), 12_000))
SYSTEMS.register("M(t)/M/4+M")(partial(by_half_hour, (4,) * len(RATES), 12_000, 8.0))
SYSTEMS.register("M(t)/M/4/9")(partial(by_half_hour, (4,) * len(RATES), 12_000, math.inf, 9))
SYSTEMS.register("M(t)/M/s(t)")(partial(by_half_hour, (3, 6, 3, 7, 3, 5, 2, 4), 12_000, rule="preempt_resume"))
