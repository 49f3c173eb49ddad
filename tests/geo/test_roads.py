from __future__ import annotations

import math
import pickle

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra

from netsim.geo.layers import LayerError
from netsim.geo.roads import MIN_ARC_M, RoadNetwork, far_snaps, geodesic_metres

CRS = "EPSG:3067"
FIELDS = ("ids", "x", "y", "first", "head", "metres", "kmh", "road_class")


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
    for field in FIELDS:
        assert np.array_equal(getattr(again, field), getattr(network, field), equal_nan=True)
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
        (
            nodes(1, 2),
            edges((1, 2, 1.0), oneway=["maybe"]),
            r"must hold true or false, or yes, no or -1; 1 of 1 .*'maybe'",
        ),
        (nodes(1, 2, crs=None), edges((1, 2, 1.0)), "no coordinate reference system"),
        (
            nodes(1, 2),
            edges((1, 2, 1.0), kmh=[0.0]),
            r"column 'kmh': 1 of 1 speeds are not positive \(first: row 1\), 0",
        ),
        (nodes(1, 2), edges((1, 2, 1.0), kmh=["fast"]), "column 'kmh' holds something that is not a number"),
        (nodes(1, 2), edges((1, 3, 5.0), (4, 5, 1.0)), r"node 3 is not in the table of nodes \(3 such nodes\)"),
    ],
)
def test_tables_that_make_no_network(node_table, edge_table, message):
    with pytest.raises(LayerError, match=message):
        RoadNetwork.from_tables(node_table, edge_table)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda graph: graph.graph.clear(), r"no coordinate reference system is stated.*graph attribute 'crs'"),
        (lambda graph: graph.graph.update(crs="nowhere"), "unknown coordinate reference system 'nowhere'"),
        (lambda graph: graph.edges[1, 2].update(speed_kph=-5.0), "speeds are not positive"),
        (
            lambda graph: graph.edges[1, 2].update(speed_kph="x"),
            "column 'speed_kph' holds something that is not a number",
        ),
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


def test_degrees_are_never_measured():
    spots = [shapely.Point(24.94, 60.17), shapely.Point(24.95, 60.17)]
    degrees = gpd.GeoDataFrame({"id": [1, 2]}, geometry=spots, crs="EPSG:4326")
    network = RoadNetwork.from_tables(degrees, edges((1, 2, 555.0)))
    assert network.crs == "EPSG:32635"
    assert np.hypot(np.diff(network.x), np.diff(network.y)) == pytest.approx(555.0, rel=0.01)
    assert RoadNetwork.from_tables(degrees, edges((1, 2, 555.0)), crs=CRS).crs == CRS


def test_a_network_without_speeds_is_made_as_before():
    first, head = np.array([0, 1, 2], dtype=np.int32), np.array([1, 0], dtype=np.int32)
    where = np.array([0.0, 60.0])
    network = RoadNetwork(np.array([1, 2]), where, 0.0 * where, CRS, first, head, np.array([60.0, 60.0]))
    assert np.isnan(network.kmh).all()
    assert network.road_class.tolist() == [-1, -1]
    assert network.minutes(3.6) == pytest.approx([1.0, 1.0])
    again = pickle.loads(pickle.dumps(network))  # noqa: S301
    assert again.minutes(3.6).tolist() == network.minutes(3.6).tolist()


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"kmh": np.array([50.0])}, r"2 arcs, but columns of \[1, 2\] values"),
        ({"kmh": np.array([50.0, -1.0])}, "a speed must be positive, got -1 km/h"),
        ({"road_class": np.array([0, 1], dtype=np.int16), "classes": ("primary",)}, "has no name"),
    ],
)
def test_columns_of_arcs_that_do_not_fit(columns, message):
    first, head = np.array([0, 1, 2], dtype=np.int32), np.array([1, 0], dtype=np.int32)
    xy = np.array([0.0, 60.0])
    with pytest.raises(LayerError, match=message):
        RoadNetwork(np.array([1, 2]), xy, xy.copy(), CRS, first, head, np.array([60.0, 60.0]), **columns)


