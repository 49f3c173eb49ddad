"""Waits and staff as observed: what a simulation with the fitted parameters has to give back."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from netsim.fit.day_counts import Array, slot_of
from netsim.model.calendar import DAY_SLOTS, SLOT_MINUTES, SLOTS
from netsim.model.fit_arrivals import Estimate, WaitFit
from netsim.model.ticket_log import Legs
from netsim.statistics.intervals import mean_interval

LONGEST_BREAK = 45.0
"""Minutes without a customer after which a server is taken to be off duty."""


def ratio_over_days(over: ArrayLike, under: ArrayLike, confidence: float = 0.95) -> Estimate:
    """
    Return a ratio of sums over days with its interval by the jackknife.

    Parameters
    ----------
    over, under
        Sums of each day, shape ``(days,)``.
    confidence
        Two-sided level.
    """
    top, bottom = np.asarray(over, dtype=float), np.asarray(under, dtype=float)
    whole = float(top.sum() / bottom.sum()) if bottom.sum() > 0 else math.nan
    days = len(top)
    rest = bottom.sum() - bottom
    if days < 2 or np.any(rest <= 0):
        return Estimate(whole, 0.0, math.inf)
    found = mean_interval(days * whole - (days - 1) * (top.sum() - top) / rest, confidence)
    return Estimate(whole, max(0.0, whole - found.half_width), whole + found.half_width)


def fit_waits(legs: Legs, confidence: float = 0.95) -> WaitFit | None:
    """
    Return the waits as observed, None if no wait is known.

    Parameters
    ----------
    legs
        Legs on the days of the fit.
    confidence
        Two-sided level.
    """
    known = np.isfinite(legs.wait)
    if not known.any():
        return None
    wait, slot = legs.wait[known], slot_of(legs.arrive[known])
    count: Array = np.bincount(slot, minlength=DAY_SLOTS).astype(np.float64)
    total = np.bincount(slot, weights=wait, minlength=DAY_SLOTS)
    with np.errstate(invalid="ignore"):
        by_slot = total / count
    _, day = np.unique(legs.day[known], return_inverse=True)
    mean = ratio_over_days(np.bincount(day, weights=wait), np.bincount(day).astype(np.float64), confidence)
    return WaitFit(mean, float(np.quantile(wait, 0.9)), by_slot, count)


def staff_on_duty(legs: Legs) -> Array:
    """
    Return the mean servers on duty by lane and half-hour of one day, shape ``(2, 60)``.

    A server is on duty from the first call to the last end, but for breaks: times of 45 minutes or more
    without a customer.

    Parameters
    ----------
    legs
        Legs of the day.
    """
    staff = np.zeros((2, SLOTS))
    edges = SLOT_MINUTES * np.arange(SLOTS)
    for lane in range(2):
        own = (legs.lane == lane) & (legs.server >= 0) & np.isfinite(legs.call)
        for server in np.unique(legs.server[own]):
            rows = own & (legs.server == server)
            call = legs.call[rows]
            end = np.where(np.isfinite(legs.end[rows]), legs.end[rows], call)
            for begin, finish in _spells(call, end):
                minutes = np.clip(np.minimum(finish, edges + SLOT_MINUTES) - np.maximum(begin, edges), 0, SLOT_MINUTES)
                staff[lane] += minutes / SLOT_MINUTES
    return staff


def _spells(call: Array, end: Array) -> list[tuple[float, float]]:
    """Return the times from a first call to a last end without a break between."""
    order = np.argsort(call, kind="stable")
    spells: list[tuple[float, float]] = []
    for begin, finish in zip(call[order].tolist(), end[order].tolist(), strict=True):
        if spells and begin - spells[-1][1] < LONGEST_BREAK:
            spells[-1] = (spells[-1][0], max(spells[-1][1], finish))
        else:
            spells.append((begin, finish))
    return spells
