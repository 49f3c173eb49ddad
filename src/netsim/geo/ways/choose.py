"""The face of shortest ways: which engine, places searched once, hierarchies kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from netsim import jit
from netsim.geo.ways.catalogue import ENGINES, Arcs, Nodes, Ways
from netsim.geo.ways.hierarchy import build_hierarchy, hierarchy_ways
from netsim.geo.ways.store import HierarchyStore

SEARCH_SECONDS = 2e-7
"""CPU seconds of one of scipy's searches for each node that it settles (36 ms on 219,000 nodes)."""
ALONG_FACTOR = 1.5
"""What a second measure multiplies them by: it is added up along the tree of each search."""
BUILD_SECONDS = 2e-5
"""CPU seconds of contraction for each node (4 s on 219,000 nodes)."""
CLIMB_SECONDS = 1.2e-5
"""CPU seconds of a search in a hierarchy (0.25 s for 20,000 searches on 219,000 nodes)."""
PAIR_SECONDS = 2.5e-8
"""CPU seconds of a pair in the buckets (0.5 s for 20 million pairs)."""
START_SECONDS = 0.3
"""What loading the compiled code costs: small work must not pay for it."""
PROBES = 3
"""Searches that tell which part of the graph lies within a cutoff."""


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
        Nodes, shapes ``(k,)`` and ``(l,)``; one that stands twice is searched once.
    cutoff
        Costs beyond it are ``inf``.
    engine
        ``scipy``, ``hierarchy``, or ``auto``: what is likely to need fewer CPU seconds by figures that were measured
        (in this file). So scipy serves small work and short cutoffs, the hierarchy cities, where its contraction pays
        or is kept already. Both give the same costs but for rounding in the last digits.
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
        strange = nodes[(nodes < 0) | (nodes >= len(arcs))]
        if len(strange):
            raise ValueError(f"shortest ways: {name} {strange[0]} is no node of the graph (it has {len(arcs)})")
    if not cutoff >= 0.0:
        raise ValueError(f"shortest ways: the cutoff must not be negative, got {cutoff:g}")
    if not len(starts) or not len(ends):
        nothing = np.empty((len(starts), len(ends)))
        return Ways(nothing, None if arcs.along is None else nothing.copy())
    chosen = _engine(arcs, starts, ends, cutoff, store) if engine == "auto" else engine
    if chosen == "hierarchy" and store is not None:
        kept = store.read(arcs)
        if kept is None:
            kept = build_hierarchy(arcs)
            store.write(arcs, kept)
        return hierarchy_ways(arcs, starts, ends, cutoff, hierarchy=kept)
    return ENGINES[chosen](arcs, starts, ends, cutoff)


def _engine(arcs: Arcs, starts: Nodes, ends: Nodes, cutoff: float, store: HierarchyStore | None) -> str:
    """Return the engine that is likely to need less; of its seconds only the ratios count."""
    if not jit.AVAILABLE:
        return "scipy"
    sides = sorted((np.unique(starts), np.unique(ends)), key=len)
    searches = len(sides[0]) * SEARCH_SECONDS * len(arcs) * (1.0 if arcs.along is None else ALONG_FACTOR)
    climbs = START_SECONDS + CLIMB_SECONDS * (len(sides[0]) + len(sides[1])) + PAIR_SECONDS * len(starts) * len(ends)
    if searches <= climbs:
        return "scipy"
    if store is None or not store.has(arcs):
        climbs += BUILD_SECONDS * len(arcs)
    if searches > climbs and np.isfinite(cutoff):
        searches *= _part_within(arcs, sides[0], cutoff)
    return "hierarchy" if searches > climbs else "scipy"


def _part_within(arcs: Arcs, nodes: Nodes, cutoff: float) -> float:
    """Return which part of the graph lies within the cutoff of some of the nodes, on the mean."""
    probes = nodes[np.linspace(0, len(nodes) - 1, min(PROBES, len(nodes))).astype(np.int64)]
    every = np.arange(len(arcs))
    return float(np.isfinite(ENGINES["scipy"](replace(arcs, along=None), probes, every, cutoff).cost).mean())
