"""Shortest ways by one search a place: for small work, and where the hierarchy cannot be compiled."""

from __future__ import annotations

import numpy as np
import scipy.sparse
from scipy.sparse.csgraph import dijkstra

from netsim.geo.ways.catalogue import ENGINES, Arcs, Costs, Nodes, Ways

BATCH = 20
"""Searches at once: their distances to all nodes are held together, 35 MB on a city of 219,000 nodes."""


def scipy_ways(arcs: Arcs, starts: Nodes, ends: Nodes, cutoff: float = np.inf) -> Ways:
    """
    Return the ways by Dijkstra's searches from the side with fewer places.

    Parameters
    ----------
    arcs, starts, ends, cutoff
        As in ``Engine``.

    References
    ----------
    E. W. Dijkstra, "A note on two problems in connexion with graphs", *Numerische Mathematik* 1 (1959) 269-271; the
    implementation is scipy's.
    """
    size = len(arcs)
    graph = scipy.sparse.csr_matrix((arcs.cost, arcs.head, arcs.first), shape=(size, size))
    backward = len(ends) < len(starts)
    sources, targets = (ends, starts) if backward else (starts, ends)
    if backward:
        graph = graph.T.tocsr()
    lengths = None
    if arcs.along is not None:
        lengths = scipy.sparse.csr_matrix((arcs.along, arcs.head, arcs.first), shape=(size, size))
        lengths = (lengths.T if backward else lengths).tocsr()
    shape = (len(starts), len(ends))
    cost = np.empty(shape)
    along = None if lengths is None else np.empty(shape)
    for low in range(0, len(sources), BATCH):
        part = slice(low, low + BATCH)
        found = dijkstra(graph, indices=sources[part], limit=cutoff, return_predecessors=lengths is not None)
        away, before = found if lengths is not None else (found, None)
        where = (slice(None), part) if backward else (part, slice(None))
        cost[where] = away[:, targets].T if backward else away[:, targets]
        if lengths is not None and along is not None and before is not None:
            sums = np.stack([_along(lengths, *row) for row in zip(away, before, strict=True)])[:, targets]
            along[where] = sums.T if backward else sums
    return Ways(cost, along)


def _along(lengths: scipy.sparse.csr_matrix, away: Costs, before: Nodes) -> Costs:
    """Return the second measure along a tree of cheapest ways, inf for nodes that it does not reach."""
    nodes = np.arange(len(away))
    inner = np.flatnonzero(before >= 0)
    parent = np.where(before >= 0, before, nodes)
    total = np.zeros(len(away))
    total[inner] = np.asarray(lengths[before[inner], inner]).ravel()
    while (parent != parent[parent]).any():  # every node looks twice as far back each time
        total = total + total[parent]
        parent = parent[parent]
    return np.where(np.isfinite(away), total, np.inf)


ENGINES.register("scipy")(scipy_ways)
