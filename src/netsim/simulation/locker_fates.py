"""What the lockers of a network mean for its customers: who finds the parcel there, who fetches it elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.model.locker import LockerUse, Parcels
from netsim.model.network import Option
from netsim.model.plan import Shares
from netsim.model.route import offers
from netsim.model.study import Study
from netsim.model.visits import Customers
from netsim.simulation.locker import LockerDays, simulate_locker
from netsim.simulation.stations import lanes_of
from netsim.simulation.streams import Stream, philox, uniforms
from netsim.statistics.intervals import mean_interval


@dataclass(frozen=True, slots=True, eq=False)
class Fates:
    """
    Where customers with a parcel go.

    Parameters
    ----------
    site
        Site of every customer, shape ``(n,)``: the planned one, or the outlet that hands the parcel out.
    home
        Whether the parcel is brought home, shape ``(n,)``.
    lockers
        What happened at each locker by (day type, site).
    """

    site: NDArray[np.int64]
    home: NDArray[np.bool_]
    lockers: Mapping[tuple[int, int], LockerDays]


def fates_of(
    study: Study,
    options: Sequence[Option | None],
    shares: Shares,
    customers: Customers,
    site: NDArray[np.int64],
    seed: int,
) -> Fates:
    """
    Return where the customers go whom the plan sends to lockers.

    Parcels of a simulated day are those that the courier brings on it, with the days before; the customers who fetch
    on that day, in the order of their numbers, take fates spread evenly over these parcels: on a day on which the
    locker is full many of them are sent elsewhere.

    Parameters
    ----------
    study, options, shares
        The study, what stands at each site, and who goes where.
    customers, site
        Who wishes a visit, and the planned site of each.
    seed
        Seed of the lockers' parcels.
    """
    parcels, lockers = study.parcels, _lockers(study, options)
    home = np.zeros(len(customers), dtype=bool)
    if parcels is None or not lockers:
        return Fates(site, home, {})
    task = study.task_index(parcels.task)
    replications = np.unique(customers.replication)
    rates = parcels.consent * _expected(study, shares, task)
    instead = _outlets(study, options, task)
    site, found = site.copy(), {}
    for day_type in range(len(study.day_types)):
        for place in lockers:
            ids = (study.sites[place].id, study.day_types[day_type].id)
            cells = study.formats[_format(options, place)].cells
            days = simulate_locker(parcels, cells, float(rates[day_type, place]), ids, replications.tolist(), seed)
            found[day_type, place] = days
            rows = np.flatnonzero((customers.day_type == day_type) & (site == place) & (customers.task == task))
            draws = uniforms(philox(customers.stream[rows], (0, 0, 0, int(Stream.PARCEL))))
            turned = _turned_away(
                parcels, days, np.searchsorted(replications, customers.replication[rows]), draws[:, 0]
            )
            rows, draws = rows[turned], draws[turned]
            other = instead[customers.zone[rows]]
            goes = (draws[:, 1] < parcels.to_outlet) & (other >= 0)
            site[rows[goes]] = other[goes]
            home[rows[~goes]] = True
    return Fates(site, home, found)


def _turned_away(
    parcels: Parcels, days: LockerDays, day: NDArray[np.int64], consent: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return which customers find nothing in the locker: those who do not agree, and those without a cell."""
    turned = consent >= parcels.consent
    first = np.searchsorted(days.day, np.arange(len(days.taken) + 1))
    for number in np.unique(day).tolist():
        mine = np.flatnonzero((day == number) & ~turned)
        fates = days.rejected[first[number] : first[number + 1]]
        if len(fates):
            turned[mine] = fates[((np.arange(len(mine)) + 0.5) * len(fates) / max(len(mine), 1)).astype(np.int64)]
    return np.asarray(turned)


def _lockers(study: Study, options: Sequence[Option | None]) -> list[int]:
    """Return the sites at which a format with cells stands."""
    return [place for place, item in enumerate(options) if item is not None and study.formats[item.format].cells]


def _format(options: Sequence[Option | None], place: int) -> str:
    option = options[place]
    return "" if option is None else option.format


