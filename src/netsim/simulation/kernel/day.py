"""
The event loop of one outlet on one day.

Six rules make every runner meet the same day to the bit. Every event stands at an absolute minute. At the
same minute, staff changes come first, then completions, lost patience, those on their way between two
stations, failures, and arrivals; within a kind the smaller number first (ends of outages, repairs, services by
row). A server that becomes free takes up what failed first, then who holds a server elsewhere, then the
queue; after that machines that went down look for a technician, and last the customer who was served moves on.
The queue is served by priority level, then in order of joining, as far as a free server has the skill. The
free server with the lowest number works first. A customer draws one row of uniforms each time a step begins.
"""

from __future__ import annotations

import math
from typing import Any

from netsim.jit import compiled, inlined, word
from netsim.simulation.kernel.desk import (
    AGENDA,
    BUSY,
    DOWN,
    DOWNS,
    FREE,
    HOLDS,
    HOLE,
    INSIDE_ROOM,
    NOBODY,
    ROWS,
    SPELLS,
    WAITS,
    add_failing,
    add_spell,
    find_server,
    leave_queue,
    queue_up,
    release,
    take,
)
from netsim.simulation.kernel.heap import pop
from netsim.simulation.kernel.random import UNIT, block, step_extras, step_uniforms
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
    interrupt,
    leave_desk,
    next_in_line,
    plan,
    victim_of,
)
from netsim.simulation.kernel.shifts import after_open_minutes, change_staff, freeze, thaw
from netsim.simulation.kernel.tables import Integers, Records
from netsim.simulation.samplers import variate

