from __future__ import annotations

import math
import os
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.geo.ancillary import AreaWeights, MixedWeights, ObjectWeights
from netsim.geo.areal import areal_interpolation
from netsim.geo.h3_zones import h3_zones, zones_from_h3
from netsim.geo.layers import LayerError, read_layer
from netsim.geo.zones import Zones, hex_zones, shape_zones

CRS = "EPSG:3035"
HEXES = hex_zones(gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 600, 600)], crs=CRS), 100.0, CRS)
ROOT = Path(os.environ.get("NETSIM_DATA", ""))
needs_data = pytest.mark.skipif("NETSIM_DATA" not in os.environ, reason="needs NETSIM_DATA")
nowhere = [].append
"""Takes notes that nobody reads."""

place = st.floats(-300.0, 900.0)
width = st.floats(0.5, 500.0)
shapes = st.one_of(
    st.builds(shapely.Point, place, place),
    st.builds(lambda x, y, w, h: shapely.box(x, y, x + w, y + h), place, place, width, width),
    st.builds(lambda x, y, w: shapely.LineString([(x, y), (x + w, y + w / 3)]), place, place, width),
)


def halves() -> Zones:
    return shape_zones(["west", "east"], np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)]), CRS)


def sources(*geometries: shapely.Geometry, crs: str = CRS, **columns) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=list(geometries), crs=crs)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(shapes, st.floats(0.0, 1e6)), min_size=1, max_size=12),
    points=st.lists(st.tuples(place, place), min_size=1, max_size=8),
    by=st.sampled_from(["area", "count", "mix"]),
)
def test_no_total_is_lost(rows, points, by):
    spots = ObjectWeights(gpd.GeoDataFrame(geometry=gpd.points_from_xy(*zip(*points, strict=True)), crs=CRS), "count")
    ancillary = {"area": None, "count": spots, "mix": MixedWeights(((spots, 1.0), (AreaWeights(), 2.0)))}[by]
    frame = sources(*[shape for shape, _ in rows], people=[value for _, value in rows])
    result = areal_interpolation(frame, HEXES, extensive=["people"], ancillary=ancillary, tell=nowhere)
    assert result.zones.columns["people"].sum() == pytest.approx(frame["people"].sum(), rel=1e-9)
    assert (result.zones.columns["people"] >= 0.0).all()
    assert np.asarray(result.shares.sum(axis=0)) == pytest.approx(np.ones(len(rows)), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(level=st.floats(-50.0, 50.0), cuts=st.lists(st.floats(10.0, 590.0), max_size=4, unique=True))
def test_a_mean_that_is_the_same_everywhere_stays_so(level, cuts):
    edges = [0.0, *sorted(cuts), 600.0]
    frame = sources(
        *[shapely.box(a, 0, b, 600) for a, b in pairwise(edges)],
        income=[level] * (len(edges) - 1),
    )
    found = areal_interpolation(frame, HEXES, intensive=["income"], tell=nowhere).zones.columns["income"]
    assert found == pytest.approx(np.full(len(HEXES), level), rel=1e-9, abs=1e-9)


def test_totals_and_means_of_overlapping_zones_by_hand():
    frame = sources(shapely.box(0, 0, 5, 10), shapely.box(5, 0, 20, 10), people=[10.0, 60.0], income=[100.0, 400.0])
    made = areal_interpolation(frame, halves(), extensive=["people"], intensive=["income"]).zones.columns
    assert made["people"] == pytest.approx([30.0, 40.0])
    assert made["income"] == pytest.approx([250.0, 400.0])


def test_missing_is_not_zero():
    notes: list[str] = []
    frame = sources(
        shapely.box(0, 0, 5, 10),
        shapely.box(5, 0, 10, 10),
        shapely.box(10, 0, 20, 10),
        people=[4.0, math.nan, math.nan],
    )
    result = areal_interpolation(frame, halves(), extensive=["people"], tell=notes.append)
    assert result.zones.columns["people"][0] == pytest.approx(4.0)
    assert math.isnan(result.zones.columns["people"][1])
    assert notes == ["sources: column 'people': 2 of 3 values are missing (first: row 2); zones left without one: 1"]
    assert result.notes == tuple(notes)
    frame["people"] = [4.0, 0.0, 0.0]
    assert areal_interpolation(frame, halves(), extensive=["people"]).zones.columns["people"] == pytest.approx(
        [4.0, 0.0]
    )
    means = areal_interpolation(frame.iloc[:2].assign(rate=[math.nan, 8.0]), halves(), intensive=["rate"], tell=nowhere)
    assert means.zones.columns["rate"][0] == pytest.approx(8.0)
    assert math.isnan(means.zones.columns["rate"][1])


def test_what_lies_beside_the_zones_is_placed_and_told():
    notes: list[str] = []
    frame = sources(shapely.box(30, 0, 40, 10), shapely.box(15, 0, 35, 10), people=[5.0, 8.0], rate=[1.0, 3.0])
    result = areal_interpolation(frame, halves(), extensive=["people"], intensive=["rate"], tell=notes.append)
    assert result.zones.columns["people"] == pytest.approx([0.0, 13.0])
    assert result.zones.columns["rate"][1] == pytest.approx(3.0)
    assert result.far.tolist() == [0]
    assert notes == [
        "sources: two of them overlap in 1 places, by 50 m2 in all; each keeps its own total there",
        "sources: 1 of 2 lie in no zone (first: row 1); each goes to the nearest",
        (
            "sources: 1 of 2 reach beyond the zones (first: row 2), the widest by 75.0% of itself; "
            "their totals are placed in the zones"
        ),
    ]


def test_overlapping_zones_are_told():
    notes: list[str] = []
    zones = shape_zones(["a", "b"], np.array([shapely.box(0, 0, 10, 10), shapely.box(5, 0, 15, 10)]), CRS)
    areal_interpolation(
        sources(shapely.box(0, 0, 15, 10), people=[3.0]), zones, extensive=["people"], tell=notes.append
    )
    assert notes == ["zones: they overlap in 1 of 1 sources (first: row 1)"]


def test_sources_that_are_points_go_to_their_zone():
    frame = sources(
        shapely.Point(3, 3),
        shapely.Point(4, 4),
        shapely.Point(10, 5),
        shapely.Point(99, 5),
        people=[1.0, 2.0, 4.0, 8.0],
    )
    result = areal_interpolation(frame, halves(), extensive=["people"], tell=nowhere)
    assert result.zones.columns["people"] == pytest.approx([7.0, 8.0])


def test_zones_that_are_points_take_the_nearest_sources():
    zones = shape_zones(["a", "b"], np.array([shapely.Point(0, 0), shapely.Point(100, 0)]), CRS)
    frame = sources(shapely.Point(20, 0), shapely.box(60, -5, 90, 5), people=[1.0, 2.0])
    result = areal_interpolation(frame, zones, extensive=["people"], tell=nowhere)
    assert result.zones.columns["people"] == pytest.approx([1.0, 2.0])


def test_a_hole_belongs_to_nobody():
    ring = shapely.box(0, 0, 20, 10).difference(shapely.box(12, 0, 18, 10))
    result = areal_interpolation(sources(ring, people=[14.0]), halves(), extensive=["people"])
    assert result.zones.columns["people"] == pytest.approx([10.0, 4.0])


def test_sources_in_degrees_are_measured_in_metres():
    zones = hex_zones(sources(shapely.box(4_000_000, 5_000_000, 4_001_000, 5_001_000)), 200.0, CRS)
    box = sources(shapely.box(4_000_000, 5_000_000, 4_000_500, 5_000_800), people=[100.0])
    straight = areal_interpolation(box, zones, extensive=["people"], tell=nowhere).zones.columns["people"]
    again = areal_interpolation(box.to_crs("EPSG:4326"), zones, extensive=["people"], tell=nowhere).zones
    assert again.columns["people"] == pytest.approx(straight, abs=1e-2)


def test_evidence_is_that_of_the_weakest():
    frame = sources(shapely.box(0, 0, 20, 10), people=[1.0])
    spots = ObjectWeights(sources(shapely.Point(3, 3)), "count", evidence="unverified")
    assert areal_interpolation(frame, halves(), extensive=["people"]).evidence == "data"
    found = areal_interpolation(frame, halves(), extensive=["people"], ancillary=spots, evidence="assumption")
    assert (found.evidence, found.by) == ("unverified", "count")
    assert areal_interpolation(frame, halves(), extensive=["people"], evidence="synthetic").evidence == "synthetic"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "name at least one extensive or intensive column"),
        ({"extensive": ["folk"]}, r"no column 'folk' \(it has people, name, geometry\)"),
        ({"extensive": ["name"]}, "column 'name' holds something that is not a number"),
        ({"extensive": ["people"], "intensive": ["people"]}, "'people' is named twice; it holds totals or means"),
    ],
)
def test_what_is_wrong_with_the_columns_is_told(asked, message):
    frame = sources(shapely.box(0, 0, 20, 10), people=[1.0], name=["Mitte"])
    with pytest.raises(LayerError, match=message):
        areal_interpolation(frame, halves(), **asked)


