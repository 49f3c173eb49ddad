"""Who goes where under two plans: receiving outlets, longer and shorter ways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.model.plan import SitePlan
from netsim.model.study import Study

THRESHOLDS = (1.0, 2.0, 5.0)
"""Minutes of a longer way, one direction, that the report counts customers by."""


@dataclass(frozen=True, slots=True)
class WayChange:
    """
    Customers whose way changes between two plans, visits a day on the mean day of the year.

    Parameters
    ----------
    wished
        All visits wished.
    longer
        ``(minutes, visits)`` whose way gets longer by more than that.
    shorter
        Visits whose way gets shorter by more than the first threshold.
    newly_unserved, newly_served
        Visits that lose, or gain, an outlet in reach.
    """

    wished: float
    longer: tuple[tuple[float, float], ...]
    shorter: float
    newly_unserved: float
    newly_served: float


def daily_visits(study: Study) -> NDArray[np.float64]:
    """Return wished visits a day, the mean over day types weighted by their days, shape ``(tasks, zones)``."""
    weight = np.array([day.days_per_year for day in study.day_types])
    days = np.stack([study.demand.daily(index) for index in range(len(study.day_types))])
    mean: NDArray[np.float64] = np.tensordot(weight / weight.sum(), days, axes=1)
    return mean


def choice(study: Study, plan: SitePlan) -> NDArray[np.float64]:
    """Return the share of each (task, zone) that goes to each site, shape ``(tasks * zones, sites)``."""
    zones = len(study.zones.ids)
    table = np.zeros((len(study.tasks) * zones, len(study.sites)))
    shares = plan.shares
    np.add.at(table, (shares.task * zones + shares.zone, shares.site), shares.share)
    return table


def moved_visits(study: Study, before: SitePlan, after: SitePlan) -> NDArray[np.float64]:
    """
    Return visits a day by the site before (rows) and after (columns), shape ``(sites, sites)``.

    Visits without an outlet in either plan are left out.
    """
    weight = daily_visits(study).reshape(-1, 1)
    moved: NDArray[np.float64] = (choice(study, before) * weight).T @ choice(study, after)
    return moved


def way_change(study: Study, before: SitePlan, after: SitePlan) -> WayChange:
    """
    Return whose way changes, compared by the mean one-way minutes of each (task, zone).

    Parameters
    ----------
    before, after
        Two plans on the axes of the study.
    """
    weight = daily_visits(study).reshape(-1)
    was, had = _mean_minutes(study, before)
    now, has = _mean_minutes(study, after)
    both = np.minimum(had, has)
    extra = np.where(both > 0, now - was, 0.0)
    longer = tuple((limit, float((weight * both)[extra > limit].sum())) for limit in THRESHOLDS)
    shorter = float((weight * both)[extra < -THRESHOLDS[0]].sum())
    change = weight * (has - had)
    return WayChange(
        wished=float(weight.sum()),
        longer=longer,
        shorter=shorter,
        newly_unserved=float(-change[change < 0].sum()),
        newly_served=float(change[change > 0].sum()),
    )


def _mean_minutes(study: Study, plan: SitePlan) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean minutes of the visits that have an outlet and their share, shape ``(tasks * zones,)`` each."""
    table = choice(study, plan)
    minutes = np.tile(np.where(np.isfinite(study.travel.minutes), study.travel.minutes, 0.0), (len(study.tasks), 1))
    share = table.sum(axis=1)
    mean = np.divide((table * minutes).sum(axis=1), share, out=np.zeros(len(share)), where=share > 0)
    return mean, share
