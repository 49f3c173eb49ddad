"""
The reference simulation: one outlet on one day in SimPy.

It is the runner that a reader can follow and that faster ones have to equal. Three rules make this
possible: every event stands at an absolute minute (a delay would lose the last bit); events of one
minute happen in the order of ``Rank``, then of their own number; a server is released before the
customer moves on, and serves the queue before the mover joins one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from heapq import heappop, heappush
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from netsim.model.visits import Outcome
from netsim.simulation.breakdowns import Failure
from netsim.simulation.outlet import COUNTER, NO_LANE, Change, LaneModel, OutletModel, StepModel
from netsim.simulation.samplers import exponential, lognormal
from netsim.simulation.streams import Words, service_row, service_rows

INSIDE = -1
"""Outcome of a row whose customer is still waiting or being served."""
NOBODY = -1
"""Server of a row whose customer was never called."""
_NAN = float("nan")


class Rank(IntEnum):
    """Order of events at the same minute; SimPy's own ranks 0 and 1 stay free for a user's processes."""

    SHIFT = 2
    COMPLETION = 3
    PATIENCE = 4
    BREAKDOWN = 5
    ARRIVAL = 6


# Plain numbers: looking up a member of an enumeration costs more than the event itself.
_SHIFT, _COMPLETION, _PATIENCE, _BREAKDOWN, _ARRIVAL = (int(rank) for rank in Rank)
_SERVED, _ABANDONED, _UNRESOLVED = int(Outcome.SERVED), int(Outcome.ABANDONED), int(Outcome.UNRESOLVED)
_SENT_AWAY, _GOES_ON = int(Outcome.SENT_AWAY), int(Outcome.GOES_ON)


class Moment(simpy.Event):  # type: ignore[misc]
    """Something that is certain to happen; set up here for speed, as SimPy's own Timeout is."""

    def __init__(self, action: Callable[[Moment], None], what: Any) -> None:  # noqa: ANN401
        self.callbacks = (action,)
        self.what = what
        self._value = None
        self._ok = True


class Clock(simpy.Environment):  # type: ignore[misc]
    """A SimPy environment whose events stand at absolute minutes."""

    def plan(self, minute: float, rank: int, number: int, moment: Moment) -> None:
        """Put a moment on the agenda; ``number`` breaks ties and is unique for its minute and rank."""
        heappush(self._queue, (minute, rank, number, moment))


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """
    Customers who come to one outlet on one day, in order of time.

    Parameters
    ----------
    minute
        Minute of the service day, shape ``(n,)``, never decreasing.
    task
        Position of the task among the outlet's routes, shape ``(n,)``.
    stream
        The customers' own words, shape ``(n, 2)``.
    rows
        Uniforms of the first step as ``streams.service_rows`` gives them, shape ``(n, 4)``.
    """

    minute: NDArray[np.float64]
    task: NDArray[np.int64]
    stream: Words
    rows: NDArray[np.float64]


def arrivals(minute: NDArray[np.float64], task: NDArray[np.int64], stream: Words) -> Arrivals:
    """Return arrivals with the uniforms of their first step; arguments as in ``Arrivals``."""
    return Arrivals(minute, task, stream, service_rows(stream))


@dataclass(slots=True)
class VisitRows:
    """
    What happened, one entry a step that a customer began at a lane, in order of joining.

    Columns are lists: position of the customer among the arrivals, step, lane, server (-1 for none),
    minutes of joining, call (NaN for never) and end, outcome.
    """

    visit: list[int] = field(default_factory=list)
    step: list[int] = field(default_factory=list)
    lane: list[int] = field(default_factory=list)
    server: list[int] = field(default_factory=list)
    arrive: list[float] = field(default_factory=list)
    call: list[float] = field(default_factory=list)
    end: list[float] = field(default_factory=list)
    outcome: list[int] = field(default_factory=list)

    def extend(self, more: VisitRows, *, offset: int) -> None:
        """Append the rows of another outlet-day, whose customers are counted from ``offset``."""
        self.visit += [visit + offset for visit in more.visit]
        self.step += more.step
        self.lane += more.lane
        self.server += more.server
        self.arrive += more.arrive
        self.call += more.call
        self.end += more.end
        self.outcome += more.outcome


