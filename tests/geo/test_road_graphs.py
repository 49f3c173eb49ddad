"""Roads from networkx and GraphML, and back."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.geo.layers import LayerError
from netsim.geo.roads import RoadNetwork, read_graphml

FIELDS = ("ids", "x", "y", "first", "head", "metres", "kmh", "road_class")

# As OSMnx 2 saves a graph: everything is text, merged edges hold lists, degrees stand in the graph's own CRS.
OSMNX = """<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
  <key id="d13" for="edge" attr.name="speed_kph" attr.type="string" />
  <key id="d9" for="edge" attr.name="length" attr.type="string" />
  <key id="d8" for="edge" attr.name="oneway" attr.type="string" />
  <key id="d7" for="edge" attr.name="highway" attr.type="string" />
  <key id="d4" for="node" attr.name="y" attr.type="string" />
  <key id="d3" for="node" attr.name="x" attr.type="string" />
  <key id="d0" for="graph" attr.name="crs" attr.type="string" />
  <graph edgedefault="directed">
    <data key="d0">epsg:4326</data>
    <node id="25216594"><data key="d4">60.16</data><data key="d3">24.94</data></node>
    <node id="8461409505"><data key="d4">60.17</data><data key="d3">24.94</data></node>
    <edge source="25216594" target="8461409505" id="0">
      <data key="d7">['primary', 'primary_link']</data><data key="d8">True</data><data key="d9">1114.3</data>
      <data key="d13">40.0</data>
    </edge>
    <edge source="8461409505" target="25216594" id="0">
      <data key="d7">residential</data><data key="d8">False</data><data key="d9">1200.5</data>
    </edge>
    <edge source="8461409505" target="25216594" id="1">
      <data key="d7">service</data><data key="d8">False</data><data key="d9">1300.5</data>
    </edge>
  </graph>
</graphml>
"""


def test_a_graph_of_osmnx_becomes_a_network(tmp_path):
    path = tmp_path / "helsinki.graphml"
    path.write_text(OSMNX, encoding="utf-8")
    network = read_graphml(path)
    assert network.ids.tolist() == [25216594, 8461409505]
    assert network.crs == "EPSG:32635"
    assert np.hypot(np.diff(network.x), np.diff(network.y)) == pytest.approx(1_114.3, rel=1e-3)
    assert network.metres.tolist() == [1114.3, 1200.5]
    assert network.kmh == pytest.approx([40.0, math.nan], nan_ok=True)
    assert [network.classes[code] for code in network.road_class] == ["primary", "residential"]
    assert read_graphml(path, crs="EPSG:3067").crs == "EPSG:3067"


@st.composite
def networks(draw) -> RoadNetwork:
    """Networks some of whose arcs have speeds and classes."""
    count = draw(st.integers(1, 8))
    graph = nx.DiGraph(crs="EPSG:3067")
    graph.add_nodes_from((node * 3 - 5, {"x": float(node), "y": draw(st.floats(-9.0, 9.0))}) for node in range(count))
    node = st.integers(0, count - 1).map(lambda place: place * 3 - 5)
    for u, v in draw(st.sets(st.tuples(node, node), max_size=20)):
        known = {
            "speed_kph": draw(st.sampled_from([None, 20.0, 50.0])),
            "highway": draw(st.sampled_from([None, "a", "b"])),
        }
        graph.add_edge(u, v, length=draw(st.floats(0.1, 1e4)), **{k: v for k, v in known.items() if v is not None})
    return RoadNetwork.from_networkx(graph)


@settings(max_examples=60, deadline=None)
@given(network=networks())
def test_speeds_and_classes_go_out_and_come_in_again(network):
    graph = network.to_networkx()
    again = RoadNetwork.from_networkx(graph)
    assert again.classes == network.classes
    for field in FIELDS:
        assert np.array_equal(getattr(again, field), getattr(network, field), equal_nan=True)
    for _, _, data in graph.edges(data=True):
        assert set(data) <= {"length", "speed_kph", "highway"}


def test_a_network_goes_through_graphml(tmp_path):
    graph = nx.Graph(crs="EPSG:3067")
    graph.add_node(1, x=0.0, y=0.0)
    graph.add_node(2, x=30.0, y=40.0)
    graph.add_edge(1, 2, length=50.0, maxspeed="30 mph", highway="tertiary")
    network = RoadNetwork.from_networkx(graph)
    nx.write_graphml(network.to_networkx(), tmp_path / "roads.graphml")
    again = read_graphml(tmp_path / "roads.graphml")
    for field in FIELDS:
        assert np.array_equal(getattr(again, field), getattr(network, field))
    assert again.kmh == pytest.approx([48.28, 48.28], abs=0.01)
    assert again.classes == ("tertiary",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<graphml", r"no GraphML of a road network that can be read \(.*\); node ids must be whole numbers"),
        (OSMNX.replace("25216594", "n1"), r"no GraphML .*'n1'.*node ids must be whole numbers"),
        (OSMNX.replace(">epsg:4326<", "><"), r"no coordinate reference system is stated.*graph attribute 'crs'"),
        (OSMNX.replace(">1200.5<", ">far<"), r"edges need 'length' \(could not convert string to float: 'far'\)"),
        (OSMNX.replace(">40.0<", ">-40.0<"), r"'speed_kph': 1 of 3 speeds are not positive"),
        (
            OSMNX.replace("?>", '?><!DOCTYPE graphml [<!ENTITY a "b">]>'),
            "the file declares XML entities; GraphML needs none",
        ),
    ],
)
def test_files_that_make_no_network(tmp_path, content, message):
    path = tmp_path / "roads.graphml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LayerError, match=message) as caught:
        read_graphml(path)
    assert "roads.graphml" in str(caught.value)


def test_a_file_that_is_missing_says_so(tmp_path):
    (tmp_path / "roads.graphml").touch()
    with pytest.raises(LayerError, match=r"no such file 'rods.graphml'; did you mean 'roads.graphml'\?"):
        read_graphml(tmp_path / "rods.graphml")
