"""Huff: an outlet draws by its size and loses by the cost of going there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from netsim.demand.choice.probabilities import CHOICE_MODELS, LEAST_COST, Alternatives, Array, ChoiceModel


@dataclass(frozen=True, slots=True)
class HuffParameters:
    """
    Parameters of the Huff model.

    Parameters
    ----------
    attraction
        Exponent of an outlet's attraction.
    cost
        How fast an outlet loses by its generalised cost, non-negative: the exponent of the minutes (``power``), or
        the loss a minute (``exponential``).
    decay
        ``power`` (``cost ** -rate``) or ``exponential`` (``exp(-rate * cost)``).
    outside_attraction
        Attraction of going to no outlet, measured as an outlet's; 0 = no outside option.
    outside_cost
        Its generalised cost, minutes; ``inf`` = no outside option.
    least_cost
        Costs below it count as it, minutes, positive; for ``power`` alone.

    Raises
    ------
    ValueError
        If a figure is out of its range.
    """

    attraction: float
    cost: float
    decay: Literal["power", "exponential"] = "power"
    outside_attraction: float = 0.0
    outside_cost: float = LEAST_COST
    least_cost: float = LEAST_COST

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not math.isfinite(self.attraction):
            raise ValueError(f"Huff: the exponent of attraction must be finite, got {self.attraction}")
        if not 0.0 <= self.cost < math.inf:
            raise ValueError(f"Huff: the loss by cost must be non-negative (its sign is in the model), got {self.cost}")
        if self.decay not in {"power", "exponential"}:
            raise ValueError(f"Huff: decay must be 'power' or 'exponential', got {self.decay!r}")
        if not 0.0 <= self.outside_attraction < math.inf or not self.outside_cost >= 0.0:
            raise ValueError(
                f"Huff: the outside option has the attraction {self.outside_attraction} and the cost "
                f"{self.outside_cost}; both must be non-negative"
            )
        if not 0.0 < self.least_cost < math.inf:
            raise ValueError(f"Huff: the least cost must be positive, got {self.least_cost}")

    @property
    def outside_utility(self) -> float:
        """Utility of the outside option."""
        if self.outside_attraction == 0.0 or self.outside_cost == math.inf:
            return -math.inf
        return self.attraction * math.log(self.outside_attraction) - float(_loss(np.array(self.outside_cost), self))


def huff_utility(alternatives: Alternatives, cost: Array, parameters: HuffParameters) -> Array:
    """
    Return the log of ``attraction ** a * exp(constant) * cost ** -b`` (or ``exp(-b * cost)``).

    Parameters
    ----------
    alternatives
        Outlets.
    cost
        Generalised cost, minutes, finite, shape ``(zones, sites)``.
    parameters
        Exponents.

    References
    ----------
    D. L. Huff, "Defining and estimating a trading area", *Journal of Marketing* 28 (1964) 34-38.
    """
    draw = parameters.attraction * np.log(alternatives.attraction) + alternatives.constant
    return draw - _loss(cost, parameters)


def _loss(cost: Array, parameters: HuffParameters) -> Array:
    """Return what a cost takes off the utility."""
    if parameters.decay == "exponential":
        return parameters.cost * cost
    loss: Array = parameters.cost * np.log(np.maximum(cost, parameters.least_cost))
    return loss


CHOICE_MODELS.register("huff")(ChoiceModel(HuffParameters, huff_utility))