def simulate_outlet(model: OutletModel, customers: Arrivals, failures: Sequence[Failure] = ()) -> VisitRows:
    """
    Return what happens to the customers of one outlet on one day.

    Parameters
    ----------
    model
        The outlet.
    customers
        Who comes and when.
    failures
        Failures of the servers as ``breakdowns.failures_of`` gives them.

    Raises
    ------
    ValueError
        If a customer comes for a task that the outlet does not do.
    """
    undone = sorted(index for index in set(customers.task.tolist()) if model.routes[index] is None)
    if undone:
        raise ValueError(f"outlet: customers come for tasks {undone} that it does not do")
    day = _OutletDay(model, customers, failures)
    day.clock.run()
    return day.rows


class _Lane:
    """State of a lane: who waits, which servers are free, busy or down, and the door."""

    __slots__ = ("busy", "down", "failing", "free", "is_open", "model", "number", "queue", "servers")

    def __init__(self, number: int, model: LaneModel) -> None:
        self.number = number
        self.model = model
        self.queue: deque[int] = deque()  # rows in order of joining; who left is skipped when reached
        self.free = list(range(model.servers))  # a heap: the lowest number works first
        self.busy = 0
        self.down = 0
        self.servers = 0  # on duty; more may be busy just after some went off duty
        self.is_open = False
        self.failing: deque[float] = deque()  # repairs that wait for a server to be free


