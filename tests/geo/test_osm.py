"""Roads of OpenStreetMap extracts."""

from __future__ import annotations

import importlib
import importlib.util
import math
import os
import sys
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from netsim.errors import EnvironmentFaultError, ExitCode
from netsim.geo.layers import LayerError
from netsim.geo.road_tags import CLASS_KMH, parse_kmh
from netsim.geo.roads import RoadNetwork, read_osm

from .osm_bytes import extract

needs_pyrosm = pytest.mark.skipif(importlib.util.find_spec("pyrosm") is None, reason="needs the extra osm")
needs_data = pytest.mark.skipif("NETSIM_DATA" not in os.environ, reason="needs NETSIM_DATA")
DATA = Path(os.environ.get("NETSIM_DATA", ""))

STEP = 0.001
"""Nodes of the made town lie so many degrees apart."""


def town(folder: Path, *ways: dict[str, str]) -> Path:
    """Write an extract in which way number k goes from node 10 k by 10 k + 1 to 10 k + 2."""
    nodes = {
        10 * row + place: (24.94 + STEP * place, 60.17 + STEP * row) for row in range(len(ways)) for place in range(3)
    }
    refs = {row + 1: ([10 * row + place for place in range(3)], tags) for row, tags in enumerate(ways)}
    path = folder / "town.osm.pbf"
    path.write_bytes(extract(nodes, refs))
    return path


def arcs(network: RoadNetwork) -> set[tuple[int, int]]:
    return set(zip(network.ids[network.tails()].tolist(), network.ids[network.head].tolist(), strict=True))


BOTH, ONWARD, BACK, CLOSED = (
    {(0, 1), (1, 0), (1, 2), (2, 1)},
    {(0, 1), (1, 2)},
    {(1, 0), (2, 1)},
    set(),
)


@needs_pyrosm
@pytest.mark.parametrize(
    ("tags", "drive", "walk"),
    [
        ({"highway": "residential"}, BOTH, BOTH),
        ({"highway": "residential", "oneway": "yes"}, ONWARD, BOTH),
        ({"highway": "residential", "oneway": "-1"}, BACK, BOTH),
        ({"highway": "residential", "oneway": "no"}, BOTH, BOTH),
        ({"highway": "residential", "oneway": "reversible"}, BOTH, BOTH),
        ({"highway": "tertiary", "junction": "roundabout"}, ONWARD, BOTH),
        ({"highway": "tertiary", "junction": "roundabout", "oneway": "no"}, BOTH, BOTH),
        ({"highway": "motorway"}, ONWARD, CLOSED),
        ({"highway": "motorway_link"}, ONWARD, CLOSED),
        ({"highway": "trunk"}, BOTH, BOTH),
        ({"highway": "residential", "access": "private"}, CLOSED, CLOSED),
        ({"highway": "residential", "access": "no"}, CLOSED, CLOSED),
        ({"highway": "residential", "access": "no", "foot": "yes"}, CLOSED, BOTH),
        ({"highway": "residential", "access": "no", "motor_vehicle": "destination"}, BOTH, CLOSED),
        ({"highway": "primary", "foot": "no"}, BOTH, CLOSED),
        ({"highway": "residential", "motor_vehicle": "no"}, CLOSED, BOTH),
        ({"highway": "footway"}, CLOSED, BOTH),
        ({"highway": "steps"}, CLOSED, BOTH),
        ({"highway": "path"}, CLOSED, BOTH),
        ({"highway": "service"}, CLOSED, BOTH),
        ({"highway": "construction"}, CLOSED, CLOSED),
    ],
    ids=lambda value: " ".join(f"{key}={word}" for key, word in value.items()) if isinstance(value, dict) else "",
)
def test_tags_say_who_may_go_where(tmp_path, tags, drive, walk):
    # A plain street beside it, open to all, so that there is always a network.
    path = town(tmp_path, tags, {"highway": "residential"})
    for mode, expected in (("drive", drive), ("walk", walk)):
        assert {arc for arc in arcs(read_osm(path, mode)) if max(arc) < 10} == expected, mode