def test_infinite_values_known_columns_and_mixed_kinds_are_refused():
    frame = sources(shapely.box(0, 0, 20, 10), shapely.Point(3, 3), people=[1.0, math.inf], rate=[1.0, 2.0])
    with pytest.raises(LayerError, match=r"column 'people': 1 of 2 values are infinite \(first: row 2\)"):
        areal_interpolation(frame, halves(), extensive=["people"])
    with pytest.raises(LayerError, match="means need sources of one kind"):
        areal_interpolation(frame, halves(), intensive=["rate"], tell=nowhere)
    held = shape_zones(["all"], np.array([shapely.box(0, 0, 20, 10)]), CRS, {"rate": np.ones(1)})
    with pytest.raises(LayerError, match="the zones have a column 'rate' already"):
        areal_interpolation(frame, held, extensive=["rate"])


@pytest.mark.parametrize("resolution", [7, 8, 9, 10])
def test_mass_is_exact_on_h3_cells(resolution):
    rng = np.random.default_rng(resolution)
    city = shapely.Point(478_000, 6_670_000).buffer(2_500)
    spots = np.array([478_000, 6_670_000]) + rng.uniform(-1_700, 1_700, (40, 2))
    cells = shapely.intersection(
        np.array(shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(spots), extend_to=city))), city
    )
    frame = sources(*cells, crs="EPSG:31982", people=rng.lognormal(7.0, 1.0, len(cells)))
    zones = h3_zones(frame, resolution, "EPSG:31982")
    result = areal_interpolation(frame, zones, extensive=["people"], tell=nowhere)
    assert result.zones.columns["people"].sum() == pytest.approx(frame["people"].sum(), rel=1e-9)
    assert not len(result.far)


