"""The largest load of one lane at which the promise holds, found by simulation, level by level."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import netsim
from netsim.capacity.cache import ContentCache
from netsim.capacity.slots import arrivals_by_slot
from netsim.model.calendar import OpeningHours
from netsim.model.network import Format
from netsim.model.service import LANES, CapacityTable, Lane, ServiceCurve, Staircase
from netsim.model.study import Study
from netsim.queueing.admissible import admissible_load
from netsim.simulation.lane import EmptyLaneError, LaneMix, lane_days, lane_mix
from netsim.statistics.isotonic import lower_envelope
from netsim.statistics.sequential import ShareTest

STEP = 1.07
"""Ratio of neighbouring loads on the ladder that the search climbs."""
LONGEST_CLIMB = 24
"""Most rungs in one direction: a factor of five from the first guess."""
AROUND = (0.6, 0.8, 1.15, 1.35, 1.6)
"""Loads relative to the capacity that are simulated too, so that the curve can be seen whole."""


@dataclass(frozen=True, slots=True)
class LanePoint:
    """
    The simulated share in time of a lane at one load.

    Parameters
    ----------
    work
        Offered work, minutes a day.
    share, lower, upper
        Share in time over all arrivals and its bounds, valid at the look where the simulation stopped.
    days
        Days simulated.
    """

    work: float
    share: float
    lower: float
    upper: float
    days: int


def simulated_capacities(
    study: Study, cache: ContentCache, *, progress: Callable[[str, int, int], None] | None = None
) -> CapacityTable:
    """
    Return the staircases of every format, opening pattern and lane of a study.

    Parameters
    ----------
    study
        The study; the promise is aimed at with ``planning.margin`` on top.
    cache
        Where staircases are kept by content.
    progress
        Called with (label, done, total) after each staircase.
    """
    wanted = list(lanes_of(study))
    found: dict[tuple[str, str, Lane], Staircase] = {}
    for done, (form, pattern, lane) in enumerate(wanted):
        key = cache.key(workload(study, form, pattern, lane))
        points = _kept(cache.read(key))
        if points is None:
            points = _climb_levels(study, form, pattern, lane)
            cache.write(key, [[asdict(level) for level in row] for row in points])
        found[form.id, pattern, lane] = _staircase(study, form, pattern, lane, points)
        if progress is not None:
            progress(f"{form.id} {lane}", done + 1, len(wanted))
    return CapacityTable(found)


def flat_capacities(study: Study, utilisation: float) -> CapacityTable:
    """
    Return what a siting tool assumes: every server carries the same share of its open minutes.

    Parameters
    ----------
    utilisation
        Work over open server minutes, in ``(0, 1]``.
    """
    found: dict[tuple[str, str, Lane], Staircase] = {}
    for form, pattern, lane in lanes_of(study):
        minutes = study.hours[form.pattern(pattern).hours[lane]].minutes
        work = np.tile(utilisation * minutes * np.array(form.levels[lane]), (len(study.day_types), 1))
        found[form.id, pattern, lane] = Staircase(form.id, pattern, lane, form.levels[lane], work)
    return CapacityTable(found, f"flat {utilisation:.2f}")


def lanes_of(study: Study) -> Iterable[tuple[Format, str, Lane]]:
    """Yield every (format, opening pattern, lane) of a study."""
    for form in study.formats.values():
        for pattern in form.patterns:
            for lane in LANES:
                if lane in form.levels:
                    yield form, pattern.id, lane


def workload(study: Study, form: Format, pattern: str, lane: Lane) -> dict[str, Any]:
    """
    Return all that a staircase depends on, as plain JSON values: the content of its cache key.

    Names of places and of other formats are not in it, so that scenarios share what they have in common.
    """
    return {
        "what": "staircase",
        "version": netsim.__version__,
        "lane": lane,
        "format": form.id,
        "pattern": pattern,
        "levels": form.levels[lane],
        "stations": {name: asdict(use) for name, use in sorted(form.stations.items())},
        "kinds": [asdict(kind) for kind in study.stations if kind.id in form.stations],
        "shared": [asdict(pool) for pool in study.pools],
        "remote": [asdict(channel) for channel in study.remote],
        "team": None if form.team is None else [asdict(worker) for worker in study.teams[form.team]],
        "room": form.room,
        "speed": form.speed,
        "tasks": {name: form.tasks.get(name, ()) for name in sorted(form.levels)},
        "hours": {
            name: study.hours[form.hours_at(pattern, name)].windows for name in sorted((*form.levels, *form.stations))
        },
        "blueprints": [asdict(task) for task in study.tasks],
        "mix": study.mix.tolist(),
        "days": [asdict(day) for day in study.day_types],
        "policy": {name: asdict(study.lanes[name]) for name in sorted(form.levels)},
        "groups": [
            *([asdict(kind), *names] for kind, names in zip(study.groups.kinds, study.groups.names, strict=True)),
            None if study.groups.share is None else study.groups.share.tolist(),
        ],
        "margin": study.planning.margin,
        "simulation": asdict(study.simulation),
        "seed": study.seed,
        "search": [STEP, LONGEST_CLIMB, AROUND],
    }


def planning_target(study: Study, lane: Lane) -> float:
    """Return the share in time that a plan aims at: the promise and the margin, short of certainty."""
    promise = study.lanes[lane].promise.share
    return min(promise + study.planning.margin, (1.0 + promise) / 2)


@dataclass(frozen=True, slots=True)
class LevelPoints:
    """
    What was simulated for one level.

    Parameters
    ----------
    search
        Points of the search, from the last load that keeps the target to the first that does not.
    around
        Points further away, for the curve alone.
    """

    search: tuple[LanePoint, ...]
    around: tuple[LanePoint, ...]


def _climb_levels(study: Study, form: Format, pattern: str, lane: Lane) -> list[list[LevelPoints]]:
    """Return the simulated points by day type and level."""
    target = planning_target(study, lane)
    points = []
    for day_type in range(len(study.day_types)):
        row, correction = [], 1.0
        if _mix(study, form, pattern, lane, day_type) is None:
            points.append([LevelPoints((), ())] * len(form.levels[lane]))
            continue
        for servers in form.levels[lane]:
            guess = first_guess(study, form, pattern, lane, servers, day_type)
            search = _climb(study, form, pattern, lane, servers, day_type, guess * correction)
            capacity = capacity_of(search, target)
            correction = capacity / guess if capacity > 0 < guess else correction
            around = [
                simulate_point(study, form, pattern, lane, servers, day_type, capacity * factor)
                for factor in AROUND
                if capacity > 0
            ]
            row.append(LevelPoints(tuple(search), tuple(around)))
        points.append(row)
    return points


def _mix(study: Study, form: Format, pattern: str, lane: Lane, day_type: int) -> LaneMix | None:
    """Return who comes to a lane, None where nobody does; such a lane has no capacity and needs none."""
    try:
        return lane_mix(study, form.id, pattern, lane, day_type)
    except EmptyLaneError:
        return None


def first_guess(study: Study, form: Format, pattern: str, lane: Lane, servers: int, day_type: int) -> float:
    """
    Return a load in work minutes a day near the capacity: the stationary M/M/c+M formula at the peak hours.

    The formula only tells where the simulated search starts.
    """
    mix = lane_mix(study, form.id, pattern, lane, day_type)
    policy = study.lanes[lane]
    erlangs = admissible_load(
        servers, mix.minutes, policy.promise.within, planning_target(study, lane), patience=policy.patience
    )
    peak = peak_factor(mix, study.hours[form.pattern(pattern).hours[lane]])
    return erlangs * 60.0 * mix.open_hours / peak


def peak_factor(mix: LaneMix, hours: OpeningHours) -> float:
    """Return the 80 % quantile of the arrival rate over open half-hours, relative to its mean; at least 1."""
    slots = arrivals_by_slot(mix)
    share_open = slots[hours.open_slots()]
    return max(float(np.quantile(share_open, 0.8) / share_open.mean()), 1.0)


def _climb(
    study: Study, form: Format, pattern: str, lane: Lane, servers: int, day_type: int, start: float
) -> list[LanePoint]:
    """Return points on a ladder of loads from the last that keeps the target to the first that does not."""
    target = planning_target(study, lane)

    def point(rung: int) -> LanePoint:
        return simulate_point(study, form, pattern, lane, servers, day_type, start * STEP**rung)

    points = {0: point(0)}
    direction = 1 if points[0].lower >= target else -1
    rung = 0
    while abs(rung) < LONGEST_CLIMB:
        rung += direction
        points[rung] = point(rung)
        if (points[rung].lower >= target) != (direction > 0):
            break
    return [points[rung] for rung in sorted(points)]


def simulate_point(
    study: Study, form: Format, pattern: str, lane: Lane, servers: int, day_type: int, work: float
) -> LanePoint:
    """
    Simulate one lane at one load until it is clear on which side of the planning target it lies.

    Parameters
    ----------
    study, form, pattern, lane
        The lane of a format at an opening pattern.
    servers
        Constant number of servers.
    day_type
        Position of the day type.
    work
        Offered work, minutes a day.
    """
    limits = study.simulation
    test = ShareTest(
        target=planning_target(study, lane),
        error=1.0 - limits.confidence,
        block=min(limits.block, limits.capacity_days),
        max_days=limits.capacity_days,
    )

    def days(first: int, last: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        block = lane_days(study, form.id, pattern, lane, servers, work, day_type, range(first, last))
        return block.arrivals, block.in_time

    found = test.run(days)
    return LanePoint(work, found.share, found.lower, found.upper, found.days)


def capacity_of(points: list[LanePoint], target: float) -> float:
    """
    Return the largest load at which the lower bound of the share clears the target; 0 if none does.

    Between simulated loads the lower isotonic envelope of the bounds is taken as straight; beyond them
    nothing is claimed.
    """
    work = np.array([point.work for point in points])
    lower = lower_envelope(np.array([point.lower for point in points]))
    kept = np.flatnonzero(lower >= target)
    if len(kept) == 0:
        return 0.0
    last = int(kept[-1])
    if last == len(work) - 1 or math.isclose(lower[last], lower[last + 1]):
        return float(work[last])
    part = (lower[last] - target) / (lower[last] - lower[last + 1])
    return float(work[last] + part * (work[last + 1] - work[last]))


def _kept(record: Any) -> list[list[LevelPoints]] | None:  # noqa: ANN401
    """Return the points of a stored record; None where there is none or it is not one of ours."""
    try:
        return [
            [
                LevelPoints(*(tuple(LanePoint(**p) for p in level[part]) for part in ("search", "around")))
                for level in row
            ]
            for row in record
        ]
    except (TypeError, KeyError):
        return None


def _staircase(study: Study, form: Format, pattern: str, lane: Lane, points: list[list[LevelPoints]]) -> Staircase:
    """Return the staircase behind simulated points."""
    target = planning_target(study, lane)
    capacity = np.zeros((len(points), len(form.levels[lane])))
    curves = []
    for day_type, row in enumerate(points):
        mix = _mix(study, form, pattern, lane, day_type)
        if mix is None:
            continue
        for level, found in enumerate(row):
            capacity[day_type, level] = capacity_of(list(found.search), target)
            name = f"{form.id}/{pattern}/{lane}/{form.levels[lane][level]}/{study.day_types[day_type].id}"
            curves.append(_curve(name, mix, [*found.search, *found.around]))
    monotone = np.maximum.accumulate(capacity, axis=1)
    return Staircase(form.id, pattern, lane, form.levels[lane], monotone, tuple(curves))


def _curve(name: str, mix: LaneMix, points: list[LanePoint]) -> ServiceCurve:
    """Return the curve through simulated points, one at each load."""
    ordered = [point for _, point in sorted({point.work: point for point in points}.items())]
    work = np.array([point.work for point in ordered])
    return ServiceCurve(
        option=name,
        per_hour=np.array([mix.per_hour(load) for load in work]),
        work=work,
        in_time=lower_envelope(np.array([point.share for point in ordered])),
        half_width=np.array([(point.upper - point.lower) / 2 for point in ordered]),
    )


def tightened(table: CapacityTable, cuts: Mapping[tuple[str, str, Lane, int], NDArray[np.float64]]) -> CapacityTable:
    """
    Return the table with the capacity of some lane options lowered, at every site alike.

    A level with fewer servers never keeps more than the level that was cut.

    Parameters
    ----------
    cuts
        (format, pattern, lane, servers) -> largest capacity from now on, shape ``(day types,)``.
    """
    found = dict(table.staircases)
    for (form, pattern, lane, servers), limit in cuts.items():
        stairs = found[form, pattern, lane]
        column = stairs.levels.index(servers)
        work = np.array(stairs.work)
        work[:, : column + 1] = np.minimum(work[:, : column + 1], limit[:, None])
        found[form, pattern, lane] = Staircase(form, pattern, lane, stairs.levels, work, stairs.curves)
    return CapacityTable(found, table.source)
