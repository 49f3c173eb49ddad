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

PATIENT = 5.0
"""Minutes that people may wait while a server has no customer, before that server is taken to be off duty."""


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

    A server without a customer shows nothing while nobody waits. Off duty is who has no customer while people
    wait, for more than five minutes in all: before the first call, between two, or after the last.

    Parameters
    ----------
    legs
        Legs of the day.
    """
    staff = np.zeros((2, SLOTS))
    edges = SLOT_MINUTES * np.arange(SLOTS)
    for lane in range(2):
        own = (legs.lane == lane) & (legs.server >= 0) & np.isfinite(legs.call)
        queue = _Queue(legs, lane)
        for server in np.unique(legs.server[own]):
            rows = own & (legs.server == server)
            call = legs.call[rows]
            end = np.where(np.isfinite(legs.end[rows]), legs.end[rows], call)
            for begin, finish in queue.spells(call, end):
                minutes = np.clip(np.minimum(finish, edges + SLOT_MINUTES) - np.maximum(begin, edges), 0, SLOT_MINUTES)
                staff[lane] += minutes / SLOT_MINUTES
    return staff


class _Queue:
    """
    When people wait in one lane on one day.

    Parameters
    ----------
    legs
        Legs of the day.
    lane
        Number of the lane.
    """

    def __init__(self, legs: Legs, lane: int) -> None:
        own = legs.lane == lane
        arrive, until = legs.arrive[own], (legs.arrive + np.nan_to_num(legs.wait))[own]
        last = np.where(np.isfinite(legs.end[own]), legs.end[own], until)
        self.opens = float(arrive.min(initial=np.inf))
        self.closes = float(np.maximum(last, until).max(initial=-np.inf))
        spells: list[list[float]] = []
        for begin, finish in sorted(zip(arrive.tolist(), until.tolist(), strict=True)):
            if spells and begin <= spells[-1][1]:
                spells[-1][1] = max(spells[-1][1], finish)
            else:
                spells.append([begin, finish])
        self.at = np.array([minute for spell in spells for minute in spell])
        passed = np.diff(self.at, prepend=self.at[:1])
        passed[::2] = 0.0
        self.waited = np.cumsum(passed)

    def until(self, minute: Array) -> Array:
        """Return the minutes of the day in which somebody waited, up to a minute."""
        passed: Array = np.interp(minute, self.at, self.waited)
        return passed

    def spells(self, call: Array, end: Array) -> list[tuple[float, float]]:
        """Return when a server was on duty, from the calls and ends of one server's services."""
        order = np.argsort(call, kind="stable")
        call, end = call[order], np.maximum.accumulate(end[order])
        calls, ends = self.until(call), self.until(end)
        away = np.flatnonzero(calls[1:] - ends[:-1] > PATIENT)
        first, last = np.concatenate([[0], away + 1]), np.concatenate([away, [len(call) - 1]])
        begins, finishes = call[first].copy(), end[last].copy()
        begins[0] = min(begins[0], self._since(calls[0] - PATIENT))
        finishes[-1] = max(finishes[-1], self._since(ends[-1] + PATIENT))
        return list(zip(begins.tolist(), finishes.tolist(), strict=True))

    def _since(self, waited: float) -> float:
        """Return the minute at which people have waited for so many minutes; opening or closing beyond the ends."""
        if waited <= 0:
            return self.opens
        if waited >= self.waited[-1]:
            return self.closes
        place = int(np.searchsorted(self.waited, waited))
        return float(self.at[place] - (self.waited[place] - waited))