INSIDE = -1
"""Outcome of a row whose customer is still waiting or being served."""
FULL = -1
"""Returned when there was too little room; the day is run again with more."""
SYSTEM = -1
"""Station of a failure that stops the whole outlet."""
MACHINE = 6
"""``Stream.MACHINE`` as a plain number."""
_GONE, _NOWHERE = -1, -2
_SERVED, _ABANDONED, _UNRESOLVED, _SENT_AWAY, _GOES_ON, _BALKED, _RETURNS, _NO_ROOM = 0, 1, 2, 3, 6, 7, 8, 9
"""``Outcome`` as plain numbers: a compiled function takes them as constants."""


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
    stations, windows, changes, persons, classes, nodes, exits, levels, steps, places = outlet
    minutes, keys, counts, desks, seats, queues, guests, begun, failing_next, calling, moving = memory
    rows, downs, spells = room
    _empty(stations, counts, desks, seats, queues, begun, (last - first) * steps)
    row_first, down_first, spell_first, fault_first = counts[ROWS], counts[DOWNS], counts[SPELLS], fault
    visit, change, machine_first = first, 0, last
    while machine_first > first and comers[machine_first - 1].minute == math.inf:
        machine_first -= 1
        who = machine_first - first
        guests[who].failures, guests[who].seat = 0, NOBODY
        _plan_failure(stations, windows, classes, comers[machine_first], guests[who], minutes, keys, counts, who, 0.0)
    margin = 3 * len(persons) + 8
    arrival = comers[visit].minute if visit < last else math.inf
    failure = faults[fault].minute if fault < fault_end else math.inf
    shift = changes[change].minute if change < len(changes) else math.inf
    coming = min(arrival, min(failure, shift))  # noqa: PLW3301  # two by two compiles to less
    while True:
        if counts[HOLE] == 1:  # nothing took the place of the event before
            counts[HOLE] = 0
            pop(minutes, keys, counts[AGENDA])
            counts[AGENDA] -= 1
        ahead = minutes[0] if counts[AGENDA] > 0 else math.inf
        now = min(coming, ahead)
        if now == math.inf:
            for number in range(machine_first, last):  # those that nobody mends any more today
                guest, item = guests[number - first], classes[comers[number].kind].machine
                if guest.seat != NOBODY:
                    _add_down(
                        downs, counts, item, guest.seat, guest.broke, _closing(stations[item], windows, guest.broke)
                    )
            return 0
        split = desks[changes[change].station].waiting if shift == now else 0
        if (
            counts[AGENDA] + margin > len(minutes)
            or counts[ROWS] + margin > len(rows)
            or counts[DOWNS] + margin > len(downs)
            or counts[SPELLS] + margin + split > len(spells)
        ):
            counts[ROWS], counts[DOWNS], counts[SPELLS] = row_first, down_first, spell_first
            return FULL
        mover, node, outside, calls, moves, moved = NOBODY, 0, 0, 0, 0, 0
        if shift == now:
            number = changes[change].station
            change_staff(
                changes[change], stations[number], number, desks[number], seats, persons, nodes, guests, queues,
                levels, rows, spells, minutes, keys, counts,
            )  # fmt: skip
            calling[0], calls = number, 1
            change += 1
            shift = changes[change].minute if change < len(changes) else math.inf
            coming = min(arrival, min(failure, shift))  # noqa: PLW3301
        elif ahead == now:
            key = keys[0]
            counts[HOLE] = 1
            if key >= BREAKS:
                who = key - BREAKS
                number = classes[comers[first + who].kind].machine
                add_failing(desks[number], failing_next, fault_end - fault_first + first + who - machine_first)
                calling[0], calls = number, 1
            elif key >= COMES_ON:
                who, outside = (key - COMES_ON) >> 1, (key - COMES_ON) & 1
                mover, node = first + who, guests[who].target
            elif key >= IMPATIENT:
                row = rows[key - IMPATIENT]
                if row.server == NOBODY and row.outcome == INSIDE:
                    who, number = row.visit - first, row.station
                    leave_desk(
                        stations[number], number, desks[number], guests, who, queues, levels, rows, spells, counts,
                        _ABANDONED, now,
                    )  # fmt: skip
            elif key >= SERVED_KEY:
                row_number = key - SERVED_KEY
                row = rows[row_number]
                who = row.visit - first
                guest = guests[who]
                if guest.row == row_number and guest.ends == now:
                    number, also = row.station, nodes[guest.node].also
                    row.end, row.work, guest.ends = now, row.work + (now - guest.since), -1.0
                    if row.split == 1:
                        add_spell(spells, counts, row_number, number, guest.server, guest.since, now)
                    release(stations[number], desks[number], seats, guest.server)
                    calling[0], calls = number, 1
                    if guest.second != NOBODY:
                        add_spell(spells, counts, row_number, also, guest.second, guest.since, now)
                        release(stations[also], desks[also], seats, guest.second)
                        guest.second = NOBODY
                        calling[1], calls = also, 2
                    way = nodes[guest.node].exit_first
                    while guest.leaving >= exits[way].upto:
                        way += 1
                    node, outside = exits[way].to, exits[way].outside
                    row.outcome = _outcome_of(nodes, desks, exits[way], number)
                    if row.outcome == _GOES_ON or row.outcome == _RETURNS:  # noqa: PLR1714  # no tuple in a loop
                        delay = 0.0
                        if exits[way].delay_kind != 0 or exits[way].delay_first > 0.0:
                            delay = _delay(exits[way], comers[row.visit], row.step, begun[who * steps + row.step])
                        if delay > 0.0:
                            guest.target = node
                            plan(minutes, keys, counts, now + delay, COMES_ON + 2 * who + outside)
                        else:
                            mover = row.visit
                    elif row.outcome == _SERVED and classes[comers[row.visit].kind].machine != NOBODY:
                        mover, node = row.visit, _GONE
            elif key >= REPAIRED:
                number = (key - REPAIRED) >> SERVER_BITS
                release(stations[number], desks[number], seats, (key - REPAIRED) & ((1 << SERVER_BITS) - 1))
                calling[0], calls = number, 1
            else:
                thaw(stations, desks, seats, persons, nodes, guests, rows, spells, minutes, keys, counts, now)
                for number in range(len(stations)):
                    calling[number] = number
                calls = len(stations)
        elif failure == now:
            number = faults[fault].station
            if number == SYSTEM:
                freeze(stations, desks, seats, persons, nodes, guests, rows, spells, counts, now)
                plan(minutes, keys, counts, now + faults[fault].repair, OUTAGE_OVER + fault - fault_first)
            else:
                add_failing(desks[number], failing_next, fault - fault_first)
                calling[0], calls = number, 1
            fault += 1
            failure = faults[fault].minute if fault < fault_end else math.inf
            coming = min(arrival, min(failure, shift))  # noqa: PLW3301
        else:
            mover, node, outside = visit, classes[comers[visit].kind].node, 1
            visit += 1
            arrival = comers[visit].minute if visit < last else math.inf
            coming = min(arrival, min(failure, shift))  # noqa: PLW3301
        while True:
            for place in range(calls):
                number = calling[place]
                station, desk = stations[number], desks[number]
                while True:
                    if desk.failing_head != NOBODY:
                        server = find_server(station, desk, seats, persons, 0)
                        if server == NOBODY:
                            break
                        item = desk.failing_head
                        desk.failing_head = failing_next[item]
                        if item < fault_end - fault_first:
                            take(station, desk, seats, server, DOWN, NOBODY)
                            back = now + faults[fault_first + item].repair
                            _add_down(downs, counts, number, server, now, back)
                            plan(minutes, keys, counts, back, REPAIRED + (number << SERVER_BITS) + server)
                        else:
                            who = machine_first - first + item - (fault_end - fault_first)
                            take(station, desk, seats, server, DOWN, who)
                            guests[who].seat, guests[who].broke = server, now
                            moving[moves] = who
                            moves += 1
                    elif desk.holding_head != NOBODY:
                        server = find_server(station, desk, seats, persons, 0)
                        if server == NOBODY:
                            break
                        who = desk.holding_head
                        desk.holding_head = guests[who].after
                        guest = guests[who]
                        own = rows[guest.row].station
                        take(station, desk, seats, server, BUSY, who)
                        guest.second = server
                        add_spell(spells, counts, guest.row, own, HOLDS, guest.since, now)
                        begin(stations[own], persons, nodes[guest.node], guest, minutes, keys, counts, now)
                    else:
                        who = next_in_line(station, number, desk, seats, persons, nodes, guests, queues, levels)
                        if who != NOBODY:
                            guest = guests[who]
                            queue = number * levels + guest.level
                            leave_queue(queues[queue], guests, who, desk, counts, station.in_room)
                            server = find_server(station, desk, seats, persons, nodes[guest.node].skill)
                            call(
                                stations, number, desks, seats, persons, nodes[guest.node], guests, who, server, rows,
                                spells, minutes, keys, counts, now,
                            )  # fmt: skip
                        elif not _moved_over(
                            stations, number, desks, queues, levels, guests, rows, spells, counts, now
                        ):
                            break
            calls = 0
            if moved < moves:  # a machine that went down looks for a technician
                who = moving[moved]
                moved += 1
                joins, enters = first + who, 0
                station = stations[classes[comers[joins].kind].machine]
                goes_to = classes[station.service_class if guests[who].left == 1.0 else station.repair_class].node
            elif mover != NOBODY:
                joins, goes_to, enters, mover = mover, node, outside, NOBODY
            else:
                break
            if goes_to == _GONE:  # a machine is in order again
                who = joins - first
                number = classes[comers[joins].kind].machine
                guest = guests[who]
                release(stations[number], desks[number], seats, guest.seat)
                _add_down(downs, counts, number, guest.seat, guest.broke, now)
                guest.seat = NOBODY
                guest.failures += 1
                _plan_failure(stations, windows, classes, comers[joins], guest, minutes, keys, counts, who, now)
                calling[0], calls, moves, moved = number, 1, 0, 0
            else:
                _join(
                    stations, desks, seats, persons, classes, nodes, queues, guests, begun, rows, spells, minutes,
                    keys, counts, comers, first, joins, goes_to, enters, levels, steps, places, now,
                )  # fmt: skip


