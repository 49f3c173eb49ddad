"""Chinese map coordinates: GCJ-02 (Amap, Tencent) and BD-09 (Baidu) to WGS 84 and back, exactly."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from netsim.geo.layer_errors import Shapes

Datum = Literal["WGS84", "GCJ02", "BD09"]
"""Names of the datums in which coordinates of China are handed around."""

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]
"""Longitudes and latitudes in degrees."""
Numbers = NDArray[Any]
"""Degrees with all digits or half of them."""
Shift = Callable[[Numbers, Numbers], tuple[Numbers, Numbers]]
"""What is added to longitudes and latitudes."""

DATUMS: tuple[Datum, ...] = ("WGS84", "GCJ02", "BD09")

CHINA_BOX = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north in degrees: within it coordinates are shifted; all published versions use this box."""

DATUM_NAMES = {"WGS84": "WGS 84", "GCJ02": "GCJ-02", "BD09": "BD-09"}
"""Names as people write them."""

_SPELLING = re.compile(r"(gcj|bd|wgs)[-_ ]?(02|09|84)(?:ll)?", re.IGNORECASE)

_SEMI_MAJOR = 6_378_245.0
"""Semi-major axis of the Krasovsky 1940 ellipsoid, metres: GCJ-02 turns its metres into degrees on it."""
_ECCENTRICITY2 = 0.006_693_421_622_965_943_23
"""Its squared eccentricity."""

_BD_EAST, _BD_NORTH = 0.0065, 0.006
"""Constant part of the shift from GCJ-02 to BD-09, degrees."""
_BD_WAVE = math.pi * 3000.0 / 180.0
"""Waves of its changing part, radians a degree."""

_CLOSE = 1e-11
"""Where the fixed point stops, degrees: a micrometre, which the last round makes a hundred times less."""
_MOST_ROUNDS = 30
"""Some four rounds reach it: a shift changes by less than a hundredth of the way that one goes."""
_BLOCK = 1 << 14
"""Points that are worked on at a time, so that they stay in the processor's memory."""


def parse_datum(text: str) -> Datum | None:
    """
    Return the datum of a name as people spell it, or None if it is none.

    Examples
    --------
    >>> parse_datum("gcj-02"), parse_datum("BD09"), parse_datum("EPSG:4326")
    ('GCJ02', 'BD09', None)
    """
    found = _SPELLING.fullmatch(text.strip())
    name = (found[1] + found[2]).upper() if found else ""
    return next((datum for datum in DATUMS if datum == name), None)


def to_wgs84(lon: ArrayLike, lat: ArrayLike, datum: Datum) -> Pair:
    """
    Return WGS 84 coordinates of points given in another datum: the exact inverse, by fixed point.

    Outside of ``CHINA_BOX`` all three datums are the same. Within a kilometre of its edge, which lies
    in the sea and in other countries, a point may come back on the wrong side of it.

    Parameters
    ----------
    lon, lat
        Degrees in ``datum``, shape ``(n,)``; NaN stays NaN.
    datum
        ``WGS84``, ``GCJ02`` or ``BD09``.

    Returns
    -------
    tuple of numpy.ndarray
        Longitudes and latitudes, degrees, shape ``(n,)`` each; within 1e-6 m of the exact inverse.

    Raises
    ------
    ValueError
        If the datum is unknown or the shapes differ.

    References
    ----------
    As for ``from_wgs84``.

    Examples
    --------
    >>> lon, lat = to_wgs84([116.41024449916938], [39.91640428150164], "GCJ02")
    >>> round(float(lon[0]), 9), round(float(lat[0]), 9)
    (116.404, 39.915)
    """

    def back(x: Floats, y: Floats) -> Pair:
        if datum == "BD09":
            x, y = _without(_bd_shift, x, y)
        return _without(_gcj_shift, x, y)

    return _by_blocks(back, lon, lat, datum)


def from_wgs84(lon: ArrayLike, lat: ArrayLike, datum: Datum) -> Pair:
    """
    Return the coordinates of WGS 84 points in another datum.

    Parameters
    ----------
    lon, lat
        Degrees WGS 84, shape ``(n,)``; NaN stays NaN.
    datum
        ``WGS84``, ``GCJ02`` or ``BD09``.

    Returns
    -------
    tuple of numpy.ndarray
        Longitudes and latitudes, degrees, shape ``(n,)`` each.

    Raises
    ------
    ValueError
        If the datum is unknown or the shapes differ.

    References
    ----------
    The shift is a state secret that was published without an author about 2010; the versions in use
    (``googollee/eviltransform``, ``wandergis/coordtransform``) agree to a metre, of which this is the one on the
    Krasovsky ellipsoid.

    Examples
    --------
    >>> lon, lat = from_wgs84([116.404, 2.35], [39.915, 48.86], "GCJ02")
    >>> lon.round(6).tolist(), lat.round(6).tolist()
    ([116.410244, 2.35], [39.916404, 48.86])
    """

    def there(x: Floats, y: Floats) -> Pair:
        for shift in (_gcj_shift, _bd_shift)[: 2 if datum == "BD09" else 1]:
            east, north = shift(x, y)
            x, y = x + east, y + north
        return x, y

    return _by_blocks(there, lon, lat, datum)


