"""Every day of a log's calendar: what was expected of it, what came, and what is strange or missing."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from netsim.fit.arrivals import expected_counts, prediction
from netsim.fit.day_counts import DayCounts, empty_days
from netsim.model.column_map import ColumnMap
from netsim.model.fit_arrivals import ArrivalFit, Day, DayRole

UNUSUAL = 4.0
"""Robust standard deviations from its weekday's median that make a day unusual."""
LEAST_OF_A_WEEKDAY = 3
LEAST_DAYS = 5
TAIL = 0.025


def holidays_of(columns: ColumnMap) -> frozenset[dt.date]:
    """Return the days that the map file calls holidays."""
    return frozenset(dt.date.fromisoformat(text) for text in columns.holidays)


def calendar_days(
    days: DayCounts, fit: ArrivalFit, fitted: Collection[dt.date], holidays: Collection[dt.date]
) -> tuple[Day, ...]:
    """
    Return every day of the log's calendar with what was expected of it.

    Parameters
    ----------
    days
        Days of the log, holidays among them.
    fit
        The fitted arrivals.
    fitted
        Days that it was fitted to.
    holidays
        Days that are like no weekday.
    """
    total = fit.counts.sum(axis=1)
    relative = np.divide(1.0, total, out=np.zeros(7), where=total > 0)
    factor = fit.day_cv.value**2 * (1.0 + 1.0 / np.maximum(fit.day_count, 1))
    variation = (factor + relative)[days.weekday]
    expected = np.where(fit.day_count[days.weekday] > 0, expected_counts(fit.per_hour, days), np.nan)
    lower, upper = (prediction(np.nan_to_num(expected), variation, share) for share in (TAIL, 1.0 - TAIL))
    strange = _unusual(days, np.array([date in fitted for date in days.dates], dtype=bool))
    found = []
    for row, date in enumerate(days.dates):
        came, mean = float(days.totals[row]), float(expected[row])
        if date in holidays:
            found.append(Day(date, "holiday", came, math.nan, math.nan, math.nan))
        elif math.isnan(mean):
            found.append(Day(date, "held_out", came, math.nan, math.nan, math.nan))
        else:
            ends = float(lower[row]), float(upper[row])
            role: DayRole = "fit" if date in fitted else "held_out"
            found.append(Day(date, role, came, mean, *ends, bool(strange[row])))
    nothing = (math.nan,) * 4
    found.extend(Day(date, "missing", *nothing) for date in empty_days(days.dates, holidays))
    return tuple(sorted(found, key=lambda day: day.date))


def _unusual(days: DayCounts, fitted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the fitted days whose arrivals lie far from the median of their weekday."""
    median = np.full(len(days), np.nan)
    for weekday in range(7):
        own = (days.weekday == weekday) & fitted
        if own.sum() >= LEAST_OF_A_WEEKDAY:
            median[own] = np.median(days.totals[own])
    known = np.isfinite(median) & (median > 0)
    strange = np.zeros(len(days), dtype=bool)
    if known.sum() < LEAST_DAYS:
        return strange
    off = days.totals[known] / median[known] - 1.0
    scale = np.maximum(1.4826 * np.median(np.abs(off)), 1.0 / np.sqrt(median[known]))
    strange[known] = np.abs(off) > UNUSUAL * scale
    return strange