class _OutletDay:
    """One run. The public methods are the events, in the words of the counter hall."""

    def __init__(self, model: OutletModel, customers: Arrivals, failures: Sequence[Failure]) -> None:
        self.clock = Clock()
        self.rows = VisitRows()
        self.minutes: list[float] = customers.minute.tolist()
        self.routes = [model.routes[index] or () for index in customers.task.tolist()]
        self.stream = customers.stream
        self.service, self.fails, self.patience = (customers.rows[:, column].tolist() for column in range(3))
        lanes = [None if lane is None else _Lane(number, lane) for number, lane in enumerate(model.lanes)]
        self.lanes: list[_Lane] = lanes  # type: ignore[assignment]  # routes lead only to lanes that exist
        plan = self.clock.plan
        for lane in filter(None, lanes):
            for number, change in enumerate(lane.model.changes):
                plan(change.minute, _SHIFT, 1000 * lane.number + number, Moment(self.change_staff, (lane, change)))
        for number, failure in enumerate(failures):
            plan(failure.minute, _BREAKDOWN, number, Moment(self.fail, failure))
        if self.minutes:
            plan(self.minutes[0], _ARRIVAL, 0, Moment(self.arrive, 0))

    def arrive(self, moment: Moment) -> None:
        """The next customer comes in; the same moment serves again for the one after."""
        visit = moment.what
        if visit + 1 < len(self.minutes):
            moment.what = visit + 1
            moment.callbacks = (self.arrive,)
            self.clock.plan(self.minutes[visit + 1], _ARRIVAL, visit + 1, moment)
        step = self.routes[visit][0]
        lane = self.lanes[step.lane]
        self.join(visit, 0, step, lane, admitted=lane.is_open)

    def complete(self, moment: Moment) -> None:
        """A service ends: the server turns to the queue, then the customer moves on."""
        row, step, lane = moment.what
        rows = self.rows
        rows.end[row] = self.clock.now
        lane.busy -= 1
        heappush(lane.free, rows.server[row])
        if lane.queue or lane.failing:
            self.call_next(lane)
        self.move_on(row, step, lane)

    def change_staff(self, moment: Moment) -> None:
        """Servers come or go off duty; the door may open or close."""
        lane, change = moment.what
        self.set_door(lane, change)
        self.call_next(lane)

    def fail(self, moment: Moment) -> None:
        """A server fails: the next free one of its lane goes down."""
        failure = moment.what
        lane = self.lanes[failure.lane]
        lane.failing.append(failure.repair)
        self.call_next(lane)

    def repaired(self, moment: Moment) -> None:
        """A server is in order again."""
        lane, server = moment.what
        lane.down -= 1
        heappush(lane.free, server)
        self.call_next(lane)

    def lose_patience(self, moment: Moment) -> None:
        """Who has waited too long leaves; who was called or sent away meanwhile does not."""
        row = moment.what
        if self.rows.server[row] == NOBODY and self.rows.outcome[row] == INSIDE:
            self.leave(row, _ABANDONED)

    # What the events are made of

    def join(self, visit: int, number: int, step: StepModel, lane: _Lane, *, admitted: bool) -> None:
        """Start a row: straight to a free server, into the queue, or away from a closed door."""
        rows, now = self.rows, self.clock.now
        row = len(rows.visit)
        rows.visit.append(visit)
        rows.step.append(number)
        rows.lane.append(lane.number)
        rows.server.append(NOBODY)
        rows.arrive.append(now)
        rows.call.append(_NAN)
        rows.end.append(now)
        if not admitted:
            rows.outcome.append(_SENT_AWAY)
            return
        rows.outcome.append(INSIDE)
        if lane.busy + lane.down < lane.servers:  # then nobody waits, or call_next would have called them
            self.start(row, step, lane)
            return
        lane.queue.append(row)
        if lane.model.patience != float("inf"):
            leaves = now + exponential(self.uniform(visit, number, step, lane, 2), lane.model.patience)
            self.clock.plan(leaves, _PATIENCE, row, Moment(self.lose_patience, row))

    def start(self, row: int, step: StepModel, lane: _Lane) -> None:
        """Call a customer to the free server with the lowest number."""
        rows, now = self.rows, self.clock.now
        law = step.service if lane.number == step.lane else step.at_counter
        uniform = self.uniform(rows.visit[row], rows.step[row], step, lane, 0)
        lane.busy += 1
        rows.server[row] = heappop(lane.free)
        rows.call[row] = now
        ends = now + lognormal(uniform, law.median, law.sigma)  # type: ignore[union-attr]  # the lane does the step
        self.clock.plan(ends, _COMPLETION, row, Moment(self.complete, (row, step, lane)))

    def call_next(self, lane: _Lane) -> None:
        """Give free servers on duty to those that failed first, then to the queue."""
        rows = self.rows
        while lane.busy + lane.down < lane.servers:
            if lane.failing:
                server = heappop(lane.free)
                lane.down += 1
                back = self.clock.now + lane.failing.popleft()
                moment = Moment(self.repaired, (lane, server))
                self.clock.plan(back, _COMPLETION, -1000 * lane.number - server - 1, moment)
            elif lane.queue:
                row = lane.queue.popleft()
                if rows.outcome[row] == INSIDE:
                    self.start(row, self.routes[rows.visit[row]][rows.step[row]], lane)
            else:
                return

    def move_on(self, row: int, step: StepModel, lane: _Lane) -> None:
        """After a service: to the counter if the terminal failed, to the next step, or out."""
        rows = self.rows
        visit, number = rows.visit[row], rows.step[row]
        tried = step.fail_over > 0.0 and lane.number == step.lane
        if tried and self.uniform(visit, number, step, lane, 1) < step.fail_over:
            target = NO_LANE if step.at_counter is None else COUNTER
        elif number + 1 == len(self.routes[visit]):
            rows.outcome[row] = _SERVED
            return
        else:
            number += 1
            step = self.routes[visit][number]
            target = step.lane
        inside = target == lane.number  # the door of this lane is behind the customer
        if target == NO_LANE or not (inside or self.lanes[target].is_open):
            rows.outcome[row] = _UNRESOLVED
            return
        rows.outcome[row] = _GOES_ON
        to = self.lanes[target]
        self.join(visit, number, step, to, admitted=to.is_open or to.servers > 0)

    def set_door(self, lane: _Lane, change: Change) -> None:
        """Set who is on duty; at closing, keep those inside or send the queue away."""
        lane.servers = change.servers
        if change.door != "closes":
            lane.is_open = True
            return
        lane.is_open = False
        if lane.model.end_of_shift == "finish" or change.servers == 0:
            lane.servers = 0
            for row in lane.queue:
                if self.rows.outcome[row] == INSIDE:
                    self.leave(row, _SENT_AWAY)
            lane.queue.clear()

    def leave(self, row: int, outcome: int) -> None:
        """A waiting customer goes without service."""
        self.rows.end[row] = self.clock.now
        self.rows.outcome[row] = outcome

    def uniform(self, visit: int, number: int, step: StepModel, lane: _Lane, column: int) -> float:
        """Return a uniform of this occurrence of a step: 0 service, 1 fail-over, 2 patience."""
        again = lane.number != step.lane
        if number == 0 and not again:
            return (self.service, self.fails, self.patience)[column][visit]  # type: ignore[no-any-return]
        words = self.stream[visit]
        return service_row((int(words[0]), int(words[1])), number, int(again))[column]
