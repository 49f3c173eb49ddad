"""On which days the services of a GTFS feed run, and the day that stands for a day of the week."""

from __future__ import annotations

import datetime as dt
import difflib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from netsim.geo.gtfs_files import FeedFiles
from netsim.geo.gtfs_tables import GtfsTable, day_number
from netsim.geo.layers import LayerError

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Short names of the days of the week, Monday first."""
LONG_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_ADDED, _REMOVED = 1.0, 2.0
"""Values of ``exception_type``."""

Days = NDArray[np.int64]
"""Days as proleptic ordinals: 1 is 0001-01-01, a Monday."""


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """
    When services run: by the week between two days, with exceptions.

    Parameters
    ----------
    services
        Position of each service by its id.
    start, end
        First and last day of each service, shape ``(s,)``; a service of exceptions only ends before it starts.
    week
        Whether it runs on each day of the week, Monday first, shape ``(s, 7)``.
    exception_service, exception_day, exception_runs
        Service, day and whether it runs, for each exception, shape ``(e,)``.
    """

    services: dict[str, int]
    start: Days
    end: Days
    week: NDArray[np.bool_]
    exception_service: Days
    exception_day: Days
    exception_runs: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        exceptions = (self.exception_service, self.exception_day, self.exception_runs)
        for array in (self.start, self.end, self.week, *exceptions):
            array.flags.writeable = False

    def running(self, day: int) -> NDArray[np.bool_]:
        """Return which services run on a day, shape ``(s,)``."""
        runs = (self.start <= day) & (day <= self.end) & self.week[:, _weekday(day)]
        today = self.exception_day == day
        runs[self.exception_service[today]] = self.exception_runs[today]
        return np.asarray(runs, dtype=bool)

    def first_day(self) -> int:
        """Return the first day on which anything may run."""
        added = self.exception_day[self.exception_runs]
        return int(np.concatenate([self.start[self.start <= self.end], added]).min(initial=np.iinfo(np.int64).max))

    def candidates(self, weekday: int) -> Days:
        """
        Return days of one weekday such that every set of services that runs on that weekday runs on one of them.

        The set changes only where a service starts or has ended, and on and after an exception.
        """
        turns = np.concatenate([self.start, self.end + 1, self.exception_day, self.exception_day + 7])
        return np.unique(turns + (weekday - _weekday(turns)) % 7)

    def busiest(self, weekday: int, runs: NDArray[np.float64], where: str) -> tuple[int, float]:
        """
        Return the day of a weekday on which most trips run (the first of equals), and their number.

        Parameters
        ----------
        weekday
            0 for Monday.
        runs
            Trips of each service, shape ``(s,)``.
        where
            The feed, for the message.

        Raises
        ------
        LayerError
            If nothing ever runs on that weekday.
        """
        best = self._best(weekday, runs)
        if best is None:
            others = [name for number, name in enumerate(WEEKDAYS) if self._best(number, runs) is not None]
            message = f"no trip runs on a {LONG_WEEKDAYS[weekday]} (trips run on: {', '.join(others) or 'no day'})"
            raise LayerError(where, f"{message}; leave the feed out of that day")
        return best

    def _best(self, weekday: int, runs: NDArray[np.float64]) -> tuple[int, float] | None:
        """Return the busiest day of a weekday and its trips, None where nothing runs."""
        days = self.candidates(weekday)
        trips = np.array([runs[self.running(day)].sum() for day in days.tolist()])
        if not (trips > 0.0).any():
            return None
        at = int(trips.argmax())
        return int(days[at]), float(trips[at])


def weekday_number(name: str) -> int:
    """
    Return 0 for ``mon`` or ``monday`` to 6 for ``sun`` or ``sunday``.

    Raises
    ------
    LayerError
        If it is no such name.

    Examples
    --------
    >>> weekday_number("tue")
    1
    """
    for names in (WEEKDAYS, LONG_WEEKDAYS):
        if name in names:
            return names.index(name)
    near = difflib.get_close_matches(name.lower(), (*WEEKDAYS, *LONG_WEEKDAYS), 1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise LayerError("weekday", f"expected one of {', '.join(WEEKDAYS)}, got {name!r}{hint}")


def read_calendar(files: FeedFiles) -> Calendar:
    """
    Return when the services of a feed run, by ``calendar.txt``, ``calendar_dates.txt`` or both.

    Raises
    ------
    LayerError
        If both are missing, or a cell is no date or flag.
    """
    table = files.table("calendar.txt", ("service_id", *LONG_WEEKDAYS, "start_date", "end_date"))
    dates = files.table("calendar_dates.txt", ("service_id", "date", "exception_type"))
    if table is None and dates is None:
        raise LayerError(files.where, "calendar.txt and calendar_dates.txt are both missing; one of them is needed")
    services = {} if table is None else table.ids("service_id")
    exceptions = () if dates is None else dates.texts("service_id")
    for service in exceptions:
        services.setdefault(service, len(services))
    start = np.full(len(services), 2, dtype=np.int64)
    end = np.ones(len(services), dtype=np.int64)
    week = np.zeros((len(services), 7), dtype=bool)
    if table is not None:
        start[: table.rows], end[: table.rows] = _dates(table, "start_date"), _dates(table, "end_date")
        for number, name in enumerate(LONG_WEEKDAYS):
            week[: table.rows, number] = table.parsed(name, {"0": 0.0, "1": 1.0}.get, "0 or 1") > 0.0
    day, kind = np.zeros(0, dtype=np.int64), np.zeros(0)
    if dates is not None:
        day = _dates(dates, "date")
        kind = dates.parsed("exception_type", {"1": _ADDED, "2": _REMOVED}.get, "1 (added) or 2 (removed)")
    rows = np.array([services[service] for service in exceptions], dtype=np.int64)
    return Calendar(services, start, end, week, rows, day, kind == _ADDED)


def date_text(day: int) -> str:
    """Return a day as ``YYYY-MM-DD``."""
    return dt.date.fromordinal(day).isoformat()


def _dates(table: GtfsTable, name: str) -> Days:
    """Return a column of dates as day numbers."""
    return np.asarray(table.parsed(name, day_number, "a date as YYYYMMDD"), dtype=np.int64)


def _weekday(day: int | Days) -> int | Days:
    """Return 0 for a Monday to 6 for a Sunday."""
    return (day - 1) % 7