@pytest.mark.parametrize(
    ("speeds", "kept"),
    [([50.0, 20.0], (900.0, 50.0)), ([50.0, 45.0], (700.0, 45.0)), ([math.nan, 20.0], (700.0, 20.0))],
    ids=["faster though longer", "shorter and nearly as fast", "one speed is not known: the shorter"],
)
def test_of_parallel_arcs_the_one_with_least_minutes_stays(speeds, kept):
    table = edges((1, 2, 900.0), (1, 2, 700.0), kmh=speeds, oneway=[True, True])
    network = RoadNetwork.from_tables(nodes(1, 2), table)
    assert (network.metres.tolist(), network.kmh.tolist()) == ([kept[0]], [kept[1]])


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.floats(1.0, 900.0), st.sampled_from([math.nan, 20.0, 50.0])),
        max_size=25,
    ),
    turn=st.randoms(use_true_random=False),
)
def test_parallel_arcs_do_not_depend_on_the_order_of_rows(rows, turn):
    def network(order):
        table = edges(*(row[:3] for row in order), kmh=np.array([row[3] for row in order], dtype=float), oneway=True)
        return RoadNetwork.from_tables(nodes(0, 1, 2, 3), table.assign(oneway=np.ones(len(table), dtype=bool)))

    some = network(rows)
    for tail, head, metres, kmh in zip(some.tails(), some.head, some.metres, some.kmh, strict=True):
        alike = [row[2:] for row in rows if row[:2] == (tail, head)]
        if any(math.isnan(speed) for _, speed in alike):
            assert metres == min(length for length, _ in alike)
        else:
            assert metres / kmh == min(length / speed for length, speed in alike)
    other = network(turn.sample(rows, len(rows)))
    for field in FIELDS:
        assert np.array_equal(getattr(some, field), getattr(other, field), equal_nan=True)


def town() -> RoadNetwork:
    """Return a line of four nodes: 1 - primary, 60 km/h - 2 - residential - 3 - no class - 4, each 1 km."""
    table = edges((1, 2, 1e3), (2, 3, 1e3), (3, 4, 1e3), maxspeed=["60", "RU:urban", None])
    return RoadNetwork.from_tables(nodes(1, 2, 3, 4), table.assign(highway=["primary", "residential", None]))


def test_minutes_follow_speeds_and_factors():
    network = town()
    assert network.classes == ("primary", "residential")
    order = [network.first[0], network.first[1] + 1, network.first[2] + 1]
    assert network.minutes(30.0)[order] == pytest.approx([1.0, 2.0, 2.0])
    assert network.minutes(30.0, {"primary": 1.5})[order] == pytest.approx([1.5, 2.0, 2.0])
    assert network.minutes(30.0, {"residential": 2.0}, otherwise=1.1)[order] == pytest.approx([1.1, 4.0, 2.2])
    assert network.minutes(6.0, ignore_speeds=True)[order] == pytest.approx([10.0, 10.0, 10.0])


@pytest.mark.parametrize(
    ("speed", "factors", "message"),
    [
        (30.0, {"primry": 2.0}, "no road is of the class 'primry'; did you mean 'primary'?"),
        (30.0, {"canal": 2.0}, "no road is of the class 'canal'; there are primary, residential"),
        (30.0, {"primary": 0.0}, "roads of the class 'primary' cannot take 0 times as long; a factor is at least 0.1"),
        (30.0, {"primary": math.nan}, "cannot take nan times as long"),
        (0.0, {}, "speed must be positive, got 0 km/h"),
    ],
)
def test_minutes_that_cannot_be(speed, factors, message):
    with pytest.raises(LayerError, match=message):
        town().minutes(speed, factors)


def test_the_largest_component_keeps_speeds_and_classes():
    table = edges((1, 2, 1.0), (2, 3, 2.0), (4, 4, 1.0), (5, 1, 9.0), kmh=[10.0, 20.0, 30.0, 40.0])
    table = table.assign(oneway=[False, False, False, True], highway=["a", "b", "c", "d"])
    part = RoadNetwork.from_tables(nodes(1, 2, 3, 4, 5), table).largest_component()
    assert part.ids.tolist() == [1, 2, 3]
    assert part.kmh.tolist() == [10.0, 10.0, 20.0, 20.0]
    assert [part.classes[code] for code in part.road_class] == ["a", "a", "b", "b"]


