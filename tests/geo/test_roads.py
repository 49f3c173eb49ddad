from __future__ import annotations

import importlib
import importlib.util
import math
import sys
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.errors import EnvironmentFaultError, ExitCode
from netsim.geo.layers import LayerError
from netsim.geo.roads import MIN_ARC_M, RoadNetwork, geodesic_metres, read_osm

CRS = "EPSG:3067"


def nodes(*ids: int, crs: str | None = CRS) -> gpd.GeoDataFrame:
    spots = [shapely.Point(100.0 * place, 0.0) for place in range(len(ids))]
    return gpd.GeoDataFrame({"id": list(ids)}, geometry=spots, crs=crs)


def edges(*rows: tuple[int, int, float], **columns) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["u", "v", "length"]).assign(**columns)


@st.composite
def graphs(draw, directed: bool = True) -> nx.DiGraph:
    """Graphs with loops, parallel arcs and arcs without length."""
    count = draw(st.integers(1, 12))
    node = st.integers(0, count - 1)
    graph = (nx.MultiDiGraph if directed else nx.MultiGraph)(crs=CRS)
    for number in range(count):
        graph.add_node(number * 7 - 20, x=float(draw(st.integers(0, 999))), y=float(number))
    for u, v, metres in draw(st.lists(st.tuples(node, node, st.floats(0.0, 1e4)), max_size=40)):
        graph.add_edge(u * 7 - 20, v * 7 - 20, length=metres)
    return graph


def simple(graph: nx.MultiDiGraph) -> nx.DiGraph:
    """The shortest of parallel arcs, no loops, nothing of length 0."""
    plain = nx.DiGraph()
    plain.add_nodes_from(graph.nodes)
    both = (
        graph.edges(data="length")
        if graph.is_directed()
        else [arc for u, v, metres in graph.edges(data="length") for arc in ((u, v, metres), (v, u, metres))]
    )
    for u, v, metres in both:
        if u != v:
            best = min(metres, plain.edges[u, v]["length"]) if plain.has_edge(u, v) else metres
            plain.add_edge(u, v, length=best)
    for _, _, data in plain.edges(data=True):
        data["length"] = max(data["length"], MIN_ARC_M)
    return plain


@settings(max_examples=60, deadline=None)
@given(graph=st.one_of(graphs(), graphs(directed=False)))
def test_networkx_comes_in_and_goes_out_alike(graph):
    network = RoadNetwork.from_networkx(graph)
    back = network.to_networkx()
    assert nx.utils.graphs_equal(nx.DiGraph(back.edges(data=True)), nx.DiGraph(simple(graph).edges(data=True)))
    assert set(back.nodes) == set(graph.nodes)
    assert all(back.nodes[node] == graph.nodes[node] for node in back.nodes)
    again = RoadNetwork.from_networkx(back)
    for field in ("ids", "x", "y", "first", "head", "metres"):
        assert np.array_equal(getattr(again, field), getattr(network, field))
    assert network.first.dtype == network.head.dtype == np.int32


@settings(max_examples=60, deadline=None)
@given(graph=graphs())
def test_the_largest_component_is_networkx_own(graph):
    network = RoadNetwork.from_networkx(graph).largest_component()
    sizes = sorted(len(part) for part in nx.strongly_connected_components(graph))
    assert len(network) == sizes[-1]
    part = network.to_networkx()
    assert nx.is_strongly_connected(part)
    inside = simple(graph).subgraph(part.nodes)
    assert {(u, v): m for u, v, m in part.edges(data="length")} == {
        (u, v): m for u, v, m in inside.edges(data="length")
    }


def test_tables_make_a_network_in_any_order():
    network = RoadNetwork.from_tables(nodes(30, 10, 20), edges((10, 20, 5.0), (30, 10, 7.0)))
    assert list(network.ids) == [10, 20, 30]
    assert list(network.x) == [100.0, 200.0, 0.0]
    assert network.matrix().toarray().tolist() == [[0, 5, 7], [5, 0, 0], [7, 0, 0]]
    assert len(network) == 3
    with pytest.raises(ValueError, match="read-only"):
        network.metres[0] = 1.0


def test_a_one_way_edge_runs_from_u_to_v():
    table = edges((1, 2, 5.0), (2, 1, 9.0), (1, 2, 8.0), oneway=[True, False, False])
    network = RoadNetwork.from_tables(nodes(1, 2), table)
    assert network.matrix().toarray().tolist() == [[0, 5], [8, 0]]


def test_large_ids_keep_their_last_digit():
    big = 2**62 + 1
    network = RoadNetwork.from_tables(nodes(big, big + 1), edges((big, big + 1, 5.0)))
    assert network.ids.tolist() == [big, big + 1]


def test_an_edge_without_length_is_still_a_way():
    network = RoadNetwork.from_tables(nodes(1, 2), edges((1, 2, 0.0)))
    assert network.metres.tolist() == [MIN_ARC_M, MIN_ARC_M]


def test_points_snap_to_the_nearest_node():
    snap = RoadNetwork.from_tables(nodes(1, 2), edges((1, 2, 5.0))).snap(np.array([10.0, 97.0]), np.array([0.0, 4.0]))
    assert snap.node.tolist() == [0, 1]
    assert snap.metres == pytest.approx([10.0, 5.0])


