"""When visits are wished, and when they can take place within opening hours."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.model.calendar import DAY_MINUTES, DAY_SLOTS, SLOT_MINUTES, OpeningHours
from netsim.model.service import Task

LUMP = 1e-3
"""Minutes over which those who waited outside come in."""


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """
    A density over the minutes of a day that is constant on each of some intervals.

    Parameters
    ----------
    start, length
        Intervals in minutes, shape ``(k,)``.
    mass
        Visits that fall into each, shape ``(k,)``, non-negative; need not sum to 1.
    """

    start: NDArray[np.float64]
    length: NDArray[np.float64]
    mass: NDArray[np.float64]

    @property
    def total(self) -> float:
        """Sum of the masses."""
        return float(self.mass.sum())

    def scaled(self, factor: float) -> Pieces:
        """Return the same density with every mass times ``factor``."""
        return Pieces(self.start, self.length, self.mass * factor)

    def minute_at(self, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
        """
        Return the minutes whose share of the mass below them is ``uniform``, shape of ``uniform``.

        Parameters
        ----------
        uniform
            In ``[0, 1)``.

        Raises
        ------
        ValueError
            If there is no mass at all.
        """
        used = self.mass > 0
        start, length, mass = self.start[used], self.length[used], self.mass[used]
        if not len(mass):
            raise ValueError("arrival minutes: the density has no mass to draw from")
        edges = np.concatenate([[0.0], np.cumsum(mass)])
        target = uniform * edges[-1]
        piece = np.clip(np.searchsorted(edges, target, side="right") - 1, 0, len(mass) - 1)
        part = (target - edges[piece]) / mass[piece]
        last = np.nextafter(start + length, 0.0)  # rounding must not reach the end, where the door closes
        minutes: NDArray[np.float64] = np.minimum(start[piece] + part * length[piece], last[piece])
        return minutes

    def within(self, windows: Sequence[tuple[float, float]]) -> Pieces:
        """Return the part of the density inside the windows (minutes, in order, not overlapping)."""
        parts = []
        for opening, closing in windows:
            low = np.maximum(self.start, opening)
            high = np.minimum(self.start + self.length, closing)
            keep = high > low
            share = (high[keep] - low[keep]) / self.length[keep]
            parts.append((low[keep], high[keep] - low[keep], self.mass[keep] * share))
        return _joined(parts)


def joined(parts: Sequence[Pieces]) -> Pieces:
    """Return the sum of densities: their pieces one after the other."""
    return _joined([(part.start, part.length, part.mass) for part in parts])


def _joined(parts: Sequence[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]]) -> Pieces:
    if not parts:
        return Pieces(np.empty(0), np.empty(0), np.empty(0))
    starts, lengths, masses = zip(*parts, strict=True)
    return Pieces(np.concatenate(starts), np.concatenate(lengths), np.concatenate(masses))


def wished(profile: Sequence[float]) -> Pieces:
    """
    Return the density of the wished minute: the shares of the 48 half-hours of the calendar day.

    Parameters
    ----------
    profile
        Shape ``(48,)``, sums to 1.
    """
    starts = SLOT_MINUTES * np.arange(DAY_SLOTS, dtype=np.float64)
    return Pieces(starts, np.full(DAY_SLOTS, SLOT_MINUTES), np.asarray(profile, dtype=float))


def wished_while_open(profile: Sequence[float], hours: OpeningHours) -> Pieces:
    """
    Return the part of the wished visits that falls into the opening hours, in minutes of the service day.

    Visits wished in the small hours count for the outlet that is open past midnight, at minute + 1440.

    Parameters
    ----------
    profile
        Shape ``(48,)``, sums to 1.
    hours
        Opening hours.
    """
    edges = {SLOT_MINUTES * slot for slot in range(DAY_SLOTS + 1)}
    for window in hours.windows:
        edges.update(minute % DAY_MINUTES for minute in window)
    ordered = sorted(edges)
    rows = []
    for low, high in itertools.pairwise(ordered):
        middle = (low + high) / 2.0
        minute = hours.service_minute(middle)
        if minute is not None:
            share = profile[int(middle // SLOT_MINUTES)] * (high - low) / SLOT_MINUTES
            rows.append((low + minute - middle, high - low, share))
    rows.sort()
    table = np.array(rows).reshape(-1, 3)
    return Pieces(table[:, 0], table[:, 1], table[:, 2])


def wished_at_the_door(profile: Sequence[float], hours: OpeningHours, door: float) -> Pieces:
    """
    Return the visits wished shortly before the doors open, as a lump at the opening.

    Parameters
    ----------
    profile
        Shape ``(48,)``, sums to 1.
    hours
        Opening hours.
    door
        Longest time that customers wait outside, minutes.
    """
    lumps = []
    for start, opening in hours.before_opening(door):
        if start < opening:
            mass = wished_while_open(profile, OpeningHours(hours.id, ((start, opening),))).total
            lumps.append((opening, LUMP, mass))
    table = np.array(lumps).reshape(-1, 3)
    return Pieces(table[:, 0], table[:, 1], table[:, 2])


def captured(profile: Sequence[float], flexible: float, hours: OpeningHours, door: float = 0.0) -> Pieces:
    """
    Return the visits that take place: those wished while open or at the door, and the flexible part of the others.

    The total is the capture factor ``open + (1 - open) * flexible`` of the hours, ``open`` being the
    share wished while open; the flexible ones come at a minute drawn from the profile while open.

    Parameters
    ----------
    profile
        Shape ``(48,)``, sums to 1.
    flexible
        Share of customers who come at another time when the lane is closed.
    hours
        Opening hours of the first place.
    door
        Longest time that customers wait outside for the doors to open, minutes.
    """
    inside = wished_while_open(profile, hours)
    waiting = wished_at_the_door(profile, hours, door)
    total = inside.total
    if total == 0:
        return inside
    there = inside.scaled(1.0 + flexible * (1.0 - total - waiting.total) / total)
    return joined([waiting, there]) if waiting.total > 0 else there


def attended(task: Task, profile: Sequence[float], hours: OpeningHours) -> tuple[Pieces, Pieces]:
    """
    Return the visits of a task that take place, of walk-ins and of those with an appointment.

    Appointments are taken to spread as the wishes while the outlet is open, and all who ask to get one.

    Parameters
    ----------
    task
        The task.
    profile
        When its customers wish to come, shape ``(48,)``, sums to 1.
    hours
        Opening hours of its first place.
    """
    walk_ins = captured(profile, task.flexible, hours, task.door)
    offer = task.appointments
    if offer is None:
        return walk_ins, joined([])
    inside = wished_while_open(profile, hours)
    if inside.total == 0:
        return walk_ins, joined([])
    return walk_ins.scaled(1.0 - offer.share), inside.scaled(offer.share * (1.0 - offer.no_show) / inside.total)
