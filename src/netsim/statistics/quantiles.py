"""Quantiles with intervals that assume nothing of the distribution."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from netsim.statistics.intervals import Interval, mean_interval


def weighted_quantile(values: ArrayLike, share: float, weights: ArrayLike | None = None) -> float:
    """
    Return the smallest value that ``share`` of the weight does not exceed; NaN without weight.

    Parameters
    ----------
    values
        Shape ``(n,)``.
    share
        In (0, 1].
    weights
        Non-negative, shape ``(n,)``; None for equal ones.

    Raises
    ------
    ValueError
        If the share is outside (0, 1], or shapes differ.

    Examples
    --------
    >>> weighted_quantile([3.0, 1.0, 2.0, 4.0], 0.5)
    2.0
    >>> weighted_quantile([1.0, 10.0], 0.5, weights=[1.0, 9.0])
    10.0
    """
    if not 0.0 < share <= 1.0:
        raise ValueError(f"quantile: the share {share:g} must lie in (0, 1]")
    sample = np.asarray(values, dtype=float)
    weight = np.ones_like(sample) if weights is None else np.asarray(weights, dtype=float)
    if weight.shape != sample.shape or sample.ndim != 1:
        raise ValueError(f"quantile: {sample.shape} values but {weight.shape} weights")
    order = np.argsort(sample, kind="stable")
    below = np.cumsum(weight[order])
    if not len(below) or below[-1] <= 0:
        return math.nan
    position = int(np.searchsorted(below, share * below[-1] * (1.0 - 1e-12)))
    return float(sample[order][position])


def sectioned_quantile(values: ArrayLike, share: float, sections: int = 10, confidence: float = 0.95) -> Interval:
    """
    Return a quantile with an interval from sections of the sample (samples in order of time).

    The estimate is that of the whole sample; the half width comes from the quantiles of the sections,
    which may be correlated within but hardly between them.

    Parameters
    ----------
    values
        Shape ``(n,)``, at least one a section.
    share
        In (0, 1].
    sections
        Number of sections, at least 2.
    confidence
        Two-sided level.

    Raises
    ------
    ValueError
        If there are fewer values than sections.

    References
    ----------
    S. Asmussen and P. W. Glynn, *Stochastic Simulation* (2007), sec. III.5 (sectioning).

    Examples
    --------
    >>> sectioned_quantile(list(range(1, 101)) * 10, 0.9).half_width
    0.0
    """
    sample = np.asarray(values, dtype=float)
    if sections < 2 or len(sample) < sections:
        raise ValueError(f"quantile: {len(sample)} values cannot make {sections} sections")
    whole = weighted_quantile(sample, share)
    parts = [weighted_quantile(part, share) for part in np.array_split(sample, sections)]
    spread = mean_interval(parts, confidence)
    return Interval(whole, spread.half_width, len(sample))
