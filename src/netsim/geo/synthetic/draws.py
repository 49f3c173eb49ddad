"""Random numbers of a synthetic city: one stream a purpose, so that more outlets move no street."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray


def stream(seed: int, like: str, purpose: str) -> np.random.Generator:
    """
    Return the random numbers for one purpose.

    Parameters
    ----------
    seed
        Any whole number.
    like
        Kind of city.
    purpose
        What is drawn, for example ``streets``.

    Examples
    --------
    >>> one, again, other = (stream(seed, "A", "streets").random() for seed in (1, 1, 2))
    >>> one == again, one == other
    (True, False)
    """
    digest = blake2b(f"{seed}\x1f{like}\x1f{purpose}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "big")))


def even(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """
    Return numbers in (0, 1) in random order, one from each of ``count`` equal parts: even in small samples too.

    Examples
    --------
    >>> sorted((even(np.random.default_rng(1), 4) * 4).astype(int).tolist())
    [0, 1, 2, 3]
    """
    return (rng.permutation(count) + rng.random(count)) / max(count, 1)


def lottery(weight: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """
    Return positions in the order of a draw without replacement, chances in proportion to weights.

    Parameters
    ----------
    weight
        Non-negative, shape ``(n,)``; positions without weight are left out.
    rng
        Random numbers, one for each position.

    References
    ----------
    P. S. Efraimidis, P. G. Spirakis, "Weighted random sampling with a reservoir", *Information
    Processing Letters* 97 (2006).

    Examples
    --------
    >>> sorted(lottery(np.array([1.0, 0.0, 3.0]), np.random.default_rng(1)).tolist())
    [0, 2]
    """
    some = np.flatnonzero(weight > 0.0)
    key = np.log(-np.log(1.0 - rng.random(len(weight))[some])) - np.log(weight[some])
    return np.asarray(some[np.argsort(key, kind="stable")])


def whole(values: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """
    Return whole numbers in proportion to values, with a given sum, by the largest remainders.

    Parameters
    ----------
    values
        Non-negative, shape ``(n,)``; the first of equal remainders comes first.
    total
        Their sum.

    Examples
    --------
    >>> whole(np.array([1.0, 1.0, 2.0]), 5).tolist()
    [1, 1, 3]
    """
    if total == 0 or not len(values):
        return np.zeros(len(values), dtype=np.int64)
    share = values * (total / values.sum())
    down = np.floor(share)
    short = total - int(down.sum())
    first = np.argsort(down - share, kind="stable")[:short]
    down[first] += 1.0
    return np.asarray(down.astype(np.int64))
