"""Roads as loose arcs, the common form of all readers, and how they become rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from netsim.geo.crs import NO_CRS, measuring_crs, project
from netsim.geo.layer_errors import LayerError, counted

MIN_ARC_M = 1e-3
"""Shorter arcs get this length: a sparse matrix takes an arc of length 0 for none."""

MOST_CLASSES = np.iinfo(np.int16).max
"""A class is kept as a number of 16 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class RoadArcs:
    """
    Nodes and arcs in any order, loops and parallel arcs included.

    Parameters
    ----------
    ids
        Node ids, each once, shape ``(n,)``.
    x, y
        Metres in ``crs``, shape ``(n,)``.
    crs
        Projected CRS.
    tails, heads
        Positions of the nodes that each arc leaves and reaches, shape ``(m,)``.
    metres
        Length of each arc, shape ``(m,)``.
    kmh
        Its speed, NaN where unknown, shape ``(m,)``.
    names
        Its class, empty where it has none, shape ``(m,)``.

    Raises
    ------
    LayerError
        If a length is not a non-negative number.
    """

    ids: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    crs: str
    tails: NDArray[np.int64]
    heads: NDArray[np.int64]
    metres: NDArray[np.float64]
    kmh: NDArray[np.float64]
    names: NDArray[np.object_]

    def __post_init__(self) -> None:
        """Check the lengths; freeze the arrays."""
        wrong = ~(np.isfinite(self.metres) & (self.metres >= 0.0))
        if wrong.any():
            raise LayerError(
                "road edges",
                f"every length must be a non-negative number of metres: {counted(wrong, 'are not')}, "
                f"{self.metres[wrong][0]:g}",
            )
        for array in (self.ids, self.x, self.y, self.tails, self.heads, self.metres, self.kmh, self.names):
            array.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class RoadEdges:
    """
    Pieces of road before it is known in which directions they run.

    Parameters
    ----------
    ends
        Positions of the first and the last node, shape ``(e, 2)``.
    metres, kmh, names
        As in ``RoadArcs``, shape ``(e,)``.
    """

    ends: NDArray[np.int64]
    metres: NDArray[np.float64]
    kmh: NDArray[np.float64]
    names: NDArray[np.object_]


class Rows(NamedTuple):
    """Arcs sorted by the node that they leave (CSR)."""

    first: NDArray[np.int32]
    head: NDArray[np.int32]
    metres: NDArray[np.float64]
    kmh: NDArray[np.float64]
    road_class: NDArray[np.int16]
    classes: tuple[str, ...]


def along_both(
    nodes: gpd.GeoDataFrame,
    ids: NDArray[np.int64],
    edges: RoadEdges,
    forward: NDArray[np.bool_],
    backward: NDArray[np.bool_],
) -> RoadArcs:
    """
    Return the arcs of edges that run both ways, except where they are one-way.

    Parameters
    ----------
    nodes
        Points in a projected CRS, n rows.
    ids
        Their ids, shape ``(n,)``.
    edges
        The e edges.
    forward, backward
        Which edges run only from their first to their last node, or only back, shape ``(e,)``.
    """
    there, back = ~backward, ~forward
    return RoadArcs(
        ids,
        nodes.geometry.x.to_numpy(),
        nodes.geometry.y.to_numpy(),
        str(nodes.crs.to_string()),
        np.concatenate([edges.ends[there, 0], edges.ends[back, 1]]),
        np.concatenate([edges.ends[there, 1], edges.ends[back, 0]]),
        *(np.concatenate([column[there], column[back]]) for column in (edges.metres, edges.kmh, edges.names)),
    )


