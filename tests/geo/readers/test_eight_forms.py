"""One layer in eight forms: formats and encodings."""

from __future__ import annotations

import json
import math
import warnings
import zipfile

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from netsim.geo.layers import LayerError, read_layer, write_layer
from netsim.geo.readers import READERS
from netsim.geo.readers.columns import TEXT

FORMS = (
    "layer.gpkg", "layer.parquet", "layer.geojson", "utf8/layer.shp", "gbk/layer.shp", "layer.zip",
    "utf8.csv", "bom.csv", "gb18030.csv", "layer.xlsx",
)  # fmt: skip


def source(shapes) -> gpd.GeoDataFrame:
    """Ids with leading zeros, Chinese texts and names, whole numbers, floats, gaps, bools, codes that are numbers."""
    columns = {
        "编号": ["007", "08", "9"],
        "名称": ["西安钟楼支行", "  高新\u00e9路 ", None],
        "人口": [1200, 0, 35],
        "jobs": [3, None, 0],
        "share": [0.125, -2.5, None],
        "whole": [4.0, 5.0, -6.0],
        "open": [True, False, True],
        "post_code": [710001, 710002, 710003],
        "block": ["12", "13", "14"],
        "none": [None, None, None],
        "一个很长的列名": ["甲", "乙", "丙"],
    }
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def wanted(shapes) -> gpd.GeoDataFrame:
    """What every form of ``source`` has to load as."""
    columns = {
        "id": pd.Series(["007", "08", "9"], dtype=TEXT),
        "name": pd.Series(["西安钟楼支行", "高新\u00e9路", None], dtype=TEXT),
        "population": np.array([1200, 0, 35], dtype=np.int64),
        "jobs": np.array([3.0, math.nan, 0.0]),
        "share": np.array([0.125, -2.5, math.nan]),
        "whole": np.array([4, 5, -6], dtype=np.int64),
        "open": np.array([True, False, True]),
        "post_code": pd.Series(["710001", "710002", "710003"], dtype=TEXT),
        "block": np.array([12, 13, 14], dtype=np.int64),
        "none": np.full(3, math.nan),
        "一个很长的列名": pd.Series(["甲", "乙", "丙"], dtype=TEXT),
    }
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def as_shapefile(frame, folder, encoding: str, *, cpg: bool):
    folder.mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of cut column names
        frame.to_file(folder / "layer.shp", engine="pyogrio", encoding=encoding)
    if not cpg:
        (folder / "layer.cpg").unlink()


@pytest.fixture(scope="module", params=["points", "polygons"])
def forms(request, tmp_path_factory):
    """A folder with all forms of one layer."""
    folder = tmp_path_factory.mktemp("forms")
    spots = shapely.points([[108.94, 34.26], [108.95, 34.27], [108.96, 34.28]])
    shapes = spots if request.param == "points" else shapely.normalize(shapely.buffer(spots, 0.001, quad_segs=2))
    frame = source(shapes)
    write_layer(frame, folder / "layer.gpkg")
    write_layer(frame, folder / "layer.parquet")
    (folder / "layer.geojson").write_text(frame.to_json(drop_id=True, ensure_ascii=False), encoding="utf-8")
    as_shapefile(frame, folder / "utf8", "UTF-8", cpg=True)
    as_shapefile(frame, folder / "gbk", "GBK", cpg=False)
    with zipfile.ZipFile(folder / "layer.zip", "w") as archive:
        for file in (folder / "utf8").iterdir():
            archive.write(file, f"数据/{file.name}")
    if request.param == "points":
        table = pd.DataFrame(frame.drop(columns="geometry")).assign(
            经度=shapely.get_x(shapes), 纬度=shapely.get_y(shapes)
        )
    else:
        table = pd.DataFrame(frame.drop(columns="geometry")).assign(WKT=shapely.to_wkt(shapes, rounding_precision=-1))
    for name, encoding in (("utf8", "utf-8"), ("bom", "utf-8-sig"), ("gb18030", "gb18030")):
        table.to_csv(folder / f"{name}.csv", index=False, encoding=encoding)
    table.to_excel(folder / "layer.xlsx", index=False)
    return folder, wanted(shapes)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_loads_alike(forms, form):
    folder, expected = forms
    notes: list[str] = []
    crs = "EPSG:4326" if form.endswith(("csv", "xlsx")) else None
    read = read_layer(folder / form, crs=crs, expected=["一个很长的列名"], tell=notes.append)
    assert_geodataframe_equal(read, expected, check_crs=True, check_index_type=True, check_column_type=True)
    assert read.crs.to_string() == "EPSG:4326"
    assert read.attrs["encoding"] == ("gb18030" if "gb" in form else "utf-8")
    assert read.attrs["renamed"].items() >= {"编号": "id", "名称": "name", "人口": "population"}.items()
    assert any("columns renamed: 编号 -> id, 名称 -> name, 人口 -> population" in note for note in notes)
    assert any("read as GB18030" in note for note in notes) == ("gb" in form)


