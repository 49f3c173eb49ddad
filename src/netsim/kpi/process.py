"""How visits run: until everything is done, between steps, once more, and group by group."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netsim.kpi.catalogue import KPIS, KpiFamily, NetworkDays, arrived, quantile_by_day, ratio, served
from netsim.model.study import Study
from netsim.model.visits import Outcome


def _back_offices(study: Study) -> tuple[str, ...]:
    """Return what is said of turnaround where some work is done after the customer has left."""
    return ("mean", "p90") if study.unseen else ()


def turnaround(days: NetworkDays, which: str) -> NDArray[np.float64]:
    """
    Return minutes from arrival until a served visit is done, back offices included.

    Parameters
    ----------
    which
        ``mean`` or ``p90``.
    """
    rows = served(days.visits)
    if which == "mean":
        return ratio(days.by_day(rows, days.visits.turnaround), days.by_day(rows))
    return quantile_by_day(days, rows, days.visits.turnaround, 0.9)


def _ways_between(study: Study) -> tuple[str, ...]:
    return ("all",) if any(step.hand_off > 0 for task in study.tasks for step in task.steps) else ()


def hand_off_share(days: NetworkDays, _which: str) -> NDArray[np.float64]:
    """Return the share of the turnaround of served visits that passes between steps, neither waiting nor served."""
    rows = served(days.visits)
    between = days.visits.turnaround - days.visits.in_queues - days.visits.in_service
    return ratio(days.by_day(rows, between), days.by_day(rows, days.visits.turnaround))


def _papers_missing(study: Study) -> tuple[str, ...]:
    return ("all",) if any(step.incomplete > 0 for task in study.tasks for step in task.steps) else ()


def return_visits(days: NetworkDays, _which: str) -> NDArray[np.float64]:
    """Return how often a customer who arrives has to come back, on average."""
    again = days.log.outcome == Outcome.RETURNS
    weight = days.weights[days.log.day_type[again]]
    return ratio(days.sums(days.log_day()[again], weight), days.by_day(arrived(days.visits)))


def _segments(study: Study) -> tuple[str, ...]:
    """Return the segments where they behave differently."""
    return study.demand.segments if len(study.groups) > 1 else ()


def wait_of_segment(days: NetworkDays, segment: str) -> NDArray[np.float64]:
    """Return the mean wait in minutes of the visits of a segment that arrive."""
    rows = arrived(days.visits) & (days.visits.segment == days.study.demand.segments.index(segment))
    return ratio(days.by_day(rows, days.visits.wait), days.by_day(rows))


def _appointments(study: Study) -> tuple[str, ...]:
    return ("all",) if study.kinds > 1 else ()


def no_shows(days: NetworkDays, _which: str) -> NDArray[np.float64]:
    """Return the share of the appointments to which nobody comes."""
    missed = days.visits.outcome == Outcome.NO_SHOW
    return ratio(days.by_day(missed), days.by_day(days.visits.booked))


def _with_and_without(study: Study) -> tuple[str, ...]:
    return ("booked", "walk_in") if study.kinds > 1 else ()


def wait_by_appointment(days: NetworkDays, which: str) -> NDArray[np.float64]:
    """
    Return the mean wait in minutes of visits with an appointment or without, of the tasks that take appointments.

    Parameters
    ----------
    which
        ``booked`` or ``walk_in``.
    """
    offered = np.array([task.appointments is not None for task in days.study.tasks])[days.visits.task]
    rows = arrived(days.visits) & offered & (days.visits.booked == (which == "booked"))
    return ratio(days.by_day(rows, days.visits.wait), days.by_day(rows))


KPIS.register("no_shows")(KpiFamily(unit="share", better="lower", members=_appointments, measure=no_shows))
KPIS.register("wait_by_appointment")(
    KpiFamily(unit="min", better="lower", members=_with_and_without, measure=wait_by_appointment)
)
KPIS.register("turnaround")(KpiFamily(unit="min", better="lower", members=_back_offices, measure=turnaround))
KPIS.register("hand_off_share")(KpiFamily(unit="share", better="lower", members=_ways_between, measure=hand_off_share))
KPIS.register("return_visits")(KpiFamily(unit="share", better="lower", members=_papers_missing, measure=return_visits))
KPIS.register("wait_of_segment")(KpiFamily(unit="min", better="lower", members=_segments, measure=wait_of_segment))