def test_points_far_from_any_road_are_listed():
    network = RoadNetwork.from_tables(nodes(1, 2), edges((1, 2, 100.0)))
    snap = network.snap(np.array([0.0, 5_000.0, 700.0]), np.zeros(3))
    assert far_snaps(snap, 500.0).tolist() == [1, 2]
    with pytest.raises(LayerError, match="point 2 of 2 has no finite coordinates"):
        network.snap(np.array([0.0, math.nan]), np.zeros(2))


def test_where_there_is_no_road_it_is_said():
    empty = RoadNetwork.from_tables(nodes(), edges())
    with pytest.raises(LayerError, match="there is no road at all"):
        empty.snap(np.zeros(1), np.zeros(1))
    with pytest.raises(LayerError, match="there is no road at all"):
        empty.largest_component()


# Lines alone.


def lines(*shapes, crs: str | None = CRS, **columns) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=[shapely.LineString(shape) for shape in shapes], crs=crs)


EAST, NORTH = 500_000.0, 6_672_000.0
"""On the central meridian of EPSG:3067, where its scale is 0.9996."""


def places(*offsets: tuple[float, float]) -> list[tuple[float, float]]:
    return [(EAST + x, NORTH + y) for x, y in offsets]


def test_lines_meet_where_their_ends_agree_to_a_millimetre():
    shapes = (
        places((0, 0), (0, 300), (400, 300)),
        places((400.0004, 300), (400, 0)),
        places((200, 0), (200, 900)),  # a bridge: crosses the first one without meeting it
    )
    network = RoadNetwork.from_edges(lines(*shapes))
    assert len(network) == 5
    assert network.ids.tolist() == [0, 1, 2, 3, 4]
    assert (np.diff(network.x) >= 0.0).all()
    assert sorted(network.metres * 0.9996) == pytest.approx([300.0, 300.0, 700.0, 700.0, 900.0, 900.0], rel=1e-5)
    assert len(network.largest_component()) == 3


def test_lengths_of_lines_do_not_depend_on_the_projection():
    here = lines(places((0, 0), (0, 300)), places((0, 300), (800, 300)))
    metres = RoadNetwork.from_edges(here).metres
    for crs in ("EPSG:4326", "EPSG:3857"):
        there = RoadNetwork.from_edges(here.to_crs(crs), crs=CRS)
        assert there.crs == CRS
        assert there.metres == pytest.approx(metres, rel=1e-6)
    assert RoadNetwork.from_edges(here.to_crs("EPSG:4326")).crs == "EPSG:32635"


def test_columns_of_lines_say_what_tables_say():
    shapes = [places((0, 0), (0, 100)), places((0, 100), (0, 200)), places((0, 200), (0, 300))]
    table = lines(*shapes, oneway=["yes", "-1", None], maxspeed=["50", "30 mph", "walk"], length=[90.0, None, 120.0])
    network = RoadNetwork.from_edges(table.assign(**{"class": ["main", "main", "lane"]}))
    arcs = {
        (network.y[tail] - NORTH, network.y[head] - NORTH): (metres, kmh)
        for tail, head, metres, kmh in zip(network.tails(), network.head, network.metres, network.kmh, strict=True)
    }
    assert list(arcs) == [(0.0, 100.0), (200.0, 100.0), (200.0, 300.0), (300.0, 200.0)]
    assert [metres for metres, _ in arcs.values()] == pytest.approx([90.0, 100.04, 120.0, 120.0], abs=0.01)
    assert [kmh for _, kmh in arcs.values()] == pytest.approx([50.0, 48.28, math.nan, math.nan], abs=0.01, nan_ok=True)
    assert network.classes == ("lane", "main")


