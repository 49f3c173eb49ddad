"""
Shortest ways by a contraction hierarchy with buckets: for cities, and for networks that are asked again and again.

Nodes are contracted one by one, shortcuts keep distances; afterwards a search needs to go upwards only, from both
ends. Many-to-many queries meet in buckets: one small search an end fills them, one a start empties them.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netsim.geo.ways.catalogue import ENGINES, Arcs, Costs, Nodes, Ways
from netsim.geo.ways.contract import DONE, MORE_ARCS, contract, rank_first
from netsim.geo.ways.queries import fill, scan

ROOM = 2.2
"""Arcs of the hierarchy over those of a street network, shortcuts included, that room is made for at first."""
WITNESS_HEAP = 4096
"""Nodes that wait in a witness search; more are left out, which costs a needless shortcut at worst."""
PLANS = 1024
"""Shortcuts of one node that room is made for at first."""
BUCKET_ROOM = 400
"""Entries a search from an end is given room for at first."""

Upward = tuple[NDArray[np.int32], NDArray[np.int32], Costs, Costs, NDArray[np.int32]]
"""First arc of each node, heads, costs, second measures and tails: arcs that lead to higher nodes."""


@dataclass(frozen=True, slots=True, eq=False)
class Hierarchy:
    """
    A contracted graph; nodes are numbered from the top of the hierarchy down, so that searches stay close in memory.

    Parameters
    ----------
    place
        Number of each node of the original graph, shape ``(n,)``.
    up_first, up_head, up_cost, up_along
        Arcs to higher nodes as rows (CSR), shapes ``(n + 1,)`` and ``(a,)``.
    down_first, down_head, down_cost, down_along
        Arcs from higher nodes, seen from the lower one. The second measures are empty where the graph has none.
    """

    place: NDArray[np.int32]
    up_first: NDArray[np.int32]
    up_head: NDArray[np.int32]
    up_cost: Costs
    up_along: Costs
    down_first: NDArray[np.int32]
    down_head: NDArray[np.int32]
    down_cost: Costs
    down_along: Costs

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for field in fields(self):
            getattr(self, field.name).flags.writeable = False

    def __len__(self) -> int:
        """Number of nodes."""
        return len(self.place)


def build_hierarchy(arcs: Arcs) -> Hierarchy:
    """
    Contract a graph.

    Parameters
    ----------
    arcs
        The graph.

    References
    ----------
    R. Geisberger, P. Sanders, D. Schultes, D. Delling, "Contraction hierarchies: faster and simpler hierarchical
    routing in road networks", *WEA 2008*, LNCS 5038, 319-333.
    """
    size, count = len(arcs), len(arcs.head)
    graph = _lists(arcs, max(int(ROOM * count), 16))
    room = (
        np.empty(size),
        np.zeros(size, dtype=np.int64),
        np.zeros(size, dtype=np.int64),
        np.empty(WITNESS_HEAP),
        np.empty(WITNESS_HEAP, dtype=np.int32),
    )
    counters = np.array([count, 0, 0, 0], dtype=np.int64)
    order = (
        np.empty(size),
        np.zeros(size, dtype=np.int32),
        np.empty(size + 1),
        np.empty(size + 1, dtype=np.int32),
        np.full(size, -1, dtype=np.int32),
    )
    plan = _plan(PLANS)
    rank_first(graph, room, counters, order, plan)
    while (lacking := contract(graph, room, counters, order, plan)) != DONE:
        if lacking == MORE_ARCS:
            graph = _longer(graph, int(counters[0]))
        else:
            plan = _plan(2 * len(plan[0]))
    return _upward(graph, int(counters[0]), order[4])


def _plan(room: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return room for the two arcs of each shortcut that a node needs."""
    return np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)


def _lists(arcs: Arcs, room: int) -> tuple[NDArray[np.int32] | Costs, ...]:
    """Return a graph as linked lists of arcs out of and into each node, with room for shortcuts."""
    size, count = len(arcs), len(arcs.head)
    tail = arcs.tails()
    room = max(room, count)
    lists: list[NDArray[np.int32] | Costs] = []
    for ends in (tail, arcs.head):
        first, after = np.full(size, -1, dtype=np.int32), np.full(room, -1, dtype=np.int32)
        order = np.argsort(ends, kind="stable")
        same = ends[order][1:] == ends[order][:-1]
        after[order[:-1][same]] = order[1:][same]
        new = np.ones(count, dtype=bool)
        new[1:] = ~same
        first[ends[order[new]]] = order[new]
        lists += [first, after]
    columns = [_room(column, room) for column in (tail, arcs.head, arcs.cost)]
    along = np.zeros(0) if arcs.along is None else _room(arcs.along, room)
    return lists[0], lists[2], lists[1], lists[3], *columns, along


def _room(column: NDArray[np.int32] | Costs, room: int) -> NDArray[np.int32] | Costs:
    """
    Return a column with room behind it.

    Its memory is no part of the heap: what is not used costs nothing, and all goes back before the result is made.
    """
    memory = mmap.mmap(-1, max(room, 1) * column.itemsize)
    longer: NDArray[Any] = np.frombuffer(memory, dtype=column.dtype, count=room)
    longer[: len(column)] = column
    return longer


