"""
The event loop of one outlet on one day.

Seven rules make every runner meet the same day to the bit. Every event stands at an absolute minute. At the
same minute, staff changes come first, then completions, lost patience, those on their way between two
stations, failures, and arrivals; within a kind the smaller number first (ends of outages, repairs, services by
row). A server that becomes free takes up what failed first, then who holds a server elsewhere, then the
queue; after that machines that went down look for a technician, and last the customer who was served moves on.
The queue is served by priority level, then in order of joining, as far as a free server has the skill. The
free server with the lowest number works first. A customer draws one row of uniforms each time a step begins.
Who leaves without being served and goes elsewhere, or comes back later, is put on the agenda like those on their
way between two stations, also where it takes no time. Nobody comes back to a door that is closed by its
hours: they come as it opens, or not on that day.
"""

from __future__ import annotations

import math
from typing import Any

from netsim.jit import at, compiled, inlined
from netsim.simulation.kernel.desk import (
    AGENDA,
    BUSY,
    DOWN,
    DOWNS,
    FREE,
    HOLDS,
    HOLE,
    INSIDE_ROOM,
    NEXT_LEAVER,
    NOBODY,
    QUEUED,
    ROWS,
    SPELLS,
    UNKNOWN,
    add_failing,
    add_spell,
    find_next_leaver,
    find_server,
    leave_queue,
    release,
    take,
)
from netsim.simulation.kernel.heap import pop
from netsim.simulation.kernel.join import join, moved_over, shortest
from netsim.simulation.kernel.machines import add_down, closing, plan_failure
from netsim.simulation.kernel.outcomes import ABANDONED, GOES_ON, RETURNS, SERVED, UNRESOLVED
from netsim.simulation.kernel.random import step_extras
from netsim.simulation.kernel.service import (
    BREAKS,
    COMES_ON,
    IMPATIENT,
    OUTAGE_OVER,
    REPAIRED,
    SERVED_KEY,
    SERVER_BITS,
    begin,
    call,
    go_elsewhere,
    leave_desk,
    next_in_line,
    opening_from,
    plan,
)
from netsim.simulation.kernel.shifts import change_staff, freeze, thaw
from netsim.simulation.kernel.tables import Integers, Records
from netsim.simulation.samplers import variate

FULL = -1
"""Returned when there was too little room; the day is run again with more."""
SYSTEM = -1
"""Station of a failure that stops the whole outlet."""
_GONE, _NOWHERE = -1, -2


