"""Servers come and go, doors open and close, the system stands still: what happens to those inside."""

from __future__ import annotations

import math
from typing import Any

from netsim.jit import at, inlined
from netsim.simulation.kernel.desk import BUSY, HOLDS, NOBODY, add_spell, find_server, release, take
from netsim.simulation.kernel.outcomes import SENT_AWAY
from netsim.simulation.kernel.service import begin, go_elsewhere, interrupt, leave_desk, stop
from netsim.simulation.kernel.tables import Integers, Numbers, Records

FINISH, CLOSE_QUEUE, HANDOVER, PREEMPT = 0, 1, 2, 3
"""End-of-shift rules."""
CLOSES, STAYS, OPENS, COMES, GOES = -1, 0, 1, 2, 3
"""What a change is: the door, the number of servers, or one person."""


@inlined
def change_staff(
    change: Any,
    station: Any,
    number: int,
    desk: Any,
    seats: Records,
    persons: Records,
    nodes: Records,
    guests: Records,
    queues: Records,
    levels: int,
    rows: Records,
    spells: Records,
    minutes: Numbers,
    keys: Integers,
    counts: Integers,
    queued: Integers,
    desks: Records,
    stations: Records,
    windows: Records,
    exits: Records,
    comers: Records,
    begun: Integers,
    steps: int,
    tries: int,
) -> None:
    """Servers come or go off duty; the door may open or close."""
    now = change.minute
    if change.what == COMES:
        seat = seats[at(station.server_first + change.servers)]
        seat.planned = 1
        if seat.on_duty == 0:
            seat.on_duty = 1
            desk.on_duty += 1
    elif change.what == GOES:
        seat = seats[at(station.server_first + change.servers)]
        seat.planned = 0
        if seat.on_duty == 1 and (desk.is_open == 1 or station.rule != CLOSE_QUEUE):
            _go_off(
                station, number, desk, seats, persons, nodes, guests, queues, levels, rows, spells, minutes, keys,
                counts, queued, change.servers, now,
            )  # fmt: skip
    elif change.what == CLOSES:
        desk.is_open = 0
        stays = desk.on_duty if station.named == 1 else change.servers
        if station.rule != CLOSE_QUEUE or stays == 0:
            _all_go_off(
                station, number, desk, seats, persons, guests, queues, levels, rows, spells, counts, queued, now
            )
            for queue in range(number * levels, (number + 1) * levels):
                while queues[at(queue)].head != NOBODY:
                    who = queues[at(queue)].head
                    leave_desk(
                        station, number, desks, guests, who, queues, levels, rows, spells, counts, queued, SENT_AWAY,
                        now,
                    )  # fmt: skip
                    guest = guests[at(who)]
                    row = rows[at(guest.row)]
                    go_elsewhere(
                        stations, windows, nodes, nodes[at(guest.node)], exits, comers[at(row.visit)], guest, row,
                        begun[at(who * steps + row.step)], who, tries, minutes, keys, counts, now,
                    )  # fmt: skip
        elif station.named == 0:
            desk.on_duty = change.servers
    else:
        if change.what == OPENS:
            desk.is_open = 1
        if station.named == 0:
            desk.on_duty = change.servers
            _drop(station, number, desk, seats, persons, guests, queues, levels, rows, spells, counts, queued, now)
        else:
            desk.on_duty = 0
            for server in range(station.servers):
                seat = seats[at(station.server_first + server)]
                seat.on_duty = seat.planned
                desk.on_duty += seat.planned


@inlined
def _drop(
    station: Any, number: int, desk: Any, seats: Records, persons: Records, guests: Records, queues: Records,
    levels: int, rows: Records, spells: Records, counts: Integers, queued: Integers, now: float,
) -> None:  # fmt: skip
    """Under ``preempt_resume`` nobody serves beyond the number on duty: the highest numbers leave first."""
    if station.rule != PREEMPT:
        return
    server = station.servers - 1
    while server >= 0 and desk.busy + desk.down > desk.on_duty:
        seat = seats[at(station.server_first + server)]
        if seat.state == BUSY and guests[at(seat.guest)].ends >= 0.0 and guests[at(seat.guest)].second == NOBODY:
            interrupt(
                station, number, desk, seats, persons, guests, seat.guest, queues, number * levels, rows, spells,
                counts, queued, now,
            )  # fmt: skip
        server -= 1


