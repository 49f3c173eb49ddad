"""The network day: customers choose outlets as the plan says, and every outlet is simulated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from netsim.model.network import Option
from netsim.model.plan import Shares
from netsim.model.study import Study
from netsim.model.visits import Customers, VisitLog, join_logs
from netsim.simulation.classes import class_of
from netsim.simulation.customers import draw_customers
from netsim.simulation.network_arrivals import ARRIVES, NetworkArrivals, arrivals_of
from netsim.simulation.network_totals import NetworkTotals, OutletSums, outlet_sums
from netsim.simulation.runners import RUNNERS
from netsim.simulation.streams import key_of
from netsim.simulation.totals import fold
from netsim.simulation.units import Unit, unit_of
from netsim.simulation.visits import Table, arrivals, failures_of, outages_of


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
        kind = class_of(study, customers.task[part], customers.segment[part], where.booked[part])
        came = arrivals(where.minute[part], kind, customers.stream[part], first)
        key = key_of(self.seed, "breakdowns", study.day_types[day_type].id, study.sites[site].id)
        failures = failures_of(model, key, days.tolist(), outages_of(study, self.seed))
        happened = RUNNERS[study.runner](model, came, failures)
        log = _log_of(customers, part, unit, happened.rows, where.booked)
        if not sums:
            return log, None
        earlier = None if self.onto is None else self.onto.outlets[day_type, site].whole
        return log, outlet_sums(unit, fold(model, came, happened, earlier), len(study.places))[site]


def _log_of(
    customers: Customers, came: NDArray[np.int64], unit: Unit, rows: Table, booked: NDArray[np.bool_]
) -> VisitLog:
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
        booked=booked[who],
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
        booked=where.booked[lost],
    )
