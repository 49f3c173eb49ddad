"""What a run and a comparison found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from netsim.model.choice import ChoiceOutcome
from netsim.model.locker import LockerUse
from netsim.model.network import Action, Option
from netsim.model.plan import CostBreakdown, SitePlan, StaffPlan
from netsim.model.precision import Measurement
from netsim.model.service import CapacityTable, Lane
from netsim.model.use import ResourceUse, StepUse

Verdict = Literal["kept", "missed", "undecided", "no_promise"]
RunStatus = Literal["certified", "uncertified", "simulated", "infeasible"]
Better = Literal["lower", "higher", "none"]


@dataclass(frozen=True, slots=True)
class LaneResult:
    """
    What the simulation says of one lane of one outlet.

    Parameters
    ----------
    lane, servers
        The lane and its servers.
    load, capacity
        Offered work and capacity, minutes a day (the mean over day types weighted by their days).
    arrivals
        Mean arrivals a day.
    share_in_time
        Share of all arrivals who were called within the promised wait.
    half_width
        Half width of its interval at the confidence of the verdict.
    lower, upper
        Ends of the interval that the verdict was made from.
    wait_p50, wait_p90
        Quantiles of the wait in minutes, leavers included.
    leavers
        Share of arrivals who left the queue.
    utilisation
        Busy minutes over staffed minutes.
    days
        Simulated days behind the verdict.
    verdict
        ``kept``, ``missed`` or ``undecided``.
    """

    lane: Lane
    servers: int
    load: float
    capacity: float
    arrivals: float
    share_in_time: float
    half_width: float
    lower: float
    upper: float
    wait_p50: float
    wait_p90: float
    leavers: float
    utilisation: float
    days: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class SiteResult:
    """
    One site under the plan.

    Parameters
    ----------
    id, name, kind, brand, x, y
        Who and where.
    action, today, option
        What happens, what stands there today, what will.
    visits
        Mean visits that arrive a day.
    cost
        Yearly running cost of the outlet.
    lanes
        One result for each lane in use; empty for a closed site.
    reason
        Why: key of a sentence and its values (see ``report``); the cost of the nearest alternative in it.
    reason_cost
        What the nearest alternative would add to the yearly objective; nan where none is feasible.
    alternative
        That alternative in words: an option label or ``closed``.
    """

    id: str
    name: str
    kind: str
    brand: str
    x: float
    y: float
    action: Action
    today: Option | None
    option: Option | None
    visits: float
    cost: float
    lanes: tuple[LaneResult, ...]
    reason: str = ""
    reason_cost: float = float("nan")
    alternative: str = ""


@dataclass(frozen=True, slots=True)
class KpiValue:
    """
    A measure of a run with its interval.

    Parameters
    ----------
    name, unit, better
        Name, unit and direction.
    value, half_width
        Mean over days and half width of its confidence interval.
    target, met
        Target that a rule sets, and whether it is met; None where there is none.
    """

    name: str
    unit: str
    better: Better
    value: float
    half_width: float
    target: float | None = None
    met: bool | None = None


@dataclass(frozen=True, slots=True)
class RoundTrace:
    """
    One round of the loop.

    Parameters
    ----------
    round
        Counted from 1.
    objective, bound, gap, solver_status
        Of the siting problem of this round.
    cost
        Yearly cost of the operator with the roster.
    outlets
        Outlets in use.
    kept, missed, undecided
        Verdicts over outlets and lanes.
    days
        Simulated outlet-days.
    alpha
        Error probability spent on this round's certificate.
    tightened
        Lane options whose capacity was cut after this round.
    """

    round: int
    objective: float
    bound: float
    gap: float
    solver_status: str
    cost: float
    outlets: int
    kept: int
    missed: int
    undecided: int
    days: int
    alpha: float
    tightened: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """
    A plan made under another assumption, and what simulation says of it.

    Parameters
    ----------
    id
        ``flat_0.85`` or ``daytime_+50%``.
    label
        Display name by language.
    cost
        Yearly cost of the operator (planning levels, before rosters).
    objective
        Value of the siting objective.
    outlets, by_format
        Outlets in use, also by format.
    missed, lanes
        Lanes whose simulated share in time falls short of the promise, and lanes simulated.
    missed_outlets
        Outlets with at least one such lane.
    leavers
        Share of arrivals who leave.
    same_sites
        Outlets that stand in the main plan too.
    days
        Simulated days.
    points
        ``(site id, lane, load per server as utilisation, share in time, half width)`` of each lane.
    """

    id: str
    label: Mapping[str, str]
    cost: float
    objective: float
    outlets: int
    by_format: Mapping[str, int]
    missed: int
    lanes: int
    missed_outlets: int
    leavers: float
    same_sites: int
    days: int
    points: tuple[tuple[str, str, float, float, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class HalfHourWaits:
    """
    Mean wait and arrivals by site, lane and half-hour.

    Parameters
    ----------
    arrivals
        Mean arrivals a day, shape ``(sites, lanes, 60 slots)``.
    wait
        Mean wait in minutes of those who arrive in the slot, same shape; NaN where nobody does.
    in_time
        Share called within the promised wait, same shape; NaN where nobody arrives.
    wait_p90
        90th percentile of the wait in minutes within 1 %, same shape; NaN where nobody arrives.
    queue, busy, down, on_duty
        Mean customers waiting, servers serving, under repair and on duty in the half-hour, over the days on
        which the lane is open in it, same shape; 0 where it never is.
    """

    arrivals: NDArray[np.float64]
    wait: NDArray[np.float64]
    in_time: NDArray[np.float64]
    wait_p90: NDArray[np.float64] | None = None
    queue: NDArray[np.float64] | None = None
    busy: NDArray[np.float64] | None = None
    down: NDArray[np.float64] | None = None
    on_duty: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RunResult:
    """
    The whole answer for one scenario.

    ``objective``, ``bound`` and ``gap`` belong to the last siting problem solved; after a tightening
    ``bound`` bounds nothing else (``optimality`` then says ``heuristic_cuts``). ``measured`` tells the days
    behind the measures; ``resources`` and ``steps`` where customers' time goes; ``choice`` where choice and waits
    agree, None where customers go as the rules say.
    """

    scenario: str
    name: Mapping[str, str]
    note: Mapping[str, str]
    status: RunStatus
    service_certified: bool
    optimality: Literal["proven", "heuristic_cuts", "limit", "as_is"]
    rounds: tuple[RoundTrace, ...]
    objective: float
    bound: float
    gap: float
    solver_status: str
    cost: CostBreakdown
    sites: tuple[SiteResult, ...]
    kpis: tuple[KpiValue, ...]
    plan: SitePlan
    staff: StaffPlan
    capacities: CapacityTable
    half_hours: HalfHourWaits
    sensitivities: tuple[Sensitivity, ...]
    seed: int
    fingerprint: str
    versions: Mapping[str, str]
    warnings: tuple[str, ...] = ()
    measured: Measurement | None = None
    resources: tuple[ResourceUse, ...] = ()
    steps: tuple[StepUse, ...] = ()
    lockers: tuple[LockerUse, ...] = ()
    choice: ChoiceOutcome | None = None


@dataclass(frozen=True, slots=True)
class KpiDifference:
    """
    Paired difference of one measure between a scenario and the baseline.

    Parameters
    ----------
    name, unit, better
        Name, unit and direction of the measure.
    scenario
        The scenario compared.
    baseline_value, value
        Means over the common days.
    difference, half_width
        Mean paired difference and half width of its corrected interval.
    significant
        Whether the corrected interval excludes 0.
    """

    name: str
    unit: str
    better: Better
    scenario: str
    baseline_value: float
    value: float
    difference: float
    half_width: float
    significant: bool


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """
    Scenarios side by side on common customers.

    Parameters
    ----------
    baseline
        Id of the first scenario.
    runs
        The runs compared, the baseline first.
    differences
        One for each KPI and each scenario but the baseline.
    days
        Common days.
    confidence, comparisons
        Family-wise confidence and the number of differences it is corrected for.
    seed
        Seed of the common customers.
    """

    baseline: str
    runs: tuple[RunResult, ...]
    differences: tuple[KpiDifference, ...]
    days: int
    confidence: float
    comparisons: int
    seed: int
