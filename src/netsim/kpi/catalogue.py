"""What a measure is, and the record that it is taken on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from netsim.model.network import Option
from netsim.model.plan import CostBreakdown
from netsim.model.result import Better
from netsim.model.service import LANES
from netsim.model.study import Study
from netsim.model.visits import LEFT, Outcome, VisitLog
from netsim.registry import Registry
from netsim.statistics.quantiles import weighted_quantile


@dataclass(frozen=True, slots=True, eq=False)
class VisitTable:
    """
    One row a visit, sorted by (day type, replication, customer): two plans over the same customers align.

    All columns have the shape ``(n,)``.

    Parameters
    ----------
    day
        Position of the replication in ``NetworkDays.replications``.
    day_type, zone, segment, task, site
        Positions on the study's axes; site -1 for no outlet.
    visit
        The customer.
    wait
        Minutes in queues, all steps together.
    first_wait
        Minutes in the first queue.
    duration
        Minutes from arrival until the customer leaves, without what lies between two visits; 0 for those who never
        arrive.
    turnaround
        Minutes from arrival until everything is done, back offices included.
    in_queues, in_service, away
        Minutes of it in queues, in service or with a server that could not go on, and elsewhere: until who left
        without being served, or had to come back, is there again.
    outcome
        How the visit ended.
    booked
        Whether the customer had an appointment.
    remote, visited
        Whether the customer turned to a remote channel first, and whether an outlet was visited.
    moves
        How often the customer left without being served and went on elsewhere, or came back.
    """

    day: NDArray[np.int64]
    day_type: NDArray[np.int64]
    zone: NDArray[np.int64]
    segment: NDArray[np.int64]
    task: NDArray[np.int64]
    site: NDArray[np.int64]
    visit: NDArray[np.int64]
    wait: NDArray[np.float64]
    first_wait: NDArray[np.float64]
    duration: NDArray[np.float64]
    turnaround: NDArray[np.float64]
    in_queues: NDArray[np.float64]
    in_service: NDArray[np.float64]
    away: NDArray[np.float64]
    outcome: NDArray[np.int64]
    booked: NDArray[np.bool_]
    remote: NDArray[np.bool_]
    visited: NDArray[np.bool_]
    moves: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class NetworkDays:
    """
    A plan and the days that were simulated with it.

    Parameters
    ----------
    study
        The study.
    options
        What stands at each site, length sites.
    cost
        Yearly cost of the plan with its roster; fees, lost visits and travel are measured anew.
    staffed
        Staffed counter minutes a day, shape ``(day types, sites)``.
    paid_hours
        Paid hours a year of the whole network.
    replications
        The simulated days, increasing.
    log
        Their visit log.
    visits
        The same by visit.
    """

    study: Study
    options: tuple[Option | None, ...]
    cost: CostBreakdown
    staffed: NDArray[np.float64]
    paid_hours: float
    replications: tuple[int, ...]
    log: VisitLog
    visits: VisitTable

    @property
    def weights(self) -> NDArray[np.float64]:
        """Days a year of each day type, shape ``(day types,)``."""
        return np.array([day.days_per_year for day in self.study.day_types])

    def by_day(self, rows: NDArray[np.bool_], amount: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """
        Return yearly sums over visits for each simulated day, shape ``(days,)``.

        Parameters
        ----------
        rows
            Which visits count, shape ``(visits,)``.
        amount
            What is summed, shape ``(visits,)``; None counts visits.
        """
        weight = self.weights[self.visits.day_type[rows]]
        if amount is not None:
            weight = weight * amount[rows]
        return self.sums(self.visits.day[rows], weight)

    def sums(self, day: NDArray[np.int64], amount: NDArray[np.float64]) -> NDArray[np.float64]:
        """
        Return sums by simulated day, shape ``(days,)``.

        Parameters
        ----------
        day
            Position of the day, shape ``(n,)``.
        amount
            What is summed, shape ``(n,)``.
        """
        return np.bincount(day, weights=amount, minlength=len(self.replications)).astype(np.float64)

    def log_day(self) -> NDArray[np.int64]:
        """Return the position of each log row's replication, shape ``(rows,)``."""
        return np.searchsorted(np.array(self.replications), self.log.replication)


