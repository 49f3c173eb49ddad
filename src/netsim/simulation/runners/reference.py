"""
The reference simulation: one outlet on one day in SimPy, to be read.

Every customer is a process, and so are the arrivals, the failures and the clock that changes the staff. It
is what the compiled kernel has to equal, customer by customer and to the bit. Three rules make this possible:
every event stands at an absolute minute (a delay would lose the last bit); events of one minute happen in
the order of ``Rank``, then of their own number; a server that becomes free serves the queue before the
customer whom it served moves on.

A process of your own may join in (``processes``): it is a generator that is given the ``Outlet``. It may wait
with ``yield outlet.at(minute)`` and act with the methods of the outlet's desks, such as ``staff``.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from heapq import heapify, heappop, heappush
from typing import Any

import numpy as np
import simpy

from netsim.jit import plain
from netsim.model.visits import Outcome
from netsim.simulation.kernel.random import step_uniforms
from netsim.simulation.kernel.tables import DOWN, ROW, as_array
from netsim.simulation.outlet import GONE, NOWHERE, Law, Node, OutletModel, Station
from netsim.simulation.runners.catalogue import RUNNERS, check_classes
from netsim.simulation.samplers import variate
from netsim.simulation.visits import Arrivals, Failures, OutletDays

Steps = Generator[simpy.Event, Any, None]
Process = Callable[["Outlet"], Steps]
"""A process of the user's own."""
NOBODY = -1
"""Server of a row whose customer was never called."""
_AFTER_REPAIRS = 1 << 32
"""Added to the number of a completed service: repairs that end at the same minute come first."""

_variate, _uniforms = plain(variate), plain(step_uniforms)


class Rank(IntEnum):
    """Order of events at the same minute; SimPy's own ranks 0 and 1 stay free for what follows at once."""

    SHIFT = 2
    COMPLETION = 3
    PATIENCE = 4
    BREAKDOWN = 5
    ARRIVAL = 6


class Clock(simpy.Environment):  # type: ignore[misc]
    """A SimPy environment whose events stand at absolute minutes."""

    def at(self, minute: float, rank: int = Rank.ARRIVAL, number: int = 1 << 62) -> simpy.Event:
        """
        Return an event at a minute.

        Parameters
        ----------
        minute
            Absolute, not before now.
        rank
            Order at the same minute.
        number
            Order at the same minute and rank, unique there.
        """
        event = simpy.Event(self)
        event._ok, event._value = True, None  # noqa: SLF001  # as SimPy's own Timeout does: it is certain to happen
        heappush(self._queue, (minute, int(rank), number, event))
        return event


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
    outcome: int = -1
    call: float = math.nan
    spare: int = 0


@dataclass(slots=True)
class Ticket:
    """A place in a queue: the row, and the event by which the customer hears of the call."""

    row: Row
    called: simpy.Event


