"""One outlet on one day: its processes."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from typing import Any

import simpy

from netsim.jit import plain
from netsim.model.visits import Outcome
from netsim.simulation.kernel.build import changes_of
from netsim.simulation.kernel.day import SYSTEM
from netsim.simulation.kernel.machines import MACHINE
from netsim.simulation.kernel.random import UNIT, block, step_extras, step_uniforms
from netsim.simulation.laws import NO_DELAY
from netsim.simulation.outlet import GONE, NOWHERE, CustomerClass, Exit, Node, OutletModel, Station, Upkeep
from netsim.simulation.reference.clock import Clock, Rank
from netsim.simulation.reference.desk import NOBODY, Book, Desk, Row, Ticket, minutes_of
from netsim.simulation.reference.staff import change, freeze, thaw
from netsim.simulation.samplers import residual
from netsim.simulation.visits import Arrivals, Failures

Steps = Generator[simpy.Event, Any, None]
Process = Callable[["Outlet"], Steps]
"""A process of the user's own: a generator that is given the outlet."""
_AFTER_CUSTOMERS = 1 << 32
"""Added to the number of a machine that fails: customers on their way come first at the same minute."""

_block, _uniforms, _extras, _residual = plain(block), plain(step_uniforms), plain(step_extras), plain(residual)


