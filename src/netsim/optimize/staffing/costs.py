"""What staff costs at planning level: counters staffed throughout the opening hours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netsim.model.calendar import SLOTS
from netsim.model.study import Study
from netsim.optimize.staffing.cover import cover
from netsim.optimize.staffing.roster import team_hours


def constant_cover_cost(study: Study, format_id: str, pattern_id: str, counters: int) -> float:
    """
    Return the yearly staff cost of counters that are staffed all the time they are open.

    The staff's hourly cost times the paid hours of the cheapest shift cover, over all day types;
    nothing for formats whose desks somebody else staffs (``staff_hour`` 0).
    """
    form = study.formats[format_id]
    if form.costs.staff_hour == 0.0 or counters == 0:
        return 0.0
    days = sum(day.days_per_year for day in study.day_types)
    if form.team is not None:
        return form.costs.staff_hour * team_hours(study.teams[form.team]) * days
    hours = study.hours[form.pattern(pattern_id).hours["counter"]]
    paid = cover(np.full(SLOTS, counters, dtype=np.int64), study.shifts, hours).paid_hours
    return form.costs.staff_hour * paid * days


def staff_costs(study: Study) -> dict[tuple[str, str], NDArray[np.float64]]:
    """Return the yearly staff cost of each (format, pattern) with counters, by counter level."""
    return {
        (form.id, pattern.id): np.array(
            [constant_cover_cost(study, form.id, pattern.id, level) for level in form.levels["counter"]]
        )
        for form in study.formats.values()
        if "counter" in form.levels
        for pattern in form.patterns
    }
