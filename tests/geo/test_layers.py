from __future__ import annotations

import json
import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from netsim.errors import ExitCode
from netsim.geo.layers import LayerError, check_layer, project, read_layer, to_frame, write_layer, write_layers

SQUARE = shapely.box(385_000.0, 6_672_000.0, 385_100.0, 6_672_100.0)
BOW_TIE = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])


@pytest.fixture
def layer() -> gpd.GeoDataFrame:
    columns = {"id": ["007", "8"], "people": [3.0, math.nan], "name": ["Töölö", "中环"]}
    return gpd.GeoDataFrame(columns, geometry=[SQUARE, SQUARE.buffer(5)], crs="EPSG:3067")


@pytest.mark.parametrize("ending", [".parquet", ".gpkg"])
def test_a_written_layer_reads_back_alike(layer, tmp_path, ending):
    write_layer(layer, tmp_path / f"zones{ending}")
    assert_geodataframe_equal(read_layer(tmp_path / f"zones{ending}"), layer, check_like=True)


def test_all_formats_tell_the_same(tmp_path):
    points = gpd.GeoDataFrame(
        {"id": ["01", "2"], "jobs": [5, 7]}, geometry=gpd.points_from_xy([24.9, 24.95], [60.1, 60.2]), crs="EPSG:4326"
    )
    write_layer(points, tmp_path / "a.parquet")
    write_layer(points, tmp_path / "a.gpkg")
    (tmp_path / "a.geojson").write_text(points.to_json(drop_id=True), encoding="utf-8")
    (tmp_path / "a.csv").write_text("\ufeffid,lon,lat,jobs\n01,24.9,60.1,5\n2,24.95,60.2,7\n", encoding="utf-8")
    for ending in ("parquet", "gpkg", "geojson", "csv"):
        read = read_layer(tmp_path / f"a.{ending}", crs="EPSG:4326")
        assert list(read["id"]) == ["01", "2"], ending
        assert list(read["jobs"]) == [5, 7], ending
        assert np.allclose(shapely.get_coordinates(read.geometry.array), [[24.9, 60.1], [24.95, 60.2]]), ending
        assert read.crs.equals("EPSG:4326", ignore_axis_order=True), ending


@pytest.mark.parametrize("ending", [".parquet", ".gpkg"])
def test_equal_contents_are_equal_bytes(layer, tmp_path, ending):
    contents = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_layer(layer, tmp_path / name / f"zones{ending}")
        contents.append((tmp_path / name / f"zones{ending}").read_bytes())
    assert contents[0] == contents[1]
    again = read_layer(tmp_path / "one" / f"zones{ending}")
    (tmp_path / "three").mkdir()
    write_layer(again, tmp_path / "three" / f"zones{ending}")
    assert (tmp_path / "three" / f"zones{ending}").read_bytes() == contents[0]


def test_a_geopackage_holds_several_layers_and_replaces_the_old_file(layer, tmp_path):
    path = tmp_path / "result.gpkg"
    write_layers({"old": layer}, path)
    write_layers({"sites": layer, "zones": layer.iloc[:1]}, path)
    assert len(read_layer(path, layer="sites")) == 2
    assert len(read_layer(path, layer="zones")) == 1
    with pytest.raises(LayerError, match=r"holds 2 map layers \(sites, zones\); say which"):
        read_layer(path)
    with pytest.raises(LayerError, match="has no layer 'old'"):
        read_layer(path, layer="old")


def test_wkb_columns_become_a_layer():
    frame = to_frame({"id": ["a"]}, [shapely.to_wkb(SQUARE)], "EPSG:3067")
    assert frame.crs.to_epsg() == 3067
    assert frame.geometry.iloc[0].equals(SQUARE)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("id,code,tract,n\n1,2,3,4\n", {"id": "text", "code": "text", "tract": "number", "n": "number"}),
        ("zone_id,tract,share\n1,017,.5\n2,18,1e-3\n", {"zone_id": "text", "tract": "text", "share": "number"}),
        ("n,note\n1,\n,x\n", {"n": "number", "note": "text"}),
    ],
)
def test_numbers_are_guessed_only_where_nothing_is_lost(tmp_path, text, kinds):
    lines = text.splitlines()
    path = tmp_path / "t.csv"
    path.write_text("\n".join([f"{lines[0]},lng,Lat"] + [f"{line},1.5,2.5" for line in lines[1:]]), encoding="utf-8")
    frame = read_layer(path, crs="EPSG:4326")
    for column, kind in kinds.items():
        assert pd.api.types.is_numeric_dtype(frame[column]) == (kind == "number"), column


