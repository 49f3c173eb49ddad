"""Visits that move from outlets to other channels over the years, by task and segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from netsim.demand.s_curve import SCurve, migrated_share
from netsim.model.demand import DemandLayer
from netsim.model.provenance import Provenance, weakest

Array = NDArray[np.float64]

ROUNDING = 1e-9
"""Shares that sum to more than 1 by no more than this came from rounding."""


@dataclass(frozen=True, slots=True)
class MigrationRule:
    """
    Visits that go to a channel instead of an outlet.

    Parameters
    ----------
    channel
        Where they go: self-service, online, telephone.
    curve
        Share that has gone there, by year.
    provenance
        Where the curve comes from.
    tasks
        Task ids; empty = all.
    segments
        Segment ids, or the layer before the dot for all of its segments; empty = all.
    """

    channel: str
    curve: SCurve
    provenance: Provenance
    tasks: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class MovedShares:
    """
    Shares of visits that have gone to other channels by some years.

    Parameters
    ----------
    channels, segments, tasks
        Ids along the axes.
    years
        Years along the first axis.
    share
        Shape ``(years, channels, segments, tasks)``; channels together at most 1.

    Raises
    ------
    ValueError
        If the shape is another, or a segment moves with more than all of its visits for a task.
    """

    channels: tuple[str, ...]
    segments: tuple[str, ...]
    tasks: tuple[str, ...]
    years: tuple[float, ...]
    share: Array

    def __post_init__(self) -> None:
        """Check the shares; freeze the array."""
        shape = (len(self.years), len(self.channels), len(self.segments), len(self.tasks))
        if self.share.shape != shape:
            raise ValueError(f"moved shares: the shape is {self.share.shape}; expected {shape}")
        if not (self.share >= 0.0).all():
            raise ValueError("moved shares: a share is negative or no number")
        total = self.share.sum(axis=1)
        if (total > 1.0 + ROUNDING).any():
            year, segment, task = np.unravel_index(total.argmax(), total.shape)
            raise ValueError(
                f"{100.0 * total.max():.6g}% of {self.segments[segment]!r} move with {self.tasks[task]!r} in "
                f"{self.years[year]:g}; lower the caps of {', '.join(self.channels)} to 100% together"
            )
        self.share.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class Migration:
    """
    Visits that still come to outlets, and those that have moved.

    Parameters
    ----------
    channels
        Ids of the channels.
    remaining
        Visits to outlets; the shape of the visits before.
    migrated
        Visits by channel, shape ``(channels, ...)`` with the shape of the visits before.
    """

    channels: tuple[str, ...]
    remaining: Array
    migrated: Array

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        self.remaining.flags.writeable = False
        self.migrated.flags.writeable = False


def moved_shares(
    rules: Sequence[MigrationRule], years: Sequence[float], segments: Sequence[str], tasks: Sequence[str]
) -> MovedShares:
    """
    Return the share of each segment's visits for each task that has gone to each channel.

    Rules of one channel that speak of the same segment and task add up.

    Parameters
    ----------
    rules
        Who moves where.
    years
        Years that are looked at.
    segments, tasks
        Ids along the axes of the demand.

    Raises
    ------
    ValueError
        If a rule names no segment or task of the demand, or more than everybody moves.

    Examples
    --------
    >>> curve = SCurve(start=0.0, cap=0.6, midpoint=2028.0, years=6.0)
    >>> rule = MigrationRule("online", curve, Provenance("example", "assumption"), tasks=("pay",))
    >>> moved_shares([rule], [2028.0], ["everybody"], ["pay", "ask"]).share.tolist()
    [[[[0.3, 0.0]]]]
    """
    channels = tuple(dict.fromkeys(rule.channel for rule in rules))
    share = np.zeros((len(years), len(channels), len(segments), len(tasks)))
    for rule in rules:
        rows = _positions(rule.segments, segments, f"the migration to {rule.channel!r}: segment")
        columns = _positions(rule.tasks, tasks, f"the migration to {rule.channel!r}: task")
        moved = np.array([migrated_share(year, rule.curve) for year in years])
        share[:, channels.index(rule.channel), rows[:, None], columns] += moved[:, None, None]
    return MovedShares(channels, tuple(segments), tuple(tasks), tuple(years), share)


def migrate(visits: Array, moved: MovedShares, year: int = 0) -> Migration:
    """
    Return what is left for outlets and what moves; nothing is lost or made.

    Parameters
    ----------
    visits
        Visits wished, shape ``(..., segments, tasks, zones)``.
    moved
        Shares that move.
    year
        Position of the year in ``moved``.

    Raises
    ------
    ValueError
        If the axes of the visits are not those of the shares.
    """
    axes = (len(moved.segments), len(moved.tasks))
    if visits.ndim < 3 or visits.shape[-3:-1] != axes:
        raise ValueError(
            f"migration: the visits have the shape {visits.shape}; expected (..., {axes[0]}, {axes[1]}, zones)"
        )
    share = moved.share[year][..., None]  # (channels, segments, tasks, 1)
    stays = np.maximum(1.0 - share.sum(axis=0), 0.0)
    leading = (1,) * (visits.ndim - 3)
    by_channel = share.reshape(len(moved.channels), *leading, *share.shape[1:])
    return Migration(moved.channels, visits * stays, visits * by_channel)


def migrate_layer(
    layer: DemandLayer, rules: Sequence[MigrationRule], years: Sequence[float]
) -> tuple[DemandLayer, Migration]:
    """
    Return a demand layer without the visits that have moved, and the visits by channel.

    Parameters
    ----------
    layer
        Visits wished, all channels together.
    rules
        Who moves where.
    years
        Year of each of the layer's periods.

    Returns
    -------
    tuple
        The layer of outlet visits, and ``Migration`` with the axes of the layer; its provenance is the weakest of
        the layer and the rules.

    Raises
    ------
    ValueError
        If there is not one year a period, or as ``moved_shares``.
    """
    if len(years) != len(layer.periods):
        raise ValueError(f"migration: {len(years)} years for the {len(layer.periods)} periods of the demand")
    moved = moved_shares(rules, years, layer.segments, layer.tasks)
    parts = [migrate(layer.visits[period], moved, period) for period in range(len(years))]
    remaining = np.stack([part.remaining for part in parts])
    migrated = np.stack([part.migrated for part in parts], axis=1)
    inputs = [layer.provenance, *(rule.provenance for rule in rules)]
    sources = "; ".join(dict.fromkeys(item.source for item in inputs))
    provenance = Provenance(sources, weakest(item.evidence for item in inputs))
    left = replace(layer, visits=remaining, provenance=provenance)
    return left, Migration(moved.channels, remaining, migrated)


def _positions(named: Sequence[str], known: Sequence[str], where: str) -> NDArray[np.int64]:
    """Return where the named ids, or all that stand below them, are in an axis; all for none."""
    if not named:
        return np.arange(len(known))
    for name in named:
        if not any(_stands_for(name, item) for item in known):
            raise ValueError(f"{where} {name!r} is unknown (known: {', '.join(known)})")
    return np.array([place for place, item in enumerate(known) if any(_stands_for(name, item) for name in named)])


def _stands_for(name: str, item: str) -> bool:
    """Whether a name is an id, or its layer."""
    return item == name or item.startswith(f"{name}.")
