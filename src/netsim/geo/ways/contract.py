"""Contraction: nodes leave a graph one by one, and shortcuts keep every distance between those that stay."""

from __future__ import annotations

from typing import Any

from netsim.geo.ways.heap import drop, push
from netsim.jit import compiled

MORE_ROOM = 1
"""The arrays of arcs are full; go on with longer ones."""
DONE = 0

SIMULATED_LIMIT = 40
"""Nodes that a witness search settles while shortcuts are only counted."""
CONTRACT_LIMIT = 200
"""Nodes that it settles when a node is contracted for good: a missed witness costs a needless shortcut, no error."""
SHORTCUT_WEIGHT, ARC_WEIGHT, DEPTH_WEIGHT = 4.0, 2.0, 1.0
"""Priority of a node: 4 x shortcuts - 2 x arcs + depth, which keeps the hierarchy flat and even over the city."""


@compiled
def witness(graph: Any, room: Any, source: int, without: int, most: float, limit: int, stamp: int) -> None:
    """Search from a node without another one up to a distance; what is reached carries the stamp."""
    first_out, _, next_out, _, _, head, cost, _ = graph
    away, seen, keys, nodes = room
    seen[source] = stamp
    away[source] = 0.0
    size = push(keys, nodes, 0, 0.0, source)
    settled = 0
    capacity = len(keys) - 2
    while size > 0 and settled < limit:
        near = keys[0]
        node = nodes[0]
        size = drop(keys, nodes, size)
        if near > away[node]:
            continue
        if near > most:
            break
        settled += 1
        arc = first_out[node]
        while arc >= 0:
            target = head[arc]
            if target != without:
                total = near + cost[arc]
                if total <= most and (seen[target] != stamp or total < away[target]):
                    seen[target] = stamp
                    away[target] = total
                    if size < capacity:
                        size = push(keys, nodes, size, total, target)
            arc = next_out[arc]


@compiled
def shortcuts(graph: Any, room: Any, counters: Any, node: int, limit: int, only_count: bool) -> int:
    """
    Count the shortcuts that a node needs when it leaves, and add them unless they are only counted.

    Parameters
    ----------
    graph
        Heads of the lists of arcs out of and into each node, next arc in each list, tail, head, cost and second
        measure of each arc.
    room
        Room of the witness search.
    counters
        Arcs in use, and the last stamp.
    node
        The node.
    limit
        Nodes that a witness search settles.
    only_count
        Whether nothing is added.
    """
    first_out, first_in, next_out, next_in, tail, head, cost, along = graph
    away, seen, _, _ = room
    added = 0
    into = first_in[node]
    while into >= 0:
        source = tail[into]
        most = -1.0
        out = first_out[node]
        while out >= 0:
            if head[out] != source and cost[into] + cost[out] > most:
                most = cost[into] + cost[out]
            out = next_out[out]
        if most >= 0.0:
            counters[1] += 1
            stamp = counters[1]
            witness(graph, room, source, node, most, limit, stamp)
            out = first_out[node]
            while out >= 0:
                target = head[out]
                total = cost[into] + cost[out]
                if target != source and (seen[target] != stamp or away[target] > total):
                    added += 1
                    if not only_count:
                        arc = first_out[source]
                        while arc >= 0 and head[arc] != target:
                            arc = next_out[arc]
                        if arc < 0:
                            arc = counters[0]
                            counters[0] += 1
                            tail[arc] = source
                            head[arc] = target
                            next_out[arc] = first_out[source]
                            first_out[source] = arc
                            next_in[arc] = first_in[target]
                            first_in[target] = arc
                            cost[arc] = total
                            along[arc] = along[into] + along[out]
                        elif total < cost[arc]:
                            cost[arc] = total
                            along[arc] = along[into] + along[out]
                out = next_out[out]
        into = next_in[into]
    return added


@compiled
def degrees(graph: Any, node: int) -> int:
    """Return the arcs into a node times 65536, plus those out of it."""
    first_out, first_in, next_out, next_in, _, _, _, _ = graph
    count = 0
    arc = first_out[node]
    while arc >= 0:
        count += 1
        arc = next_out[arc]
    arc = first_in[node]
    while arc >= 0:
        count += 65536
        arc = next_in[arc]
    return count


@compiled
def leave(graph: Any, node: int, depth: Any) -> None:
    """Take a node out of the lists of its neighbours; its own lists keep the arcs to those that stay."""
    first_out, first_in, next_out, next_in, tail, head, _, _ = graph
    arc = first_out[node]
    while arc >= 0:
        target = head[arc]
        depth[target] = max(depth[target], depth[node] + 1)
        before = -1
        other = first_in[target]
        while other != arc:
            before = other
            other = next_in[other]
        if before < 0:
            first_in[target] = next_in[arc]
        else:
            next_in[before] = next_in[arc]
        arc = next_out[arc]
    arc = first_in[node]
    while arc >= 0:
        source = tail[arc]
        depth[source] = max(depth[source], depth[node] + 1)
        before = -1
        other = first_out[source]
        while other != arc:
            before = other
            other = next_out[other]
        if before < 0:
            first_out[source] = next_out[arc]
        else:
            next_out[before] = next_out[arc]
        arc = next_in[arc]


@compiled
def rank_first(graph: Any, room: Any, counters: Any, order: Any) -> None:
    """Give every node its first priority and put all of them into the queue."""
    priority, _, keys, nodes, _ = order
    for node in range(len(priority)):
        needed = shortcuts(graph, room, counters, node, SIMULATED_LIMIT, True)
        both = degrees(graph, node)
        arcs = (both & 65535) + (both >> 16)
        priority[node] = SHORTCUT_WEIGHT * needed - ARC_WEIGHT * arcs
        counters[2] = push(keys, nodes, counters[2], priority[node], node)


@compiled
def contract(graph: Any, room: Any, counters: Any, order: Any) -> int:
    """
    Contract the nodes that are left, the cheapest first, until none is or the arrays of arcs are full.

    Parameters
    ----------
    graph, room
        As in ``shortcuts``.
    counters
        Arcs in use, last stamp, size of the queue, nodes contracted.
    order
        Priority, depth, keys and nodes of the queue, rank of each node (-1 before).

    Returns
    -------
    int
        ``DONE`` or ``MORE_ROOM``.
    """
    priority, depth, keys, nodes, rank = order
    _, _, _, _, tail, _, _, _ = graph
    while counters[2] > 0:
        key = keys[0]
        node = nodes[0]
        if rank[node] >= 0 or key != priority[node]:
            counters[2] = drop(keys, nodes, counters[2])
            continue
        both = degrees(graph, node)
        if counters[0] + (both & 65535) * (both >> 16) > len(tail):
            return MORE_ROOM
        counters[2] = drop(keys, nodes, counters[2])
        needed = shortcuts(graph, room, counters, node, SIMULATED_LIMIT, True)
        arcs = (both & 65535) + (both >> 16)
        now = SHORTCUT_WEIGHT * needed - ARC_WEIGHT * arcs + DEPTH_WEIGHT * depth[node]
        if counters[2] > 0 and now > keys[0]:  # others come first now
            priority[node] = now
            counters[2] = push(keys, nodes, counters[2], now, node)
            continue
        shortcuts(graph, room, counters, node, CONTRACT_LIMIT, False)
        rank[node] = counters[3]
        counters[3] += 1
        leave(graph, node, depth)
    return DONE
