"""Times as logs write them, to wall-clock minutes of the outlet."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netsim.model.calendar import DAY_MINUTES
from netsim.model.column_map import Times
from netsim.tables.texts import TextColumn

ORIGIN = dt.date(1970, 1, 1)
"""Day that minutes are counted from."""

_ISO = "%Y-%m-%d %H:%M:%S"
_FORM = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T\s]+(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2}(?:\.\d{1,9})?)秒?|分)?)?"
    r"\s*(Z|UTC|[+-]\d{2}:?\d{2})?"
)
_NUMBER_UNITS = {"unix": 1.0 / 60.0, "unix_ms": 1.0 / 60_000.0, "excel": DAY_MINUTES}
_EXCEL_ORIGIN = (dt.date(1899, 12, 30) - ORIGIN).days * DAY_MINUTES


class OffsetError(ValueError):
    """Times carry an offset to UTC and nobody told the outlet's time zone."""


@dataclass(frozen=True, slots=True, eq=False)
class Stamps:
    """
    Times of one column.

    Parameters
    ----------
    minutes
        Minutes since 1970-01-01 00:00 on the outlet's wall clock, NaN where unreadable or absent, shape ``(n,)``.
    filled
        Whether the cell held anything, shape ``(n,)``.
    """

    minutes: NDArray[np.float64]
    filled: NDArray[np.bool_]


def read_stamps(cells: TextColumn, style: Times, dates: TextColumn | None = None) -> Stamps:
    """
    Return the times in a column.

    Parameters
    ----------
    cells
        The column.
    style
        How they are written.
    dates
        Column of the day, where the cells hold the time of day alone.

    Raises
    ------
    OffsetError
        If times carry an offset to UTC (or count seconds of UTC) and no zone was told.

    Examples
    --------
    >>> cells = np.array(["2024-03-05 08:30:15", "2024年3月5日 8时30分", "soon", ""], dtype=object)
    >>> found = read_stamps(cells, Times())
    >>> (found.minutes - found.minutes[1]).tolist(), found.filled.tolist()
    ([0.25, 0.0, nan, nan], [True, True, True, False])
    """
    filled: NDArray[np.bool_] = cells != ""
    if dates is not None:
        filled &= dates != ""
        days = np.array([re.split(r"[T ]", date, maxsplit=1)[0] for date in dates], dtype=object)
        cells = np.where(filled, days + " " + cells, "")
    if style.format in _NUMBER_UNITS:
        minutes = _counted(cells, style)
    elif style.format is not None:
        minutes = _by_format(cells, style)
    else:
        minutes = _year_first(cells, style)
    return Stamps(np.where(filled, minutes, np.nan), filled)


def service_days(minutes: NDArray[np.float64], day_start: float) -> NDArray[np.float64]:
    """Return the service day of each time, counted from 1970-01-01; the small hours belong to the day before."""
    days: NDArray[np.float64] = np.floor((minutes - day_start) / DAY_MINUTES)
    return days


def date_of(day: float) -> dt.date:
    """Return the date of a service day."""
    return ORIGIN + dt.timedelta(days=int(day))


def resolution_of(minutes: NDArray[np.float64]) -> float:
    """
    Return the minutes between times that a log can tell apart: 1 where it writes whole minutes, else a second or 0.

    Parameters
    ----------
    minutes
        All times of the log; NaN where there is none.
    """
    known = minutes[np.isfinite(minutes)]
    for step in (1.0, 1.0 / 60.0):
        if len(known) and np.mean(np.abs(known / step - np.round(known / step)) < 1e-4) > 0.99:
            return step
    return 0.0


def _counted(cells: TextColumn, style: Times) -> NDArray[np.float64]:
    """Return times written as a number of seconds or days."""
    numbers: NDArray[np.float64] = pd.to_numeric(pd.Series(cells), errors="coerce").to_numpy(dtype=float)
    minutes = numbers * _NUMBER_UNITS[str(style.format)]
    if style.format == "excel":
        return _shifted(minutes + _EXCEL_ORIGIN, style)
    if style.zone is None:
        raise OffsetError("seconds since 1970 are UTC")
    return _local(minutes, "UTC", style.zone)


