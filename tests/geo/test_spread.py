from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.geo.layers import LayerError
from netsim.geo.spread import SPREAD_RULES, home_floor, spread, zone_shares
from netsim.geo.zones import Zones, hex_zones
from netsim.registry import UnknownPartError

CRS = "EPSG:3067"
AREA = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 600, 600)], crs=CRS)
HEXES = hex_zones(AREA, 100.0, CRS)

place = st.floats(-300.0, 900.0)
shapes = st.one_of(
    st.builds(shapely.Point, place, place),
    st.builds(lambda x, y, w, h: shapely.box(x, y, x + w, y + h), place, place, st.floats(1, 400), st.floats(1, 400)),
    st.builds(lambda x, y, w: shapely.LineString([(x, y), (x + w, y + w / 3)]), place, place, st.floats(1, 400)),
)


def squares(columns: dict[str, list[float]] | None = None) -> Zones:
    """Two squares of 10 m side by side."""
    cells = [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)]
    held = {name: np.array(values, dtype=float) for name, values in (columns or {}).items()}
    wkb = tuple(shapely.to_wkb(cell) for cell in cells)
    return Zones(("west", "east"), np.array([5.0, 15.0]), np.array([5.0, 5.0]), wkb, CRS, held)


def layer(*geometries: shapely.Geometry, **columns) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=list(geometries), crs=CRS)


def buildings(*rows: tuple[float, float, str, int]) -> gpd.GeoDataFrame:
    names = ("floor_area", "levels", "use", "places")
    columns = {name: [row[index] for row in rows] for index, name in enumerate(names)}
    return layer(*[shapely.box(1, 1, 2, 2)] * len(rows), **columns)


@settings(max_examples=60, deadline=None)
@given(objects=st.lists(st.tuples(shapes, st.floats(0.0, 1e3)), min_size=1, max_size=20), total=st.floats(0.0, 1e7))
def test_nothing_is_lost(objects, total):
    weights = [weight for _, weight in objects]
    frame = layer(*[shape for shape, _ in objects], weight=weights)
    assert np.asarray(zone_shares(HEXES, frame).sum(axis=0)) == pytest.approx(np.ones(len(objects)), abs=1e-12)
    if sum(weights) > 0.0:
        people = spread(total, HEXES, frame, "weight")
        assert people.sum() == pytest.approx(total, rel=1e-9)
        assert (people >= 0.0).all()


@settings(max_examples=30, deadline=None)
@given(parts=st.lists(st.tuples(shapes, st.floats(0.1, 1e3)), min_size=2, max_size=12), cut=st.integers(1, 11))
def test_two_layers_spread_apart_are_the_layer_spread_at_once(parts, cut):
    cut = min(cut, len(parts) - 1)
    frame = layer(*[shape for shape, _ in parts], weight=[weight for _, weight in parts])
    pieces = [frame.iloc[:cut], frame.iloc[cut:]]
    apart = sum(spread(piece["weight"].sum(), HEXES, piece, "weight") for piece in pieces)
    assert apart == pytest.approx(spread(frame["weight"].sum(), HEXES, frame, "weight"), rel=1e-9, abs=1e-9)


def test_a_building_over_two_zones_is_split_by_area():
    assert spread(40.0, squares(), layer(shapely.box(7, 2, 11, 4)), "count") == pytest.approx([30.0, 10.0])


def test_a_line_is_split_by_length_and_a_common_edge_counts_once():
    assert spread(10.0, squares(), layer(shapely.LineString([(8, 5), (13, 5)])), "count") == pytest.approx([4.0, 6.0])
    assert spread(1.0, squares(), layer(shapely.Point(10, 5)), "count") == pytest.approx([1.0, 0.0])


def test_what_lies_in_no_zone_goes_to_the_nearest():
    frame = layer(shapely.Point(40, 5), shapely.box(-9, 0, -3, 4), shapely.box(18, 0, 28, 4))
    assert spread(3.0, squares(), frame, "count") == pytest.approx([1.0, 2.0])


def test_a_layer_in_degrees_lands_in_the_same_zones():
    frame = layer(shapely.box(385_000, 6_672_000, 385_400, 6_672_300), shapely.Point(385_720, 6_672_100))
    zones = hex_zones(layer(shapely.box(385_000, 6_672_000, 386_000, 6_673_000)), 100.0, CRS)
    straight = spread(10.0, zones, frame, "count")
    assert spread(10.0, zones, frame.to_crs("EPSG:4326"), "count") == pytest.approx(straight, rel=1e-3, abs=1e-6)


def test_zones_that_are_points_take_the_nearest_objects():
    cells = tuple(shapely.to_wkb(shapely.Point(x, 0)) for x in (0.0, 100.0))
    zones = Zones(("a", "b"), np.array([0.0, 100.0]), np.zeros(2), cells, CRS, {})
    assert spread(3.0, zones, layer(shapely.Point(20, 0), shapely.box(60, -5, 90, 5)), "count") == pytest.approx(
        [1.5, 1.5]
    )


