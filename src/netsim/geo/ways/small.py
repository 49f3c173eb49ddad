"""Shortest ways by one search a place: for small work, and where the hierarchy cannot be compiled."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

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
    sparse = import_module("scipy.sparse")  # 36 MB and .3 s that the hierarchy needs not
    dijkstra = import_module("scipy.sparse.csgraph").dijkstra
    size = len(arcs)
    backward = len(ends) < len(starts)

    def graph_of(measure: Costs) -> Any:  # noqa: ANN401
        graph = sparse.csr_matrix((measure, arcs.head, arcs.first), shape=(size, size))
        return graph.T.tocsr() if backward else graph

    graph = graph_of(arcs.cost)
    lengths = None if arcs.along is None else graph_of(arcs.along)
    sources, targets = (ends, starts) if backward else (starts, ends)
    searched, row_of = np.unique(sources, return_inverse=True)
    result = [np.empty((len(starts), len(ends))) for _ in range(1 if lengths is None else 2)]
    for low in range(0, len(searched), BATCH):
        found = dijkstra(
            graph, indices=searched[low : low + BATCH], limit=cutoff, return_predecessors=lengths is not None
        )
        measures = [found]
        if lengths is not None:
            away, before = found
            measures = [away, np.stack([_along(lengths, *row) for row in zip(away, before, strict=True)])]
        rows = np.flatnonzero((row_of >= low) & (row_of < low + BATCH))
        for whole, measure in zip(result, measures, strict=True):
            part = measure[row_of[rows] - low][:, targets]
            if backward:
                whole[:, rows] = part.T
            else:
                whole[rows] = part
    return Ways(*result)


def _along(lengths: Any, away: Costs, before: Nodes) -> Costs:  # noqa: ANN401
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
