"""
Choice and waits brought to agree: customers choose by the waits they expect, and wait by what they choose.

Every outlet's simulated wait stands in the utility that customers choose by. A round chooses with the waits known,
simulates the network that follows from it on the same days with the same customers, and goes part of the way to the
waits found. It ends where nobody to speak of would change the outlet if everybody knew the waits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from netsim.demand.choice import (
    CHOICE_MODELS,
    Alternatives,
    ChoiceProbabilities,
    CostWeights,
    Parameters,
    choose,
)
from netsim.demand.choice.huff import HuffParameters
from netsim.demand.choice.logit import LogitParameters
from netsim.demand.choice.mci import MciParameters
from netsim.demand.choice.shares import LEAST_SHARE, kept_shares, shares_of_groups
from netsim.model.choice import ChoiceOutcome, ChoiceRound, ChoiceRules, Taste
from netsim.model.network import Option
from netsim.model.plan import Shares
from netsim.model.route import legs, offers
from netsim.model.study import Study
from netsim.model.visits import VisitLog
from netsim.simulation.customers import draw_customers
from netsim.simulation.network_day import simulate_network

Progress = Callable[[str, int, int], None]
Array = NDArray[np.float64]

FAMILIAR = 2_000_000_000
"""First of the days that customers know the waits from; no test and no measure is taken on them."""
LEAST_STEP = 1.0 / 64.0
"""Shortest step; one that overshoots is halved down to it."""
OURS = ""
"""Brand of our own outlets, whatever their signs say."""


@dataclass(frozen=True, slots=True, eq=False)
class _Choosing:
    """Everything that the choice depends on but the waits at our own outlets."""

    study: Study
    rules: ChoiceRules
    outlets: Alternatives
    visits: Array
    """Visits a year, shape ``(segments, tasks, zones)``."""


def choice_equilibrium(
    study: Study,
    options: Sequence[Option | None],
    on_duty: NDArray[np.int64],
    *,
    start: NDArray[np.float64] | None = None,
    progress: Progress | None = None,
) -> ChoiceOutcome:
    """
    Return who goes where when customers know the waits that follow from it.

    The waits are means over the whole day of those who come for a task, abandoned visits included. A task that
    nobody comes for at an outlet has the mean wait of the others there. Damped successive substitution on common
    random numbers: the map from waits to waits is the same in every round, so that what is left at the end is no
    noise of the simulation.

    Parameters
    ----------
    study
        A study with ``choice``.
    options
        What stands at each site.
    on_duty
        Staff that serves, shape ``(day types, sites, 60)``.
    start
        Waits to start from, minutes, shape ``(tasks, sites)``; none where it is not given.
    progress
        Called with (label, round, rounds at most).

    Returns
    -------
    ChoiceOutcome
        ``converged`` tells whether the tolerance was reached; the shares are those of the last waits in any case.

    Raises
    ------
    ValueError
        If the study has no choice rules.

    References
    ----------
    Y. Sheffi, *Urban Transportation Networks* (1985), chapter 12 (choice with congestion as a fixed point).
    """
    if study.choice is None:
        raise ValueError("choice equilibrium: the study says nothing about how customers choose")
    choosing = _choosing(study, study.choice, options)
    replications = range(FAMILIAR, FAMILIAR + study.choice.days)
    customers = draw_customers(study, replications)
    wait = np.zeros((len(study.tasks), len(study.sites))) if start is None else start.copy()
    tables = _tables(choosing, wait)
    rounds: list[ChoiceRound] = []
    step, best = study.choice.damping, np.inf
    for number in range(1, study.choice.max_rounds + 1):
        if progress is not None:
            progress("choice and waits", number, study.choice.max_rounds)
        shares = _shares(choosing, tables)
        log = simulate_network(study, options, shares, replications, on_duty=on_duty, customers=customers)
        found = mean_waits(study, log, len(choosing.outlets.offers), options)
        wanted = _tables(choosing, found)
        moving, outlet, change = _moving(choosing, tables, wanted)
        if moving > best:
            step = max(step / 2.0, LEAST_STEP)
        best = min(best, moving)
        done = moving <= study.choice.tolerance
        rounds.append(
            ChoiceRound(number, moving, 0.0 if done else step, _mean_wait(log), study.sites[outlet].id, change)
        )
        if done:
            break
        wait = wait + step * (found - wait)
        tables = _tables(choosing, wait)
    return _outcome(choosing, tables, wait, rounds)


def mean_waits(study: Study, log: VisitLog, tasks: int, options: Sequence[Option | None]) -> Array:
    """
    Return the mean wait of a visit by task and site, minutes, shape ``(tasks, sites)``.

    Parameters
    ----------
    study
        The study.
    log
        Visits of some days; places where nobody waits in person do not count.
    tasks
        Number of tasks.
    options
        What stands at each site; 0 where nothing does.
    """
    sites = len(study.sites)
    seen = (log.lane >= 0) & (log.site >= 0) & ~np.isin(log.lane, study.unseen)
    weights = np.array([day.days_per_year for day in study.day_types])[log.day_type[seen]]
    cell = log.task[seen] * sites + log.site[seen]
    minutes = np.bincount(cell, weights * log.wait[seen], tasks * sites).reshape(tasks, sites)
    arrives = seen & (log.step == 0) if not study.stations else seen
    first = _first_rows(log, arrives)
    count = np.bincount(
        log.task[first] * sites + log.site[first],
        np.array([day.days_per_year for day in study.day_types])[log.day_type[first]],
        tasks * sites,
    ).reshape(tasks, sites)
    everybody = np.divide(minutes.sum(axis=0), count.sum(axis=0), out=np.zeros(sites), where=count.sum(axis=0) > 0)
    known = np.divide(minutes, count, out=np.broadcast_to(everybody, minutes.shape).copy(), where=count > 0)
    there = np.array([option is not None for option in options])
    return np.where(there, known, 0.0)


def _first_rows(log: VisitLog, rows: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return one row for each visit to a site."""
    chosen = np.flatnonzero(rows)
    keys = np.stack([log.day_type[chosen], log.replication[chosen], log.visit[chosen], log.site[chosen]])
    order = np.lexsort((log.arrive[chosen], *keys))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (keys[:, order][:, 1:] != keys[:, order][:, :-1]).any(axis=0)
    return chosen[order[new]]


