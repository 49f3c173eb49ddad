"""The network day: customers choose outlets as the plan says, and every outlet is simulated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.model.network import Option
from netsim.model.plan import Shares
from netsim.model.study import Study
from netsim.model.visits import Customers, VisitLog, join_logs
from netsim.simulation.classes import class_of
from netsim.simulation.customers import draw_customers
from netsim.simulation.locker import LockerDays
from netsim.simulation.locker_fates import joined_lockers
from netsim.simulation.network_arrivals import ARRIVES, NetworkArrivals, arrivals_of
from netsim.simulation.network_totals import NetworkTotals, UnitSums, unit_sums
from netsim.simulation.runners import RUNNERS
from netsim.simulation.totals import fold
from netsim.simulation.unit_failures import unit_failures, unit_machines
from netsim.simulation.units import Unit, Units
from netsim.simulation.visits import Table, arrivals
from netsim.simulation.ways import NETWORK


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

    Outlets that share nothing do not depend on each other: what happens at one is the same whichever others are
    simulated. Those that share a pool, or send customers to each other, are simulated in one event loop.
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
        Positions of the sites to simulate, with all that depends on them; None for all. With a choice, customers
        without an outlet are left out of the log.
    customers
        Customers drawn before for these days (others are ignored); None draws them.

    Raises
    ------
    ValueError
        If the plan sends customers to a site that does not do their task.
    """
    job = _Job(study, options, on_duty, study.seed if seed is None else seed, tuple(replications))
    log, _, _ = job.simulate(shares, sites, customers, sums=False)
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
    log, found, lockers = job.simulate(shares, None, customers, sums=True)
    if onto is not None:
        lockers = {key: joined_lockers(onto.lockers[key], days) for key, days in lockers.items()}
    outlets = {(day, site): sums for day, of_unit in found for site, sums in of_unit.outlets.items()}
    shared = {(day, of_unit.number): of_unit.shared for day, of_unit in found if of_unit.shared is not None}
    return log, NetworkTotals(len(job.replications) + (0 if onto is None else onto.days), outlets, shared, lockers)


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
    ) -> tuple[VisitLog, list[tuple[int, UnitSums]], Mapping[tuple[int, int], LockerDays]]:
        """Return the log, the totals of every unit on every kind of day if they are wanted, and the lockers."""
        if customers is None:
            customers = draw_customers(self.study, self.replications, seed=self.seed)
        where = arrivals_of(self.study, shares, self.options, customers, self.seed)
        units = Units(self.study, self.options)
        unit = np.array([units.of_site.get(site, -1) for site in (*range(len(self.options)), NETWORK)])[where.site]
        wanted = np.isin(customers.replication, np.asarray(self.replications, dtype=np.int64))
        if sites is not None:  # outlets that share something are simulated together
            wanted &= np.isin(unit, [units.of_site[site] for site in sites if site in units.of_site])
        lost = np.flatnonzero(wanted & (where.lost != ARRIVES))
        comes = np.flatnonzero(wanted & (where.lost == ARRIVES))
        whose = customers.day_type[comes] * len(units.members) + unit[comes]
        order = np.lexsort((customers.key[comes], where.minute[comes], customers.replication[comes], whose))
        comes, whose = comes[order], whose[order]
        every = np.arange(len(self.study.day_types) * len(units.members))
        numbers = every if sums else np.unique(whose)
        ends = [np.searchsorted(whose, numbers, side) for side in ("left", "right")]
        parts = [(int(number), comes[start:end]) for number, start, end in zip(numbers, *ends, strict=True)]
        logs, found = [_lost_rows(customers, where, lost)], []
        for (number, _), (log, of_unit) in zip(
            parts, self._each(units, customers, where, parts, sums=sums), strict=True
        ):
            logs.append(log)
            if of_unit is not None:
                found.append((number // len(units.members), of_unit))
        return in_order(join_logs(logs)), found, where.lockers

    def _each(
        self,
        units: Units,
        customers: Customers,
        where: NetworkArrivals,
        parts: Sequence[tuple[int, NDArray[np.int64]]],
        *,
        sums: bool,
    ) -> Iterator[tuple[VisitLog, UnitSums | None]]:
        """Yield what happens in one unit after the other, by as many threads as the study asks for."""

        def one(part: tuple[int, NDArray[np.int64]]) -> tuple[VisitLog, UnitSums | None]:
            return self._unit(units, customers, where, *part, sums=sums)

        if self.study.workers == 1:
            yield from map(one, parts)
            return
        with ThreadPoolExecutor(self.study.workers) as pool:
            yield from pool.map(one, parts)

    def _unit(
        self,
        units: Units,
        customers: Customers,
        where: NetworkArrivals,
        number: int,
        part: NDArray[np.int64],
        *,
        sums: bool,
    ) -> tuple[VisitLog, UnitSums | None]:
        """Return the rows of one unit on one kind of day, and its totals if they are wanted."""
        study = self.study
        day_type, place = divmod(number, len(units.members))
        days = np.unique(np.asarray(self.replications, dtype=np.int64))
        first = np.append(np.searchsorted(customers.replication[part], days), len(part))
        staff = None if self.on_duty is None else self.on_duty[day_type]
        unit = units.build(place, staff, int(np.diff(first).max(initial=0)))
        kind = class_of(study, customers.task[part], customers.segment[part], where.kind[part])
        kind += unit.classes * np.searchsorted(np.array(unit.sites), where.site[part])
        customers_here = arrivals(where.minute[part], kind, customers.stream[part], first)
        came, whose = unit_machines(study, unit, customers_here, day_type, days.tolist(), self.seed)
        failures = unit_failures(study, unit, day_type, days.tolist(), self.seed)
        happened = RUNNERS[study.runner](unit.model, came, failures)
        rows = happened.rows[whose[happened.rows["visit"]] >= 0]
        log = _log_of(customers, part[whose[rows["visit"]]], unit, rows, where)
        if not sums:
            return log, None
        earlier = None if self.onto is None else self.onto.whole(day_type, unit.sites[0])
        return log, unit_sums(place, unit, fold(unit.model, came, happened, earlier), len(study.places))


def _log_of(customers: Customers, who: NDArray[np.int64], unit: Unit, rows: Table, where: NetworkArrivals) -> VisitLog:
    """Return the log of the rows of a unit, ``who`` telling the customer of each."""
    station = rows["station"]
    server = rows["server"].astype(np.int64)
    return VisitLog(
        visit=customers.key[who],
        replication=customers.replication[who],
        day_type=customers.day_type[who],
        zone=customers.zone[who],
        segment=customers.segment[who],
        task=customers.task[who],
        site=np.where(unit.site[station] == NETWORK, where.site[who], unit.site[station]),
        step=rows["step"].astype(np.int64),
        lane=unit.place[station],
        server=np.where(server < 0, server, server + unit.server[station]),
        arrive=rows["arrive"].copy(),
        call=rows["call"].copy(),
        end=rows["end"].copy(),
        work=rows["work"].copy(),
        outcome=rows["outcome"].astype(np.int64),
        booked=where.booked[who],
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
