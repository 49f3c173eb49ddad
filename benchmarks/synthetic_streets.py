"""A made-up city of some 219,000 crossings: a jittered grid with gaps, one-way streets and faster arterials."""

from __future__ import annotations

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from netsim.geo.ways import Arcs

SPACING, JITTER = 100.0, 15.0
"""Metres between streets, and by how much a crossing is off the grid."""
GAPS, ONE_WAY = 0.22, 0.15
"""Shares of the side streets that are missing, and of those left that have one direction."""
ARTERIAL_EVERY, ARTERIAL_SPEED, SIDE_SPEED = 12, 50.0, 25.0
"""Every how many streets an arterial runs, and free speeds in km/h, times a uniform factor of each street."""
FACTOR = (0.7, 1.1)
CITY_SIDE = 470
CITY_SEED = 1


def streets(side: int = CITY_SIDE, seed: int = CITY_SEED) -> tuple[Arcs, NDArray[np.float64]]:
    """Return the strongly connected part of a made-up city, minutes and metres an arc, and where nodes lie (metres)."""
    rng = np.random.default_rng(seed)
    row, column = np.meshgrid(np.arange(side), np.arange(side), indexing="ij")
    where = np.column_stack([column.ravel(), row.ravel()]) * SPACING + rng.normal(0.0, JITTER, (side * side, 2))
    node = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.column_stack([node[:, :-1].ravel(), node[:, 1:].ravel()]),
            np.column_stack([node[:-1].ravel(), node[1:].ravel()]),
        ]
    )
    arterial = np.concatenate(
        [(row[:, :-1] % ARTERIAL_EVERY == 0).ravel(), (column[:-1] % ARTERIAL_EVERY == 0).ravel()]
    )
    kept = arterial | (rng.random(len(pairs)) >= GAPS)
    pairs, arterial = pairs[kept], arterial[kept]
    metres = np.linalg.norm(where[pairs[:, 0]] - where[pairs[:, 1]], axis=1)
    speed = np.where(arterial, ARTERIAL_SPEED, SIDE_SPEED) * 1000.0 / 60.0 * rng.uniform(*FACTOR, len(pairs))
    both = arterial | (rng.random(len(pairs)) >= ONE_WAY)
    tail = np.concatenate([pairs[:, 0], pairs[both, 1]])
    head = np.concatenate([pairs[:, 1], pairs[both, 0]])
    far = np.concatenate([metres, metres[both]])
    return _strong_part(tail, head, far / np.concatenate([speed, speed[both]]), far, where)


def _strong_part(
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
    cost: NDArray[np.float64],
    along: NDArray[np.float64],
    where: NDArray[np.float64],
) -> tuple[Arcs, NDArray[np.float64]]:
    """Return the largest part in which every node is reached from every other."""
    size = len(where)
    graph = scipy.sparse.coo_matrix((cost, (tail, head)), shape=(size, size))
    _, part = connected_components(graph, directed=True, connection="strong")
    inside = part == np.argmax(np.bincount(part))
    number = np.cumsum(inside) - 1
    rows = np.flatnonzero(inside[tail] & inside[head])
    rows = rows[np.lexsort((head[rows], tail[rows]))]
    first = np.concatenate([[0], np.cumsum(np.bincount(number[tail[rows]], minlength=int(inside.sum())))])
    arcs = Arcs(first.astype(np.int32), number[head[rows]].astype(np.int32), cost[rows], along[rows])
    return arcs, where[inside]
