"""Roads as a graph: nodes in metres, arcs with their length, kept as int32 rows (CSR)."""

from __future__ import annotations

import importlib
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pyproj
import scipy.sparse
import scipy.spatial
import shapely
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from netsim.errors import EnvironmentFaultError
from netsim.geo.layers import LayerError, number_column, project, require_metres

Mode = Literal["walk", "drive"]

MIN_ARC_M = 1e-3
"""Shorter arcs get this length: a sparse matrix takes an arc of length 0 for none."""

_PYROSM_MODES = {"walk": "walking", "drive": "driving"}


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


@dataclass(frozen=True, slots=True, eq=False)
class RoadNetwork:
    """
    A directed road network; of parallel arcs only the shortest is kept.

    Parameters
    ----------
    ids
        Node ids, increasing, shape ``(n,)``.
    x, y
        Metres in ``crs``, shape ``(n,)``.
    crs
        Projected CRS.
    first
        The arcs of node i are ``first[i]`` to ``first[i + 1]``, shape ``(n + 1,)``, int32.
    head
        Node that each arc leads to, shape ``(m,)``, int32.
    metres
        Length of each arc, positive, shape ``(m,)``.
    """

    ids: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    crs: str
    first: NDArray[np.int32]
    head: NDArray[np.int32]
    metres: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.ids, self.x, self.y, self.first, self.head, self.metres):
            array.flags.writeable = False

    def __len__(self) -> int:
        """Number of nodes."""
        return len(self.ids)

    @classmethod
    def from_tables(cls, nodes: gpd.GeoDataFrame, edges: pd.DataFrame, *, crs: str | None = None) -> RoadNetwork:
        """
        Build the network from a table of nodes and one of edges.

        Parameters
        ----------
        nodes
            Column ``id`` (whole numbers, unique) and points.
        edges
            Columns ``u``, ``v`` (node ids) and ``length`` (metres). An edge runs both ways unless a
            boolean column ``oneway`` says that it runs from u to v only.
        crs
            Projected CRS of the network; the nodes' own if None.

        Raises
        ------
        LayerError
            If a column is absent, an id stands twice or is unknown, or a length is not a
            non-negative number.
        """
        ids = _whole_numbers(nodes, "id", "road nodes")
        ends = np.column_stack([_whole_numbers(edges, name, "road edges") for name in ("u", "v")])
        metres = number_column(edges, "length", "road edges")
        moved = project(nodes, crs or _crs_name(nodes), "road nodes")
        order = np.argsort(ids, kind="stable")
        if (np.diff(ids[order]) == 0).any():
            raise LayerError("road nodes", f"node {ids[order][1:][np.diff(ids[order]) == 0][0]} stands twice")
        at = np.searchsorted(ids[order], ends).clip(max=len(ids) - 1)
        unknown = ids[order][at] != ends
        if unknown.any():
            raise LayerError("road edges", f"node {ends[unknown][0]} is not in the table of nodes")
        if not np.isfinite(metres).all() or (metres < 0.0).any():
            raise LayerError("road edges", "every length must be a non-negative number of metres")
        both = np.ones(len(edges), dtype=bool)
        if "oneway" in edges:
            if edges["oneway"].dtype != bool:
                raise LayerError("road edges", "column 'oneway' must hold true or false in every row")
            both = ~edges["oneway"].to_numpy()
        return _from_arcs(
            (ids[order], moved.geometry.x.to_numpy()[order], moved.geometry.y.to_numpy()[order]),
            moved.crs.to_string(),
            np.concatenate([at[:, 0], at[both, 1]]),
            np.concatenate([at[:, 1], at[both, 0]]),
            np.concatenate([metres, metres[both]]),
        )

    @classmethod
    def from_networkx(cls, graph: nx.Graph[int], weight: str = "length") -> RoadNetwork:
        """
        Build the network from a networkx graph of any kind.

        Parameters
        ----------
        graph
            Whole numbers as nodes, with the attributes ``x`` and ``y``; ``graph.graph["crs"]`` names
            the projected CRS. Edges of an undirected graph run both ways.
        weight
            Edge attribute with the length in metres.

        Raises
        ------
        LayerError
            If the CRS, a coordinate or a length is absent.
        """
        crs = str(graph.graph.get("crs", ""))
        require_metres(crs, "road graph")
        try:
            ids = np.array(sorted(graph.nodes), dtype=np.int64)
            x, y = (np.array([float(graph.nodes[node][axis]) for node in ids.tolist()]) for axis in ("x", "y"))
            arcs = [(u, v, float(data[weight])) for u, v, data in graph.edges(data=True)]
        except (KeyError, TypeError, ValueError) as fault:
            message = f"nodes must be whole numbers with x and y, edges need {weight!r} ({fault})"
            raise LayerError("road graph", message) from fault
        if not graph.is_directed():
            arcs += [(v, u, metres) for u, v, metres in arcs]
        tails = np.searchsorted(ids, np.array([arc[0] for arc in arcs], dtype=np.int64))
        heads = np.searchsorted(ids, np.array([arc[1] for arc in arcs], dtype=np.int64))
        return _from_arcs((ids, x, y), crs, tails, heads, np.array([arc[2] for arc in arcs], dtype=np.float64))

    def to_networkx(self) -> nx.DiGraph[int]:
        """Return the network as a directed graph with ``x``, ``y`` and ``length``."""
        graph: nx.DiGraph[int] = nx.DiGraph(crs=self.crs)
        rows = zip(self.ids.tolist(), self.x.tolist(), self.y.tolist(), strict=True)
        graph.add_nodes_from((node, {"x": x, "y": y}) for node, x, y in rows)
        tails = np.repeat(self.ids, np.diff(self.first)).tolist()
        arcs = zip(tails, self.ids[self.head].tolist(), self.metres.tolist(), strict=True)
        graph.add_weighted_edges_from(arcs, weight="length")
        return graph

    def matrix(self) -> scipy.sparse.csr_matrix:
        """Return the arcs as a scipy sparse matrix of metres, shape ``(n, n)``."""
        return scipy.sparse.csr_matrix((self.metres, self.head, self.first), shape=(len(self), len(self)))

    def largest_component(self) -> RoadNetwork:
        """Return the largest part within which every node reaches every other."""
        _, label = connected_components(self.matrix(), directed=True, connection="strong")
        keep = np.flatnonzero(label == np.bincount(label).argmax())
        part = self.matrix()[keep][:, keep].tocsr()
        part.sort_indices()
        return RoadNetwork(
            self.ids[keep],
            self.x[keep],
            self.y[keep],
            self.crs,
            part.indptr.astype(np.int32),
            part.indices.astype(np.int32),
            part.data,
        )

    def snap(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> Snap:
        """Return the nearest node of each point; x and y in metres of ``crs``, shape ``(k,)``."""
        tree = scipy.spatial.cKDTree(np.column_stack([self.x, self.y]))
        metres, node = tree.query(np.column_stack([x, y]))
        return Snap(np.asarray(node, dtype=np.int64), np.asarray(metres, dtype=np.float64))


def read_osm(path: Path, mode: str, *, crs: str | None = None) -> RoadNetwork:
    """
    Read the walking or driving network of an OpenStreetMap extract (``.osm.pbf``).

    Lengths are geodesic. One-way rules hold for driving, not for walking.

    Parameters
    ----------
    path
        A file on this machine.
    mode
        ``walk`` or ``drive``.
    crs
        Projected CRS of the network; the UTM zone of the extract if None.

    Raises
    ------
    LayerError
        If the file is missing, no OSM extract, or holds no such road.
    EnvironmentFaultError
        If the extra ``osm`` is not installed.
    """
    if mode not in _PYROSM_MODES:
        raise LayerError(str(path), f"cannot read roads for {mode!r} (known: {', '.join(_PYROSM_MODES)})")
    if not path.is_file():
        raise LayerError(str(path), "there is no such file on this machine")
    if not path.name.endswith(".pbf"):
        raise LayerError(str(path), "an OpenStreetMap extract ends in .osm.pbf")
    found = _read_network(path, _PYROSM_MODES[mode])
    if found is None or found[0] is None or len(found[1]) == 0:
        raise LayerError(str(path), f"the extract holds no roads for {mode!r}")
    nodes, edges = found
    table = pd.DataFrame({"u": edges["u"], "v": edges["v"], "length": geodesic_metres(edges)})
    if mode == "drive":
        forward, backward = _one_way(edges)
        table.loc[backward, ["u", "v"]] = table.loc[backward, ["v", "u"]].to_numpy()
        table["oneway"] = forward | backward
    return RoadNetwork.from_tables(nodes, table, crs=crs or nodes.estimate_utm_crs().to_string())


def geodesic_metres(lines: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return the length of lines given in lon and lat on the ellipsoid, metres, shape ``(n,)``."""
    points, line = shapely.get_coordinates(np.asarray(lines.geometry.array), return_index=True)
    same = line[1:] == line[:-1]
    start, end = points[:-1][same], points[1:][same]
    _, _, metres = pyproj.Geod(ellps="WGS84").inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    return np.asarray(np.bincount(line[1:][same], metres, len(lines)), dtype=np.float64)


def _read_network(path: Path, kind: str) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame] | None:
    """Nodes and edges of an extract; its faults come as one line."""
    try:
        pyrosm = importlib.import_module("pyrosm")
        damage = importlib.import_module("google.protobuf.message").DecodeError
    except ImportError as fault:
        message = f"{path}: reading an OpenStreetMap extract needs the extra osm: pip install netsim[osm]"
        raise EnvironmentFaultError(message) from fault
    try:
        found: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame] | None = pyrosm.OSM(str(path)).get_network(kind, nodes=True)
    except (pyrosm.exceptions.PBFException, damage, zlib.error, ValueError, OSError) as fault:
        message = f"no OpenStreetMap extract that can be read ({str(fault).splitlines()[0]})"
        raise LayerError(str(path), message) from fault
    return found


def _one_way(edges: pd.DataFrame) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which edges run only from u to v, and which only from v to u, by OSM's tagging rules."""
    blank = pd.Series("", index=edges.index)
    tag = edges["oneway"].fillna("") if "oneway" in edges else blank
    junction = edges["junction"].fillna("") if "junction" in edges else blank
    highway = edges["highway"].fillna("") if "highway" in edges else blank
    implied = junction.isin(["roundabout", "circular"]) | highway.isin(["motorway", "motorway_link"])
    backward = tag.isin(["-1", "reverse"])
    forward = tag.isin(["yes", "true", "1"]) | (implied & (tag == ""))
    return forward.to_numpy(dtype=bool), backward.to_numpy(dtype=bool)


def _from_arcs(
    nodes: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]],
    crs: str,
    tails: NDArray[np.int64],
    heads: NDArray[np.int64],
    metres: NDArray[np.float64],
) -> RoadNetwork:
    """Sort arcs into rows; drop loops and all but the shortest of parallel arcs."""
    ids, x, y = nodes
    if not np.isfinite(metres).all() or (metres < 0.0).any():
        raise LayerError("road edges", "every length must be a non-negative number of metres")
    order = np.lexsort((metres, heads, tails))
    tails, heads, metres = tails[order], heads[order], metres[order]
    keep = tails != heads
    keep[1:] &= (tails[1:] != tails[:-1]) | (heads[1:] != heads[:-1])
    tails, heads, metres = tails[keep], heads[keep], np.maximum(metres[keep], MIN_ARC_M)
    first = np.concatenate([[0], np.cumsum(np.bincount(tails, minlength=len(ids)))])
    return RoadNetwork(ids, x, y, crs, first.astype(np.int32), heads.astype(np.int32), metres)


def _whole_numbers(table: pd.DataFrame, name: str, where: str) -> NDArray[np.int64]:
    """Return a column of node ids; large ids must not pass through a float."""
    if pd.api.types.is_integer_dtype(table.get(name, pd.Series(dtype=float))) and not table[name].hasnans:
        return np.asarray(table[name].to_numpy(dtype=np.int64))
    values = number_column(table, name, where)
    if not (np.abs(values) < 2.0**53).all() or (values != np.rint(values)).any():
        raise LayerError(where, f"column {name!r} must hold a whole number in every row")
    return values.astype(np.int64)


def _crs_name(nodes: gpd.GeoDataFrame) -> str:
    """Name of the nodes' own CRS."""
    if nodes.crs is None:
        raise LayerError("road nodes", "no coordinate reference system is stated")
    return str(nodes.crs.to_string())
