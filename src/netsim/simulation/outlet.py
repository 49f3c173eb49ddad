"""One outlet as every runner sees it: stations with staff by time, customer classes and their ways through."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

from netsim.model.service import Balking, Breakdowns, EndOfShift
from netsim.simulation.laws import NEVER, NO_DELAY, Law

Door = Literal["opens", "stays", "closes"]
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
    """

    uptime: Law
    repair: int
    interval: float = math.inf
    service: int | None = None


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
        Whether those who wait here take a place of the outlet's waiting room.
    on_system
        Whether nothing is served here while the system is down.
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
    on_system: bool = True
    line: int | None = None
    jockey: int = 2
    upkeep: Upkeep | None = None

    def __post_init__(self) -> None:
        """Check that persons and counts agree."""
        if self.persons and self.servers != len(self.persons):
            raise ValueError(f"station: {self.servers} servers, but {len(self.persons)} persons")
        if any(not person.speed > 0 for person in self.persons):
            raise ValueError("station: the speed of a person must be positive")
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
    """

    station: int
    step: int
    service: Law
    patience: Law = NEVER
    exits: tuple[Exit | tuple[float, int], ...] = (Exit(1.0, GONE),)
    skill: int = 0
    also: int | None = None

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
        Their way; they come in at the first node.
    priority
        Level in every queue; lower levels are served first.
    preempts
        Whether they interrupt a service of a lower priority, which is resumed later.
    """

    nodes: tuple[Node, ...]
    priority: int = 0
    preempts: bool = False


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
        Places for those who wait at stations with ``in_room``; None for as many as come.

    Raises
    ------
    ValueError
        If a way leads to a station or node that is not there, or shares of exits do not sum to 1.
    """

    stations: tuple[Station | None, ...]
    classes: tuple[CustomerClass | None, ...]
    room: int | None = None

    def __post_init__(self) -> None:
        """Check the ways."""
        for number, item in enumerate(self.classes):
            for place, node in enumerate(() if item is None else item.nodes):
                where = f"outlet: class {number}, node {place}"
                for station in (node.station, *(() if node.also is None else (node.also,))):
                    if not 0 <= station < len(self.stations) or self.stations[station] is None:
                        raise ValueError(f"{where}: there is no station {station}")
                if node.also == node.station:
                    raise ValueError(f"{where}: the second server must be at another station")
                if abs(sum(way.share for way in node.ways) - 1.0) > 1e-9:
                    raise ValueError(f"{where}: the shares of the exits must sum to 1")
                targets = [way.to for way in node.ways]
                if any(not NOWHERE <= target < len(item.nodes) for target in targets):  # type: ignore[union-attr]
                    raise ValueError(f"{where}: exits {targets} lead to a node that is not there")
        for station in self.stations:
            if station is not None and station.upkeep is not None:
                self._check_upkeep(station.upkeep)

    def _check_upkeep(self, upkeep: Upkeep) -> None:
        for position in (upkeep.repair, upkeep.repair if upkeep.service is None else upkeep.service):
            if not 0 <= position < len(self.classes) or self.classes[position] is None:
                raise ValueError(f"outlet: upkeep names class {position}, which is not there")
            if any(way.to == NOWHERE or way.outside for node in self.classes[position].nodes for way in node.ways):  # type: ignore[union-attr]
                raise ValueError(f"outlet: a machine cannot leave the way of class {position} unrepaired")
