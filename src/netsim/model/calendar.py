"""Day types, opening hours and the half-hour axis."""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

SLOT_MINUTES = 30.0
"""Length of one half-hour slot in minutes."""
DAY_SLOTS = 48
"""Half-hours of a calendar day: the axis of an arrival profile."""
SLOTS = 60
"""Half-hours of a service day, 00:00 to 30:00: the small hours after midnight belong to the day before."""
DAY_MINUTES = 1440.0


@dataclass(frozen=True, slots=True)
class DayType:
    """
    A kind of day that repeats through the year.

    Parameters
    ----------
    id
        Name, for example ``working_day``.
    days_per_year
        Weight of the day type, days a year.
    demand_factor
        Demand relative to the layer's own daily figure.
    """

    id: str
    days_per_year: float
    demand_factor: float = 1.0


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def day_types_of_year(
    year: int,
    weekdays: Mapping[str, str],
    holidays: Collection[date] = (),
    holiday: str | None = None,
    pay_days: Collection[int] = (),
    pay_day: str | None = None,
) -> dict[date, str]:
    """
    Return the kind of every day of a year on which something is open.

    Parameters
    ----------
    year
        The year.
    weekdays
        Kind of each weekday (``mon`` to ``sun``); weekdays that are left out are closed.
    holidays, holiday
        Dates of holidays, and their kind; None where everything is closed on them.
    pay_days, pay_day
        Days of the month on which people are paid, and the kind of such a day. A pay day that would fall on a
        closed day or a holiday moves to the next day that does not; a month without that day pays on its last.

    Examples
    --------
    >>> kinds = day_types_of_year(2026, {day: "working_day" for day in WEEKDAYS[:5]}, pay_days=[25], pay_day="pay_day")
    >>> sum(kind == "pay_day" for kind in kinds.values()), kinds[date(2026, 1, 26)]
    (12, 'pay_day')
    """
    every = [date(year, 1, 1) + timedelta(number) for number in range(366 if isleap(year) else 365)]
    plain = {day: weekdays[WEEKDAYS[day.weekday()]] for day in every if WEEKDAYS[day.weekday()] in weekdays}
    kinds = {day: kind for day, kind in plain.items() if day not in holidays}
    paid = []
    for month in range(1, 13):
        for number in pay_days if pay_day is not None else ():
            due = date(year, month, min(number, monthrange(year, month)[1]))
            paid += [next(iter(sorted(day for day in kinds if day >= due)), None)]
    kinds |= {day: pay_day for day in paid if day is not None and pay_day is not None}
    if holiday is not None:
        kinds |= {day: holiday for day in every if day in holidays}
    return dict(sorted(kinds.items()))


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """
    When a lane is open on a day.

    Parameters
    ----------
    id
        Name of the hours.
    windows
        ``(open, close)`` in minutes from local midnight, in order, not overlapping; ``close`` may
        reach 1800 (30:00) for an outlet that is open past midnight.

    Raises
    ------
    ValueError
        If a window is empty, overlaps the one before, or ends after 30:00.
    """

    id: str
    windows: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        """Check the order of the windows."""
        last = 0.0
        for start, end in self.windows:
            if not last <= start < end <= SLOTS * SLOT_MINUTES:
                msg = f"opening hours {self.id!r}: window {start:g}-{end:g} min is empty, overlaps or ends after 30:00"
                raise ValueError(msg)
            last = end

    def before_opening(self, minutes: float) -> tuple[tuple[float, float], ...]:
        """
        Return the span of at most so many minutes before each opening, none before the closing ahead of it.

        Examples
        --------
        >>> OpeningHours("lunch", ((600.0, 720.0), (730.0, 900.0))).before_opening(20.0)
        ((580.0, 600.0), (720.0, 730.0))
        """
        if minutes <= 0.0:
            return ()
        closed = [0.0, *(closing for _, closing in self.windows)]
        spans = zip(closed, self.windows, strict=False)
        return tuple((max(opening - minutes, before), opening) for before, (opening, _) in spans)

    @property
    def minutes(self) -> float:
        """Minutes open a day."""
        return sum(end - start for start, end in self.windows)

    @property
    def opening(self) -> float:
        """First minute open."""
        return self.windows[0][0]

    @property
    def closing(self) -> float:
        """Last minute open."""
        return self.windows[-1][1]

    def minutes_by_slot(self) -> NDArray[np.float64]:
        """Return the minutes open in each half-hour of the service day, shape ``(60,)``; they sum to ``minutes``."""
        starts = np.arange(SLOTS) * SLOT_MINUTES
        opened = np.zeros(SLOTS)
        for opens, closes in self.windows:
            opened += np.clip(np.minimum(closes, starts + SLOT_MINUTES) - np.maximum(opens, starts), 0.0, SLOT_MINUTES)
        return opened

    def open_slots(self) -> NDArray[np.bool_]:
        """Return the half-hours that are open at least in part, shape ``(60,)``."""
        return self.minutes_by_slot() > 0

    def service_minute(self, minute: float) -> float | None:
        """
        Return the minute of the service day at which a visit wished at ``minute`` can take place.

        Parameters
        ----------
        minute
            Wished minute of the calendar day, in ``[0, 1440)``.

        Returns
        -------
        float or None
            ``minute``, or ``minute + 1440`` where the outlet is open past midnight, or None when closed.
        """
        for start, end in self.windows:
            if start <= minute < end:
                return minute
            if start <= minute + DAY_MINUTES < end:
                return minute + DAY_MINUTES
        return None