@needs_pyrosm
@pytest.mark.parametrize(
    ("tags", "kmh"),
    [
        ({"highway": "residential", "maxspeed": "50"}, 50.0),
        ({"highway": "residential", "maxspeed": "30 mph"}, 48.28032),
        ({"highway": "residential", "maxspeed": "RU:urban"}, CLASS_KMH["residential"]),
        ({"highway": "motorway", "maxspeed": "none"}, CLASS_KMH["motorway"]),
        ({"highway": "secondary"}, CLASS_KMH["secondary"]),
        ({"highway": "road"}, math.nan),
    ],
)
def test_tags_say_how_fast_cars_are(tmp_path, tags, kmh):
    path = town(tmp_path, tags)
    network = read_osm(path, "drive")
    assert network.kmh == pytest.approx([kmh] * len(network.head), nan_ok=True)
    assert network.classes == (tags["highway"],)
    assert np.isnan(read_osm(town(tmp_path, {**tags, "highway": "residential"}), "walk").kmh).all()


@needs_pyrosm
def test_an_extract_becomes_a_network_in_metres(tmp_path):
    network = read_osm(town(tmp_path, {"highway": "residential"}), "drive")
    assert network.ids.tolist() == [0, 1, 2]
    assert network.crs == "EPSG:32635"
    # A degree of longitude at latitude p is (pi / 180) a cos(p) / sqrt(1 - e2 sin(p)^2) metres.
    p = math.radians(60.17)
    degree = math.pi / 180.0 * 6_378_137.0 * math.cos(p) / math.sqrt(1.0 - 0.00669437999014 * math.sin(p) ** 2)
    assert network.metres == pytest.approx([STEP * degree] * 4, rel=1e-6)
    assert np.hypot(np.diff(network.x), np.diff(network.y)) == pytest.approx(network.metres[:2], rel=1e-3)
    assert read_osm(tmp_path / "town.osm.pbf", "walk", crs="EPSG:3067").crs == "EPSG:3067"
    assert network.simplify().ids.tolist() == [0, 2]


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        *(("50", 50.0), ("50 km/h", 50.0), ("50kmh", 50.0), ("7.5", 7.5), ("20 mph", 32.18688), ("30;50", 30.0)),
        *(("['60', '40 mph']", 60.0), ("50|30 mph", 48.28032), ("50;signals", 50.0)),
        *((text, math.nan) for text in ("", "none", "signals", "walk", "DE:urban", "0", "-5", "fast 50", "5 knots")),
    ],
)
def test_speeds_are_read_as_people_write_them(text, kmh):
    assert parse_kmh(text) == pytest.approx(kmh, nan_ok=True)


def test_an_extract_needs_its_extra_and_a_file(tmp_path, monkeypatch):
    path = tmp_path / "city.osm.pbf"
    with pytest.raises(LayerError, match=r"city\.osm\.pbf: no such file"):
        read_osm(path, "walk")
    with pytest.raises(LayerError, match="is a URL"):
        read_osm(Path("https://example.org/city.osm.pbf"), "walk")
    path.write_bytes(b"")
    with pytest.raises(LayerError, match=r"cannot read roads for 'fly' \(known: walk, drive\)"):
        read_osm(path, "fly")
    monkeypatch.setitem(sys.modules, "pyrosm", None)
    with pytest.raises(EnvironmentFaultError, match=r"pip install netsim\[osm\]") as caught:
        read_osm(path, "walk")
    assert caught.value.exit_code == ExitCode.ENVIRONMENT


