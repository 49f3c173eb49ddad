from __future__ import annotations

import math
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.geo.layers import LayerError, read_layer
from netsim.geo.roads import RoadNetwork
from netsim.geo.sites import read_sites
from netsim.geo.travel import straight_line_matrix, travel_matrix
from netsim.geo.zones import hex_zones

CENTRE = Path(__file__).parents[2] / "data" / "geo" / "helsinki_centre"
CRS = "EPSG:3067"


def names(points, prefix: str) -> tuple[str, ...]:
    return tuple(f"{prefix}{number}" for number in range(len(points)))


def matrix(network, zones, sites, speed: float = 6.0, mode: str = "walk"):
    zones, sites = np.asarray(zones, dtype=float), np.asarray(sites, dtype=float)
    return travel_matrix(network, zones, sites, names(zones, "z"), names(sites, "s"), speed, mode)


def path_graph(*metres: float) -> nx.DiGraph:
    """Nodes 100 m apart on a line, joined one way."""
    graph = nx.DiGraph(crs=CRS)
    for node in range(len(metres) + 1):
        graph.add_node(node, x=100.0 * node, y=0.0)
    graph.add_weighted_edges_from(((n, n + 1, length) for n, length in enumerate(metres)), weight="length")
    return graph


@st.composite
def cases(draw):
    """A random directed network with points on its nodes, sometimes more sites than zones."""
    count = draw(st.integers(1, 10))
    node = st.integers(0, count - 1)
    graph = nx.DiGraph(crs=CRS)
    for number in range(count):
        graph.add_node(number, x=1_000.0 * number, y=0.0)
    for u, v, metres in draw(st.lists(st.tuples(node, node, st.floats(0.0, 5e3)), max_size=30)):
        if u != v:
            graph.add_edge(u, v, length=max(metres, 1e-3))
    return graph, draw(st.lists(node, min_size=1, max_size=6)), draw(st.lists(node, min_size=1, max_size=6))


@settings(max_examples=80, deadline=None)
@given(case=cases())
def test_ways_are_those_of_networkx(case):
    graph, zones, sites = case
    spots = {node: (1_000.0 * node, 0.0) for node in graph.nodes}
    found = matrix(RoadNetwork.from_networkx(graph), [spots[z] for z in zones], [spots[s] for s in sites])
    for row, zone in enumerate(zones):
        lengths = nx.single_source_dijkstra_path_length(graph, zone, weight="length")
        expected = [lengths.get(site, math.inf) for site in sites]
        assert found.metres[row] == pytest.approx(expected, rel=1e-9)
        assert found.minutes[row] == pytest.approx([metres / 100.0 for metres in expected], rel=1e-9)


def test_ways_on_the_real_network_are_those_of_networkx():
    nodes, edges = read_layer(CENTRE / "walk_nodes.parquet"), read_layer(CENTRE / "walk_edges.parquet")
    network = RoadNetwork.from_tables(nodes, edges).largest_component()
    zones = hex_zones(read_layer(CENTRE / "area.parquet"), 100.0, CRS)
    sites = read_sites(CENTRE / "sites.parquet", CRS)
    found = travel_matrix(
        network,
        np.column_stack([zones.x, zones.y]),
        np.column_stack([sites.x, sites.y]),
        zones.ids,
        sites.id,
        speed_kmh=4.8,
        mode="walk",
    )
    assert np.isfinite(found.minutes).all()
    graph = network.to_networkx()
    start, end = network.snap(zones.x, zones.y), network.snap(sites.x, sites.y)
    for row in (0, 57, 200):
        lengths = nx.single_source_dijkstra_path_length(graph, int(network.ids[start.node[row]]), weight="length")
        ways = np.array([lengths[int(node)] for node in network.ids[end.node]])
        expected = ways + start.metres[row] + end.metres
        assert found.metres[row] == pytest.approx(expected, rel=1e-12)
        assert found.minutes[row] == pytest.approx(expected / 80.0, rel=1e-12)
    # No way is shorter than the straight line; the projection shortens metres by .03 % here.
    direct = np.hypot(zones.x[:, None] - sites.x, zones.y[:, None] - sites.y)
    assert (found.metres >= 0.999 * direct).all()


