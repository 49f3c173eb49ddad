from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.geo.convex_cuts import convex_zones, shared_areas
from netsim.geo.zones import hex_zones

CRS = "EPSG:3067"
FAR_NORTH = 6_672_000.0
"""Real coordinates are large, and that is where digits are lost."""
AREA = gpd.GeoDataFrame(geometry=[shapely.box(385_000, FAR_NORTH, 385_900, FAR_NORTH + 900)], crs=CRS)
HEXES = hex_zones(AREA, 100.0, CRS).shapes()
SQUARES = shapely.box(
    *[part.ravel() for part in np.meshgrid(np.arange(9) * 100.0 + 385_000, np.arange(9) * 100.0 + FAR_NORTH)],
    *[part.ravel() + 100.0 for part in np.meshgrid(np.arange(9) * 100.0 + 385_000, np.arange(9) * 100.0 + FAR_NORTH)],
)

# Multiples of half a width put corners and edges right on the edges of the zones.
steps = st.one_of(st.floats(0.0, 900.0), st.integers(0, 18).map(lambda step: 50.0 * step))


def star(corners: list[tuple[float, float]]) -> shapely.Geometry:
    """Any polygon, with holes and several parts where its sides cross."""
    made = shapely.make_valid(shapely.Polygon([(385_000 + x, FAR_NORTH + y) for x, y in corners]))
    parts = [part for part in shapely.get_parts([made]) if part.geom_type == "Polygon"]
    return shapely.union_all(parts) if parts else shapely.Point(0, 0).buffer(1.0)


def check(sources: list[shapely.Geometry], zones) -> None:
    """Compare with what GEOS makes of every pair."""
    shapes = np.array(sources, dtype=object)
    source, zone, area = shared_areas(shapes, zones, convex_zones(zones), shapely.STRtree(zones))
    assert (np.diff(source * len(zones) + zone) > 0).all()
    table = np.zeros((len(shapes), len(zones)))
    table[source, zone] = area
    expected = shapely.area(shapely.intersection(shapes[:, None], zones[None]))
    assert table == pytest.approx(expected, abs=1e-5)


@settings(max_examples=60, deadline=None)
@given(corners=st.lists(st.tuples(steps, steps), min_size=3, max_size=12))
@pytest.mark.parametrize("zones", [HEXES, SQUARES], ids=["hexagons", "squares"])
def test_shared_areas_are_those_of_geos(zones, corners):
    check([star(corners)], zones)


def test_rings_within_rings_and_many_parts():
    middle = shapely.Point(385_450, FAR_NORTH + 450)
    ring = middle.buffer(400).difference(middle.buffer(120))
    parts = shapely.MultiPolygon([shapely.box(385_010, FAR_NORTH + 10, 385_020, FAR_NORTH + 20), middle.buffer(30)])
    check([ring, parts, middle.buffer(1_000), HEXES[40], HEXES[40].buffer(-1e-4)], HEXES)
    check([SQUARES[40], shapely.union_all(SQUARES[:20]), SQUARES[7].buffer(1e-6)], SQUARES)


def test_only_plain_convex_polygons_are_taken():
    bent = shapely.Polygon([(0, 0), (4, 0), (4, 4), (2, 1), (0, 4)])
    holed = shapely.box(0, 0, 9, 9).difference(shapely.box(3, 3, 4, 4))
    round_one = shapely.Point(0, 0).buffer(1.0, quad_segs=16)
    for shape in (bent, holed, round_one, shapely.Point(0, 0), shapely.MultiPolygon([shapely.box(0, 0, 1, 1)])):
        assert convex_zones(np.array([shapely.box(5, 5, 6, 6), shape])) is None
    assert convex_zones(np.empty(0, dtype=object)) is None


def test_corners_are_anticlockwise_and_padded():
    triangle = shapely.Polygon([(0, 0), (0, 3), (4, 0)])
    convex = convex_zones(np.array([triangle, shapely.box(10, 0, 12, 2)]))
    assert convex is not None
    assert convex.area == pytest.approx([6.0, 4.0])
    assert (np.diff(convex.swept, axis=0) >= 0.0).all()
    assert convex.middle == pytest.approx(np.array([[4 / 3, 1.0], [11.0, 1.0]]))
