"""
The event loop of one outlet on one day.

Five rules make every runner meet the same day to the bit. Every event stands at an absolute minute. At
the same minute, staff changes come first, then completions, then lost patience, then failures, then
arrivals; within a kind the smaller number first (repairs before services, then by row). A server that
becomes free takes up what failed first, then the queue, before the customer moves on. The queue is served
by priority level, then in order of joining. The free server with the lowest number works first.
"""

from __future__ import annotations

import math
from typing import Any

from netsim.jit import compiled, inlined
from netsim.simulation.kernel.heap import pop, push
from netsim.simulation.kernel.random import step_uniforms
from netsim.simulation.kernel.tables import Integers, Numbers, Records
from netsim.simulation.samplers import variate

INSIDE = -1
"""Outcome of a row whose customer is still waiting or being served."""
NOBODY = -1
"""Server of a row whose customer was never called; in the kernel's lists also: none."""
FULL = -1
"""Returned when there was too little room; the day is run again with more."""
AGENDA, ROWS, DOWNS = 0, 1, 2
"""Positions in ``State.counts``."""

# Keys of the agenda: rank of the event, then its number. Rows and servers stay below 2**32.
REPAIRED = 3 << 40
SERVED_KEY = REPAIRED + (1 << 32)
IMPATIENT = 4 << 40
SERVER_BITS = 16

_GONE, _NOWHERE = -1, -2
_SERVED, _ABANDONED, _UNRESOLVED, _SENT_AWAY, _GOES_ON, _BALKED = 0, 1, 2, 3, 6, 7
"""``Outcome`` as plain numbers: a compiled function takes them as constants."""


