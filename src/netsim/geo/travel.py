"""How long people are on the way from their zone to a site."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netsim.geo.congestion import FREE, HourGroup
from netsim.geo.layers import LayerError
from netsim.geo.roads import RoadNetwork, Snap
from netsim.geo.ways import Arcs, HierarchyStore, Ways, default_store, shortest_ways
from netsim.model.demand import TravelMatrix

if TYPE_CHECKING:
    from netsim.geo.transit import TransitGraph

WALKING_KMH = 4.8
"""Speed on the legs between a point and the network when the trip itself is not on foot."""
METRES_PER_MINUTE = 1000.0 / 60.0
"""Of one km/h."""
FAR_SNAP_M = 500.0
"""A point farther than this from every road is told: it lies outside the network, or is misplaced."""

Points = NDArray[np.float64]


def travel_matrix(
    network: RoadNetwork,
    zones_xy: Points,
    sites_xy: Points,
    zone_ids: Sequence[str],
    site_ids: Sequence[str],
    speed_kmh: float,
    mode: str = "walk",
    *,
    own_speeds: bool = False,
    hours: Sequence[HourGroup] = FREE,
    engine: str = "auto",
    store: HierarchyStore | None = None,
) -> TravelMatrix:
    """
    Travel times by the quickest way on the network.

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
        Speed on the network, km/h; with ``own_speeds`` where a road has none.
    mode
        ``walk`` or another name; on foot the legs at both ends have the speed of the network.
    own_speeds
        Whether roads have their own speeds.
    hours
        Hours in which roads are slow: the result is the mean over their departures, each by its quickest way.
    engine, store
        As in ``shortest_ways``; the user's own store where none is given.

    Returns
    -------
    TravelMatrix
        ``inf`` where there is no way.

    Raises
    ------
    LayerError
        If a speed is not positive, a point is not finite, or no road is of a class that is slow.
    """
    zones, sites = _points(zones_xy, "zones"), _points(sites_xy, "sites")
    pace = METRES_PER_MINUTE * _speed(speed_kmh)
    start, end = _snapped(network, zones, sites)
    kept = default_store() if store is None else store
    shape = (len(zones), len(sites))
    minutes, metres = np.zeros(shape), np.zeros(shape)
    for group in hours:
        ways = _ways(network, (start, end), speed_kmh, group, own_speeds=own_speeds, engine=engine, store=kept)
        minutes += group.weight * ways.cost
        metres += group.weight * (ways.cost * pace if ways.along is None else ways.along)
    legs = start.metres[:, None] + end.metres[None, :]
    leg_pace = pace if mode == "walk" else METRES_PER_MINUTE * WALKING_KMH
    speed = f"own speeds, else {speed_kmh:g} km/h" if own_speeds else f"{speed_kmh:g} km/h"
    label = f"{mode} {speed}" + (f", mean over {len(hours)} kinds of hours" if len(hours) > 1 else "")
    return TravelMatrix(tuple(zone_ids), tuple(site_ids), minutes + legs / leg_pace, metres + legs, label)


def transit_matrix(
    walk: RoadNetwork,
    graph: TransitGraph,
    zones_xy: Points,
    sites_xy: Points,
    zone_ids: Sequence[str],
    site_ids: Sequence[str],
    walk_kmh: float,
    *,
    engine: str = "scipy",
    store: HierarchyStore | None = None,
) -> TravelMatrix:
    """
    Travel times on foot and by public transport, whichever way is quickest.

    Parameters
    ----------
    walk
        The walking network that the graph was made of.
    graph
        Walking, waiting and riding.
    zones_xy, sites_xy, zone_ids, site_ids, store
        As in ``travel_matrix``.
    engine
        As in ``shortest_ways``; arcs from stop to stop contract badly, so that the hierarchy seldom pays.
    walk_kmh
        Speed on foot of the graph, km/h; the legs to and from the network have it too.

    Returns
    -------
    TravelMatrix
        Metres are those on foot and, on board, straight from stop to stop.

    Raises
    ------
    LayerError
        If a point is not finite.
    """
    zones, sites = _points(zones_xy, "zones"), _points(sites_xy, "sites")
    start, end = _snapped(walk, zones, sites)
    kept = default_store() if store is None else store
    arcs = Arcs(graph.first, graph.head, graph.minutes, graph.along)
    ways = shortest_ways(arcs, start.node, graph.end_nodes(end.node), engine=engine, store=kept)
    legs = start.metres[:, None] + end.metres[None, :]
    minutes = ways.cost + legs / (METRES_PER_MINUTE * _speed(walk_kmh))
    metres = legs + (0.0 if ways.along is None else ways.along)
    return TravelMatrix(tuple(zone_ids), tuple(site_ids), minutes, metres, f"walk {walk_kmh:g} km/h and transit")


def straight_line_matrix(
    zones_xy: Points,
    sites_xy: Points,
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


def _ways(
    network: RoadNetwork,
    ends: tuple[Snap, Snap],
    speed_kmh: float,
    group: HourGroup,
    *,
    own_speeds: bool,
    engine: str,
    store: HierarchyStore,
) -> Ways:
    """Return the quickest ways in some hours; metres come along where they do not follow from the minutes."""
    minutes = network.minutes(speed_kmh, group.factors, otherwise=group.everywhere, ignore_speeds=not own_speeds)
    varied = own_speeds or group.everywhere != 1.0 or any(factor != 1.0 for factor in group.factors.values())
    arcs = Arcs(network.first, network.head, minutes, network.metres if varied else None)
    start, end = ends
    return shortest_ways(arcs, start.node, end.node, engine=engine, store=store)


def _snapped(network: RoadNetwork, zones: Points, sites: Points) -> tuple[Snap, Snap]:
    """Return the nodes nearest to zones and sites."""
    return network.snap(zones[:, 0], zones[:, 1]), network.snap(sites[:, 0], sites[:, 1])


def _points(xy: Points, what: str) -> Points:
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
