"""A second real city from the data root: zones from a table, roads from an extract, seeded sites."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest

from netsim.geo.layers import read_layer
from netsim.geo.roads import read_osm
from netsim.geo.sites import seed_sites
from netsim.geo.spread import spread
from netsim.geo.travel import travel_matrix
from netsim.geo.zones import point_zones, zone_table

ROOT = Path(os.environ.get("NETSIM_DATA", "")) / "porto_alegre"
CRS = "EPSG:31982"

pytestmark = pytest.mark.skipif("NETSIM_DATA" not in os.environ, reason="needs NETSIM_DATA")
needs_pyrosm = pytest.mark.skipif(importlib.util.find_spec("pyrosm") is None, reason="needs the extra osm")


@pytest.fixture(scope="module")
def table():
    return read_layer(ROOT / "poa_hexgrid.csv", crs="EPSG:4326")


def test_the_table_of_hexagons_is_read_as_it_is(table):
    zones = point_zones(table, CRS, "id")
    assert len(zones) == 1_227
    assert zones.ids[0] == "89a901291abffff"
    assert zones.columns["population"].sum() == 812_935
    assert np.nansum(zones.columns["jobs"]) == 337_921


@pytest.mark.parametrize("size", [600.0, 1_000.0, 1_500.0])
def test_merging_loses_nobody(table, size):
    notes: list[str] = []
    zones = point_zones(table, CRS, "id", merge_m=size, tell=notes.append)
    assert len(zones) < 1_227
    assert zones.columns["population"].sum() == pytest.approx(812_935, rel=1e-12)
    jobs = spread(1.0, zones, None, "column", column="jobs", tell=notes.append)
    assert jobs.sum() == pytest.approx(1.0, rel=1e-12)
    assert any("'jobs' are missing and count as 0" in note for note in notes)


@pytest.mark.long
@needs_pyrosm
@pytest.mark.parametrize(("mode", "nodes", "arcs"), [("walk", 37_667, 2 * 44_538), ("drive", 21_190, 25_290)])
def test_the_extract_is_a_routable_network(mode, nodes, arcs):
    network = read_osm(ROOT / "poa_osm.pbf", mode, crs=CRS)
    assert len(network) == nodes
    assert arcs <= len(network.head) <= 2 * 44_538
    part = network.largest_component()
    assert len(part) > 0.9 * nodes
    assert part.largest_component().ids.tolist() == part.ids.tolist()


@pytest.mark.long
@needs_pyrosm
def test_people_walk_to_seeded_sites(table):
    zones = point_zones(table, CRS, "id", merge_m=1_000.0, tell=lambda _note: None)
    people = spread(10_000.0, zones, None, "column", column="population", tell=lambda _note: None)
    lived_in = zone_table(zones, {"residents": people})
    fine = point_zones(table, CRS, "id")
    sites = seed_sites(fine, "jobs", 20, 15, 20, "porto alegre", apart_m=400.0)
    network = read_osm(ROOT / "poa_osm.pbf", "walk", crs=CRS).largest_component()
    spots = np.column_stack([lived_in.x, lived_in.y]), np.column_stack([sites.x, sites.y])
    travel = travel_matrix(network, *spots, lived_in.ids, sites.id, 4.8, "walk")
    assert np.isfinite(travel.minutes).all()
    direct = np.hypot(lived_in.x[:, None] - sites.x, lived_in.y[:, None] - sites.y)
    assert (travel.metres >= 0.998 * direct).all()
    ratio = travel.metres[direct > 2_000.0] / direct[direct > 2_000.0]
    assert 1.1 < np.median(ratio) < 1.6
    assert set(sites.evidence) == {"synthetic"}
