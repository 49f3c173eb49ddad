"""One outlet as every runner sees it: stations with staff by time, customer classes and their ways through."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple, get_args

from netsim.model.service import Balking, Breakdowns, EndOfShift
from netsim.simulation.laws import NEVER, NO_DELAY, Law

Door = Literal["opens", "stays", "closes"]
_ROUNDING = 1e-9
GONE, NOWHERE = -1, -2
"""Targets of an exit: the visit is done; it goes on at a step that this outlet cannot do."""


@dataclass(frozen=True, slots=True)
class Change:
    """
    The staff of a station changes, or its door does.

    Parameters
    ----------
    minute
        Minute of the service day.
    servers
        Servers on duty from then on. At a closing: those who stay for the queue inside, the last staff
        of the window that was not zero. Stations of named persons take their staff from the persons.
    door
        What the door does.
    """

    minute: float
    servers: int
    door: Door


@dataclass(frozen=True, slots=True)
class Person:
    """
    A named server.

    Parameters
    ----------
    id
        Immutable id.
    duty
        Minutes on duty, ``(from, to)`` in order; breaks and lunch are the gaps.
    skills
        Bit mask of what the person can do; a step asks for some of the bits.
    speed
        Service times are divided by it.
    """

    id: str
    duty: tuple[tuple[float, float], ...]
    skills: int = (1 << 62) - 1
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Upkeep:
    """
    Machines that technicians look after.

    Parameters
    ----------
    uptime
        Law of the open minutes between the end of a repair and the next failure.
    repair
        Position of the customer class whose way a failed machine goes: its nodes are the tiers of technicians,
        its exits what is cleared remotely, mended or escalated.
    interval
        Open minutes after which a machine that has not failed is serviced; ``inf`` for never.
    service
        Position of the class whose way it then goes; None takes ``repair``.
    aged
        Whether the day finds each machine somewhere between two services, at a uniform age, in place of new.
    """

    uptime: Law
    repair: int
    interval: float = math.inf
    service: int | None = None
    aged: bool = False


@dataclass(frozen=True, slots=True)
class Station:
    """
    Servers with one queue, on one kind of day.

    Parameters
    ----------
    servers
        Most servers at any time; the number of persons where there are any.
    windows
        Opening windows in minutes, in order, not touching each other.
    changes
        Staff and door in order of time.
    end_of_shift
        What happens to the customer in hand when a server goes off duty, and to those who wait at closing.
    breakdowns
        Failures of each server with repairs that need nobody; None for none.
    balking
        When newcomers turn round; None for never.
    within
        Promised wait in minutes; ``inf`` where nothing is promised.
    persons
        Named servers; empty for servers that are counted only.
    announces
        Whether newcomers are told their wait and go if they are not that patient.
    in_room
        Whether those who wait here take a place of a waiting room.
    hall
        Position of that waiting room.
    on_system
        Whether nothing is served here while the system is down; what counts is the station at which a customer
        is, not that of a second server.
    line
        Stations with the same number stand side by side: newcomers choose the one with the fewest customers.
    jockey
        Difference of customers present from which the last of the longest queue of the line moves over.
    upkeep
        Failures that technicians repair; None for none.
    """

    servers: int
    windows: tuple[tuple[float, float], ...]
    changes: tuple[Change, ...]
    end_of_shift: EndOfShift = "finish_and_close_queue"
    breakdowns: Breakdowns | None = None
    balking: Balking | None = None
    within: float = math.inf
    persons: tuple[Person, ...] = ()
    announces: bool = False
    in_room: bool = True
    hall: int = 0
    on_system: bool = True
    line: int | None = None
    jockey: int = 2
    upkeep: Upkeep | None = None

    def __post_init__(self) -> None:
        """Check that persons and counts agree."""
        if self.persons and self.servers != len(self.persons):
            raise ValueError(f"station: {self.servers} servers, but {len(self.persons)} persons")
        for person in self.persons:
            ends = [minute for span in person.duty for minute in span]
            if not person.speed > 0:
                raise ValueError(f"person {person.id!r}: the speed must be positive")
            if any(one >= other for one, other in pairwise(ends)):
                raise ValueError(f"person {person.id!r}: times on duty must be in order and not touch or overlap")
        for change in self.changes:
            if change.door not in get_args(Door):
                raise ValueError(f"station: a door {', '.join(get_args(Door))}; got {change.door!r}")
            if not self.persons and not 0 <= change.servers <= self.servers:
                raise ValueError(f"station: {change.servers} servers on duty at {change.minute:g} of {self.servers}")
        if self.breakdowns is not None and self.upkeep is not None:
            raise ValueError("station: give either breakdowns or upkeep by technicians, not both")


class Exit(NamedTuple):
    """
    One way out of a step.

    Parameters
    ----------
    share
        Share of customers who take it.
    to
        Position of a node of the same class, ``GONE`` or ``NOWHERE``.
    delay
        Law of the minutes until the next step begins: a hand-off, or a visit at another time.
    outside
        Whether the customer leaves the outlet and comes in through the door again.
    """

    share: float
    to: int
    delay: Law = NO_DELAY
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """
    A step at a station: one place on the way of a customer class.

    Parameters
    ----------
    station
        Position of the station.
    step
        Position of the step in the blueprint; its random row is found by it.
    service
        Law of the service time.
    patience
        Law of the patience in the queue.
    exits
        Ways out, as ``Exit`` or as ``(share, to)``; their shares sum to 1.
    skill
        Bits that a named person needs.
    also
        Position of a second station whose server is needed at the same time (a card printer); None for none.
    leaves
        Ways of those who go from here without being served to the end: out of patience, turned round, without a place,
        sent away, before a closed door. Their shares sum to 1 at most; the rest is gone.
    """

    station: int
    step: int
    service: Law
    patience: Law = NEVER
    exits: tuple[Exit | tuple[float, int], ...] = (Exit(1.0, GONE),)
    skill: int = 0
    also: int | None = None
    leaves: tuple[Exit | tuple[float, int], ...] = ()

    @property
    def elsewhere(self) -> tuple[Exit, ...]:
        """The ways of those who leave with all their fields."""
        return tuple(Exit(*item) for item in self.leaves)

    @property
    def all_leave(self) -> bool:
        """Whether the ways of those who leave take all of them, but for rounding."""
        return bool(self.leaves) and abs(sum(way.share for way in self.elsewhere) - 1.0) < _ROUNDING

    @property
    def ways(self) -> tuple[Exit, ...]:
        """The exits with all their fields."""
        return tuple(Exit(*item) for item in self.exits)


@dataclass(frozen=True, slots=True)
class CustomerClass:
    """
    Customers who want the same and are treated alike.

    Parameters
    ----------
    nodes
        Their way.
    priority
        Level in every queue; lower levels are served first.
    preempts
        Whether they interrupt a service of a lower priority, which is resumed later.
    start
        Node at which they come in.
    """

    nodes: tuple[Node, ...]
    priority: int = 0
    preempts: bool = False
    start: int = 0


@dataclass(frozen=True, slots=True)
class OutletModel:
    """
    One outlet on one kind of day.

    Parameters
    ----------
    stations
        None where the outlet lacks the station.
    classes
        None for a class that the outlet does not serve.
    room
        Places for those who wait at stations with ``in_room``; None for as many as come. Where outlets with waiting
        rooms of their own are simulated together: the places of each hall.
    tries
        How often a customer who leaves goes elsewhere or comes back, at most, on a day.

    Raises
    ------
    ValueError
        If a way leads to a station or node that is not there, or shares of exits do not sum to 1.
    """

    stations: tuple[Station | None, ...]
    classes: tuple[CustomerClass | None, ...]
    room: int | tuple[int | None, ...] | None = None
    tries: int = 3

    @property
    def halls(self) -> tuple[int | None, ...]:
        """The places of each waiting room."""
        return self.room if isinstance(self.room, tuple) else (self.room,)

    def __post_init__(self) -> None:
        """Check the ways."""
        for number, item in enumerate(self.classes):
            if item is not None and not 0 <= item.start < len(item.nodes):
                raise ValueError(f"outlet: class {number} begins at node {item.start}, which is not there")
            for place, node in enumerate(() if item is None else item.nodes):
                self._check_node(node, len(item.nodes), f"outlet: class {number}, node {place}")  # type: ignore[union-attr]
        if self.tries < 0:
            raise ValueError(f"outlet: customers cannot go elsewhere {self.tries} times")
        for station in self.stations:
            if station is not None and not 0 <= station.hall < len(self.halls):
                raise ValueError(f"outlet: there is no waiting room {station.hall}")
            if station is not None and station.upkeep is not None:
                self._check_upkeep(station.upkeep)

    def _check_node(self, node: Node, size: int, where: str) -> None:
        for station in (node.station, *(() if node.also is None else (node.also,))):
            if not 0 <= station < len(self.stations) or self.stations[station] is None:
                raise ValueError(f"{where}: there is no station {station}")
        self._check_servers(node, where)
        if node.step < 0 or any(way.share < 0 for way in node.ways):
            raise ValueError(f"{where}: the step and the shares of the exits must not be negative")
        if abs(sum(way.share for way in node.ways) - 1.0) > 1e-9:
            raise ValueError(f"{where}: the shares of the exits must sum to 1")
        self._check_leaves(node, size, where)
        targets = [way.to for way in node.ways]
        if any(not NOWHERE <= target < size for target in targets):
            raise ValueError(f"{where}: exits {targets} lead to a node that is not there")

    @staticmethod
    def _check_leaves(node: Node, size: int, where: str) -> None:
        ways = node.elsewhere
        if any(way.share < 0 for way in ways) or sum(way.share for way in ways) > 1.0 + 1e-9:
            raise ValueError(f"{where}: the shares of those who go elsewhere must not be negative and sum to 1 at most")
        if any(not 0 <= way.to < size for way in ways):
            raise ValueError(f"{where}: leavers go on at nodes {[way.to for way in ways]}, one of which is not there")

    def _check_servers(self, node: Node, where: str) -> None:
        station = self.stations[node.station]
        other = None if node.also is None else self.stations[node.also]
        if node.also == node.station or (station and other and other.line is not None and other.line == station.line):
            raise ValueError(f"{where}: the second server must be at another station, not of the same line")
        if station and station.persons and not any(node.skill & ~who.skills == 0 for who in station.persons):
            raise ValueError(f"{where}: nobody at station {node.station} has the skill {node.skill:b}")

    def _check_upkeep(self, upkeep: Upkeep) -> None:
        for position in (upkeep.repair, upkeep.repair if upkeep.service is None else upkeep.service):
            if not 0 <= position < len(self.classes) or self.classes[position] is None:
                raise ValueError(f"outlet: upkeep names class {position}, which is not there")
            nodes = self.classes[position].nodes  # type: ignore[union-attr]
            if any(node.leaves for node in nodes):
                raise ValueError(f"outlet: a machine of class {position} cannot go elsewhere")
            if any(way.to == NOWHERE or way.outside for node in nodes for way in node.ways):
                raise ValueError(f"outlet: a machine cannot leave the way of class {position} unrepaired")
