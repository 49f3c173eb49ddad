"""The gamma law: shape and mean, whose estimates do not depend on each other."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import digamma, gammainc, gammaincinv, gammaln, polygamma

from netsim.fit.laws.catalogue import LAWS, Array, column

STEPS = 8
"""Newton steps; the fourth no longer moves the sixth digit."""
LARGEST = 1e8
"""Shape of a sample without any spread."""


class Gamma:
    """Times made of several exponential parts."""

    parameters: tuple[str, ...] = ("shape", "mean")

    def estimate(self, samples: Array) -> Array:
        """
        Return shape and mean.

        References
        ----------
        T. P. Minka, *Estimating a gamma distribution* (2002): generalised Newton steps.
        """
        mean = samples.mean(axis=-1)
        gap = np.maximum(np.log(mean) - np.log(samples).mean(axis=-1), 1.0 / LARGEST)
        shape = (3.0 - gap + np.sqrt((gap - 3.0) ** 2 + 24.0 * gap)) / (12.0 * gap)
        for _ in range(STEPS):
            slope = 1.0 / shape - polygamma(1, shape)
            shape = 1.0 / (1.0 / shape + (np.log(shape) - gap - digamma(shape)) / (shape**2 * slope))
        return np.stack([np.minimum(shape, LARGEST), mean], axis=-1)

    def log_density(self, x: Array, of: Array) -> Array:
        """Return the logarithm of the density."""
        shape, mean = column(of, 0), column(of, 1)
        density: Array = shape * np.log(shape / mean) + (shape - 1.0) * np.log(x) - shape * x / mean - gammaln(shape)
        return density

    def cdf(self, x: Array, of: Array) -> Array:
        """Return the share below ``x``."""
        shape = column(of, 0)
        share: Array = gammainc(shape, shape * x / column(of, 1))
        return share

    def quantile(self, share: Array, of: Array) -> Array:
        """Return the values that the shares lie below."""
        shape = column(of, 0)
        value: Array = gammaincinv(shape, share) * column(of, 1) / shape
        return value

    def moments(self, of: Array) -> tuple[float, float]:
        """Return mean and coefficient of variation."""
        return float(of[1]), 1.0 / math.sqrt(float(of[0]))

    def covariance(self, of: Array, size: int) -> Array:
        """Return the covariance of log shape and log mean."""
        shape = float(of[0])
        information = shape**2 * float(polygamma(1, shape)) - shape
        return np.diag([1.0 / (size * information), 1.0 / (size * shape)])


LAWS.register("gamma")(Gamma())