def rows_of(arcs: RoadArcs) -> Rows:
    """
    Sort arcs into rows; drop loops and all but one of parallel arcs.

    Where the speed of all parallel arcs is known, the one with the least minutes stays, else the shortest;
    of equal ones the fastest.

    Parameters
    ----------
    arcs
        Loose arcs.

    Raises
    ------
    LayerError
        If there are more classes than are kept apart.
    """
    _, rank = np.unique(arcs.names.astype(str), return_inverse=True)
    metres = np.maximum(arcs.metres, MIN_ARC_M)
    pair = arcs.tails * np.int64(len(arcs.ids)) + arcs.heads
    _, group = np.unique(pair, return_inverse=True)
    known = np.bincount(group, np.isnan(arcs.kmh)) == 0
    cost = np.where(known[group], metres / arcs.kmh, metres)
    slowness = np.where(np.isnan(arcs.kmh), np.inf, -arcs.kmh)
    order = np.lexsort((rank, slowness, metres, cost, pair))
    order = order[np.r_[True, np.diff(pair[order]) != 0]] if len(order) else order
    order = order[arcs.tails[order] != arcs.heads[order]]
    classes, code = _coded(arcs.names[order])
    first = np.concatenate([[0], np.cumsum(np.bincount(arcs.tails[order], minlength=len(arcs.ids)))])
    return Rows(
        first.astype(np.int32),
        arcs.heads[order].astype(np.int32),
        metres[order],
        arcs.kmh[order],
        code,
        classes,
    )


def positions_of(ids: NDArray[np.int64], ends: NDArray[np.int64], where: str) -> NDArray[np.int64]:
    """
    Return the positions of node ids in an increasing list, same shape as ``ends``.

    Raises
    ------
    LayerError
        If an id is not in the list.
    """
    at = np.searchsorted(ids, ends).clip(max=max(len(ids) - 1, 0)) if len(ids) else np.zeros_like(ends)
    unknown = (ids[at] != ends) if len(ids) else np.ones(ends.shape, dtype=bool)
    if unknown.any():
        missing = np.unique(ends[unknown])
        more = f" ({len(missing)} such nodes)" if len(missing) > 1 else ""
        raise LayerError(where, f"node {ends[unknown][0]} is not in the table of nodes{more}")
    return np.asarray(at, dtype=np.int64)


def in_metres(frame: gpd.GeoDataFrame, crs: str | None, where: str) -> gpd.GeoDataFrame:
    """
    Return a layer in a projected CRS: the one asked for, its own, or the UTM zone of a layer in degrees.

    Raises
    ------
    LayerError
        If the layer states no CRS, or the one asked for does not measure in metres.
    """
    if frame.crs is None:
        raise LayerError(where, NO_CRS)
    return project(frame, crs or (measuring_crs(frame) if len(frame) else str(frame.crs.to_string())), where)


def geodesic_metres(lines: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return the length of lines given in lon and lat on the ellipsoid, metres, shape ``(n,)``."""
    points, line = shapely.get_coordinates(np.asarray(lines.geometry.array), return_index=True)
    same = line[1:] == line[:-1]
    metres = geodesic_steps(points[:-1][same], points[1:][same])
    return np.asarray(np.bincount(line[1:][same], metres, len(lines)), dtype=np.float64)


def geodesic_steps(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distance on the ellipsoid between points in lon and lat, shapes ``(n, 2)``; metres, shape ``(n,)``."""
    _, _, metres = pyproj.Geod(ellps="WGS84").inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    return np.asarray(metres, dtype=np.float64)


def _coded(names: NDArray[np.object_]) -> tuple[tuple[str, ...], NDArray[np.int16]]:
    """Classes in order of the alphabet, and the position of each arc's, -1 where it has none."""
    classes = sorted(set(names.tolist()) - {""})
    if len(classes) > MOST_CLASSES:
        raise LayerError(
            "road edges", f"{len(classes):,} different classes of roads; at most {MOST_CLASSES:,} are kept"
        )
    number = {name: place for place, name in enumerate(classes)} | {"": -1}
    return tuple(classes), np.array([number[name] for name in names.tolist()], dtype=np.int16)
