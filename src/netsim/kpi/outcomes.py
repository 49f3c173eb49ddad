"""How visits end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netsim.kpi.catalogue import KPIS, Kpi, NetworkDays, arrived, ratio, served
from netsim.model.visits import LEFT, Outcome


def _all(days: NetworkDays) -> NDArray[np.bool_]:
    return np.ones(len(days.visits.visit), dtype=bool)


def visits_per_day(days: NetworkDays) -> NDArray[np.float64]:
    """Return the visits that arrive at an open outlet, the mean day of the year."""
    return np.asarray(days.by_day(arrived(days.visits)) / days.weights.sum())


def served_share(days: NetworkDays) -> NDArray[np.float64]:
    """Return the share of all wished visits that get what they came for."""
    return ratio(days.by_day(served(days.visits)), days.by_day(_all(days)))


def assigned_share(days: NetworkDays) -> NDArray[np.float64]:
    """
    Return the share of all wished visits that reach an open outlet which can do the whole task.

    What the served-share rule of a plan asks for: out of reach, closed and unresolved visits do not count;
    patience is another matter (``leavers``), and so is who does not show up for an appointment.
    """
    able = arrived(days.visits) & (days.visits.outcome != Outcome.UNRESOLVED)
    able |= np.isin(days.visits.outcome, (Outcome.NO_SHOW, Outcome.HOME))
    return ratio(days.by_day(able), days.by_day(_all(days)))


def leavers(days: NetworkDays) -> NDArray[np.float64]:
    """Return the share of arriving visits that end without service: left, turned round, or sent away."""
    left = np.isin(days.visits.outcome, LEFT)
    return ratio(days.by_day(left), days.by_day(arrived(days.visits)))


def unresolved(days: NetworkDays) -> NDArray[np.float64]:
    """Return the share of arriving visits that a terminal fails and no counter of the outlet takes."""
    return ratio(days.by_day(days.visits.outcome == Outcome.UNRESOLVED), days.by_day(arrived(days.visits)))


KPIS.register("visits_per_day")(Kpi(unit="visits/d", better="none", measure=visits_per_day))
KPIS.register("assigned_share")(
    Kpi(unit="share", better="higher", measure=assigned_share, target=lambda study: study.rules.served_share or None)
)
KPIS.register("served_share")(Kpi(unit="share", better="higher", measure=served_share))
KPIS.register("leavers")(Kpi(unit="share", better="lower", measure=leavers))
KPIS.register("unresolved")(Kpi(unit="share", better="lower", measure=unresolved))
