"""Estimated coefficients of a choice model, with what can be said of their precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

COLLINEAR = 1e-10
"""Columns whose smallest singular value is below this part of the largest say the same thing twice."""
ROUNDING = 1e-14
"""Differences below this part of the largest value are rounding."""
TAKES_PART = 1e-6
"""A column takes part in a direction if its part of it is above this."""


@dataclass(frozen=True, slots=True, eq=False)
class Coefficients:
    """
    Coefficients of a choice model.

    Parameters
    ----------
    names
        Attributes, length k.
    value
        Estimates, shape ``(k,)``.
    standard_error
        Their standard errors, shape ``(k,)``.
    lower, upper
        Ends of the interval of each coefficient at the level ``confidence``, shape ``(k,)``.
    p
        Chance of an estimate as far from 0 if the coefficient were 0, shape ``(k,)``.
    confidence
        Level of the intervals, two-sided.
    """

    names: tuple[str, ...]
    value: Array
    standard_error: Array
    lower: Array
    upper: Array
    p: Array
    confidence: float

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for column in (self.value, self.standard_error, self.lower, self.upper, self.p):
            column.flags.writeable = False

    @property
    def t(self) -> Array:
        """Estimates in standard errors (z where the law is normal), shape ``(k,)``."""
        return np.divide(
            self.value, self.standard_error, out=np.full_like(self.value, np.inf), where=self.standard_error > 0.0
        )

    def by_name(self) -> dict[str, float]:
        """Return the estimates by name, as a choice model takes them."""
        return dict(zip(self.names, self.value.tolist(), strict=True))


def check_confidence(confidence: float) -> None:
    """Raise ``ValueError`` unless the level lies between 0 and 1."""
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence}")


def check_identified(columns: Array, names: Sequence[str]) -> None:
    """
    Raise if the coefficients of some columns cannot be told apart.

    Parameters
    ----------
    columns
        What differs between the alternatives of one origin, shape ``(rows, k)``.
    names
        Names of the columns, length k.

    Raises
    ------
    ValueError
        If a column is the same for all alternatives of every origin, or is a sum of others; all of them are named.
    """
    scale = np.sqrt((columns**2).sum(axis=0))
    flat = [name for name, size in zip(names, scale, strict=True) if not size > 0.0]
    if flat:
        raise ValueError(
            f"{', '.join(flat)}: the same for all alternatives of every origin, so choices say nothing of it; "
            "leave it out"
        )
    _, sizes, directions = np.linalg.svd(columns / scale, full_matrices=False)
    if len(sizes) < len(names):
        raise ValueError(f"{len(names)} coefficients from {len(columns)} observations; leave some attributes out")
    loose = sizes < COLLINEAR * sizes[0]
    if loose.any():
        parts = np.abs(directions[loose]).max(axis=0) > TAKES_PART
        guilty = ", ".join(name for name, part in zip(names, parts, strict=True) if part)
        raise ValueError(
            f"{guilty}: they say the same thing twice, so their coefficients cannot be told apart; drop one"
        )
