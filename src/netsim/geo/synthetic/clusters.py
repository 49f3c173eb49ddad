"""Clusters of outlets: competitors stand side by side along a street, at distances as in a real city."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from netsim.geo.synthetic.blocks import Ids, Numbers
from netsim.geo.synthetic.draws import even, whole

NEIGHBOUR_QUANTILES: Final = ((0.0, 0.1, 0.5, 0.9, 1.0), (3.0, 7.0, 47.0, 136.0, 320.0))
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


def draw_clusters(count: int, xy: Numbers, heading: Numbers, weight: Numbers, rng: np.random.Generator) -> Clusters:
    """
    Place outlets in rows along streets so that distances of nearest neighbours are as in a real city.

    The distances wished are dealt out: the two closest outlets of a cluster have each other, every further one stands
    at either end of the row, farther off each time. So each outlet's nearest neighbour is as far as was dealt to it.

    Parameters
    ----------
    count
        How many outlets.
    xy
        Places where a cluster may begin, metres, shape ``(n, 2)``.
    heading
        Direction of a street there, radians, shape ``(n,)``.
    weight
        Chances of the places, shape ``(n,)``; large clusters come to places drawn first.
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
    some = np.flatnonzero(weight > 0.0)
    key = np.log(-np.log(1.0 - rng.random(len(weight))[some])) - np.log(weight[some])
    waiting = some[np.argsort(key, kind="stable")]
    begun, placed = np.zeros((0, 2)), np.zeros((0, 2))
    limits, found = np.zeros(0), []
    at = 0
    for gaps in rows:
        row, limit = _row(gaps)
        while True:
            if at == len(waiting):
                raise ValueError(f"no room for {count} outlets in clusters; ask for fewer")
            place = waiting[at]
            at += 1
            if len(begun) and np.hypot(*(begun - xy[place]).T).min() < CLUSTERS_APART_M:
                continue
            points = _fitting(row, limit, (xy[place], float(heading[place])), (placed, limits), rng)
            if points is not None:
                break
        begun = np.concatenate([begun, xy[place][None]])
        placed, limits = np.concatenate([placed, points]), np.concatenate([limits, limit])
        found.append(points)
    number = np.repeat(np.arange(len(rows)), [len(points) for points in found])
    return Clusters(placed, number)


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
    pairs = (wished[0 : 2 * clusters : 2] + wished[1 : 2 * clusters : 2]) / 2.0
    pairs = pairs[rng.permutation(len(pairs))]
    more = whole(-np.log(even(rng, len(pairs))), count - 2 * len(pairs))
    further = wished[2 * len(pairs) :][rng.permutation(count - 2 * len(pairs))]
    parts = np.split(further, np.cumsum(more)[:-1])
    rows = [np.concatenate([[pair], np.sort(part)]) for pair, part in zip(pairs, parts, strict=True)]
    return sorted(rows, key=len, reverse=True)


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


def _fitting(
    row: Numbers,
    limit: Numbers,
    place: tuple[Numbers, float],
    others: tuple[Numbers, Numbers],
    rng: np.random.Generator,
) -> Numbers | None:
    """Lay a row along the street at a place, or across, so that it comes near no other; None if it cannot be."""
    origin, heading = place
    placed, limits = others
    turns = heading + np.arange(TURNS) * np.pi / 2.0 + np.repeat(rng.uniform(-SWING, SWING, TURNS // 4), 4)
    for turn in turns.tolist():
        points = np.asarray(origin + row[:, None] * np.array([np.cos(turn), np.sin(turn)]))
        if not len(placed):
            return points
        far = np.hypot(*(points[:, None, :] - placed[None, :, :]).transpose(2, 0, 1))
        if (far >= ROOM * np.maximum(limit[:, None], limits[None, :])).all():
            return points
    return None
