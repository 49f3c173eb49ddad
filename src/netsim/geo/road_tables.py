"""Roads from tables: nodes and edges, or lines alone."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from netsim.geo.crs import NO_CRS, WGS84
from netsim.geo.layer_errors import LayerError, counted
from netsim.geo.layers import number_column
from netsim.geo.road_arcs import RoadArcs, RoadEdges, along_both, geodesic_metres, in_metres, positions_of
from netsim.geo.road_tags import one_way, table_classes, table_speeds

NODE_GRID_M = 1e-3
"""Ends of lines that agree to this many metres are one node: below what any survey or projection tells apart."""

LENGTH_TOLERANCE = 2.0
"""Stated lengths of lines may add up to between half and twice what the shapes measure; beyond, they are no metres."""


def table_arcs(nodes: gpd.GeoDataFrame, edges: pd.DataFrame, crs: str | None) -> RoadArcs:
    """
    Return the arcs of a table of nodes and one of edges; see ``RoadNetwork.from_tables``.

    Parameters
    ----------
    nodes
        Column ``id`` and points.
    edges
        Columns ``u``, ``v``, ``length``, and optional ones.
    crs
        Projected CRS; None for the nodes' own, or their UTM zone.

    Raises
    ------
    LayerError
        If the tables make no network.
    """
    ids = whole_numbers(nodes, "id", "road nodes")
    ends = np.column_stack([whole_numbers(edges, name, "road edges") for name in ("u", "v")])
    metres = number_column(edges, "length", "road edges")
    moved = in_metres(nodes, crs, "road nodes")
    order = np.argsort(ids, kind="stable")
    ids = ids[order]
    twice = np.flatnonzero(np.diff(ids) == 0)
    if len(twice):
        raise LayerError("road nodes", f"node {ids[twice[0]]} stands twice")
    at = positions_of(ids, ends, "road edges")
    speeds, classes = table_speeds(edges, "road edges"), table_classes(edges)
    pieces = RoadEdges(at, metres, speeds, classes)
    return along_both(moved.iloc[order], ids, pieces, *one_way(edges, "road edges"))


def line_arcs(lines: gpd.GeoDataFrame, crs: str | None, where: str) -> RoadArcs:
    """
    Return the arcs of lines that meet at their ends; see ``RoadNetwork.from_edges``.

    Parameters
    ----------
    lines
        LineStrings or MultiLineStrings.
    crs
        Projected CRS; None for the lines' own, or their UTM zone.
    where
        How the layer is called in messages.

    Raises
    ------
    LayerError
        If the lines make no network.
    """
    if not len(lines):
        raise LayerError(where, "the layer holds no roads")
    if lines.crs is None:
        raise LayerError(where, NO_CRS)
    other = ~lines.geom_type.isin(["LineString", "MultiLineString"]).to_numpy(dtype=bool)
    other |= lines.geometry.is_empty.to_numpy(dtype=bool)
    if other.any():
        kind = lines.geom_type[other].iloc[0] or "nothing"
        raise LayerError(where, f"roads must be lines: {counted(other, 'shapes are others')}, {kind}")
    parts = lines.reset_index(drop=True).explode(index_parts=False)
    row = parts.index.to_numpy()
    metres = _lengths(lines, geodesic_metres(parts.to_crs(WGS84)), row, where)
    moved = in_metres(parts, crs, where)
    node_xy, ends = _nodes_at_ends(np.asarray(moved.geometry.array))
    speeds, classes = table_speeds(lines, where), table_classes(lines)
    forward, backward = one_way(lines, where)
    nodes = gpd.GeoDataFrame(geometry=shapely.points(node_xy), crs=moved.crs)
    pieces = RoadEdges(ends, metres, speeds[row], classes[row])
    return along_both(nodes, np.arange(len(nodes), dtype=np.int64), pieces, forward[row], backward[row])


def whole_numbers(table: pd.DataFrame, name: str, where: str) -> NDArray[np.int64]:
    """
    Return a column of node ids, shape ``(rows,)``; large ids do not pass through a float.

    Raises
    ------
    LayerError
        If there is no such column or a value is no whole number.
    """
    if pd.api.types.is_integer_dtype(table.get(name, pd.Series(dtype=float))) and not table[name].hasnans:
        return np.asarray(table[name].to_numpy(dtype=np.int64))
    values = number_column(table, name, where)
    if not (np.abs(values) < 2.0**53).all() or (values != np.rint(values)).any():
        raise LayerError(where, f"column {name!r} must hold a whole number in every row")
    return values.astype(np.int64)


def _lengths(
    lines: gpd.GeoDataFrame, measured: NDArray[np.float64], row: NDArray[np.int64], where: str
) -> NDArray[np.float64]:
    """Length of each part: the stated one, divided among the parts of a line, where there is one; else measured."""
    if "length" not in lines:
        return measured
    stated = number_column(lines, "length", where)
    whole = np.bincount(row, measured, len(lines))
    known = np.isfinite(stated)
    total, shapes = float(stated[known].sum()), float(whole[known].sum())
    if known.any() and not shapes / LENGTH_TOLERANCE <= total <= shapes * LENGTH_TOLERANCE:
        message = f"column 'length' adds up to {total:,.6g}, but the lines measure {shapes:,.6g} m"
        raise LayerError(where, f"{message}; lengths are metres, or leave the column out")
    if (stated[known] < 0.0).any():
        message = counted(known & (stated < 0.0), "lengths are negative")
        raise LayerError(where, f"column 'length': {message}; leave a length empty that is not known")
    factor = np.divide(stated, whole, out=np.ones(len(lines)), where=known & (whole > 0.0))
    return measured * factor[row]


def _nodes_at_ends(lines: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Places of the nodes, sorted from west to east, and the positions of both ends of each line."""
    ends = np.concatenate(
        [shapely.get_coordinates(shapely.get_point(lines, 0)), shapely.get_coordinates(shapely.get_point(lines, -1))]
    )
    cells = np.rint(ends / NODE_GRID_M).astype(np.int64)
    unique, at = np.unique(cells, axis=0, return_inverse=True)
    return np.asarray(unique * NODE_GRID_M), at.astype(np.int64).reshape(2, -1).T
