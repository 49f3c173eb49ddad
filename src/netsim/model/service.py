"""Tasks, their blueprints, lanes, promises and what simulation says of a lane's capacity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from netsim.model.calendar import DAY_SLOTS
from netsim.model.service_time import ServiceTime
from netsim.model.upkeep import UpkeepPolicy
from netsim.model.visiting import Appointments, Leavers, RemoteStart

Lane = Literal["terminal", "counter"]
LANES: tuple[Lane, ...] = get_args(Lane)
"""Lanes in the order of every lane axis: 0 terminal (self-service), 1 counter (staffed)."""
PatienceLaw = Literal["exponential", "weibull", "fixed"]
EndOfShift = Literal["finish", "finish_and_close_queue", "handover", "preempt_resume"]


@dataclass(frozen=True, slots=True)
class Misroute:
    """
    Customers who are sent to a wrong queue after a step.

    Parameters
    ----------
    share
        Share of those who leave the step.
    to
        Lane or station at which they turn up in error; where the outlet lacks it nobody is sent there.
    takes
        Time there until the error is clear; then they go on as they should have.
    """

    share: float
    to: str
    takes: ServiceTime


END = "end"
"""In ``Step.then``: the visit is done."""


@dataclass(frozen=True, slots=True)
class Step:
    """
    One step of a blueprint: where it can be done and how long it takes there.

    Parameters
    ----------
    id
        Name, unique in its task.
    terminal, counter
        Service time in that lane; None where the lane cannot do the step. A step that has both
        goes to a terminal first where the outlet offers one.
    fail_over
        Share of terminal services that end without success and go on to the counter.
    after_fail_over
        Counter service time of those customers; None takes ``counter``.
    stage
        Lane of the service blueprint: ``customer``, ``front``, ``back`` or ``support``.
    rework
        Share of services that have to be done again at once, in the same lane; a geometric number of times.
    hand_off
        Minutes until the next step begins.
    incomplete
        Share of services that end because a document is missing: the customer comes back for the step.
    returns_after
        Minutes until then.
    station, takes
        Station beside the lanes at which the step is done in place of a lane, and the service time there.
    also
        Station or pool whose server is needed at the same time (a card printer, a remote agent); None for none.
    skills
        What a named server must be able to do.
    mandatory
        Whether a visit cannot go on without the step; else it is left out where the outlet cannot do it.
    then
        Share of customers by the step that they go on with, a later one or ``END``; empty: all with the next.
    misrouted
        Customers who are sent to a wrong queue after the step; None for nobody.
    """

    id: str
    terminal: ServiceTime | None = None
    counter: ServiceTime | None = None
    fail_over: float = 0.0
    after_fail_over: ServiceTime | None = None
    stage: str = "front"
    rework: float = 0.0
    hand_off: float = 0.0
    incomplete: float = 0.0
    returns_after: float = 0.0
    station: str | None = None
    takes: ServiceTime | None = None
    also: str | None = None
    skills: tuple[str, ...] = ()
    mandatory: bool = True
    then: tuple[tuple[str, float], ...] = ()
    misrouted: Misroute | None = None

    @property
    def times(self) -> float:
        """How often the step is served on average until it is right and complete."""
        return 1.0 / ((1.0 - self.rework) * (1.0 - self.incomplete))


@dataclass(frozen=True, slots=True)
class Task:
    """
    A service that customers come for.

    Parameters
    ----------
    id, name
        Immutable id and display names by language.
    steps
        The blueprint, in order.
    profile
        Share of the day's visits wished in each half-hour, shape ``(48,)``, sums to 1.
    flexible
        Share of customers who, where the outlet is closed at their wished time, come while it is open.
    lost_visit_cost
        Cost of one visit that is not served, in the scenario's currency.
    priority
        Level in every queue: lower levels are called first.
    preempts
        Whether its customers interrupt a service of a higher level, which is resumed later.
    door
        Customers who wish to come at most so many minutes before the doors open wait for them outside.
    appointments
        Appointments beside walk-ins; None for none.
    remote
        Customers who turn to a remote channel first.
    leavers
        Where those turn who leave an outlet; None for home.
    """

    id: str
    name: Mapping[str, str]
    steps: tuple[Step, ...]
    profile: tuple[float, ...]
    flexible: float
    lost_visit_cost: float
    priority: int = 0
    preempts: bool = False
    door: float = 0.0
    appointments: Appointments | None = None
    remote: tuple[RemoteStart, ...] = ()
    leavers: Leavers | None = None

    def __post_init__(self) -> None:
        """Check the profile."""
        if len(self.profile) != DAY_SLOTS or abs(sum(self.profile) - 1.0) > 1e-9:
            msg = f"task {self.id!r}: the profile needs {DAY_SLOTS} shares that sum to 1"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Promise:
    """
    The service promised in one lane: ``share`` of all arrivals begin service within ``within`` minutes.

    Everybody who arrives counts: those who balk or leave count as late.
    """

    share: float
    within: float


@dataclass(frozen=True, slots=True)
class Breakdowns:
    """Failures of one terminal: exponential time between failures, lognormal repair (minutes)."""

    mtbf: float
    mttr: float
    cv: float


@dataclass(frozen=True, slots=True)
class Balking:
    """Newcomers who find no free server and ``queue`` waiting or more turn round with probability ``share``."""

    queue: int
    share: float


@dataclass(frozen=True, slots=True)
class LanePolicy:
    """
    What holds for one lane in every outlet.

    Parameters
    ----------
    promise
        The promised service.
    patience
        Mean patience in minutes; ``inf`` for customers who never leave.
    end_of_shift
        ``finish``: a server who goes off duty finishes the customer in hand; at closing those still
        waiting are sent away. ``finish_and_close_queue``: the same, but at closing the door closes and
        everybody inside is still served. ``handover``: as ``finish``, but a free colleague takes the
        customer on. ``preempt_resume``: servers leave at once, their customers are served on by others.
    breakdowns
        Failures of each server (terminals); None for none.
    balking
        When newcomers turn round; None for never.
    patience_law, patience_shape
        Distribution of the patience; shape of a Weibull one.
    announces
        Whether newcomers are told their wait and go if they are not that patient.
    upkeep
        Failures that technicians mend; None for none.
    queue_each
        Whether every server has a queue of its own: newcomers choose the one with the fewest customers.
    jockey
        Difference of customers present from which the last of the longest of these queues moves over.
    """

    promise: Promise
    patience: float
    end_of_shift: EndOfShift
    breakdowns: Breakdowns | None = None
    balking: Balking | None = None
    patience_law: PatienceLaw = "exponential"
    patience_shape: float = 1.0
    announces: bool = False
    upkeep: UpkeepPolicy | None = None
    queue_each: bool = False
    jockey: int = 2


@dataclass(frozen=True, slots=True, eq=False)
class ServiceCurve:
    """
    Share of customers served in time as a function of the load of one lane at one level.

    Parameters
    ----------
    option
        Name of the lane and level that the curve holds for.
    per_hour
        Mean arrivals per open hour at the scenario's mix, shape ``(k,)``, strictly increasing.
    work
        The same loads as offered work in minutes a day, shape ``(k,)``.
    in_time
        Share of all arrivals served within the promised wait, shape ``(k,)``: the lower isotonic
        envelope of the simulated points, so it never rises with the load.
    half_width
        Half width of the 95% interval of ``in_time`` at each load, valid at the look where its
        simulation stopped, shape ``(k,)``.

    Raises
    ------
    ValueError
        If shapes differ, loads do not increase, or the share rises with the load.
    """

    option: str
    per_hour: NDArray[np.float64]
    work: NDArray[np.float64]
    in_time: NDArray[np.float64]
    half_width: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Check the shapes and the monotone share; freeze the arrays."""
        arrays = (self.per_hour, self.work, self.in_time, self.half_width)
        if len({array.shape for array in arrays}) != 1 or self.per_hour.ndim != 1:
            raise ValueError(f"service curve {self.option!r}: all columns need one shape (k,)")
        if np.any(np.diff(self.per_hour) <= 0) or np.any(np.diff(self.in_time) > 1e-12):
            raise ValueError(f"service curve {self.option!r}: loads must increase and the share must not")
        for array in arrays:
            array.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class Staircase:
    """
    Largest load at which the promise holds, by number of servers: one lane of one format.

    Parameters
    ----------
    format, pattern, lane
        The format, its opening pattern and the lane.
    levels
        Numbers of servers, strictly increasing.
    work
        Capacity as offered work in minutes a day, shape ``(day types, levels)``, non-decreasing in
        the level: at this load the lower 95 % bound of the share in time clears the planning target.
    curves
        The simulated curves behind it (one a day type and level), for the report.
    """

    format: str
    pattern: str
    lane: Lane
    levels: tuple[int, ...]
    work: NDArray[np.float64]
    curves: tuple[ServiceCurve, ...] = ()

    def __post_init__(self) -> None:
        """Check that more servers never carry less; freeze the array."""
        if self.work.ndim != 2 or self.work.shape[1] != len(self.levels):
            raise ValueError("staircase: work needs the shape (day types, levels)")
        if np.any(np.diff(self.work, axis=1) < 0):
            raise ValueError(f"staircase {self.format}/{self.lane}: more servers must not carry less")
        self.work.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class CapacityTable:
    """
    All staircases of a study, found by ``(format, pattern, lane)``.

    Parameters
    ----------
    staircases
        One for every format, opening pattern and lane.
    source
        ``simulated``, or ``flat 0.85`` for a utilisation cap.
    """

    staircases: Mapping[tuple[str, str, Lane], Staircase]
    source: str = "simulated"

    def work(self, format_id: str, pattern: str, lane: Lane, level: int) -> NDArray[np.float64]:
        """Return the capacity in work minutes a day, shape ``(day types,)``; zero servers carry nothing."""
        stairs = self.staircases[format_id, pattern, lane]
        if level == 0:
            return np.zeros(stairs.work.shape[0])
        return stairs.work[:, stairs.levels.index(level)]