@dataclass(slots=True)
class Desk:
    """
    A station at work: who waits, which servers are free, busy or down, and the door.

    Parameters
    ----------
    clock
        The day's clock.
    number, station
        Position and record of the station.
    queues
        One queue a priority level.
    free
        A heap of free servers: the lowest number works first.
    busy, down, on_duty
        Servers; more may be busy than on duty just after some went off duty.
    is_open
        The door.
    failing
        Repairs that wait for a server to be free.
    downs
        Repairs so far: (station, server, first and last minute).
    """

    clock: Clock
    number: int
    station: Station
    queues: list[deque[Ticket]]
    free: list[int]
    downs: list[tuple[int, int, float, float]]
    busy: int = 0
    down: int = 0
    on_duty: int = 0
    is_open: bool = False
    failing: deque[float] = field(default_factory=deque)

    @property
    def waiting(self) -> int:
        """Customers in all queues."""
        return sum(map(len, self.queues))

    @property
    def has_free_server(self) -> bool:
        """Whether a server on duty is neither busy nor down."""
        return self.busy + self.down < self.on_duty

    def balks(self, uniform: float) -> bool:
        """Whether a newcomer who would have to wait turns round."""
        rule = self.station.balking
        return rule is not None and self.waiting >= rule.queue and uniform < rule.share

    def staff(self, servers: int) -> None:
        """Put this many servers on duty from now on; who is serving finishes the customer in hand."""
        self.on_duty = servers
        self.call_next()

    def open_door(self, servers: int) -> None:
        """Let customers in."""
        self.is_open = True
        self.staff(servers)

    def close_door(self, servers: int) -> None:
        """Let nobody in; those inside are still served, or sent away where the rule says so or nobody stays."""
        self.is_open = False
        if self.station.end_of_shift != "finish_and_close_queue" or servers == 0:
            servers = 0
            for queue in self.queues:
                for ticket in queue:
                    ticket.row.end, ticket.row.outcome = self.clock.now, int(Outcome.SENT_AWAY)
                    ticket.called.succeed()
                queue.clear()
        self.staff(servers)

    def fail(self, repair: float) -> None:
        """A server fails: the next that is free goes down for ``repair`` minutes."""
        self.failing.append(repair)
        self.call_next()

    def call_next(self) -> None:
        """Give free servers to what failed first, then to the queue."""
        while self.has_free_server:
            if self.failing:
                self.clock.process(self.repair(heappop(self.free), self.failing.popleft()))
                self.down += 1
            elif self.waiting:
                ticket = next(queue for queue in self.queues if queue).popleft()
                self.take(ticket.row)
                ticket.called.succeed()
            else:
                return

    def take(self, row: Row) -> None:
        """A free server takes a customer."""
        self.busy += 1
        row.server, row.call = heappop(self.free), self.clock.now

    def give_back(self, server: int) -> None:
        """A server has finished and turns to the queue."""
        self.busy -= 1
        heappush(self.free, server)
        self.call_next()

    def repair(self, server: int, minutes: float) -> Steps:
        """Process: a server is down for a while."""
        back = self.clock.now + minutes
        self.downs.append((self.number, server, self.clock.now, back))
        yield self.clock.at(back, Rank.COMPLETION, (self.number << 16) + server)
        self.down -= 1
        heappush(self.free, server)
        self.call_next()


class Outlet:
    """
    One outlet on one day.

    Parameters
    ----------
    model
        The outlet.
    arrivals, failures
        Who comes and what fails on the day.
    day
        Which of their days.
    """

    def __init__(self, model: OutletModel, arrivals: Arrivals, failures: Failures, day: int = 0) -> None:
        self.clock = Clock()
        self.rows: list[Row] = []
        self.downs: list[tuple[int, int, float, float]] = []
        levels = sorted({item.priority for item in model.classes if item is not None})
        self.level = {priority: level for level, priority in enumerate(levels)}
        self.classes = model.classes
        self.desks = [self._desk(number, station) for number, station in enumerate(model.stations)]
        self.begun: dict[tuple[int, int], int] = {}
        comers = slice(int(arrivals.first[day]), int(arrivals.first[day + 1]))
        faults = slice(int(failures.first[day]), int(failures.first[day + 1]))
        changes = [
            (change.minute, number, place, change)
            for number, station in enumerate(model.stations)
            if station is not None
            for place, change in enumerate(station.changes)
        ]
        self.clock.process(self.change_staff(sorted(changes)))
        self.clock.process(self.break_down(failures.faults[faults].tolist()))
        self.clock.process(self.let_in(arrivals.comers[comers].tolist(), comers.start))

    def at(self, minute: float) -> simpy.Event:
        """Return an event at an absolute minute, for a process of your own; it comes after all else."""
        return self.clock.at(minute)

    def _desk(self, number: int, station: Station | None) -> Desk:
        station = station or Station(0, (), ())
        queues: list[deque[Ticket]] = [deque() for _ in range(max(len(self.level), 1))]
        free = list(range(station.servers))
        heapify(free)
        return Desk(self.clock, number, station, queues, free, self.downs)

    def change_staff(self, changes: list[tuple[float, int, int, Any]]) -> Steps:
        """Process: servers come and go off duty, doors open and close."""
        for place, (minute, number, _, change) in enumerate(changes):
            yield self.clock.at(minute, Rank.SHIFT, place)
            desk = self.desks[number]
            {"opens": desk.open_door, "stays": desk.staff, "closes": desk.close_door}[change.door](change.servers)

    def break_down(self, faults: list[tuple[float, int, int, float]]) -> Steps:
        """Process: servers fail."""
        for place, (minute, number, _, repair) in enumerate(faults):
            yield self.clock.at(minute, Rank.BREAKDOWN, place)
            self.desks[number].fail(repair)

    def let_in(self, comers: list[tuple[float, int, int, int]], first: int) -> Steps:
        """Process: customers come."""
        for place, (minute, kind, *words) in enumerate(comers):
            yield self.clock.at(minute, Rank.ARRIVAL, place)
            self.clock.process(self.visit(first + place, kind, (words[0], words[1])))

    def visit(self, visit: int, kind: int, words: tuple[int, int]) -> Steps:
        """Process: one customer's way through the outlet."""
        item = self.classes[kind]
        if item is None:
            raise ValueError(f"outlet: a customer comes for class {kind}, which it does not serve")
        node, from_outside = item.nodes[0], True
        while True:
            desk = self.desks[node.station]
            row = self.new_row(visit, node)
            if not (desk.is_open or (desk.on_duty > 0 and not from_outside)):
                row.outcome = int(Outcome.SENT_AWAY)
                return
            service, leaving, patience, balking = self.uniforms(visit, words, node.step)
            if desk.has_free_server:
                desk.take(row)
            elif from_outside and desk.balks(balking):
                row.outcome = int(Outcome.BALKED)
                return
            else:
                yield from self.wait(row, desk, self.level[item.priority], _minutes(node.patience, patience))
                if row.server == NOBODY:
                    return
            ends = self.clock.now + _minutes(node.service, service)
            yield self.clock.at(ends, Rank.COMPLETION, _AFTER_REPAIRS + row.number)
            row.end = self.clock.now
            target = next_of(node, leaving)
            desk_to = None if target < 0 else self.desks[item.nodes[target].station]
            row.outcome = int(_outcome(target, desk, desk_to))
            desk.give_back(row.server)
            if row.outcome != Outcome.GOES_ON:
                return
            node, from_outside = item.nodes[target], False

    def wait(self, row: Row, desk: Desk, level: int, patience: float) -> Steps:
        """Stand in the queue until called, sent away or out of patience."""
        ticket = Ticket(row, self.clock.event())
        desk.queues[level].append(ticket)
        leaves = self.clock.now + patience
        if math.isinf(leaves):
            yield ticket.called
            return
        yield ticket.called | self.clock.at(leaves, Rank.PATIENCE, row.number)
        if not ticket.called.triggered:
            desk.queues[level].remove(ticket)
            row.end, row.outcome = self.clock.now, int(Outcome.ABANDONED)

    def new_row(self, visit: int, node: Node) -> Row:
        """Begin a step."""
        row = Row(len(self.rows), visit, node.step, node.station, self.clock.now, self.clock.now)
        self.rows.append(row)
        return row

    def uniforms(self, visit: int, words: tuple[int, int], step: int) -> tuple[float, float, float, float]:
        """Return the random row of this occurrence of a step: service, exit, patience, balking."""
        occurrence = self.begun.get((visit, step), 0)
        self.begun[visit, step] = occurrence + 1
        return _uniforms(*words, step, occurrence)


