"""Where points meet the roads: the nearest node, and points that lie far from any."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.spatial
from numpy.typing import NDArray

from netsim.geo.layer_errors import LayerError


@dataclass(frozen=True, slots=True, eq=False)
class Snap:
    """
    The nodes nearest to some points.

    Parameters
    ----------
    node
        Positions of the nodes, shape ``(n,)``.
    metres
        Straight distances to them, shape ``(n,)``.
    """

    node: NDArray[np.int64]
    metres: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        self.node.flags.writeable = False
        self.metres.flags.writeable = False


def nearest_nodes(nodes_xy: NDArray[np.float64], points_xy: NDArray[np.float64]) -> Snap:
    """
    Return the nearest node of each point.

    Parameters
    ----------
    nodes_xy, points_xy
        Metres in one projected CRS, shapes ``(n, 2)`` and ``(k, 2)``.

    Raises
    ------
    LayerError
        If there is no node at all, or a coordinate of a point is not finite.
    """
    if not len(nodes_xy):
        raise LayerError("road network", "there is no road at all that a point could lie at")
    wrong = ~np.isfinite(points_xy).all(axis=1)
    if wrong.any():
        message = f"point {int(np.flatnonzero(wrong)[0]) + 1} of {len(points_xy)} has no finite coordinates"
        raise LayerError("road network", f"{message}; it cannot be snapped to a road")
    metres, node = scipy.spatial.cKDTree(nodes_xy).query(points_xy)
    return Snap(np.array(node, dtype=np.int64), np.array(metres, dtype=np.float64))


def far_snaps(snap: Snap, limit_m: float) -> NDArray[np.int64]:
    """
    Return the positions of the points that lie farther from their node than they should, farthest first.

    Parameters
    ----------
    snap
        Points and their nodes.
    limit_m
        Metres within which a point counts as lying at the road.

    Examples
    --------
    >>> far_snaps(Snap(np.array([0, 0, 1]), np.array([10.0, 900.0, 2_500.0])), 500.0).tolist()
    [2, 1]
    """
    order = np.argsort(-snap.metres, kind="stable")
    return np.asarray(order[snap.metres[order] > limit_m], dtype=np.int64)
