"""Coordinate reference systems: named, made plain, and one in metres for every layer."""

from __future__ import annotations

from functools import lru_cache

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from netsim.geo.datum import Datum, parse_datum
from netsim.geo.layer_errors import LayerError, Shapes

Box = tuple[float, float, float, float]
"""xmin, ymin, xmax, ymax in the units of some CRS."""

NO_CRS = (
    "no coordinate reference system is stated; give one, for example crs: EPSG:4326, "
    "or GCJ02 / BD09 for coordinates from Chinese maps"
)

WGS84 = "EPSG:4326"

_SURE = 70
"""How sure PROJ has to be, of 100, that a CRS without a code is one of EPSG's: its own default, which takes other
spellings of the name."""


def parse_crs(crs: str, where: str) -> pyproj.CRS:
    """
    Return the CRS, or say that its name is unknown.

    Parameters
    ----------
    crs
        For example ``EPSG:3067``.
    where
        How the layer is called in messages.

    Raises
    ------
    LayerError
        If the name is unknown.
    """
    try:
        return pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as fault:
        known = "write it like EPSG:3067, or GCJ02 or BD09"
        raise LayerError(where, f"unknown coordinate reference system {crs!r}; {known}") from fault


def declared_crs(crs: str, where: str) -> tuple[pyproj.CRS, Datum]:
    """
    Return the CRS that a user declares, and the datum of its degrees.

    Parameters
    ----------
    crs
        A CRS, or ``GCJ02`` or ``BD09``, which come as EPSG:4326 with that datum.
    where
        How the layer is called in messages.

    Raises
    ------
    LayerError
        If the name is unknown.

    Examples
    --------
    >>> declared_crs("bd-09", "shops.csv")[1], declared_crs("EPSG:3067", "shops.csv")[1]
    ('BD09', 'WGS84')
    """
    datum = parse_datum(crs)
    return (parse_crs(crs, where), "WGS84") if datum is None else (pyproj.CRS.from_user_input(WGS84), datum)


def plain_crs(crs: pyproj.CRS) -> pyproj.CRS:
    """
    Return the EPSG entry of a CRS that a file describes in other words, or the CRS itself.

    Examples
    --------
    >>> plain_crs(pyproj.CRS.from_user_input("OGC:CRS84")).to_string()
    'EPSG:4326'
    """
    own = crs.to_json_dict().get("id")
    if own is None:
        code = crs.to_epsg(min_confidence=_SURE)
        return crs if code is None else pyproj.CRS.from_user_input(f"EPSG:{code}")
    # A CRS that names its code is not looked for among all others: PROJ would describe it in other words ever after.
    if (own["authority"], str(own["code"])) == ("OGC", "CRS84"):
        return pyproj.CRS.from_user_input(WGS84)
    try:
        return pyproj.CRS.from_user_input(f"{own['authority']}:{own['code']}")
    except pyproj.exceptions.CRSError:
        return crs


def is_metric(crs: pyproj.CRS) -> bool:
    """Tell whether a CRS is a plane that measures in metres."""
    return bool(crs.is_projected and all(axis.unit_name == "metre" for axis in crs.axis_info[:2]))


def require_metres(crs: str, where: str) -> None:
    """
    Refuse a CRS that is unknown or measures in degrees or feet.

    Examples
    --------
    >>> require_metres("EPSG:3067", "area")
    """
    known = parse_crs(crs, where)
    if not is_metric(known):
        unit = known.axis_info[0].unit_name if known.axis_info else "an unknown unit"
        raise LayerError(where, f"{crs} measures in {unit}; name a projected CRS in metres, for example EPSG:3067")


def project(frame: gpd.GeoDataFrame, crs: str, where: str = "layer") -> gpd.GeoDataFrame:
    """
    Return the layer in a projected CRS that measures in metres.

    Raises
    ------
    LayerError
        If ``crs`` does not measure in metres, or a point lies outside the area that it maps.
    """
    require_metres(crs, where)
    if frame.crs is None:
        raise LayerError(where, NO_CRS)
    moved = frame.to_crs(crs)
    if not np.isfinite(shapely.get_coordinates(np.asarray(moved.geometry.array))).all():
        raise LayerError(where, f"some points cannot be shown in {crs}: the layer lies outside the area of this CRS")
    return moved


