"""What servers do with customers: call, serve, interrupt, let go, wait for a second server."""

from __future__ import annotations

import math
from typing import Any

from netsim.jit import at, inlined
from netsim.simulation.kernel.desk import (
    AGENDA,
    BUSY,
    HOLE,
    NOBODY,
    WAITS,
    add_spell,
    find_server,
    go_first,
    hold,
    leave_queue,
    release,
    take,
)
from netsim.simulation.kernel.heap import push, replace
from netsim.simulation.kernel.random import step_extras
from netsim.simulation.kernel.tables import Integers, Numbers, Records
from netsim.simulation.samplers import variate

# Keys of the agenda: rank of the event, then its number. Rows, customers and servers stay below 2**31.
OUTAGE_OVER = 3 << 40
REPAIRED = OUTAGE_OVER + (1 << 31)
SERVED_KEY = OUTAGE_OVER + (1 << 32)
IMPATIENT = 4 << 40
COMES_ON = 5 << 40
BREAKS = COMES_ON + (1 << 32)
SERVER_BITS = 16


@inlined
def plan(minutes: Numbers, keys: Integers, counts: Integers, minute: float, key: int) -> None:
    """Put a moment on the agenda; it takes the place of the one that happens now, if that is still there."""
    if counts[HOLE] == 1:
        counts[HOLE] = 0
        replace(minutes, keys, counts[AGENDA], minute, key)
    else:
        push(minutes, keys, counts[AGENDA], minute, key)
        counts[AGENDA] += 1


@inlined
def begin(
    station: Any,
    persons: Records,
    node: Any,
    guest: Any,
    minutes: Numbers,
    keys: Integers,
    counts: Integers,
    now: float,
) -> None:
    """The service begins, or goes on where it was interrupted."""
    if guest.left < 0.0:
        guest.left = variate(node.service_kind, node.service_first, node.service_second, guest.service)
    guest.since = now
    if station.named == 1:
        guest.ends = now + guest.left / persons[at(station.server_first + guest.server)].speed
    else:
        guest.ends = now + guest.left
    plan(minutes, keys, counts, guest.ends, SERVED_KEY + guest.row)


@inlined
def call(
    stations: Records,
    number: int,
    desks: Records,
    seats: Records,
    persons: Records,
    node: Any,
    guests: Records,
    who: int,
    server: int,
    rows: Records,
    spells: Records,
    minutes: Numbers,
    keys: Integers,
    counts: Integers,
    now: float,
) -> None:
    """A free server takes a customer; where a second one is needed and none is free, both wait for it."""
    guest = guests[at(who)]
    row = rows[at(guest.row)]
    take(stations[at(number)], desks[at(number)], seats, server, BUSY, who)
    if row.split == 1:
        add_spell(spells, counts, guest.row, number, WAITS, guest.since, now)
    if row.server == NOBODY:
        row.call = now
    row.server = guest.server = server
    guest.deadline = math.inf
    if node.also == NOBODY or guest.second != NOBODY:
        begin(stations[at(number)], persons, node, guest, minutes, keys, counts, now)
        return
    other = find_server(stations[at(node.also)], desks[at(node.also)], seats, persons, 0)
    if other != NOBODY:
        take(stations[at(node.also)], desks[at(node.also)], seats, other, BUSY, who)
        guest.second = other
        begin(stations[at(number)], persons, node, guest, minutes, keys, counts, now)
        return
    if row.split == 0:
        row.split = 1
        add_spell(spells, counts, guest.row, number, WAITS, row.arrive, now)
    guest.since = now
    hold(desks[at(node.also)], guests, who)


@inlined
def stop(
    station: Any,
    number: int,
    persons: Records,
    also: int,
    guest: Any,
    row: Any,
    spells: Records,
    counts: Integers,
    now: float,
) -> None:
    """The service under way stops; what is left of it is kept. ``also`` is the station of a second server."""
    if row.split == 0:
        row.split = 1
        add_spell(spells, counts, guest.row, number, WAITS, row.arrive, row.call)
    speed = persons[at(station.server_first + guest.server)].speed if station.named == 1 else 1.0
    guest.left = max(guest.ends - now, 0.0) * speed
    guest.ends = -1.0
    row.work += now - guest.since
    add_spell(spells, counts, guest.row, number, guest.server, guest.since, now)
    if guest.second != NOBODY:
        add_spell(spells, counts, guest.row, also, guest.second, guest.since, now)
    guest.since = now