def _longer(graph: tuple[NDArray[np.int32] | Costs, ...], used: int) -> tuple[NDArray[np.int32] | Costs, ...]:
    """Return the lists with room for more arcs."""
    room = int(1.5 * len(graph[4])) + 1024
    first_out, first_in, *columns = graph
    return first_out, first_in, *(_room(column[:used], room if len(column) else 0) for column in columns)


def _upward(graph: tuple[NDArray[np.int32] | Costs, ...], used: int, rank: NDArray[np.int32]) -> Hierarchy:
    """Return the arcs of a contracted graph, each at its lower end, nodes numbered from the top down."""
    size = len(rank)
    place = (size - 1 - rank).astype(np.int32)
    tail, head, cost, along = (column[:used] for column in graph[4:])
    low, high = place[tail], place[head]
    sides = []
    for ends, others, rows in ((low, high, high < low), (high, low, low < high)):
        chosen = np.flatnonzero(rows)
        chosen = chosen[np.argsort(ends[chosen], kind="stable")]
        first = np.concatenate([[0], np.cumsum(np.bincount(ends[chosen], minlength=size))]).astype(np.int32)
        second = along[chosen] if len(along) else along
        sides.append((first, others[chosen], np.asarray(cost[chosen], np.float64), np.asarray(second, np.float64)))
    return Hierarchy(place, *sides[0], *sides[1])


def hierarchy_ways(
    arcs: Arcs, starts: Nodes, ends: Nodes, cutoff: float = np.inf, *, hierarchy: Hierarchy | None = None
) -> Ways:
    """
    Return the ways by a contraction hierarchy.

    Parameters
    ----------
    arcs, starts, ends, cutoff
        As in ``Engine``.
    hierarchy
        Of the same arcs, if it was built before.

    References
    ----------
    S. Knopp, P. Sanders, D. Schultes, F. Schulz, D. Wagner, "Computing many-to-many shortest paths using highway
    hierarchies", *ALENEX 2007*, 36-45 (buckets).
    """
    found = build_hierarchy(arcs) if hierarchy is None else hierarchy
    up = _side(found.up_first, found.up_head, found.up_cost, found.up_along)
    down = _side(found.down_first, found.down_head, found.down_cost, found.down_along)
    size = len(found)
    work = (
        np.full(size, np.inf),
        np.empty(size, dtype=np.int32),
        np.empty(size),
        *(np.empty(size, dtype=np.int32) for _ in range(4)),
        np.zeros(1, dtype=np.int64),
    )
    has_along = arcs.along is not None
    total = np.empty(size if has_along else 0)
    buckets = _buckets((down, up), found.place[ends], cutoff, (work, total), has_along=has_along)
    shape = (len(starts), len(ends))
    cost = np.full(shape, np.inf)
    along = np.full(shape if has_along else (0, 0), np.inf)
    places = found.place[starts]
    scan(down, up, places, np.argsort(places, kind="stable"), cutoff, work, total, buckets, (cost, along))
    return Ways(cost, along if has_along else None)


def _side(first: NDArray[np.int32], head: NDArray[np.int32], cost: Costs, along: Costs) -> Upward:
    """Return an upward graph with the tails that adding up a second measure needs."""
    nodes = np.arange(len(first) - 1, dtype=np.int32)
    return first, head, cost, along, np.repeat(nodes, np.diff(first)) if len(along) else nodes[:0]


def _buckets(
    sides: tuple[Upward, Upward],
    ends: NDArray[np.int32],
    cutoff: float,
    room: tuple[tuple[NDArray[Any], ...], Costs],
    *,
    has_along: bool,
) -> tuple[NDArray[np.int64], NDArray[np.int32], Costs, Costs]:
    """Return the buckets of all nodes, sorted by node: first entry, end, cost and second measure."""
    down, up = sides
    work, total = room
    kept: list[tuple[NDArray[np.int32], NDArray[np.int32], Costs, Costs]] = []
    order = np.argsort(ends, kind="stable")
    begin, capacity = 0, BUCKET_ROOM * max(len(ends), 16)
    while begin < len(ends):
        entry = (
            np.empty(capacity, dtype=np.int32),
            np.empty(capacity, dtype=np.int32),
            np.empty(capacity),
            np.empty(capacity if has_along else 0),
        )
        count = np.zeros(1, dtype=np.int64)
        done = fill(down, up, ends, order, begin, cutoff, work, total, entry, count)
        if done == begin:  # one search alone is larger than the room
            capacity = min(4 * capacity, len(down[0]))
            continue
        begin = done
        used = slice(int(count[0]))
        kept.append((entry[0][used], entry[1][used], entry[2][used], entry[3][used]))
    node, end, cost, along = (np.concatenate(columns) for columns in zip(*kept, strict=True))
    by_node = np.argsort(node, kind="stable")
    first = np.concatenate([[0], np.cumsum(np.bincount(node, minlength=len(down[0]) - 1))])
    return first, end[by_node], cost[by_node], along[by_node] if has_along else along


ENGINES.register("hierarchy")(hierarchy_ways)
