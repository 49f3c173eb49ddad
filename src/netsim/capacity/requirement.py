"""Counter staff that one outlet needs in each half-hour, found by simulation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netsim.capacity.staircase import planning_target
from netsim.model.calendar import SLOT_MINUTES, SLOTS, OpeningHours
from netsim.model.network import Option
from netsim.model.study import Study
from netsim.queueing.offered_load import modified_offered_load
from netsim.simulation.lane import lane_days, lane_mix
from netsim.statistics.intervals import ratio_interval

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
    hours = study.hours_of(option, "counter")
    mix = lane_mix(study, option.format, option.pattern, "counter", day_type)
    load = modified_offered_load(mix.profile * work / mix.mean_minutes, mix.mean_minutes)
    vectors = staffing_ladder(load, open_slots(hours), option.counters)
    target = min(planning_target(study, "counter") + extra, 0.999)
    low, high = 0, len(vectors) - 1
    while low < high:
        middle = (low + high) // 2
        if _keeps(study, option, work, day_type, vectors[middle], target):
            high = middle
        else:
            low = middle + 1
    return vectors[high]


def open_slots(hours: OpeningHours) -> NDArray[np.bool_]:
    """Return which half-hours a lane is open in, at least in part, shape ``(60,)``."""
    start = np.arange(SLOTS) * SLOT_MINUTES
    is_open = np.zeros(SLOTS, dtype=bool)
    for opens, closes in hours.windows:
        is_open |= (start < closes) & (start + SLOT_MINUTES > opens)
    return is_open


def staffing_ladder(load: NDArray[np.float64], is_open: NDArray[np.bool_], most: int) -> list[NDArray[np.int64]]:
    """
    Return distinct staffings by rising beta, the last with everybody on duty all day.

    Parameters
    ----------
    load
        Offered load by half-hour in erlangs, shape ``(60,)``.
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
        range(study.simulation.capacity_days // 2),
        seed=study.seed,
        on_duty=staff,
    )
    interval = ratio_interval(days.in_time, days.arrivals, study.simulation.confidence)
    return interval.lower >= target
