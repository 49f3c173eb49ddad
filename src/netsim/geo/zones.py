"""Zones: hexagons over an area, or a table with one row a zone, merged where there are too many."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from netsim.geo.layers import LayerError, Shapes, Tell, project, require_metres
from netsim.model.demand import ZoneTable

logger = logging.getLogger(__name__)

Centres = tuple[NDArray[np.float64], NDArray[np.float64]]
Columns = Mapping[str, NDArray[np.float64]]

_ROW_STEP = np.sqrt(3.0) / 2.0
"""Distance of two rows of hexagons, in widths across flats."""


@dataclass(frozen=True, slots=True, eq=False)
class Zones:
    """
    Zones before anybody lives in them.

    Parameters
    ----------
    ids
        Zone ids, length n.
    x, y
        Centres in metres of ``crs``, shape ``(n,)``.
    geometry
        Polygon (or point) of each zone as WKB, length n.
    crs
        Projected CRS.
    columns
        Numeric columns that came with the zones, shape ``(n,)`` each; NaN where a value is missing.
    """

    ids: tuple[str, ...]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    geometry: tuple[bytes, ...]
    crs: str
    columns: Columns

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.x, self.y, *self.columns.values()):
            array.flags.writeable = False

    def __len__(self) -> int:
        """Number of zones."""
        return len(self.ids)

    def shapes(self) -> Shapes:
        """Return the geometries as shapely objects, shape ``(n,)``."""
        return np.asarray(shapely.from_wkb(list(self.geometry)), dtype=np.object_)


def hex_zones(area: gpd.GeoDataFrame, size_m: float, crs: str) -> Zones:
    """
    Cover an area with hexagons.

    The hexagons stand on a corner and are anchored to the origin of the CRS, so that a hexagon has
    the same id (``h<size>_<column>_<row>``) whatever the area. None is clipped.

    Parameters
    ----------
    area
        Polygons.
    size_m
        Width across flats, metres.
    crs
        Projected CRS of the zones.

    Raises
    ------
    LayerError
        If the size is not positive, the CRS does not measure in metres, or the area has no extent.

    Examples
    --------
    >>> area = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 100, 100)], crs="EPSG:3067")
    >>> hex_zones(area, 100.0, "EPSG:3067").ids
    ('h100_0_0', 'h100_1_0', 'h100_0_1')
    """
    _require_size(size_m)
    shape = shapely.union_all(np.asarray(project(area, crs, "area").geometry.array))
    if shapely.area(shape) == 0.0:
        raise LayerError("area", "the study area has no extent; give it as polygons")
    xmin, ymin, xmax, ymax = shapely.bounds(shape)
    rows = np.arange(np.floor(ymin / size_m / _ROW_STEP) - 1, np.ceil(ymax / size_m / _ROW_STEP) + 2)
    columns = np.arange(np.floor(xmin / size_m) - 1, np.ceil(xmax / size_m) + 2)
    column, row = (part.ravel().astype(np.int64) for part in np.meshgrid(columns, rows))
    hexagons = _hexagons(column, row, size_m)
    shapely.prepare(shape)
    inside = shapely.area(shapely.intersection(hexagons, shape)) > 0.0
    return _from_hexagons((column[inside], row[inside]), size_m, crs)


def shape_zones(ids: Sequence[str], shapes: Shapes, crs: str, columns: Columns | None = None) -> Zones:
    """
    Make zones of shapes as they are, centred on their middle, or on an inner point where the middle lies outside.

    Parameters
    ----------
    ids
        Zone ids, length n.
    shapes
        Polygons (or points) in ``crs``, shape ``(n,)``.
    crs
        Projected CRS.
    columns
        Numeric columns, shape ``(n,)`` each.

    Raises
    ------
    LayerError
        If the CRS does not measure in metres, or an id stands twice.

    Examples
    --------
    >>> zones = shape_zones(["north"], np.array([shapely.box(0, 0, 4, 2)]), "EPSG:3067")
    >>> zones.ids, zones.x.tolist(), zones.y.tolist()
    (('north',), [2.0], [1.0])
    """
    require_metres(crs, "zones")
    twice = [name for name, count in Counter(ids).items() if count > 1]
    if twice:
        raise LayerError("zones", f"ids must stand once; twice: {', '.join(twice[:5])}")
    middle = shapely.centroid(shapes)
    outside = ~shapely.intersects(shapes, middle)
    middle[outside] = shapely.point_on_surface(shapes[outside])
    held = {name: np.array(values, dtype=np.float64) for name, values in (columns or {}).items()}
    return Zones(tuple(ids), shapely.get_x(middle), shapely.get_y(middle), tuple(shapely.to_wkb(shapes)), crs, held)


def point_zones(
    frame: gpd.GeoDataFrame,
    crs: str,
    id_column: str,
    merge_m: float | None = None,
    *,
    centre_by: tuple[str, ...] = (),
    tell: Tell = logger.warning,
) -> Zones:
    """
    Read zones from a table with one row a zone, merged into hexagons if wished.

    Parameters
    ----------
    frame
        Points, or polygons whose inner point is taken as the centre.
    crs
        Projected CRS of the zones.
    id_column
        Column with the ids; kept as text.
    merge_m
        Width of the hexagons (as in ``hex_zones``) that the zones are merged into; None merges
        nothing. Numeric columns are summed, missing values counting as 0 unless all are missing.
    centre_by
        Columns that weigh the points when a merged zone's centre is worked out; by default all
        numeric columns with an equal say.
    tell
        Takes one note for each column with missing values.

    Raises
    ------
    LayerError
        If the id column is absent, an id is missing or stands twice.
    """
    where = "zones"
    if id_column not in frame:
        raise LayerError(where, f"no column {id_column!r} (it has {', '.join(map(str, frame.columns))})")
    raw = frame[id_column]
    ids = tuple(str(name) for name in raw)
    twice = sorted(raw.astype(str)[raw.astype(str).duplicated()].unique())
    if raw.isna().any() or twice:
        raise LayerError(
            where, f"ids must be there and stand once; missing or twice: {', '.join(twice[:5]) or 'empty'}"
        )
    moved = project(frame, crs, where)
    shapes = np.asarray(moved.geometry.array)
    inner = shapely.point_on_surface(shapes)
    x, y = shapely.get_x(inner), shapely.get_y(inner)
    columns = {
        str(name): frame[name].to_numpy(dtype=np.float64)
        for name in frame.columns
        if name not in {id_column, frame.geometry.name} and pd.api.types.is_numeric_dtype(frame[name])
    }
    if merge_m is None:
        return Zones(ids, x, y, tuple(shapely.to_wkb(shapes)), crs, columns)
    for name, values in columns.items():
        if np.isnan(values).any():
            tell(f"zones: {np.isnan(values).sum()} of {len(values)} values of {name!r} are missing and count as 0")
    return _merged((x, y), columns, merge_m, crs, centre_by)


def zone_table(zones: Zones, people: Mapping[str, NDArray[np.float64]]) -> ZoneTable:
    """
    Return the zones where anybody is, with the people of each layer.

    Parameters
    ----------
    zones
        n zones.
    people
        Layer id -> people by zone, shape ``(n,)``.

    Raises
    ------
    LayerError
        If no zone has people.
    """
    anybody = np.zeros(len(zones), dtype=bool)
    for values in people.values():
        anybody |= values > 0.0
    keep = np.flatnonzero(anybody)
    if not len(keep):
        raise LayerError("zones", "nobody lives or works in any zone")
    kept = {name: values[keep] for name, values in people.items()}
    x, y = zones.x[keep], zones.y[keep]
    for array in (x, y, *kept.values()):
        array.flags.writeable = False
    return ZoneTable(
        ids=tuple(zones.ids[position] for position in keep),
        x=x,
        y=y,
        geometry=tuple(zones.geometry[position] for position in keep),
        crs=zones.crs,
        people=kept,
    )


def _merged(centre: Centres, columns: Columns, size_m: float, crs: str, centre_by: tuple[str, ...]) -> Zones:
    """Sum points into hexagons; the centre of a hexagon is that of its weights."""
    _require_size(size_m)
    unknown = [name for name in centre_by if name not in columns]
    if unknown:
        raise LayerError("zones", f"no numeric column {unknown[0]!r} (it has {', '.join(columns)})")
    x, y = centre
    cells, member = np.unique(np.stack(_hexagon_of(x, y, size_m)[::-1], axis=1), axis=0, return_inverse=True)
    count = len(cells)

    def sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.bincount(member, values, count), dtype=np.float64)

    merged = {name: sums(np.nan_to_num(values)) for name, values in columns.items()}
    for name, values in columns.items():
        merged[name][sums(~np.isnan(values)) == 0.0] = np.nan
    weight = np.zeros(len(x))
    for name in centre_by or columns:
        values = np.maximum(np.nan_to_num(columns[name]), 0.0)
        weight += values / values.sum() if values.sum() > 0.0 else 0.0
    # A zone whose points all weigh nothing takes their plain mean.
    weight[sums(weight)[member] == 0.0] = 1.0
    middle = (sums(weight * x) / sums(weight), sums(weight * y) / sums(weight))
    return _from_hexagons((cells[:, 1], cells[:, 0]), size_m, crs, columns=merged, centre=middle)


def _from_hexagons(
    cells: tuple[NDArray[np.int64], NDArray[np.int64]],
    size_m: float,
    crs: str,
    *,
    columns: Columns | None = None,
    centre: Centres | None = None,
) -> Zones:
    """Give hexagons (columns, rows) their ids, shapes and centres."""
    ids = tuple(f"h{size_m:g}_{across}_{up}" for across, up in zip(*cells, strict=True))
    x, y = centre or _centres(*cells, size_m)
    return Zones(ids, x, y, tuple(shapely.to_wkb(_hexagons(*cells, size_m))), crs, dict(columns or {}))


def _centres(column: NDArray[np.int64], row: NDArray[np.int64], size_m: float) -> Centres:
    """Centres of hexagons; odd rows are shifted by half a width."""
    return (column + 0.5 * (row & 1)) * size_m, row * size_m * _ROW_STEP


def _hexagons(column: NDArray[np.int64], row: NDArray[np.int64], size_m: float) -> Shapes:
    """Shapes of hexagons that stand on a corner, shape ``(n,)``."""
    x, y = _centres(column, row, size_m)
    half, corner = size_m / 2.0, size_m / np.sqrt(3.0)
    across = np.array([0.0, -half, -half, 0.0, half, half, 0.0])
    up = np.array([corner, corner / 2, -corner / 2, -corner, -corner / 2, corner / 2, corner])
    rings = np.stack([x[:, None] + across, y[:, None] + up], axis=2)
    return np.asarray(shapely.polygons(rings), dtype=np.object_)


def _hexagon_of(
    x: NDArray[np.float64], y: NDArray[np.float64], size_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Column and row of the hexagon with the nearest centre: one of the two in the rows around."""
    lower = np.floor(y / (size_m * _ROW_STEP)).astype(np.int64)
    found: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]] = []
    for row in (lower, lower + 1):
        column = np.rint(x / size_m - 0.5 * (row & 1)).astype(np.int64)
        cx, cy = _centres(column, row, size_m)
        found.append((column, row, (x - cx) ** 2 + (y - cy) ** 2))
    upper = found[1][2] < found[0][2]
    return np.where(upper, found[1][0], found[0][0]), np.where(upper, found[1][1], found[0][1])


def _require_size(size_m: float) -> None:
    """Refuse a size that is not a positive number."""
    if not (np.isfinite(size_m) and size_m > 0.0):
        raise LayerError("zones", f"the width of a hexagon must be positive, got {size_m:g} m")
