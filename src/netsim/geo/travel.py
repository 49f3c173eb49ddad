"""How long people are on the way from their zone to a site."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra

from netsim.geo.layers import LayerError
from netsim.geo.roads import RoadNetwork
from netsim.model.demand import TravelMatrix

WALKING_KMH = 4.8
"""Speed on the legs between a point and the network when the trip itself is not on foot."""
METRES_PER_MINUTE = 1000.0 / 60.0
"""Of one km/h."""


def travel_matrix(
    network: RoadNetwork,
    zones_xy: NDArray[np.float64],
    sites_xy: NDArray[np.float64],
    zone_ids: Sequence[str],
    site_ids: Sequence[str],
    speed_kmh: float,
    mode: str = "walk",
) -> TravelMatrix:
    """
    Travel times by the shortest way on the network.

    Every point goes straight to its nearest node, on foot, at both ends; reduce the network to its
    ``largest_component`` first, so that no point snaps to an island.

    Parameters
    ----------
    network
        Roads.
    zones_xy, sites_xy
        Points in metres of the network's CRS, shapes ``(zones, 2)`` and ``(sites, 2)``.
    zone_ids, site_ids
        Their ids.
    speed_kmh
        Speed on the network, km/h.
    mode
        ``walk`` or another name; on foot the legs at both ends have the speed of the network.

    Returns
    -------
    TravelMatrix
        ``inf`` where there is no way.

    Raises
    ------
    LayerError
        If the speed is not positive or a point is not finite.
    """
    zones, sites = _points(zones_xy, "zones"), _points(sites_xy, "sites")
    pace = METRES_PER_MINUTE * _speed(speed_kmh)
    leg_pace = pace if mode == "walk" else METRES_PER_MINUTE * WALKING_KMH
    start = network.snap(zones[:, 0], zones[:, 1])
    end = network.snap(sites[:, 0], sites[:, 1])
    ways = _network_metres(network, start.node, end.node)
    legs = start.metres[:, None] + end.metres[None, :]
    return TravelMatrix(
        zones=tuple(zone_ids),
        sites=tuple(site_ids),
        minutes=ways / pace + legs / leg_pace,
        metres=ways + legs,
        mode=f"{mode} {speed_kmh:g} km/h",
    )


def straight_line_matrix(
    zones_xy: NDArray[np.float64],
    sites_xy: NDArray[np.float64],
    zone_ids: Sequence[str],
    site_ids: Sequence[str],
    speed_kmh: float,
    mode: str = "walk",
    circuity: float = 1.3,
) -> TravelMatrix:
    """
    Travel times along the straight line, made longer by a factor.

    Parameters
    ----------
    zones_xy, sites_xy
        Points in metres of one projected CRS, shapes ``(zones, 2)`` and ``(sites, 2)``.
    zone_ids, site_ids
        Their ids.
    speed_kmh
        Speed, km/h.
    mode
        How people travel, for the report.
    circuity
        Length of the way over that of the straight line, at least 1.

    Raises
    ------
    LayerError
        If the speed is not positive, the circuity below 1, or a point not finite.
    """
    if not circuity >= 1.0:
        raise LayerError(
            "travel", f"a way is not shorter than the straight line; circuity must be at least 1, got {circuity:g}"
        )
    zones, sites = _points(zones_xy, "zones"), _points(sites_xy, "sites")
    across = zones[:, None, :] - sites[None, :, :]
    metres = circuity * np.hypot(across[..., 0], across[..., 1])
    minutes = metres / (METRES_PER_MINUTE * _speed(speed_kmh))
    label = f"{mode} {speed_kmh:g} km/h, straight line x {circuity:g}"
    return TravelMatrix(tuple(zone_ids), tuple(site_ids), minutes, metres, label)


def _network_metres(network: RoadNetwork, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.float64]:
    """Shortest ways from every start to every end, searched from the side with fewer nodes."""
    start, start_row = np.unique(starts, return_inverse=True)
    end, end_row = np.unique(ends, return_inverse=True)
    if len(end) < len(start):
        found = dijkstra(network.matrix().T.tocsr(), indices=end)[:, start].T
    else:
        found = dijkstra(network.matrix(), indices=start)[:, end]
    return np.asarray(found[np.ix_(start_row, end_row)], dtype=np.float64)


def _points(xy: NDArray[np.float64], what: str) -> NDArray[np.float64]:
    """Return the points as an array of two columns, or say that one is not finite."""
    points = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    if not np.isfinite(points).all():
        raise LayerError(what, "a coordinate is not a finite number")
    return points


def _speed(speed_kmh: float) -> float:
    """Return the speed if it is positive."""
    if not (np.isfinite(speed_kmh) and speed_kmh > 0.0):
        raise LayerError("travel", f"speed must be positive, got {speed_kmh:g} km/h")
    return speed_kmh
