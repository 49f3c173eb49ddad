"""The Weibull law: scale and shape."""

from __future__ import annotations

import math

import numpy as np

from netsim.fit.laws.catalogue import LAWS, Array, column

STEPS = 30
"""Newton steps on the logarithm of the shape, each at most a factor of two."""
EULER = 0.5772156649015329
LARGEST = 1e6
"""Shape of a sample without any spread."""


class Weibull:
    """Times whose rate of ending rises or falls as a power of the time."""

    parameters: tuple[str, ...] = ("scale", "shape")

    def estimate(self, samples: Array) -> Array:
        """
        Return scale and shape.

        The shape solves ``sum(x^k log x) / sum(x^k) - 1/k = mean(log x)``, whose left side rises with k.
        """
        logs = np.log(samples)
        largest = logs.max(axis=-1, keepdims=True)
        logs = logs - largest
        target, spread = logs.mean(axis=-1), np.maximum(logs.std(axis=-1), 1.0 / LARGEST)
        log_shape = np.log(1.2 / spread)
        for _ in range(STEPS):
            shape = np.exp(log_shape)
            weight = np.exp(shape[..., None] * logs)
            total = weight.sum(axis=-1)
            first, second = (weight * logs).sum(axis=-1) / total, (weight * logs**2).sum(axis=-1) / total
            gap = first - 1.0 / shape - target
            slope = shape * (second - first**2) + 1.0 / shape
            step = np.clip(-gap / slope, -0.7, 0.7)
            log_shape = log_shape + step
            if np.max(np.abs(step)) < 1e-12:
                break
        shape = np.exp(log_shape)
        scale = np.exp(largest[..., 0]) * np.exp(shape[..., None] * logs).mean(axis=-1) ** (1.0 / shape)
        return np.stack([scale, shape], axis=-1)

    def log_density(self, x: Array, of: Array) -> Array:
        """Return the logarithm of the density."""
        scale, shape = column(of, 0), column(of, 1)
        z = np.log(x / scale)
        density: Array = np.log(shape / scale) + (shape - 1.0) * z - np.exp(shape * z)
        return density

    def cdf(self, x: Array, of: Array) -> Array:
        """Return the share below ``x``."""
        share: Array = -np.expm1(-((x / column(of, 0)) ** column(of, 1)))
        return share

    def quantile(self, share: Array, of: Array) -> Array:
        """Return the values that the shares lie below."""
        value: Array = column(of, 0) * (-np.log1p(-share)) ** (1.0 / column(of, 1))
        return value

    def moments(self, of: Array) -> tuple[float, float]:
        """Return mean and coefficient of variation."""
        scale, shape = float(of[0]), float(of[1])
        once, twice = math.lgamma(1.0 + 1.0 / shape), math.lgamma(1.0 + 2.0 / shape)
        return scale * math.exp(once), math.sqrt(math.expm1(twice - 2.0 * once))

    def covariance(self, of: Array, size: int) -> Array:
        """
        Return the covariance of log scale and log shape.

        References
        ----------
        D. R. Thoman, L. J. Bain, C. E. Antle, *Inferences on the parameters of the Weibull distribution*,
        Technometrics 11 (1969).
        """
        shape, bit = float(of[1]), 6.0 / math.pi**2
        rest = 1.0 - EULER
        scale_part, both = (1.0 + bit * rest**2) / shape**2, bit * rest / shape
        return np.array([[scale_part, both], [both, bit]]) / size


LAWS.register("weibull")(Weibull())
