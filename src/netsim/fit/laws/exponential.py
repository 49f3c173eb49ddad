"""The exponential law: mean."""

from __future__ import annotations

import numpy as np

from netsim.fit.laws.catalogue import LAWS, Array, column


class Exponential:
    """Times that do not remember how long they have lasted."""

    parameters: tuple[str, ...] = ("mean",)

    def estimate(self, samples: Array) -> Array:
        """Return the mean of each sample."""
        mean: Array = samples.mean(axis=-1)[..., None]
        return mean

    def log_density(self, x: Array, of: Array) -> Array:
        """Return the logarithm of the density."""
        mean = column(of, 0)
        density: Array = -np.log(mean) - x / mean
        return density

    def cdf(self, x: Array, of: Array) -> Array:
        """Return the share below ``x``."""
        share: Array = -np.expm1(-x / column(of, 0))
        return share

    def quantile(self, share: Array, of: Array) -> Array:
        """Return the values that the shares lie below."""
        value: Array = -np.log1p(-share) * column(of, 0)
        return value

    def moments(self, of: Array) -> tuple[float, float]:
        """Return mean and coefficient of variation, which is 1."""
        return float(of[0]), 1.0

    def covariance(self, of: Array, size: int) -> Array:
        """Return the variance of the logarithm of the mean."""
        return np.full((len(of), len(of)), 1.0 / size)


LAWS.register("exponential")(Exponential())
