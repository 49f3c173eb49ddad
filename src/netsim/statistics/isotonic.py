"""Monotone fits."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def isotonic_decreasing(values: ArrayLike, weights: ArrayLike | None = None) -> NDArray[np.float64]:
    """
    Return the least-squares fit that never rises (pool adjacent violators), shape of ``values``.

    Parameters
    ----------
    values
        Shape ``(k,)``.
    weights
        Positive weights, shape ``(k,)``; None for equal ones.

    Raises
    ------
    ValueError
        If the shapes differ or a weight is not positive.

    References
    ----------
    Barlow, Bartholomew, Bremner and Brunk, *Statistical Inference under Order Restrictions* (1972).

    Examples
    --------
    >>> isotonic_decreasing([1.0, 0.5, 0.75, 0.25]).tolist()
    [1.0, 0.625, 0.625, 0.25]
    """
    sample = np.asarray(values, dtype=float)
    weight = np.ones_like(sample) if weights is None else np.asarray(weights, dtype=float)
    if sample.ndim != 1 or weight.shape != sample.shape or np.any(weight <= 0):
        raise ValueError("isotonic fit: values and positive weights need one shape (k,)")
    pools: list[tuple[float, float, int]] = []
    for value, share in zip(sample.tolist(), weight.tolist(), strict=True):
        pool = (value, share, 1)
        while pools and pools[-1][0] < pool[0]:
            mean, total, count = pools.pop()
            both = total + pool[1]
            pool = ((mean * total + pool[0] * pool[1]) / both, both, count + pool[2])
        pools.append(pool)
    return np.repeat([mean for mean, _, _ in pools], [count for _, _, count in pools]).astype(np.float64)


def lower_envelope(values: ArrayLike) -> NDArray[np.float64]:
    """
    Return the largest curve below the values that never rises, shape of ``values``.

    Where a fit averages, the envelope keeps to the worst seen so far: what a promise may rest on.

    Examples
    --------
    >>> lower_envelope([0.9, 0.8, 0.95, 0.6]).tolist()
    [0.9, 0.8, 0.8, 0.6]
    """
    return np.minimum.accumulate(np.asarray(values, dtype=float))