def _mean_wait(log: VisitLog) -> float:
    """Return the mean minutes that a step of a visit waits."""
    seen = log.lane >= 0
    return float(log.wait[seen].mean()) if seen.any() else 0.0


def _choosing(study: Study, rules: ChoiceRules, options: Sequence[Option | None]) -> _Choosing:
    """Return our outlets and those of competitors as customers see them."""
    own, others = len(study.sites), len(study.rivals)
    attraction, constant = np.ones(own + others), np.zeros(own + others)
    can, service, fee = (np.zeros((len(study.tasks), own + others)) for _ in range(3))
    for site, option in enumerate(options):
        if option is None:
            continue
        form = study.formats[option.format]
        attraction[site] = study.sites[site].attraction * form.attraction
        constant[site] = rules.formats.get(form.id, 0.0) + rules.brands.get(study.sites[site].brand, 0.0)
        for row, task in enumerate(study.tasks):
            has = (option.terminals > 0, option.counters > 0)
            can[row, site] = offers(form, task, has)
            service[row, site] = _service(study, row, option)
    for place, rival in enumerate(study.rivals, own):
        attraction[place], constant[place] = rival.attraction, rules.brands.get(rival.brand, 0.0)
        for row, task in enumerate(study.tasks):
            can[row, place] = task.id in rival.tasks
            service[row, place], fee[row, place] = rival.service, rival.fee
    minutes = [study.travel.minutes] + ([] if study.rival_travel is None else [study.rival_travel.minutes])
    outlets = Alternatives(
        sites=(*(site.id for site in study.sites), *(rival.id for rival in study.rivals)),
        brands=(*(OURS for _ in study.sites), *(rival.brand for rival in study.rivals)),
        attraction=attraction,
        constant=constant,
        own=np.arange(own + others) < own,
        offers=can.astype(bool),
        minutes=np.concatenate(minutes, axis=1),
        wait=np.zeros_like(can),
        service=service,
        fee=fee,
        attributes=dict(study.attributes),
    )
    days = np.array([day.days_per_year for day in study.day_types])
    return _Choosing(study, rules, outlets, np.tensordot(days, study.demand.visits[0, 0], 1))


def _service(study: Study, row: int, option: Option) -> float:
    """Return the mean minutes of service of a task at an outlet, each step once."""
    task, form = study.tasks[row], study.formats[option.format]
    route = legs(form, task, (option.terminals > 0, option.counters > 0))
    total = 0.0
    for leg in route or ():
        step = task.steps[leg.step]
        time = step.terminal if leg.place == "terminal" else step.counter if step.station is None else step.takes
        total += 0.0 if time is None else time.mean * step.times / form.speed
    return total


def _tables(choosing: _Choosing, wait: Array) -> tuple[ChoiceProbabilities, ...]:
    """Return who goes where for each segment, with these waits at our outlets; segments of one taste share a table."""
    study, rules = choosing.study, choosing.rules
    rival_wait = np.tile([rival.wait for rival in study.rivals], (len(study.tasks), 1)).reshape(len(study.tasks), -1)
    outlets = replace(choosing.outlets, wait=np.concatenate([wait, rival_wait], axis=1))
    known: dict[int, ChoiceProbabilities] = {}
    tastes = [rules.taste_of(segment) for segment in study.demand.segments]
    distinct = [next(place for place, other in enumerate(tastes) if other == taste) for taste in tastes]
    for place in dict.fromkeys(distinct):
        taste = tastes[place]
        weights = CostWeights(
            trips=study.economics.trips,
            wait=taste.wait,
            service=taste.service,
            value_of_time=60.0 * study.economics.value_of_time or None,
            reach=study.rules.reach,
        )
        known[place] = choose(CHOICE_MODELS[rules.model], outlets, weights, _parameters(rules, taste))
    return tuple(known[place] for place in distinct)


