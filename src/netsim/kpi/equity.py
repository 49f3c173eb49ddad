"""Who is far from an outlet, and who can get at how much: inequality over people, and the worst-off tenth of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netsim.geo.accessibility import AccessData, TwoStep, two_step_access
from netsim.kpi.catalogue import KPIS, Kpi, KpiFamily, NetworkDays
from netsim.model.service import LANES
from netsim.model.study import Study
from netsim.statistics.equity import percentile_ratio, worst_mean
from netsim.statistics.inequality import gini

Floats = NDArray[np.float64]


def nearest_minutes(days: NetworkDays) -> Floats:
    """Return the way from each zone to the nearest outlet in use, minutes, ``inf`` for none, shape ``(zones,)``."""
    used = np.array([option is not None for option in days.options], dtype=np.bool_)
    minutes = days.study.travel.minutes[:, used]
    return minutes.min(axis=1) if used.any() else np.full(len(minutes), np.inf)


def access_scores(days: NetworkDays) -> Floats:
    """
    Return what each zone can get at: servers in reach over the people who share them, 0 out of reach.

    The two-step floating catchment score with the reach of the scenario; an outlet counts by its servers.
    """
    study = days.study
    servers = np.array([0.0 if o is None else float(sum(o.servers(lane) for lane in LANES)) for o in days.options])
    data = AccessData(study.travel.minutes.copy(), people(study), servers)
    return two_step_access(data, TwoStep(study.rules.reach))


def people(study: Study) -> Floats:
    """Return the people of all layers in each zone, shape ``(zones,)``."""
    return np.asarray(np.sum(list(study.zones.people.values()), axis=0), dtype=np.float64)


def way_worst_tenth(days: NetworkDays) -> Floats:
    """Return the mean way of the tenth of the people who are farthest from an outlet, minutes; the reach at most."""
    minutes = np.minimum(nearest_minutes(days), days.study.rules.reach)
    return _every_day(days, worst_mean(minutes, people(days.study), "lower"))


def way_gini(days: NetworkDays) -> Floats:
    """Return the Gini coefficient of the ways to the nearest outlet over people; ways end at the reach."""
    return _every_day(days, gini(np.minimum(nearest_minutes(days), days.study.rules.reach), people(days.study)))


def way_ratio(days: NetworkDays) -> Floats:
    """Return the way that a tenth of the people exceed over that which nine tenths exceed."""
    minutes = np.minimum(nearest_minutes(days), days.study.rules.reach)
    ratio = percentile_ratio(minutes, people(days.study))
    return _every_day(days, ratio if np.isfinite(ratio) else 0.0)


def access_gini(days: NetworkDays) -> Floats:
    """Return the Gini coefficient of the access scores over people; zones out of reach count as 0."""
    scores = access_scores(days)
    return _every_day(days, gini(scores, people(days.study)) if scores.any() else 0.0)


def way_of_layer(days: NetworkDays, layer: str) -> Floats:
    """Return the mean way of a people layer to the nearest outlet, minutes; the reach at most."""
    minutes = np.minimum(nearest_minutes(days), days.study.rules.reach)
    own = days.study.zones.people[layer]
    return _every_day(days, float(np.average(minutes, weights=own)) if own.any() else 0.0)


def _layers(study: Study) -> tuple[str, ...]:
    return tuple(study.zones.people) if len(study.zones.people) > 1 else ()


def _every_day(days: NetworkDays, value: float) -> Floats:
    return np.full(len(days.replications), float(value))


KPIS.register("way_worst_tenth")(Kpi(unit="min", better="lower", measure=way_worst_tenth))
KPIS.register("way_gini")(Kpi(unit="index", better="lower", measure=way_gini))
KPIS.register("way_ratio")(Kpi(unit="ratio", better="lower", measure=way_ratio))
KPIS.register("access_gini")(Kpi(unit="index", better="lower", measure=access_gini))
KPIS.register("way_of_layer")(KpiFamily(unit="min", better="lower", members=_layers, measure=way_of_layer))
