"""Three-step floating catchments (3SFCA): people divide themselves over the sites before they are counted."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from netsim.geo.accessibility.catalogue import ACCESS_MEASURES, AccessData, AccessMeasure, Array, check_limit
from netsim.geo.accessibility.catchments import Pairs, floating_catchments
from netsim.geo.accessibility.decay import Decay, GaussianDecay

BELL = GaussianDecay(20.0)
"""The decay unless told: a site an hour away weighs 1 % of one at the door."""


@dataclass(frozen=True, slots=True)
class ThreeStep:
    """
    Parameters of three-step floating catchments.

    Parameters
    ----------
    decay
        Weight of a way.
    max_minutes
        Longest way that people accept, minutes; the limit itself is in reach.

    Raises
    ------
    ValueError
        If the limit is negative.
    """

    decay: Decay = BELL
    max_minutes: float = math.inf

    def __post_init__(self) -> None:
        """Check the limit."""
        check_limit("three-step", self.max_minutes)


def three_step_access(data: AccessData, parameters: ThreeStep) -> Array:
    """
    Return the supply per head of each zone when people choose among sites by their ways, shape ``(zones,)``.

    A pair counts with its decay times the share of its decay among all sites that the zone has a way to, those
    beyond ``max_minutes`` included: competition does not end at the limit. A zone without a site in reach has 0.

    Parameters
    ----------
    data
        People, supply and travel times.
    parameters
        The decay and the longest way.

    References
    ----------
    N. Wan, B. Zou, T. Sternberg, "A three-step floating catchment area method for analyzing spatial access to health
    services", *International Journal of Geographical Information Science* 26 (2012) 1073-1089.

    Examples
    --------
    >>> from netsim.geo.accessibility.decay import StepDecay
    >>> minutes = np.array([[5.0, 5.0], [5.0, np.inf]])
    >>> data = AccessData(minutes, population=np.array([200.0, 100.0]), supply=np.array([2.0, 1.0]))
    >>> three_step_access(data, ThreeStep(StepDecay((30.0,), (1.0,)))).tolist()
    [0.01, 0.01]
    """

    def weigh(pairs: Pairs) -> Array:
        decay = parameters.decay(pairs.minutes)
        of_all = np.bincount(pairs.row, decay, pairs.rows)[pairs.row]
        chosen = np.divide(decay, of_all, out=np.zeros_like(decay), where=of_all > 0.0)
        return np.where(pairs.minutes <= parameters.max_minutes, decay * chosen, 0.0)

    return floating_catchments(data, parameters.decay.reach, weigh)


ACCESS_MEASURES.register("three_step")(AccessMeasure(ThreeStep, "supply per head", "higher", three_step_access))