def visit_table(
    log: VisitLog, replications: tuple[int, ...], unseen: Sequence[int] = (), outlet_steps: int | None = None
) -> VisitTable:
    """
    Return the visits behind the rows of a log.

    Parameters
    ----------
    log
        Rows in any order.
    replications
        The simulated days, increasing.
    unseen
        Places at which no customer waits in person (``Study.unseen``): they take none of the customer's time.
    outlet_steps
        Steps from this one on are contacts in remote channels (``Study.outlet_steps``); None for no such channels.
    """
    order = np.lexsort((np.arange(len(log)), log.arrive, log.visit, log.replication, log.day_type))
    rows = log.take(order)
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (
        (rows.visit[1:] != rows.visit[:-1])
        | (rows.replication[1:] != rows.replication[:-1])
        | (rows.day_type[1:] != rows.day_type[:-1])
    )
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(rows)) - 1 if len(first) else first
    afar = np.zeros(len(rows), dtype=bool) if outlet_steps is None else rows.step >= outlet_steps
    left = np.isin(rows.outcome, LEFT)
    seen = (rows.lane >= 0) & ~np.isin(rows.lane, unseen)
    wait = np.where(seen, rows.wait, 0.0)
    stays = np.where(seen, rows.end, -np.inf)
    arrived = rows.lane[first] >= 0
    leaves = np.maximum.reduceat(stays, first) if len(first) else np.zeros(0)
    gap = np.zeros(len(rows))
    gap[:-1] = np.where(new[1:], 0.0, rows.arrive[1:] - rows.end[:-1])
    away = _per_visit(np.where(left | (rows.outcome == Outcome.RETURNS), gap, 0.0), first)
    return VisitTable(
        day=np.searchsorted(np.array(replications), rows.replication[first]),
        day_type=rows.day_type[first],
        zone=rows.zone[first],
        segment=rows.segment[first],
        task=rows.task[first],
        site=rows.site[last],
        visit=rows.visit[first],
        wait=_per_visit(wait, first),
        first_wait=wait[first],
        duration=np.where(arrived, np.maximum(leaves - rows.arrive[first] - away, 0.0), 0.0),
        in_queues=_per_visit(np.where(rows.lane >= 0, rows.wait, 0.0), first),
        away=away,
        in_service=_per_visit(np.nan_to_num(rows.end - rows.call), first),
        turnaround=np.where(arrived, rows.end[last] - rows.arrive[first], 0.0),
        outcome=rows.outcome[last],
        booked=rows.booked[first],
        remote=afar[first],
        visited=_per_visit(((rows.lane >= 0) & ~afar).astype(float), first) > 0,
        moves=(_per_visit(left.astype(float), first) - left[last]).astype(np.int64),
    )


def _per_visit(amount: NDArray[np.float64], first: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return sums over the rows of each visit, of which ``first`` is the first."""
    return np.add.reduceat(amount, first) if len(first) else np.zeros(0)


def arrived(visits: VisitTable) -> NDArray[np.bool_]:
    """Return which visits reached an outlet that was open; those who do not show up for an appointment do not."""
    return ~np.isin(visits.outcome, (Outcome.NO_OUTLET, Outcome.CLOSED, Outcome.NO_SHOW, Outcome.HOME))


def served(visits: VisitTable) -> NDArray[np.bool_]:
    """Return which visits got what they came for, parcels that are brought home among them."""
    return np.isin(visits.outcome, (Outcome.SERVED, Outcome.HOME))


@dataclass(frozen=True, slots=True)
class Kpi:
    """
    One measure.

    Parameters
    ----------
    unit
        Unit of the value: ``min``, ``share``, ``money/a``, ...
    better
        Direction.
    measure
        One value a simulated day, shape ``(days,)``; figures that do not vary by day are repeated.
    target
        The value that a rule of the scenario asks for, or None.
    """

    unit: str
    better: Better
    measure: Callable[[NetworkDays], NDArray[np.float64]]
    target: Callable[[Study], float | None] = lambda _: None


@dataclass(frozen=True, slots=True)
class KpiFamily:
    """
    One measure for each member of a set that the scenario names (lanes, rules, channel tags).

    Parameters
    ----------
    unit, better
        Unit and direction of every member.
    members
        Names of the members in a study.
    measure
        As in ``Kpi``, for one member.
    target
        The value asked for, or None.
    """

    unit: str
    better: Better
    members: Callable[[Study], tuple[str, ...]]
    measure: Callable[[NetworkDays, str], NDArray[np.float64]]
    target: Callable[[Study, str], float | None] = lambda _study, _member: None


KPIS: Registry[Kpi | KpiFamily] = Registry("KPI")


def lanes_in_use(study: Study) -> tuple[str, ...]:
    """Return the lanes that some format of the study has."""
    return tuple(lane for lane in LANES if any(lane in form.levels for form in study.formats.values()))


def ratio(numerator: NDArray[np.float64], denominator: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the quotient by day; a day on which nothing can be measured counts as 0."""
    quotient: NDArray[np.float64] = np.divide(
        numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0
    )
    return quotient


def quantile_by_day(
    days: NetworkDays, rows: NDArray[np.bool_], amount: NDArray[np.float64], level: float
) -> NDArray[np.float64]:
    """
    Return a quantile over visits for each simulated day, day types weighted by their days a year.

    Parameters
    ----------
    rows
        Which visits count, shape ``(visits,)``.
    amount
        What the quantile is taken of, shape ``(visits,)``.
    level
        In ``(0, 1)``.
    """
    values, day = amount[rows], days.visits.day[rows]
    weight = days.weights[days.visits.day_type[rows]]
    order = np.argsort(day, kind="stable")
    edges = np.searchsorted(day[order], np.arange(len(days.replications) + 1))
    parts = [order[first:last] for first, last in pairwise(edges)]
    return np.array([weighted_quantile(values[part], level, weight[part]) if len(part) else 0.0 for part in parts])
