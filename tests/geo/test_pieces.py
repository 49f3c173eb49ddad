from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.geo.pieces import areal_scale, cut
from netsim.geo.zones import hex_zones

CRS = "EPSG:3035"
CELLS = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
HEXES = hex_zones(gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 600, 600)], crs=CRS), 100.0, CRS).shapes()

place = st.floats(-300.0, 900.0)
width = st.floats(1.0, 500.0)
boxes = st.builds(lambda x, y, w, h: shapely.box(x, y, x + w, y + h), place, place, width, width)


@settings(max_examples=50, deadline=None)
@given(sources=st.lists(boxes, min_size=1, max_size=8))
def test_pieces_are_the_same_with_and_without_shapes(sources):
    shapes = np.array(sources)
    fast, drawn = cut(shapes, HEXES, CRS), cut(shapes, HEXES, CRS, with_shapes=True)
    tables = [np.zeros((len(shapes), len(HEXES))) for _ in range(2)]
    for table, pieces in zip(tables, (fast, drawn), strict=True):
        table[pieces.source, pieces.zone] = pieces.extent
        assert set(pieces.source) == set(range(len(shapes)))
        assert (pieces.extent > 0.0).all()
        assert np.asarray(pieces.shares(pieces.extent).sum(axis=0)) == pytest.approx(np.ones(len(shapes)), abs=1e-12)
    assert tables[0] == pytest.approx(tables[1], abs=1e-6)
    assert drawn.shapes is not None
    near = ~drawn.far
    assert shapely.area(drawn.shapes)[near] == pytest.approx(drawn.extent[near], rel=1e-9)
    assert drawn.inside == pytest.approx(fast.inside, abs=1e-9)


def test_extents_of_lines_points_and_polygons():
    sources = np.array([shapely.LineString([(7, 5), (17, 5)]), shapely.Point(3, 3), shapely.box(8, 0, 12, 5)])
    pieces = cut(sources, CELLS, CRS)
    assert pieces.source.tolist() == [0, 0, 1, 2, 2]
    assert pieces.zone.tolist() == [0, 1, 0, 0, 1]
    assert pieces.extent == pytest.approx([3.0, 7.0, 1.0, 10.0, 10.0])
    assert not pieces.far.any()


def test_a_source_beside_all_zones_goes_to_the_nearest():
    pieces = cut(np.array([shapely.box(22, 0, 24, 3), shapely.Point(-5, 5)]), CELLS, CRS)
    assert pieces.zone.tolist() == [1, 0]
    assert pieces.far.all()
    assert pieces.inside.tolist() == [0.0, 0.0]


def test_a_source_that_zones_leave_out_in_part_knows_how_much():
    pieces = cut(np.array([shapely.box(15, 0, 25, 10)]), CELLS, CRS, with_shapes=True)
    assert pieces.inside == pytest.approx([0.5])
    assert pieces.shapes is not None
    assert pieces.shapes[0].equals(shapely.box(15, 0, 20, 10))


def test_areas_are_those_of_the_ellipsoid_whatever_the_crs():
    # Two cells of one degree each, one at the equator and one at 60 degrees north; the source is both.
    degrees = gpd.GeoSeries([shapely.box(0, 0, 1, 1), shapely.box(0, 60, 1, 61)], crs="EPSG:4326")
    mercator, equal = np.asarray(degrees.to_crs("EPSG:3395").array), degrees.to_crs("EPSG:6933").area.to_numpy()
    pieces = cut(np.array([shapely.union_all(mercator)]), mercator, "EPSG:3395")
    assert pieces.extent == pytest.approx(equal, rel=1e-3)
    assert shapely.area(mercator)[1] / equal[1] > 3.9
    assert areal_scale(np.array([0.0]), np.array([0.0]), "EPSG:6933") == pytest.approx([1.0], abs=1e-6)
    assert areal_scale(np.empty(0), np.empty(0), CRS).shape == (0,)


def test_neighbours_keep_one_border():
    # A border with a corner that the neighbour does not have: in another plane a sliver would open there.
    west, east = (
        shapely.box(0, 0, 150, 600),
        shapely.Polygon([(150, 0), (600, 0), (600, 600), (150, 600), (150, 123.4)]),
    )
    pieces = cut(np.array([west, east]), HEXES, CRS)
    per_zone = np.bincount(pieces.zone, pieces.extent, len(HEXES))
    whole = shapely.contains_properly(shapely.box(0, 0, 600, 600), HEXES)
    assert per_zone[whole] == pytest.approx(shapely.area(HEXES)[whole], rel=1e-9)