def degrees_box(frame: gpd.GeoDataFrame) -> Box:
    """
    Return west, south, east, north of a layer in degrees WGS 84.

    A layer on both sides of the antimeridian has an east beyond 180.

    Parameters
    ----------
    frame
        A layer with a CRS and at least one shape with finite coordinates.
    """
    lonlat = frame.geometry if frame.crs.equals(WGS84, ignore_axis_order=True) else frame.geometry.to_crs(WGS84)
    boxes = shapely.bounds(np.asarray(lonlat.array))
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return (np.nan,) * 4
    if crosses_antimeridian(boxes):
        boxes = _eastern(boxes)
    west, south = boxes[:, :2].min(axis=0).tolist()
    east, north = boxes[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def crosses_antimeridian(boxes: NDArray[np.float64]) -> bool:
    """
    Tell whether boxes in degrees lie close together only if counted across longitude 180.

    Parameters
    ----------
    boxes
        West, south, east, north of each shape, degrees, shape ``(n, 4)``, without NaN.

    Examples
    --------
    >>> crosses_antimeridian(np.array([[178.0, -18.0, 180.0, -17.0], [-180.0, -18.0, -179.0, -17.0]]))
    True
    >>> crosses_antimeridian(np.array([[-120.0, 30.0, -119.0, 31.0], [116.0, 39.0, 117.0, 40.0]]))
    True
    >>> crosses_antimeridian(np.array([[-80.0, 30.0, -79.0, 31.0], [16.0, 39.0, 17.0, 40.0]]))
    False
    """
    width = boxes[:, 2].max() - boxes[:, 0].min()
    shifted = _eastern(boxes)
    return bool(width > 180.0 and shifted[:, 2].max() - shifted[:, 0].min() < 180.0)


def measuring_crs(frame: gpd.GeoDataFrame) -> str:
    """
    Return a CRS in metres for a layer: its own if it is one, else the UTM zone of its middle.

    Unlike ``estimate_utm_crs`` this holds across the antimeridian.

    Parameters
    ----------
    frame
        A layer with a CRS and at least one shape with finite coordinates.

    Examples
    --------
    >>> fiji = gpd.GeoDataFrame(geometry=shapely.points([[179.5, -17.0], [-179.9, -17.0]]), crs="EPSG:4326")
    >>> measuring_crs(fiji)
    'EPSG:32760'
    """
    if is_metric(frame.crs):
        return str(frame.crs.to_string())
    west, south, east, north = degrees_box(frame)
    middle = ((west + east) / 2.0 + 180.0) % 360.0
    zone = int(middle // 6.0) + 1
    return f"EPSG:{(32_600 if south + north >= 0.0 else 32_700) + zone}"


def square_metres(shapes: Shapes, crs: pyproj.CRS) -> NDArray[np.float64]:
    """
    Return the area of each shape in square metres, measured on a plane that keeps areas, shape ``(n,)``.

    Parameters
    ----------
    shapes
        Polygons.
    crs
        Their CRS; one in degrees or feet is changed to Lambert's equal-area projection around them.
    """
    if is_metric(crs):
        return np.asarray(shapely.area(shapes))
    layer = gpd.GeoDataFrame(geometry=list(shapes), crs=crs)
    west, south, east, north = degrees_box(layer)
    plane = f"+proj=laea +lat_0={(south + north) / 2.0:.6f} +lon_0={(west + east) / 2.0:.6f} +datum=WGS84 +units=m"
    return np.asarray(shapely.area(np.asarray(layer.to_crs(plane).geometry.array)))


@lru_cache(maxsize=64)
def area_of_use(crs: pyproj.CRS) -> Box | None:
    """
    Return the box for which a CRS is meant, in its own units with x across; None if that is no one box.

    Parameters
    ----------
    crs
        Any CRS.
    """
    area = crs.area_of_use
    if area is None or area.west >= area.east:
        return None
    to_own = pyproj.Transformer.from_crs(WGS84, crs, always_xy=True)
    try:
        box = to_own.transform_bounds(area.west, area.south, area.east, area.north)
    except pyproj.exceptions.ProjError:
        return None
    return (float(box[0]), float(box[1]), float(box[2]), float(box[3])) if np.isfinite(box).all() else None


def _eastern(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Count western longitudes on from 180; a box that spans longitude 0 keeps its width."""
    moved = boxes.copy()
    west = boxes[:, 2] < 0.0
    # A part that ends at -180 or runs up to 0 belongs to the western half as a whole.
    moved[west, 0] += 360.0
    moved[west, 2] += 360.0
    return moved
