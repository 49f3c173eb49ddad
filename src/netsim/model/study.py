"""A scenario turned into numbers: what simulation and optimization work on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from netsim.model.behaviour import Groups
from netsim.model.calendar import DayType, OpeningHours
from netsim.model.channel import Pool, RemoteChannel
from netsim.model.choice import ChoiceRules, Rival
from netsim.model.demand import DemandLayer, TravelMatrix, ZoneTable
from netsim.model.locker import Parcels
from netsim.model.network import Channel, Format, Option, ShiftType, Site
from netsim.model.precision import Measuring
from netsim.model.provenance import Evidence, Figure
from netsim.model.service import LANES, Breakdowns, Lane, LanePolicy, Task
from netsim.model.station import StationKind, Worker

Assignment = Literal["nearest", "directed"]


@dataclass(frozen=True, slots=True)
class CoverageRule:
    """
    At least ``share`` of the people of ``layers`` have an outlet doing ``task`` within ``within`` minutes.

    ``layers`` are people layers of the zone table; empty means all.
    """

    id: str
    task: str
    share: float
    within: float
    layers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanRules:
    """
    What a plan has to respect.

    Parameters
    ----------
    assignment
        ``nearest``: customers go to the nearest open outlet in reach that does the task.
        ``directed``: the plan sends them.
    reach
        Longest way that customers accept, minutes.
    served_share
        Least share of the wished visits that reach an open outlet able to do them.
    coverage
        Coverage rules.
    budget
        Largest yearly cost of the network (running and annualised transition); inf for none.
    max_changes
        Largest number of sites that are opened, closed or converted; None for any.
    """

    assignment: Assignment
    reach: float
    served_share: float
    coverage: tuple[CoverageRule, ...]
    budget: float = float("inf")
    max_changes: int | None = None


@dataclass(frozen=True, slots=True)
class Economics:
    """
    Money.

    Parameters
    ----------
    currency, price_year
        ISO code and the year whose prices are used.
    discount_rate, transition_years
        One-off costs are spread over the years as an annuity at this rate.
    value_of_time
        Cost of one minute of a customer's travel.
    trips
        Ways per visit (2 = there and back).
    """

    currency: str
    price_year: int
    discount_rate: float
    transition_years: float
    value_of_time: float
    trips: float = 2.0

    @property
    def annuity(self) -> float:
        """Yearly cost of one unit of one-off cost."""
        if self.discount_rate == 0:
            return 1.0 / self.transition_years
        rate = self.discount_rate
        return float(rate / (1.0 - (1.0 + rate) ** -self.transition_years))


@dataclass(frozen=True, slots=True)
class PlanningLimits:
    """
    When the planner stops; never a clock, so that a run can be repeated to the byte.

    Parameters
    ----------
    max_rounds
        Rounds of plan, simulate, tighten.
    margin
        Points of share in time that the plan aims above the promise.
    gap
        Relative MILP gap that is good enough.
    nodes
        Most nodes of the branch-and-bound tree in one round.
    search_passes
        Most passes of the local search.
    tighten
        Factor by which the capacity of a lane option that missed is cut below the load that it missed at.
    """

    max_rounds: int = 4
    margin: float = 0.015
    gap: float = 0.01
    nodes: int = 50
    search_passes: int = 50
    tighten: float = 0.97


@dataclass(frozen=True, slots=True)
class SimulationLimits:
    """
    How many days are simulated.

    Parameters
    ----------
    block
        Days of the first look; each further look doubles the days.
    max_days
        Most days of one test.
    indifference
        A verdict within this many points of the target may stay undecided at ``max_days``.
    capacity_days
        Most days of one point of a capacity curve.
    compare_days
        Common days on which scenarios are compared.
    confidence
        Level of intervals and of the certificate, for example 0.95.
    """

    block: int = 20
    max_days: int = 320
    indifference: float = 0.01
    capacity_days: int = 160
    compare_days: int = 40
    confidence: float = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """
    Everything that a run needs, worked out from one scenario.

    The axes: places are the lanes of ``service.LANES``, the ``stations`` beside them, the ``pools`` that all
    share and the ``remote`` channels that need no pool; tasks, zones,
    sites, day types in the order held here. ``teams`` are named persons by the id of their team.
    ``mix`` is the share of each task in all wished visits, shape ``(day types, tasks)``: the mix at
    which lane capacities are simulated; it stays that of the scenario as written when a sensitivity
    run scales the demand. ``notes`` tell what was repaired in the data, or is lawful but hardly meant.
    ``between`` holds minutes from site to site, where customers go on from one to another.
    ``groups`` tells which segments behave alike at outlets.
    ``turns`` is the share of each segment and task that turns to each remote channel first, shape ``(segments,
    tasks, channels)``, where segments differ; None where the shares of the tasks hold for all.
    ``choice`` tells how customers choose among our outlets, those of ``rivals`` (``rival_travel`` leads to them) and
    none, with the simulated waits in mind; None where they go as ``rules.assignment`` says. ``attributes`` are
    further columns of sites, then rivals, that they look at, by name, shape ``(sites + rivals,)``.
    ``measuring`` tells how many days the measures are taken on. ``runner`` names the runner of the
    simulation and ``workers`` the threads that simulate outlets side by side; all give the same results, at
    different speed, so neither is kept in a record of a run.
    """

    id: str
    name: Mapping[str, str]
    note: Mapping[str, str]
    seed: int
    plan_as_is: bool
    time_zone: str
    day_types: tuple[DayType, ...]
    hours: Mapping[str, OpeningHours]
    tasks: tuple[Task, ...]
    lanes: Mapping[Lane, LanePolicy]
    channels: Mapping[str, Channel]
    formats: Mapping[str, Format]
    shifts: tuple[ShiftType, ...]
    sites: tuple[Site, ...]
    zones: ZoneTable
    demand: DemandLayer
    mix: NDArray[np.float64]
    travel: TravelMatrix
    rules: PlanRules
    economics: Economics
    planning: PlanningLimits
    simulation: SimulationLimits
    figures: tuple[Figure, ...]
    evidence: Evidence
    attribution: tuple[str, ...]
    fingerprint: str
    notes: tuple[str, ...] = ()
    measuring: Measuring = field(default_factory=Measuring)
    day_factor_cv: float = 0.0
    outages: Breakdowns | None = None
    groups: Groups = field(default_factory=Groups)
    stations: tuple[StationKind, ...] = ()
    teams: Mapping[str, tuple[Worker, ...]] = field(default_factory=dict)
    pools: tuple[Pool, ...] = ()
    remote: tuple[RemoteChannel, ...] = ()
    between: NDArray[np.float64] | None = None
    parcels: Parcels | None = None
    turns: NDArray[np.float64] | None = None
    choice: ChoiceRules | None = None
    rivals: tuple[Rival, ...] = ()
    rival_travel: TravelMatrix | None = None
    attributes: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    runner: str = "kernel"
    workers: int = 1

    def options(self, format_id: str) -> tuple[Option, ...]:
        """Return every option of a format: pattern x counters x terminals."""
        form = self.formats[format_id]
        counters = form.levels.get("counter", (0,))
        terminals = form.levels.get("terminal", (0,))
        return tuple(
            Option(format_id, pattern.id, counter, terminal)
            for pattern in form.patterns
            for counter in counters
            for terminal in terminals
        )

    @property
    def places(self) -> tuple[str, ...]:
        """Ids along the axis of places: lanes, stations beside them, pools, and remote channels without a pool."""
        return (
            *LANES,
            *(station.id for station in self.stations),
            *(pool.kind.id for pool in self.pools),
            *(channel.id for channel in self.remote if channel.pool is None),
        )

    @property
    def station_kinds(self) -> tuple[StationKind, ...]:
        """The places behind the lanes that have a queue: stations, then pools."""
        return (*self.stations, *(pool.kind for pool in self.pools))

    def pool(self, name: str | None) -> Pool | None:
        """Return the pool with this id; None for none."""
        return next((pool for pool in self.pools if pool.kind.id == name), None)

    @property
    def outlet_places(self) -> int:
        """How many of the places stand at outlets; those behind them belong to the whole network."""
        return len(LANES) + len(self.stations)

    @property
    def outlet_steps(self) -> int:
        """Length of the longest blueprint; a contact in remote channel c is the step behind it with number c."""
        return max(len(task.steps) for task in self.tasks)

    def step_id(self, task: int, step: int) -> str:
        """Return the id of a step of a task, or of the remote channel that stands for it."""
        if step >= self.outlet_steps:
            return self.remote[step - self.outlet_steps].id
        return self.tasks[task].steps[step].id

    @property
    def unseen(self) -> tuple[int, ...]:
        """Places at which no customer waits in person: back offices."""
        return tuple(len(LANES) + k for k, kind in enumerate(self.station_kinds) if not kind.customers_wait)

    @property
    def skills(self) -> tuple[str, ...]:
        """Skills that some person has or some step asks for, in the order of their bits."""
        had = (skill for team in self.teams.values() for worker in team for skill in worker.able)
        asked = (skill for task in self.tasks for step in task.steps for skill in step.skills)
        return tuple(dict.fromkeys((*had, *asked)))

    @property
    def kinds(self) -> int:
        """
        How many kinds of visits a group makes: walk-ins, those with an appointment, and one a remote channel.

        Appointments count where some task takes them, channels where some customers turn to one first.
        """
        return 1 + self.takes_bookings + (len(self.remote) if any(task.remote for task in self.tasks) else 0)

    @property
    def takes_bookings(self) -> bool:
        """Whether some task takes appointments."""
        return any(task.appointments is not None for task in self.tasks)

    def policy_at(self, place: int) -> LanePolicy:
        """Return the policy of a place."""
        if place < len(LANES):
            return self.lanes[LANES[place]]
        return self.station_kinds[place - len(LANES)].policy

    def hours_at(self, option: Option, place: str) -> OpeningHours:
        """Return the opening hours of a lane or station of an option."""
        return self.hours[self.formats[option.format].hours_at(option.pattern, place)]

    def doors_at(self, form: Format, pattern: str, place: str) -> OpeningHours:
        """
        Return when a lane or station of a format can be joined.

        Papers may be left at a back office before it opens, on the same day.
        """
        pool = self.pool(place)
        hours = self.hours[form.hours_at(pattern, place) if pool is None else pool.hours]
        if any(kind.id == place and not kind.customers_wait for kind in self.station_kinds):
            return OpeningHours(hours.id, ((0.0, hours.windows[-1][1]),))
        return hours

    def hours_of(self, option: Option, lane: Lane) -> OpeningHours:
        """Return the opening hours of a lane of an option."""
        return self.hours[self.formats[option.format].pattern(option.pattern).hours[lane]]

    def task_index(self, task: str) -> int:
        """Position of a task on the task axis."""
        return next(index for index, item in enumerate(self.tasks) if item.id == task)


@dataclass(frozen=True, slots=True, eq=False)
class Basemap:
    """
    What is drawn below a map; every layer is a tuple of WKB geometries in the zones' CRS.

    Parameters
    ----------
    crs
        The projected CRS.
    streets, water, parks, rails
        Geometries; empty where there are none.
    extent
        ``(xmin, ymin, xmax, ymax)`` of the study area.
    attribution
        Line that every map has to carry.
    """

    crs: str
    extent: tuple[float, float, float, float]
    streets: tuple[bytes, ...] = ()
    water: tuple[bytes, ...] = ()
    parks: tuple[bytes, ...] = ()
    rails: tuple[bytes, ...] = ()
    attribution: str = ""
