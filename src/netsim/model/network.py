"""Formats, options, sites and the money that they cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from netsim.model.behaviour import PLAIN, Behaviour
from netsim.model.provenance import Provenance
from netsim.model.service import LANES, Lane, Step, Task
from netsim.model.station import StationUse

Ownership = Literal["own", "partner", "franchise", "third_party"]
Contact = Literal["direct", "indirect"]
Medium = Literal["staffed", "self", "remote", "digital"]
Action = Literal["keep", "resize", "convert", "open", "close", "stay_closed"]


@dataclass(frozen=True, slots=True)
class Channel:
    """
    A bridge between operator and customer: how customers meet it.

    Parameters
    ----------
    id, name
        Id and display names by language.
    contact, medium
        The two tags of the channel; shares of visits are reported by each.
    """

    id: str
    name: Mapping[str, str]
    contact: Contact
    medium: Medium


@dataclass(frozen=True, slots=True)
class OpeningPattern:
    """One choice of opening hours of a format: the hours id of each lane it has."""

    id: str
    hours: Mapping[Lane, str]


@dataclass(frozen=True, slots=True)
class FormatCosts:
    """
    What a format costs, in the scenario's currency.

    Parameters
    ----------
    fixed
        Running cost a year without staff and terminals (rent, energy, security, cash).
    per_terminal
        Running cost a year of one terminal.
    per_counter
        Running cost a year of one counter position besides its staff.
    staff_hour
        Paid hour of one member of staff at a counter.
    per_visit
        Fee for each service given (partner commission).
    opening, closing, converting
        One-off cost of opening this format, of closing it, and of converting another format into it.
    terminal_installation
        One-off cost of each terminal that is added.
    """

    fixed: float
    per_terminal: float = 0.0
    per_counter: float = 0.0
    staff_hour: float = 0.0
    per_visit: float = 0.0
    opening: float = 0.0
    closing: float = 0.0
    converting: float = 0.0
    terminal_installation: float = 0.0


@dataclass(frozen=True, slots=True)
class Format:
    """
    A kind of outlet: what it can do, in which lanes, when, and at what cost.

    Parameters
    ----------
    id, name
        Id and display names by language.
    ownership
        Who runs it.
    tasks
        Task ids served by each lane; a task stands in both lanes where terminals do it first and the
        counter takes those who fail.
    levels
        Numbers of servers that can be chosen in each lane, strictly increasing, at least 1; a lane
        that the format lacks is absent.
    patterns
        Opening patterns to choose from, at least one.
    channels
        Channel id of each lane.
    speed
        Service times are divided by it (0.8 = slower than the operator's own staff).
    costs
        What it costs.
    room
        Places for those who wait, all lanes together; None for as many as come.
    stations
        Stations beside the lanes, by id.
    team
        Id of the team at the counter; None for counters that are counted only.
    cells
        Number of parcel cells by size, from small to large; empty for what is no locker.
    attraction
        What draws customers, where they choose by it.
    shared
        Ids of the pools of the network: what is done there can be done wherever the outlet stands.
    """

    id: str
    name: Mapping[str, str]
    ownership: Ownership
    tasks: Mapping[Lane, tuple[str, ...]]
    levels: Mapping[Lane, tuple[int, ...]]
    patterns: tuple[OpeningPattern, ...]
    channels: Mapping[Lane, str]
    costs: FormatCosts
    speed: float = 1.0
    room: int | None = None
    stations: Mapping[str, StationUse] = field(default_factory=dict)
    team: str | None = None
    cells: tuple[int, ...] = ()
    shared: tuple[str, ...] = ()
    attraction: float = 1.0

    def serves(self, task: str) -> bool:
        """Whether any lane does the task."""
        return any(task in tasks for tasks in self.tasks.values())

    def lane_of(self, task: Task, step: Step, has: tuple[bool, bool] = (True, True)) -> Lane | None:
        """
        Return the lane in which a step of a task is done at an outlet of this format, or None.

        A step goes to a terminal if the format does the task there and the step can be done there; else to
        the counter if it has a counter time and the format does the task at the counter, or no terminal
        could do the step anyway. The one definition for simulation, optimizer and measures.

        Parameters
        ----------
        task, step
            The task and one of its steps.
        has
            Whether the outlet has a terminal and a counter; lanes that the format lacks never count.
        """
        if not self.serves(task.id) or step.station is not None:
            return None
        terminal, counter = (lane in self.levels and has[index] for index, lane in enumerate(LANES))
        if terminal and step.terminal is not None and task.id in self.tasks.get("terminal", ()):
            return "terminal"
        if counter and step.counter is not None and (step.terminal is None or task.id in self.tasks.get("counter", ())):
            return "counter"
        return None

    def place_of(
        self, task: Task, step: Step, has: tuple[bool, bool] = (True, True), behaviour: Behaviour = PLAIN
    ) -> str | None:
        """
        Return the lane or station at which a step is done at an outlet of this format, or None.

        Parameters
        ----------
        task, step, has
            As in ``lane_of``.
        behaviour
            Whose step it is: a desk of their own takes their counter steps where the format has it, and who does
            not use terminals goes to the counter where that does the step.
        """
        if not behaviour.self_service and self.lane_of(task, step, (False, has[1])) == "counter":
            has = (False, has[1])
        desk = behaviour.desk
        if step.also is not None and step.also not in self.stations and step.also not in self.shared:
            return None
        if step.station is not None:
            there = step.station in self.stations or step.station in self.shared
            return step.station if there and self.serves(task.id) else None
        if desk is not None and desk in self.stations and self.lane_of(task, step, (has[0], True)) == "counter":
            return desk
        return self.lane_of(task, step, has)

    def hours_at(self, pattern_id: str, place: str) -> str:
        """Return the hours id of a lane or station under an opening pattern."""
        hours = self.pattern(pattern_id).hours
        use = self.stations.get(place)
        if use is None:
            return hours["counter" if place == "counter" else "terminal"]
        return use.hours or hours.get("counter") or hours["terminal"]

    def pattern(self, pattern_id: str) -> OpeningPattern:
        """Return the opening pattern with this id."""
        return next(pattern for pattern in self.patterns if pattern.id == pattern_id)


@dataclass(frozen=True, slots=True, order=True)
class Option:
    """
    What stands at a site: a format with its opening pattern and its servers.

    Parameters
    ----------
    format
        Format id.
    pattern
        Opening-pattern id of the format.
    counters, terminals
        Servers in each lane; 0 where the format lacks the lane.
    """

    format: str
    pattern: str
    counters: int
    terminals: int

    def servers(self, lane: Lane) -> int:
        """Number of servers in the lane."""
        return self.terminals if lane == "terminal" else self.counters


@dataclass(frozen=True, slots=True)
class Site:
    """
    A place where an outlet stands or could stand.

    Parameters
    ----------
    id, name
        Immutable id; name as people call it (never translated).
    kind
        Kind of place: ``branch``, ``atm``, ``candidate``, ``partner_host``, ...
    x, y
        Metres in the study's projected CRS.
    today
        What stands there today, or None.
    allowed
        Format ids that may be chosen there (the present one included).
    brand
        Own, partner's or competitor's brand; empty if none.
    may_close
        Whether an outlet that stands there may be closed.
    provenance
        Where the site comes from.
    attraction
        What draws customers to the place, on top of its format's attraction.
    """

    id: str
    name: str
    kind: str
    x: float
    y: float
    today: Option | None
    allowed: tuple[str, ...]
    brand: str = ""
    may_close: bool = True
    provenance: Provenance = field(default=Provenance("unknown", "unverified"))
    attraction: float = 1.0


@dataclass(frozen=True, slots=True)
class ShiftType:
    """
    A shift that staff can be given.

    Parameters
    ----------
    id
        Name.
    slots
        Length in half-hours, from the first to the last slot at work, the break included.
    break_after, break_slots
        Half-hours at work before the unpaid break, and its length; 0 slots for none. The break may
        start at any slot of the closed range ``break_after``.
    paid_hours
        Hours paid for one shift.
    """

    id: str
    slots: int
    paid_hours: float
    break_after: tuple[int, int] = (0, 0)
    break_slots: int = 0