def test_a_csv_in_metres_says_its_crs(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,x,y\na,385000,6672000\n", encoding="utf-8")
    assert read_layer(path, crs="EPSG:3067").geometry.iloc[0].x == 385_000.0
    with pytest.raises(LayerError, match=r"no coordinate reference system is stated; give one, .* GCJ02 / BD09"):
        read_layer(path)


def test_invalid_polygons_are_repaired_and_told(tmp_path):
    notes: list[str] = []
    frame = gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=[BOW_TIE, SQUARE], crs="EPSG:3067")
    frame.to_parquet(tmp_path / "a.parquet")
    read = read_layer(tmp_path / "a.parquet", tell=notes.append)
    assert read.geometry.is_valid.all()
    assert set(read.geom_type) <= {"Polygon", "MultiPolygon"}
    assert read.geometry.area.iloc[0] == pytest.approx(50.0)
    assert len(notes) == 1
    assert "1 invalid shapes repaired" in notes[0]


def test_heights_are_dropped():
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(1, 2, 3)], crs="EPSG:3067")
    assert not check_layer(frame, "layer").geometry.has_z.any()


@pytest.mark.parametrize(
    ("shapes", "crs", "message"),
    [
        ([], "EPSG:3067", "no rows"),
        ([SQUARE], None, "no coordinate reference system"),
        ([SQUARE, None], "EPSG:3067", r"1 of 2 geometries are missing \(first: row 2\)"),
        ([SQUARE, shapely.Polygon()], "EPSG:3067", r"1 of 2 geometries are empty \(first: row 2\)"),
        (
            [shapely.LineString([(0, 0), (math.inf, 1)])],
            "EPSG:3067",
            r"1 of 1 rows have a coordinate that is not a finite number \(first: row 1\)",
        ),
        ([shapely.Point(0, 0), shapely.Point(60.2, 124.9)], "EPSG:4326", "swapped"),
        ([shapely.Polygon([(0, 0), (1, 1), (2, 2)])], "EPSG:3067", r"1 of 1 shapes have no extent \(first: row 1\)"),
    ],
)
def test_a_layer_that_cannot_be_used_says_why(shapes, crs, message):
    with pytest.raises(LayerError, match=message) as caught:
        check_layer(gpd.GeoDataFrame(geometry=shapes, crs=crs), "zones.gpkg", tell=lambda _note: None)
    assert caught.value.exit_code == ExitCode.BAD_INPUT
    assert str(caught.value).startswith("zones.gpkg: ")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.xyz", b"", "cannot read a map layer from .xyz"),
        ("a", b"", "a file without an ending"),
        ("a.parquet", b"PAR1", "not a GeoParquet file"),
        ("a.gpkg", b"<OGRVRTDataSource/>", "not a GeoPackage"),
        ("a.gpkg", b"SQLite format 3\0", "not a GeoPackage"),
        ("a.geojson", b"{", "not a GeoJSON file"),
        ("a.geojson", b'{"type": "Topology"}', "not a GeoJSON feature collection"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', "no rows"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": [{"type": "Feature"}]}', "not a GeoJSON file"),
        (
            "a.geojson",
            b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"geometry": 1}}]}',
            "a property is named 'geometry'; give it another name",
        ),
        ("a.csv", b"", "the table is empty"),
        ("a.csv", b"id,lon,lat\na,1,2,3,4\nb,1\n", r"line 2:1: the row has 5 cells; .*\(and 1 more\)"),
        ("a.csv", "id,lon,lat\nK\u00e4,1,2\n".encode("latin-1"), "neither UTF-8 nor GB18030"),
        ("a.csv", "id,lon,lat\nK\u00e4se,1,2\n".encode("latin-1"), "read as GB18030 it is no Chinese; save"),
        ("a.csv", b"id,x\n1,2\n", "no columns lon and lat, x and y, or wkt; it has id, x"),
        ("a.csv", b"id,lon,lat\na,west,2\n", r"1 of 1 cells of column 'lon' .* not a number \(first: row 1\): 'west'"),
        ("a.csv", b"id,lon,lat\na,inf,2\n", "cells of column 'lon' hold something that is not a number"),
        ("a.csv", b'id,lon,lat\na,"24,9",2\n', "'24,9'; write a decimal point"),
        ("a.csv", b"id,lon,lat\na,,2\nb,0,2\n", r"1 of 2 geometries are missing \(first: row 1\); give every row"),
        ("a.csv", b"id,wkt\na,POINT (1 2)\nb,POINT 1 2\n", "cells of column 'wkt' hold no well-known text .*: 'POINT"),
        ("a.xlsx", b"PK", "the file is no .xlsx archive"),
        ("a.shp", b"<OGRVRTDataSource/>", "not a shapefile"),
        ("a.zip", b"<OGRVRTDataSource/>", "not a zip archive of a shapefile"),
        ("a.zip", b"PK\x03\x04", "a zip archive that cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    table = name.endswith((".csv", ".xlsx"))
    with pytest.raises(LayerError, match=message):
        read_layer(tmp_path / name, crs="EPSG:4326" if table else None)


@pytest.mark.parametrize(
    "address",
    ["https://example.org/a.geojson", "s3://bucket/a.parquet", "/vsicurl/https://example.org/a.gpkg", "nothing.gpkg"],
)
def test_nothing_but_files_on_this_machine_is_opened(tmp_path, address):
    with pytest.raises(LayerError, match=r"local files only|no such file"):
        read_layer(type(tmp_path)(address))


def test_a_plain_table_is_no_layer(tmp_path):
    pd.DataFrame({"id": ["a"]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(LayerError, match="not a GeoParquet file"):
        read_layer(tmp_path / "a.parquet")


def test_a_declared_crs_fills_a_gap_but_contradicts_nothing(tmp_path):
    bare = gpd.GeoDataFrame({"id": ["a"]}, geometry=[SQUARE])
    bare.to_parquet(tmp_path / "bare.parquet")
    with pytest.raises(LayerError, match="no coordinate reference system is stated; give one"):
        read_layer(tmp_path / "bare.parquet")
    assert read_layer(tmp_path / "bare.parquet", crs="EPSG:3067").crs.to_epsg() == 3067
    with pytest.raises(LayerError, match="unknown coordinate reference system 'EPSG:0'"):
        read_layer(tmp_path / "bare.parquet", crs="EPSG:0")
    bare.set_crs("EPSG:3067").to_parquet(tmp_path / "named.parquet")
    with pytest.raises(LayerError, match="the file says EPSG:3067, but EPSG:32635 was declared"):
        read_layer(tmp_path / "named.parquet", crs="EPSG:32635")


def test_geojson_names_its_crs_the_old_way_and_keeps_feature_ids(tmp_path):
    feature = {"type": "Feature", "id": "z1", "properties": {}, "geometry": {"type": "Point", "coordinates": [1, 2]}}
    document = {"type": "FeatureCollection", "features": [feature]}
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert read_layer(path).crs.to_epsg() == 4326
    assert list(read_layer(path, crs="EPSG:3067")["id"]) == ["z1"]
    path.write_text(json.dumps({**document, "crs": {"properties": {"name": "EPSG:3879"}}}), encoding="utf-8")
    assert read_layer(path).crs.to_epsg() == 3879
    path.write_text(json.dumps({**document, "crs": {"type": "link"}}), encoding="utf-8")
    with pytest.raises(LayerError, match="not a GeoJSON file"):
        read_layer(path)


def test_planes_measure_in_metres(layer):
    assert project(layer, "EPSG:32635").crs.to_epsg() == 32635
    with pytest.raises(LayerError, match="EPSG:4326 measures in degree; name a projected CRS"):
        project(layer, "EPSG:4326")
    with pytest.raises(LayerError, match="measures in US survey foot"):
        project(layer, "EPSG:2263")
    elsewhere = gpd.GeoDataFrame(geometry=[shapely.Point(117.0, 0.0)], crs="EPSG:4326")
    with pytest.raises(LayerError, match="cannot be shown in EPSG:3067"):
        project(elsewhere, "EPSG:3067")
