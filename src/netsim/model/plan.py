"""What the optimizer decides: sites and staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from netsim.model.network import Action, Option

SolveStatus = Literal["optimal", "gap_reached", "limit", "infeasible", "as_is", "heuristic"]


@dataclass(frozen=True, slots=True)
class CostBreakdown:
    """
    Yearly cost by part, in the scenario's currency.

    Parameters
    ----------
    fixed, staff, terminals, fees
        Running cost: rent and the like, paid hours, terminals and counter positions, partner fees.
    transition
        One-off cost of opening, closing and converting, annualised.
    lost_visits
        Cost of visits that are not served.
    travel
        Customers' time on the way.
    """

    fixed: float = 0.0
    staff: float = 0.0
    terminals: float = 0.0
    fees: float = 0.0
    transition: float = 0.0
    lost_visits: float = 0.0
    travel: float = 0.0

    @property
    def running(self) -> float:
        """Running cost of the operator."""
        return self.fixed + self.staff + self.terminals + self.fees

    @property
    def operator(self) -> float:
        """What the operator pays: running and annualised transition; the budget holds for it."""
        return self.running + self.transition

    @property
    def total(self) -> float:
        """The objective: operator's cost plus lost visits and travel."""
        return self.operator + self.lost_visits + self.travel


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """
    Who goes where: one row for each (task, zone, site) with a positive share, sorted by task, zone, site.

    A (task, zone) whose shares sum to less than 1 leaves the rest unserved.

    Parameters
    ----------
    task, zone, site
        Positions on the study's axes, shape ``(k,)``.
    share
        Share of the wished visits, in ``(0, 1]``, shape ``(k,)``.
    by_segment
        The same for each segment, where they choose differently: then the columns hold their mean, weighted by
        visits. Empty where all segments go the same ways.
    """

    task: NDArray[np.int64]
    zone: NDArray[np.int64]
    site: NDArray[np.int64]
    share: NDArray[np.float64]
    by_segment: tuple[Shares, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """
    What happens at a site.

    Parameters
    ----------
    site
        Site id.
    action
        ``keep`` (nothing changes), ``resize`` (same format, other servers or hours), ``convert``,
        ``open``, ``close`` or ``stay_closed``.
    option
        What stands there under the plan, or None.
    """

    site: str
    action: Action
    option: Option | None


@dataclass(frozen=True, slots=True, eq=False)
class SitePlan:
    """
    A chosen network.

    Parameters
    ----------
    decisions
        One a site, in the order of the study's sites.
    shares
        Who goes where.
    load
        Offered work in minutes a day, shape ``(day types, sites, lanes)``.
    capacity
        Capacity used in the plan for the same axes; 0 where there is no such lane.
    cost
        Yearly cost as the optimizer sees it: staff at the level's full opening hours.
    status
        How the search ended.
    bound
        Proven lower bound of ``cost.total`` for this capacity table; ``-inf`` where none was sought.
    gap
        ``(objective - bound) / objective``.
    """

    decisions: tuple[Decision, ...]
    shares: Shares
    load: NDArray[np.float64]
    capacity: NDArray[np.float64]
    cost: CostBreakdown
    status: SolveStatus
    bound: float
    gap: float

    @property
    def objective(self) -> float:
        """Value of the objective."""
        return self.cost.total


@dataclass(frozen=True, slots=True)
class Shift:
    """
    A shift worked at a site by ``people`` members of staff.

    Parameters
    ----------
    site, day_type
        Ids.
    type
        Shift type id.
    start
        First half-hour slot.
    break_at
        First slot of the break, or -1.
    people
        How many work it.
    """

    site: str
    day_type: str
    type: str
    start: int
    break_at: int
    people: int


@dataclass(frozen=True, slots=True, eq=False)
class StaffPlan:
    """
    Counter staff by half-hour.

    Parameters
    ----------
    required, on_duty
        Members of staff needed and rostered, shape ``(day types, sites, 60 slots)``.
    shifts
        The shifts behind ``on_duty``.
    cost
        Yearly staff cost of each site, shape ``(sites,)``.
    paid_hours
        Paid hours a year, shape ``(sites,)``.
    gap
        Largest relative gap of the shift covers; 0 = all proven.
    """

    required: NDArray[np.int64]
    on_duty: NDArray[np.int64]
    shifts: tuple[Shift, ...]
    cost: NDArray[np.float64]
    paid_hours: NDArray[np.float64]
    gap: float
