"""Multinomial logit: utility falls evenly with every minute."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from netsim.demand.choice.probabilities import CHOICE_MODELS, Alternatives, Array, ChoiceModel


@dataclass(frozen=True, slots=True)
class LogitParameters:
    """
    Parameters of the multinomial logit.

    Parameters
    ----------
    cost
        Utility of one minute of generalised cost, as estimated: normally negative, never positive.
    attraction
        Utility of the log of attraction; 1 = an outlet of twice the size draws twice as many.
    outside_utility
        Utility of going to no outlet; ``-inf`` = nobody does who reaches one.

    Raises
    ------
    ValueError
        If a figure is out of its range.
    """

    cost: float
    attraction: float = 1.0
    outside_utility: float = -math.inf

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not -math.inf < self.cost <= 0.0:
            raise ValueError(f"logit: utility must not rise with the cost, got {self.cost} a minute")
        if not math.isfinite(self.attraction):
            raise ValueError(f"logit: the utility of attraction must be finite, got {self.attraction}")
        if math.isnan(self.outside_utility) or self.outside_utility == math.inf:
            raise ValueError(f"logit: the utility of the outside option must be a number, got {self.outside_utility}")


def logit_utility(alternatives: Alternatives, cost: Array, parameters: LogitParameters) -> Array:
    """
    Return ``constant + a * log(attraction) + b * cost``.

    Parameters
    ----------
    alternatives
        Outlets.
    cost
        Generalised cost, minutes, finite, shape ``(zones, sites)``.
    parameters
        Weights of the terms.

    References
    ----------
    K. Train, *Discrete Choice Methods with Simulation* (2nd ed. 2009), chapter 3.
    """
    draw = alternatives.constant + parameters.attraction * np.log(alternatives.attraction)
    return draw + parameters.cost * cost


CHOICE_MODELS.register("logit")(ChoiceModel(LogitParameters, logit_utility))