@inlined
def _all_go_off(
    station: Any, number: int, desk: Any, seats: Records, persons: Records, guests: Records, queues: Records,
    levels: int, rows: Records, spells: Records, counts: Integers, queued: Integers, now: float,
) -> None:  # fmt: skip
    """Nobody is on duty any more; who serves finishes, or under ``preempt_resume`` leaves at once."""
    desk.on_duty = 0
    _drop(station, number, desk, seats, persons, guests, queues, levels, rows, spells, counts, queued, now)
    if station.named == 1:
        for server in range(station.servers):
            seats[at(station.server_first + server)].on_duty = 0


@inlined
def _go_off(
    station: Any, number: int, desk: Any, seats: Records, persons: Records, nodes: Records, guests: Records,
    queues: Records, levels: int, rows: Records, spells: Records, minutes: Numbers, keys: Integers, counts: Integers,
    queued: Integers, server: int, now: float,
) -> None:  # fmt: skip
    """One person goes off duty: finishes the customer in hand, hands over, or leaves at once."""
    seat = seats[at(station.server_first + server)]
    seat.on_duty = 0
    desk.on_duty -= 1
    if seat.state != BUSY or guests[at(seat.guest)].ends < 0.0 or guests[at(seat.guest)].second != NOBODY:
        return
    who = seat.guest
    if station.rule == PREEMPT:
        interrupt(
            station,
            number,
            desk,
            seats,
            persons,
            guests,
            who,
            queues,
            number * levels,
            rows,
            spells,
            counts,
            queued,
            now,
        )
    elif station.rule == HANDOVER:
        guest = guests[at(who)]
        other = find_server(station, desk, seats, persons, nodes[at(guest.node)].skill)
        if other != NOBODY:
            stop(station, number, persons, NOBODY, guest, rows[at(guest.row)], spells, counts, now)
            release(station, desk, seats, server)
            take(station, desk, seats, other, BUSY, who)
            rows[at(guest.row)].server = guest.server = other
            begin(station, persons, nodes[at(guest.node)], guest, minutes, keys, counts, now)


@inlined
def freeze(
    stations: Records, desks: Records, seats: Records, persons: Records, nodes: Records, guests: Records,
    rows: Records, spells: Records, counts: Integers, now: float,
) -> None:  # fmt: skip
    """The system goes down: services that need it stand still, nobody is called."""
    for number in range(len(stations)):
        station = stations[at(number)]
        if station.on_system == 0:
            continue
        desks[at(number)].stopped += 1
        for server in range(station.servers):
            seat = seats[at(station.server_first + server)]
            if seat.state == BUSY:
                guest = guests[at(seat.guest)]
                if guest.ends >= 0.0 and rows[at(guest.row)].station == number:
                    also = nodes[at(guest.node)].also
                    stop(station, number, persons, also, guest, rows[at(guest.row)], spells, counts, now)


@inlined
def thaw(
    stations: Records, desks: Records, seats: Records, persons: Records, nodes: Records, guests: Records,
    rows: Records, spells: Records, minutes: Numbers, keys: Integers, counts: Integers, now: float,
) -> None:  # fmt: skip
    """The system is back: services go on where they stood still."""
    for number in range(len(stations)):
        station = stations[at(number)]
        if station.on_system == 0:
            continue
        desks[at(number)].stopped -= 1
        if desks[at(number)].stopped > 0:
            continue
        for server in range(station.servers):
            seat = seats[at(station.server_first + server)]
            if seat.state != BUSY:
                continue
            guest = guests[at(seat.guest)]
            node = nodes[at(guest.node)]
            holds = node.also != NOBODY and guest.second == NOBODY
            if guest.ends < 0.0 and not holds and rows[at(guest.row)].station == number:
                add_spell(spells, counts, guest.row, number, HOLDS, guest.since, now)
                begin(station, persons, node, guest, minutes, keys, counts, now)


@inlined
def after_open_minutes(station: Any, windows: Records, minute: float, passed: float) -> float:
    """Return the minute at which ``passed`` open minutes have gone by since ``minute``; inf if the day ends first."""
    for number in range(station.window_first, station.window_first + station.windows):
        closing = windows[at(number)].closes
        start: float = max(minute, windows[at(number)].opens)
        if start >= closing:
            continue
        if start + passed < closing:
            return start + passed
        passed -= closing - start
    return math.inf
