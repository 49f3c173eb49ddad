"""Queues and servers of a station: who is free, who waits, who comes next."""

from __future__ import annotations

import math
from typing import Any

from netsim.jit import at, inlined
from netsim.simulation.kernel.tables import Integers, Records

NOBODY = -1
"""No customer, no server, nothing more in a list."""
UNKNOWN = -2
"""The next to lose patience has to be found again."""
AGENDA, ROWS, DOWNS, SPELLS, HOLE, QUEUED, NEXT_LEAVER, INSIDE_ROOM = 0, 1, 2, 3, 4, 5, 6, 7
"""Positions in ``State.counts``."""
FREE, BUSY, DOWN = 0, 1, 2
"""States of a seat."""
WAITS, HOLDS = -1, -2
"""Servers of a spell in which a customer waits, or holds a server that cannot go on."""


@inlined
def find_server(station: Any, desk: Any, seats: Records, persons: Records, skill: int) -> int:
    """Return the free server on duty with the lowest number who has the skill; ``NOBODY`` if there is none."""
    if desk.stopped > 0:
        return NOBODY
    if station.named == 0:
        if desk.busy + desk.down >= desk.on_duty:
            return NOBODY
        server: int = desk.lowest
        while seats[at(station.server_first + server)].state != FREE:
            server += 1
        desk.lowest = server
        return server
    for number in range(station.servers):
        seat, person = seats[at(station.server_first + number)], persons[at(station.server_first + number)]
        if seat.state == FREE and seat.on_duty == 1 and (person.skills & skill) == skill:
            return number
    return NOBODY


@inlined
def take(station: Any, desk: Any, seats: Records, server: int, state: int, who: int) -> None:
    """A server becomes busy with a customer, or goes down."""
    seat = seats[at(station.server_first + server)]
    seat.state, seat.guest = state, who
    if state == BUSY:
        desk.busy += 1
    else:
        desk.down += 1
    if server == desk.lowest:
        desk.lowest = server + 1


@inlined
def release(station: Any, desk: Any, seats: Records, server: int) -> None:
    """A server becomes free."""
    seat = seats[at(station.server_first + server)]
    if seat.state == BUSY:
        desk.busy -= 1
    else:
        desk.down -= 1
    seat.state, seat.guest = FREE, NOBODY
    desk.lowest = min(desk.lowest, server)


@inlined
def queue_up(
    queue: Any, guests: Records, who: int, desk: Any, counts: Integers, queued: Integers, desks: Records, number: int,
    station: Any,
) -> None:  # fmt: skip
    """Put a customer at the end of a queue of the desk with this number."""
    guest, behind = guests[at(who)], queue.tail
    guest.before, guest.after, queue.tail = behind, NOBODY, who
    if behind == NOBODY:
        queue.head = who
    else:
        guests[at(behind)].after = who
    if desk.waiting == 0:
        desk.queued = counts[QUEUED]
        queued[at(desk.queued)] = number
        counts[QUEUED] += 1
    desk.waiting += 1
    counts[at(INSIDE_ROOM + station.hall)] += station.in_room
    if desk.leaver != UNKNOWN and _loses_patience_before(guests, who, desk):
        desk.leaver, desk.leaves = who, guest.deadline
    first = counts[NEXT_LEAVER]
    sooner = first == NOBODY or (
        first >= 0 and first != number and _loses_patience_before(guests, who, desks[at(first)])
    )
    if sooner and guest.deadline < math.inf:
        desk.leaver, desk.leaves = who, guest.deadline
        counts[NEXT_LEAVER] = number


@inlined
def go_first(
    queue: Any, guests: Records, who: int, desk: Any, counts: Integers, queued: Integers, number: int, station: Any
) -> None:  # fmt: skip
    """Put a customer who was interrupted at the head of a queue."""
    guest, ahead = guests[at(who)], queue.head
    guest.before, guest.after, queue.head = NOBODY, ahead, who
    if ahead == NOBODY:
        queue.tail = who
    else:
        guests[at(ahead)].before = who
    if desk.waiting == 0:
        desk.queued = counts[QUEUED]
        queued[at(desk.queued)] = number
        counts[QUEUED] += 1
    desk.waiting += 1
    counts[at(INSIDE_ROOM + station.hall)] += station.in_room


