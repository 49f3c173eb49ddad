"""Who loses: the same customers under two plans."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netsim.kpi.catalogue import NetworkDays, arrived, served

TOLERANCE = 2.0
"""Minutes of travel and wait that a customer must lose to count as worse off."""


def _minutes(days: NetworkDays) -> NDArray[np.float64]:
    """Return one-way travel and wait of each visit in minutes, inf where it was not served."""
    visits = days.visits
    travel = days.study.travel.minutes[visits.zone, np.maximum(visits.site, 0)]
    spent = np.where(arrived(visits), travel, 0.0) + visits.wait
    return np.where(served(visits), spent, np.inf)


def worse_off(before: NetworkDays, after: NetworkDays) -> NDArray[np.float64]:
    """
    Return the share of customers worse off by more than ``TOLERANCE`` minutes, shape ``(days,)``.

    A customer who was served before and is not served after is worse off; one who was not served before
    cannot be.

    Raises
    ------
    ValueError
        If the two were not simulated with the same customers.
    """
    a, b = before.visits, after.visits
    if len(a.visit) != len(b.visit) or not (np.array_equal(a.visit, b.visit) and np.array_equal(a.day, b.day)):
        raise ValueError("the two plans were not simulated with the same customers")
    was, now = _minutes(before), _minutes(after)
    with np.errstate(invalid="ignore"):
        loses = np.isfinite(was) & (now - was > TOLERANCE)
    everybody = np.ones(len(was), dtype=bool)
    share: NDArray[np.float64] = before.by_day(loses) / before.by_day(everybody)
    return share