@needs_data
def test_points_of_a_real_county_lose_nobody():
    tracts = read_layer(ROOT / "chicago_access/chicago_metro_pop.geojson", tell=nowhere)
    box = shapely.box(*tracts.to_crs("EPSG:26916").total_bounds)
    zones = hex_zones(gpd.GeoDataFrame(geometry=[box], crs="EPSG:26916"), 2_000.0, "EPSG:26916")
    result = areal_interpolation(tracts, zones, extensive=["pop"], tell=nowhere)
    assert result.zones.columns["pop"].sum() == pytest.approx(8_105_097, rel=1e-9)


@needs_data
@pytest.mark.parametrize("resolution", [7, 8, 9, 10])
def test_real_hexagons_go_to_h3_cells_and_lose_nobody(resolution):
    table = read_layer(ROOT / "porto_alegre/poa_hexgrid.csv", crs="EPSG:4326", tell=nowhere)
    fine = zones_from_h3(list(table["id"]), {}, "EPSG:31982")
    frame = gpd.GeoDataFrame(table[["population", "jobs"]], geometry=fine.shapes(), crs="EPSG:31982")
    zones = h3_zones(frame, resolution, "EPSG:31982")
    made = areal_interpolation(frame, zones, extensive=["population", "jobs"], tell=nowhere).zones.columns
    assert made["population"].sum() == pytest.approx(812_935, rel=1e-9)
    assert np.nansum(made["jobs"]) == pytest.approx(337_921, rel=1e-9)
