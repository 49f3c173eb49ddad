from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.geo.layers import LayerError
from netsim.geo.zones import Zones, hex_zones, point_zones, shape_zones, zone_table

CRS = "EPSG:3067"
REGULAR = math.sqrt(3.0) / 2.0
"""Area of a hexagon of width 1 across flats."""

metres = st.floats(-20_000.0, 20_000.0)
sizes = st.floats(20.0, 900.0)


def area(*shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes), crs=CRS)


def points(x, y, **columns) -> gpd.GeoDataFrame:
    ids = [f"z{number}" for number in range(len(x))]
    return gpd.GeoDataFrame({"id": ids, **columns}, geometry=gpd.points_from_xy(x, y), crs=CRS)


@settings(max_examples=40, deadline=None)
@given(
    x=metres, y=metres, width=st.floats(100.0, 2_000.0), height=st.floats(100.0, 2_000.0), size=st.floats(80.0, 400.0)
)
def test_hexagons_tile_the_area(x, y, width, height, size):
    box = shapely.box(x, y, x + width, y + height)
    zones = hex_zones(area(box), size, CRS)
    shapes = zones.shapes()
    assert shapely.area(shapes) == pytest.approx(np.full(len(zones), REGULAR * size**2), rel=1e-6)
    assert shapely.area(shapely.intersection(shapes, box)).sum() == pytest.approx(box.area, rel=1e-6)
    assert shapely.area(shapely.union_all(shapes)) == pytest.approx(shapely.area(shapes).sum(), rel=1e-6)
    bounds = shapely.bounds(shapes)
    assert bounds[:, 2] - bounds[:, 0] == pytest.approx(np.full(len(zones), size), rel=1e-6)
    assert len(set(zones.ids)) == len(zones)


@settings(max_examples=30, deadline=None)
@given(x=metres, y=metres, size=sizes)
def test_a_hexagon_keeps_its_id_whatever_the_area(x, y, size):
    small = hex_zones(area(shapely.box(x, y, x + 300, y + 300)), size, CRS)
    large = hex_zones(area(shapely.box(x - 500, y - 700, x + 900, y + 400)), size, CRS)
    assert set(small.ids) <= set(large.ids)
    place = dict(zip(large.ids, large.x, strict=True))
    assert all(place[name] == east for name, east in zip(small.ids, small.x, strict=True))


def test_only_hexagons_that_share_ground_with_the_area_are_kept():
    cell = shapely.from_wkb(hex_zones(area(shapely.box(9.9, 9.9, 10.1, 10.1)), 100.0, CRS).geometry[0])
    assert hex_zones(area(cell.buffer(-1e-3)), 100.0, CRS).ids == ("h100_0_0",)


def test_an_area_in_degrees_is_projected_and_parts_are_joined():
    west, east = shapely.box(24.94, 60.16, 24.945, 60.17), shapely.box(24.945, 60.16, 24.95, 60.17)
    frame = gpd.GeoDataFrame(geometry=[west, east], crs="EPSG:4326")
    whole = gpd.GeoDataFrame(geometry=[shapely.union(west, east)], crs="EPSG:4326")
    assert hex_zones(frame, 150.0, CRS).ids == hex_zones(whole, 150.0, CRS).ids


@pytest.mark.parametrize(
    ("shape", "size", "crs", "message"),
    [
        (shapely.box(0, 0, 1, 1), 0.0, CRS, "width of a hexagon must be positive, got 0 m"),
        (shapely.box(0, 0, 1, 1), math.nan, CRS, "must be positive, got nan m"),
        (shapely.Point(0, 0), 10.0, CRS, "no extent"),
        (shapely.box(0, 0, 1, 1), 10.0, "EPSG:4326", "measures in degree"),
    ],
)
def test_hexagons_that_cannot_be_made(shape, size, crs, message):
    with pytest.raises(LayerError, match=message):
        hex_zones(area(shape), size, crs)


def test_one_row_is_one_zone():
    zones = point_zones(points([0.0, 50.0], [0.0, 0.0], jobs=[1, 2], note=["a", "b"]), CRS, "id")
    assert zones.ids == ("z0", "z1")
    assert list(zones.columns) == ["jobs"]
    assert list(zones.columns["jobs"]) == [1.0, 2.0]
    assert shapely.from_wkb(zones.geometry[1]).equals(shapely.Point(50, 0))