@compiled
def run_day(
    outlet: tuple[Any, ...],
    comers: Records,
    faults: Records,
    memory: tuple[Any, ...],
    rows: Records,
    downs: Records,
    first: int,
    last: int,
    fault: int,
    fault_end: int,
) -> int:
    """
    Run one day; rows and repairs are added behind those that the memory tells of.

    Parameters
    ----------
    outlet
        The fields of ``tables.Tables``: a plain tuple, since the compiler keeps the types that it was given on
        disk and could not read them again once a class of ours has changed.
    comers, first, last
        Customers, and the range of those who come on this day.
    faults, fault, fault_end
        Failures, and the range of those of this day.
    memory
        The fields of ``tables.State``.
    rows, downs
        Where rows and repairs are written.

    Returns
    -------
    int
        0, or ``FULL`` if rows, repairs or agenda lack room; the counts then tell where the day began.
    """
    stations, _, changes, classes, nodes, exits, servers, levels, steps = outlet
    minutes, keys, counts, desks, occupied, queues, guests, begun, failing_next = memory
    _empty(counts, desks, occupied, queues, begun, (last - first) * steps)
    row_first, down_first, fault_first = counts[ROWS], counts[DOWNS], fault
    visit, change = first, 0
    room, down_room = len(minutes) - servers - 2, len(downs) - servers - 1
    while True:
        arrival = comers[visit].minute if visit < last else math.inf
        failure = faults[fault].minute if fault < fault_end else math.inf
        shift = changes[change].minute if change < len(changes) else math.inf
        ahead = minutes[0] if counts[AGENDA] > 0 else math.inf
        now = min(min(arrival, failure), min(shift, ahead))  # noqa: PLW3301  # two by two compiles to less
        if now == math.inf:
            return 0
        if counts[AGENDA] > room or counts[ROWS] >= len(rows) or counts[DOWNS] > down_room:
            counts[ROWS], counts[DOWNS] = row_first, down_first
            return FULL
        mover, node, calls = NOBODY, 0, NOBODY  # who joins where, and the station that calls, once it is known
        admitted, from_outside = True, False
        if shift == now:
            calls = changes[change].station
            _change(stations[calls], desks[calls], changes[change], queues, guests, rows, calls * levels, levels)
            change += 1
        elif ahead == now:
            key = keys[0]
            pop(minutes, keys, counts[AGENDA])
            counts[AGENDA] -= 1
            if key >= IMPATIENT:
                row = rows[key - IMPATIENT]
                if row.server == NOBODY and row.outcome == INSIDE:
                    queue = row.station * levels + classes[comers[row.visit].kind].level
                    _leave_queue(queues[queue], guests, row.visit - first, desks[row.station])
                    row.end, row.outcome = now, _ABANDONED
            elif key >= SERVED_KEY:
                row = rows[key - SERVED_KEY]
                calls = row.station
                row.end = now
                desks[calls].busy -= 1
                _release(stations[calls].server_first, desks[calls], occupied, row.server)
                node = _exit(nodes, exits, guests[row.visit - first])
                row.outcome = _outcome_of(nodes, desks, node, calls)
                if row.outcome == _GOES_ON:
                    mover = row.visit
                    desk = desks[nodes[node].station]
            else:
                calls = (key - REPAIRED) >> SERVER_BITS
                server = (key - REPAIRED) & ((1 << SERVER_BITS) - 1)
                desks[calls].down -= 1
                _release(stations[calls].server_first, desks[calls], occupied, server)
        elif failure == now:
            calls = faults[fault].station
            _add_failing(desks[calls], failing_next, fault - fault_first)
            fault += 1
        else:
            mover, node, from_outside = visit, classes[comers[visit].kind].node, True
            visit += 1
        if calls != NOBODY:
            desk = desks[calls]
            while desk.busy + desk.down < desk.on_duty:
                if desk.failing_head != NOBODY:
                    _repair(
                        stations[calls],
                        desk,
                        occupied,
                        faults,
                        fault_first,
                        failing_next,
                        downs,
                        minutes,
                        keys,
                        counts,
                        calls,
                        now,
                    )
                elif desk.waiting > 0:
                    queue = calls * levels
                    while queues[queue].head == NOBODY:
                        queue += 1
                    who = queues[queue].head
                    _leave_queue(queues[queue], guests, who, desk)
                    _start(stations[calls], desk, occupied, nodes, guests[who], rows, minutes, keys, counts, now)
                else:
                    break
        if mover != NOBODY:
            station = nodes[node].station
            desk = desks[station]
            admitted = desk.is_open == 1 or (desk.on_duty > 0 and not from_outside)
            who = mover - first
            row = rows[counts[ROWS]]
            row.visit, row.step, row.station, row.server = mover, nodes[node].step, station, NOBODY
            row.arrive, row.call, row.end, row.outcome = now, math.nan, now, _SENT_AWAY
            counts[ROWS] += 1
            if admitted:
                place = who * steps + nodes[node].step
                service, leaving, patience, balking = step_uniforms(
                    comers[mover].first_word, comers[mover].second_word, nodes[node].step, begun[place]
                )
                begun[place] += 1
                guest = guests[who]
                guest.node, guest.row, guest.service, guest.leaving = node, counts[ROWS] - 1, service, leaving
                if desk.busy + desk.down < desk.on_duty:  # then nobody waits: they would have been called
                    row.outcome = INSIDE
                    _start(stations[station], desk, occupied, nodes, guest, rows, minutes, keys, counts, now)
                elif (
                    from_outside
                    and desk.waiting >= stations[station].balk_from
                    and balking < stations[station].balk_share
                ):
                    row.outcome = _BALKED
                else:
                    row.outcome = INSIDE
                    _queue_up(queues[station * levels + classes[comers[mover].kind].level], guests, who, desk)
                    at = nodes[node]
                    leaves = now + variate(at.patience_kind, at.patience_first, at.patience_second, patience)
                    if leaves < math.inf:
                        push(minutes, keys, counts[AGENDA], leaves, IMPATIENT + counts[ROWS] - 1)
                        counts[AGENDA] += 1


@inlined
def _empty(counts: Integers, desks: Records, occupied: Integers, queues: Records, begun: Integers, used: int) -> None:
    """Forget the day before."""
    counts[AGENDA] = 0
    for station in range(len(desks)):
        desk = desks[station]
        desk.is_open = desk.on_duty = desk.busy = desk.down = desk.waiting = desk.lowest = 0
        desk.failing_head = desk.failing_tail = NOBODY
    for server in range(len(occupied)):
        occupied[server] = 0
    for queue in range(len(queues)):
        queues[queue].head = queues[queue].tail = NOBODY
    for place in range(used):
        begun[place] = 0


