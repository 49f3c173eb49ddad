"""Many-to-many queries on a hierarchy: searches from the ends fill buckets, searches from the starts empty them."""

from __future__ import annotations

from typing import Any

from netsim.geo.ways.heap import drop_first, raise_node
from netsim.jit import at, compiled

STALLED = 1e-12
"""Part by which the way through a higher node must be shorter for a node to be passed over: rounding is no reason."""


@compiled
def stalled(first: Any, head: Any, cost: Any, away: Any, node: int) -> bool:
    """Whether the way found to a node is beaten by one through a higher node: then no shortest way leads on from it."""
    limit = away[node] * (1.0 - STALLED)
    for arc in range(first[node], first[node + 1]):
        if away[head[arc]] + cost[arc] < limit:
            return True
    return False


@compiled
def search(graph: Any, other: Any, start: int, cutoff: float, work: Any, total: Any) -> int:
    """
    Search an upward graph from a node until nothing within the cutoff is left; return how many nodes count.

    Parameters
    ----------
    graph
        First arc of each node, heads, costs, second measures and tails.
    other
        The upward graph of the other direction, for stall on demand.
    start
        Where it begins.
    cutoff
        Costs beyond it are not followed.
    work
        Room: cost by node (``inf`` before, see ``reset``), nodes and keys of the heap, place of each node in it, arc by
        which each node was reached, all nodes reached, and those of them that count, the nearest first; the last
        column is one number, how many were reached.
    total
        Second measure of the nodes that count; empty where it is not asked for.

    Notes
    -----
    A higher node that is nearer was settled before, so that the test for stalling at the settling of a node is final.
    """
    first, head, cost, measure, tail = graph
    other_first, other_head, other_cost, _, _ = other
    away, nodes, keys, place, by, reached, settled, count = work
    away[start] = 0.0
    nodes[0] = start
    keys[0] = 0.0
    reached[0] = start
    place[start] = 0
    size = 1
    seen = 1
    found = 0
    while size > 0:
        node = nodes[0]
        near = keys[0]
        size = drop_first(keys, nodes, place, size)
        if stalled(other_first, other_head, other_cost, away, node):
            continue
        settled[found] = node
        found += 1
        if len(total) > 0:
            total[node] = 0.0 if node == start else total[tail[by[node]]] + measure[by[node]]
        for arc in range(first[node], first[node + 1]):
            target = head[arc]
            way = near + cost[arc]
            if way < away[target] and way <= cutoff:
                hole = place[target]
                if away[target] == float("inf"):
                    hole = size
                    size += 1
                    reached[seen] = target
                    seen += 1
                away[target] = way
                by[target] = arc
                raise_node(keys, nodes, place, hole, way, target)
    count[0] = seen
    return found


@compiled
def reset(work: Any) -> None:
    """Make the room of a search ready for the next one."""
    away, _, _, _, _, reached, _, count = work
    for position in range(count[0]):
        away[reached[position]] = float("inf")
    count[0] = 0


@compiled
def fill(
    down: Any, up: Any, ends: Any, order: Any, begin: int, cutoff: float, work: Any, total: Any, bucket: Any, count: Any
) -> int:
    """
    Search back from the ends, from position ``begin`` of their order on, and note what counts.

    Parameters
    ----------
    down, up
        Backward and forward upward graphs, as in ``search``.
    ends, order
        Nodes, and the order to go through them in: the same node stands together and is searched once.
    begin
        Position to begin at.
    cutoff
        Costs beyond it are not followed.
    work, total
        Room.
    bucket
        Node, end, cost and second measure of each entry.
    count
        Entries so far (one number).

    Returns
    -------
    int
        Position of the first end whose entries found no room; the number of ends when all are done.
    """
    node_of, end_of, cost_of, along_of = bucket
    away, settled = work[0], work[6]
    found = 0
    for number in range(begin, len(ends)):
        end = ends[order[number]]
        if number == begin or end != ends[order[number - 1]]:
            reset(work)
            found = search(down, up, end, cutoff, work, total)
        entry = count[0]
        if entry + found > len(node_of):
            reset(work)
            return number
        for position in range(found):
            node = settled[position]
            node_of[entry] = node
            end_of[entry] = order[number]
            cost_of[entry] = away[node]
            if len(total) > 0:
                along_of[entry] = total[node]
            entry += 1
        count[0] = entry
    reset(work)
    return len(ends)


@compiled
def cut(row: int, cutoff: float, best: Any, along: Any) -> None:
    """Put ``inf`` where a cost of the row is beyond the cutoff."""
    for column in range(best.shape[1]):
        if best[row, column] > cutoff:
            best[row, column] = float("inf")
            if len(along) > 0:
                along[row, column] = float("inf")


@compiled
def scan(
    down: Any, up: Any, starts: Any, order: Any, cutoff: float, work: Any, total: Any, bucket: Any, result: Any
) -> None:
    """
    Search from each start and look into the buckets of what counts; ``result`` is filled row by row.

    Parameters
    ----------
    down, up, starts, order, cutoff, work, total
        As in ``fill``.
    bucket
        First entry of each node; end, cost and second measure of each entry.
    result
        Costs and second measures, ``inf`` before, shape ``(starts, ends)``; the latter has no rows where there is none.
    """
    begin, end_of, cost_of, along_of = bucket
    best, along = result
    away, settled = work[0], work[6]
    for number in range(len(starts)):
        row = order[number]
        if number > 0 and starts[row] == starts[order[number - 1]]:
            for column in range(best.shape[1]):
                best[row, column] = best[order[number - 1], column]
                if len(along) > 0:
                    along[row, column] = along[order[number - 1], column]
            continue
        found = search(up, down, starts[row], cutoff, work, total)
        for position in range(found):
            node = settled[position]
            near = away[node]
            if len(total) > 0:
                for entry in range(begin[node], begin[node + 1]):
                    way = near + cost_of[entry]
                    if way < best[row, at(end_of[entry])]:
                        best[row, at(end_of[entry])] = way
                        along[row, at(end_of[entry])] = total[node] + along_of[entry]
            else:  # no branch: most entries of high nodes are no better
                for entry in range(begin[node], begin[node + 1]):
                    known = best[row, at(end_of[entry])]
                    best[row, at(end_of[entry])] = min(known, near + cost_of[entry])
        reset(work)
        if cutoff < float("inf"):
            cut(row, cutoff, best, along)
