"""
Patience in the queue of each lane.

Who is called has shown only that patience was longer than the wait; who leaves has shown how long it was. The
mean wait of those who left is therefore no estimate of patience: the patient are called before they leave.
Who does not come to the call may have left unseen at any time before it, and tells nothing for sure.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from netsim.fit.day_counts import Array
from netsim.fit.survival import (
    Survival,
    exponential_patience,
    kaplan_meier,
    mean_if_hidden,
    still_waiting,
    weibull_patience,
)
from netsim.model.fit_laws import PatienceFit, PatienceLaw
from netsim.model.service import LANES, Lane
from netsim.model.ticket_log import Fate, Legs

LEAST = 3
"""Leavers that any law needs."""
ENOUGH = 10
"""People who still wait, below which the curve is no longer told."""
POINTS = 120
"""Most points of the curve that are kept."""


def fit_patience(legs: Legs, confidence: float = 0.95) -> tuple[PatienceFit, ...]:
    """
    Return patience by lane.

    Parameters
    ----------
    legs
        Legs on the days of the fit.
    confidence
        Two-sided level.
    """
    return tuple(
        _of_lane(lane, legs.take(legs.lane == number), confidence)
        for number, lane in enumerate(LANES)
        if np.any(legs.lane == number)
    )


def _of_lane(lane: Lane, legs: Legs, confidence: float) -> PatienceFit:
    """Return patience in one lane."""
    wait = legs.wait
    left = (legs.fate == Fate.LEFT) & np.isfinite(wait)
    missed = (legs.fate == Fate.NO_SHOW) & np.isfinite(wait)
    called = ~left & ~missed & np.isfinite(wait)
    told = left | called
    waits, gone = np.maximum(wait[told], 0.0), left[told]
    events, minutes = int(left.sum()), float(waits.sum())
    laws: list[PatienceLaw] = []
    curve = Survival(*(np.zeros(0),) * 4)
    if events >= LEAST and minutes > 0:
        laws.append(exponential_patience(waits, gone, confidence))
        curve = _thinned(_told(kaplan_meier(waits, gone, confidence), waits))
        second = weibull_patience(waits, gone, confidence)
        laws += [second] if second is not None else []
    chosen = min(range(len(laws)), key=lambda place: laws[place].bic) if laws else -1
    return PatienceFit(
        lane=lane,
        called=int(called.sum()),
        left=events,
        no_shows=int(missed.sum()),
        unknown=int(np.sum(np.isnan(wait))),
        no_wait=int(np.sum(called & (wait <= 0))),
        minutes=minutes,
        laws=tuple(laws),
        chosen=chosen,
        naive=float(wait[left].mean()) if events else math.nan,
        at_least=_at_least(minutes, confidence) if events == 0 and minutes > 0 else math.nan,
        if_no_shows_left=mean_if_hidden(waits, gone, wait[missed]) if missed.any() else math.nan,
        seen=1.0 - float(curve.share[-1]) if len(curve.share) else 0.0,
        at=curve.at,
        share=curve.share,
        lower=curve.lower,
        upper=curve.upper,
        fitted=np.array([still_waiting(law, curve.at) for law in laws]).reshape(len(laws), len(curve.at)),
    )


def _at_least(minutes: float, confidence: float) -> float:
    """Return what the mean patience is longer than when nobody left in so many minutes of waiting."""
    return minutes / float(gammaincinv(1.0, confidence))


def _told(curve: Survival, waits: Array) -> Survival:
    """Return a curve as far as enough people still wait; beyond, each step is one person."""
    still = len(waits) - np.searchsorted(np.sort(waits), curve.at, side="left")
    rows = still >= ENOUGH
    if not rows.any():
        return curve
    return Survival(curve.at[rows], curve.share[rows], curve.lower[rows], curve.upper[rows])


def _thinned(curve: Survival) -> Survival:
    """Return a curve with no more points than can be drawn, its last one among them."""
    size = len(curve.at)
    if size <= POINTS:
        return curve
    rows: NDArray[np.int64] = np.unique(np.linspace(0, size - 1, POINTS).round().astype(np.int64))
    columns: list[Array] = [curve.at[rows], curve.share[rows], curve.lower[rows], curve.upper[rows]]
    return Survival(*columns)
