"""Who comes to an outlet simulated alone, and when its servers fail: drawn inside the kernel."""

from __future__ import annotations

import math

from netsim.jit import at, compiled, inlined, word
from netsim.simulation.kernel.random import UNIT, block
from netsim.simulation.kernel.shifts import after_open_minutes
from netsim.simulation.kernel.tables import Records
from netsim.simulation.samplers import exponential, lognormal

BREAKDOWN, OUTLET_CUSTOMER, MACHINE, OUTAGE = 4, 5, 6, 7
"""``Stream`` members as plain numbers."""
FULL = -1
"""Returned when there was too little room."""


@compiled
def draw_comers(
    pieces: Records, shares: Records, k0: int, k1: int, replication: int, comers: Records, first: int
) -> int:
    """
    Draw the customers of a day in order of time and return the position after the last one.

    Customer n of a day has one block of Philox under the outlet's key, at the counter (n, 0, replication,
    ``OUTLET_CUSTOMER``): the gap to the customer before in expected arrivals, the class, and the
    customer's own words.

    Parameters
    ----------
    pieces, shares
        Rates by piece of the day; the mix of classes in each piece, one piece after the other.
    k0, k1
        Key of the outlet.
    replication
        Number of the day.
    comers, first
        Where they are written, and the position of the first.

    Returns
    -------
    int
        Position after the last one, or ``FULL`` if there is too little room.
    """
    piece, passed, below, number = 0, 0.0, 0.0, 0
    kinds = len(shares) // len(pieces)
    while True:
        a, b, own, other = block(k0, k1, word(number), word(0), word(replication), word(OUTLET_CUSTOMER))
        passed += exponential((a >> 11) * UNIT, 1.0)
        while piece < len(pieces) and passed >= pieces[at(piece)].upto:
            below = pieces[at(piece)].upto
            piece += 1
        if piece == len(pieces):
            return first + number
        if first + number == len(comers):
            return FULL
        chosen, uniform = piece * kinds, (b >> 11) * UNIT
        while uniform >= shares[at(chosen)].upto:
            chosen += 1
        comer = comers[at(first + number)]
        comer.minute = pieces[at(piece)].start + (passed - below) / pieces[at(piece)].rate
        comer.kind = shares[at(chosen)].kind
        comer.first_word, comer.second_word = own, other
        number += 1


@compiled
def draw_faults(
    stations: Records, windows: Records, k0: int, k1: int, replication: int, faults: Records, first: int
) -> int:
    """
    Draw the failures of a day in order of (minute, station, server) and return the position after the last one.

    Every server starts the day in order. Its clock runs through the minutes that its station is open and it
    is not under repair; repairs run on when the station is closed. The failures depend on nothing that
    customers do, so that two plans meet the same ones.

    Parameters
    ----------
    stations, windows
        Of the outlet.
    k0, k1
        Key of the outlet's breakdowns.
    replication
        Number of the day.
    faults, first
        Where they are written, and the position of the first.

    Returns
    -------
    int
        Position after the last one, or ``FULL`` if there is too little room.
    """
    place = first
    for number in range(len(stations)):
        station = stations[at(number)]
        if station.failing != 1:
            continue
        for server in range(station.servers):
            minute, failure = 0.0, 0
            while True:
                stream = BREAKDOWN + (number << 32)
                a, b, _, _ = block(k0, k1, word(failure), word(server), word(replication), word(stream))
                minute = after_open_minutes(station, windows, minute, exponential((a >> 11) * UNIT, station.mtbf))
                if minute == math.inf:
                    break
                if place == len(faults):
                    return FULL
                repair = lognormal((b >> 11) * UNIT, station.repair_median, station.repair_sigma)
                _insert(faults, first, place, minute, number, server, repair)
                place += 1
                minute += repair
                failure += 1
    return place


@compiled
def draw_outages(
    mtbf: float, median: float, sigma: float, until: float, k0: int, k1: int, replication: int, faults: Records,
    first: int, place: int,
) -> int:  # fmt: skip
    """
    Draw when the whole system is down on a day, put it among the failures and return the position after the last one.

    Parameters
    ----------
    mtbf, median, sigma
        Mean minutes between the end of an outage and the next one, and the lognormal law of its length.
    until
        Last minute of the day.
    k0, k1
        Key of the system: outlets that share it stand still at the same minutes.
    replication
        Number of the day.
    faults, first, place
        Where failures are written, and the positions of the first and after the last of the day.

    Returns
    -------
    int
        Position after the last one, or ``FULL`` if there is too little room.
    """
    minute, number = 0.0, 0
    while True:
        a, b, _, _ = block(k0, k1, word(number), word(0), word(replication), word(OUTAGE))
        minute += exponential((a >> 11) * UNIT, mtbf)
        if minute >= until:
            return place
        if place == len(faults):
            return FULL
        length = lognormal((b >> 11) * UNIT, median, sigma)
        _insert(faults, first, place, minute, -1, 0, length)
        place += 1
        minute += length
        number += 1


@compiled
def draw_machines(stations: Records, k0: int, k1: int, replication: int, comers: Records, first: int) -> int:
    """
    Write the machines that technicians look after behind the customers of a day; return the position after the last.

    Parameters
    ----------
    stations
        Of the outlet.
    k0, k1
        Key of the outlet's breakdowns.
    replication
        Number of the day.
    comers, first
        Where they are written.

    Returns
    -------
    int
        Position after the last one, or ``FULL`` if there is too little room.
    """
    place = first
    for number in range(len(stations)):
        station = stations[at(number)]
        if station.failing != 2:
            continue
        for server in range(station.servers):
            if place == len(comers):
                return FULL
            stream = MACHINE + (number << 32)
            a, b, _, _ = block(k0, k1, word(0), word(server), word(replication), word(stream))
            comer = comers[at(place)]
            comer.minute, comer.kind, comer.first_word, comer.second_word = math.inf, station.repair_class, a, b
            place += 1
    return place


@inlined
def _insert(faults: Records, first: int, place: int, minute: float, station: int, server: int, repair: float) -> None:
    """Put a failure in order; those drawn before come first at the same minute."""
    while place > first and faults[at(place - 1)].minute > minute:
        fault, earlier = faults[at(place)], faults[at(place - 1)]
        fault.minute, fault.station = earlier.minute, earlier.station
        fault.server, fault.repair = earlier.server, earlier.repair
        place -= 1
    fault = faults[at(place)]
    fault.minute, fault.station, fault.server, fault.repair = minute, station, server, repair
