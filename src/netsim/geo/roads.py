"""Roads as a graph: nodes in metres, arcs with their length, kept as int32 rows (CSR)."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import scipy.sparse
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from netsim.geo.layers import LayerError
from netsim.geo.osm import osm_arcs
from netsim.geo.road_arcs import MIN_ARC_M, RoadArcs, Rows, geodesic_metres, rows_of
from netsim.geo.road_graphs import digraph, graph_arcs, read_graph
from netsim.geo.road_simplify import chains_of
from netsim.geo.road_snaps import Snap, far_snaps, nearest_nodes
from netsim.geo.road_tables import line_arcs, table_arcs

__all__ = ["MIN_ARC_M", "Mode", "RoadNetwork", "Snap", "far_snaps", "geodesic_metres", "read_graphml", "read_osm"]

Mode = Literal["walk", "drive"]

METRES_PER_MINUTE = 1000.0 / 60.0
"""Of one km/h."""

LEAST_FACTOR = 0.1
"""Least factor on travel times: below, a road would be ten times as fast as signed; a slip of the pen."""


@dataclass(frozen=True, slots=True, eq=False)
class RoadNetwork:
    """
    A directed road network.

    Of parallel arcs only one is kept: the fastest where all their speeds are known, else the shortest.

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
    kmh
        Speed on each arc without congestion, NaN where it is not known, shape ``(m,)``; empty: nowhere known.
    road_class
        Position of the class of each arc in ``classes``, -1 where it has none, shape ``(m,)``, int16; empty: none has.
    classes
        Names of the classes of roads, for example those of OpenStreetMap's tag ``highway``.

    Raises
    ------
    LayerError
        If the columns of the arcs differ in length, a speed is not positive or a class has no name.
    """

    ids: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    crs: str
    first: NDArray[np.int32]
    head: NDArray[np.int32]
    metres: NDArray[np.float64]
    kmh: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    road_class: NDArray[np.int16] = field(default_factory=lambda: np.empty(0, dtype=np.int16))
    classes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Fill in what is left out; check the columns of the arcs; freeze the arrays."""
        arcs = len(self.head)
        if not len(self.kmh):
            object.__setattr__(self, "kmh", np.full(arcs, np.nan))
        if not len(self.road_class):
            object.__setattr__(self, "road_class", np.full(arcs, -1, dtype=np.int16))
        sizes = {len(column) for column in (self.metres, self.kmh, self.road_class)}
        if sizes != {arcs}:
            raise LayerError("road network", f"{arcs} arcs, but columns of {sorted(sizes)} values")
        if (self.kmh <= 0.0).any():
            raise LayerError("road network", f"a speed must be positive, got {self.kmh[self.kmh <= 0.0][0]:g} km/h")
        if arcs and not -1 <= self.road_class.min() <= self.road_class.max() < len(self.classes):
            raise LayerError("road network", f"a class of roads has no name (there are {len(self.classes)} names)")
        columns = (self.ids, self.x, self.y, self.first, self.head, self.metres, self.kmh, self.road_class)
        for array in columns:
            array.flags.writeable = False

    def __len__(self) -> int:
        """Number of nodes."""
        return len(self.ids)

    @classmethod
    def from_tables(cls, nodes: gpd.GeoDataFrame, edges: pd.DataFrame, *, crs: str | None = None) -> Self:
        """
        Build the network from a table of nodes and one of edges.

        Parameters
        ----------
        nodes
            Column ``id`` (whole numbers, unique) and points.
        edges
            Columns ``u``, ``v`` (node ids) and ``length`` (metres). Optional: ``oneway`` (true and false, or
            ``yes``, ``no``, ``-1``; missing is no): the edge runs from u to v only, or back only; ``kmh``,
            ``speed_kph`` (numbers) or ``maxspeed`` (as OpenStreetMap writes it); ``highway`` or ``class``.
        crs
            Projected CRS of the network; the nodes' own if None, or their UTM zone where they are in degrees.

        Raises
        ------
        LayerError
            If a column is absent, an id stands twice or is unknown, a length is not a non-negative
            number, or a speed is not positive.
        """
        return cls._of(table_arcs(nodes, edges, crs))

    @classmethod
    def from_edges(cls, lines: gpd.GeoDataFrame, *, crs: str | None = None, where: str = "roads") -> Self:
        """
        Build the network from lines alone: they meet where their ends agree to a millimetre.

        Lines that cross between their ends do not meet there (as bridges do not). Lengths are geodesic, whatever the
        CRS. Node ids count from 0, west to east.

        Parameters
        ----------
        lines
            LineStrings; each part of a MultiLineString is a line of its own. Optional columns as in
            ``from_tables``; ``length`` (metres) goes before the measured length.
        crs
            Projected CRS of the network; the lines' own if None, or their UTM zone where they are in degrees.
        where
            How the layer is called in messages.

        Raises
        ------
        LayerError
            If there is no line, no CRS, another kind of shape, or a column holds what it must not.
        """
        return cls._of(line_arcs(lines, crs, where))

    @classmethod
    def from_networkx(cls, graph: nx.Graph[int], weight: str = "length", *, crs: str | None = None) -> Self:
        """
        Build the network from a networkx graph of any kind.

        Parameters
        ----------
        graph
            Whole numbers as nodes, with the attributes ``x`` and ``y``; ``graph.graph["crs"]`` names
            their CRS. Edges of an undirected graph run both ways, those of a directed one from u to v. Optional
            attributes of edges: ``kmh``, ``speed_kph`` or ``maxspeed``; ``highway`` or ``class``.
        weight
            Edge attribute with the length in metres.
        crs
            Projected CRS of the network; the graph's own if None, or its UTM zone where it is in degrees.

        Raises
        ------
        LayerError
            If the CRS, a coordinate or a length is absent.
        """
        return cls._of(graph_arcs(graph, weight, crs))

    def to_networkx(self) -> nx.DiGraph[int]:
        """
        Return the network as a directed graph.

        Nodes have ``x`` and ``y``; edges ``length``, and where known ``speed_kph`` and ``highway``, as in OSMnx.
        """
        xy = self.x.tolist(), self.y.tolist()
        return digraph(self.ids.tolist(), xy, self.crs, self.ids[self.tails()].tolist(), self._rows())

    def tails(self) -> NDArray[np.int64]:
        """Return the node that each arc leaves, shape ``(m,)``."""
        return np.repeat(np.arange(len(self)), np.diff(self.first))

    def matrix(self) -> scipy.sparse.csr_matrix:
        """Return the arcs as a scipy sparse matrix of metres, shape ``(n, n)``."""
        return scipy.sparse.csr_matrix((self.metres, self.head, self.first), shape=(len(self), len(self)))

    def minutes(
        self,
        default_kmh: float,
        factors: Mapping[str, float] | None = None,
        *,
        otherwise: float = 1.0,
        ignore_speeds: bool = False,
    ) -> NDArray[np.float64]:
        """
        Return the minutes that each arc takes, shape ``(m,)``.

        Parameters
        ----------
        default_kmh
            Speed where none is known, km/h.
        factors
            How much longer roads of some classes take, by the name of the class.
        otherwise
            Factor of all other roads.
        ignore_speeds
            Give all arcs the default speed, as for people on foot.

        Raises
        ------
        LayerError
            If the default speed is not positive, a factor is below 0.1, or no road has a class.
        """
        if not (np.isfinite(default_kmh) and default_kmh > 0.0):
            raise LayerError("travel", f"speed must be positive, got {default_kmh:g} km/h")
        by_class = np.full(len(self.classes) + 1, _factor(otherwise, "all other roads"))
        for name, factor in (factors or {}).items():
            by_class[self._class(name)] = _factor(factor, f"roads of the class {name!r}")
        kmh = default_kmh if ignore_speeds else np.where(np.isnan(self.kmh), default_kmh, self.kmh)
        # The last one is that of arcs without a class, whose number is -1.
        return np.asarray(self.metres / (kmh * METRES_PER_MINUTE) * by_class[self.road_class])

    def largest_component(self) -> Self:
        """
        Return the largest part within which every node reaches every other.

        Raises
        ------
        LayerError
            If there is no node at all.
        """
        if not len(self):
            raise LayerError("road network", "there is no road at all")
        _, label = connected_components(self.matrix(), directed=True, connection="strong")
        inside = label == np.bincount(label).argmax()
        tails = self.tails()
        kept = inside[tails] & inside[self.head]
        arcs = np.flatnonzero(kept)
        return self._part(inside, tails[arcs], self.head[arcs], arcs, self.metres[arcs])

    def simplify(self, stay: NDArray[np.int64] | None = None) -> Self:
        """
        Return the network without nodes at which a road only goes on with the same class and speed.

        Ways between the nodes that stay are as long as before. Points snap to what stays: simplify before
        snapping only if junctions lie close enough, or name the nodes that points need.

        Parameters
        ----------
        stay
            Positions of nodes that stay in any case, shape ``(k,)``.
        """
        chains = chains_of(self._rows(), np.empty(0, dtype=np.int64) if stay is None else stay)
        heads = self.head[chains.end]
        return self._part(chains.stays, self.tails()[chains.start], heads, chains.start, chains.metres)

    def snap(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> Snap:
        """
        Return the nearest node of each point.

        Parameters
        ----------
        x, y
            Metres in ``crs``, shape ``(k,)``.

        Raises
        ------
        LayerError
            If there is no node at all, or a coordinate is not finite.
        """
        return nearest_nodes(np.column_stack([self.x, self.y]), np.column_stack([x, y]))

    @classmethod
    def _of(cls, arcs: RoadArcs) -> Self:
        """Sort loose arcs into rows."""
        return cls(arcs.ids, arcs.x, arcs.y, arcs.crs, *rows_of(arcs))

    def _rows(self) -> Rows:
        return Rows(self.first, self.head, self.metres, self.kmh, self.road_class, self.classes)

    def _part(
        self,
        inside: NDArray[np.bool_],
        tails: NDArray[np.int64],
        heads: NDArray[np.int32],
        like: NDArray[np.int64],
        metres: NDArray[np.float64],
    ) -> Self:
        """Return the nodes that are inside and arcs between them, with speed and class of the arcs they are like."""
        number = np.cumsum(inside) - 1
        names = np.array([*self.classes, ""], dtype=object)[self.road_class[like]]
        return self._of(
            RoadArcs(
                self.ids[inside],
                self.x[inside],
                self.y[inside],
                self.crs,
                number[tails],
                number[heads],
                metres,
                self.kmh[like],
                names,
            )
        )

    def _class(self, name: str) -> int:
        """Position of a class, or what it may have been meant to be."""
        if name in self.classes:
            return self.classes.index(name)
        near = difflib.get_close_matches(name, self.classes, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(self.classes) or 'none'}"
        raise LayerError("travel", f"no road is of the class {name!r}; {hint}")


def read_osm(path: Path, mode: str, *, crs: str | None = None) -> RoadNetwork:
    """
    Read the walking or driving network of an OpenStreetMap extract (``.osm.pbf``).

    Every point of a way is a node, so that people find a near one (``RoadNetwork.simplify`` leaves junctions
    alone). Lengths are geodesic. One-way rules and speeds hold for driving, not for walking: the signed
    ``maxspeed``, else the usual speed of the class (``netsim.geo.road_tags.CLASS_KMH``). Ways closed to the mode
    (``access``, ``foot``, ``motor_vehicle``...: no or private) are left out, for cars also service roads, for
    walkers motorways.

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
    return RoadNetwork._of(osm_arcs(path, mode, crs))  # noqa: SLF001


def read_graphml(path: Path, *, weight: str = "length", crs: str | None = None) -> RoadNetwork:
    """
    Read a network from GraphML, for example as OSMnx saves it.

    Parameters
    ----------
    path
        A file on this machine.
    weight, crs
        As in ``RoadNetwork.from_networkx``.

    Raises
    ------
    LayerError
        If the file is missing, no GraphML, or its graph makes no network.
    """
    return RoadNetwork._of(graph_arcs(read_graph(path), weight, crs, str(path)))  # noqa: SLF001


def _factor(factor: float, what: str) -> float:
    """Return a factor on travel times, or say that it is none."""
    if not (np.isfinite(factor) and factor >= LEAST_FACTOR):
        raise LayerError("travel", f"{what} cannot take {factor:g} times as long; a factor is at least {LEAST_FACTOR}")
    return float(factor)
