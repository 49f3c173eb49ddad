"""The agenda: a binary heap of (minute, key) in two parallel arrays."""

from __future__ import annotations

from netsim.jit import compiled
from netsim.simulation.kernel.tables import Integers, Numbers


@compiled
def push(minutes: Numbers, keys: Integers, size: int, minute: float, key: int) -> None:
    """
    Put a moment on the agenda of ``size`` entries; the caller counts one more.

    Parameters
    ----------
    minutes, keys
        The heap, with room for one more entry.
    size
        Entries so far.
    minute, key
        When, and what: at the same minute the smaller key comes first. Keys are unique.
    """
    child = size
    while child > 0:
        parent = (child - 1) >> 1
        if minutes[parent] < minute or (minutes[parent] == minute and keys[parent] < key):
            break
        minutes[child] = minutes[parent]
        keys[child] = keys[parent]
        child = parent
    minutes[child] = minute
    keys[child] = key


@compiled
def pop(minutes: Numbers, keys: Integers, size: int) -> None:
    """
    Take the first moment off an agenda of ``size`` entries; the caller has read it and counts one less.

    Parameters
    ----------
    minutes, keys
        The heap.
    size
        Entries so far, at least one.
    """
    last = size - 1
    minute, key = minutes[last], keys[last]
    hole, child = 0, 1
    while child < last:
        right = child + 1
        if right < last and (
            minutes[right] < minutes[child] or (minutes[right] == minutes[child] and keys[right] < keys[child])
        ):
            child = right
        if minutes[child] > minute or (minutes[child] == minute and keys[child] > key):
            break
        minutes[hole] = minutes[child]
        keys[hole] = keys[child]
        hole, child = child, 2 * child + 1
    minutes[hole] = minute
    keys[hole] = key
