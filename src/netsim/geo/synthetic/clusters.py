"""Clusters of outlets: competitors stand side by side along a street, at distances as in a real city."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from netsim.geo.synthetic.blocks import Ids, Numbers
from netsim.geo.synthetic.draws import even, lottery, whole
from netsim.geo.synthetic.targets import NEIGHBOUR

NEIGHBOUR_QUANTILES: Final = ((0.0, 0.1, 0.5, 0.9, 1.0), (3.0, *NEIGHBOUR, 320.0))
"""Share of outlets -> whose nearest neighbour is at most so many metres away; the ends are assumed."""
CLUSTER: Final = 3.5
"""Outlets of a cluster, on average; two at least."""
CLUSTERS_APART_M: Final = 420.0
"""Clusters begin at least so far from each other."""
ROOM: Final = 1.15
"""Outlets of other clusters stay farther away than the nearest neighbour, by this factor."""
TURNS: Final = 12
"""Directions that are tried for a cluster before the next place is."""
SWING: Final = 0.25
"""A row of outlets is off its street by up to so many radians at either end."""


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """
    Outlets in clusters.

    Parameters
    ----------
    xy
        Where they stand, metres, those of a cluster one after the other, shape ``(n, 2)``.
    cluster
        Which cluster each belongs to, shape ``(n,)``.
    """

    xy: Numbers
    cluster: Ids

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.xy, self.cluster):
            array.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class Beginnings:
    """
    Places where a cluster may begin.

    Parameters
    ----------
    xy
        Metres, shape ``(n, 2)``.
    heading
        Direction of a street there, radians, shape ``(n,)``.
    weight
        Chances, shape ``(n,)``; large clusters come to places drawn first.
    """

    xy: Numbers
    heading: Numbers
    weight: Numbers

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.xy, self.heading, self.weight):
            array.flags.writeable = False


def draw_clusters(
    count: int, beginnings: Beginnings, allowed: Callable[[Numbers], bool], rng: np.random.Generator
) -> Clusters:
    """
    Place outlets in rows along streets so that distances of nearest neighbours are as in a real city.

    The distances wished are dealt out: the two closest outlets of a cluster have each other, every further one stands
    at either end of the row, farther off each time. So each outlet's nearest neighbour is as far as was dealt to it.

    Parameters
    ----------
    count
        How many outlets.
    beginnings
        Places where clusters may begin.
    allowed
        Tells whether outlets may stand at some places, shape ``(k, 2)``.
    rng
        Random numbers.

    Raises
    ------
    ValueError
        If the places have no room for them.
    """
    if count == 0:
        return Clusters(np.zeros((0, 2)), np.zeros(0, dtype=np.int64))
    rows = _dealt(count, rng)
    waiting = iter(lottery(beginnings.weight, rng).tolist())
    begun, stand = np.zeros((0, 2)), _Standing(np.zeros((0, 2)), np.zeros(0))
    for gaps in rows:
        row, limit = _row(gaps)
        points = None
        while points is None:
            place = next(waiting, None)
            if place is None:
                raise ValueError(f"no room for {count} outlets in clusters; ask for fewer")
            origin = beginnings.xy[place]
            if not len(begun) or np.hypot(*(begun - origin).T).min() >= CLUSTERS_APART_M:
                turned = _turned(row, origin, float(beginnings.heading[place]), rng)
                points = next((way for way in turned if stand.clear(way, limit) and allowed(way)), None)
        begun = np.concatenate([begun, origin[None]])
        stand = _Standing(np.concatenate([stand.xy, points]), np.concatenate([stand.limit, limit]))
    return Clusters(stand.xy, np.repeat(np.arange(len(rows)), [len(gaps) + 1 for gaps in rows]))


def nearest_m(xy: Numbers) -> Numbers:
    """
    Return the distance of each place to the nearest other, metres, shape ``(n,)``.

    Examples
    --------
    >>> nearest_m(np.array([[0.0, 0.0], [3.0, 4.0], [3.0, 5.0]])).tolist()
    [5.0, 1.0, 1.0]
    """
    return np.asarray(cKDTree(xy).query(xy, k=2)[0][:, 1])


def _dealt(count: int, rng: np.random.Generator) -> list[Numbers]:
    """Gaps of each cluster's row in rising order, the largest cluster first; the first gap has two outlets."""
    if count == 1:
        return [np.zeros(0)]
    wished = np.interp(np.arange(count) / (count - 1), *NEIGHBOUR_QUANTILES)
    clusters = max(round(count / CLUSTER), 1)
    # The two closest have the lowest gaps, pair by pair; so every further outlet is farther off than they are.
    pairs = _of_two(wished, clusters)
    pairs = pairs[rng.permutation(len(pairs))]
    more = whole(-np.log(even(rng, len(pairs))), count - 2 * len(pairs))
    further = wished[2 * len(pairs) :][rng.permutation(count - 2 * len(pairs))]
    parts = np.split(further, np.cumsum(more)[:-1])
    rows = [np.concatenate([[pair], np.sort(part)]) for pair, part in zip(pairs, parts, strict=True)]
    return sorted(rows, key=len, reverse=True)


def _of_two(wished: Numbers, clusters: int) -> Numbers:
    """One distance for the two outlets of each pair: between the two wished, where the quantiles are kept best."""
    lower, upper = wished[0 : 2 * clusters : 2], wished[1 : 2 * clusters : 2]
    shares, goal = NEIGHBOUR_QUANTILES[0][1:-1], np.array(NEIGHBOUR)

    def off(part: float) -> float:
        both = np.concatenate([np.repeat(lower + part * (upper - lower), 2), wished[2 * clusters :]])
        return float(np.abs(np.quantile(both, shares) / goal - 1.0).max())

    part = min((0.0, 0.25, 0.5), key=off)
    return np.asarray(lower + part * (upper - lower))


def _row(gaps: Numbers) -> tuple[Numbers, Numbers]:
    """Places of a row along its street, metres, and the distance of each one's nearest neighbour."""
    if not len(gaps):
        return np.zeros(1), np.full(1, CLUSTERS_APART_M)
    left, right, places = 0.0, float(gaps[0]), [0.0, float(gaps[0])]
    for number, gap in enumerate(gaps[1:].tolist()):
        if number % 2:
            left -= gap
            places.append(left)
        else:
            right += gap
            places.append(right)
    return np.array(places), np.concatenate([gaps[:1], gaps])


class _Standing(NamedTuple):
    """Outlets that stand already, and how far the nearest neighbour of each is."""

    xy: Numbers
    limit: Numbers

    def clear(self, xy: Numbers, limit: Numbers) -> bool:
        """Tell whether new outlets come between none of these and its nearest neighbour, nor these between those."""
        if not len(self.xy):
            return True
        far = np.hypot(*(xy[:, None, :] - self.xy[None, :, :]).transpose(2, 0, 1))
        return bool((far >= ROOM * np.maximum(limit[:, None], self.limit[None, :])).all())


def _turned(row: Numbers, origin: Numbers, heading: float, rng: np.random.Generator) -> Iterator[Numbers]:
    """Lay a row along the street at a place, backwards, and across it, a little off each time."""
    for turn in (np.arange(TURNS) * np.pi / 2.0 + np.repeat(rng.uniform(-SWING, SWING, TURNS // 4), 4)).tolist():
        yield np.asarray(origin + row[:, None] * np.array([np.cos(heading + turn), np.sin(heading + turn)]))
