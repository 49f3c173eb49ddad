"""Priority queues of nodes for compiled searches: a plain binary heap, and one that knows where each node stands."""

from __future__ import annotations

from typing import Any

from netsim.jit import compiled


@compiled
def push(keys: Any, nodes: Any, size: int, key: float, node: int) -> int:
    """Put a node into a binary heap; return the new size."""
    place = size
    while place > 0:
        up = (place - 1) >> 1
        if keys[up] <= key:
            break
        keys[place] = keys[up]
        nodes[place] = nodes[up]
        place = up
    keys[place] = key
    nodes[place] = node
    return size + 1


@compiled
def drop(keys: Any, nodes: Any, size: int) -> int:
    """Take the first node off a binary heap (read it before); return the new size."""
    size -= 1
    key = keys[size]
    node = nodes[size]
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[place] = keys[child]
        nodes[place] = nodes[child]
        place = child
    keys[place] = key
    nodes[place] = node
    return size


@compiled
def search(first: Any, head: Any, cost: Any, start: int, cutoff: float, work: Any) -> int:
    """
    Search an upward graph from a node until nothing within the cutoff is left; return how many nodes were reached.

    Parameters
    ----------
    first, head, cost
        The graph (CSR).
    start
        Where it begins.
    cutoff
        Costs beyond it are not followed.
    work
        Room: cost by node (``inf`` before and to be reset after), heap of nodes, their keys, place of each node in
        the heap, reached nodes, arc by which each was reached (-1 for the start).

    Notes
    -----
    A heap with four children a node and decrease-key.
    """
    away, heap, key, place, reached, by = work
    away[start] = 0.0
    by[start] = -1
    heap[0] = start
    key[0] = 0.0
    place[start] = 0
    reached[0] = start
    size = 1
    count = 1
    while size > 0:
        node = heap[0]
        near = key[0]
        size -= 1
        if size > 0:
            last = heap[size]
            far = key[size]
            hole = 0
            while True:
                child = 4 * hole + 1
                if child >= size:
                    break
                best = child
                least = key[child]
                end = min(child + 4, size)
                for other in range(child + 1, end):
                    if key[other] < least:
                        best = other
                        least = key[other]
                if least >= far:
                    break
                heap[hole] = heap[best]
                key[hole] = least
                place[heap[hole]] = hole
                hole = best
            heap[hole] = last
            key[hole] = far
            place[last] = hole
        for arc in range(first[node], first[node + 1]):
            target = head[arc]
            total = near + cost[arc]
            if total < away[target] and total <= cutoff:
                if away[target] == float("inf"):
                    hole = size
                    size += 1
                    reached[count] = target
                    count += 1
                else:
                    hole = place[target]
                away[target] = total
                by[target] = arc
                while hole > 0:
                    up = (hole - 1) >> 2
                    if key[up] <= total:
                        break
                    heap[hole] = heap[up]
                    key[hole] = key[up]
                    place[heap[hole]] = hole
                    hole = up
                heap[hole] = target
                key[hole] = total
                place[target] = hole
    return count