@compiled
def run_day(
    outlet: tuple[Any, ...],
    comers: Records,
    faults: Records,
    memory: tuple[Any, ...],
    room: tuple[Any, ...],
    first: int,
    last: int,
    fault: int,
    fault_end: int,
) -> int:
    """
    Run one day; rows, repairs and spells are added behind those that the memory tells of.

    Parameters
    ----------
    outlet
        The fields of ``tables.Tables``: a plain tuple, since the compiler keeps the types that it was given on
        disk and could not read them again once a class of ours has changed.
    comers, first, last
        Customers, and the range of those who come on this day; machines stand at the end, at minute ``inf``.
    faults, fault, fault_end
        Failures, and the range of those of this day.
    memory
        The fields of ``tables.State``.
    room
        The fields of ``tables.Room``.

    Returns
    -------
    int
        0, or ``FULL`` if there is too little room; the counts then tell where the day began.
    """
    stations, windows, changes, persons, classes, nodes, exits, levels, steps, tries, places = outlet
    minutes, keys, counts, queued, desks, seats, queues, guests, begun, failing_next, calling, moving = memory
    rows, downs, spells = room
    _empty(stations, places, counts, desks, seats, queues, begun, (last - first) * steps)
    row_first, down_first, spell_first, fault_first = counts[ROWS], counts[DOWNS], counts[SPELLS], fault
    visit, change, machine_first = first, 0, last
    while machine_first > first and comers[at(machine_first - 1)].minute == math.inf:
        machine_first -= 1
        who = machine_first - first
        guests[at(who)].failures, guests[at(who)].seat = 0, NOBODY
        plan_failure(
            stations, windows, classes, comers[at(machine_first)], guests[at(who)], minutes, keys, counts, who, 0.0
        )
    margin, lines = 3 * len(persons) + 8, 0
    for number in range(len(stations)):
        lines += stations[at(number)].line != NOBODY
    arrival = comers[at(visit)].minute if visit < last else math.inf
    failure = faults[at(fault)].minute if fault < fault_end else math.inf
    shift = changes[at(change)].minute if change < len(changes) else math.inf
    coming = min(arrival, min(failure, shift))  # noqa: PLW3301  # two by two compiles to less
    while True:
        if counts[HOLE] == 1:  # nothing took the place of the event before
            counts[HOLE] = 0
            pop(minutes, keys, counts[AGENDA])
            counts[AGENDA] -= 1
        ahead = minutes[0] if counts[AGENDA] > 0 else math.inf
        if counts[NEXT_LEAVER] == UNKNOWN:
            find_next_leaver(queues, levels, guests, desks, queued, counts)
        leaver_at = counts[NEXT_LEAVER]
        leaves, leaver, lined_up = math.inf, NOBODY, 0
        if leaver_at != NOBODY:
            leaves, leaver = desks[at(leaver_at)].leaves, desks[at(leaver_at)].leaver
        if lines > 0:  # any of those who wait in a line may move over
            for spot in range(counts[QUEUED]):
                if stations[at(queued[at(spot)])].line != NOBODY:
                    lined_up += desks[at(queued[at(spot)])].waiting
        now = min(coming, min(ahead, leaves))  # noqa: PLW3301
        if now == math.inf:
            for number in range(machine_first, last):  # those that nobody mends any more today
                guest, item = guests[at(number - first)], classes[at(comers[at(number)].kind)].machine
                if guest.seat != NOBODY:
                    add_down(
                        downs, counts, item, guest.seat, guest.broke, closing(stations[at(item)], windows, guest.broke)
                    )
            return 0
        split = desks[at(changes[at(change)].station)].waiting if shift == now else 0
        if (
            counts[AGENDA] + margin + split > len(minutes)
            or counts[ROWS] + margin > len(rows)
            or counts[DOWNS] + margin > len(downs)
            or counts[SPELLS] + margin + split + lined_up > len(spells)
        ):
            counts[ROWS], counts[DOWNS], counts[SPELLS] = row_first, down_first, spell_first
            return FULL
        mover, node, outside, calls, moves, moved = NOBODY, 0, 0, 0, 0, 0
        if shift == now:
            number = changes[at(change)].station
            change_staff(
                changes[at(change)], stations[at(number)], number, desks[at(number)], seats, persons, nodes, guests,
                queues, levels, rows, spells, minutes, keys, counts, queued, desks, stations, windows,
                exits, comers, begun, steps, tries,
            )  # fmt: skip
            change += 1
            calling[0], calls = number, 1
            if change < len(changes) and changes[at(change)].minute == now and changes[at(change)].station == number:
                calls = 0  # the whole shift changes before anybody is called
            shift = changes[at(change)].minute if change < len(changes) else math.inf
            coming = min(arrival, min(failure, shift))  # noqa: PLW3301
        elif ahead == now and (leaves > now or keys[0] < IMPATIENT):
            key = keys[0]
            counts[HOLE] = 1
            if key >= BREAKS:
                who = key - BREAKS
                number = classes[at(comers[at(first + who)].kind)].machine
                add_failing(desks[at(number)], failing_next, fault_end - fault_first + first + who - machine_first)
                calling[0], calls = number, 1
            elif key >= COMES_ON:
                who, outside = (key - COMES_ON) >> 1, (key - COMES_ON) & 1
                mover, node = first + who, guests[at(who)].target
            elif key >= SERVED_KEY:
                row_number = key - SERVED_KEY
                row = rows[at(row_number)]
                who = row.visit - first
                guest = guests[at(who)]
                if guest.row == row_number and guest.ends == now:
                    number, also = row.station, nodes[at(guest.node)].also
                    row.end, row.work, guest.ends = now, row.work + (now - guest.since), -1.0
                    if row.split == 1:
                        add_spell(spells, counts, row_number, number, guest.server, guest.since, now)
                    release(stations[at(number)], desks[at(number)], seats, guest.server)
                    calling[0], calls = number, 1
                    if guest.second != NOBODY:
                        add_spell(spells, counts, row_number, also, guest.second, guest.since, now)
                        release(stations[at(also)], desks[at(also)], seats, guest.second)
                        guest.second = NOBODY
                        calling[0], calling[1], calls = also, number, 2  # who holds a server comes first
                    way = nodes[at(guest.node)].exit_first
                    while guest.leaving >= exits[at(way)].upto:
                        way += 1
                    node, outside = exits[at(way)].to, exits[at(way)].outside
                    row.outcome = _outcome_of(stations, nodes, desks, exits[at(way)], number)
                    if row.outcome == GOES_ON or row.outcome == RETURNS:  # noqa: PLR1714  # no tuple in a loop
                        delay = 0.0
                        if exits[at(way)].delay_kind != 0 or exits[at(way)].delay_first > 0.0:
                            delay = _delay(
                                exits[at(way)], comers[at(row.visit)], row.step, begun[at(who * steps + row.step)]
                            )
                        comes = now + delay
                        if outside == 1:  # nobody comes back to a closed door, but as soon as it opens again
                            comes = opening_from(stations[at(nodes[at(node)].station)], windows, comes)
                        if comes == math.inf:
                            row.outcome = UNRESOLVED
                        elif comes > now:
                            guest.target = node
                            plan(minutes, keys, counts, comes, COMES_ON + 2 * who + outside)
                        else:
                            mover = row.visit
                    elif row.outcome == SERVED and classes[at(comers[at(row.visit)].kind)].machine != NOBODY:
                        mover, node = row.visit, _GONE
            elif key >= REPAIRED:
                number = (key - REPAIRED) >> SERVER_BITS
                release(stations[at(number)], desks[at(number)], seats, (key - REPAIRED) & ((1 << SERVER_BITS) - 1))
                calling[0], calls = number, 1
            else:
                thaw(stations, desks, seats, persons, nodes, guests, rows, spells, minutes, keys, counts, now)
                for number in range(len(stations)):
                    calling[at(number)] = number
                calls = len(stations)
        elif leaves == now:
            leave_desk(
                stations[at(leaver_at)], leaver_at, desks, guests, leaver, queues, levels, rows, spells, counts, queued,
                ABANDONED, now,
            )  # fmt: skip
            guest = guests[at(leaver)]
            row = rows[at(guest.row)]
            go_elsewhere(
                stations, windows, nodes, nodes[at(guest.node)], exits, comers[at(row.visit)], guest, row,
                begun[at(leaver * steps + row.step)], leaver, tries, minutes, keys, counts, now,
            )  # fmt: skip
        elif failure == now:
            number = faults[at(fault)].station
            if number == SYSTEM:
                freeze(stations, desks, seats, persons, nodes, guests, rows, spells, counts, now)
                plan(minutes, keys, counts, now + faults[at(fault)].repair, OUTAGE_OVER + fault - fault_first)
            else:
                add_failing(desks[at(number)], failing_next, fault - fault_first)
                calling[0], calls = number, 1
            fault += 1
            failure = faults[at(fault)].minute if fault < fault_end else math.inf
            coming = min(arrival, min(failure, shift))  # noqa: PLW3301
        else:
            mover, node, outside = visit, classes[at(comers[at(visit)].kind)].node, 1
            guests[at(visit - first)].tries = 0
            visit += 1
            arrival = comers[at(visit)].minute if visit < last else math.inf
            coming = min(arrival, min(failure, shift))  # noqa: PLW3301
        while True:
            for place in range(calls):
                number = calling[at(place)]
                station, desk = stations[at(number)], desks[at(number)]
                while True:
                    if desk.failing_head != NOBODY:
                        server = find_server(station, desk, seats, persons, 0)
                        if server == NOBODY:
                            break
                        item = desk.failing_head
                        desk.failing_head = failing_next[at(item)]
                        if item < fault_end - fault_first:
                            take(station, desk, seats, server, DOWN, NOBODY)
                            back = now + faults[at(fault_first + item)].repair
                            add_down(downs, counts, number, server, now, back)
                            plan(minutes, keys, counts, back, REPAIRED + (number << SERVER_BITS) + server)
                        else:
                            who = machine_first - first + item - (fault_end - fault_first)
                            take(station, desk, seats, server, DOWN, who)
                            guests[at(who)].seat, guests[at(who)].broke = server, now
                            moving[at(moves)] = who
                            moves += 1
                    elif desk.holding_head != NOBODY:
                        server = find_server(station, desk, seats, persons, 0)
                        if server == NOBODY:
                            break
                        who = desk.holding_head
                        desk.holding_head = guests[at(who)].after
                        guest = guests[at(who)]
                        own = rows[at(guest.row)].station
                        take(station, desk, seats, server, BUSY, who)
                        guest.second = server
                        if desks[at(own)].stopped == 0:  # else the service begins when the system is back
                            add_spell(spells, counts, guest.row, own, HOLDS, guest.since, now)
                            begin(stations[at(own)], persons, nodes[at(guest.node)], guest, minutes, keys, counts, now)
                    else:
                        who = next_in_line(station, number, desk, seats, persons, nodes, guests, queues, levels)
                        if who != NOBODY:
                            guest = guests[at(who)]
                            queue = number * levels + guest.level
                            leave_queue(queues[at(queue)], guests, who, desk, counts, queued, desks, station)
                            server = find_server(station, desk, seats, persons, nodes[at(guest.node)].skill)
                            call(
                                stations, number, desks, seats, persons, nodes[at(guest.node)], guests, who, server,
                                rows, spells, minutes, keys, counts, now,
                            )  # fmt: skip
                        elif not moved_over(
                            stations, number, desks, queues, levels, guests, rows, spells, counts, queued, now
                        ):
                            break
            calls = 0
            if moved < moves:  # a machine that went down looks for a technician
                who = moving[at(moved)]
                moved += 1
                joins, enters = first + who, 0
                station = stations[at(classes[at(comers[at(joins)].kind)].machine)]
                goes_to = classes[
                    at(station.service_class if guests[at(who)].left == 1.0 else station.repair_class)
                ].node
            elif mover != NOBODY:
                joins, goes_to, enters, mover = mover, node, outside, NOBODY
            else:
                break
            if goes_to == _GONE:  # a machine is in order again
                who = joins - first
                number = classes[at(comers[at(joins)].kind)].machine
                guest = guests[at(who)]
                release(stations[at(number)], desks[at(number)], seats, guest.seat)
                add_down(downs, counts, number, guest.seat, guest.broke, now)
                guest.seat = NOBODY
                guest.failures += 1
                plan_failure(stations, windows, classes, comers[at(joins)], guest, minutes, keys, counts, who, now)
                calling[0], calls, moves, moved = number, 1, 0, 0
            else:
                join(
                    stations, windows, desks, seats, persons, classes, nodes, exits, queues, guests, begun, rows,
                    spells, minutes, keys, counts, queued, comers, first, joins, goes_to, enters, levels, steps, tries,
                    places, now,
                )  # fmt: skip


