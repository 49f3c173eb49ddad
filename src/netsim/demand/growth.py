"""How the people of a layer change over the years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np


@dataclass(frozen=True, slots=True)
class Growth:
    """
    Number of people relative to a base figure, by year.

    Parameters
    ----------
    years
        Increasing years; a rate has one, the year of the base figure.
    factors
        People relative to the base figure in each of them, non-negative, as many.
    yearly
        Growth a year before the first and beyond the last of the years, compounded; 0 keeps the outer factors.

    Raises
    ------
    ValueError
        If there is no year, they do not increase, or a factor is negative.
    """

    years: tuple[float, ...]
    factors: tuple[float, ...]
    yearly: float = 0.0

    def __post_init__(self) -> None:
        """Check the years."""
        if not self.years or len(self.years) != len(self.factors):
            raise ValueError(
                f"growth: {len(self.years)} years and {len(self.factors)} factors; expected as many, one or more"
            )
        if any(later <= earlier for earlier, later in pairwise(self.years)):
            raise ValueError(f"growth: the years must increase, got {list(self.years)}")
        if min(self.factors) < 0.0 or self.yearly <= -1.0:
            raise ValueError("growth: factors must not be negative, nor a rate -100% or less")

    def factor(self, year: float) -> float:
        """
        Return the people in a year relative to the base figure: linear between the years, compounded beyond.

        Examples
        --------
        >>> round(Growth((2024.0,), (1.0,), 0.02).factor(2026.0), 6)
        1.0404
        >>> Growth((2024.0, 2030.0), (1.0, 1.3)).factor(2026.0)
        1.1
        """
        inside = min(max(year, self.years[0]), self.years[-1])
        held = float(np.interp(inside, self.years, self.factors))
        return held * float((1.0 + self.yearly) ** (year - inside))


def growth_along(points: Sequence[tuple[float, float]]) -> Growth:
    """Return the growth along points ``(year, factor)``; the outer factors hold beyond them."""
    return Growth(tuple(year for year, _ in points), tuple(factor for _, factor in points))
