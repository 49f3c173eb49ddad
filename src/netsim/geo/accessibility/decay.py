"""How the pull of a site fades with the way to it: weights of travel times."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Decay(Protocol):
    """Weigh travel times."""

    @property
    def reach(self) -> float:
        """Minutes beyond which every weight is 0; ``inf`` if there is no such limit."""
        ...

    def __call__(self, minutes: Array) -> Array:
        """
        Return the weight of each travel time, non-negative, never rising with it.

        Parameters
        ----------
        minutes
            Travel times, non-negative, any shape.
        """
        ...


@dataclass(frozen=True, slots=True)
class StepDecay:
    """
    One weight for each ring; the outer limit of a ring belongs to it, beyond the last one the weight is 0.

    Parameters
    ----------
    limits
        Outer limits of the rings, minutes, increasing.
    weights
        Weight of each ring, non-negative, never rising.

    Raises
    ------
    ValueError
        If there is no ring, the numbers differ, limits do not increase or weights rise.

    References
    ----------
    W. Luo, Y. Qi, "An enhanced two-step floating catchment area (E2SFCA) method for measuring spatial accessibility
    to primary care physicians", *Health & Place* 15 (2009) 1100-1107.

    Examples
    --------
    >>> StepDecay((10.0, 20.0, 30.0), (1.0, 0.68, 0.22))(np.array([0.0, 10.0, 10.5, 30.0, 31.0])).tolist()
    [1.0, 1.0, 0.68, 0.22, 0.0]
    """

    limits: tuple[float, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        """Check the rings."""
        if not self.limits or len(self.limits) != len(self.weights):
            raise ValueError(
                f"step decay: {len(self.limits)} limits and {len(self.weights)} weights; one weight a ring"
            )
        if not all(low < high for low, high in zip((-math.inf, *self.limits), self.limits, strict=False)):
            raise ValueError(f"step decay: limits must increase, got {self.limits}")
        if not all(
            math.inf > near >= far >= 0.0 for near, far in zip(self.weights, (*self.weights[1:], 0.0), strict=True)
        ):
            raise ValueError(f"step decay: weights must be finite, non-negative and never rise, got {self.weights}")

    @property
    def reach(self) -> float:
        """The last limit, minutes."""
        return self.limits[-1]

    def __call__(self, minutes: Array) -> Array:
        """Return the weights of the rings that the travel times lie in."""
        weights = np.array((*self.weights, 0.0))
        return weights[np.searchsorted(self.limits, minutes, side="left")]


@dataclass(frozen=True, slots=True)
class GaussianDecay:
    """
    Weights ``exp(-minutes^2 / (2 width^2))``: 1 at the door, whatever the width.

    Parameters
    ----------
    width
        Standard deviation of the bell, minutes, positive.

    Raises
    ------
    ValueError
        If the width is not positive and finite.

    References
    ----------
    D. Dai, "Black residential segregation, disparities in spatial access to health care facilities, and late-stage
    breast cancer diagnosis in metropolitan Detroit", *Health & Place* 16 (2010) 1038-1052.

    Examples
    --------
    >>> GaussianDecay(20.0)(np.array([0.0, 20.0])).round(4).tolist()
    [1.0, 0.6065]
    """

    width: float

    def __post_init__(self) -> None:
        """Check the width."""
        _positive("gaussian decay", "width", self.width)

    @property
    def reach(self) -> float:
        """No limit."""
        return math.inf

    def __call__(self, minutes: Array) -> Array:
        """Return the bell at the travel times."""
        weights: Array = np.exp(-0.5 * np.square(minutes / self.width))
        return weights


@dataclass(frozen=True, slots=True)
class LinearDecay:
    """
    Weights that fall in a straight line from 1 at the door to 0 at the end.

    Parameters
    ----------
    end
        Minutes at which the weight is 0, positive.

    Raises
    ------
    ValueError
        If the end is not positive and finite.

    Examples
    --------
    >>> LinearDecay(20.0)(np.array([0.0, 5.0, 30.0])).tolist()
    [1.0, 0.75, 0.0]
    """

    end: float

    def __post_init__(self) -> None:
        """Check the end."""
        _positive("linear decay", "end", self.end)

    @property
    def reach(self) -> float:
        """The end, minutes."""
        return self.end

    def __call__(self, minutes: Array) -> Array:
        """Return the line at the travel times."""
        return np.maximum(1.0 - minutes / self.end, 0.0)


@dataclass(frozen=True, slots=True)
class PowerDecay:
    """
    Weights ``(max(minutes, least) / scale) ** -exponent``: the gravity model.

    Parameters
    ----------
    exponent
        How fast weights fall, positive.
    scale
        Minutes at which the weight is 1, positive.
    least
        Shorter ways count as this, minutes, positive: without it a site at the door would outweigh all others.

    Raises
    ------
    ValueError
        If a parameter is not positive and finite.

    References
    ----------
    W. G. Hansen, "How accessibility shapes land use", *Journal of the American Institute of Planners* 25 (1959) 73-76.

    Examples
    --------
    >>> PowerDecay(2.0, scale=20.0)(np.array([0.0, 1.0, 20.0, 40.0])).round(9).tolist()
    [400.0, 400.0, 1.0, 0.25]
    """

    exponent: float
    scale: float = 1.0
    least: float = 1.0

    def __post_init__(self) -> None:
        """Check the parameters."""
        for name in ("exponent", "scale", "least"):
            _positive("power decay", name, getattr(self, name))

    @property
    def reach(self) -> float:
        """No limit."""
        return math.inf

    def __call__(self, minutes: Array) -> Array:
        """Return the power of the travel times."""
        weights: Array = (np.maximum(minutes, self.least) / self.scale) ** -self.exponent
        return weights


DECAYS: Mapping[str, type[Any]] = MappingProxyType(
    {"step": StepDecay, "gaussian": GaussianDecay, "linear": LinearDecay, "power": PowerDecay}
)
"""Records of decays by the name that a planner gives them."""


def _positive(what: str, name: str, value: float) -> None:
    """Raise unless the value is positive and finite."""
    if not 0.0 < value < math.inf:
        raise ValueError(f"{what}: {name} must be positive and finite, got {value}")