def test_polygons_are_zones_with_an_inner_point():
    ring = shapely.Point(0, 0).buffer(100).difference(shapely.Point(0, 0).buffer(80))
    frame = gpd.GeoDataFrame({"id": [5]}, geometry=[ring], crs=CRS)
    zones = point_zones(frame, CRS, "id")
    assert zones.ids == ("5",)
    assert ring.contains(shapely.Point(zones.x[0], zones.y[0]))
    assert shapely.from_wkb(zones.geometry[0]).equals(ring)


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(st.tuples(metres, metres, st.floats(0.0, 1e4), st.floats(0.0, 1e4)), min_size=1, max_size=60),
    size=sizes,
)
def test_merging_keeps_every_sum_and_every_point_in_its_hexagon(rows, size):
    x, y, people, jobs = (np.array(column) for column in zip(*rows, strict=True))
    zones = point_zones(points(x, y, people=people, jobs=jobs), CRS, "id", merge_m=size)
    assert zones.columns["people"].sum() == pytest.approx(people.sum(), rel=1e-9)
    assert zones.columns["jobs"].sum() == pytest.approx(jobs.sum(), rel=1e-9)
    shapes = zones.shapes()
    away = shapely.distance(shapely.points(x, y)[:, None], shapes[None, :]).min(axis=1)
    assert away.max() < 1e-6
    assert shapely.distance(shapely.points(zones.x, zones.y), shapes).max() < 1e-6


def test_a_merged_zone_lies_where_its_weight_lies():
    frame = points([10.0, 40.0], [0.0, 0.0], people=[3.0, 1.0], jobs=[0.0, 0.0])
    assert point_zones(frame, CRS, "id", 200.0).x == pytest.approx([17.5])
    even = points([10.0, 40.0], [0.0, 0.0], people=[3.0, 1.0], jobs=[10.0, 30.0])
    assert point_zones(even, CRS, "id", 200.0).x == pytest.approx([25.0])
    assert point_zones(even, CRS, "id", 200.0, centre_by=("jobs",)).x == pytest.approx([32.5])
    empty = points([10.0, 40.0], [0.0, 0.0], people=[0.0, 0.0])
    assert point_zones(empty, CRS, "id", 200.0).x == pytest.approx([25.0])


def test_missing_values_are_told_and_zero_differs_from_missing():
    notes: list[str] = []
    frame = points([0.0, 10.0, 9_000.0], [0.0, 0.0, 0.0], jobs=[math.nan, 4.0, math.nan])
    zones = point_zones(frame, CRS, "id", 200.0, tell=notes.append)
    assert zones.columns["jobs"][0] == 4.0
    assert math.isnan(zones.columns["jobs"][1])
    assert notes == ["zones: 2 of 3 values of 'jobs' are missing and count as 0"]


@pytest.mark.parametrize(
    ("ids", "column", "message"),
    [
        (["a", "a"], "id", "ids must be there and stand once; missing or twice: a"),
        (["a", None], "id", "ids must be there and stand once"),
        (["a", "b"], "zone", r"no column 'zone' \(it has id, geometry\)"),
    ],
)
def test_zones_need_ids(ids, column, message):
    frame = gpd.GeoDataFrame({"id": ids}, geometry=gpd.points_from_xy([0, 1], [0, 1]), crs=CRS)
    with pytest.raises(LayerError, match=message):
        point_zones(frame, CRS, column)


def test_a_centre_needs_a_known_column():
    with pytest.raises(LayerError, match="no numeric column 'job'"):
        point_zones(points([0.0], [0.0], jobs=[1.0]), CRS, "id", 100.0, centre_by=("job",))


def test_zones_without_people_are_dropped():
    zones = point_zones(points([0.0, 1.0, 2.0], [0.0, 0.0, 0.0]), CRS, "id")
    people = {"day": np.array([0.0, 2.0, 0.0]), "night": np.array([0.0, 0.0, 3.0])}
    table = zone_table(zones, people)
    assert table.ids == ("z1", "z2")
    assert list(table.people["night"]) == [0.0, 3.0]
    assert list(table.x) == [1.0, 2.0]
    assert table.crs == CRS
    assert not table.x.flags.writeable
    with pytest.raises(LayerError, match="nobody lives or works"):
        zone_table(zones, {"day": np.zeros(3)})


def test_zones_are_frozen():
    zones = hex_zones(area(shapely.box(0, 0, 10, 10)), 100.0, CRS)
    assert isinstance(zones, Zones)
    with pytest.raises(ValueError, match="read-only"):
        zones.x[0] = 1.0


def test_shapes_become_zones_with_a_centre_inside():
    bent = shapely.Polygon([(0, 0), (10, 0), (10, 1), (1, 1), (1, 10), (0, 10)])
    zones = shape_zones(
        ["bent", "box"], np.array([bent, shapely.box(20, 0, 24, 2)]), CRS, {"people": np.array([1.0, 2.0])}
    )
    assert (zones.x[1], zones.y[1]) == (22.0, 1.0)
    assert shapely.intersects(bent, shapely.Point(zones.x[0], zones.y[0]))
    assert zones.shapes()[0].equals(bent)
    assert not zones.columns["people"].flags.writeable
    with pytest.raises(LayerError, match="ids must stand once; twice: a"):
        shape_zones(["a", "a"], np.array([bent, bent]), CRS)
    with pytest.raises(LayerError, match="measures in degree"):
        shape_zones(["a"], np.array([bent]), "EPSG:4326")
