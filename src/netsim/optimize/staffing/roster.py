"""Rosters of a whole network, and what staff costs before anybody knows the load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from netsim.model.calendar import SLOT_MINUTES, SLOTS, OpeningHours
from netsim.model.network import Option
from netsim.model.plan import Shift, StaffPlan
from netsim.model.study import Study
from netsim.optimize.staffing.cover import Cover, cover


def roster(study: Study, options: Sequence[Option | None], required: NDArray[np.int64]) -> StaffPlan:
    """
    Return the cheapest shifts at every outlet for every day type.

    A format whose staff is paid by a fee for each visit (``staff_hour`` 0) needs no shifts: its counters
    are staffed as required, at no cost of the operator.

    Parameters
    ----------
    options
        What stands at each site, length sites.
    required
        Staff needed, shape ``(day types, sites, 60)``.
    """
    on_duty = np.zeros_like(required)
    cost, paid = np.zeros(len(options)), np.zeros(len(options))
    shifts: list[Shift] = []
    known: dict[tuple[bytes, OpeningHours], Cover] = {}
    gap = 0.0
    for site, option in enumerate(options):
        if option is None or option.counters == 0:
            continue
        hour = study.formats[option.format].costs.staff_hour
        hours = study.hours_of(option, "counter")
        for day, day_type in enumerate(study.day_types):
            need = required[day, site]
            if hour == 0:
                on_duty[day, site] = need
                continue
            key = (need.tobytes(), hours)
            if key not in known:
                known[key] = cover(need, study.shifts, hours)
            found = known[key]
            on_duty[day, site] = found.on_duty
            paid[site] += found.paid_hours * day_type.days_per_year
            cost[site] += found.paid_hours * day_type.days_per_year * hour
            gap = max(gap, found.gap)
            shifts.extend(
                Shift(study.sites[site].id, day_type.id, placed.type.id, placed.start, placed.break_at, people)
                for placed, people in found.shifts
            )
    return StaffPlan(required, on_duty, tuple(shifts), cost, paid, gap)


def staff_costs(study: Study) -> dict[tuple[str, str], NDArray[np.float64]]:
    """
    Return the yearly staff cost of each counter level with everybody on duty all day.

    This is what the siting problem pays for a level; the roster of the chosen plan can only cost less.

    Returns
    -------
    dict
        (format, opening pattern) -> shape ``(levels,)``; formats without counters are absent.
    """
    costs = {}
    for form in study.formats.values():
        if "counter" not in form.levels:
            continue
        for pattern in form.patterns:
            hours = study.hours[pattern.hours["counter"]]
            costs[form.id, pattern.id] = np.array(
                [_yearly(study, hours, count, form.costs.staff_hour) for count in form.levels["counter"]]
            )
    return costs


def constant_requirement(hours: OpeningHours, counters: int) -> NDArray[np.int64]:
    """Return every counter staffed in each half-hour that is open at least in part, shape ``(60,)``."""
    start = np.arange(SLOTS) * SLOT_MINUTES
    is_open = np.zeros(SLOTS, dtype=bool)
    for opens, closes in hours.windows:
        is_open |= (start < closes) & (start + SLOT_MINUTES > opens)
    return counters * is_open.astype(np.int64)


def _yearly(study: Study, hours: OpeningHours, counters: int, hour: float) -> float:
    if hour == 0:
        return 0.0
    found = cover(constant_requirement(hours, counters), study.shifts, hours)
    return found.paid_hours * sum(day.days_per_year for day in study.day_types) * hour


StaffCosts = Mapping[tuple[str, str], NDArray[np.float64]]
"""What ``staff_costs`` returns."""