@inlined
def _empty(
    stations: Records, places: Integers, counts: Integers, desks: Records, seats: Records, queues: Records,
    begun: Integers, used: int,
) -> None:  # fmt: skip
    """Forget the day before."""
    counts[AGENDA] = counts[HOLE] = counts[QUEUED] = 0
    counts[NEXT_LEAVER] = NOBODY
    for hall in range(len(places)):
        counts[at(INSIDE_ROOM + hall)] = 0
    for number in range(len(desks)):
        desk = desks[at(number)]
        desk.is_open = desk.on_duty = desk.busy = desk.down = desk.waiting = desk.lowest = desk.stopped = 0
        desk.leaver, desk.leaves = NOBODY, math.inf
        desk.failing_head = desk.failing_tail = desk.holding_head = desk.holding_tail = NOBODY
        for server in range(stations[at(number)].servers):
            seat = seats[at(stations[at(number)].server_first + server)]
            seat.state, seat.guest, seat.planned = FREE, NOBODY, 0
            seat.on_duty = 1 - stations[at(number)].named
    for queue in range(len(queues)):
        queues[at(queue)].head = queues[at(queue)].tail = NOBODY
    for place in range(used):
        begun[at(place)] = 0


@inlined
def _outcome_of(stations: Records, nodes: Records, desks: Records, way: Any, number: int) -> int:
    """Return how a step at a station ends whose customer goes this way."""
    if way.to == _GONE:
        return SERVED
    if way.to == _NOWHERE:
        return UNRESOLVED
    if way.outside == 1:
        return RETURNS
    to = shortest(stations, desks, nodes[at(way.to)].station, 0)
    if to != number and desks[at(to)].is_open == 0:  # the door of the own station is behind the customer
        return UNRESOLVED
    return GOES_ON


@inlined
def _delay(way: Any, comer: Any, step: int, begun: int) -> float:
    """Return the minutes between two steps."""
    uniform, _, _, _ = step_extras(comer.first_word, comer.second_word, step, begun - 1)
    delay: float = variate(way.delay_kind, way.delay_first, way.delay_second, uniform)
    return delay
