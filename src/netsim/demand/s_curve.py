"""How customers move on to another channel over the years: a logistic curve."""

from __future__ import annotations

import math
from dataclasses import dataclass

NINE_TO_ONE = 2.0 * math.log(9.0)
"""Width of the logistic curve from 10 % to 90 % of its way, in units of its scale."""


@dataclass(frozen=True, slots=True)
class SCurve:
    """
    A share that grows along a logistic curve.

    Parameters
    ----------
    start, cap
        Shares long before and long after, ``0 <= start <= cap <= 1``.
    midpoint
        Year in which half of the way is gone.
    years
        Years from 10 % to 90 % of the way, positive.

    Raises
    ------
    ValueError
        If the shares are out of order or the years are not positive.
    """

    start: float
    cap: float
    midpoint: float
    years: float

    def __post_init__(self) -> None:
        """Check the curve."""
        if not 0.0 <= self.start <= self.cap <= 1.0:
            raise ValueError(f"s-curve: expected 0 <= start <= cap <= 1, got {self.start:g} and {self.cap:g}")
        if not self.years > 0.0:
            raise ValueError(f"s-curve: the years from 10 % to 90 % must be positive, got {self.years:g}")


def migrated_share(year: float, curve: SCurve) -> float:
    """
    Return the share that has moved on by a year.

    Parameters
    ----------
    year
        The year; a fraction is part of a year.
    curve
        The curve.

    References
    ----------
    Logistic diffusion as in Z. Griliches, "Hybrid corn: an exploration in the economics of technological
    change", *Econometrica* 25 (1957) 501-522.

    Examples
    --------
    >>> curve = SCurve(start=0.1, cap=0.5, midpoint=2028.0, years=6.0)
    >>> [round(migrated_share(year, curve), 4) for year in (2025.0, 2028.0, 2031.0)]
    [0.14, 0.3, 0.46]
    """
    steps = NINE_TO_ONE * (year - curve.midpoint) / curve.years
    way = 1.0 / (1.0 + math.exp(-steps)) if steps > 0.0 else math.exp(steps) / (1.0 + math.exp(steps))
    return curve.start + (curve.cap - curve.start) * way