class Outlet:
    """
    One outlet on one day.

    Parameters
    ----------
    model
        The outlet.
    arrivals, failures
        Who comes and what fails, day by day.
    day
        Which of their days.
    """

    def __init__(self, model: OutletModel, arrivals: Arrivals, failures: Failures, day: int = 0) -> None:
        self.clock = Clock()
        self.book = Book(self.clock)
        self.model, self.classes = model, model.classes
        levels = sorted({item.priority for item in model.classes if item is not None})
        self.level = {priority: level for level, priority in enumerate(levels)}
        stations = [station or Station(0, (), ()) for station in model.stations]
        self.desks = [Desk(self.book, number, item, max(len(levels), 1)) for number, item in enumerate(stations)]
        for desk in self.desks:
            desk.others = self.desks
            same = [other for other in self.desks if other.station.line == desk.station.line]
            desk.line = [desk] if desk.station.line is None else same
        self.begun: dict[tuple[int, int], int] = {}
        self.first = int(arrivals.first[day])
        comers = arrivals.comers[self.first : int(arrivals.first[day + 1])].tolist()
        faults = failures.faults[int(failures.first[day]) : int(failures.first[day + 1])].tolist()
        self.out_of_order: dict[int, tuple[int, int, float]] = {}
        self.clock.process(self.change_staff([(item[0], item[1], item[4], item[5]) for item in changes_of(stations)]))
        self.clock.process(self.break_down(faults))
        self.clock.process(self.let_in(comers))

    def at(self, minute: float) -> simpy.Event:
        """Return an event at an absolute minute, for a process of your own; it comes after all else."""
        return self.clock.at(minute)

    def staff(self, station: int, servers: int) -> None:
        """Put this many counted servers on duty at a station from now on, for a process of your own."""
        desk = self.desks[station]
        desk.on_duty = servers
        desk.call_next()

    def run(self) -> None:
        """Run the day to its end."""
        self.clock.run()
        for number, server, since in dict(
            sorted(self.out_of_order.items())
        ).values():  # machines that nobody mends any more today
            windows = self.desks[number].station.windows
            self.book.downs.append((number, server, since, max(windows[-1][1], since) if windows else since))

    def change_staff(self, changes: list[tuple[float, int, int, int]]) -> Steps:
        """Process: servers come and go off duty, doors open and close."""
        for place, (minute, number, what, servers) in enumerate(changes):
            yield self.clock.at(minute, Rank.SHIFT, place)
            change(self.desks[number], what, servers)
            following = changes[place + 1][:2] if place + 1 < len(changes) else None
            if following != (minute, number):  # the whole shift changes before anybody is called
                self.desks[number].call_next()

    def break_down(self, faults: list[tuple[float, int, int, float]]) -> Steps:
        """Process: servers fail, or the whole system."""
        for place, (minute, number, _, repair) in enumerate(faults):
            yield self.clock.at(minute, Rank.BREAKDOWN, place)
            if number == SYSTEM:
                freeze(self.desks)
                back = self.clock.at(self.clock.now + repair, Rank.COMPLETION, place)
                back.callbacks.append(lambda _: thaw(self.desks))
            else:
                self.desks[number].failing.append(repair)
                self.desks[number].call_next()

    def let_in(self, comers: list[tuple[float, int, int, int]]) -> Steps:
        """Process: customers come; machines, who never do, are started."""
        for place, (minute, kind, *words) in enumerate(comers):
            if math.isinf(minute):
                self.clock.process(self.machine(place, kind, (words[0], words[1])))
        for place, (minute, kind, *words) in enumerate(comers):
            if math.isinf(minute):
                return
            yield self.clock.at(minute, Rank.ARRIVAL, place)
            self.clock.process(self.visit(place, kind, (words[0], words[1])))

    def visit(self, who: int, kind: int, words: tuple[int, int]) -> Steps:
        """Process: one customer comes in and goes the way of the class."""
        item = self.classes[kind]
        if item is None:
            raise ValueError(f"outlet: a customer comes for class {kind}, which it does not serve")
        yield from self.way(who, item, words, from_outside=True)

    def way(self, who: int, item: CustomerClass, words: tuple[int, int], *, from_outside: bool) -> Steps:
        """Go through the steps of a class; the value of the generator tells whether the last one was served."""
        node, tries = item.nodes[item.start], 0
        while True:
            row, ticket, leaving = self.join(who, item, node, words, from_outside=from_outside)
            if ticket is not None:
                yield ticket.settled
            if row.outcome != _INSIDE:
                elsewhere = self._elsewhere(who, item, node, words) if tries < self.model.tries else None
                if elsewhere is None:
                    return False  # type: ignore[return-value]
                exit_, minute = elsewhere
                tries, row.onward = tries + 1, 1
                yield self.clock.at(minute, Rank.TRANSFER, 2 * who + exit_.outside)
                node, from_outside = item.nodes[exit_.to], exit_.outside
                continue
            exit_ = way_out(node, leaving)
            row.outcome = int(self._outcome(exit_, item, row.station))
            if row.outcome not in {Outcome.GOES_ON, Outcome.RETURNS}:
                return row.outcome == Outcome.SERVED  # type: ignore[return-value]
            delay = 0.0
            if exit_.delay != NO_DELAY:
                begun = self.begun[who, node.step] - 1
                delay = minutes_of(exit_.delay, _extras(*words, node.step, begun)[0])
            comes = self.clock.now + delay
            if exit_.outside:
                comes = self._opening_from(item.nodes[exit_.to].station, comes)
            if math.isinf(comes):
                row.outcome = int(Outcome.UNRESOLVED)
                return False  # type: ignore[return-value]
            if comes > self.clock.now:
                yield self.clock.at(comes, Rank.TRANSFER, 2 * who + exit_.outside)
            node, from_outside = item.nodes[exit_.to], exit_.outside

    def _opening_from(self, station: int, minute: float) -> float:
        """Return the first minute from one on at which a station is open by its hours; inf if closed for the day."""
        windows = self.desks[station].station.windows
        return next((max(minute, opens) for opens, closes in windows if minute < closes), math.inf)

    def join(
        self, who: int, item: CustomerClass, node: Node, words: tuple[int, int], *, from_outside: bool
    ) -> tuple[Row, Ticket | None, float]:
        """
        Begin a step: at a free server, in the queue, or turned away by a closed door, a full room or a long queue.

        Returns
        -------
        tuple
            The row, the ticket (None for those turned away), and the uniform of the exit.
        """
        now, desk = self.clock.now, self._shortest(node.station, from_outside=from_outside)
        row = Row(len(self.book.rows), self.first + who, node.step, desk.number, now, now)
        self.book.rows.append(row)
        begun = self.begun.get((who, node.step), 0)
        if not enters(desk, from_outside=from_outside):
            if node.leaves:  # only then the attempt counts: it draws where the customer goes
                self.begun[who, node.step] = begun + 1
            return row, None, 0.0
        self.begun[who, node.step] = begun + 1
        service, leaving, patience, balking = _uniforms(*words, node.step, begun)
        row.outcome = _INSIDE
        ticket = Ticket(row, node, self.level[item.priority], service, self.clock.event(), now)
        server = desk.free_server(node.skill)
        if server == NOBODY and item.preempts:
            server = desk.victim_of(ticket.level, node.skill)
            if server != NOBODY:
                desk.interrupt(server)
        if server != NOBODY:
            desk.call(ticket, server)
            return row, ticket, leaving
        endures = minutes_of(node.patience, patience)
        if from_outside:
            turned = self._turned_away(desk, endures, balking)
            if turned is not None:
                row.outcome = int(turned)
                return row, None, 0.0
        desk.queue_up(ticket)
        if math.isfinite(now + endures):
            event = self.clock.at(now + endures, Rank.PATIENCE, row.number)
            event.callbacks.append(lambda _: self._lose_patience(ticket))
        return row, ticket, leaving

    def _elsewhere(
        self, who: int, item: CustomerClass, node: Node, words: tuple[int, int]
    ) -> tuple[Exit, float] | None:
        """Return where a customer goes who left without being served, and when; None for home."""
        if not node.leaves:
            return None
        _, uniform, other, _ = _extras(*words, node.step, self.begun[who, node.step] - 1)
        upto, ways = 0.0, node.elsewhere
        for number, exit_ in enumerate(ways, 1):
            upto += exit_.share
            if uniform < upto or (node.all_leave and number == len(ways)):
                minute = self.clock.now + minutes_of(exit_.delay, other)
                if exit_.outside:
                    minute = self._opening_from(item.nodes[exit_.to].station, minute)
                return None if math.isinf(minute) else (exit_, minute)
        return None

    def _turned_away(self, desk: Desk, endures: float, uniform: float) -> Outcome | None:
        """Return why a newcomer who would have to wait does not stay, or None."""
        station, room = desk.station, self.model.halls[desk.station.hall]
        if station.in_room and room is not None and self.book.in_room.get(station.hall, 0) >= room:
            return Outcome.NO_ROOM
        if station.balking is not None and desk.waiting >= station.balking.queue and uniform < station.balking.share:
            return Outcome.BALKED
        announced = (desk.waiting + 1) * self._mean_service(desk.number) / max(desk.on_duty, 1)
        return Outcome.BALKED if station.announces and announced > endures else None

    def _mean_service(self, station: int) -> float:
        nodes = [node for item in self.classes if item is not None for node in item.nodes if node.station == station]
        return sum(node.service.mean for node in nodes) / len(nodes) if nodes else 0.0

    def _lose_patience(self, ticket: Ticket) -> None:
        """Who has waited too long leaves; who was called or sent away meanwhile does not."""
        if ticket.row.server == NOBODY and not ticket.settled.triggered:
            self.desks[ticket.row.station].leave(ticket, Outcome.ABANDONED)

    def _shortest(self, number: int, *, from_outside: bool) -> Desk:
        """Return the desk of a line with the fewest customers."""

        def rank(desk: Desk) -> tuple[int, int, bool, int]:
            closed = 0 if desk.is_open else 1 if enters(desk, from_outside=from_outside) else 2
            return closed, desk.present, desk.number != number, desk.number

        return min(self.desks[number].line, key=rank)

    def _outcome(self, exit_: Exit, item: CustomerClass, here: int) -> Outcome:
        """Return how a step ends whose customer goes this way."""
        if exit_.to == GONE:
            return Outcome.SERVED
        if exit_.to == NOWHERE:
            return Outcome.UNRESOLVED
        if exit_.outside:
            return Outcome.RETURNS
        to = self._shortest(item.nodes[exit_.to].station, from_outside=False)
        inside = to.number == here  # the door of the own station is behind the customer
        return Outcome.GOES_ON if inside or to.is_open else Outcome.UNRESOLVED

    def machine(self, who: int, kind: int, words: tuple[int, int]) -> Steps:
        """Process: a machine fails or is due for service, goes down, and is in order again after a technician came."""
        desk, upkeep = next(
            (desk, desk.station.upkeep)
            for desk in self.desks
            if desk.station.upkeep is not None and desk.station.upkeep.repair == kind
        )
        failures = 0
        while True:
            breaks, due = self._next_failure(desk, upkeep, words, failures)
            if math.isinf(breaks):
                return
            yield self.clock.at(breaks, Rank.TRANSFER, _AFTER_CUSTOMERS + who)
            goes_down = self.clock.event()
            desk.failing.append(goes_down)
            desk.call_next()
            server = yield goes_down
            self.out_of_order[who] = (desk.number, server, self.clock.now)
            position = upkeep.service if due and upkeep.service is not None else upkeep.repair
            item = self.classes[position]
            mended = yield from self.way(who, item, words, from_outside=False)  # type: ignore[func-returns-value, arg-type]
            if not mended:
                return
            _, _, since = self.out_of_order.pop(who)
            self.book.downs.append((desk.number, server, since, self.clock.now))
            failures += 1
            desk.repaired(server)

    def _next_failure(self, desk: Desk, upkeep: Upkeep, words: tuple[int, int], failures: int) -> tuple[float, bool]:
        """Return when a machine breaks next, and whether it is due for service then."""
        draws = [(item >> 11) * UNIT for item in _block(*words, failures, 0, 0, MACHINE)[:2]]
        new = failures > 0 or not upkeep.aged or math.isinf(upkeep.interval)
        age = 0.0 if new else draws[1] * upkeep.interval
        law, left = upkeep.uptime, upkeep.interval - age
        passed = _residual(law.kind, law.first, law.second, draws[0], age)
        due = passed > left
        passed, minute = min(passed, left), self.clock.now
        for opening, closing in desk.station.windows:
            start = max(minute, opening)
            if start < closing:
                if start + passed < closing:
                    return start + passed, due
                passed -= closing - start
        return math.inf, due


_INSIDE = -1


def enters(desk: Desk, *, from_outside: bool) -> bool:
    """Whether the door is open, or the customer is inside already and somebody is on duty."""
    return desk.is_open or (desk.on_duty > 0 and not from_outside)


def way_out(node: Node, uniform: float) -> Exit:
    """Return the exit that a uniform picks by cumulative share."""
    upto = 0.0
    for exit_ in node.ways[:-1]:
        upto += exit_.share
        if uniform < upto:
            return exit_
    return node.ways[-1]
