"""What a law of positive times is, and the table of all of them."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from netsim.registry import Registry

Array = NDArray[np.float64]


class Law(Protocol):
    """
    A law with positive parameters.

    Samples have the shape ``(..., n)`` and parameters ``(..., k)``: many samples are fitted at once, which is
    what the bootstrap of a test needs.
    """

    parameters: tuple[str, ...]
    """Names of the parameters, in order."""

    def estimate(self, samples: Array) -> Array:
        """Return the maximum-likelihood parameters, shape ``(..., k)``, of positive samples ``(..., n)``."""
        ...

    def log_density(self, x: Array, of: Array) -> Array:
        """Return the logarithm of the density at positive ``x``."""
        ...

    def cdf(self, x: Array, of: Array) -> Array:
        """Return the share below ``x``."""
        ...

    def quantile(self, share: Array, of: Array) -> Array:
        """Return the values that the shares lie below."""
        ...

    def moments(self, of: Array) -> tuple[float, float]:
        """Return mean and coefficient of variation for one set of parameters, shape ``(k,)``."""
        ...

    def covariance(self, of: Array, size: int) -> Array:
        """Return the covariance of the logarithms of the estimated parameters (Fisher), shape ``(k, k)``."""
        ...


LAWS: Registry[Law] = Registry("law")


def column(of: Array, index: int) -> Array:
    """Return one parameter, with an axis for the samples."""
    part: Array = of[..., index, None]
    return part
