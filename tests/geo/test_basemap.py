from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from netsim.geo.basemap import read_basemap
from netsim.geo.layers import LayerError, write_layer

CRS = "EPSG:3067"
EXTENT = (0.0, 0.0, 100.0, 100.0)


def test_layers_are_read_and_kept_within_the_extent(tmp_path):
    lines = [shapely.LineString([(0, 0), (10, 10)]), shapely.LineString([(500, 0), (510, 10)])]
    write_layer(gpd.GeoDataFrame({"id": [1, 2]}, geometry=lines, crs=CRS), tmp_path / "streets.parquet")
    basemap = read_basemap({"streets": tmp_path / "streets.parquet"}, CRS, EXTENT, "(c) somebody")
    assert [shapely.from_wkb(wkb).wkt for wkb in basemap.streets] == [lines[0].wkt]
    assert (basemap.water, basemap.parks, basemap.rails) == ((), (), ())
    assert (basemap.crs, basemap.extent, basemap.attribution) == (CRS, EXTENT, "(c) somebody")


def test_layers_are_projected(tmp_path):
    spot = gpd.GeoDataFrame(geometry=[shapely.Point(24.94, 60.17).buffer(0.001)], crs="EPSG:4326")
    write_layer(spot, tmp_path / "water.gpkg")
    xmin, ymin, xmax, ymax = spot.to_crs(CRS).total_bounds
    basemap = read_basemap({"water": tmp_path / "water.gpkg"}, CRS, (xmin, ymin, xmax, ymax), "")
    assert shapely.bounds(shapely.from_wkb(basemap.water[0])) == pytest.approx((xmin, ymin, xmax, ymax))


def test_an_unknown_layer_gets_a_suggestion(tmp_path):
    with pytest.raises(LayerError, match=r"unknown layer 'street'; did you mean 'streets'\?"):
        read_basemap({"street": tmp_path / "a.parquet"}, CRS, EXTENT, "")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(LayerError, match=r"rails\.parquet"):
        read_basemap({"rails": tmp_path / "rails.parquet"}, CRS, EXTENT, "")
