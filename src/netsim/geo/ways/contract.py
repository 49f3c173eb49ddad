"""Contraction: nodes leave a graph one by one, and shortcuts keep every distance between those that stay."""

from __future__ import annotations

from typing import Any

from netsim.geo.ways.heap import drop, push
from netsim.jit import compiled

DONE = 0
MORE_ARCS = 1
"""The arrays of arcs are full; go on with longer ones."""
MORE_PLANS = 2
"""A node may need more shortcuts than can be noted; go on with a longer list."""

WITNESS_LIMIT = 200
"""Nodes that a witness search settles: a missed witness costs a needless shortcut, no error."""
ONE_IN = 1 << 32
OUT_BITS = ONE_IN - 1
"""Parts of the number that ``degrees`` gives."""
SHORTCUT_WEIGHT, ARC_WEIGHT, DEPTH_WEIGHT = 2.0, 1.0, 1.0
"""Priority of a node: 2 x shortcuts - arcs + depth, which keeps the hierarchy flat and even over the city."""


@compiled
def witness(graph: Any, room: Any, source: int, without: int, most: float, stamp: int, aims: int) -> None:
    """
    Search from a node without another one up to a distance, until all that carry the stamp as aims are settled.

    What is reached carries the stamp as seen.
    """
    first_out, _, next_out, _, _, head, cost, _ = graph
    away, seen, aim, keys, nodes = room
    seen[source] = stamp
    away[source] = 0.0
    size = push(keys, nodes, 0, 0.0, source)
    settled = 0
    capacity = len(keys) - 2
    while size > 0 and settled < WITNESS_LIMIT:
        near = keys[0]
        node = nodes[0]
        size = drop(keys, nodes, size)
        if near > away[node]:
            continue
        if aim[node] == stamp:
            aims -= 1
            if aims == 0:
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
def shortcuts(graph: Any, room: Any, counters: Any, node: int, plan: Any) -> int:
    """
    Return how many shortcuts a node needs when it leaves.

    Parameters
    ----------
    graph
        Heads of the lists of arcs out of and into each node, next arc in each list, tail, head, cost and second
        measure of each arc.
    room
        Room of the witness search: distances, stamps of what was seen and of aims, keys and nodes of the queue.
    counters
        Arcs in use, last stamp, size of the queue, nodes contracted.
    node
        The node.
    plan
        The two arcs of each shortcut are noted here as far as there is room.
    """
    first_out, first_in, next_out, next_in, tail, head, cost, _ = graph
    away, seen, aim, _, _ = room
    plan_into, plan_out = plan
    needed = 0
    into = first_in[node]
    while into >= 0:
        source = tail[into]
        counters[1] += 1
        stamp = counters[1]
        most = -1.0
        aims = 0
        out = first_out[node]
        while out >= 0:
            if head[out] != source:
                most = max(most, cost[into] + cost[out])
                aim[head[out]] = stamp
                aims += 1
            out = next_out[out]
        if aims > 0:
            witness(graph, room, source, node, most, stamp, aims)
            out = first_out[node]
            while out >= 0:
                target = head[out]
                if target != source and (seen[target] != stamp or away[target] > cost[into] + cost[out]):
                    if needed < len(plan_into):
                        plan_into[needed] = into
                        plan_out[needed] = out
                    needed += 1
                out = next_out[out]
        into = next_in[into]
    return needed


@compiled
def add(graph: Any, counters: Any, plan: Any, needed: int) -> None:
    """Add the shortcuts that were noted."""
    first_out, first_in, next_out, next_in, tail, head, cost, along = graph
    plan_into, plan_out = plan
    for number in range(needed):
        into = plan_into[number]
        out = plan_out[number]
        source = tail[into]
        target = head[out]
        total = cost[into] + cost[out]
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
        elif total >= cost[arc]:
            continue
        cost[arc] = total
        if len(along) > 0:
            along[arc] = along[into] + along[out]


@compiled
def degrees(graph: Any, node: int) -> int:
    """Return how many arcs lead into a node, in the upper half of the number, and out of it in the lower."""
    first_out, first_in, next_out, next_in, _, _, _, _ = graph
    count = 0
    arc = first_out[node]
    while arc >= 0:
        count += 1
        arc = next_out[arc]
    arc = first_in[node]
    while arc >= 0:
        count += ONE_IN
        arc = next_in[arc]
    return count


@compiled
def leave(graph: Any, node: int, depth: Any) -> None:
    """Take a node out of the lists of its neighbours; its own lists keep the arcs to those that stay."""
    first_out, first_in, next_out, next_in, tail, head, _, _ = graph
    unlink(node, first_out[node], next_out, head, first_in, next_in, depth)
    unlink(node, first_in[node], next_in, tail, first_out, next_out, depth)


@compiled
def unlink(node: int, arc: int, following: Any, ends: Any, first: Any, after: Any, depth: Any) -> None:
    """Take the arcs of one list of a node (``arc``, ``following``) out of the lists (``first``, ``after``) at ends."""
    while arc >= 0:
        end = ends[arc]
        depth[end] = max(depth[end], depth[node] + 1)
        before = -1
        other = first[end]
        while other != arc:
            before = other
            other = after[other]
        if before < 0:
            first[end] = after[arc]
        else:
            after[before] = after[arc]
        arc = following[arc]


@compiled
def rank_first(graph: Any, room: Any, counters: Any, order: Any, plan: Any) -> None:
    """Give every node its first priority and put all of them into the queue."""
    priority, _, keys, nodes, _ = order
    for node in range(len(priority)):
        needed = shortcuts(graph, room, counters, node, plan)
        both = degrees(graph, node)
        arcs = (both & OUT_BITS) + (both >> 32)
        priority[node] = SHORTCUT_WEIGHT * needed - ARC_WEIGHT * arcs
        counters[2] = push(keys, nodes, counters[2], priority[node], node)


@compiled
def contract(graph: Any, room: Any, counters: Any, order: Any, plan: Any) -> int:
    """
    Contract the nodes that are left, the cheapest first, until none is or an array is full.

    Parameters
    ----------
    graph, room, counters, plan
        As in ``shortcuts``.
    order
        Priority, depth, keys and nodes of the queue, rank of each node (-1 before).

    Returns
    -------
    int
        ``DONE``, ``MORE_ARCS`` or ``MORE_PLANS``.
    """
    priority, depth, keys, nodes, rank = order
    tail = graph[4]
    while counters[2] > 0:
        key = keys[0]
        node = nodes[0]
        if rank[node] >= 0 or key != priority[node]:
            counters[2] = drop(keys, nodes, counters[2])
            continue
        both = degrees(graph, node)
        pairs = (both & OUT_BITS) * (both >> 32)
        if counters[0] + pairs > len(tail):
            return MORE_ARCS
        if pairs > len(plan[0]):
            return MORE_PLANS
        counters[2] = drop(keys, nodes, counters[2])
        needed = shortcuts(graph, room, counters, node, plan)
        arcs = (both & OUT_BITS) + (both >> 32)
        now = SHORTCUT_WEIGHT * needed - ARC_WEIGHT * arcs + DEPTH_WEIGHT * depth[node]
        if counters[2] > 0 and now > keys[0]:  # others come first now
            priority[node] = now
            counters[2] = push(keys, nodes, counters[2], now, node)
            continue
        add(graph, counters, plan, needed)
        rank[node] = counters[3]
        counters[3] += 1
        leave(graph, node, depth)
    return DONE