def test_legs_at_both_ends_are_walked():
    network = RoadNetwork.from_networkx(path_graph(1_000.0, 500.0))
    on_foot = matrix(network, [(0.0, 30.0)], [(200.0, 40.0)], speed=6.0)
    assert on_foot.metres[0, 0] == pytest.approx(1_570.0)
    assert on_foot.minutes[0, 0] == pytest.approx(15.7)
    by_car = matrix(network, [(0.0, 30.0)], [(200.0, 40.0)], speed=30.0, mode="drive")
    assert by_car.minutes[0, 0] == pytest.approx(1_500.0 / 500.0 + 70.0 / 80.0)
    assert by_car.mode == "drive 30 km/h"
    assert by_car.metres[0, 0] == pytest.approx(1_570.0)


def test_a_way_has_a_direction_whichever_side_is_searched():
    network = RoadNetwork.from_networkx(path_graph(100.0, 100.0))
    ends = [(0.0, 0.0), (200.0, 0.0)]
    assert matrix(network, ends, [(100.0, 0.0)]).metres.ravel().tolist() == [100.0, math.inf]
    assert matrix(network, [(100.0, 0.0)], ends).metres.ravel().tolist() == [math.inf, 100.0]


def test_two_points_at_one_node_meet_by_their_legs():
    network = RoadNetwork.from_networkx(path_graph(100.0))
    assert matrix(network, [(3.0, 4.0)], [(0.0, 5.0)]).metres[0, 0] == pytest.approx(10.0)


@settings(max_examples=40, deadline=None)
@given(
    zones=st.lists(st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)), min_size=1, max_size=8),
    circuity=st.floats(1.0, 2.0),
)
def test_straight_lines_are_made_longer_alike(zones, circuity):
    found = straight_line_matrix(
        np.array(zones), np.array(zones), names(zones, "z"), names(zones, "s"), 4.8, "walk", circuity
    )
    assert found.metres == pytest.approx(found.metres.T)
    assert np.diag(found.metres) == pytest.approx(np.zeros(len(zones)))
    assert found.minutes == pytest.approx(found.metres / 80.0)
    expected = [[circuity * math.dist(a, b) for b in zones] for a in zones]
    assert found.metres == pytest.approx(np.array(expected))


def test_the_mode_says_what_was_assumed():
    spot = np.zeros((1, 2))
    assert straight_line_matrix(spot, spot, ("z",), ("s",), 4.8).mode == "walk 4.8 km/h, straight line x 1.3"


@pytest.mark.parametrize(
    ("zones", "speed", "circuity", "message"),
    [
        ([(0.0, 0.0)], 0.0, 1.3, "speed must be positive, got 0 km/h"),
        ([(0.0, 0.0)], math.nan, 1.3, "speed must be positive, got nan km/h"),
        ([(0.0, 0.0)], 4.8, 0.9, "circuity must be at least 1, got 0.9"),
        ([(math.inf, 0.0)], 4.8, 1.3, "zones: a coordinate is not a finite number"),
    ],
)
def test_what_cannot_be_travelled_is_told(zones, speed, circuity, message):
    spots = np.array(zones)
    with pytest.raises(LayerError, match=message):
        straight_line_matrix(spots, np.zeros((1, 2)), ("z",), ("s",), speed, "walk", circuity)


def test_the_network_refuses_the_same():
    network = RoadNetwork.from_networkx(path_graph(1.0))
    with pytest.raises(LayerError, match="sites: a coordinate is not a finite number"):
        matrix(network, [(0.0, 0.0)], [(math.nan, 0.0)])
    with pytest.raises(LayerError, match="speed must be positive"):
        matrix(network, [(0.0, 0.0)], [(0.0, 0.0)], speed=-1.0)
