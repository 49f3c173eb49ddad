"""One lane alone at a given load: what the capacity of a lane is measured with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.model.calendar import SLOT_MINUTES, SLOTS
from netsim.model.network import Option
from netsim.model.service import LANES, Lane
from netsim.model.study import Study
from netsim.model.visits import Outcome
from netsim.simulation.blueprint import nodes_of, rank
from netsim.simulation.lane_classes import ORIGINS, LaneClass, lane_classes
from netsim.simulation.lines import line_of
from netsim.simulation.outlet import CustomerClass, OutletModel, Station
from netsim.simulation.parties import with_parties
from netsim.simulation.poisson import day_factors, draw_poisson
from netsim.simulation.runners import RUNNERS
from netsim.simulation.stations import lane_station, patience_of, pool_station, staffed, station_at
from netsim.simulation.streams import key_of, keys_of
from netsim.simulation.visits import OutletDays, arrivals, failures_of, outages_of


class EmptyLaneError(ValueError):
    """A lane that nobody of the study's task mix comes to: its tasks are never wished while it is open."""


@dataclass(frozen=True, slots=True, eq=False)
class LaneMix:
    """
    Who comes to a lane at the study's task mix.

    Parameters
    ----------
    classes
        The kinds of customers.
    share
        Arrivals of each kind for one wished visit of the whole mix, shape ``(k,)``.
    minutes
        Mean service minutes of one arrival.
    open_hours
        Hours that the lane is open a day.
    """

    classes: tuple[LaneClass, ...]
    share: NDArray[np.float64]
    minutes: float
    open_hours: float

    def arrivals(self, work: float) -> float:
        """Return mean arrivals a day that bring ``work`` service minutes a day."""
        return work / self.minutes

    def per_hour(self, work: float) -> float:
        """Return mean arrivals an open hour that bring ``work`` service minutes a day."""
        return self.arrivals(work) / self.open_hours


@dataclass(frozen=True, slots=True, eq=False)
class LaneDays:
    """
    Days of one lane.

    Parameters
    ----------
    arrivals, in_time, left
        Customers who came, who were called within the promised wait, who ran out of patience; shape ``(r,)``.
    busy
        Service minutes given, shape ``(r,)``.
    slot_arrivals, slot_in_time
        The first two by half-hour of arrival, shape ``(r, 60)``.
    """

    arrivals: NDArray[np.int64]
    in_time: NDArray[np.int64]
    left: NDArray[np.int64]
    busy: NDArray[np.float64]
    slot_arrivals: NDArray[np.int64]
    slot_in_time: NDArray[np.int64]


def lane_mix(study: Study, format_id: str, pattern: str, lane: Lane, day_type: int = 0) -> LaneMix:
    """
    Return who comes to a lane at ``study.mix``, and how long one takes on average.

    Parameters
    ----------
    study
        The study.
    format_id, pattern, lane
        The lane of a format that has servers in all its lanes.
    day_type
        Position of the day type, whose mix is used.

    Raises
    ------
    ValueError
        If the format lacks the lane.
    EmptyLaneError
        If nobody of the mix comes to it.
    """
    classes = lane_classes(study, format_id, pattern, lane)
    share = np.array(
        [study.mix[day_type, c.task] * study.groups.share_of(c.task, c.group) * c.per_visit.total for c in classes]
    )
    if not share.sum() > 0:
        raise EmptyLaneError(f"format {format_id!r}, {pattern!r}: nobody of the task mix comes to the {lane}")
    minutes = float(share @ [item.minutes for item in classes]) / float(share.sum())
    hours = study.hours[study.formats[format_id].hours_at(pattern, lane)]
    return LaneMix(classes, share, minutes, hours.minutes / 60.0)


def work_per_visit(study: Study, format_id: str, pattern: str) -> NDArray[np.float64]:
    """
    Return the work that one wished visit of each task brings to each lane, shape ``(tasks, lanes)``, minutes.

    Visits lost to closed hours bring none; fail-overs count where they find the counter open.

    Parameters
    ----------
    study
        The study.
    format_id, pattern
        A format with servers in all its lanes, and its opening pattern.
    """
    work = np.zeros((len(study.tasks), len(LANES)))
    for number, lane in enumerate(LANES):
        if lane in study.formats[format_id].levels:
            for item in lane_classes(study, format_id, pattern, lane):
                share = study.groups.share_of(item.task, item.group)
                work[item.task, number] += share * item.per_visit.total * item.minutes
    return work