@inlined
def _empty(
    stations: Records, counts: Integers, desks: Records, seats: Records, queues: Records, begun: Integers, used: int
) -> None:
    """Forget the day before."""
    counts[AGENDA] = counts[INSIDE_ROOM] = counts[HOLE] = 0
    for number in range(len(desks)):
        desk = desks[number]
        desk.is_open = desk.on_duty = desk.busy = desk.down = desk.waiting = desk.lowest = desk.stopped = 0
        desk.failing_head = desk.failing_tail = desk.holding_head = desk.holding_tail = NOBODY
        for server in range(stations[number].servers):
            seat = seats[stations[number].server_first + server]
            seat.state, seat.guest, seat.planned = FREE, NOBODY, 0
            seat.on_duty = 1 - stations[number].named
    for queue in range(len(queues)):
        queues[queue].head = queues[queue].tail = NOBODY
    for place in range(used):
        begun[place] = 0


@inlined
def _outcome_of(nodes: Records, desks: Records, way: Any, number: int) -> int:
    """Return how a step at a station ends whose customer goes this way."""
    if way.to == _GONE:
        return _SERVED
    if way.to == _NOWHERE:
        return _UNRESOLVED
    if way.outside == 1:
        return _RETURNS
    to = nodes[way.to].station
    if to != number and desks[to].is_open == 0:  # the door of the own station is behind the customer
        return _UNRESOLVED
    return _GOES_ON


