"""A map layer made ready to be drawn: in metres, never in degrees."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from netsim.geo.crs import WGS84, measuring_crs
from netsim.geo.layers import project
from netsim.model.layer_picture import LayerPicture


def layer_picture(frame: gpd.GeoDataFrame, values: NDArray[np.float64] | None, label: str) -> LayerPicture:
    """
    Return a layer as it is drawn, in its own CRS if that measures in metres, else in its UTM zone.

    Parameters
    ----------
    frame
        The layer, checked.
    values
        What colours the shapes, shape ``(n,)``; None draws them alike.
    label
        What the values are.
    """
    crs = measuring_crs(frame)
    moved = project(frame, crs, "layer")
    return LayerPicture(tuple(shapely.to_wkb(np.asarray(moved.geometry.array))), values, label, str(crs))


def lonlat_of(frame: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return an inner point of each shape in degrees as they stand, shape ``(n, 2)``."""
    inner = shapely.point_on_surface(np.asarray(frame.to_crs(WGS84).geometry.array))
    return np.column_stack([shapely.get_x(inner), shapely.get_y(inner)])