def next_of(node: Node, uniform: float) -> int:
    """Return the target of the exit that a uniform picks by cumulative share."""
    upto = 0.0
    for share, target in node.exits[:-1]:
        upto += share
        if uniform < upto:
            return target
    return node.exits[-1][1]


def _outcome(target: int, here: Desk, there: Desk | None) -> Outcome:
    """Return how a step ends whose customer goes on to ``there``."""
    if target == GONE:
        return Outcome.SERVED
    if target == NOWHERE or there is None:
        return Outcome.UNRESOLVED
    inside = there is here  # the door of the own station is behind the customer
    return Outcome.GOES_ON if inside or there.is_open else Outcome.UNRESOLVED


def _minutes(law: Law, uniform: float) -> float:
    return _variate(law.kind, law.first, law.second, uniform)


def simulate_reference(
    model: OutletModel, arrivals: Arrivals, failures: Failures, processes: Sequence[Process] = ()
) -> OutletDays:
    """
    Return what happens at an outlet; see ``catalogue.Runner``.

    Parameters
    ----------
    model
        The outlet.
    arrivals, failures
        Who comes and what fails, day by day.
    processes
        Processes of your own that take part in every day.
    """
    check_classes(model, arrivals)
    rows: list[Row] = []
    downs: list[tuple[int, int, float, float]] = []
    first, down_first = [0], [0]
    for day in range(arrivals.days):
        outlet = Outlet(model, arrivals, failures, day)
        for process in processes:
            outlet.clock.process(process(outlet))
        outlet.clock.run()
        rows += outlet.rows
        downs += outlet.downs
        first.append(len(rows))
        down_first.append(len(downs))
    return OutletDays(as_array(rows, ROW), np.array(first), np.array(downs, dtype=DOWN), np.array(down_first))


RUNNERS.register("reference")(simulate_reference)
