"""Rosters of a whole network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from netsim.model.calendar import SLOT_MINUTES, SLOTS
from netsim.model.network import Option
from netsim.model.plan import Shift, StaffPlan
from netsim.model.station import Worker
from netsim.model.study import Study
from netsim.optimize.staffing.cover import Roster, cover


def people_on_duty(team: Sequence[Worker]) -> NDArray[np.int64]:
    """Return how many of a team are on duty for most of each half-hour, shape ``(60,)``."""
    starts = SLOT_MINUTES * np.arange(SLOTS)
    present = np.zeros(SLOTS)
    for worker in team:
        for comes, goes in worker.duty:
            present += np.clip(np.minimum(goes, starts + SLOT_MINUTES) - np.maximum(comes, starts), 0.0, None)
    return np.floor(present / SLOT_MINUTES + 0.5).astype(np.int64)


def team_hours(team: Sequence[Worker]) -> float:
    """Return the hours that a team is on duty on one day."""
    return sum(goes - comes for worker in team for comes, goes in worker.duty) / 60.0


def roster(study: Study, options: Sequence[Option | None], required: NDArray[np.int64]) -> StaffPlan:
    """
    Return the shifts that cover a requirement at every outlet, at least cost.

    Outlets and day types do not share staff, so that each is a cover of its own. Nobody is counted on
    duty outside the opening hours or beyond the number of counters: they prepare, close or do other
    work. A team works its own hours, whatever is required. Desks that somebody else staffs
    (``staff_hour`` 0) are on duty throughout at no cost.

    Parameters
    ----------
    study
        The study.
    options
        What stands at each site, in the order of the study's sites; None for nothing.
    required
        Members of staff needed, shape ``(day types, sites, 60)``.

    Raises
    ------
    ValueError
        If the shapes do not agree, or more staff is required than there are counters.
    """
    shape = (len(study.day_types), len(study.sites), SLOTS)
    if required.shape != shape or len(options) != len(study.sites):
        raise ValueError(f"roster: required has the shape {required.shape}; expected {shape}")
    on_duty = np.zeros(shape, dtype=np.int64)
    cost, paid_hours = np.zeros(len(study.sites)), np.zeros(len(study.sites))
    shifts: list[Shift] = []
    gap = 0.0
    known: dict[tuple[str, bytes], Roster] = {}
    for place, (site, option) in enumerate(zip(study.sites, options, strict=True)):
        if option is None or option.counters == 0:
            continue
        if required[:, place].max(initial=0) > option.counters:
            raise ValueError(f"roster: site {site.id!r} needs more staff than its {option.counters} counters")
        hours = study.hours_of(option, "counter")
        opened = hours.open_slots()
        team = study.formats[option.format].team
        if team is not None:
            present = people_on_duty(study.teams[team])
            on_duty[:, place] = np.where(opened, np.minimum(present, option.counters), 0)
            days = sum(day.days_per_year for day in study.day_types)
            paid_hours[place] = team_hours(study.teams[team]) * days
            cost[place] = study.formats[option.format].costs.staff_hour * paid_hours[place]
            continue
        rate = study.formats[option.format].costs.staff_hour
        if rate == 0.0:
            on_duty[:, place, opened] = option.counters
            continue
        for day, day_type in enumerate(study.day_types):
            key = (hours.id, required[day, place].tobytes())
            if key not in known:
                known[key] = cover(required[day, place], study.shifts, hours)
            found = known[key]
            on_duty[day, place] = np.where(opened, np.minimum(found.at_work, option.counters), 0)
            paid_hours[place] += found.paid_hours * day_type.days_per_year
            cost[place] += rate * found.paid_hours * day_type.days_per_year
            gap = max(gap, found.gap)
            shifts.extend(
                Shift(site.id, day_type.id, shift.type.id, shift.start, shift.break_at, shift.people)
                for shift in found.shifts
            )
    return StaffPlan(required.copy(), on_duty, tuple(shifts), cost, paid_hours, gap)