@pytest.mark.parametrize(
    ("row", "homes"),
    [
        ((600.0, 6.0, "residential", 9), 500.0),
        ((80.0, 1.0, "residential", 0), 80.0),
        ((600.0, 6.0, "unspecified", 0), 125.0),
        ((2_000.0, 5.0, "unspecified", 2), 1_600.0 * 0.25 * math.exp(-3.0)),
        ((90.0, 1.0, "unspecified", 0), 0.0),
        ((600.0, 6.0, "work", 0), 0.0),
        ((600.0, 6.0, "none", 0), 0.0),
        ((0.0, 6.0, "unspecified", 4), 0.0),
    ],
)
def test_homes_in_a_building(row, homes):
    assert home_floor(buildings(row)) == pytest.approx([homes])


@settings(max_examples=40, deadline=None)
@given(
    floor=st.floats(1.0, 1e5),
    levels=st.floats(1.0, 30.0),
    use=st.sampled_from(["residential", "unspecified", "work", "none"]),
    places=st.integers(0, 200),
)
def test_homes_are_at_most_the_floor_and_fall_with_places(floor, levels, use, places):
    homes, fewer = home_floor(buildings((floor, levels, use, places), (floor, levels, use, places + 1)))
    assert 0.0 <= fewer <= homes <= floor


def test_homes_and_workplaces_share_the_floor_in_use():
    frame = buildings((600.0, 6.0, "residential", 2), (900.0, 3.0, "unspecified", 1), (500.0, 2.0, "work", 0))
    frame = gpd.GeoDataFrame(
        frame, geometry=[shapely.box(1, 1, 2, 2), shapely.box(3, 1, 4, 2), shapely.box(11, 1, 12, 2)]
    )
    homes = home_floor(frame)
    assert spread(1.0, squares(), frame, "residential_floor") == pytest.approx([1.0, 0.0])
    expected = np.array([1_500.0 - homes.sum(), 500.0])
    assert spread(1.0, squares(), frame, "workplace_floor") == pytest.approx(expected / expected.sum())
    out_of_use = buildings((600.0, 6.0, "none", 0))
    with pytest.raises(LayerError, match="all weights are 0"):
        spread(1.0, squares(), out_of_use, "workplace_floor")


def test_a_column_of_the_zones_spreads_without_a_layer():
    notes: list[str] = []
    zones = squares({"jobs": [30.0, math.nan]})
    assert spread(7.0, zones, None, "column", column="jobs", tell=notes.append) == pytest.approx([7.0, 0.0])
    assert notes == ["spread by jobs: 1 of 2 values are missing and count as 0"]


@pytest.mark.parametrize(
    ("by", "params", "message"),
    [
        ("column", {"column": "job"}, r"no numeric column 'job' \(they have jobs, debt\)"),
        ("column", {"column": "debt"}, "non-negative and finite, got -1"),
        ("residential_floor", {}, "lacks the column 'floor_area'"),
        ("weight", {}, r"no column 'weight' \(it has name, geometry\)"),
        ("weight", {"column": "name"}, "column 'name' holds something that is not a number"),
    ],
)
def test_what_a_rule_lacks_is_told(by, params, message):
    zones = squares({"jobs": [1.0, 2.0], "debt": [-1.0, 3.0]})
    with pytest.raises(LayerError, match=message):
        spread(1.0, zones, layer(shapely.Point(1, 1), name=["a"]), by, **params)


def test_a_rule_over_a_layer_needs_one():
    with pytest.raises(LayerError, match="spread by count: the rule needs a layer"):
        spread(1.0, squares(), None, "count")


def test_roads_weigh_by_their_length():
    roads = layer(shapely.LineString([(1, 1), (1, 4)]), shapely.LineString([(8, 5), (17, 5)]), lanes=[2.0, math.nan])
    assert spread(12.0, squares(), roads, "road_length") == pytest.approx([5.0, 7.0])
    notes: list[str] = []
    assert spread(12.0, squares(), roads, "road_length", column="lanes", tell=notes.append) == pytest.approx(
        [12.0, 0.0]
    )
    assert notes == ["spread by lanes: 1 of 2 values are missing and count as 0"]
    with pytest.raises(LayerError, match=r"needs lines, but 1 of 1 shapes are points or polygons \(first: row 1\)"):
        spread(1.0, squares(), layer(shapely.Point(1, 1)), "road_length")


def test_an_unknown_rule_gets_a_suggestion():
    with pytest.raises(UnknownPartError, match="did you mean 'count'"):
        spread(1.0, squares(), None, "counts")
    assert list(SPREAD_RULES) == ["residential_floor", "workplace_floor", "count", "weight", "road_length", "column"]
