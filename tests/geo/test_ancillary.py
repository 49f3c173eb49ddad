from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.geo.ancillary import (
    AreaWeights,
    MixedWeights,
    ObjectWeights,
    RasterWeights,
    evidence_of,
    label,
    piece_weights,
)
from netsim.geo.areal import areal_interpolation
from netsim.geo.h3_zones import zones_from_h3
from netsim.geo.layers import LayerError, read_layer
from netsim.geo.pieces import cut
from netsim.geo.zones import shape_zones
from netsim.registry import UnknownPartError

CRS = "EPSG:3035"
CELLS = np.array([shapely.box(x, 0, x + 10, 10) for x in (0, 10, 20, 30)])
ROOT = Path(os.environ.get("NETSIM_DATA", "")) / "porto_alegre"
STREETS_WITH_HOUSES = ("residential", "living_street", "tertiary", "secondary")

place = st.floats(-5.0, 45.0)
lines = st.builds(
    lambda x, y, w, h: shapely.LineString([(x, y), (x + w, y + h)]), place, place, st.floats(0.1, 30.0), place
)


def layer(*geometries: shapely.Geometry, **columns) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=list(geometries), crs=CRS)


def pieces(*sources: shapely.Geometry):
    return cut(np.array(sources), CELLS, CRS, with_shapes=True)


@settings(max_examples=50, deadline=None)
@given(ways=st.lists(lines, min_size=1, max_size=8))
def test_road_lengths_in_the_pieces_add_up_to_what_lies_in_the_source(ways):
    source = shapely.box(3, 1, 36, 9)
    weights = piece_weights(pieces(source), ObjectWeights(layer(*ways), "road_length"))
    inside = shapely.length(shapely.intersection(np.array(ways), source)).sum()
    assert weights.sum() == pytest.approx(inside, rel=1e-9, abs=1e-6)


def test_points_lines_and_floors_by_hand():
    of = pieces(shapely.box(0, 0, 20, 10), shapely.box(20, 0, 40, 10))
    shops = layer(
        shapely.Point(2, 2), shapely.Point(3, 3), shapely.Point(15, 5), shapely.Point(99, 99), jobs=[1, 5, 2, 7]
    )
    assert piece_weights(of, ObjectWeights(shops, "count")).tolist() == [2.0, 1.0, 0.0, 0.0]
    assert piece_weights(of, ObjectWeights(shops, "weight", {"column": "jobs"})).tolist() == [6.0, 2.0, 0.0, 0.0]
    house = layer(shapely.box(8, 0, 12, 5), shapely.box(35, 5, 45, 15), floor=[100.0, 40.0])
    floors = piece_weights(of, ObjectWeights(house, "weight", {"column": "floor"}))
    assert floors == pytest.approx([50.0, 50.0, 0.0, 10.0])
    road = layer(shapely.LineString([(-10, 5), (25, 5)]), lanes=[2.0])
    assert piece_weights(of, ObjectWeights(road, "road_length", {"column": "lanes"})) == pytest.approx(
        [20.0, 20.0, 10.0, 0.0]
    )


def test_what_lies_on_a_border_counts_once_in_a_source():
    of = pieces(shapely.box(0, 0, 20, 10), shapely.box(20, 0, 40, 10))
    spots = layer(shapely.Point(10, 5), shapely.Point(20, 5))
    assert piece_weights(of, ObjectWeights(spots, "count")).tolist() == [0.5, 1.5, 1.0, 0.0]
    along = layer(shapely.LineString([(10, 2), (10, 8)]))
    assert piece_weights(of, ObjectWeights(along, "road_length")) == pytest.approx([3.0, 3.0, 0.0, 0.0])


def test_sources_without_any_weight_are_spread_by_area_and_told():
    zones = shape_zones(["a", "b", "c", "d"], CELLS, CRS)
    frame = layer(shapely.box(0, 0, 20, 10), shapely.box(25, 0, 40, 10), people=[8.0, 30.0])
    notes: list[str] = []
    shops = ObjectWeights(
        layer(shapely.Point(2, 2), shapely.Point(3, 3), shapely.Point(15, 5), shapely.Point(4, 4)), "count"
    )
    result = areal_interpolation(frame, zones, extensive=["people"], ancillary=shops, tell=notes.append)
    assert result.zones.columns["people"] == pytest.approx([6.0, 2.0, 10.0, 20.0])
    assert result.by_area.tolist() == [1]
    assert notes == ["sources: count weighs nothing in 1 of 2 sources (first: row 2); they are spread by area"]


