"""What can be wrong with the shapes of a layer: counted, located, told with the mend."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from netsim.geo.crs import NO_CRS, Box, area_of_use, crosses_antimeridian, degrees_box, measuring_crs, square_metres
from netsim.geo.layer_errors import LayerError, Shapes, Tell, counted, first_row

logger = logging.getLogger(__name__)

_HALF_WORLD = 180.0
"""A part of a shape that is wider, in degrees, was drawn the wrong way round the world."""
_MARGIN = 0.1
"""How far beyond the area of a CRS, in shares of its width, a layer may still lie."""
_AREA_TYPES = (3, 6)
"""Polygon and multipolygon as shapely counts them."""
_PLACE_TYPES = (0, *_AREA_TYPES)
"""Shapes that stand for one place each: a line may be drawn twice, a street has two directions."""


def check_layer(
    frame: gpd.GeoDataFrame, where: str, *, area: Box | None = None, tell: Tell = logger.warning
) -> gpd.GeoDataFrame:
    """
    Return the layer with valid plane geometries, or say what is wrong with it.

    Parameters
    ----------
    frame
        Any layer.
    where
        How it is called in messages.
    area
        Where it should lie, in its own CRS; None takes the area that its CRS is meant for.
    tell
        Takes a note for shapes that were repaired, stand twice, or lie on both sides of longitude 180.

    Raises
    ------
    LayerError
        If it is empty or without CRS, a geometry is missing, empty or not finite, the axes are
        swapped, or a shape spans more than half the world.
    """
    for fault in layer_faults(frame, area):
        raise LayerError(where, fault)
    shapes = _repaired(shapely.force_2d(np.asarray(frame.geometry.array)), frame, where, tell)
    checked = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))
    for note in layer_notes(checked):
        tell(f"{where}: {note}")
    return checked


def layer_faults(frame: gpd.GeoDataFrame, area: Box | None = None) -> Iterator[str]:
    """
    Yield what makes a layer unusable, the first cause first.

    Parameters
    ----------
    frame
        Any layer.
    area
        As for ``check_layer``.
    """
    if frame.empty:
        yield "the layer has no rows"
        return
    if frame.crs is None:
        yield NO_CRS
    shapes = np.asarray(frame.geometry.array)
    points, row = shapely.get_coordinates(shapes, return_index=True)
    wild = np.zeros(len(frame), dtype=bool)
    wild[row[~np.isfinite(points).all(axis=1)]] = True
    missing = shapely.is_missing(shapes)
    empty = shapely.is_empty(shapes) & ~missing & ~wild
    if missing.any():
        yield f"{counted(missing, 'geometries are missing')}; give every row a shape or take the row out"
    if empty.any():
        yield f"{counted(empty, 'geometries are empty')}; give every row a shape or take the row out"
    if wild.any():
        yield counted(wild, "rows have a coordinate that is not a finite number")
    if frame.crs is None or missing.any() or empty.any() or wild.any():
        return
    if frame.crs.is_geographic:
        yield from _degree_faults(shapes, points, row)
    yield from _elsewhere(shapes, area if area is not None else area_of_use(frame.crs))


def layer_notes(frame: gpd.GeoDataFrame) -> Iterator[str]:
    """
    Yield what a planner should know of a layer that can be used.

    Parameters
    ----------
    frame
        A layer without faults.
    """
    yield from _twins(np.asarray(frame.geometry.array))
    if frame.crs.is_geographic and crosses_antimeridian(shapely.bounds(np.asarray(frame.geometry.array))):
        west, _, east, _ = degrees_box(frame)
        yield (
            f"the layer lies on both sides of longitude 180 and is {east - west:.3g} degrees wide across it; "
            f"measure it in a projected CRS, for example {measuring_crs(frame)}"
        )


def refuse_swapped(frame: gpd.GeoDataFrame, where: str, beside: gpd.GeoDataFrame, beside_where: str) -> None:
    """
    Refuse a layer that lies away from another one and would meet it with its axes swapped.

    Parameters
    ----------
    frame
        The layer.
    where
        How it is called in messages.
    beside
        A layer of the same region.
    beside_where
        How that one is called.

    Raises
    ------
    LayerError
        If that is so.
    """
    if frame.crs is None or beside.crs is None:
        return
    box = tuple(beside.geometry.to_crs(frame.crs).total_bounds.tolist())
    for _ in _elsewhere(np.asarray(frame.geometry.array), box):
        message = f"the layer lies away from {beside_where}, and beside it with the axes swapped; {_MEND}"
        raise LayerError(where, message)


_MEND = "exchange them (x is lon or east, y is lat or north)"


def _degree_faults(shapes: Shapes, points: NDArray[np.float64], row: NDArray[np.int64]) -> Iterator[str]:
    """Yield what is wrong with degrees: a place beyond the poles, a shape round the world."""
    out = np.zeros(len(shapes), dtype=bool)
    beyond = (np.abs(points) > (180.0, 90.0)).any(axis=1)
    out[row[beyond]] = True
    if out.any():
        x, y = points[beyond][0].tolist()
        swapped = (np.abs(points) <= (90.0, 180.0)).all()
        mend = (
            f"lon and lat are swapped: {_MEND}" if swapped else "are lon and lat swapped in part, or is it another CRS?"
        )
        yield f"{counted(out, 'rows have coordinates outside -180..180, -90..90')}: {x:.10g}, {y:.10g}; {mend}"
        return
    parts, of_row = shapely.get_parts(shapes, return_index=True)
    boxes = shapely.bounds(parts)
    width = boxes[:, 2] - boxes[:, 0]
    wide = np.zeros(len(shapes), dtype=bool)
    wide[of_row[width > _HALF_WORLD]] = True
    if wide.any():
        yield (
            f"{counted(wide, 'shapes span more than half the world')}: {width.max():.4g} degrees of longitude; "
            "a shape that crosses longitude 180 must be cut there in two (RFC 7946, section 3.1.9)"
        )


def _elsewhere(shapes: Shapes, box: Box | tuple[float, ...] | None) -> Iterator[str]:
    """Yield a fault where most shapes lie outside of a box and all would lie within it if x and y were swapped."""
    if box is None:
        return
    bounds = shapely.bounds(shapes)
    x, y = (bounds[:, 0] + bounds[:, 2]) / 2.0, (bounds[:, 1] + bounds[:, 3]) / 2.0
    outside = ~_within(x, y, box)
    if outside.mean() > 0.5 and _within(y, x, box)[outside].all():
        first = first_row(outside) - 1
        yield (
            f"{counted(outside, 'shapes lie outside of the area of this CRS, and inside with the axes swapped')}: "
            f"{x[first]:.10g}, {y[first]:.10g}; {_MEND}"
        )


def _within(x: NDArray[np.float64], y: NDArray[np.float64], box: Box | tuple[float, ...]) -> NDArray[np.bool_]:
    """Tell which points lie in a box that is widened by the margin."""
    wide, high = _MARGIN * (box[2] - box[0]), _MARGIN * (box[3] - box[1])
    across = (x >= box[0] - wide) & (x <= box[2] + wide)
    return np.asarray(across & (y >= box[1] - high) & (y <= box[3] + high))


def _twins(shapes: Shapes) -> Iterator[str]:
    """Yield a note where places have the very same shape."""
    place = np.flatnonzero(np.isin(shapely.get_type_id(shapes), _PLACE_TYPES))
    wkb = shapely.to_wkb(shapely.normalize(shapes[place]))
    first: dict[bytes, int] = {}
    rows = zip(place.tolist(), wkb, strict=True)
    again = [(row, first[key]) for row, key in rows if first.setdefault(key, row) != row]
    if again:
        mask = np.zeros(len(shapes), dtype=bool)
        mask[[row for row, _ in again]] = True
        yield f"{counted(mask, 'geometries stand twice')}, the same as row {again[0][1] + 1}"


def _repaired(shapes: Shapes, frame: gpd.GeoDataFrame, where: str, tell: Tell) -> Shapes:
    """Make invalid shapes valid and keep the parts of their own dimension."""
    wrong = ~shapely.is_valid(shapes)
    if not wrong.any():
        return shapes
    mended = shapes.copy()
    mended[wrong] = shapely.make_valid(shapes[wrong], method="structure", keep_collapsed=False)
    gone = wrong & shapely.is_empty(mended)
    if gone.any():
        raise LayerError(where, f"{counted(gone, 'shapes have no extent')}; draw them anew or take the rows out")
    areal = wrong & np.isin(shapely.get_type_id(shapes), _AREA_TYPES)
    change = ""
    if areal.any():
        before, after = (float(square_metres(state[areal], frame.crs).sum()) for state in (shapes, mended))
        change = f"; their area went from {before:,.0f} to {after:,.0f} m2"
    tell(f"{where}: {wrong.sum()} invalid shapes repaired (first: row {first_row(wrong)}{change})")
    return mended
