"""The face of shortest ways: which engine, places searched once, hierarchies kept."""

from __future__ import annotations

import numpy as np

from netsim import jit
from netsim.geo.ways.catalogue import ENGINES, Arcs, Nodes, Ways
from netsim.geo.ways.hierarchy import build_hierarchy, hierarchy_ways
from netsim.geo.ways.store import HierarchyStore

SEARCH_SECONDS = 2e-7
"""CPU seconds of one of scipy's searches for each node of the graph that it settles (41 ms on 219,000 nodes)."""
BUILD_SECONDS = 4e-5
"""CPU seconds of contraction for each node (8 s on 219,000 nodes)."""
COLD_SECONDS = 1.0
"""What loading the compiled code costs: small work must not pay for it."""
NEAR = 0.1
"""Part of its full cost that a search with a cutoff is taken to need."""


def shortest_ways(
    arcs: Arcs,
    starts: Nodes,
    ends: Nodes,
    *,
    cutoff: float = np.inf,
    engine: str = "auto",
    store: HierarchyStore | None = None,
) -> Ways:
    """
    Return the cheapest ways from many nodes to many.

    Parameters
    ----------
    arcs
        The graph.
    starts, ends
        Nodes, shapes ``(k,)`` and ``(l,)``; those that stand twice are searched once.
    cutoff
        Costs beyond it are ``inf``.
    engine
        ``scipy``, ``hierarchy``, or ``auto``: scipy for small work, the hierarchy where its contraction pays (or is
        kept already). Both give the same costs but for rounding in the last digits.
    store
        Where hierarchies are kept; None keeps none.

    Raises
    ------
    ValueError
        If a start or end is no node of the graph, or the cutoff is negative.
    UnknownPartError
        If there is no such engine.
    """
    for name, nodes in (("start", starts), ("end", ends)):
        if len(nodes) and not (nodes.min() >= 0 and nodes.max() < len(arcs)):
            raise ValueError(f"shortest ways: a {name} is no node of the graph (it has {len(arcs)})")
    if not cutoff >= 0.0:
        raise ValueError(f"shortest ways: the cutoff must not be negative, got {cutoff:g}")
    if not len(starts) or not len(ends):
        nothing = np.empty((len(starts), len(ends)))
        return Ways(nothing, None if arcs.along is None else nothing.copy())
    start, start_row = np.unique(starts, return_inverse=True)
    end, end_row = np.unique(ends, return_inverse=True)
    chosen = _engine(arcs, min(len(start), len(end)), cutoff, store) if engine == "auto" else engine
    if chosen == "hierarchy" and store is not None:
        kept = store.read(arcs)
        if kept is None:
            kept = build_hierarchy(arcs)
            store.write(arcs, kept)
        found = hierarchy_ways(arcs, start, end, cutoff, hierarchy=kept)
    else:
        found = ENGINES[chosen](arcs, start, end, cutoff)
    if len(start) == len(starts) and len(end) == len(ends) and _sorted(starts) and _sorted(ends):
        return found
    where = np.ix_(start_row, end_row)
    return Ways(found.cost[where], None if found.along is None else found.along[where])


def _sorted(nodes: Nodes) -> bool:
    return bool((nodes[1:] >= nodes[:-1]).all())


def _engine(arcs: Arcs, searches: int, cutoff: float, store: HierarchyStore | None) -> str:
    """Return the engine that is likely to need less; of its seconds only the ratios count."""
    if not jit.AVAILABLE:
        return "scipy"
    slow = SEARCH_SECONDS * len(arcs) * searches * (NEAR if np.isfinite(cutoff) else 1.0)
    kept = store is not None and store.has(arcs)
    return "hierarchy" if slow > COLD_SECONDS + (0.0 if kept else BUILD_SECONDS * len(arcs)) else "scipy"
