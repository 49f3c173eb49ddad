"""Multiplicative competitive interaction: Huff with any number of attributes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from netsim.demand.choice.probabilities import CHOICE_MODELS, LEAST_COST, Alternatives, Array, ChoiceModel


@dataclass(frozen=True, slots=True)
class MciParameters:
    """
    Parameters of the MCI model.

    Parameters
    ----------
    exponents
        Exponent of each attribute by name: ``attraction``, ``cost`` (the generalised cost), ``travel`` (minutes one
        way) or one of the alternatives' own attributes. What makes an outlet less wanted has a negative one.
    outside_value
        The product of the outside option, measured as an outlet's; 0 = no outside option.
    least_cost
        Costs and travel times below it count as it, minutes, positive.

    Raises
    ------
    ValueError
        If a figure is out of its range.
    """

    exponents: Mapping[str, float]
    outside_value: float = 0.0
    least_cost: float = LEAST_COST

    def __post_init__(self) -> None:
        """Check the ranges."""
        for name, exponent in self.exponents.items():
            if not math.isfinite(exponent):
                raise ValueError(f"MCI: the exponent of {name!r} must be finite, got {exponent}")
        if not 0.0 <= self.outside_value < math.inf:
            raise ValueError(f"MCI: the value of the outside option must be non-negative, got {self.outside_value}")
        if not 0.0 < self.least_cost < math.inf:
            raise ValueError(f"MCI: the least cost must be positive, got {self.least_cost}")

    @property
    def outside_utility(self) -> float:
        """Utility of the outside option."""
        return math.log(self.outside_value) if self.outside_value > 0.0 else -math.inf


def mci_utility(alternatives: Alternatives, cost: Array, parameters: MciParameters) -> Array:
    """
    Return the log of ``exp(constant)`` times the product of the attributes, each to its exponent.

    Parameters
    ----------
    alternatives
        Outlets.
    cost
        Generalised cost, minutes, finite, shape ``(zones, sites)``.
    parameters
        Exponents.

    Raises
    ------
    ValueError
        If the outlets lack an attribute, or one of theirs has the name of a built-in one.

    References
    ----------
    M. Nakanishi, L. G. Cooper, "Parameter estimation for a multiplicative competitive interaction model - least
    squares approach", *Journal of Marketing Research* 11 (1974) 303-311.
    """
    least = parameters.least_cost
    travel = np.where(np.isfinite(alternatives.minutes), alternatives.minutes, least)
    known = {
        "attraction": alternatives.attraction,
        "cost": np.maximum(cost, least),
        "travel": np.maximum(travel, least),
    }
    for name in known.keys() & alternatives.attributes.keys():
        raise ValueError(f"MCI: {name!r} is the model's own attribute; give the column another name")
    columns = known | dict(alternatives.attributes)
    utility = np.broadcast_to(alternatives.constant, cost.shape).copy()
    for name, exponent in parameters.exponents.items():
        if name not in columns:
            raise ValueError(f"MCI: the outlets have no attribute {name!r} (known: {', '.join(columns)})")
        utility += exponent * np.log(columns[name])
    return utility


CHOICE_MODELS.register("mci")(ChoiceModel(MciParameters, mci_utility))
