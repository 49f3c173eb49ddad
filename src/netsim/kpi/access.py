"""How far customers go, and who lives or works near an outlet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netsim.kpi.catalogue import KPIS, Kpi, KpiFamily, NetworkDays, arrived, quantile_by_day, ratio
from netsim.model.network import Option
from netsim.model.route import offers
from netsim.model.study import CoverageRule, Study


def _way(days: NetworkDays, table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the length of each visit's way, 0 where there is none, shape ``(visits,)``."""
    site = np.maximum(days.visits.site, 0)
    return np.where(_went(days), table[days.visits.zone, site], 0.0)


def _went(days: NetworkDays) -> NDArray[np.bool_]:
    """Return which visits came to an outlet in person."""
    return arrived(days.visits) & days.visits.visited


def walk_mean(days: NetworkDays) -> NDArray[np.float64]:
    """Return the mean one-way travel time in minutes of visits that arrive."""
    rows = _went(days)
    return ratio(days.by_day(rows, _way(days, days.study.travel.minutes)), days.by_day(rows))


def walk_p90(days: NetworkDays) -> NDArray[np.float64]:
    """Return the 90th percentile of the one-way travel time in minutes."""
    return quantile_by_day(days, _went(days), _way(days, days.study.travel.minutes), 0.9)


def distance_mean(days: NetworkDays) -> NDArray[np.float64]:
    """Return the mean one-way distance in metres of visits that arrive."""
    rows = _went(days)
    return ratio(days.by_day(rows, _way(days, days.study.travel.metres)), days.by_day(rows))


def covered_share(study: Study, options: tuple[Option | None, ...], rule: CoverageRule) -> float:
    """
    Return the share of people who have an open outlet doing the rule's task within its time.

    Parameters
    ----------
    options
        What stands at each site, length sites.
    rule
        Task, time and people layers.
    """
    able = np.array([option is not None and _does(study, option, rule.task) for option in options])
    layers = rule.layers or tuple(study.zones.people)
    people = np.sum([study.zones.people[layer] for layer in layers], axis=0)
    near = (study.travel.minutes[:, able] <= rule.within).any(axis=1)
    return float(people[near].sum() / people.sum())


def _does(study: Study, option: Option, task: str) -> bool:
    form, has = study.formats[option.format], (option.terminals > 0, option.counters > 0)
    return offers(form, study.tasks[study.task_index(task)], has)


def _rule(study: Study, rule_id: str) -> CoverageRule:
    return next(rule for rule in study.rules.coverage if rule.id == rule_id)


def coverage(days: NetworkDays, rule_id: str) -> NDArray[np.float64]:
    """Return the covered share of a rule, the same every day."""
    share = covered_share(days.study, days.options, _rule(days.study, rule_id))
    return np.full(len(days.replications), share)


KPIS.register("walk_mean")(Kpi(unit="min", better="lower", measure=walk_mean))
KPIS.register("walk_p90")(Kpi(unit="min", better="lower", measure=walk_p90))
KPIS.register("distance_mean")(Kpi(unit="m", better="lower", measure=distance_mean))
KPIS.register("coverage")(
    KpiFamily(
        unit="share",
        better="higher",
        members=lambda study: tuple(rule.id for rule in study.rules.coverage),
        measure=coverage,
        target=lambda study, rule_id: _rule(study, rule_id).share,
    )
)
