"""Cumulative opportunities: how much supply people reach, whoever else does."""

from __future__ import annotations

from dataclasses import dataclass

from netsim.geo.accessibility.catalogue import ACCESS_MEASURES, AccessData, AccessMeasure, Array, check_limit
from netsim.geo.accessibility.catchments import Pairs, plain_zone_sums, zone_sums
from netsim.geo.accessibility.decay import Decay


@dataclass(frozen=True, slots=True)
class Opportunities:
    """
    Parameters of cumulative opportunities.

    Parameters
    ----------
    max_minutes
        Longest way that people accept, minutes; the limit itself is in reach.
    decay
        Weight of a way; None counts everything in reach alike. With a ``PowerDecay`` this is Hansen's potential.

    Raises
    ------
    ValueError
        If the limit is negative.
    """

    max_minutes: float = 30.0
    decay: Decay | None = None

    def __post_init__(self) -> None:
        """Check the limit."""
        check_limit("opportunities", self.max_minutes)


def opportunities_in_reach(data: AccessData, parameters: Opportunities) -> Array:
    """
    Return the supply within reach of each zone, shape ``(zones,)``; 0 where there is none.

    Parameters
    ----------
    data
        Supply and travel times; people do not matter.
    parameters
        The longest way and the decay.

    References
    ----------
    M. Wachs, T. G. Kumagai, "Physical accessibility as a social indicator", *Socio-Economic Planning Sciences* 7
    (1973) 437-456; with decay: W. G. Hansen, *Journal of the American Institute of Planners* 25 (1959) 73-76.

    Examples
    --------
    >>> import numpy as np
    >>> minutes = np.array([[5.0, 30.0], [31.0, np.inf]])
    >>> data = AccessData(minutes, population=np.ones(2), supply=np.array([2.0, 3.0]))
    >>> opportunities_in_reach(data, Opportunities(max_minutes=30.0)).tolist()
    [5.0, 0.0]
    """
    decay = parameters.decay
    if decay is None:
        return plain_zone_sums(data, parameters.max_minutes, data.supply)

    def weigh(pairs: Pairs) -> Array:
        return decay(pairs.minutes)

    return zone_sums(data, min(parameters.max_minutes, decay.reach), weigh, data.supply)


ACCESS_MEASURES.register("opportunities")(AccessMeasure(Opportunities, "supply", "higher", opportunities_in_reach))
