"""What a measure of access is, what it is computed from, and the table of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from netsim.registry import Registry

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class AccessData:
    """
    People, what sites offer them, and how far apart they are.

    Parameters
    ----------
    minutes
        Travel times, shape ``(zones, sites)``, non-negative; ``inf`` where there is no way.
    population
        People of each zone, shape ``(zones,)``, non-negative.
    supply
        What each site offers (counters, staff, opening hours), shape ``(sites,)``, non-negative.

    Raises
    ------
    ValueError
        If shapes differ or a figure is out of its range.
    """

    minutes: Array
    population: Array
    supply: Array

    def __post_init__(self) -> None:
        """Check shapes and ranges; freeze the arrays."""
        if self.minutes.ndim != 2:
            raise ValueError(f"access: minutes have the shape {self.minutes.shape}; expected (zones, sites)")
        zones, sites = self.minutes.shape
        for name, column, length in (("population", self.population, zones), ("supply", self.supply, sites)):
            if column.shape != (length,):
                raise ValueError(
                    f"access: {name} has the shape {column.shape}; minutes of {zones} zones and {sites} sites ask for "
                    f"({length},)"
                )
            _refuse(name, column, np.isfinite(column) & (column >= 0), "finite and non-negative")
        if not self.minutes.min(initial=0.0) >= 0.0:  # also true of NaN; needs no table of flags
            _refuse("minutes", self.minutes, self.minutes >= 0, "non-negative; write inf where there is no way")
        for array in (self.minutes, self.population, self.supply):
            array.flags.writeable = False

    @property
    def zones(self) -> int:
        """Number of zones."""
        return int(self.minutes.shape[0])

    @property
    def sites(self) -> int:
        """Number of sites."""
        return int(self.minutes.shape[1])


@dataclass(frozen=True, slots=True)
class AccessMeasure:
    """
    A way to say how well each zone is served.

    Parameters
    ----------
    parameters
        The record of its parameters.
    unit
        Unit of the figures.
    better
        ``higher`` for scores, where a zone out of reach of everything has 0; ``lower`` for costs, where it has
        ``inf``. No measure returns NaN, so that no later figure loses those served worst.
    score
        ``score(data, parameters)`` returns a figure for each zone, shape ``(zones,)``.
    """

    parameters: type[Any]
    unit: str
    better: Literal["higher", "lower"]
    score: Callable[[AccessData, Any], Array]


ACCESS_MEASURES: Registry[AccessMeasure] = Registry("access measure")


def check_limit(what: str, minutes: float) -> None:
    """
    Refuse a longest way that is negative or no number.

    Raises
    ------
    ValueError
        With the measure and the value.
    """
    if not minutes >= 0.0:
        raise ValueError(f"{what}: max_minutes must be non-negative, got {minutes}")


def _refuse(name: str, column: Array, right: NDArray[np.bool_], wanted: str) -> None:
    """Raise with the first value that is wrong and its place."""
    if not right.all():
        place = tuple(int(index) for index in np.argwhere(~right)[0])
        raise ValueError(f"access: {name} at {place} is {column[place]}; it must be {wanted}")