def _parameters(rules: ChoiceRules, taste: Taste) -> Parameters:
    """Return a taste as the parameters of the choice model; staying away weighs as an outlet of attraction 1."""
    if rules.model == "huff":
        decay: Literal["power", "exponential"] = "exponential" if rules.decay == "exponential" else "power"
        return HuffParameters(taste.attraction, taste.cost, decay, outside_attraction=1.0, outside_cost=taste.outside)
    if rules.model == "logit":
        away = -taste.cost * taste.outside if np.isfinite(taste.outside) else -np.inf
        return LogitParameters(-taste.cost, taste.attraction, away)
    exponents = {"attraction": taste.attraction, "cost": -taste.cost, **taste.attributes}
    return MciParameters(exponents, taste.outside**-taste.cost if np.isfinite(taste.outside) else 0.0)


def _moving(
    choosing: _Choosing, now: tuple[ChoiceProbabilities, ...], wanted: tuple[ChoiceProbabilities, ...]
) -> tuple[float, int, float]:
    """Return the share of visits that would change, the outlet of ours that changes most, and by how many a day."""
    moved = total = 0.0
    change = np.zeros(len(choosing.study.sites))
    days = sum(day.days_per_year for day in choosing.study.day_types)
    for segment, (old, new) in enumerate(zip(now, wanted, strict=True)):
        for task in range(len(choosing.study.tasks)):
            visits = choosing.visits[segment, task]
            gap = new.tables[new.group[task]] - old.tables[old.group[task]]
            away = np.abs(new.outside[new.group[task]] - old.outside[old.group[task]])
            moved += 0.5 * float(visits @ (np.abs(gap).sum(axis=1) + away))
            total += float(visits.sum())
            change += visits @ gap[:, : len(change)]
    worst = int(np.abs(change).argmax())
    return moved / total if total > 0 else 0.0, worst, float(change[worst]) / days


def _shares(choosing: _Choosing, tables: tuple[ChoiceProbabilities, ...]) -> Shares:
    """Return who goes to which outlet of ours, segments together, and each segment where they differ."""
    if all(table is tables[0] for table in tables):
        return _own_shares(choosing, [tables[0]], [choosing.visits.sum(axis=0)])
    parts = {id(table): _own_shares(choosing, [table], [np.ones_like(choosing.visits[0])]) for table in tables}
    mean = _own_shares(choosing, tables, list(choosing.visits))
    return replace(mean, by_segment=tuple(parts[id(table)] for table in tables))


def _own_shares(choosing: _Choosing, tables: Sequence[ChoiceProbabilities], visits: Sequence[Array]) -> Shares:
    """Return the mean shares of our outlets, weighted by visits; tiny ones go to the others of the same customers."""
    own = len(choosing.study.sites)
    rows: list[tuple[NDArray[np.int64], NDArray[np.int64], Array]] = []
    for task in range(len(choosing.study.tasks)):
        weight = np.array([part[task] for part in visits])
        every = weight.sum(axis=0)
        weight = np.divide(weight, every, out=np.full_like(weight, 1.0 / len(tables)), where=every > 0)
        share = sum(
            part[:, None] * table.tables[table.group[task]][:, :own] for part, table in zip(weight, tables, strict=True)
        )
        rows.append(kept_shares(share, LEAST_SHARE))
    return shares_of_groups(rows, np.arange(len(rows)))


def _outcome(
    choosing: _Choosing, tables: tuple[ChoiceProbabilities, ...], wait: Array, rounds: Sequence[ChoiceRound]
) -> ChoiceOutcome:
    """Return the last round with who captures how much."""
    brands = tuple(dict.fromkeys(choosing.outlets.brands))
    return ChoiceOutcome(
        shares=_shares(choosing, tables),
        rounds=tuple(rounds),
        converged=rounds[-1].moving <= choosing.rules.tolerance,
        wait=wait,
        brands=brands,
        own=_own_part(choosing, tables),
        captured=_captured(choosing, tables, brands),
    )


def _captured(choosing: _Choosing, tables: tuple[ChoiceProbabilities, ...], brands: tuple[str, ...]) -> Array:
    """Return visits a year by brand: ours, each competitor's, and those who stay away, shape ``(brands + 1,)``."""
    by_outlet, away = np.zeros(len(choosing.outlets.sites)), 0.0
    for segment, table in enumerate(tables):
        for task, group in enumerate(table.group.tolist()):
            visits = choosing.visits[segment, task]
            by_outlet += visits @ table.tables[group]
            away += float(visits @ table.outside[group])
    captured = np.zeros(len(brands) + 1)
    np.add.at(captured, [brands.index(brand) for brand in choosing.outlets.brands], by_outlet)
    captured[-1] = away
    return captured


def _own_part(choosing: _Choosing, tables: tuple[ChoiceProbabilities, ...]) -> Array:
    """Return the share of the wishes that our outlets capture, shape ``(segments, tasks, zones)``."""
    own = len(choosing.study.sites)
    return np.array([table.tables[..., :own].sum(axis=2)[table.group] for table in tables])