def _expected(study: Study, shares: Shares, task: int) -> NDArray[np.float64]:
    """Return the mean wished visits of a task at each site, shape ``(day types, sites)``."""
    visits = study.demand.visits[0, 0][:, :, task].sum(axis=1)
    rows = shares.task == task
    found = np.zeros((len(study.day_types), len(study.sites)))
    for day_type in range(len(study.day_types)):
        weights = shares.share[rows] * visits[day_type, shares.zone[rows]]
        found[day_type] = np.bincount(shares.site[rows], weights, len(study.sites))
    return found


def _outlets(study: Study, options: Sequence[Option | None], task: int) -> NDArray[np.int64]:
    """Return the nearest outlet without cells that does a task, by zone; -1 for none within reach."""
    does = [
        option is not None
        and not study.formats[option.format].cells
        and offers(study.formats[option.format], study.tasks[task], lanes_of(study.formats[option.format], option))
        for option in options
    ]
    way = np.where(np.array(does)[None, :], study.travel.minutes, np.inf)
    return np.where(way.min(axis=1) <= study.rules.reach, way.argmin(axis=1), -1)


def joined_lockers(earlier: LockerDays, later: LockerDays) -> LockerDays:
    """Return the days of a locker and those that follow."""
    return LockerDays(
        np.concatenate([earlier.day, later.day + len(earlier.taken)]),
        np.concatenate([earlier.minute, later.minute]),
        np.concatenate([earlier.size, later.size]),
        np.concatenate([earlier.cell, later.cell]),
        np.concatenate([earlier.dwell, later.dwell]),
        np.concatenate([earlier.overdue, later.overdue]),
        np.concatenate([earlier.taken, later.taken]),
    )


def locker_use(
    study: Study, options: Sequence[Option | None], lockers: Mapping[tuple[int, int], LockerDays]
) -> tuple[LockerUse, ...]:
    """
    Return what every locker does, in the order of the sites.

    Parameters
    ----------
    study, options
        The study, and what stands at each site.
    lockers
        By (day type, site).
    """
    if study.parcels is None:
        return ()
    found = []
    for place in sorted({place for _, place in lockers}):
        days = [(day.days_per_year, lockers[number, place]) for number, day in enumerate(study.day_types)]
        found.append(_one(study, study.parcels, place, _format(options, place), days))
    return tuple(found)


def _one(study: Study, parcels: Parcels, place: int, form: str, days: Sequence[tuple[float, LockerDays]]) -> LockerUse:
    """Return what one locker does."""
    names = [name for name, _ in parcels.sizes]
    cells = dict(zip(names, study.formats[form].cells, strict=True))
    weight = sum(item for item, _ in days)
    size = len(days[0][1].taken)

    def by_day(of: NDArray[np.float64], item: LockerDays) -> NDArray[np.float64]:
        return np.bincount(item.day, of, size).astype(np.float64)

    def total(column: str) -> NDArray[np.float64]:
        parts = [w * by_day(np.asarray(getattr(item, column), dtype=float), item) for w, item in days]
        return np.asarray(np.sum(parts, axis=0))

    brought = np.sum([w * by_day(np.ones(len(item.day)), item) for w, item in days], axis=0)
    kept = np.maximum((brought - total("rejected")).sum(), 1e-300)
    lost = mean_interval(np.divide(total("rejected"), brought, out=np.zeros(size), where=brought > 0), 0.95)
    up = sum(w * float(np.sum(item.cell > item.size)) for w, item in days)
    late = sum(w * float(np.sum(item.dwell > parcels.free)) for w, item in days)
    taken = np.sum([w * item.taken.mean(axis=0) for w, item in days], axis=0) / weight
    return LockerUse(
        site=study.sites[place].id,
        cells=cells,
        parcels=float(brought.sum() / size / weight),
        rejected=float(total("rejected").sum() / np.maximum(brought.sum(), 1e-300)),
        rejected_half_width=lost.half_width,
        upgraded=float(up / kept),
        occupied={name: float(taken[k] / cells[name]) if cells[name] else 0.0 for k, name in enumerate(names)},
        dwell=float(total("dwell").sum() / kept / 60.0),
        paid=float(late / kept),
        overdue=float(total("overdue").sum() / kept),
    )
