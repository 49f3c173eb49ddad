"""Slow roads by the hour: half-hours of the day in which all roads are alike, with their factors."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from netsim.geo.layers import LayerError

SLOTS = 48
SLOT_MINUTES = 30.0


@dataclass(frozen=True, slots=True)
class Congestion:
    """
    How much longer roads take in some hours.

    Parameters
    ----------
    hours
        From and to, minutes of the day; past midnight beyond 1440.
    factor
        Travel time relative to the free road.
    roads
        Road classes that it holds for; empty for all.
    """

    hours: tuple[float, float]
    factor: float
    roads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HourGroup:
    """
    Half-hours in which all roads are as slow.

    Parameters
    ----------
    weight
        Share of the departures; the weights of all groups sum to 1.
    everywhere
        Factor of roads whose class is not named.
    factors
        Factor of each road class that is named.
    """

    weight: float
    everywhere: float = 1.0
    factors: Mapping[str, float] = field(default_factory=dict)


FREE = (HourGroup(1.0),)
"""All day long the road is free."""


def hour_groups(
    rules: Sequence[Congestion], classes: Sequence[str], departures: NDArray[np.float64]
) -> tuple[HourGroup, ...]:
    """
    Return the half-hours of the day by how slow the roads are.

    A window that covers part of a half-hour counts for that part of its travel; factors that meet multiply.

    Parameters
    ----------
    rules
        Slow hours.
    classes
        Road classes of the network.
    departures
        When people set out: weight of each half-hour, non-negative, shape ``(48,)``.

    Raises
    ------
    LayerError
        If a rule names a class that no road has, or nobody sets out at any time.

    Examples
    --------
    >>> rush = Congestion((420.0, 540.0), 2.0)
    >>> groups = hour_groups([rush], [], np.r_[np.zeros(14), np.ones(8), np.zeros(26)])
    >>> [(group.weight, group.everywhere) for group in groups]
    [(0.5, 1.0), (0.5, 2.0)]
    """
    if departures.shape != (SLOTS,) or (departures < 0.0).any() or not departures.sum() > 0.0:
        raise LayerError("travel", "nobody sets out at any half-hour of the day")
    named = list(dict.fromkeys(name for rule in rules for name in rule.roads))
    for name in named:
        if name not in classes:
            near = difflib.get_close_matches(name, list(classes), 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(classes) or 'none'}"
            raise LayerError("travel.congestion", f"no road is of the class {name!r}; {hint}")
    factor = np.ones((SLOTS, 1 + len(named)))
    for rule in rules:
        slowed = 1.0 + covered_slots(rule.hours) * (rule.factor - 1.0)
        columns = [1 + named.index(name) for name in rule.roads] if rule.roads else range(1 + len(named))
        for column in columns:
            factor[:, column] *= slowed
    kinds, group = np.unique(factor.round(9), axis=0, return_inverse=True)
    weights = np.bincount(group.ravel(), departures, len(kinds)) / departures.sum()
    order = [int(kind) for kind in dict.fromkeys(group.ravel().tolist()) if weights[kind] > 0.0]
    return tuple(
        HourGroup(float(weights[kind]), float(kinds[kind, 0]), dict(zip(named, kinds[kind, 1:].tolist(), strict=True)))
        for kind in order
    )


def covered_slots(hours: tuple[float, float]) -> NDArray[np.float64]:
    """
    Return the part of each half-hour of the day that a window covers, shape ``(48,)``.

    Parameters
    ----------
    hours
        From and to, minutes of the day; past midnight beyond 1440.
    """
    start = SLOT_MINUTES * np.arange(SLOTS)
    part = np.zeros(SLOTS)
    for shift in (0.0, SLOTS * SLOT_MINUTES):
        low = np.maximum(start + shift, hours[0])
        high = np.minimum(start + shift + SLOT_MINUTES, hours[1])
        part += np.maximum(high - low, 0.0) / SLOT_MINUTES
    return np.minimum(part, 1.0)
