"""Where each customer goes, and when: the outlet that the plan names, its doors, and appointments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from netsim.model.calendar import DAY_MINUTES, OpeningHours
from netsim.model.network import Option
from netsim.model.plan import Shares
from netsim.model.route import legs
from netsim.model.study import Study
from netsim.model.visiting import Appointments
from netsim.model.visits import Customers, Outcome
from netsim.simulation.bookings import booked_minutes, places_of, wishes_of
from netsim.simulation.classes import BOOKED, WALK_IN, class_of, classes_of
from netsim.simulation.locker import LockerDays
from netsim.simulation.locker_fates import fates_of
from netsim.simulation.profiles import wished_while_open
from netsim.simulation.stations import lanes_of
from netsim.simulation.streams import Stream, philox, uniforms

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
        -1 for those who arrive, else ``Outcome.NO_OUTLET``, ``CLOSED``, ``NO_SHOW`` or ``HOME``.
    kind
        Kind of visit as in ``classes.classes_of``.
    lockers
        What happened at the lockers, by (day type, site).
    """

    site: NDArray[np.int64]
    minute: NDArray[np.float64]
    lost: NDArray[np.int64]
    kind: NDArray[np.int64]
    lockers: Mapping[tuple[int, int], LockerDays] = field(default_factory=dict)

    @property
    def booked(self) -> NDArray[np.bool_]:
        """Whether the customer has an appointment."""
        return np.asarray(self.kind == BOOKED)


def arrivals_of(
    study: Study,
    plan_shares: Shares,
    options: Sequence[Option | None],
    customers: Customers,
    seed: int | None = None,
) -> NetworkArrivals:
    """
    Return where and when each customer arrives under a plan.

    The customer's ``choice`` picks the site by cumulative share. Where the first lane of the task is
    closed at the wished minute, those who are early wait for the doors to open, as far as the task says so, and the
    flexible part of the others comes at a minute drawn from the task's profile while it is open; the rest is lost.
    Who asks for an appointment and gets one comes to it, or does not show up; who turns to a remote channel first
    does not ask.

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
    seed
        Seed of what lies in lockers; None takes the study's.

    Raises
    ------
    ValueError
        If the plan sends customers to a site that does not do their task.
    """
    fates = fates_of(
        study,
        options,
        plan_shares,
        customers,
        _chosen_sites(study, plan_shares, customers),
        study.seed if seed is None else seed,
    )
    site = fates.site
    hours, hours_of = _first_lane_hours(study, options, plan_shares)
    minute = customers.wished.copy()
    lost = np.where(site < 0, int(Outcome.NO_OUTLET), ARRIVES)
    walk_ins = np.full(len(customers), WALK_IN, dtype=np.int64)
    which = np.where(site < 0, -1, hours_of[site, class_of(study, customers.task, customers.segment, walk_ins)])
    for index, item in enumerate(hours):
        rows = np.flatnonzero(which == index)
        minute[rows], lost[rows] = _minutes_within(study, item, customers, rows)
    lost[fates.home] = int(Outcome.HOME)
    arrivals = NetworkArrivals(site, minute, lost, walk_ins, fates.lockers)
    if any(task.remote for task in study.tasks):
        arrivals = _with_remote(study, customers, arrivals)
    return _with_bookings(study, customers, arrivals, hours, which) if study.takes_bookings else arrivals


def _with_remote(study: Study, customers: Customers, arrivals: NetworkArrivals) -> NetworkArrivals:
    """Return the arrivals with those who turn to a remote channel first, at the minute they wish."""
    minute, lost, kind = arrivals.minute.copy(), arrivals.lost.copy(), arrivals.kind.copy()
    number = {channel.id: place for place, channel in enumerate(study.remote)}
    for index, task in enumerate(study.tasks):
        rows = np.flatnonzero(customers.task == index) if task.remote else np.empty(0, dtype=np.int64)
        draws = uniforms(philox(customers.stream[rows], (0, 0, 0, int(Stream.CHANNEL))))[:, 0]
        below = np.zeros(len(rows))
        for start in task.remote:
            share = np.full(len(rows), start.share)
            if study.turns is not None:
                share = study.turns[customers.segment[rows], index, number[start.channel]]
            turned = (draws >= below) & (draws < below + share)
            chosen = rows[turned]
            kind[chosen], lost[chosen] = 2 + number[start.channel], ARRIVES
            minute[chosen] = customers.wished[chosen]
            below += share
    return replace(arrivals, minute=minute, lost=lost, kind=kind)


