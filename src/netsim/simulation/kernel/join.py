"""A customer joins a station: at a free server, in the shortest queue of a line, or is turned away."""

from __future__ import annotations

import math
from typing import Any

from netsim.jit import at, inlined
from netsim.simulation.kernel.desk import (
    INSIDE_ROOM,
    NOBODY,
    ROWS,
    WAITS,
    add_spell,
    find_server,
    leave_queue,
    queue_up,
)
from netsim.simulation.kernel.outcomes import BALKED, INSIDE, NO_ROOM, SENT_AWAY
from netsim.simulation.kernel.random import step_uniforms
from netsim.simulation.kernel.service import call, go_elsewhere, interrupt, victim_of
from netsim.simulation.kernel.tables import Integers, Records
from netsim.simulation.samplers import variate


@inlined
def moved_over(
    stations: Records, number: int, desks: Records, queues: Records, levels: int, guests: Records, rows: Records,
    spells: Records, counts: Integers, queued: Integers, now: float,
) -> bool:  # fmt: skip
    """Whether the last of the longest queue of the same line moved over to this station."""
    line = stations[at(number)].line
    if line == NOBODY or desks[at(number)].is_open == 0:
        return False
    here, longest, most = desks[at(number)].waiting + desks[at(number)].busy, NOBODY, 0
    for other in range(len(stations)):
        present = desks[at(other)].waiting + desks[at(other)].busy
        if stations[at(other)].line == line and other != number and desks[at(other)].waiting > 0 and present > most:
            longest, most = other, present
    if longest == NOBODY or most - here < stations[at(number)].jockey:
        return False
    queue = (longest + 1) * levels - 1
    while queues[at(queue)].tail == NOBODY:
        queue -= 1
    who = queues[at(queue)].tail
    guest = guests[at(who)]
    row = rows[at(guest.row)]
    leave_queue(queues[at(queue)], guests, who, desks[at(longest)], counts, queued, desks, stations[at(longest)])
    add_spell(spells, counts, guest.row, longest, WAITS, guest.since, now)
    guest.since, row.split, row.station = now, 1, number
    queue_up(
        queues[at(number * levels + guest.level)], guests, who, desks[at(number)], counts, queued, desks, number,
        stations[at(number)],
    )  # fmt: skip
    return True


@inlined
def shortest(stations: Records, desks: Records, number: int, outside: int) -> int:
    """Return the station of a line with the fewest customers; the station itself where it stands in no line."""
    if stations[at(number)].line == NOBODY:
        return number
    found, best, least = number, _closed(desks[at(number)], outside), desks[at(number)].waiting + desks[at(number)].busy
    for other in range(len(stations)):
        if stations[at(other)].line == stations[at(number)].line:
            closed = _closed(desks[at(other)], outside)
            present = desks[at(other)].waiting + desks[at(other)].busy
            if closed < best or (closed == best and present < least):
                found, best, least = other, closed, present
    return found


@inlined
def _closed(desk: Any, outside: int) -> int:
    """Return 0 for an open door, 1 for a closed one behind which an insider is still served, else 2."""
    if desk.is_open == 1:
        return 0
    return 1 if desk.on_duty > 0 and outside == 0 else 2


@inlined
def join(
    stations: Records, windows: Records, desks: Records, seats: Records, persons: Records, classes: Records,
    nodes: Records, exits: Records, queues: Records, guests: Records, begun: Integers, rows: Records, spells: Records,
    minutes: Any, keys: Integers, counts: Integers, queued: Integers, comers: Records, first: int, visit: int,
    node: int, outside: int, levels: int, steps: int, tries: int, places: Integers, now: float,
) -> None:  # fmt: skip
    """Start a row: to a free server, into the queue, or away from a closed door, a full room or a long queue."""
    spot, kind, who = nodes[at(node)], classes[at(comers[at(visit)].kind)], visit - first
    number = shortest(stations, desks, spot.station, outside)
    station, desk = stations[at(number)], desks[at(number)]
    row_number = counts[ROWS]
    counts[ROWS] = row_number + 1
    row = rows[at(row_number)]
    row.visit, row.step, row.station, row.server, row.split, row.work = visit, spot.step, number, NOBODY, 0, 0.0
    row.onward = 0
    row.arrive, row.call, row.end, row.outcome = now, math.nan, now, SENT_AWAY
    place = who * steps + spot.step
    if desk.is_open == 0 and (outside == 1 or desk.on_duty == 0):
        if spot.leaves > 0:  # only then the attempt counts: it draws where the customer goes
            begun[at(place)] += 1
            go_elsewhere(
                stations, windows, nodes, spot, exits, comers[at(visit)], guests[at(who)], row, begun[at(place)], who,
                tries, minutes, keys, counts, now,
            )  # fmt: skip
        return
    service, leaving, patience, balking = step_uniforms(
        comers[at(visit)].first_word, comers[at(visit)].second_word, spot.step, begun[at(place)]
    )
    begun[at(place)] += 1
    guest = guests[at(who)]
    guest.node, guest.row, guest.level, guest.service, guest.leaving = node, row_number, kind.level, service, leaving
    guest.server, guest.second, guest.since, guest.ends, guest.left = NOBODY, NOBODY, now, -1.0, -1.0
    row.outcome = INSIDE
    server = find_server(station, desk, seats, persons, spot.skill)
    if server == NOBODY and kind.preempts == 1:
        server = victim_of(station, desk, seats, persons, guests, kind.level, spot.skill)
        if server != NOBODY:
            interrupt(
                station, number, desk, seats, persons, guests, seats[at(station.server_first + server)].guest, queues,
                number * levels, rows, spells, counts, queued, now,
            )  # fmt: skip
    if server != NOBODY:
        call(
            stations, number, desks, seats, persons, spot, guests, who, server, rows, spells, minutes, keys, counts, now
        )
        return
    patience = variate(spot.patience_kind, spot.patience_first, spot.patience_second, patience)
    if outside == 1:
        if station.in_room == 1 and counts[at(INSIDE_ROOM + station.hall)] >= places[at(station.hall)]:
            row.outcome = NO_ROOM
        announced = (desk.waiting + 1) * station.mean_service / max(desk.on_duty, 1)
        if row.outcome == INSIDE and (
            (desk.waiting >= station.balk_from and balking < station.balk_share)
            or (station.announces == 1 and announced > patience)
        ):
            row.outcome = BALKED
        if row.outcome != INSIDE:
            go_elsewhere(
                stations, windows, nodes, spot, exits, comers[at(visit)], guest, row, begun[at(place)], who, tries,
                minutes, keys, counts, now,
            )  # fmt: skip
            return
    guest.deadline = now + patience
    queue_up(queues[at(number * levels + kind.level)], guests, who, desk, counts, queued, desks, number, station)
