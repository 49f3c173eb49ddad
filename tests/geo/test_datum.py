from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.geo.datum import CHINA_BOX, DATUMS, from_wgs84, inside_china_box, parse_datum, to_wgs84, to_wgs84_shapes

GEOD = pyproj.Geod(ellps="WGS84")
CHINA = st.lists(st.tuples(st.floats(73.0, 135.0), st.floats(3.8, 53.5)), min_size=1, max_size=50)


def metres(one, other):
    return GEOD.inv(*one, *other)[2]


@pytest.mark.parametrize(
    ("lon", "lat", "gcj_lon", "gcj_lat", "within"),
    [
        # wandergis/coordtransform, test/app.js, printed to the last digit
        (116.404, 39.915, 116.41024449916938, 39.91640428150164, 1e-12),
        # googollee/eviltransform, go/transform_test.go, which compares five decimals (it takes another ellipsoid)
        (121.5272106, 31.1774276, 121.531541859215, 31.17530398364597, 1e-5),
        (113.912316, 22.543847, 113.9171764808363, 22.540796131694766, 1e-5),
        (116.377817, 39.911954, 116.38404722455657, 39.91334545536069, 1e-5),
    ],
)
def test_published_pairs_of_gcj02(lon, lat, gcj_lon, gcj_lat, within):
    there = from_wgs84([lon], [lat], "GCJ02")
    assert np.allclose(np.ravel(there), [gcj_lon, gcj_lat], rtol=0, atol=within)
    back = to_wgs84([gcj_lon], [gcj_lat], "GCJ02")
    assert np.allclose(np.ravel(back), [lon, lat], rtol=0, atol=within)


def test_the_published_pair_of_bd09():
    # wandergis/coordtransform, test/app.js: GCJ-02 (116.404, 39.915) is BD-09 (116.41036949371029, 39.92133699351021)
    in_bd = to_wgs84([116.41036949371029], [39.92133699351021], "BD09")
    in_gcj = to_wgs84([116.404], [39.915], "GCJ02")
    assert metres(in_bd, in_gcj).max() < 1e-6


@pytest.mark.parametrize("datum", DATUMS)
@settings(deadline=None, max_examples=100)
@given(points=CHINA)
def test_there_and_back_is_exact_all_over_china(datum, points):
    lon, lat = np.array(points).T
    assert metres((lon, lat), to_wgs84(*from_wgs84(lon, lat, datum), datum)).max() <= 1e-6
    assert metres((lon, lat), from_wgs84(*to_wgs84(lon, lat, datum), datum)).max() <= 1e-6


@pytest.mark.parametrize("datum", ["GCJ02", "BD09"])
def test_there_and_back_on_the_meridian_where_the_formula_has_a_corner(datum):
    # The shift holds the root of the distance to 105 E, whose slope there is infinite.
    lon = 105.0 + np.concatenate([[0.0], *([sign * 10.0**-power] for power in range(1, 15) for sign in (1, -1))])
    lat = np.full(len(lon), 35.0)
    assert metres((lon, lat), to_wgs84(*from_wgs84(lon, lat, datum), datum)).max() <= 1e-6


@pytest.mark.parametrize(("datum", "least", "most"), [("GCJ02", 15.0, 720.0), ("BD09", 680.0, 1_540.0)])
def test_sizes_of_the_shifts(datum, least, most):
    lon, lat = (axis.ravel() for axis in np.meshgrid(np.linspace(73.0, 135.0, 125), np.linspace(3.8, 53.5, 100)))
    moved = metres((lon, lat), from_wgs84(lon, lat, datum))
    assert least < moved.min() < moved.max() < most


@pytest.mark.parametrize("datum", DATUMS)
@settings(deadline=None, max_examples=50)
@given(lon=st.floats(-180.0, 180.0), lat=st.floats(-90.0, 90.0))
def test_outside_of_the_box_nothing_moves(datum, lon, lat):
    west, south, east, north = CHINA_BOX
    outside = not (west <= lon <= east and south <= lat <= north)
    assert inside_china_box(np.array([lon]), np.array([lat]))[0] == (not outside)
    if outside or datum == "WGS84":
        for move in (from_wgs84, to_wgs84):
            assert [axis.tolist() for axis in move([lon], [lat], datum)] == [[lon], [lat]]


def test_the_size_of_the_batch_changes_nothing():
    draw = np.random.default_rng(0)
    lon, lat = draw.uniform(73.0, 135.0, 40_000), draw.uniform(3.8, 53.5, 40_000)
    every = to_wgs84(lon, lat, "BD09")
    some = to_wgs84(lon[-3:], lat[-3:], "BD09")
    assert metres((every[0][-3:], every[1][-3:]), some).max() < 1e-6


def test_the_input_is_left_alone_and_gaps_stay():
    lon, lat = np.array([116.0, np.nan, 116.0]), np.array([39.0, 39.0, np.nan])
    moved = to_wgs84(lon, lat, "GCJ02")
    assert lon[0] == 116.0
    assert np.isnan(moved[0]).tolist() == [False, True, False]
    assert np.isnan(moved[1]).tolist() == [False, False, True]


def test_shapes_of_all_kinds_move_and_missing_ones_stay():
    shapes = np.array([shapely.Point(116, 39), shapely.box(116, 39, 116.1, 39.1), None, shapely.Point(2, 48)], object)
    moved = to_wgs84_shapes(shapes, "GCJ02")
    assert moved[2] is None
    assert moved[3].equals(shapes[3])
    assert shapes[0].equals(shapely.Point(116, 39))
    assert np.allclose(moved[0].coords, np.ravel(to_wgs84([116.0], [39.0], "GCJ02")))
    assert (
        300.0 < GEOD.line_length(*zip(moved[1].exterior.coords[0], shapes[1].exterior.coords[0], strict=True)) < 700.0
    )


@pytest.mark.parametrize(
    ("text", "datum"),
    [
        ("GCJ02", "GCJ02"), ("gcj-02", "GCJ02"), ("Gcj 02", "GCJ02"), (" BD09 ", "BD09"), ("bd-09", "BD09"),
        ("bd09ll", "BD09"), ("WGS84", "WGS84"), ("wgs-84", "WGS84"), ("EPSG:4326", None), ("GCJ09", None), ("", None),
    ],
)  # fmt: skip
def test_spellings(text, datum):
    assert parse_datum(text) == datum


def test_faults():
    with pytest.raises(ValueError, match=r"unknown datum 'GCJ' \(known: WGS84, GCJ02, BD09\)"):
        to_wgs84([1.0], [1.0], "GCJ")
    with pytest.raises(ValueError, match=r"two rows of the same length, got shapes \(1,\) and \(2,\)"):
        from_wgs84([1.0], [1.0, 2.0], "GCJ02")
