"""The network day: customers choose outlets as the plan says, and every outlet is simulated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from netsim.model.calendar import DAY_MINUTES, OpeningHours
from netsim.model.network import Option
from netsim.model.plan import Shares
from netsim.model.route import legs
from netsim.model.study import Study
from netsim.model.visits import Customers, Outcome, VisitLog, join_logs
from netsim.simulation.classes import class_of, classes_of
from netsim.simulation.customers import draw_customers
from netsim.simulation.network_totals import NetworkTotals, OutletSums, outlet_sums
from netsim.simulation.profiles import wished_while_open
from netsim.simulation.runners import RUNNERS
from netsim.simulation.stations import lanes_of
from netsim.simulation.streams import key_of
from netsim.simulation.totals import fold
from netsim.simulation.units import Unit, unit_of
from netsim.simulation.visits import Table, arrivals, failures_of, outages_of

ARRIVES = -1
"""In ``NetworkArrivals.lost``: the customer reaches the outlet."""


@dataclass(frozen=True, slots=True, eq=False)
class NetworkArrivals:
    """
    Where each customer goes and when.

    Parameters
    ----------
    site
        Position of the site, -1 where the plan sends the customer nowhere; shape ``(n,)``.
    minute
        Minute of the service day of the arrival; the wished minute of those who are lost.
    lost
        -1 for those who arrive, else ``Outcome.NO_OUTLET`` or ``Outcome.CLOSED``.
    """

    site: NDArray[np.int64]
    minute: NDArray[np.float64]
    lost: NDArray[np.int64]


def arrivals_of(
    study: Study, plan_shares: Shares, options: Sequence[Option | None], customers: Customers
) -> NetworkArrivals:
    """
    Return where and when each customer arrives under a plan.

    The customer's ``choice`` picks the site by cumulative share. Where the first lane of the task is
    closed at the wished minute, the flexible part of the customers comes at a minute drawn from the
    task's profile while it is open; the others are lost.

    Parameters
    ----------
    study
        Formats, tasks and hours.
    plan_shares
        Who goes where; a (task, zone) without a row goes nowhere.
    options
        What stands at each site, in the order of the study's sites.
    customers
        Who wishes a visit.

    Raises
    ------
    ValueError
        If the plan sends customers to a site that does not do their task.
    """
    site = _chosen_sites(study, plan_shares, customers)
    hours, hours_of = _first_lane_hours(study, options, plan_shares)
    minute = customers.wished.copy()
    lost = np.where(site < 0, int(Outcome.NO_OUTLET), ARRIVES)
    which = np.where(site < 0, -1, hours_of[site, class_of(study, customers.task, customers.segment)])
    for index, item in enumerate(hours):
        rows = np.flatnonzero(which == index)
        minute[rows], lost[rows] = _minutes_within(study, item, customers, rows)
    return NetworkArrivals(site, minute, lost)


def _chosen_sites(study: Study, shares: Shares, customers: Customers) -> NDArray[np.int64]:
    """Return the site of each customer, -1 for none."""
    zones = len(study.zones.ids)
    group = shares.task * zones + shares.zone
    order = np.lexsort((shares.site, group))
    site, group, share = shares.site[order], group[order], shares.share[order]
    first = np.searchsorted(group, np.arange(len(study.tasks) * zones + 1))
    total = np.concatenate([[0.0], np.cumsum(share)])
    before = np.repeat(total[first[:-1]], np.diff(first))
    upto = total[1:] - before
    upto[np.abs(upto - 1.0) < 1e-9] = 1.0  # shares that sum to 1 but for rounding leave nobody out
    cell = customers.task * zones + customers.zone
    row, end = first[cell], first[cell + 1]
    for _ in range(int(np.diff(first).max(initial=0))):
        go_on = row < end
        go_on[go_on] = upto[row[go_on]] <= customers.choice[go_on]
        row = row + go_on
    chosen = np.full(len(customers), -1, dtype=np.int64)
    found = row < end
    chosen[found] = site[row[found]]
    return chosen


def _first_lane_hours(
    study: Study, options: Sequence[Option | None], shares: Shares
) -> tuple[list[OpeningHours], NDArray[np.int64]]:
    """Return the hours in use and, for each (site, class), the position of those of its first place (-1: not done)."""
    hours: list[OpeningHours] = []
    hours_of = np.full((len(options), len(study.tasks) * len(study.groups)), -1, dtype=np.int64)
    for site, option in enumerate(options):
        if option is None:
            continue
        form = study.formats[option.format]
        for index, (task, behaviour) in enumerate(classes_of(study)):
            route = legs(form, task, lanes_of(form, option), behaviour.desk)
            if route is not None:
                item = study.doors_at(form, option.pattern, route[0].place)
                if item not in hours:
                    hours.append(item)
                hours_of[site, index] = hours.index(item)
    wrong = np.flatnonzero(hours_of[shares.site, shares.task * len(study.groups)] < 0)
    if len(wrong):
        site, task = study.sites[shares.site[wrong[0]]].id, study.tasks[shares.task[wrong[0]]].id
        raise ValueError(f"plan: {len(wrong)} shares lead to sites that do not do the task, first {task!r} at {site!r}")
    return hours, hours_of


def _minutes_within(
    study: Study, hours: OpeningHours, customers: Customers, rows: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the arrival minute of customers at a lane with these hours, and whether they are lost."""
    minute = customers.wished[rows].copy()
    is_open = np.zeros(len(rows), dtype=bool)
    for start, end in hours.windows:
        for shift in (0.0, DAY_MINUTES):
            now = ~is_open & (customers.wished[rows] + shift >= start) & (customers.wished[rows] + shift < end)
            minute[now] += shift
            is_open |= now
    lost = np.where(is_open, ARRIVES, int(Outcome.CLOSED))
    for index, task in enumerate(study.tasks):
        again = ~is_open & (customers.task[rows] == index) & (customers.flexible[rows] < task.flexible)
        pieces = wished_while_open(task.profile, hours)
        if again.any() and pieces.total > 0:
            minute[again] = pieces.minute_at(customers.again[rows[again]])
            lost[again] = ARRIVES
    return minute, lost


