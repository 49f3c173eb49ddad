"""Roads from networkx and GraphML, and back."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely

from netsim.files import PathError, read_bytes, refuse_url
from netsim.geo.crs import NO_CRS, parse_crs
from netsim.geo.layer_errors import LayerError, one_line
from netsim.geo.road_arcs import RoadArcs, Rows, in_metres, positions_of
from netsim.geo.road_tags import SPEED_COLUMNS, table_classes, table_speeds

SPEED_KEY = "speed_kph"
"""Edge attribute with the speed, as OSMnx calls it."""


def graph_arcs(graph: nx.Graph[int], weight: str, crs: str | None, where: str = "road graph") -> RoadArcs:
    """
    Return the arcs of a networkx graph; see ``RoadNetwork.from_networkx``.

    Parameters
    ----------
    graph
        A graph of any kind.
    weight
        Edge attribute with the length in metres.
    crs
        Projected CRS; None for the graph's own, or its UTM zone.
    where
        How the graph is called in messages.

    Raises
    ------
    LayerError
        If the graph makes no network.
    """
    stated = str(graph.graph.get("crs") or "")
    if not stated:
        raise LayerError(where, f"{NO_CRS} (graph attribute 'crs')")
    try:
        ids = np.array(sorted(graph.nodes), dtype=np.int64)
        xy = np.array([[float(graph.nodes[node][axis]) for axis in "xy"] for node in ids.tolist()]).reshape(-1, 2)
        ends = np.array([[u, v] for u, v in graph.edges()], dtype=np.int64).reshape(-1, 2)
        metres = np.array([float(data[weight]) for _, _, data in graph.edges(data=True)], dtype=np.float64)
    except (KeyError, TypeError, ValueError) as fault:
        message = f"nodes must be whole numbers with x and y, edges need {weight!r} ({one_line(fault)})"
        raise LayerError(where, message) from fault
    points = gpd.GeoDataFrame(geometry=shapely.points(xy), crs=parse_crs(stated, where))
    nodes = in_metres(points, crs, where)
    at = positions_of(ids, ends, where)
    table = _attributes(graph)
    kmh, names = table_speeds(table, where), table_classes(table)
    both = 1 if graph.is_directed() else 2
    return RoadArcs(
        ids,
        nodes.geometry.x.to_numpy(),
        nodes.geometry.y.to_numpy(),
        str(nodes.crs.to_string()),
        np.concatenate([at[:, 0], at[:, 1]][:both]),
        np.concatenate([at[:, 1], at[:, 0]][:both]),
        np.tile(metres, both),
        np.tile(kmh, both),
        np.tile(names, both),
    )


def read_graph(path: Path) -> nx.Graph[int]:
    """
    Read a GraphML file; nodes get whole numbers.

    Parameters
    ----------
    path
        A file on this machine, for example one that OSMnx has saved.

    Raises
    ------
    LayerError
        If the file is missing or no GraphML, declares entities, or its node ids are not whole numbers.
    """
    where = str(path)
    try:
        refuse_url(where)
        content = read_bytes(path)
    except PathError as fault:
        raise LayerError(where, str(fault)) from fault
    if b"<!ENTITY" in content:
        raise LayerError(where, "the file declares XML entities; GraphML needs none, save it without a DOCTYPE")
    try:
        graph: nx.Graph[int] = nx.read_graphml(BytesIO(content), node_type=int)
    except (nx.NetworkXError, ET.ParseError, KeyError, TypeError, ValueError) as fault:
        message = f"no GraphML of a road network that can be read ({one_line(fault)})"
        raise LayerError(where, f"{message}; node ids must be whole numbers, as OSMnx saves them") from fault
    return graph


def digraph(
    ids: list[int], xy: tuple[list[float], list[float]], crs: str, tails: list[int], rows: Rows
) -> nx.DiGraph[int]:
    """
    Return a network as a directed graph; see ``RoadNetwork.to_networkx``.

    Parameters
    ----------
    ids
        Node ids, n of them.
    xy
        Their places, metres.
    crs
        Projected CRS.
    tails
        Node id that each arc leaves, m of them.
    rows
        The arcs.
    """
    graph: nx.DiGraph[int] = nx.DiGraph(crs=crs)
    graph.add_nodes_from((node, {"x": x, "y": y}) for node, x, y in zip(ids, *xy, strict=True))
    names = [*rows.classes, ""]
    columns = (rows.head.tolist(), rows.metres.tolist(), rows.kmh.tolist(), rows.road_class.tolist())
    for tail, head, metres, kmh, code in zip(tails, *columns, strict=True):
        known: dict[str, Any] = {"length": metres}
        if not np.isnan(kmh):
            known[SPEED_KEY] = kmh
        if names[code]:
            known["highway"] = names[code]
        graph.add_edge(tail, ids[head], **known)
    return graph


def _attributes(graph: nx.Graph[int]) -> pd.DataFrame:
    """Speeds and classes of the edges as a table; an attribute that no edge has makes no column."""
    rows: list[Mapping[str, Any]] = [data for _, _, data in graph.edges(data=True)]
    table = pd.DataFrame(index=range(len(rows)))
    for name in (*SPEED_COLUMNS, "highway", "class"):
        values = [data.get(name) for data in rows]
        if any(value is not None for value in values):
            table[name] = values if name not in SPEED_COLUMNS[:2] else _numbers(values)
    return table


def _numbers(values: list[Any]) -> list[Any]:
    """Numbers that OSMnx has saved as text; what is no number stays as it is and is refused later."""

    def number(value: Any) -> Any:  # noqa: ANN401
        try:
            return np.nan if value is None else float(value)
        except (TypeError, ValueError):
            return value

    return [number(value) for value in values]
