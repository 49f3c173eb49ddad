"""Where a study takes place: its circle, its typed points."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from netsim.geo.layers import LayerError, project
from netsim.geo.zones import Zones


def inside_circle(zones: Zones, lon: float, lat: float, radius_m: float) -> Zones:
    """
    Return the zones whose centre lies in a circle.

    Parameters
    ----------
    zones
        n zones.
    lon, lat
        Centre of the circle, degrees WGS 84.
    radius_m
        Radius, metres.

    Raises
    ------
    LayerError
        If no zone lies in the circle.
    """
    middle = project(gpd.GeoDataFrame(geometry=[shapely.Point(lon, lat)], crs="EPSG:4326"), zones.crs, "circle")
    x, y = float(middle.geometry.x.iloc[0]), float(middle.geometry.y.iloc[0])
    keep = np.flatnonzero(np.hypot(zones.x - x, zones.y - y) <= radius_m)
    if not len(keep):
        raise LayerError("geography.within", f"no zone lies within {radius_m:g} m of {lon:g}, {lat:g}")
    return Zones(
        ids=tuple(zones.ids[index] for index in keep),
        x=zones.x[keep],
        y=zones.y[keep],
        geometry=tuple(zones.geometry[index] for index in keep),
        crs=zones.crs,
        columns={name: values[keep] for name, values in zones.columns.items()},
    )


def point_wkb(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[bytes, ...]:
    """Return points as WKB, length n."""
    return tuple(shapely.to_wkb(shapely.points(x, y)))
