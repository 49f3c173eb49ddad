"""Random streams by id: Philox4x64-10 over whole arrays and for single rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from netsim.jit import AVAILABLE, plain
from netsim.simulation.kernel.random import UNIT, block, blocks, step_uniforms

Words = NDArray[np.uint64]

_ROUNDS = 10
_MULTIPLIERS = (0xD2E7470EE14C6C93, 0xCA5A826395121157)
_WEYL = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
_MASK = 0xFFFFFFFFFFFFFFFF
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_ROWS = 8192
"""Rows worked on at once: their scratch arrays stay in the processor's cache."""
_block, _step_uniforms = plain(block), plain(step_uniforms)


class Stream(IntEnum):
    """
    Last word of every counter: what the numbers are drawn for. Append only, never renumber.

    The other words are named by their user: ``COUNT`` (stratum, 0, replication), ``CUSTOMER`` and
    ``CUSTOMER_WORDS`` (customer, stratum, replication), ``SERVICE`` (step, occurrence, 0) under the
    customer's own words, ``BREAKDOWN`` (failure, server, replication), whose last word has the station in
    its upper half, ``OUTLET_CUSTOMER`` (customer, 0, replication) under an outlet's key, ``MACHINE`` (0, server,
    replication) for a machine's own words, its last word as for ``BREAKDOWN``, and (failure, 0, 0) under them,
    ``OUTAGE`` (outage, 0, replication) under the system's key, ``DAY_FACTOR`` (0, 0, replication).
    ``PARTY`` (member, 0, 0) under the words of the first member, its own block telling how many come, and
    ``BOOKING``, ``CHANNEL`` and ``PARCEL`` (0, 0, 0) under the customer's own words.
    ``SERVICE`` with 1 as its third word holds the uniforms that a step seldom needs.
    """

    COUNT = 0
    CUSTOMER = 1
    CUSTOMER_WORDS = 2
    SERVICE = 3
    BREAKDOWN = 4
    OUTLET_CUSTOMER = 5
    MACHINE = 6
    OUTAGE = 7
    DAY_FACTOR = 8
    PARTY = 9
    BOOKING = 10
    CHANNEL = 11
    PARCEL = 12


def key_of(seed: int, *ids: str | int) -> Words:
    """
    Return the Philox key of a stream, shape ``(2,)``: the blake2b digest of the seed and the ids.

    Parameters
    ----------
    seed
        Seed of the study.
    ids
        What the stream belongs to; a change of any part changes the key, and only that key.

    Examples
    --------
    >>> bool((key_of(1, "site", "a") == key_of(1, "site", "a")).all())
    True
    >>> bool((key_of(1, "ab", "c") == key_of(1, "a", "bc")).any())
    False
    """
    key: Words = keys_of(seed, [ids])[0]
    return key


def keys_of(seed: int, rows: Iterable[Sequence[str | int]]) -> Words:
    """Return ``key_of(seed, *row)`` of each row of ids, shape ``(n, 2)``."""
    digests = [hashlib.blake2b(_unambiguous((seed, *row)), digest_size=16).digest() for row in rows]
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64).reshape(-1, 2)


def _unambiguous(parts: Sequence[str | int]) -> bytes:
    """Return the parts with their kinds and lengths, so that no two lists of ids meet."""
    texts = [(f"i{part}" if isinstance(part, int) else f"s{part}").encode() for part in parts]
    return b"".join(b"%d:%b" % (len(text), text) for text in texts)


def philox(keys: Words, counters: Sequence[Words | int]) -> Words:
    """
    Return one block of Philox4x64-10 for each row, shape ``(n, 4)``.

    Parameters
    ----------
    keys
        Shape ``(n, 2)``.
    counters
        Four words, the lowest first; each has the shape ``(n,)`` or is one number for all rows.

    Notes
    -----
    ``numpy.random.Philox(key=k, counter=c)`` steps its counter before each block, so its first four
    outputs are the block of ``c + 1``.

    References
    ----------
    Salmon, Moraes, Dror and Shaw, *Parallel random numbers: as easy as 1, 2, 3*, SC11.
    """
    rows = len(keys)
    found = np.empty((rows, 4), dtype=np.uint64)
    if AVAILABLE:
        low, second, third, high = (np.broadcast_to(np.asarray(item, dtype=np.uint64), rows) for item in counters)
        blocks(np.ascontiguousarray(keys), low, second, third, high, found)
        return found
    for first in range(0, rows, _ROWS):
        part = slice(first, min(first + _ROWS, rows))
        found[part] = _philox_part(
            np.ascontiguousarray(keys[part].T),
            [
                np.full(part.stop - part.start, word, dtype=np.uint64)
                if isinstance(word, int)
                else word[part].astype(np.uint64)
                for word in counters
            ],
        ).T
    return found


def _philox_part(keys: Words, words: list[Words]) -> Words:
    """Return the block of a few thousand rows, shape ``(4, n)``."""
    x0, x1, x2, x3 = words
    for turn in range(_ROUNDS):
        bumps = [np.uint64(turn * weyl & _MASK) for weyl in _WEYL]
        high0, low0 = _multiply(x0, _MULTIPLIERS[0])
        high1, low1 = _multiply(x2, _MULTIPLIERS[1])
        high1 ^= x1
        high1 ^= keys[0] + bumps[0]
        high0 ^= x3
        high0 ^= keys[1] + bumps[1]
        x0, x1, x2, x3 = high1, low1, high0, low0
    return np.stack([x0, x1, x2, x3])


def _multiply(words: Words, factor: int) -> tuple[Words, Words]:
    """Return the high and the low 64 bits of ``words * factor`` by products of 32-bit halves."""
    factor_high, factor_low = np.uint64(factor >> 32), np.uint64(factor & 0xFFFFFFFF)
    low, high = words & _LOW, words >> _HALF
    middle = low * factor_low
    middle >>= _HALF
    cross = low * factor_high
    middle += cross & _LOW
    middle += high * factor_low
    middle >>= _HALF
    cross >>= _HALF
    high *= factor_high
    high += cross
    high += middle
    return high, words * np.uint64(factor)


def philox_row(key: tuple[int, int], counter: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """
    Return one block of Philox4x64-10, the scalar twin of ``philox``.

    Parameters
    ----------
    key, counter
        Words as Python integers in ``[0, 2**64)``.

    Examples
    --------
    >>> philox_row((0, 0), (1, 0, 0, 0)) == tuple(map(int, np.random.Philox(key=0, counter=0).random_raw(4)))
    True
    """
    return _block(*key, *counter)


def uniforms(words: Words) -> NDArray[np.float64]:
    """Return uniforms in ``[0, 1)`` made from the upper 53 bits of each word, as numpy makes them."""
    return (words >> np.uint64(11)).astype(np.float64) * UNIT


def service_row(stream: tuple[int, int], step: int, occurrence: int) -> tuple[float, float, float, float]:
    """
    Return one customer's uniforms of one occurrence of one step: service, exit, patience, balking.

    Parameters
    ----------
    stream
        The customer's own words.
    step
        Position in the blueprint.
    occurrence
        How often the customer has begun this step before: 1 when it is done again at the counter after a
        fail-over.
    """
    return _step_uniforms(*stream, step, occurrence)