def lane_days(
    study: Study,
    format_id: str,
    pattern: str,
    lane: Lane,
    servers: int,
    work_per_day: float,
    day_type: int,
    replications: Sequence[int],
    *,
    seed: int | None = None,
    on_duty: NDArray[np.int64] | None = None,
) -> LaneDays:
    """
    Return days of one lane alone at a given offered work.

    Tasks come in the study's mix, as far as they come to this lane of this format; customers who fail at
    a terminal come to the counter as a Poisson stream of their own. Customers do not depend on the
    servers, and more work adds customers and keeps those who were there: loads and levels can be
    compared on common random numbers.

    Parameters
    ----------
    study
        The study.
    format_id, pattern, lane
        The lane.
    servers
        Servers whenever open.
    work_per_day
        Mean service minutes a day that come to the open lane.
    day_type
        Position of the day type.
    replications
        Numbers of the days, length r.
    seed
        Seed; None takes the study's.
    on_duty
        Servers by half-hour, shape ``(60,)``, in place of ``servers``.

    Raises
    ------
    ValueError
        If the format lacks the lane, or nobody of the mix comes to it.
    """
    seed = study.seed if seed is None else seed
    mix = lane_mix(study, format_id, pattern, lane, day_type)
    ids = (format_id, pattern, lane, study.day_types[day_type].id)
    keys = keys_of(
        seed,
        [
            (
                "lane",
                *ids,
                study.tasks[item.task].id,
                item.step,
                ORIGINS.index(item.origin),
                *_names(study, item),
            )
            for item in mix.classes
        ],
    )
    behaviours = [study.groups.kinds[item.group] for item in mix.classes]
    sizes = [kind.mean_party if item.together else 1.0 for kind, item in zip(behaviours, mix.classes, strict=True)]
    drawn = with_parties(
        draw_poisson(
            keys,
            mix.arrivals(work_per_day) * mix.share / mix.share.sum() / np.array(sizes),
            replications,
            day_factors(seed, study.day_factor_cv, replications),
        ),
        [kind.party if item.together else () for kind, item in zip(behaviours, mix.classes, strict=True)],
    )
    minute = np.empty(len(drawn.cell))
    for index, item in enumerate(mix.classes):
        rows = drawn.cell == index
        minute[rows] = item.per_visit.minute_at(drawn.uniforms[rows, 0])
    order = np.lexsort((minute, drawn.day))
    minute, kind, words = minute[order], drawn.cell[order], drawn.words[order]
    model = _alone(study, format_id, pattern, lane, servers, on_duty, mix)
    first = np.searchsorted(drawn.day[order], np.arange(len(replications) + 1))
    failures = failures_of(model, key_of(seed, "lane", "breakdowns", *ids), replications, outages_of(study, seed))
    days = RUNNERS[study.runner](model, arrivals(minute, kind, words, first), failures)
    return _counted(days, study.lanes[lane].promise.within)


def _alone(
    study: Study,
    format_id: str,
    pattern: str,
    lane: Lane,
    servers: int,
    on_duty: NDArray[np.int64] | None,
    mix: LaneMix,
) -> OutletModel:
    """Return an outlet of one lane whose classes are the kinds of customers, one step each."""
    number, form = LANES.index(lane), study.formats[format_id]
    hours = study.hours[form.hours_at(pattern, lane)]
    one = lane_station(hours, study.lanes[lane], servers, on_duty)
    if lane == "counter" and form.team is not None:
        one = staffed(one, study.teams[form.team], study.skills)
    option = Option(format_id, pattern, servers if lane == "counter" else 0, servers if lane == "terminal" else 0)
    also = {item.model.also for item in mix.classes}
    stations = [
        one if place == number else _beside(study, option, place) if place in also else None
        for place in range(len(study.places))
    ]
    if study.lanes[lane].queue_each and one.servers > 1:
        line = line_of(one, number, study.lanes[lane].jockey)
        stations[number] = line[0]
        stations += line[1:]
    classes = []
    for item in mix.classes:
        behaviour = study.groups.kinds[item.group]
        nodes = nodes_of((item.model,), patience_of(study, behaviour))
        classes.append(CustomerClass(nodes, *rank(study.tasks[item.task], behaviour, booked=item.booked)))
    return OutletModel(tuple(stations), tuple(classes), form.room)


def _beside(study: Study, option: Option, place: int) -> Station | None:
    """Return a station whose servers are needed too; a pool as if it served this lane alone."""
    if place < study.outlet_places:
        return station_at(study, option, place)
    return pool_station(study, study.pools[place - study.outlet_places])


def _names(study: Study, kind: LaneClass) -> tuple[str, ...]:
    """Return the segments of a group, by which its stream is keyed; nothing where all customers are alike."""
    names = study.groups.names[kind.group] if len(study.groups) > 1 else ()
    return (*names, "booked") if kind.booked else names


def _counted(days: OutletDays, within: float) -> LaneDays:
    """Return the counts of each day."""
    number, rows = len(days.first) - 1, days.rows
    day = np.repeat(np.arange(number), np.diff(days.first))
    slot = day * SLOTS + (rows["arrive"] // SLOT_MINUTES).astype(np.int64)
    in_time = np.flatnonzero(rows["call"] - rows["arrive"] <= within)
    left = np.flatnonzero(rows["outcome"] == Outcome.ABANDONED)
    slots = np.bincount(slot, minlength=number * SLOTS).reshape(number, SLOTS)
    slots_in_time = np.bincount(slot[in_time], minlength=number * SLOTS).reshape(number, SLOTS)
    return LaneDays(
        slots.sum(axis=1),
        slots_in_time.sum(axis=1),
        np.bincount(day[left], minlength=number),
        np.bincount(day, rows["work"], number).astype(np.float64),
        slots,
        slots_in_time,
    )
