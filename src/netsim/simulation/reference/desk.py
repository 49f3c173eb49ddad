"""A station at work: who waits, who serves, which machines are down, and the door."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

import simpy

from netsim.jit import plain
from netsim.model.visits import Outcome
from netsim.simulation.laws import Law
from netsim.simulation.outlet import Node, Station
from netsim.simulation.reference.clock import Clock, Rank
from netsim.simulation.samplers import variate

NOBODY = -1
"""Server of a row whose customer was never called."""
WAITS, HOLDS = -1, -2
"""Servers of a spell in which a customer waits, or holds a server that cannot go on."""
AFTER_REPAIRS = 1 << 32
REPAIRS = 1 << 31
"""Added to the number of an event: at the same minute outages end first, then repairs, then services."""

_variate = plain(variate)


def minutes_of(law: Law, uniform: float) -> float:
    """Return a variate of a law."""
    return _variate(law.kind, law.first, law.second, uniform)


@dataclass(slots=True)
class Row:
    """A step that a customer began at a station; fields as in ``kernel.tables.ROW``, and its number."""

    number: int
    visit: int
    step: int
    station: int
    arrive: float
    end: float
    server: int = NOBODY
    outcome: int = int(Outcome.SENT_AWAY)
    split: int = 0
    call: float = math.nan
    work: float = 0.0
    onward: int = 0


@dataclass(slots=True, eq=False)
class Ticket:
    """
    A customer at a station, from joining until the step is settled.

    Parameters
    ----------
    row, node, level, uniform
        What is written down, where on the way, the priority level, and the uniform of the service.
    settled
        The event by which the customer's process hears that the step is over.
    server, second
        The server at the desk; desk and server of the second one.
    since, ends, left
        Begin of the wait, service or hold under way; when the service ends (-1: none is under way); service
        still to be given (-1 before the first).
    """

    row: Row
    node: Node
    level: int
    uniform: float
    settled: simpy.Event
    since: float
    server: int = NOBODY
    second: tuple[Desk, int] | None = None
    ends: float = -1.0
    left: float = -1.0

    @property
    def may_be_interrupted(self) -> bool:
        """Whether a service is under way that needs no second server."""
        return self.ends >= 0.0 and self.second is None


@dataclass(slots=True, eq=False)
class Seat:
    """A server: free, or busy with a customer, or down; on duty now, and by the roster."""

    on_duty: bool
    planned: bool = False
    ticket: Ticket | None = None
    is_down: bool = False

    @property
    def is_free(self) -> bool:
        """Neither busy nor down."""
        return self.ticket is None and not self.is_down


@dataclass(slots=True, eq=False)
class Book:
    """What is written down on a day, and who stands in the waiting room."""

    clock: Clock
    rows: list[Row] = field(default_factory=list)
    downs: list[tuple[int, int, float, float]] = field(default_factory=list)
    spells: list[tuple[int, int, int, float, float]] = field(default_factory=list)
    in_room: dict[int, int] = field(default_factory=dict)

    def spell(self, ticket: Ticket, station: int, server: int) -> None:
        """Write down what a customer did since the last change; spells of no length are left out."""
        if self.clock.now > ticket.since:
            self.spells.append((ticket.row.number, station, server, ticket.since, self.clock.now))


class Desk:
    """
    A station at work.

    Parameters
    ----------
    book
        Where all desks write.
    number, station
        Position and record of the station.
    levels
        Priority levels: one queue each.
    """

    def __init__(self, book: Book, number: int, station: Station, levels: int) -> None:
        self.book, self.clock, self.number, self.station = book, book.clock, number, station
        self.queues: list[deque[Ticket]] = [deque() for _ in range(levels)]
        self.seats = [Seat(on_duty=not station.persons) for _ in range(station.servers)]
        self.on_duty = self.stopped = 0
        self.is_open = False
        self.failing: deque[float | simpy.Event] = deque()  # minutes of a repair, or the event that tells a machine
        self.holding: deque[tuple[Desk, Ticket]] = deque()  # customers with a server elsewhere who need one here
        self.line: list[Desk] = [self]

    @property
    def waiting(self) -> int:
        """Customers in all queues."""
        return sum(map(len, self.queues))

    @property
    def busy(self) -> int:
        """Servers with a customer; some may have gone off duty."""
        return sum(seat.ticket is not None for seat in self.seats)

    @property
    def present(self) -> int:
        """Customers waiting and being served."""
        return self.waiting + self.busy

    def free_server(self, skill: int = 0) -> int:
        """Return the free server on duty with the lowest number who has the skill, ``NOBODY`` if there is none."""
        if self.stopped:
            return NOBODY
        if not self.station.persons and sum(not seat.is_free for seat in self.seats) >= self.on_duty:
            return NOBODY
        fit = (
            number
            for number, seat in enumerate(self.seats)
            if seat.is_free and seat.on_duty and self.skills_of(number) & skill == skill
        )
        return next(fit, NOBODY)

    def skills_of(self, server: int) -> int:
        """Return the skills of a server; those who are only counted can do everything."""
        return self.station.persons[server].skills if self.station.persons else -1

    def speed_of(self, server: int) -> float:
        """Return the speed of a server."""
        return self.station.persons[server].speed if self.station.persons else 1.0

    def victim_of(self, level: int, skill: int) -> int:
        """Return the server whose customer one of this level displaces: the lowest priority, the latest, the last."""
        counted = not self.station.persons
        if self.stopped or (counted and sum(not seat.is_free for seat in self.seats) > self.on_duty):
            return NOBODY
        found = [
            (seat.ticket.level, seat.ticket.since, number)
            for number, seat in enumerate(self.seats)
            if seat.ticket is not None
            and seat.on_duty
            and self.skills_of(number) & skill == skill
            and seat.ticket.may_be_interrupted
            and seat.ticket.level > level
        ]
        return max(found)[2] if found else NOBODY

    def queue_up(self, ticket: Ticket, *, first: bool = False) -> None:
        """Put a customer at the end of the queue, or one who was interrupted at its head."""
        queue = self.queues[ticket.level]
        if first:
            queue.appendleft(ticket)
        else:
            queue.append(ticket)
        self._in_room(1)

    def take_out(self, ticket: Ticket) -> None:
        """Take a customer out of the queue."""
        self.queues[ticket.level].remove(ticket)
        self._in_room(-1)

    def _in_room(self, change: int) -> None:
        """People come into the waiting room, or go."""
        if self.station.in_room:
            hall = self.station.hall
            self.book.in_room[hall] = self.book.in_room.get(hall, 0) + change

    def leave(self, ticket: Ticket, outcome: Outcome) -> None:
        """A waiting customer goes without (further) service."""
        self.take_out(ticket)
        if ticket.row.split:
            self.book.spell(ticket, self.number, WAITS)
        ticket.row.end, ticket.row.outcome = self.clock.now, int(outcome)
        ticket.settled.succeed()

    def call(self, ticket: Ticket, server: int) -> None:
        """A free server takes a customer; where a second one is needed and none is free, both wait for it."""
        row = ticket.row
        self.seats[server].ticket = ticket
        if row.split:
            self.book.spell(ticket, self.number, WAITS)
        if row.server == NOBODY:
            row.call = self.clock.now
        row.server = ticket.server = server
        other = None if ticket.node.also is None else self.others[ticket.node.also]
        if other is None:
            self.begin(ticket)
            return
        second = other.free_server()
        if second != NOBODY:
            other.seats[second].ticket = ticket
            ticket.second = (other, second)
            self.begin(ticket)
            return
        self.split(ticket)
        ticket.since = self.clock.now
        other.holding.append((self, ticket))

    others: list[Desk]

    def split(self, ticket: Ticket) -> None:
        """From now on the spells of a row tell what happened when."""
        row = ticket.row
        if not row.split:
            row.split = 1
            until = self.clock.now if math.isnan(row.call) else row.call
            if until > row.arrive:
                self.book.spells.append((row.number, self.number, WAITS, row.arrive, until))

    def begin(self, ticket: Ticket) -> None:
        """The service begins, or goes on where it was interrupted."""
        if ticket.left < 0.0:
            ticket.left = minutes_of(ticket.node.service, ticket.uniform)
        ticket.since = self.clock.now
        speed = self.speed_of(ticket.server)
        ticket.ends = ends = self.clock.now + (ticket.left / speed if self.station.persons else ticket.left)
        event = self.clock.at(ends, Rank.COMPLETION, AFTER_REPAIRS + ticket.row.number)
        event.callbacks.append(lambda _: self.complete(ticket, ends))

    def complete(self, ticket: Ticket, ends: float) -> None:
        """A service ends, unless it was interrupted meanwhile: the servers turn to the queue."""
        row = ticket.row
        if ticket.ends != ends or ticket.settled.triggered or row.station != self.number:
            return  # interrupted, and perhaps served on elsewhere until the same minute
        row.end, ticket.ends = self.clock.now, -1.0
        row.work += self.clock.now - ticket.since
        if row.split:
            self.book.spell(ticket, self.number, ticket.server)
        self.seats[ticket.server].ticket = None
        calling = [self]
        if ticket.second is not None:
            other, server = ticket.second
            self.book.spell(ticket, other.number, server)
            other.seats[server].ticket = None
            calling.insert(0, other)  # who holds a server elsewhere comes first
        for desk in calling:
            desk.call_next()
        ticket.settled.succeed()

    def stop(self, ticket: Ticket) -> None:
        """The service under way stops; what is left of it is kept."""
        self.split(ticket)
        speed = self.speed_of(ticket.server)
        ticket.left = max(ticket.ends - self.clock.now, 0.0) * speed
        ticket.ends = -1.0
        ticket.row.work += self.clock.now - ticket.since
        self.book.spell(ticket, self.number, ticket.server)
        if ticket.second is not None:
            self.book.spell(ticket, ticket.second[0].number, ticket.second[1])
        ticket.since = self.clock.now

    def interrupt(self, server: int) -> None:
        """The customer of a server goes back to the head of the queue, and the server is free."""
        ticket = self.seats[server].ticket
        if ticket is not None:
            self.stop(ticket)
            self.seats[server].ticket, ticket.server = None, NOBODY
            self.queue_up(ticket, first=True)

    def repair(self, server: int, minutes: float) -> None:
        """A server is down for a while."""
        self.seats[server].is_down = True
        back = self.clock.now + minutes
        self.book.downs.append((self.number, server, self.clock.now, back))
        event = self.clock.at(back, Rank.COMPLETION, REPAIRS + (self.number << 16) + server)
        event.callbacks.append(lambda _: self.repaired(server))

    def repaired(self, server: int) -> None:
        """A server is in order again."""
        self.seats[server].is_down = False
        self.call_next()

    def call_next(self) -> None:
        """Give free servers to what failed first, to who holds a server elsewhere, then to the queue."""
        while True:
            if self.failing or self.holding:
                server = self.free_server()
                if server == NOBODY:
                    return
                self._serve_first(server)
                continue
            ticket = self._next_in_line()
            if ticket is not None:
                self.take_out(ticket)
                self.call(ticket, self.free_server(ticket.node.skill))
            elif not self._moved_over():
                return

    def _serve_first(self, server: int) -> None:
        if self.failing:
            item = self.failing.popleft()
            if isinstance(item, float):
                self.repair(server, item)
            else:  # a machine: it hears which server is down, and looks for a technician
                self.seats[server].is_down = True
                item.succeed(server)
            return
        own, ticket = self.holding.popleft()
        self.seats[server].ticket, ticket.second = ticket, (self, server)
        if not own.stopped:  # else the service begins when the system is back
            self.book.spell(ticket, own.number, HOLDS)
            own.begin(ticket)

    def _next_in_line(self) -> Ticket | None:
        """Return the first customer by level and order of joining for whom a server is free."""
        return next((t for queue in self.queues for t in queue if self.free_server(t.node.skill) != NOBODY), None)

    def _moved_over(self) -> bool:
        """Whether the last of the longest queue of the same line moved over to this desk."""
        if self.station.line is None or not self.is_open:
            return False
        queues = [desk for desk in self.line if desk is not self and desk.waiting]
        longest = max(queues, key=lambda desk: (desk.present, -desk.number), default=None)
        if longest is None or longest.present - self.present < self.station.jockey:
            return False
        ticket = next(queue for queue in reversed(longest.queues) if queue)[-1]
        longest.take_out(ticket)
        self.book.spell(ticket, longest.number, WAITS)
        ticket.since, ticket.row.split, ticket.row.station = self.clock.now, 1, self.number
        self.queue_up(ticket)
        return True
