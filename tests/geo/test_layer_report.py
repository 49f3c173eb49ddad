from __future__ import annotations

import math
import os
import pickle
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from netsim.geo.layer_report import column_report, layer_report
from netsim.geo.layers import read_layer

BOW_TIE = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])


def test_a_layer_in_numbers():
    columns = {
        "id": ["a", "b", "a"],
        "jobs": [0.0, math.nan, 5.5],
        "people": [3, -2, 0],
        "open": [True, False, True],
        "note": ["x", "", None],
    }
    shapes = [shapely.box(385_000, 6_672_000, 385_100, 6_672_100), shapely.Point(385_050, 6_672_200)]
    frame = gpd.GeoDataFrame(columns, geometry=[*shapes, shapes[1]], crs="EPSG:3067")
    report = layer_report(frame, "zones.gpkg")
    assert (report.where, report.rows, report.crs, report.metres_crs) == ("zones.gpkg", 3, "EPSG:3067", "EPSG:3067")
    assert dict(report.kinds) == {"Polygon": 1, "Point": 2}
    assert report.metres == (385_000.0, 6_672_000.0, 385_100.0, 6_672_200.0)
    assert report.degrees == pytest.approx((24.927, 60.169, 24.929, 60.171), abs=2e-3)
    assert report.faults == ()
    assert report.notes == ("1 of 3 geometries stand twice (first: row 3), the same as row 2",)
    found = {column.name: column for column in report.columns}
    assert list(found) == list(columns)
    jobs, people, note = found["jobs"], found["people"], found["note"]
    assert (jobs.kind, jobs.missing, jobs.zeros, jobs.distinct, jobs.total) == ("number", 1, 1, 2, 5.5)
    assert (people.kind, people.negative, people.zeros, people.least, people.most) == ("whole", 1, 1, -2.0, 3.0)
    assert (found["id"].kind, found["id"].distinct, found["id"].missing) == ("text", 2, 0)
    assert (found["open"].kind, found["open"].total) == ("bool", None)
    assert (note.missing, note.distinct) == (2, 1)
    assert pickle.loads(pickle.dumps(report)) == report  # noqa: S301 - its own bytes


@pytest.mark.parametrize(
    ("shapes", "crs", "fault"),
    [
        ([], "EPSG:4326", "the layer has no rows"),
        ([None], "EPSG:4326", "1 of 1 geometries are missing"),
        ([shapely.Point(34, 108)], "EPSG:4326", "lon and lat are swapped"),
        ([shapely.Point(1, 2)], None, "no coordinate reference system is stated"),
        ([shapely.Point(math.inf, 2)], "EPSG:3067", "not a finite number"),
        ([shapely.box(-179, 0, 179, 1)], "EPSG:4326", "span more than half the world"),
    ],
)
def test_a_layer_that_cannot_be_used_is_reported_all_the_same(shapes, crs, fault):
    report = layer_report(gpd.GeoDataFrame({"n": range(len(shapes))}, geometry=shapes, crs=crs), "x")
    assert any(fault in found for found in report.faults)
    assert report.rows == len(shapes)
    assert report.columns[0].name == "n"


def test_all_faults_are_told_at_once():
    frame = gpd.GeoDataFrame(geometry=[None, shapely.Polygon(), shapely.LineString([(0, 0), (math.inf, 1)])])
    faults = layer_report(frame, "x").faults
    assert faults[0].startswith("no coordinate reference system is stated")
    assert [fault.split(" (")[0] for fault in faults[1:]] == [
        "1 of 3 geometries are missing",
        "1 of 3 geometries are empty",
        "1 of 3 rows have a coordinate that is not a finite number",
    ]


def test_invalid_shapes_are_told():
    notes = layer_report(gpd.GeoDataFrame(geometry=[shapely.Point(9, 9), BOW_TIE], crs="EPSG:4326"), "x").notes
    assert notes == ("1 of 2 shapes are invalid and will be repaired (first: row 2)",)


def test_a_layer_across_the_antimeridian_has_an_east_beyond_180():
    report = layer_report(gpd.GeoDataFrame(geometry=shapely.points([[179, -17], [-179, -16]]), crs="EPSG:4326"), "x")
    assert report.degrees == (179.0, -17.0, 181.0, -16.0)
    assert report.metres_crs == "EPSG:32701"
    assert report.metres[2] - report.metres[0] == pytest.approx(2 * 111_320 * math.cos(math.radians(16.5)), rel=0.01)


def test_a_column_without_a_value():
    report = column_report(pd.Series([math.nan, math.nan], name="n"))
    assert (report.missing, report.distinct, report.zeros, report.total, report.least) == (2, 0, 0, None, None)


@pytest.mark.skipif("NETSIM_DATA" not in os.environ, reason="needs NETSIM_DATA")
def test_a_real_table():
    # The README of the data: 1,227 hexagons, 812,935 people, 337,921 jobs, some of them missing.
    path = Path(os.environ["NETSIM_DATA"]) / "porto_alegre" / "poa_hexgrid.csv"
    report = layer_report(read_layer(path, crs="EPSG:4326"), "hexagons")
    found = {column.name: column for column in report.columns}
    assert (report.rows, report.faults) == (1_227, ())
    assert (found["population"].total, found["jobs"].total) == (812_935.0, 337_921.0)
    assert found["jobs"].missing > 0
    assert (found["id"].kind, found["id"].distinct) == ("text", 1_227)
