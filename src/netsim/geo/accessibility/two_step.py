"""Two-step floating catchments (2SFCA): supply per head, all in reach alike."""

from __future__ import annotations

from dataclasses import dataclass

from netsim.geo.accessibility.catalogue import ACCESS_MEASURES, AccessData, AccessMeasure, Array, check_limit
from netsim.geo.accessibility.catchments import plain_floating_catchments


@dataclass(frozen=True, slots=True)
class TwoStep:
    """
    Parameters of two-step floating catchments.

    Parameters
    ----------
    max_minutes
        Longest way that people accept, minutes; the limit itself is in reach.

    Raises
    ------
    ValueError
        If the limit is negative.
    """

    max_minutes: float = 30.0

    def __post_init__(self) -> None:
        """Check the limit."""
        check_limit("two-step", self.max_minutes)


def two_step_access(data: AccessData, parameters: TwoStep) -> Array:
    """
    Return the supply per head within reach of each zone, shape ``(zones,)``; 0 where there is none.

    Parameters
    ----------
    data
        People, supply and travel times.
    parameters
        The longest way.

    References
    ----------
    W. Luo, F. Wang, "Measures of spatial accessibility to health care in a GIS environment: synthesis and a case
    study in the Chicago region", *Environment and Planning B* 30 (2003) 865-884.

    Examples
    --------
    >>> import numpy as np
    >>> minutes = np.array([[5.0, 40.0], [10.0, 30.0], [np.inf, 31.0]])
    >>> data = AccessData(minutes, population=np.array([300.0, 100.0, 50.0]), supply=np.array([4.0, 2.0]))
    >>> two_step_access(data, TwoStep(max_minutes=30.0)).round(4).tolist()
    [0.01, 0.03, 0.0]
    """
    return plain_floating_catchments(data, parameters.max_minutes)


ACCESS_MEASURES.register("two_step")(AccessMeasure(TwoStep, "supply per head", "higher", two_step_access))