@inlined
def _change(
    station: Any, desk: Any, change: Any, queues: Records, guests: Records, rows: Records, queue_first: int, levels: int
) -> None:
    """Servers come or go off duty; the door may open or close."""
    desk.on_duty = change.servers
    if change.door >= 0:
        desk.is_open = 1
        return
    desk.is_open = 0
    if station.closes_queue == 1 and desk.on_duty > 0:
        return
    desk.on_duty = desk.waiting = 0
    for number in range(queue_first, queue_first + levels):
        who = queues[number].head
        while who != NOBODY:
            row = rows[guests[who].row]
            row.end, row.outcome = change.minute, _SENT_AWAY
            who = guests[who].after
        queues[number].head = queues[number].tail = NOBODY


@inlined
def _exit(nodes: Records, exits: Records, guest: Any) -> int:
    """Return where a customer goes after a service: a node, ``GONE`` or ``NOWHERE``."""
    way = nodes[guest.node].exit_first
    while guest.leaving >= exits[way].upto:
        way += 1
    target: int = exits[way].to
    return target


@inlined
def _outcome_of(nodes: Records, desks: Records, node: int, station: int) -> int:
    """Return how a step ends whose customer goes on to ``node``."""
    if node == _GONE:
        return _SERVED
    if node == _NOWHERE:
        return _UNRESOLVED
    to = nodes[node].station
    if to != station and desks[to].is_open == 0:  # the door of the own station is behind the customer
        return _UNRESOLVED
    return _GOES_ON


@inlined
def _queue_up(queue: Any, guests: Records, who: int, desk: Any) -> None:
    """Put a customer at the end of a queue."""
    guest, behind = guests[who], queue.tail
    guest.before, guest.after, queue.tail = behind, NOBODY, who
    if behind == NOBODY:
        queue.head = who
    else:
        guests[behind].after = who
    desk.waiting += 1


@inlined
def _leave_queue(queue: Any, guests: Records, who: int, desk: Any) -> None:
    """Take a customer out of a queue, wherever in it."""
    left, right = guests[who].before, guests[who].after
    if left == NOBODY:
        queue.head = right
    else:
        guests[left].after = right
    if right == NOBODY:
        queue.tail = left
    else:
        guests[right].before = left
    desk.waiting -= 1


@inlined
def _add_failing(desk: Any, failing_next: Integers, fault: int) -> None:
    """A server has failed: the next that is free will be repaired."""
    failing_next[fault] = NOBODY
    if desk.failing_head == NOBODY:
        desk.failing_head = fault
    else:
        failing_next[desk.failing_tail] = fault
    desk.failing_tail = fault


@inlined
def _repair(
    station: Any,
    desk: Any,
    occupied: Integers,
    faults: Records,
    fault_first: int,
    failing_next: Integers,
    downs: Records,
    minutes: Numbers,
    keys: Integers,
    counts: Integers,
    number: int,
    now: float,
) -> None:
    """A free server goes down."""
    fault = desk.failing_head
    desk.failing_head = failing_next[fault]
    server = _take(station.server_first, desk, occupied)
    desk.down += 1
    down = downs[counts[DOWNS]]
    down.station, down.server, down.start, down.end = number, server, now, now + faults[fault_first + fault].repair
    counts[DOWNS] += 1
    push(minutes, keys, counts[AGENDA], down.end, REPAIRED + (number << SERVER_BITS) + server)
    counts[AGENDA] += 1


@inlined
def _start(
    station: Any,
    desk: Any,
    occupied: Integers,
    nodes: Records,
    guest: Any,
    rows: Records,
    minutes: Numbers,
    keys: Integers,
    counts: Integers,
    now: float,
) -> None:
    """A server takes a customer."""
    desk.busy += 1
    row, at = rows[guest.row], nodes[guest.node]
    row.server = _take(station.server_first, desk, occupied)
    row.call = now
    ends = now + variate(at.service_kind, at.service_first, at.service_second, guest.service)
    push(minutes, keys, counts[AGENDA], ends, SERVED_KEY + guest.row)
    counts[AGENDA] += 1


@inlined
def _take(server_first: int, desk: Any, occupied: Integers) -> int:
    """Return the free server with the lowest number and mark it as occupied."""
    server: int = desk.lowest
    while occupied[server_first + server] == 1:
        server += 1
    occupied[server_first + server] = 1
    desk.lowest = server + 1
    return server


@inlined
def _release(server_first: int, desk: Any, occupied: Integers, server: int) -> None:
    """Mark a server as free."""
    occupied[server_first + server] = 0
    desk.lowest = min(desk.lowest, server)