@inlined
def leave_queue(
    queue: Any, guests: Records, who: int, desk: Any, counts: Integers, queued: Integers, desks: Records, station: Any
) -> None:  # fmt: skip
    """Take a customer out of a queue, wherever in it."""
    left, right = guests[at(who)].before, guests[at(who)].after
    if left == NOBODY:
        queue.head = right
    else:
        guests[at(left)].after = right
    if right == NOBODY:
        queue.tail = left
    else:
        guests[at(right)].before = left
    if desk.leaver == who:
        desk.leaver = UNKNOWN
        if counts[NEXT_LEAVER] == queued[at(desk.queued)]:
            counts[NEXT_LEAVER] = UNKNOWN
    desk.waiting -= 1
    if desk.waiting == 0:
        counts[QUEUED] -= 1
        other = queued[at(counts[QUEUED])]
        queued[at(desk.queued)] = other
        desks[at(other)].queued = desk.queued
    counts[at(INSIDE_ROOM + station.hall)] -= station.in_room


@inlined
def _loses_patience_before(guests: Records, who: int, desk: Any) -> bool:
    """Whether a customer loses patience before the one known as the first; at the same minute the older row goes."""
    guest = guests[at(who)]
    if guest.deadline != desk.leaves:
        return bool(guest.deadline < desk.leaves)
    return bool(desk.leaver != NOBODY and guest.row < guests[at(desk.leaver)].row)


@inlined
def find_leaver(queues: Records, first: int, last: int, guests: Records, desk: Any) -> None:
    """Find who of those waiting in the queues ``first`` to ``last - 1`` of a station loses patience first."""
    desk.leaver, desk.leaves = NOBODY, math.inf
    for queue in range(first, last):
        who = queues[at(queue)].head
        while who != NOBODY:
            if _loses_patience_before(guests, who, desk):
                desk.leaver, desk.leaves = who, guests[at(who)].deadline
            who = guests[at(who)].after


@inlined
def find_next_leaver(
    queues: Records, levels: int, guests: Records, desks: Records, queued: Integers, counts: Integers
) -> None:
    """
    Find the desk at which somebody loses patience next, among those at which somebody waits.

    It is known until just this customer leaves the queue: whoever joins with less patience takes the place, and
    all others leave later. A network of hundreds of desks is not looked through at every event.
    """
    found = NOBODY
    for spot in range(counts[QUEUED]):
        number = queued[at(spot)]
        desk = desks[at(number)]
        if desk.leaver == UNKNOWN:
            find_leaver(queues, number * levels, (number + 1) * levels, guests, desk)
        if desk.leaver != NOBODY and (found == NOBODY or _loses_patience_before(guests, desk.leaver, desks[at(found)])):
            found = number
    counts[NEXT_LEAVER] = found


@inlined
def add_failing(desk: Any, failing_next: Integers, fault: int) -> None:
    """A server has failed: the next that is free will be repaired."""
    failing_next[at(fault)] = NOBODY
    if desk.failing_head == NOBODY:
        desk.failing_head = fault
    else:
        failing_next[at(desk.failing_tail)] = fault
    desk.failing_tail = fault


@inlined
def hold(desk: Any, guests: Records, who: int) -> None:
    """A customer who has a server elsewhere waits for one here."""
    guests[at(who)].after = NOBODY
    if desk.holding_head == NOBODY:
        desk.holding_head = who
    else:
        guests[at(desk.holding_tail)].after = who
    desk.holding_tail = who


@inlined
def add_spell(spells: Records, counts: Integers, row: int, station: int, server: int, start: float, end: float) -> None:
    """Write down what a customer did from one minute to another; spells of no length are left out."""
    if end > start:
        spell = spells[at(counts[SPELLS])]
        spell.row, spell.station, spell.server, spell.start, spell.end = row, station, server, start, end
        counts[SPELLS] += 1