def test_the_parts_of_a_line_share_its_length():
    both = shapely.MultiLineString([places((0, 0), (0, 100)), places((0, 100), (0, 400))])
    network = RoadNetwork.from_edges(gpd.GeoDataFrame({"length": [480.0], "kmh": [30]}, geometry=[both], crs=CRS))
    assert network.metres == pytest.approx([120.0, 120.0, 360.0, 360.0])
    assert network.kmh.tolist() == [30.0] * 4


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (lines(), "roads.gpkg: the layer holds no roads"),
        (lines(places((0, 0), (0, 9)), crs=None), "no coordinate reference system is stated"),
        (gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)], crs=CRS), "roads must be lines: 1 of 1 .*, Point"),
        (
            lines(places((0, 0), (0, 9)), length=[0.009]),
            r"adds up to 0.009, but the lines measure 9.00\d+ m; lengths are",
        ),
        (lines(places((0, 0), (0, 9)), places((0, 9), (0, 99)), length=[-1.0, 95.0]), "1 of 2 lengths are negative"),
        (lines(places((0, 0), (0, 9)), oneway=["perhaps"]), "'perhaps'"),
    ],
)
def test_lines_that_make_no_network(table, message):
    with pytest.raises(LayerError, match=message):
        RoadNetwork.from_edges(table, where="roads.gpkg")


# Networks without the nodes that give roads their shape.


@st.composite
def long_roads(draw) -> RoadNetwork:
    """Roads of many pieces between a few junctions, some one-way, with speeds that change or not."""
    count = draw(st.integers(2, 18))
    pieces = draw(
        st.lists(
            st.tuples(
                st.integers(0, count - 1),
                st.integers(0, count - 1),
                st.integers(1, 50),
                st.booleans(),
                st.sampled_from([30.0, 50.0]),
            ),
            max_size=6,
        )
    )
    chain = [(place, place + 1, draw(st.integers(1, 50)), False, 30.0) for place in range(count - 1)]
    gaps = draw(st.sets(st.integers(0, count - 2), max_size=3))
    rows = [row for place, row in enumerate(chain) if place not in gaps] + pieces
    table = pd.DataFrame(rows, columns=["u", "v", "length", "oneway", "kmh"])
    return RoadNetwork.from_tables(nodes(*range(count)), table.astype({"oneway": bool}))


@settings(max_examples=150, deadline=None)
@given(network=long_roads(), data=st.data())
def test_ways_between_nodes_that_stay_are_as_long_as_before(network, data):
    stay = np.array(sorted(data.draw(st.sets(st.integers(0, len(network) - 1), max_size=2))), dtype=np.int64)
    plain = network.simplify(stay)
    at = np.searchsorted(network.ids, plain.ids)
    assert np.isin(stay, at).all()
    for cost in ("metres", "minutes"):

        def ways(roads, cost=cost):
            weights = roads.metres if cost == "metres" else roads.minutes(30.0)
            matrix = scipy.sparse.csr_matrix((weights, roads.head, roads.first), shape=(len(roads), len(roads)))
            return dijkstra(matrix)

        # Parallel roads: the one with least minutes stays, so that metres alone may be fewer before.
        before, after = ways(network)[np.ix_(at, at)], ways(plain)
        if cost == "minutes":
            assert after == pytest.approx(before, rel=1e-9)
        else:
            assert np.array_equal(np.isinf(after), np.isinf(before))
            assert (after >= before * (1.0 - 1e-9)).all()
    again = plain.simplify(np.searchsorted(plain.ids, network.ids[stay]))
    assert len(again) <= len(plain)


def test_only_nodes_of_shape_are_left_out():
    # 1 - 2 - 3 (a bend at 2), speed changes at 3, 4 ends; 5 - 6 - 7 is a ring on its own.
    rows = [(1, 2, 10.0), (2, 3, 15.0), (3, 4, 20.0), (5, 6, 1.0), (6, 7, 1.0), (7, 5, 1.0)]
    table = edges(*rows, kmh=[50.0, 50.0, 30.0, 50.0, 50.0, 50.0])
    plain = RoadNetwork.from_tables(nodes(1, 2, 3, 4, 5, 6, 7), table).simplify()
    assert plain.ids.tolist() == [1, 3, 4, 5, 6, 7]
    assert plain.metres[:4].tolist() == [25.0, 25.0, 20.0, 20.0]
    assert plain.kmh[:4].tolist() == [50.0, 50.0, 30.0, 30.0]