@needs_pyrosm
def test_a_file_that_is_no_extract_says_so(tmp_path):
    for name, content in (("a.osm.pbf", b"no extract at all"), ("b.osm.pbf", b""), ("c.osm", b"<osm/>")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(LayerError, match="OpenStreetMap extract"):
            read_osm(tmp_path / name, "walk")


@needs_pyrosm
def test_an_extract_without_such_roads_says_so(tmp_path):
    path = town(tmp_path, {"highway": "footway"})
    with pytest.raises(LayerError, match="the extract holds no roads for 'drive'"):
        read_osm(path, "drive")
    path = town(tmp_path, {"waterway": "river"})
    with pytest.raises(LayerError, match="the extract holds no roads for 'walk'"):
        read_osm(path, "walk")


@needs_pyrosm
@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_a_damaged_extract_says_so(tmp_path, damage):
    whole = town(tmp_path, {"highway": "residential"}).read_bytes()
    broken = whole[:-9] if damage == "cut" else whole[:-40] + bytes(255 - byte for byte in whole[-40:])
    (tmp_path / "a.osm.pbf").write_bytes(broken)
    with pytest.raises(LayerError, match=r"no OpenStreetMap extract that can be read \(.*\); download it anew"):
        read_osm(tmp_path / "a.osm.pbf", "walk")


@needs_pyrosm
def test_an_extract_cut_anywhere_is_refused_or_read_but_never_a_crash(tmp_path):
    whole = town(tmp_path, {"highway": "residential"}).read_bytes()
    for size in range(0, len(whole), 7):
        (tmp_path / "a.osm.pbf").write_bytes(whole[:size])
        with pytest.raises(LayerError):
            read_osm(tmp_path / "a.osm.pbf", "walk")


def peer(path: Path, mode: str) -> nx.MultiDiGraph:
    """Return the graph that pyrosm itself makes of an extract, every node kept."""
    pyrosm = importlib.import_module("pyrosm")
    kind = {"walk": "walking", "drive": "driving"}[mode]
    osm = pyrosm.OSM(str(path), engine="in_memory", progress=False)
    nodes, edges = osm.get_network(kind, nodes=True)
    return osm.to_graph(nodes, edges, graph_type="networkx", network_type=kind, retain_all=True, simplify=False)


def same_as_peer(path: Path, mode: str) -> None:
    network, graph = read_osm(path, mode), peer(path, mode)
    assert sorted(graph.nodes) == network.ids.tolist()
    assert arcs(network) == {(u, v) for u, v in graph.edges() if u != v}
    # pyrosm measures on a sphere of mean radius: up to 0.5 % off, more in the north.
    lengths = {(u, v): metres for u, v, metres in graph.edges(data="length") if u != v}
    assert network.metres.sum() == pytest.approx(sum(lengths.values()), rel=5e-3)
    largest = max(nx.strongly_connected_components(graph), key=len)
    assert network.largest_component().ids.tolist() == sorted(largest)


@needs_pyrosm
@pytest.mark.parametrize("mode", ["walk", "drive"])
def test_the_network_is_that_of_pyrosm(mode):
    same_as_peer(Path(importlib.import_module("pyrosm").get_data("test_pbf")), mode)


@pytest.mark.long
@needs_pyrosm
@needs_data
@pytest.mark.parametrize(("mode", "nodes", "pieces"), [("walk", 37_667, 44_538), ("drive", 21_190, 25_290)])
def test_a_real_city_is_read_as_pyrosm_reads_it(mode, nodes, pieces):
    path = DATA / "porto_alegre" / "poa_osm.pbf"
    network = read_osm(path, mode)
    assert len(network) == nodes
    assert len({frozenset(arc) for arc in arcs(network)}) == pytest.approx(pieces, rel=1e-3)
    same_as_peer(path, mode)


@needs_pyrosm
@needs_data
def test_a_real_city_without_nodes_of_shape_is_less_than_half():
    network = read_osm(DATA / "porto_alegre" / "poa_osm.pbf", "drive").largest_component()
    plain = network.simplify()
    assert len(plain) < len(network) / 2
    assert plain.largest_component().ids.tolist() == plain.ids.tolist()
    assert plain.metres.sum() == pytest.approx(network.metres.sum(), rel=0.02)
    assert (network.kmh > 0.0).mean() > 0.99