@inlined
def _delay(way: Any, comer: Any, step: int, begun: int) -> float:
    """Return the minutes between two steps."""
    uniform, _, _, _ = step_extras(comer.first_word, comer.second_word, step, begun - 1)
    delay: float = variate(way.delay_kind, way.delay_first, way.delay_second, uniform)
    return delay


@inlined
def _add_down(downs: Records, counts: Integers, number: int, server: int, start: float, end: float) -> None:
    """Write down a repair."""
    down = downs[counts[DOWNS]]
    down.station, down.server, down.start, down.end = number, server, start, end
    counts[DOWNS] += 1


@inlined
def _closing(station: Any, windows: Records, minute: float) -> float:
    """Return the last closing of a station, not before a minute."""
    if station.windows == 0:
        return minute
    closes: float = windows[station.window_first + station.windows - 1].closes
    return max(closes, minute)


@inlined
def _plan_failure(
    stations: Records, windows: Records, classes: Records, comer: Any, guest: Any, minutes: Any, keys: Integers,
    counts: Integers, who: int, now: float,
) -> None:  # fmt: skip
    """Plan when a machine fails next, or is due for service; ``left`` 1 marks a service."""
    station = stations[classes[comer.kind].machine]
    a, _, _, _ = block(comer.first_word, comer.second_word, word(guest.failures), word(0), word(0), word(MACHINE))
    up = variate(station.up_kind, station.up_first, station.up_second, (a >> 11) * UNIT)
    guest.left = 0.0
    if up > station.service_after:
        up, guest.left = station.service_after, 1.0
    breaks = after_open_minutes(station, windows, now, up)
    if breaks < math.inf:
        plan(minutes, keys, counts, breaks, BREAKS + who)


@inlined
def _moved_over(
    stations: Records, number: int, desks: Records, queues: Records, levels: int, guests: Records, rows: Records,
    spells: Records, counts: Integers, now: float,
) -> bool:  # fmt: skip
    """Whether the last of the longest queue of the same line moved over to this station."""
    line = stations[number].line
    if line == NOBODY or desks[number].is_open == 0:
        return False
    here, longest, most = desks[number].waiting + desks[number].busy, NOBODY, 0
    for other in range(len(stations)):
        present = desks[other].waiting + desks[other].busy
        if stations[other].line == line and other != number and desks[other].waiting > 0 and present > most:
            longest, most = other, present
    if longest == NOBODY or most - here < stations[number].jockey:
        return False
    queue = (longest + 1) * levels - 1
    while queues[queue].tail == NOBODY:
        queue -= 1
    who = queues[queue].tail
    guest = guests[who]
    row = rows[guest.row]
    leave_queue(queues[queue], guests, who, desks[longest], counts, stations[longest].in_room)
    add_spell(spells, counts, guest.row, longest, WAITS, guest.since, now)
    guest.since, row.split, row.station = now, 1, number
    queue_up(queues[number * levels + guest.level], guests, who, desks[number], counts, stations[number].in_room)
    return True


