"""The lognormal law: median and sigma."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtr, ndtri

from netsim.fit.laws.catalogue import LAWS, Array, column


class Lognormal:
    """Times whose logarithm is normal."""

    parameters: tuple[str, ...] = ("median", "sigma")

    def estimate(self, samples: Array) -> Array:
        """Return median and sigma (divisor n, as maximum likelihood has it)."""
        logs = np.log(samples)
        return np.stack([np.exp(logs.mean(axis=-1)), np.maximum(logs.std(axis=-1), 1e-9)], axis=-1)

    def log_density(self, x: Array, of: Array) -> Array:
        """Return the logarithm of the density."""
        sigma = column(of, 1)
        z = np.log(x / column(of, 0)) / sigma
        density: Array = -0.5 * z**2 - np.log(x * sigma) - 0.5 * math.log(2.0 * math.pi)
        return density

    def cdf(self, x: Array, of: Array) -> Array:
        """Return the share below ``x``."""
        share: Array = ndtr(np.log(x / column(of, 0)) / column(of, 1))
        return share

    def quantile(self, share: Array, of: Array) -> Array:
        """Return the values that the shares lie below."""
        value: Array = column(of, 0) * np.exp(column(of, 1) * ndtri(share))
        return value

    def moments(self, of: Array) -> tuple[float, float]:
        """Return mean and coefficient of variation."""
        median, sigma = float(of[0]), float(of[1])
        return median * math.exp(sigma**2 / 2.0), math.sqrt(math.expm1(sigma**2))

    def covariance(self, of: Array, size: int) -> Array:
        """Return the covariance of log median and log sigma."""
        return np.diag([float(of[1]) ** 2 / size, 0.5 / size])


LAWS.register("lognormal")(Lognormal())
