"""Arrivals on the half-hour axis."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netsim.model.calendar import SLOT_MINUTES, SLOTS
from netsim.simulation.lane import LaneMix
from netsim.simulation.profiles import Pieces

STARTS = np.arange(SLOTS) * SLOT_MINUTES
"""First minute of each half-hour, shape ``(60,)``."""


def mass_by_slot(pieces: Pieces) -> NDArray[np.float64]:
    """Return the mass of a density in each half-hour, shape ``(60,)``; it sums to ``pieces.total``."""
    start, end = pieces.start[:, None], (pieces.start + pieces.length)[:, None]
    overlap = np.clip(np.minimum(end, STARTS + SLOT_MINUTES) - np.maximum(start, STARTS), 0.0, None)
    mass: NDArray[np.float64] = (pieces.mass[:, None] * overlap / pieces.length[:, None]).sum(axis=0)
    return mass


def arrivals_by_slot(mix: LaneMix) -> NDArray[np.float64]:
    """Return the share of a lane's arrivals that come in each half-hour, shape ``(60,)``; sums to 1."""
    total = np.zeros(SLOTS)
    for share, item in zip(mix.share, mix.classes, strict=True):
        mass = mass_by_slot(item.per_visit)
        total += share * mass / mass.sum()
    shares: NDArray[np.float64] = total / total.sum()
    return shares
