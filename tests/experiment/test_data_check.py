"""What a data file holds, and a picture of it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from netsim.errors import BadInputError
from netsim.experiment.data_check import describe_layer, show_layer
from netsim.geo.datum import from_wgs84

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "网点.csv"
    rows = "007,104.06,30.66,北门,12\n008,104.07,30.67,,0\n009,104.08,30.65,南门,\n"
    path.write_bytes(f"编号,经度,纬度,名称,人口\n{rows}".encode("gb18030"))
    return path


def test_a_table_is_described(table):
    found = describe_layer(table, crs="EPSG:4326")
    assert (found["rows"], found["crs"], found["encoding"]) == (3, "EPSG:4326", "gb18030")
    columns = {column["name"]: column for column in found["columns"]}
    assert columns["id"]["kind"] == "text"
    assert columns["population"]["missing"] == 1
    assert columns["population"]["zeros"] == 1
    assert columns["population"]["sum"] == 12.0
    assert found["renamed"]["人口"] == "population"
    assert any("gb18030" in note.lower() for note in found["notes"]), found["notes"]
    assert found["datum"] is None


def test_a_table_without_crs_is_refused_with_the_mend(table):
    with pytest.raises(BadInputError, match=r"no coordinate reference system .* GCJ02 / BD09"):
        describe_layer(table)


def test_the_datum_is_told_by_the_roads(tmp_path):
    """Outlets along the streets of a grid in Xi'an, given as GCJ-02."""
    lon, lat = np.meshgrid(108.90 + 0.004 * np.arange(20), 34.22 + 0.003 * np.arange(20))
    streets = [
        shapely.LineString(np.column_stack([x, y]))
        for x, y in (*zip(lon, lat, strict=True), *zip(lon.T, lat.T, strict=True))
    ]
    gpd.GeoDataFrame(geometry=streets, crs="EPSG:4326").to_parquet(tmp_path / "streets.parquet")
    rng = np.random.default_rng(1)
    along = rng.uniform(0.05, 0.95, 80)
    spots = [
        streets[k].interpolate(part, normalized=True) for k, part in zip(rng.integers(0, 40, 80), along, strict=True)
    ]
    x, y = from_wgs84(np.array([p.x for p in spots]), np.array([p.y for p in spots]), "GCJ02")
    rows = "".join(f"s{k},{a:.7f},{b:.7f}\n" for k, (a, b) in enumerate(zip(x, y, strict=True)))
    (tmp_path / "sites.csv").write_text(f"id,lon,lat\n{rows}")
    found = describe_layer(tmp_path / "sites.csv", crs="EPSG:4326", roads=tmp_path / "streets.parquet")
    assert found["datum"]["likely"] == "GCJ02"
    assert found["datum"]["scores"]["GCJ02"]["road_m"] < 5.0 < found["datum"]["scores"]["WGS84"]["road_m"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_layer_is_drawn(table, tmp_path, language):
    found = show_layer(table, tmp_path / "map.png", crs="EPSG:4326", column="人口", language=language)
    assert (tmp_path / "map.png").read_bytes().startswith(PNG)
    assert found["crs"].startswith("EPSG:326")
    one = (tmp_path / "map.png").read_bytes()
    show_layer(table, tmp_path / "map.png", crs="EPSG:4326", column="人口", language=language)
    assert (tmp_path / "map.png").read_bytes() == one


def test_polygons_and_lines_are_drawn_too(tmp_path):
    shapes = [shapely.box(0, 0, 100, 100), shapely.LineString([(0, 0), (300, 300)]), shapely.Point(200, 50)]
    frame = gpd.GeoDataFrame({"value": [1.0, np.nan, 3.0]}, geometry=shapes, crs="EPSG:3067")
    frame.to_file(tmp_path / "mixed.gpkg", engine="pyogrio")
    show_layer(tmp_path / "mixed.gpkg", tmp_path / "mixed.png", column="value", language="en")
    assert len((tmp_path / "mixed.png").read_bytes()) > 5_000


@pytest.mark.parametrize(
    ("column", "out", "message"),
    [
        ("人", "map.png", "no column '人'"),
        (None, "map.jpg", r"expected a \.png"),
        (None, "nowhere/map.png", "in a folder that exists"),
        ("名称", "map.png", "not a number"),
    ],
)
def test_faults_are_told(table, tmp_path, column, out, message):
    with pytest.raises(BadInputError, match=message):
        show_layer(table, tmp_path / out, crs="EPSG:4326", column=column, language="en")
    assert not list(tmp_path.glob("*.png"))
