"""Many-to-many queries on a hierarchy: searches from the ends fill buckets, searches from the starts empty them."""

from __future__ import annotations

from typing import Any

from netsim.geo.ways.heap import search
from netsim.jit import compiled

STALLED = 1e-12
"""A node is passed over where a higher one gives a way that is shorter by more than this part."""


@compiled
def stalled(first: Any, head: Any, cost: Any, away: Any, node: int) -> bool:
    """Whether the way found to a node is beaten by one through a higher node: then no shortest way leads on from it."""
    limit = away[node] * (1.0 - STALLED)
    for arc in range(first[node], first[node + 1]):
        if away[head[arc]] + cost[arc] < limit:
            return True
    return False


@compiled
def reset(work: Any, count: int) -> None:
    """Make the room of a search ready for the next one."""
    away, _, _, _, reached, _ = work
    for place in range(count):
        away[reached[place]] = float("inf")


@compiled
def second_measure(tail: Any, measure: Any, work: Any, count: int, total: Any) -> None:
    """Add up the second measure from each node that a search reached up to where it began."""
    _, _, _, _, reached, by = work
    for place in range(count):
        node = reached[place]
        length = 0.0
        while by[node] >= 0:
            length += measure[by[node]]
            node = tail[by[node]]
        total[reached[place]] = length


@compiled
def fill(
    down: Any, up: Any, ends: Any, begin: int, cutoff: float, work: Any, total: Any, bucket: Any, count: Any
) -> int:
    """
    Search back from the ends, from position ``begin`` on, and note what is reached.

    Parameters
    ----------
    down, up
        Backward and forward upward graphs: first, head, cost, second measure, tail.
    ends
        Nodes.
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
    first, head, cost, measure, tail = down
    up_first, up_head, up_cost, _, _ = up
    node_of, end_of, cost_of, along_of = bucket
    away, _, _, _, reached, _ = work
    for number in range(begin, len(ends)):
        found = search(first, head, cost, ends[number], cutoff, work)
        if count[0] + found > len(node_of):
            reset(work, found)
            return number
        if len(along_of) > 0:
            second_measure(tail, measure, work, found, total)
        for place in range(found):
            node = reached[place]
            if not stalled(up_first, up_head, up_cost, away, node):
                entry = count[0]
                count[0] = entry + 1
                node_of[entry] = node
                end_of[entry] = number
                cost_of[entry] = away[node]
                if len(along_of) > 0:
                    along_of[entry] = total[node]
        reset(work, found)
    return len(ends)


@compiled
def scan(down: Any, up: Any, starts: Any, cutoff: float, work: Any, total: Any, bucket: Any, result: Any) -> None:
    """
    Search from each start and look into the buckets of what is reached; ``result`` is filled row by row.

    Parameters
    ----------
    down, up, starts, cutoff, work, total
        As in ``fill``.
    bucket
        First entry of each node; end, cost and second measure of each entry.
    result
        Costs and second measures, ``inf`` before, shape ``(starts, ends)``; the latter has no rows where there is none.
    """
    first, head, cost, measure, tail = up
    down_first, down_head, down_cost, _, _ = down
    begin, end_of, cost_of, along_of = bucket
    best, along = result
    away, _, _, _, reached, _ = work
    for row in range(len(starts)):
        found = search(first, head, cost, starts[row], cutoff, work)
        if len(along) > 0:
            second_measure(tail, measure, work, found, total)
        for place in range(found):
            node = reached[place]
            if begin[node] < begin[node + 1] and not stalled(down_first, down_head, down_cost, away, node):
                near = away[node]
                for entry in range(begin[node], begin[node + 1]):
                    way = near + cost_of[entry]
                    if way < best[row, end_of[entry]] and way <= cutoff:
                        best[row, end_of[entry]] = way
                        if len(along) > 0:
                            along[row, end_of[entry]] = total[node] + along_of[entry]
        reset(work, found)
