"""Enhanced two-step floating catchments (E2SFCA): supply per head, the near counting more than the far."""

from __future__ import annotations

import math
from dataclasses import dataclass

from netsim.geo.accessibility.catalogue import ACCESS_MEASURES, AccessData, AccessMeasure, Array, check_limit
from netsim.geo.accessibility.catchments import Pairs, floating_catchments
from netsim.geo.accessibility.decay import Decay, StepDecay

LUO_QI = StepDecay((10.0, 20.0, 30.0), (1.0, 0.68, 0.22))
"""Rings and weights of the first paper (its set with the slower decay)."""


@dataclass(frozen=True, slots=True)
class EnhancedTwoStep:
    """
    Parameters of enhanced two-step floating catchments.

    Parameters
    ----------
    decay
        Weight of a way.
    max_minutes
        Longest way that people accept, minutes; the limit itself is in reach. ``inf`` leaves it to the decay.

    Raises
    ------
    ValueError
        If the limit is negative.
    """

    decay: Decay = LUO_QI
    max_minutes: float = math.inf

    def __post_init__(self) -> None:
        """Check the limit."""
        check_limit("enhanced two-step", self.max_minutes)


def enhanced_two_step_access(data: AccessData, parameters: EnhancedTwoStep) -> Array:
    """
    Return the supply per head within reach of each zone, weighted by the way, shape ``(zones,)``; 0 without any.

    Parameters
    ----------
    data
        People, supply and travel times.
    parameters
        The decay and the longest way.

    References
    ----------
    W. Luo, Y. Qi, "An enhanced two-step floating catchment area (E2SFCA) method for measuring spatial accessibility
    to primary care physicians", *Health & Place* 15 (2009) 1100-1107.

    Examples
    --------
    >>> import numpy as np
    >>> data = AccessData(np.array([[5.0], [15.0]]), population=np.array([100.0, 100.0]), supply=np.array([1.68]))
    >>> enhanced_two_step_access(data, EnhancedTwoStep()).round(6).tolist()
    [0.01, 0.0068]
    """

    def weigh(pairs: Pairs) -> Array:
        return parameters.decay(pairs.minutes)

    return floating_catchments(data, min(parameters.max_minutes, parameters.decay.reach), weigh)


ACCESS_MEASURES.register("enhanced_two_step")(
    AccessMeasure(EnhancedTwoStep, "supply per head", "higher", enhanced_two_step_access)
)