def test_an_alias_can_be_left_alone(forms):
    folder, expected = forms
    read = read_layer(folder / "layer.gpkg", aliases=False, tell=lambda _note: None)
    assert list(read.columns[:3]) == ["编号", "名称", "人口"]
    assert list(read["编号"]) == list(expected["id"])


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_table_without_a_crs_is_refused(tmp_path, ending):
    table = pd.DataFrame({"id": ["a"], "lon": [1.0], "lat": [2.0]})
    path = tmp_path / f"t{ending}"
    table.to_csv(path, index=False) if ending == ".csv" else table.to_excel(path, index=False)
    mend = "give one, for example crs: EPSG:4326, or GCJ02 / BD09 for coordinates from Chinese maps"
    with pytest.raises(LayerError, match=f"no coordinate reference system is stated; {mend}"):
        read_layer(path)


def test_the_columns_of_a_place_are_chosen_by_the_crs(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,lon,lat,x,y\na,108.9,34.3,310000,3797000\n", encoding="utf-8")
    degrees, metres = read_layer(path, crs="EPSG:4326"), read_layer(path, crs="EPSG:32649")
    assert (degrees.geometry.x[0], metres.geometry.x[0]) == (108.9, 310_000.0)
    assert list(degrees.columns) == ["id", "x", "y", "geometry"]
    path.write_text("id,lon,lat\na,108.9,34.3\n", encoding="utf-8")
    with pytest.raises(LayerError, match=r"lon and lat hold degrees, but EPSG:32649 .*; declare crs: EPSG:4326"):
        read_layer(path, crs="EPSG:32649")


def test_a_row_without_a_place_is_told_and_not_put_to_zero(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,lon,lat\na,108.9,34.3\nb,NA,34.3\nc,108.9,\n", encoding="utf-8")
    with pytest.raises(LayerError, match=r"2 of 3 geometries are missing \(first: row 2\)"):
        read_layer(path, crs="EPSG:4326")
    path.write_text('id,WKT\na,"SRID=4326;POINT (108.9 34.3)"\nb,\n', encoding="utf-8")
    with pytest.raises(LayerError, match=r"1 of 2 geometries are missing \(first: row 2\)"):
        read_layer(path, crs="EPSG:4326")


def test_a_sheet_is_chosen_by_name(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["note"])
    sheet = book.create_sheet("网点")
    for row in (["id", "lon", "lat"], ["a", 108.9, 34.3]):
        sheet.append(row)
    book.save(tmp_path / "t.xlsx")
    assert len(read_layer(tmp_path / "t.xlsx", crs="EPSG:4326", layer="网点")) == 1
    with pytest.raises(LayerError, match=r"has no sheet 'x' \(it has Sheet, 网点\)"):
        read_layer(tmp_path / "t.xlsx", crs="EPSG:4326", layer="x")


@pytest.mark.parametrize("name", ["a.csv", "a.geojson", "a.parquet"])
def test_a_file_of_one_layer_has_no_layer_by_name(tmp_path, name):
    (tmp_path / name).write_text("{}", encoding="utf-8")
    with pytest.raises(LayerError, match="holds one layer without a name, not 'roads'"):
        read_layer(tmp_path / name, layer="roads", crs="EPSG:4326")


def test_a_datum_may_be_declared_over_degrees_alone(tmp_path):
    point = gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.Point(116.41024449916938, 39.91640428150164)])
    notes: list[str] = []
    for crs in ("EPSG:4326", "OGC:CRS84"):
        write_layer(point.set_crs(crs), tmp_path / "a.parquet")
        read = read_layer(tmp_path / "a.parquet", crs="GCJ-02", tell=notes.append)
        assert read.crs.to_string() == "EPSG:4326"
        assert np.allclose(shapely.get_coordinates(read.geometry.array), [[116.404, 39.915]], rtol=0, atol=1e-10)
    assert notes[0].endswith("coordinates converted from GCJ-02 to WGS 84 (moved by 556 m on average)")
    feature = {"type": "Feature", "properties": {"id": "a"}, "geometry": shapely.geometry.mapping(point.geometry[0])}
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    read = read_layer(tmp_path / "a.geojson", crs="gcj02", tell=notes.append)
    assert read.geometry.x[0] == pytest.approx(116.404, abs=1e-10)
    write_layer(point.set_crs("EPSG:4326").to_crs("EPSG:32650"), tmp_path / "b.parquet")
    with pytest.raises(LayerError, match="the file says EPSG:32650, but BD09 was declared; BD09 can be declared over"):
        read_layer(tmp_path / "b.parquet", crs="BD09")


def test_points_outside_of_china_stay_and_are_told(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,lon,lat\na,24.9,60.2\nb,108.9,34.3\n", encoding="utf-8")
    notes: list[str] = []
    read = read_layer(path, crs="BD09", tell=notes.append)
    assert (read.geometry.x[0], read.geometry.y[0]) == (24.9, 60.2)
    assert "; 1 of 2 points lie outside of China and stay)" in notes[0]


def test_the_catalogue_lists_what_the_door_takes():
    assert set(READERS) == {
        ".parquet", ".geoparquet", ".gpkg", ".geojson", ".json", ".shp", ".zip", ".csv", ".tsv", ".txt", ".xlsx",
    }  # fmt: skip
