from __future__ import annotations

import os
from pathlib import Path

import geopandas as gpd
import h3
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.geo.h3_zones import h3_zones, zones_from_h3
from netsim.geo.layers import LayerError, read_layer

CRS = "EPSG:31982"
EAST, NORTH = 478_000.0, 6_670_000.0
CELL = "89a901291abffff"

steps = st.floats(-3_000.0, 3_000.0)


def area(*shapes: shapely.Geometry, crs: str = CRS) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes), crs=crs)


@settings(max_examples=25, deadline=None)
@given(corners=st.lists(st.tuples(steps, steps), min_size=3, max_size=7), resolution=st.integers(5, 8))
def test_cells_cover_the_area_without_gap_or_overlap(corners, resolution):
    hull = shapely.MultiPoint([(EAST + x, NORTH + y) for x, y in corners]).convex_hull.buffer(0.5)
    zones = h3_zones(area(hull), resolution, CRS)
    cells = zones.shapes()
    shared = shapely.area(shapely.intersection(cells, hull))
    assert shared.sum() == pytest.approx(hull.area, rel=1e-9)
    assert (shared > 0.0).all()
    assert shapely.union_all(cells).area == pytest.approx(shapely.area(cells).sum(), rel=1e-9)
    assert list(zones.ids) == sorted(set(zones.ids))
    assert {h3.get_resolution(name) for name in zones.ids} == {resolution}


def test_an_area_that_holds_no_centre_still_gets_its_cells():
    border = shapely.LineString([(EAST, NORTH), (EAST + 20_000, NORTH + 4_000)]).buffer(0.5)
    zones = h3_zones(area(border), 9, CRS)
    assert len(zones) > 50
    assert shapely.area(shapely.intersection(zones.shapes(), border)).sum() == pytest.approx(border.area, rel=1e-9)
    assert not shapely.intersects(border, shapely.points(zones.x, zones.y)).all()


def test_a_cell_is_where_h3_says():
    zones = zones_from_h3([CELL], {}, CRS)
    middle = gpd.GeoSeries(gpd.points_from_xy(zones.x, zones.y), crs=CRS).to_crs("EPSG:4326").iloc[0]
    assert h3.latlng_to_cell(middle.y, middle.x, 9) == CELL
    assert shapely.area(zones.shapes()) == pytest.approx([h3.cell_area(CELL, unit="m^2")], rel=2e-3)
    assert zones_from_h3([h3.str_to_int(CELL)], {}, CRS).ids == (CELL,)


def test_holes_stay_open_and_stray_lines_are_left_out():
    ring = shapely.Point(EAST, NORTH).buffer(5_000).difference(shapely.Point(EAST, NORTH).buffer(3_000))
    zones = h3_zones(area(ring), 8, CRS)
    assert shapely.distance(shapely.points(EAST, NORTH), shapely.points(zones.x, zones.y)).min() > 2_000
    stray = shapely.GeometryCollection([ring, shapely.LineString([(EAST, NORTH), (EAST + 9e4, NORTH)])])
    assert h3_zones(area(stray), 8, CRS).ids == zones.ids
    assert h3_zones(area(ring, shapely.LineString([(EAST, NORTH), (EAST + 9e4, NORTH)])), 8, CRS).ids == zones.ids


def test_an_area_across_longitude_180_is_covered():
    island = gpd.GeoSeries([shapely.Point(2_000_000, -1_900_000).buffer(8_000)], crs="EPSG:3832").to_crs("EPSG:32760")
    island = shapely.Point(815_000, 8_100_000).buffer(9_000)
    degrees = gpd.GeoSeries([island], crs="EPSG:32760").to_crs("EPSG:4326").iloc[0]
    assert degrees.bounds[2] - degrees.bounds[0] > 300.0
    zones = h3_zones(area(island, crs="EPSG:32760"), 7, "EPSG:32760")
    assert shapely.area(shapely.intersection(zones.shapes(), island)).sum() == pytest.approx(island.area, rel=1e-9)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ((area(shapely.Point(EAST, NORTH)), 8, CRS), "area: the study area has no extent; give it as polygons"),
        ((area(shapely.box(EAST, NORTH, EAST + 9, NORTH + 9)), 16, CRS), "resolutions 0 to 15, got 16"),
        ((area(shapely.box(EAST, NORTH, EAST + 9e4, NORTH + 9e4)), 15, CRS), "take a coarser resolution"),
        ((area(shapely.box(EAST, NORTH, EAST + 9, NORTH + 9)), 8, "EPSG:4326"), "measures in degree"),
    ],
)
def test_what_cannot_be_covered_is_told(asked, message):
    with pytest.raises(LayerError, match=message):
        h3_zones(*asked)


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([CELL, "centre", "89zz"], r"2 of 3 ids are no H3 cells: 'centre', '89zz'; expected ids such as"),
        ([CELL, CELL], f"ids must stand once; twice: {CELL}"),
        ([CELL, h3.cell_to_parent(CELL, 8)], "H3 cells of the resolutions 8, 9 are mixed; bring them to one"),
    ],
)
def test_ids_that_are_no_zones_are_told(ids, message):
    with pytest.raises(LayerError, match=message):
        zones_from_h3(ids, {}, CRS)


@pytest.mark.skipif("NETSIM_DATA" not in os.environ, reason="needs NETSIM_DATA")
def test_a_real_table_of_cells_becomes_zones():
    table = read_layer(
        Path(os.environ["NETSIM_DATA"]) / "porto_alegre/poa_hexgrid.csv", crs="EPSG:4326", tell=[].append
    )
    zones = zones_from_h3(list(table["id"]), {"population": table["population"].to_numpy(dtype=float)}, CRS)
    assert len(zones) == 1_227
    assert zones.columns["population"].sum() == 812_935
    centres = np.column_stack([zones.x, zones.y])
    given_ones = table.to_crs(CRS).geometry
    assert np.hypot(centres[:, 0] - given_ones.x, centres[:, 1] - given_ones.y).max() < 1.0