def _with_bookings(
    study: Study,
    customers: Customers,
    arrivals: NetworkArrivals,
    hours: Sequence[OpeningHours],
    which: NDArray[np.int64],
) -> NetworkArrivals:
    """Return the arrivals with those who get an appointment at their booked minute, or not at all."""
    wishes = wishes_of(study, customers)
    asks = wishes.books & (arrivals.kind == WALK_IN)  # who turns to a remote channel first keeps no place from others
    minute, lost, kind = arrivals.minute.copy(), arrivals.lost.copy(), arrivals.kind.copy()
    replications, days = np.unique(customers.replication, return_inverse=True)
    sites = int(arrivals.site.max(initial=0)) + 1
    diary = (customers.day_type * len(replications) + days.ravel()) * sites + arrivals.site
    for task, item in enumerate(study.tasks):
        for number, opened in enumerate(hours if item.appointments is not None else ()):
            rows = np.flatnonzero(asks & (which == number) & (customers.task == task) & (lost != Outcome.HOME))
            offer = cast("Appointments", item.appointments)
            _, place = np.unique(diary[rows], return_inverse=True)
            given = booked_minutes(customers.wished[rows], place.ravel(), places_of(opened, offer.every), offer.places)
            rows, given = rows[~np.isnan(given)], given[~np.isnan(given)]
            kind[rows] = BOOKED
            minute[rows] = given + np.where(wishes.shows_up[rows], wishes.late[rows], 0.0)
            lost[rows] = np.where(wishes.shows_up[rows], ARRIVES, int(Outcome.NO_SHOW))
    return replace(arrivals, minute=minute, lost=lost, kind=kind)


def _chosen_sites(study: Study, shares: Shares, customers: Customers) -> NDArray[np.int64]:
    """Return the site of each customer, -1 for none; segments may choose differently."""
    if not shares.by_segment:
        return _sites_of(study, shares, customers.task, customers.zone, customers.choice)
    chosen = np.full(len(customers), -1, dtype=np.int64)
    for segment, own in enumerate(shares.by_segment):
        rows = np.flatnonzero(customers.segment == segment)
        chosen[rows] = _sites_of(study, own, customers.task[rows], customers.zone[rows], customers.choice[rows])
    return chosen


def _sites_of(
    study: Study, shares: Shares, task: NDArray[np.int64], zone: NDArray[np.int64], choice: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return the site of each customer of some tasks and zones, -1 for none."""
    zones = len(study.zones.ids)
    group = shares.task * zones + shares.zone
    order = np.lexsort((shares.site, group))
    site, group, share = shares.site[order], group[order], shares.share[order]
    first = np.searchsorted(group, np.arange(len(study.tasks) * zones + 1))
    total = np.concatenate([[0.0], np.cumsum(share)])
    before = np.repeat(total[first[:-1]], np.diff(first))
    upto = total[1:] - before
    upto[np.abs(upto - 1.0) < 1e-9] = 1.0  # shares that sum to 1 but for rounding leave nobody out
    cell = task * zones + zone
    row, end = first[cell], first[cell + 1]
    high = end.copy()
    while (apart := np.flatnonzero(row < high)).size:  # halve what is left of each customer's rows
        middle = (row[apart] + high[apart]) // 2
        beyond = upto[middle] <= choice[apart]
        row[apart[beyond]] = middle[beyond] + 1
        high[apart[~beyond]] = middle[~beyond]
    chosen = np.full(len(task), -1, dtype=np.int64)
    found = row < end
    chosen[found] = site[row[found]]
    return chosen


def _first_lane_hours(
    study: Study, options: Sequence[Option | None], shares: Shares
) -> tuple[list[OpeningHours], NDArray[np.int64]]:
    """Return the hours in use and, for each (site, class), the position of those of its first place (-1: not done)."""
    hours: list[OpeningHours] = []
    hours_of = np.full((len(options), len(tuple(classes_of(study)))), -1, dtype=np.int64)
    for site, option in enumerate(options):
        if option is None:
            continue
        form = study.formats[option.format]
        for index, (task, behaviour, _) in enumerate(classes_of(study)):
            route = legs(form, task, lanes_of(form, option), behaviour)
            if route is not None:
                item = study.doors_at(form, option.pattern, route[0].place)
                if item not in hours:
                    hours.append(item)
                hours_of[site, index] = hours.index(item)
    wrong = np.flatnonzero(hours_of[shares.site, shares.task * len(study.groups) * study.kinds] < 0)
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
        for start, opening in hours.before_opening(task.door):
            early = ~is_open & (customers.task[rows] == index) & (minute >= start) & (minute < opening)
            minute[early], lost[early] = opening, ARRIVES
            is_open |= early
        again = ~is_open & (customers.task[rows] == index) & (customers.flexible[rows] < task.flexible)
        if not again.any():
            continue
        group = study.groups.of(customers.segment[rows])
        for number, behaviour in enumerate(study.groups.kinds):
            pieces = wished_while_open(behaviour.profile(task.profile), hours)
            chosen = again & (group == number)
            if chosen.any() and pieces.total > 0:
                minute[chosen] = pieces.minute_at(customers.again[rows[chosen]])
                lost[chosen] = ARRIVES
    return minute, lost