def simulate_network(
    study: Study,
    options: Sequence[Option | None],
    shares: Shares,
    replications: Sequence[int],
    *,
    on_duty: NDArray[np.int64] | None = None,
    seed: int | None = None,
    sites: set[int] | None = None,
    customers: Customers | None = None,
) -> VisitLog:
    """
    Return the visits of whole network days.

    Outlets do not depend on each other: what happens at one is the same whichever others are simulated.
    Two plans meet the same customers with the same service times, patience and terminal failures.

    Parameters
    ----------
    study
        The study.
    options
        What stands at each site, in the order of the study's sites.
    shares
        Who goes where.
    replications
        Numbers of the days; each is simulated for every day type.
    on_duty
        Counter staff, shape ``(day types, sites, 60)``; None for the options' counters whenever open.
    seed
        Seed; None takes the study's.
    sites
        Positions of the sites to simulate; None for all. With a choice, customers without an outlet
        are left out of the log.
    customers
        Customers drawn before for these days (others are ignored); None draws them.

    Raises
    ------
    ValueError
        If the plan sends customers to a site that does not do their task.
    """
    job = _Job(study, options, on_duty, study.seed if seed is None else seed, tuple(replications))
    log, _ = job.simulate(shares, sites, customers, sums=False)
    return log


def measure_network(
    study: Study,
    options: Sequence[Option | None],
    shares: Shares,
    replications: Sequence[int],
    *,
    on_duty: NDArray[np.int64] | None = None,
    seed: int | None = None,
    customers: Customers | None = None,
    onto: NetworkTotals | None = None,
) -> tuple[VisitLog, NetworkTotals]:
    """
    Return the visits of whole network days, and the totals of every outlet.

    Parameters
    ----------
    study, options, shares, replications, on_duty, seed, customers
        As in ``simulate_network``.
    onto
        Totals of earlier days of the same network; None for none. To the bit, the sums do not depend on the
        parts in which the days are simulated.

    Raises
    ------
    ValueError
        If the plan sends customers to a site that does not do their task.
    """
    job = _Job(study, options, on_duty, study.seed if seed is None else seed, tuple(replications), onto)
    log, outlets = job.simulate(shares, None, customers, sums=True)
    return log, NetworkTotals(len(job.replications) + (0 if onto is None else onto.days), outlets)


def in_order(log: VisitLog) -> VisitLog:
    """Return the rows in order of day type, replication, site and arrival."""
    order = np.lexsort((log.arrive, _outlet_days(log, log.site, np.arange(len(log)))))
    return log.take(order)