def to_wgs84_shapes(shapes: Shapes, datum: Datum) -> Shapes:
    """
    Return shapes of any kind in WGS 84; missing ones stay missing.

    Parameters
    ----------
    shapes
        Geometries with degrees in ``datum``, x the longitude, shape ``(n,)``.
    datum
        ``WGS84``, ``GCJ02`` or ``BD09``.

    Raises
    ------
    ValueError
        If the datum is unknown.
    """
    points = shapely.get_coordinates(shapes)
    moved = np.column_stack(to_wgs84(points[:, 0], points[:, 1], datum))
    return np.asarray(shapely.set_coordinates(shapes.copy(), moved), dtype=np.object_)


def inside_china_box(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Tell which points lie in the box within which coordinates are shifted, shape ``(n,)``; NaN lies outside."""
    west, south, east, north = CHINA_BOX
    return np.asarray((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))


def _by_blocks(move: Callable[[Floats, Floats], Pair], lon: ArrayLike, lat: ArrayLike, datum: Datum) -> Pair:
    """Move the points within the box, block by block; all others stay."""
    if datum not in DATUMS:
        raise ValueError(f"unknown datum {datum!r} (known: {', '.join(DATUMS)})")
    x, y = (np.array(axis, dtype=np.float64, ndmin=1) for axis in (lon, lat))
    if x.shape != y.shape or x.ndim != 1:
        raise ValueError(f"lon and lat must be two rows of the same length, got shapes {x.shape} and {y.shape}")
    if datum == "WGS84":
        return x, y
    inside = np.flatnonzero(inside_china_box(x, y))
    for start in range(0, len(inside), _BLOCK):
        block = inside[start : start + _BLOCK]
        x[block], y[block] = move(x[block], y[block])
    return x, y


def _without(shift: Shift, lon: Floats, lat: Floats) -> Pair:
    """Return the points that the shift brings to the given ones."""
    # The first two rounds in half the digits cost a tenth and come as near as a centimetre.
    short_x, short_y = lon.astype(np.float32), lat.astype(np.float32)
    rough = shift(short_x, short_y)
    rough = shift(short_x - rough[0], short_y - rough[1])
    x, y = lon - rough[0], lat - rough[1]
    for _ in range(_MOST_ROUNDS):
        step_x, step_y = shift(x, y)
        too_far_x, too_far_y = x + step_x - lon, y + step_y - lat
        x -= too_far_x
        y -= too_far_y
        if max(np.abs(too_far_x).max(), np.abs(too_far_y).max()) < _CLOSE:
            break
    return x, y


def _gcj_shift(lon: Numbers, lat: Numbers) -> tuple[Numbers, Numbers]:
    """Shift of GCJ-02 over WGS 84 in degrees: a polynomial and waves in metres, wherever the point lies."""
    x, y = lon - 105.0, lat - 35.0
    pi_x, pi_y = math.pi * x, math.pi * y
    once = np.sin(2.0 * pi_x)
    # sin(6 a) = 3 sin(2 a) - 4 sin(2 a)^3 saves a sine.
    both = 20.0 * (4.0 * once - 4.0 * once * once * once)
    root, product = np.sqrt(np.abs(x)), 0.1 * x * y
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + product + 0.1 * root
    east += (2.0 / 3.0) * (both + 20.0 * np.sin(pi_x) + 40.0 * np.sin(pi_x / 3.0))
    east += 100.0 * np.sin(pi_x / 12.0) + 200.0 * np.sin(pi_x / 30.0)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + product + 0.2 * root
    north += (2.0 / 3.0) * (both + 20.0 * np.sin(pi_y) + 40.0 * np.sin(pi_y / 3.0))
    north += (2.0 / 3.0) * (160.0 * np.sin(pi_y / 12.0) + 320.0 * np.sin(pi_y / 30.0))
    up = np.radians(lat)
    flat = 1.0 - _ECCENTRICITY2 * np.square(np.sin(up))
    across = _SEMI_MAJOR / np.sqrt(flat)
    along = across * (1.0 - _ECCENTRICITY2) / flat
    return np.degrees(east / (across * np.cos(up))), np.degrees(north / along)


def _bd_shift(lon: Numbers, lat: Numbers) -> tuple[Numbers, Numbers]:
    """
    Shift of BD-09 over GCJ-02 in degrees, wherever the point lies.

    A point's (longitude, latitude), taken as a vector, is stretched by ``2e-5 sin(w lat)`` and turned by
    ``3e-6 cos(w lon)``. Written as a difference, with two terms of the sine and cosine of so small an angle, no
    digit is lost.
    """
    stretch = 2e-5 * np.sin(_BD_WAVE * lat) / np.sqrt(lon * lon + lat * lat)
    turn = 3e-6 * np.cos(_BD_WAVE * lon)
    less = 0.5 * turn * turn
    turned_x, turned_y = -lon * less - lat * turn, lon * turn - lat * less
    east = turned_x + stretch * (lon + turned_x) + _BD_EAST
    north = turned_y + stretch * (lat + turned_y) + _BD_NORTH
    return east, north
