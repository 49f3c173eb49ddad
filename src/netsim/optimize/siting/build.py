"""From a study and its lane capacities to the siting problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.model.network import Format, OpeningPattern, Option, Site
from netsim.model.route import offers
from netsim.model.service import LANES, CapacityTable, Lane
from netsim.model.study import CoverageRule, Study
from netsim.optimize.siting.problem import CLOSED, CoverageNeed, LevelTable, ModeTable, SitingProblem
from netsim.optimize.siting.visits import visit_effect

StaffCosts = Mapping[tuple[str, str], NDArray[np.float64]]
"""Yearly staff cost by (format, pattern), one value for each counter level."""


def siting_problem(
    study: Study, capacities: CapacityTable, staff_costs: StaffCosts, *, keep_dominated: bool = False
) -> SitingProblem:
    """
    Return the siting problem of a study.

    Parameters
    ----------
    study
        The study.
    capacities
        Largest load of each lane by level.
    staff_costs
        Yearly staff cost of each (format, pattern) by counter level.
    keep_dominated
        Keep levels that another level dominates (to price what stands today as it is).

    Notes
    -----
    Demand counts the first period and demand scenario. Travel is paid for by all who are assigned to
    an outlet, also by those who find it closed.
    """
    modes = [mode for index, site in enumerate(study.sites) for mode in _site_modes(study, index, site)]
    site = np.array([mode.site for mode in modes], dtype=np.int64)
    first = np.searchsorted(site, np.arange(len(study.sites) + 1)).astype(np.int64)
    minutes = np.where(study.travel.minutes <= study.rules.reach, study.travel.minutes, np.inf)
    visits = np.stack([study.demand.daily(day) for day in range(len(study.day_types))])
    return SitingProblem(
        assignment=study.rules.assignment,
        sites=tuple(place.id for place in study.sites),
        tasks=tuple(task.id for task in study.tasks),
        modes=_mode_table(study, modes),
        levels=_level_table(study, modes, capacities, staff_costs, keep_dominated),
        first=first,
        today=_today(study, modes),
        today_options=tuple(place.today for place in study.sites),
        visits=visits,
        days=np.array([day.days_per_year for day in study.day_types]),
        minutes=minutes,
        rank=_ranks(minutes, tuple(place.id for place in study.sites)),
        minute_cost=study.economics.trips * study.economics.value_of_time,
        lost_cost=np.array([task.lost_visit_cost for task in study.tasks]),
        coverage=tuple(_coverage(study, rule) for rule in study.rules.coverage),
        served_share=study.rules.served_share,
        budget=study.rules.budget,
        max_changes=study.rules.max_changes,
        economics=study.economics,
    )


@dataclass(frozen=True, slots=True)
class _Mode:
    """One row of the mode table in the making; ``form`` and ``pattern`` are None for "closed"."""

    site: int
    today: Option | None
    form: Format | None
    pattern: OpeningPattern | None

    @property
    def key(self) -> tuple[str, str]:
        if self.form is None or self.pattern is None:
            return (CLOSED, CLOSED)
        return (self.form.id, self.pattern.id)


def _site_modes(study: Study, index: int, site: Site) -> list[_Mode]:
    closed = [_Mode(index, site.today, None, None)] if site.today is None or site.may_close else []
    allowed = dict.fromkeys(site.allowed)
    if site.today is not None:
        allowed.setdefault(site.today.format)
    return closed + [
        _Mode(index, site.today, study.formats[format_id], pattern)
        for format_id in allowed
        for pattern in study.formats[format_id].patterns
    ]


def _today(study: Study, modes: list[_Mode]) -> NDArray[np.int64]:
    """Position of the mode that stands at each site today."""
    found = {(mode.site, *mode.key): position for position, mode in enumerate(modes)}
    keys = [(site.today.format, site.today.pattern) if site.today else (CLOSED, CLOSED) for site in study.sites]
    return np.array([found[index, *key] for index, key in enumerate(keys)], dtype=np.int64)


def _mode_table(study: Study, modes: list[_Mode]) -> ModeTable:
    effects = _effects(study)
    count, tasks = len(modes), len(study.tasks)
    offers = np.zeros((count, tasks), dtype=np.bool_)
    work = np.zeros((count, tasks, len(LANES)))
    served = np.zeros((count, tasks))
    for row, mode in enumerate(modes):
        if mode.form is not None:
            offers[row], work[row], served[row] = effects[mode.key]
    forms = [mode.form for mode in modes]
    return ModeTable(
        site=np.array([mode.site for mode in modes], dtype=np.int64),
        format=tuple(mode.key[0] for mode in modes),
        pattern=tuple(mode.key[1] for mode in modes),
        offers=offers,
        changes=np.array([(mode.today.format if mode.today else CLOSED) != mode.key[0] for mode in modes]),
        fixed=np.array([form.costs.fixed if form else 0.0 for form in forms]),
        transition=np.array([_transition(study, mode) for mode in modes]),
        fee=np.array([form.costs.per_visit if form else 0.0 for form in forms]),
        work=work,
        served=served,
    )


def _effects(
    study: Study,
) -> dict[tuple[str, str], tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]]:
    """Offers, work and served share of each (format, pattern)."""
    table = {}
    for form in study.formats.values():
        for pattern in form.patterns:
            hours = {
                place: study.doors_at(form, pattern.id, place) for place in (*form.levels, *form.stations, *form.shared)
            }
            offered = np.array([offers(form, task) for task in study.tasks])
            work = np.zeros((len(study.tasks), len(LANES)))
            served = np.zeros(len(study.tasks))
            for position in np.flatnonzero(offered):
                for group, behaviour in enumerate(study.groups.kinds):
                    effect = visit_effect(study.tasks[position], form, hours, behaviour, study.remote)
                    share = study.groups.share_of(int(position), group)
                    work[position] += share * np.array(effect.work)
                    served[position] += share * effect.served
            table[form.id, pattern.id] = (offered, work, served)
    return table


def _transition(study: Study, mode: _Mode) -> float:
    """Annualised one-off cost of the mode without terminals."""
    if mode.form is None:
        once = study.formats[mode.today.format].costs.closing if mode.today else 0.0
    elif mode.today is None:
        once = mode.form.costs.opening
    else:
        once = mode.form.costs.converting if mode.today.format != mode.form.id else 0.0
    return once * study.economics.annuity


def _level_table(
    study: Study, modes: list[_Mode], capacities: CapacityTable, staff_costs: StaffCosts, keep_dominated: bool
) -> LevelTable:
    tables = (capacities, staff_costs)
    rows = {
        (row, lane): _levels(study, mode, lane, tables, keep_dominated=keep_dominated)
        for row, mode in enumerate(modes)
        if mode.form is not None
        for lane in mode.form.levels
    }
    most = max((len(columns[0]) for columns in rows.values()), default=0)
    shape = (len(modes), len(LANES), max(most, 1))
    count = np.zeros(shape[:2], dtype=np.int64)
    servers = np.zeros(shape, dtype=np.int64)
    staff, equipment, transition = (np.zeros(shape) for _ in range(3))
    capacity = np.zeros((*shape, len(study.day_types)))
    for (row, lane), columns in rows.items():
        axis = LANES.index(lane)
        size = len(columns[0])
        count[row, axis] = size
        for target, column in zip((servers, staff, equipment, transition, capacity), columns, strict=True):
            target[row, axis, :size] = column
    return LevelTable(count, servers, staff, equipment, transition, capacity)


def _levels(
    study: Study, mode: _Mode, lane: Lane, tables: tuple[CapacityTable, StaffCosts], *, keep_dominated: bool
) -> tuple[NDArray[np.int64], *tuple[NDArray[np.float64], ...]]:
    """Servers, staff cost, equipment cost, transition cost and capacity of the levels worth having."""
    form, key = mode.form, mode.key
    capacities, staff_costs = tables
    assert form is not None  # noqa: S101 - only modes with an outlet have levels
    servers = np.array(form.levels[lane], dtype=np.int64)
    costs = form.costs
    staff, transition = np.zeros(len(servers)), np.zeros(len(servers))
    if lane == "counter":
        staff = np.array(staff_costs[key], dtype=np.float64)
        equipment = costs.per_counter * servers.astype(np.float64)
    else:
        equipment = costs.per_terminal * servers.astype(np.float64)
        added = np.maximum(servers - (mode.today.terminals if mode.today else 0), 0)
        transition = added * costs.terminal_installation * study.economics.annuity
    capacity = np.stack([capacities.work(*key, lane, int(level)) for level in servers])
    cost = staff + equipment + transition
    order = np.argsort(cost, kind="stable")
    kept: list[int] = []
    for level in order:
        dominated = any((capacity[other] >= capacity[level]).all() for other in kept)
        if keep_dominated or not dominated:
            kept.append(int(level))
    chosen = np.array(kept, dtype=np.int64)
    return servers[chosen], staff[chosen], equipment[chosen], transition[chosen], capacity[chosen]


def _ranks(minutes: NDArray[np.float64], ids: tuple[str, ...]) -> NDArray[np.int64]:
    """Place of each site in its zone's order by (minutes, id)."""
    by_id = np.array(sorted(range(len(ids)), key=lambda site: ids[site]), dtype=np.int64)
    order = by_id[np.argsort(minutes[:, by_id], axis=1, kind="stable")]
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(len(ids))[None, :], axis=1)
    return rank


def _coverage(study: Study, rule: CoverageRule) -> CoverageNeed:
    layers = rule.layers or tuple(study.zones.people)
    people = np.zeros(len(study.zones.ids))
    for layer in layers:
        people = people + study.zones.people[layer]
    total = float(people.sum())
    return CoverageNeed(
        id=rule.id,
        share=rule.share,
        within=rule.within,
        task=study.task_index(rule.task),
        people=people / total if total > 0 else people,
        near=study.travel.minutes <= rule.within,
    )
