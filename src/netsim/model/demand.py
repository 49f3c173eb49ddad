"""Zones, demand and travel times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.model.provenance import Provenance


@dataclass(frozen=True, slots=True, eq=False)
class ZoneTable:
    """
    Demand zones.

    Parameters
    ----------
    ids
        Zone ids, length n.
    x, y
        Centres in metres of ``crs``, shape ``(n,)``.
    geometry
        Polygon (or point) of each zone as WKB, length n.
    crs
        Projected CRS, for example ``EPSG:3067``.
    people
        People by layer: layer id -> shape ``(n,)``.
    """

    ids: tuple[str, ...]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    geometry: tuple[bytes, ...]
    crs: str
    people: dict[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class DemandLayer:
    """
    Mean visits wished a day.

    Parameters
    ----------
    periods, scenarios, day_types, segments, tasks, zones
        Ids along the axes.
    visits
        Shape ``(periods, scenarios, day types, segments, tasks, zones)``, non-negative.
    provenance
        The weakest of its inputs.
    """

    periods: tuple[str, ...]
    scenarios: tuple[str, ...]
    day_types: tuple[str, ...]
    segments: tuple[str, ...]
    tasks: tuple[str, ...]
    zones: tuple[str, ...]
    visits: NDArray[np.float64]
    provenance: Provenance

    def __post_init__(self) -> None:
        """Check the axes; freeze the array."""
        axes = (self.periods, self.scenarios, self.day_types, self.segments, self.tasks, self.zones)
        if self.visits.shape != tuple(len(axis) for axis in axes):
            raise ValueError(f"demand layer: visits have the shape {self.visits.shape}, the axes say otherwise")
        if not np.all(np.isfinite(self.visits)) or np.any(self.visits < 0):
            raise ValueError("demand layer: visits must be finite and non-negative")
        self.visits.flags.writeable = False

    def daily(self, day_type: int, period: int = 0, scenario: int = 0) -> NDArray[np.float64]:
        """Return mean visits a day summed over segments, shape ``(tasks, zones)``."""
        total: NDArray[np.float64] = self.visits[period, scenario, day_type].sum(axis=0)
        return total


@dataclass(frozen=True, slots=True, eq=False)
class TravelMatrix:
    """
    Travel times from zones to sites.

    Parameters
    ----------
    zones, sites
        Ids of the rows and columns.
    minutes
        Shape ``(zones, sites)``; ``inf`` where there is no way.
    metres
        Length of the same ways, shape ``(zones, sites)``; ``inf`` where there is no way.
    mode
        How people travel, for example ``walk 4.8 km/h``.
    """

    zones: tuple[str, ...]
    sites: tuple[str, ...]
    minutes: NDArray[np.float64]
    metres: NDArray[np.float64]
    mode: str

    def __post_init__(self) -> None:
        """Check the shape; freeze the arrays."""
        shape = (len(self.zones), len(self.sites))
        if self.minutes.shape != shape or self.metres.shape != shape:
            raise ValueError(f"travel matrix: expected the shape {shape}")
        if np.any(np.isnan(self.minutes)) or np.any(self.minutes < 0):
            raise ValueError("travel matrix: minutes must be non-negative; write inf where there is no way")
        self.minutes.flags.writeable = False
        self.metres.flags.writeable = False
