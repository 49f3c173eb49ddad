"""Priority queues of nodes for compiled code: a binary heap, and one of four children that knows where nodes stand."""

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
def raise_node(keys: Any, nodes: Any, place: Any, hole: int, key: float, node: int) -> None:
    """Move a node from position ``hole`` of the heap up to where its key belongs; ``place`` follows."""
    while hole > 0:
        up = (hole - 1) >> 2
        if keys[up] <= key:
            break
        keys[hole] = keys[up]
        nodes[hole] = nodes[up]
        place[nodes[hole]] = hole
        hole = up
    keys[hole] = key
    nodes[hole] = node
    place[node] = hole


@compiled
def drop_first(keys: Any, nodes: Any, place: Any, size: int) -> int:
    """Take the first node off the heap (read it before); return the new size."""
    size -= 1
    if size == 0:
        return size
    key = keys[size]
    node = nodes[size]
    hole = 0
    while True:
        child = 4 * hole + 1
        if child >= size:
            break
        best = child
        least = keys[child]
        for other in range(child + 1, min(child + 4, size)):
            if keys[other] < least:
                best = other
                least = keys[other]
        if least >= key:
            break
        keys[hole] = least
        nodes[hole] = nodes[best]
        place[nodes[hole]] = hole
        hole = best
    keys[hole] = key
    nodes[hole] = node
    place[node] = hole
    return size