def _outlet_days(of: Customers | VisitLog, site: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a number for each (day type, replication, site), in this order; shape of ``rows``."""
    replications = int(of.replication.max(initial=0)) + 1
    sites = int(site.max(initial=0)) + 2
    return (of.day_type[rows] * replications + of.replication[rows]) * sites + site[rows] + 1


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """A network to simulate: what stands where with which staff, on which days."""

    study: Study
    options: Sequence[Option | None]
    on_duty: NDArray[np.int64] | None
    seed: int
    replications: tuple[int, ...]
    onto: NetworkTotals | None = None

    def simulate(
        self, shares: Shares, sites: set[int] | None, customers: Customers | None, *, sums: bool
    ) -> tuple[VisitLog, dict[tuple[int, int], OutletSums]]:
        """Return the log, and the totals of every outlet if they are wanted."""
        if customers is None:
            customers = draw_customers(self.study, self.replications, seed=self.seed)
        where = arrivals_of(self.study, shares, self.options, customers)
        wanted = np.isin(customers.replication, np.asarray(self.replications, dtype=np.int64))
        if sites is not None:
            wanted &= np.isin(where.site, np.fromiter(sites, dtype=np.int64, count=len(sites)))
        lost = np.flatnonzero(wanted & (where.lost != ARRIVES))
        comes = np.flatnonzero(wanted & (where.lost == ARRIVES))
        outlet = customers.day_type[comes] * len(self.options) + where.site[comes]
        order = np.lexsort((customers.key[comes], where.minute[comes], customers.replication[comes], outlet))
        comes, outlet = comes[order], outlet[order]
        numbers = self._outlets() if sums else np.unique(outlet)
        ends = [np.searchsorted(outlet, numbers, side) for side in ("left", "right")]
        parts = [(int(number), comes[start:end]) for number, start, end in zip(numbers, *ends, strict=True)]
        logs, outlets = [_lost_rows(customers, where, lost)], {}
        for (number, _), (log, found) in zip(parts, self._each(customers, where, parts, sums=sums), strict=True):
            logs.append(log)
            if found is not None:
                outlets[divmod(number, len(self.options))] = found
        return in_order(join_logs(logs)), outlets

    def _outlets(self) -> NDArray[np.int64]:
        """Return the number of every outlet on every kind of day: day type x sites + site."""
        stand = np.flatnonzero([option is not None for option in self.options])
        types = np.arange(len(self.study.day_types))
        return np.asarray((types[:, None] * len(self.options) + stand).ravel())

    def _each(
        self,
        customers: Customers,
        where: NetworkArrivals,
        parts: Sequence[tuple[int, NDArray[np.int64]]],
        *,
        sums: bool,
    ) -> Iterator[tuple[VisitLog, OutletSums | None]]:
        """Yield what happens at one outlet after the other, by as many threads as the study asks for."""

        def one(part: tuple[int, NDArray[np.int64]]) -> tuple[VisitLog, OutletSums | None]:
            return self._outlet(customers, where, *part, sums=sums)

        if self.study.workers == 1:
            yield from map(one, parts)
            return
        with ThreadPoolExecutor(self.study.workers) as pool:
            yield from pool.map(one, parts)

    def _outlet(
        self, customers: Customers, where: NetworkArrivals, number: int, part: NDArray[np.int64], *, sums: bool
    ) -> tuple[VisitLog, OutletSums | None]:
        """Return the rows of one outlet on one kind of day, and its totals if they are wanted."""
        study = self.study
        day_type, site = divmod(number, len(self.options))
        # arrivals_of has checked that an option stands where customers go
        option = cast("Option", self.options[site])
        unit = unit_of(study, option, site, None if self.on_duty is None else self.on_duty[day_type, site])
        model = unit.model
        days = np.unique(np.asarray(self.replications, dtype=np.int64))
        first = np.append(np.searchsorted(customers.replication[part], days), len(part))
        kind = class_of(study, customers.task[part], customers.segment[part])
        came = arrivals(where.minute[part], kind, customers.stream[part], first)
        key = key_of(self.seed, "breakdowns", study.day_types[day_type].id, study.sites[site].id)
        failures = failures_of(model, key, days.tolist(), outages_of(study, self.seed))
        happened = RUNNERS[study.runner](model, came, failures)
        log = _log_of(customers, part, unit, happened.rows)
        if not sums:
            return log, None
        earlier = None if self.onto is None else self.onto.outlets[day_type, site].whole
        return log, outlet_sums(unit, fold(model, came, happened, earlier), len(study.places))[site]


def _log_of(customers: Customers, came: NDArray[np.int64], unit: Unit, rows: Table) -> VisitLog:
    """Return the log of the rows of a unit, whose ``visit`` is a position in ``came``."""
    who = came[rows["visit"]]
    station = rows["station"]
    server = rows["server"].astype(np.int64)
    return VisitLog(
        visit=customers.key[who],
        replication=customers.replication[who],
        day_type=customers.day_type[who],
        zone=customers.zone[who],
        segment=customers.segment[who],
        task=customers.task[who],
        site=unit.site[station],
        step=rows["step"].astype(np.int64),
        lane=unit.place[station],
        server=np.where(server < 0, server, server + unit.server[station]),
        arrive=rows["arrive"].copy(),
        call=rows["call"].copy(),
        end=rows["end"].copy(),
        work=rows["work"].copy(),
        outcome=rows["outcome"].astype(np.int64),
    )


def _lost_rows(customers: Customers, where: NetworkArrivals, lost: NDArray[np.int64]) -> VisitLog:
    """Return one row for each customer who never reaches an outlet."""
    none = np.full(len(lost), -1, dtype=np.int64)
    return VisitLog(
        visit=customers.key[lost],
        replication=customers.replication[lost],
        day_type=customers.day_type[lost],
        zone=customers.zone[lost],
        segment=customers.segment[lost],
        task=customers.task[lost],
        site=where.site[lost],
        step=np.zeros(len(lost), dtype=np.int64),
        lane=none,
        server=none,
        arrive=where.minute[lost],
        call=np.full(len(lost), np.nan),
        end=where.minute[lost],
        work=np.zeros(len(lost)),
        outcome=where.lost[lost],
    )