@inlined
def interrupt(
    station: Any,
    number: int,
    desk: Any,
    seats: Records,
    persons: Records,
    guests: Records,
    who: int,
    queues: Records,
    queue_first: int,
    rows: Records,
    spells: Records,
    counts: Integers,
    queued: Integers,
    now: float,
) -> None:
    """A customer in service, without a second server, goes back to the head of the queue; the server is free."""
    guest = guests[at(who)]
    stop(station, number, persons, NOBODY, guest, rows[at(guest.row)], spells, counts, now)
    release(station, desk, seats, guest.server)
    guest.server = NOBODY
    go_first(queues[at(queue_first + guest.level)], guests, who, desk, counts, queued, number, station)


@inlined
def victim_of(
    station: Any, desk: Any, seats: Records, persons: Records, guests: Records, level: int, skill: int
) -> int:
    """
    Return the server whose customer a preempting one displaces, ``NOBODY`` if there is none.

    The customer of the lowest priority, among equals the one whose service began last, then the server with
    the highest number. Who holds a second server is not displaced.
    """
    found, lowest, latest = NOBODY, level, -math.inf
    if desk.stopped > 0 or (station.named == 0 and desk.busy + desk.down > desk.on_duty):
        return NOBODY
    for server in range(station.servers):
        seat, person = seats[at(station.server_first + server)], persons[at(station.server_first + server)]
        if seat.state != BUSY or seat.on_duty == 0 or (person.skills & skill) != skill:
            continue
        guest = guests[at(seat.guest)]
        if guest.ends < 0.0 or guest.second != NOBODY:
            continue
        if guest.level > lowest or (found != NOBODY and guest.level == lowest and guest.since >= latest):
            found, lowest, latest = server, guest.level, guest.since
    return found


@inlined
def next_in_line(
    station: Any, number: int, desk: Any, seats: Records, persons: Records, nodes: Records, guests: Records,
    queues: Records, levels: int,
) -> int:  # fmt: skip
    """Return the first customer by level and order of joining for whom a server is free, else ``NOBODY``."""
    if desk.waiting == 0 or desk.stopped > 0:
        return NOBODY
    if station.named == 0 and desk.busy + desk.down >= desk.on_duty:
        return NOBODY
    for queue in range(number * levels, (number + 1) * levels):
        who: int = queues[at(queue)].head
        while who != NOBODY:
            if find_server(station, desk, seats, persons, nodes[at(guests[at(who)].node)].skill) != NOBODY:
                return who
            who = guests[at(who)].after
    return NOBODY


@inlined
def leave_desk(
    station: Any,
    number: int,
    desks: Records,
    guests: Records,
    who: int,
    queues: Records,
    levels: int,
    rows: Records,
    spells: Records,
    counts: Integers,
    queued: Integers,
    outcome: int,
    now: float,
) -> None:
    """A waiting customer goes without (further) service."""
    guest = guests[at(who)]
    row = rows[at(guest.row)]
    leave_queue(
        queues[at(number * levels + guest.level)], guests, who, desks[at(number)], counts, queued, desks, station
    )
    if row.split == 1:
        add_spell(spells, counts, guest.row, number, WAITS, guest.since, now)
    row.end, row.outcome = now, outcome


@inlined
def opening_from(station: Any, windows: Records, minute: float) -> float:
    """Return the first minute from one on at which a station is open by its hours; inf if it is closed for the day."""
    for number in range(station.window_first, station.window_first + station.windows):
        if minute < windows[at(number)].closes:
            opens: float = max(minute, windows[at(number)].opens)
            return opens
    return math.inf


@inlined
def go_elsewhere(
    stations: Records, windows: Records, nodes: Records, node: Any, exits: Records, comer: Any, guest: Any, row: Any,
    begun: int, who: int, tries: int, minutes: Numbers, keys: Integers, counts: Integers, now: float,
) -> None:  # fmt: skip
    """Who left without being served comes on elsewhere, or once more, after a while; ``begun`` counts this time too."""
    if node.leaves == 0 or guest.tries >= tries:
        return
    _, uniform, other, _ = step_extras(comer.first_word, comer.second_word, row.step, begun - 1)
    way, last = node.leave_first, node.leave_first + node.leaves
    while way < last and uniform >= exits[at(way)].upto:
        way += 1
    if way < last:
        delay = variate(exits[at(way)].delay_kind, exits[at(way)].delay_first, exits[at(way)].delay_second, other)
        minute = now + delay
        if exits[at(way)].outside == 1:
            minute = opening_from(stations[at(nodes[at(exits[at(way)].to)].station)], windows, minute)
        if minute < math.inf:
            guest.tries += 1
            row.onward = 1
            guest.target = exits[at(way)].to
            plan(minutes, keys, counts, minute, COMES_ON + 2 * who + exits[at(way)].outside)