@pytest.mark.parametrize(
    ("node_table", "edge_table", "message"),
    [
        (nodes(1, 1), edges((1, 1, 5.0)), "node 1 stands twice"),
        (nodes(1, 2), edges((1, 3, 5.0)), "node 3 is not in the table of nodes"),
        (nodes(1, 2), edges((1, 2, math.nan)), "every length must be a non-negative number"),
        (nodes(1, 2), edges((1, 2, -1.0)), "every length must be a non-negative number"),
        (nodes(1, 2), pd.DataFrame({"u": [1], "v": [2]}), r"no column 'length' \(it has u, v\)"),
        (nodes(1, 2).drop(columns="id"), edges((1, 2, 1.0)), "no column 'id'"),
        (nodes(1, 2).assign(id=["a", "b"]), edges((1, 2, 1.0)), "column 'id' holds something that is not a number"),
        (nodes(1, 2).assign(id=[1.5, 2]), edges((1, 2, 1.0)), "column 'id' must hold a whole number in every row"),
        (nodes(1, 2), edges((1, math.nan, 1.0)), "column 'v' must hold a whole number in every row"),
        (nodes(1, 2), edges((1, 2, 1.0), oneway=["no"]), "column 'oneway' must hold true or false"),
        (nodes(1, 2, crs=None), edges((1, 2, 1.0)), "no coordinate reference system"),
        (nodes(1, 2, crs="EPSG:4326"), edges((1, 2, 1.0)), "measures in degree"),
    ],
)
def test_tables_that_make_no_network(node_table, edge_table, message):
    with pytest.raises(LayerError, match=message):
        RoadNetwork.from_tables(node_table, edge_table)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda graph: graph.graph.clear(), "unknown coordinate reference system"),
        (lambda graph: graph.nodes[1].pop("x"), "nodes must be whole numbers with x and y"),
        (lambda graph: graph.edges[1, 2].pop("length"), "edges need 'length'"),
        (lambda graph: graph.edges[1, 2].update(length=-1.0), "every length must be a non-negative number"),
        (lambda graph: graph.add_node("a", x=0.0, y=0.0), "nodes must be whole numbers"),
    ],
)
def test_graphs_that_make_no_network(change, message):
    graph = nx.Graph(crs=CRS)
    graph.add_node(1, x=0.0, y=0.0)
    graph.add_node(2, x=9.0, y=0.0)
    graph.add_edge(1, 2, length=9.0)
    change(graph)
    with pytest.raises(LayerError, match=message):
        RoadNetwork.from_networkx(graph)


def test_lengths_are_geodesic():
    # On WGS 84 the meridian's radius at latitude p is a (1 - e2) / (1 - e2 sin(p)^2)^1.5.
    e2 = 0.00669437999014
    minute = math.pi / 10_800 * 6_378_137.0 * (1 - e2) / (1 - e2 / 2) ** 1.5
    lines = [
        shapely.LineString([(10, 45 - 1 / 120), (10, 45), (10, 45 + 1 / 120)]),
        shapely.LineString([(0, 0), (0, 0)]),
    ]
    metres = geodesic_metres(gpd.GeoDataFrame(geometry=lines, crs="EPSG:4326"))
    assert metres == pytest.approx([minute, 0.0], abs=1e-3)


def test_an_extract_needs_its_extra_and_a_file(tmp_path, monkeypatch):
    extract = tmp_path / "city.osm.pbf"
    with pytest.raises(LayerError, match="no such file"):
        read_osm(extract, "walk")
    extract.write_bytes(b"")
    with pytest.raises(LayerError, match=r"cannot read roads for 'fly' \(known: walk, drive\)"):
        read_osm(extract, "fly")
    monkeypatch.setitem(sys.modules, "pyrosm", None)
    with pytest.raises(EnvironmentFaultError, match=r"pip install netsim\[osm\]") as caught:
        read_osm(extract, "walk")
    assert caught.value.exit_code == ExitCode.ENVIRONMENT


needs_pyrosm = pytest.mark.skipif(importlib.util.find_spec("pyrosm") is None, reason="needs the extra osm")


@needs_pyrosm
def test_a_file_that_is_no_extract_says_so(tmp_path):
    for name, content in (("a.osm.pbf", b"no extract at all"), ("b.osm.pbf", b""), ("c.osm", b"<osm/>")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(LayerError, match="OpenStreetMap extract"):
            read_osm(tmp_path / name, "walk")


@needs_pyrosm
def test_one_way_streets_hold_for_cars_alone():
    pyrosm = importlib.import_module("pyrosm")
    path = Path(pyrosm.get_data("test_pbf"))
    walk, drive = read_osm(path, "walk"), read_osm(path, "drive", crs="EPSG:3067")
    assert (abs(walk.matrix() - walk.matrix().T)).nnz == 0
    assert (abs(drive.matrix() - drive.matrix().T)).nnz > 0
    assert drive.crs == "EPSG:3067"
    assert walk.crs == "EPSG:32635"


@needs_pyrosm
def test_a_damaged_extract_says_so(tmp_path):
    pyrosm = importlib.import_module("pyrosm")
    whole = Path(pyrosm.get_data("test_pbf")).read_bytes()
    (tmp_path / "a.osm.pbf").write_bytes(whole[:100_000])
    with pytest.raises(LayerError, match="no OpenStreetMap extract that can be read"):
        read_osm(tmp_path / "a.osm.pbf", "walk")
