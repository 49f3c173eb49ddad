"""Counter staff that one outlet needs in each half-hour, found by simulation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netsim.capacity.slots import STARTS, mass_by_slot
from netsim.capacity.staircase import planning_target
from netsim.model.calendar import SLOT_MINUTES, SLOTS
from netsim.model.network import Option
from netsim.model.study import Study
from netsim.queueing.general import offered_load
from netsim.simulation.lane import LaneMix, lane_days, lane_mix
from netsim.statistics.intervals import share_bounds

POINTS = 3
"""Minutes of each half-hour at which the offered load is looked at."""
BETAS = np.arange(-1.0, 4.05, 0.1)
"""Square-root staffing: offered load + beta x its square root."""


def half_hour_requirement(
    study: Study, option: Option, work: float, day_type: int, *, extra: float = 0.0
) -> NDArray[np.int64]:
    """
    Return the least square-root staffing at which the simulated counter keeps the planning target.

    The offered load of each half-hour comes from the day's arrivals and the service time (modified
    offered load); the quality-of-service coefficient beta is bisected by simulation on common days. Where
    even the option's full staff stays below the target, full staff is returned.

    Parameters
    ----------
    option
        What stands at the site; its counters are the most that can be on duty.
    work
        Offered counter work, minutes a day.
    day_type
        Position of the day type.
    extra
        Points of share in time on top of the planning target.

    Returns
    -------
    numpy.ndarray
        Staff by half-hour, shape ``(60,)``; at least 1 while open, 0 while closed.

    References
    ----------
    Jennings, Mandelbaum, Massey, Whitt (1996): Server staffing to meet time-varying demand.
    """
    is_open = study.hours_of(option, "counter").open_slots()
    if work <= 0:
        return is_open.astype(np.int64)
    mix = lane_mix(study, option.format, option.pattern, "counter", day_type)
    vectors = staffing_ladder(load_by_slot(mix, work), is_open, option.counters)
    target = min(planning_target(study, "counter") + extra, 0.999)
    low, high = 0, len(vectors) - 1
    while low < high:
        middle = (low + high) // 2
        if _keeps(study, option, work, day_type, vectors[middle], target):
            high = middle
        else:
            low = middle + 1
    return vectors[high]


def load_by_slot(mix: LaneMix, work: float) -> NDArray[np.float64]:
    """
    Return the mean offered load of each half-hour in erlangs, shape ``(60,)``.

    Parameters
    ----------
    mix
        Who comes to the lane.
    work
        Offered work, minutes a day.
    """
    at = (STARTS[:, None] + SLOT_MINUTES * (np.arange(POINTS) + 0.5) / POINTS).ravel()
    load = np.zeros(SLOTS)
    for share, item in zip(mix.share, mix.classes, strict=True):
        mass = mass_by_slot(item.per_visit)
        arrivals = mix.arrivals(work) * share / mix.share.sum() * mass / mass.sum()
        times = item.minutes / item.law.mean  # repeated services come at once
        busy = offered_load(times * arrivals, SLOT_MINUTES, item.law.mean, item.law.cv, at)
        load += busy.reshape(SLOTS, POINTS).mean(axis=1)
    return load


def staffing_ladder(load: NDArray[np.float64], is_open: NDArray[np.bool_], most: int) -> list[NDArray[np.int64]]:
    """
    Return distinct staffings by rising beta, the last with everybody on duty all day.

    Parameters
    ----------
    load
        Offered load by half-hour in erlangs, shape ``(60,)``.
    is_open
        Half-hours in which staff is needed, shape ``(60,)``.
    most
        Most staff in any half-hour.
    """
    ladder: list[NDArray[np.int64]] = []
    for beta in BETAS:
        staff = np.clip(np.ceil(load + beta * np.sqrt(load) - 1e-9), 1, most).astype(np.int64) * is_open
        if not ladder or np.any(staff != ladder[-1]):
            ladder.append(staff)
    full = np.full(SLOTS, most, dtype=np.int64) * is_open
    if np.any(ladder[-1] != full):
        ladder.append(full)
    return ladder


def _keeps(study: Study, option: Option, work: float, day_type: int, staff: NDArray[np.int64], target: float) -> bool:
    """Whether the lower bound of the share in time clears the target with this staff."""
    days = lane_days(
        study,
        option.format,
        option.pattern,
        "counter",
        option.counters,
        work,
        day_type,
        range(max(study.simulation.capacity_days // 2, study.simulation.block)),
        on_duty=staff,
    )
    return share_bounds(days.arrivals, days.in_time, 1.0 - study.simulation.confidence).lower >= target
