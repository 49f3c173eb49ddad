"""Philox4x64-10 and the uniforms of a step, one row at a time; equal to numpy's to the bit."""

from __future__ import annotations

from netsim.jit import compiled, inlined, multiply_high, word
from netsim.simulation.kernel.tables import Integers, Records

_MASK = 0xFFFFFFFFFFFFFFFF
_FIRST, _SECOND = 0xD2E7470EE14C6C93, 0xCA5A826395121157
_WEYL_FIRST, _WEYL_SECOND = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
UNIT = 2.0**-53
"""Distance between two uniforms, as in numpy."""
SERVICE = 3
"""``Stream.SERVICE`` as a plain number."""


@inlined
def block(k0: int, k1: int, x0: int, x1: int, x2: int, x3: int) -> tuple[int, int, int, int]:
    """
    Return one block of Philox4x64-10.

    Parameters
    ----------
    k0, k1
        The key, as words.
    x0, x1, x2, x3
        The counter, as words, the lowest first.

    References
    ----------
    Salmon, Moraes, Dror and Shaw, *Parallel random numbers: as easy as 1, 2, 3*, SC11.
    """
    for _ in range(10):
        high0, low0 = multiply_high(_FIRST, x0), (_FIRST * x0) & _MASK
        high1, low1 = multiply_high(_SECOND, x2), (_SECOND * x2) & _MASK
        x0, x1, x2, x3 = high1 ^ x1 ^ k0, low1, high0 ^ x3 ^ k1, low0
        k0, k1 = (k0 + _WEYL_FIRST) & _MASK, (k1 + _WEYL_SECOND) & _MASK
    return x0, x1, x2, x3


@inlined
def step_uniforms(k0: int, k1: int, step: int, occurrence: int) -> tuple[float, float, float, float]:
    """
    Return a customer's uniforms of one occurrence of one step: service, exit, patience, balking.

    Parameters
    ----------
    k0, k1
        The customer's own words.
    step
        Position in the blueprint.
    occurrence
        How often the customer has begun this step before.
    """
    a, b, c, d = block(k0, k1, word(step), word(occurrence), word(0), word(SERVICE))
    return (a >> 11) * UNIT, (b >> 11) * UNIT, (c >> 11) * UNIT, (d >> 11) * UNIT


@compiled
def step_extras(k0: int, k1: int, step: int, occurrence: int) -> tuple[float, float, float, float]:
    """
    Return further uniforms of one occurrence of one step, drawn where they are needed: delay, three spare.

    Parameters
    ----------
    k0, k1
        The customer's own words.
    step, occurrence
        As in ``step_uniforms``.
    """
    a, b, c, d = block(k0, k1, word(step), word(occurrence), word(1), word(SERVICE))
    return (a >> 11) * UNIT, (b >> 11) * UNIT, (c >> 11) * UNIT, (d >> 11) * UNIT


@compiled
def blocks(keys: Records, first: Integers, second: Integers, third: Integers, fourth: Integers, found: Records) -> None:
    """
    Write one block for each row.

    Parameters
    ----------
    keys
        Shape ``(n, 2)``.
    first, second, third, fourth
        Words of the counters, shape ``(n,)``.
    found
        Where the blocks are written, shape ``(n, 4)``.
    """
    for row in range(len(keys)):
        a, b, c, d = block(keys[row, 0], keys[row, 1], first[row], second[row], third[row], fourth[row])
        found[row, 0], found[row, 1], found[row, 2], found[row, 3] = a, b, c, d
