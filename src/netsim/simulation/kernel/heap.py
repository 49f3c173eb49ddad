"""
The agenda: a binary heap of (minute, key) in two parallel arrays.

Positions are words without a sign, so that the compiler need not ask whether they count from the end, and
comparisons are added up instead of branched on, since nobody can foretell how they end. Both halve the time.
"""

from __future__ import annotations

from netsim.jit import compiled, inlined, word
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
        When, and what: at the same minute the smaller key comes first.
    """
    _rise(minutes, keys, word(size), minute, key)


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
    last = word(size - 1)
    _fill(minutes, keys, last, minutes[last], keys[last])


@compiled
def replace(minutes: Numbers, keys: Integers, size: int, minute: float, key: int) -> None:
    """
    Put a moment on the agenda in the place of its first one, which the caller has read.

    Parameters
    ----------
    minutes, keys
        The heap.
    size
        Entries, the first one included.
    minute, key
        As in ``push``.
    """
    _fill(minutes, keys, word(size), minute, key)


@inlined
def _fill(minutes: Numbers, keys: Integers, size: int, minute: float, key: int) -> None:
    """Fill the hole at the top of ``size`` entries: let it sink to the bottom, and the moment rise from there."""
    one = word(1)
    hole, child = word(0), word(1)
    while child < size:
        right = child + one
        if right < size:
            left_minute, right_minute = minutes[child], minutes[right]
            tie = (left_minute == right_minute) & (keys[right] < keys[child])
            child += word((right_minute < left_minute) | tie)
        minutes[hole], keys[hole] = minutes[child], keys[child]
        hole, child = child, child + child + one
    _rise(minutes, keys, hole, minute, key)


@inlined
def _rise(minutes: Numbers, keys: Integers, hole: int, minute: float, key: int) -> None:
    """Put a moment at a hole at the bottom, or as far above it as it is earlier than what stands there."""
    none, one = word(0), word(1)
    while hole > none:
        parent = (hole - one) >> one
        above = minutes[parent]
        if above < minute or (above == minute and keys[parent] < key):
            break
        minutes[hole], keys[hole] = above, keys[parent]
        hole = parent
    minutes[hole], keys[hole] = minute, key
