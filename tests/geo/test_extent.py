from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from netsim.geo.crs import measuring_crs
from netsim.geo.extent import inside_circle, point_wkb
from netsim.geo.layers import LayerError
from netsim.geo.zones import hex_zones

CRS = "EPSG:3067"
AREA = gpd.GeoDataFrame(geometry=[shapely.box(24.93, 60.16, 24.96, 60.18)], crs="EPSG:4326")


def test_a_circle_keeps_the_zones_whose_centre_lies_in_it():
    zones = hex_zones(AREA, 100.0, CRS)
    kept = inside_circle(zones, 24.945, 60.17, 400.0)
    middle = gpd.GeoSeries([shapely.Point(24.945, 60.17)], crs="EPSG:4326").to_crs(CRS)
    near = np.hypot(zones.x - middle.x[0], zones.y - middle.y[0]) <= 400.0
    assert kept.ids == tuple(np.array(zones.ids)[near])
    assert 50 < len(kept) < 65
    assert list(kept.x) == list(zones.x[near])
    with pytest.raises(LayerError, match="no zone lies within 100 m of 25, 61"):
        inside_circle(zones, 25.0, 61.0, 100.0)


def test_points_become_wkb():
    assert [shapely.from_wkb(wkb).wkt for wkb in point_wkb(np.array([1.0]), np.array([2.0]))] == ["POINT (1 2)"]


def test_a_layer_in_degrees_or_feet_gets_its_utm_zone():
    assert measuring_crs(AREA.to_crs(CRS)) == CRS
    assert measuring_crs(AREA) == "EPSG:32635"
    new_york = gpd.GeoDataFrame(geometry=[shapely.box(-74, 40.6, -73.9, 40.8)], crs="EPSG:4326").to_crs("EPSG:2263")
    assert measuring_crs(new_york) == "EPSG:32618"