def test_means_are_weighed_by_people_where_there_are_any():
    zones = shape_zones(["all", "rest"], np.array([shapely.box(0, 0, 20, 10), shapely.box(20, 0, 40, 10)]), CRS)
    frame = layer(*CELLS, income=[10.0, 20.0, 30.0, 50.0])
    homes = ObjectWeights(
        layer(shapely.Point(5, 5), shapely.Point(15, 5), people=[30.0, 10.0]), "weight", {"column": "people"}
    )
    made = areal_interpolation(frame, zones, intensive=["income"], ancillary=homes, tell=[].append).zones.columns
    assert made["income"] == pytest.approx([12.5, 40.0])


def test_a_mix_counts_each_part_by_its_share():
    of = pieces(shapely.box(0, 0, 20, 10))
    spots = ObjectWeights(layer(*[shapely.Point(15, y) for y in range(1, 9)]), "count", evidence="assumption")
    mixed = MixedWeights(((AreaWeights(), 3.0), (spots, 1.0)))
    assert piece_weights(of, mixed) == pytest.approx([1.5, 2.5])
    assert (label(mixed), evidence_of(mixed)) == ("mix of area (3) and count (1)", "assumption")
    notes: list[str] = []
    nothing = MixedWeights(((AreaWeights(), 1.0), (ObjectWeights(layer(shapely.Point(99, 99)), "count"), 1.0)))
    assert piece_weights(of, nothing, tell=notes.append) == pytest.approx([0.5, 0.5])
    assert notes == ["count: none of it lies in the sources, so it has no say in the mix"]


def test_what_cannot_weigh_is_refused():
    of = pieces(shapely.box(0, 0, 20, 10))
    spot = layer(shapely.Point(5, 5))
    with pytest.raises(LayerError, match="the rule weighs whole zones"):
        piece_weights(of, ObjectWeights(spot, "column"))
    with pytest.raises(UnknownPartError, match="did you mean 'road_length'"):
        piece_weights(of, ObjectWeights(spot, "road_lenght"))
    with pytest.raises(LayerError, match="needs lines, but 1 of 1 shapes are points or polygons"):
        piece_weights(of, ObjectWeights(spot, "road_length"))
    with pytest.raises(ValueError, match="cut them with_shapes=True"):
        piece_weights(cut(CELLS, CELLS, CRS), ObjectWeights(spot, "count"))
    with pytest.raises(ValueError, match="positive number, got 0"):
        MixedWeights(((AreaWeights(), 0.0),))
    with pytest.raises(ValueError, match="at least one part"):
        MixedWeights(())
    assert label(RasterWeights(Path("a/people.tif"))) == "raster people.tif"


@pytest.mark.skipif("NETSIM_DATA" not in os.environ, reason="needs NETSIM_DATA")
@pytest.mark.skipif(importlib.util.find_spec("pyrosm") is None, reason="needs the extra osm")
def test_streets_place_the_people_of_a_real_city_better_than_area():
    pyrosm = importlib.import_module("pyrosm")
    ways = pyrosm.OSM(str(ROOT / "poa_osm.pbf")).get_network("walking")
    streets = ways.loc[ways["highway"].isin(STREETS_WITH_HOUSES), ["geometry"]]
    table = read_layer(ROOT / "poa_hexgrid.csv", crs="EPSG:4326", tell=[].append)
    zones = zones_from_h3(list(table["id"]), {}, "EPSG:31982")
    truth, shapes = table["population"].to_numpy(dtype=float), zones.shapes()
    district = 2 * (zones.x > np.median(zones.x)) + (zones.y > np.median(zones.y))
    merged = [shapely.union_all(shapes[district == number]) for number in range(4)]
    frame = gpd.GeoDataFrame({"people": np.bincount(district, truth)}, geometry=merged, crs="EPSG:31982")
    misplaced = {}
    for name, ancillary in (("area", None), ("streets", ObjectWeights(streets, "road_length"))):
        found = areal_interpolation(frame, zones, extensive=["people"], ancillary=ancillary, tell=[].append)
        assert found.zones.columns["people"].sum() == pytest.approx(truth.sum(), rel=1e-9)
        misplaced[name] = np.abs(found.zones.columns["people"] - truth).sum() / truth.sum() / 2.0
    assert misplaced["streets"] < 0.9 * misplaced["area"]