@inlined
def _shortest(stations: Records, desks: Records, number: int, outside: int) -> int:
    """Return the station of a line with the fewest customers; the station itself where it stands in no line."""
    if stations[number].line == NOBODY:
        return number
    found = number
    for other in range(len(stations)):
        if stations[other].line != stations[number].line:
            continue
        enters = desks[other].is_open == 1 or (desks[other].on_duty > 0 and outside == 0)
        present = desks[other].waiting + desks[other].busy
        stays = desks[found].is_open == 1 or (desks[found].on_duty > 0 and outside == 0)
        if enters and (not stays or present < desks[found].waiting + desks[found].busy):
            found = other
    return found


@inlined
def _join(
    stations: Records, desks: Records, seats: Records, persons: Records, classes: Records, nodes: Records,
    queues: Records, guests: Records, begun: Integers, rows: Records, spells: Records, minutes: Any, keys: Integers,
    counts: Integers, comers: Records, first: int, visit: int, node: int, outside: int, levels: int, steps: int,
    places: int, now: float,
) -> None:  # fmt: skip
    """Start a row: to a free server, into the queue, or away from a closed door, a full room or a long queue."""
    at, kind, who = nodes[node], classes[comers[visit].kind], visit - first
    number = _shortest(stations, desks, at.station, outside)
    station, desk = stations[number], desks[number]
    row_number = counts[ROWS]
    counts[ROWS] = row_number + 1
    row = rows[row_number]
    row.visit, row.step, row.station, row.server, row.split, row.work = visit, at.step, number, NOBODY, 0, 0.0
    row.arrive, row.call, row.end, row.outcome = now, math.nan, now, _SENT_AWAY
    if desk.is_open == 0 and (outside == 1 or desk.on_duty == 0):
        return
    place = who * steps + at.step
    service, leaving, patience, balking = step_uniforms(
        comers[visit].first_word, comers[visit].second_word, at.step, begun[place]
    )
    begun[place] += 1
    guest = guests[who]
    guest.node, guest.row, guest.level, guest.service, guest.leaving = node, row_number, kind.level, service, leaving
    guest.server, guest.second, guest.since, guest.ends, guest.left = NOBODY, NOBODY, now, -1.0, -1.0
    row.outcome = INSIDE
    server = find_server(station, desk, seats, persons, at.skill)
    if server == NOBODY and kind.preempts == 1:
        server = victim_of(station, desk, seats, persons, guests, kind.level, at.skill)
        if server != NOBODY:
            interrupt(
                station, number, desk, seats, persons, guests, seats[station.server_first + server].guest, queues,
                number * levels, rows, spells, counts, now,
            )  # fmt: skip
    if server != NOBODY:
        call(stations, number, desks, seats, persons, at, guests, who, server, rows, spells, minutes, keys, counts, now)
        return
    patience = variate(at.patience_kind, at.patience_first, at.patience_second, patience)
    if outside == 1:
        if station.in_room == 1 and counts[INSIDE_ROOM] >= places:
            row.outcome = _NO_ROOM
            return
        announced = (desk.waiting + 1) * station.mean_service / max(desk.on_duty, 1)
        if (desk.waiting >= station.balk_from and balking < station.balk_share) or (
            station.announces == 1 and announced > patience
        ):
            row.outcome = _BALKED
            return
    queue_up(queues[number * levels + kind.level], guests, who, desk, counts, station.in_room)
    if now + patience < math.inf:
        plan(minutes, keys, counts, now + patience, IMPATIENT + row_number)
