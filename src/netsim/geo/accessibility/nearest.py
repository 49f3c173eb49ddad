"""How far the nearest sites are: one, or several where people want a choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from netsim.geo.accessibility.catalogue import ACCESS_MEASURES, AccessData, AccessMeasure, Array
from netsim.geo.accessibility.catchments import CELLS_A_BLOCK


@dataclass(frozen=True, slots=True)
class Nearest:
    """
    Parameters of the way to the nearest sites.

    Parameters
    ----------
    count
        Number of sites that people want within their reach, at least 1.
    figure
        ``mean`` of the ways to them, or the way to the ``farthest`` of them.

    Raises
    ------
    ValueError
        If the number is below 1 or the figure unknown.
    """

    count: int = 1
    figure: Literal["mean", "farthest"] = "mean"

    def __post_init__(self) -> None:
        """Check the parameters."""
        _check_count(self.count)
        if self.figure not in {"mean", "farthest"}:
            raise ValueError(f"nearest: figure must be 'mean' or 'farthest', got {self.figure!r}")


def nearest_minutes(data: AccessData, count: int) -> Array:
    """
    Return the ways to the nearest sites that offer anything, minutes, rising, shape ``(zones, count)``.

    Parameters
    ----------
    data
        Supply and travel times; people do not matter.
    count
        Number of sites, at least 1.

    Returns
    -------
    ndarray
        ``inf`` where fewer sites have a way.

    Raises
    ------
    ValueError
        If fewer sites than that have supply.

    Examples
    --------
    >>> minutes = np.array([[7.0, 3.0, 1.0], [np.inf, 4.0, 1.0]])
    >>> data = AccessData(minutes, population=np.ones(2), supply=np.array([1.0, 2.0, 0.0]))
    >>> nearest_minutes(data, 2).tolist()
    [[3.0, 7.0], [4.0, inf]]
    """
    _check_count(count)
    offering = np.flatnonzero(data.supply > 0)
    if count > len(offering):
        raise ValueError(f"nearest: {count} sites are wanted, but {len(offering)} of {data.sites} have supply")
    ways = np.empty((data.zones, count))
    rows = max(1, CELLS_A_BLOCK // len(offering))
    for first in range(0, data.zones, rows):
        block = data.minutes[first : first + rows, offering]
        ways[first : first + rows] = np.sort(np.partition(block, count - 1, axis=1)[:, :count], axis=1)
    return ways


def minutes_to_nearest(data: AccessData, parameters: Nearest) -> Array:
    """
    Return the way from each zone to its nearest sites, minutes, shape ``(zones,)``; ``inf`` where too few have a way.

    Parameters
    ----------
    data
        Supply and travel times; people do not matter.
    parameters
        How many sites, and which figure of the ways to them.

    Raises
    ------
    ValueError
        If fewer sites than wanted have supply.

    Examples
    --------
    >>> minutes = np.array([[7.0, 3.0], [np.inf, 4.0]])
    >>> data = AccessData(minutes, population=np.ones(2), supply=np.ones(2))
    >>> minutes_to_nearest(data, Nearest(2)).tolist(), minutes_to_nearest(data, Nearest()).tolist()
    ([5.0, inf], [3.0, 4.0])
    """
    ways = nearest_minutes(data, parameters.count)
    return ways.mean(axis=1) if parameters.figure == "mean" else ways[:, -1].copy()


def _check_count(count: int) -> None:
    """Raise unless at least one site is wanted."""
    if count < 1:
        raise ValueError(f"nearest: the number of sites must be at least 1, got {count}")


ACCESS_MEASURES.register("nearest")(AccessMeasure(Nearest, "min", "lower", minutes_to_nearest))
