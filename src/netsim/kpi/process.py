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
    """Return the share of the turnaround of served visits that passes on the way between steps."""
    rows = served(days.visits)
    between = days.visits.turnaround - days.visits.in_queues - days.visits.in_service - days.visits.away
    return ratio(days.by_day(rows, between), days.by_day(rows, days.visits.turnaround))


def _papers_missing(study: Study) -> tuple[str, ...]:
    return ("all",) if any(step.incomplete > 0 for task in study.tasks for step in task.steps) else ()


def return_visits(days: NetworkDays, _which: str) -> NDArray[np.float64]:
    """Return how often a customer who arrives has to come back, on average."""
    again = (days.log.outcome == Outcome.RETURNS) & (days.log.step < days.study.outlet_steps)
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


def _remote(study: Study) -> tuple[str, ...]:
    """Return the remote channels that somebody turns to."""
    used = {start.channel for task in study.tasks for start in task.remote}
    used |= {to for task in study.tasks if task.leavers is not None for to, _ in task.leavers.to}
    used |= {to for channel in study.remote for to, _ in (*channel.otherwise, *channel.leavers)}
    return tuple(channel.id for channel in study.remote if channel.id in used)


def completion(days: NetworkDays, channel: str) -> NDArray[np.float64]:
    """Return the share of the contacts in a remote channel that settle what the customer wants."""
    study = days.study
    number = study.outlet_steps + [item.id for item in study.remote].index(channel)
    rows = days.log.step == number
    weight = days.weights[days.log.day_type[rows]]
    day = days.log_day()[rows]
    settled = days.log.outcome[rows] == Outcome.SERVED
    return ratio(days.sums(day, weight * settled), days.sums(day, weight))


def _parcels(study: Study) -> tuple[str, ...]:
    lockers = study.parcels is not None and any(form.cells for form in study.formats.values())
    return ("all",) if lockers else ()


def home_deliveries(days: NetworkDays, _which: str) -> NDArray[np.float64]:
    """Return the share of the parcels that are brought home, for want of consent or of a cell."""
    mine = days.visits.task == days.study.task_index(days.study.parcels.task if days.study.parcels else "")
    return ratio(days.by_day(mine & (days.visits.outcome == Outcome.HOME)), days.by_day(mine))


KPIS.register("home_deliveries")(KpiFamily(unit="share", better="lower", members=_parcels, measure=home_deliveries))


def _fall_back(study: Study) -> tuple[str, ...]:
    return ("all",) if any(task.remote for task in study.tasks) else ()


def fall_back_visits(days: NetworkDays, _which: str) -> NDArray[np.float64]:
    """Return the share of those who turn to a remote channel first who come to an outlet in the end."""
    return ratio(days.by_day(days.visits.remote & days.visits.visited), days.by_day(days.visits.remote))


def _elsewhere(study: Study) -> tuple[str, ...]:
    moves = any(task.leavers is not None for task in study.tasks) or any(item.leavers for item in study.remote)
    return ("all",) if moves else ()


def went_elsewhere(days: NetworkDays, _which: str) -> NDArray[np.float64]:
    """Return the share of visits that left a place without being served and went on elsewhere, or came back."""
    return ratio(days.by_day(days.visits.moves > 0), days.by_day(arrived(days.visits)))


KPIS.register("completion")(KpiFamily(unit="share", better="higher", members=_remote, measure=completion))
KPIS.register("fall_back_visits")(KpiFamily(unit="share", better="lower", members=_fall_back, measure=fall_back_visits))
KPIS.register("went_elsewhere")(KpiFamily(unit="share", better="lower", members=_elsewhere, measure=went_elsewhere))
KPIS.register("no_shows")(KpiFamily(unit="share", better="lower", members=_appointments, measure=no_shows))
KPIS.register("wait_by_appointment")(
    KpiFamily(unit="min", better="lower", members=_with_and_without, measure=wait_by_appointment)
)
KPIS.register("turnaround")(KpiFamily(unit="min", better="lower", members=_back_offices, measure=turnaround))
KPIS.register("hand_off_share")(KpiFamily(unit="share", better="lower", members=_ways_between, measure=hand_off_share))
KPIS.register("return_visits")(KpiFamily(unit="share", better="lower", members=_papers_missing, measure=return_visits))
KPIS.register("wait_of_segment")(KpiFamily(unit="min", better="lower", members=_segments, measure=wait_of_segment))
