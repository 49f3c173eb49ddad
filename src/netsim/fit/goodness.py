"""
How far a sample is from a law whose parameters were taken from the sample itself.

The usual tables of Kolmogorov-Smirnov and Anderson-Darling are for laws given beforehand; with fitted
parameters their p-values are far too large. So the law is fitted anew to samples drawn from itself, and the
distance is compared with theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from netsim.fit.laws.catalogue import Array, Law
from netsim.model.fit_laws import BOOTSTRAP

LARGEST = 1000
"""Largest size of a drawn sample. Distances times the root of the size hardly change beyond it."""
TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Goodness:
    """
    Distances of a sample from a fitted law, with p-values.

    Parameters
    ----------
    ks, ks_p
        Kolmogorov-Smirnov.
    ad, ad_p
        Anderson-Darling.
    """

    ks: float
    ks_p: float
    ad: float
    ad_p: float


def goodness(law: Law, of: Array, sample: Array, rng: np.random.Generator, rounds: int = BOOTSTRAP) -> Goodness:
    """
    Return the distances of a sample from the law fitted to it, with p-values by parametric bootstrap.

    Parameters
    ----------
    law
        The law.
    of
        Its parameters, fitted to the sample.
    sample
        Positive times, shape ``(n,)``.
    rng
        Draws the samples of the bootstrap.
    rounds
        Number of these samples.

    References
    ----------
    W. Stute, W. Gonzales Manteiga, M. Presedo Quindimil, *Bootstrap based goodness-of-fit tests*,
    Metrika 40 (1993).
    """
    size = min(len(sample), LARGEST)
    drawn = law.quantile(rng.random((rounds, size)), of[None, :])
    drawn = np.maximum(drawn, np.finfo(float).tiny)
    again = law.estimate(drawn)
    ks, ad = distances(law.cdf(np.sort(sample), of))
    others_ks, others_ad = distances(law.cdf(np.sort(drawn, axis=-1), again))
    scale = float(np.sqrt(len(sample) / size))
    return Goodness(
        float(ks),
        float((1 + np.sum(others_ks >= ks * scale)) / (rounds + 1)),
        float(ad),
        float((1 + np.sum(others_ad >= ad)) / (rounds + 1)),
    )


def distances(shares: Array) -> tuple[Array, Array]:
    """
    Return the Kolmogorov-Smirnov and Anderson-Darling distances of sorted shares from even ones.

    Parameters
    ----------
    shares
        ``F(x)`` of the sorted sample, shape ``(..., n)``.

    Examples
    --------
    >>> [round(float(value), 3) for value in distances(np.array([0.25, 0.5, 0.75]))]
    [0.25, 0.269]
    """
    n = shares.shape[-1]
    rank = np.arange(1, n + 1)
    above, below = rank / n - shares, shares - (rank - 1) / n
    ks: Array = np.maximum(above.max(axis=-1), below.max(axis=-1))
    inside = np.clip(shares, TINY, 1.0 - TINY)
    logs = np.log(inside) + np.log1p(-inside[..., ::-1])
    ad: Array = -n - ((2 * rank - 1) / n * logs).sum(axis=-1)
    return ks, ad