def _by_format(cells: TextColumn, style: Times) -> NDArray[np.float64]:
    """Return times written as the map file says."""
    aware = "%z" in str(style.format)
    found = pd.to_datetime(pd.Series(cells), format=style.format, errors="coerce", utc=aware)
    minutes = _minutes(found)
    if not aware:
        return _shifted(minutes, style)
    if style.zone is None:
        raise OffsetError("%z is an offset to UTC")
    return _local(minutes, "UTC", style.zone)


def _year_first(cells: TextColumn, style: Times) -> NDArray[np.float64]:
    """Return times written with the year first, as ISO and Chinese offices do, with or without an offset."""
    minutes = _minutes(pd.to_datetime(pd.Series(cells), format=_ISO, errors="coerce"))
    rest = np.flatnonzero(np.isnan(minutes) & (cells != ""))
    naive, offset = _matched(cells[rest])
    aware = np.isfinite(offset)
    minutes[rest] = naive
    minutes = _shifted(minutes, style)
    if aware.any():
        if style.zone is None:
            raise OffsetError("the times carry an offset to UTC")
        minutes[rest[aware]] = _local(naive[aware] - offset[aware], "UTC", style.zone)
    return minutes


def _matched(cells: TextColumn) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the minutes as written and the offset to UTC (NaN for none) of each cell."""
    minutes, offsets = np.full(len(cells), np.nan), np.full(len(cells), np.nan)
    for row, cell in enumerate(cells):
        match = _FORM.fullmatch(cell)
        if match is None:
            continue
        year, month, day, hour, minute, second, offset = match.groups()
        try:
            days = (dt.date(int(year), int(month), int(day)) - ORIGIN).days
        except ValueError:
            continue
        clock = int(hour or 0), int(minute or 0), float(second or 0)
        if clock[0] > 23 or clock[1] > 59 or clock[2] >= 60:
            continue
        minutes[row] = days * DAY_MINUTES + 60 * clock[0] + clock[1] + clock[2] / 60.0
        if offset is not None:
            offsets[row] = _offset(offset)
    return minutes, offsets


def _offset(text: str) -> float:
    if text in ("Z", "UTC"):
        return 0.0
    digits = text[1:].replace(":", "")
    return (-1.0 if text[0] == "-" else 1.0) * (60 * int(digits[:2]) + int(digits[2:]))


def _minutes(times: pd.Series[Any]) -> NDArray[np.float64]:
    """Return pandas' times as minutes since 1970, NaN where there is none."""
    naive = times.dt.tz_localize(None) if times.dt.tz is not None else times
    stamps = naive.to_numpy(dtype="datetime64[us]")
    minutes: NDArray[np.float64] = np.where(np.isnat(stamps), np.nan, stamps.astype(np.int64) / 60e6)
    return minutes


def _shifted(minutes: NDArray[np.float64], style: Times) -> NDArray[np.float64]:
    """Return wall-clock times of the zone that the log is written in as those of the outlet."""
    if style.written_in is None or style.zone is None or style.written_in == style.zone:
        return minutes
    return _local(minutes, style.written_in, style.zone)


def _local(minutes: NDArray[np.float64], written_in: str, zone: str) -> NDArray[np.float64]:
    """Return wall-clock minutes of one zone as those of another; what no clock ever showed becomes NaN."""
    known = np.isfinite(minutes)
    stamps = pd.Series(np.round(minutes[known] * 60e6).astype("int64").astype("datetime64[us]"))
    there = stamps.dt.tz_localize(written_in, ambiguous=np.ones(len(stamps), dtype=bool), nonexistent="NaT")
    moved = np.full(len(minutes), np.nan)
    moved[known] = _minutes(there.dt.tz_convert(zone))
    return moved
