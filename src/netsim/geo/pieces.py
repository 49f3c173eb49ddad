"""What sources and zones have in common: each piece once, with its extent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyproj
import scipy.sparse
import shapely
from numpy.typing import NDArray

from netsim.geo.convex_cuts import convex_zones, shared_areas
from netsim.geo.layer_errors import Shapes

_CRUMB = 1e-12
"""A piece smaller than this share of its zone and of its source is the rounding of a common border."""


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """
    The pieces that m sources and n zones cut each other into, sorted by source and zone.

    Parameters
    ----------
    source, zone
        Where each piece belongs, shape ``(k,)``; no pair stands twice.
    extent
        Square metres of ground of a piece of a polygon (whatever the CRS does to areas), metres of a
        piece of a line, number of points else; positive, shape ``(k,)``.
    far
        Whether the source shares nothing with any zone: its one piece is the whole source, given to the
        nearest zone; shape ``(k,)``.
    inside
        Share of each source that lies in zones, shape ``(m,)``; above 1 where zones overlap.
    zones
        Number n of zones.
    crs
        Projected CRS of the shapes.
    shapes
        The pieces themselves, shape ``(k,)``; None if nobody asked for them.
    """

    source: NDArray[np.int64]
    zone: NDArray[np.int64]
    extent: NDArray[np.float64]
    far: NDArray[np.bool_]
    inside: NDArray[np.float64]
    zones: int
    crs: str
    shapes: Shapes | None = None

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.source, self.zone, self.extent, self.far, self.inside):
            array.flags.writeable = False
        if self.shapes is not None:
            self.shapes.flags.writeable = False

    def __len__(self) -> int:
        """Number of pieces."""
        return len(self.source)

    def per_source(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of the weights ``(k,)`` of each source's pieces, shape ``(m,)``."""
        return np.asarray(np.bincount(self.source, weights, len(self.inside)), dtype=np.float64)

    def shares(self, weights: NDArray[np.float64]) -> scipy.sparse.csr_array:
        """
        Return the share of each source that goes to each zone.

        Parameters
        ----------
        weights
            Weight of each piece, shape ``(k,)``, non-negative; a source whose pieces all weigh 0 is
            spread by extent.

        Returns
        -------
        scipy.sparse.csr_array
            Shape ``(n, m)``; every column sums to 1.
        """
        used = np.where(self.per_source(weights)[self.source] > 0.0, weights, self.extent)
        share = used / self.per_source(used)[self.source]
        return scipy.sparse.csr_array((share, (self.zone, self.source)), shape=(self.zones, len(self.inside)))


def cut(sources: Shapes, zones: Shapes, crs: str, *, with_shapes: bool = False) -> Pieces:
    """
    Cut sources along zones.

    Shapes are cut on the plane of their CRS; the area of a piece is then divided by what the CRS makes
    of a square metre there. So areas are those on the ellipsoid, as on an equal-area plane, while
    neighbours keep the very same border: edges moved to another plane would part and leave slivers.
    A zone wholly inside a source is not cut at all.

    Parameters
    ----------
    sources
        m valid polygons, lines or points, shape ``(m,)``.
    zones
        n valid polygons (or points), shape ``(n,)``.
    crs
        Projected CRS of both.
    with_shapes
        Whether the pieces are kept as shapes; without them convex zones need no cutting.

    Returns
    -------
    Pieces
        At least one piece for each source: one that shares nothing with any zone goes to the nearest.

    Examples
    --------
    >>> halves = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
    >>> pieces = cut(np.array([shapely.box(5, 0, 25, 10)]), halves, "EPSG:3035")
    >>> pieces.extent.round(6).tolist(), pieces.inside.round(6).tolist()
    ([50.0, 100.0], [0.75])
    """
    tree = shapely.STRtree(zones)
    dimension = shapely.get_dimensions(sources)
    own = _measure(sources, dimension)
    convex = convex_zones(zones) if _all_polygons(sources) and not with_shapes else None
    if convex is not None:
        source, zone, extent = shared_areas(sources, zones, convex, tree)
        parts = zones[zone]
    else:
        source, zone = _sorted(tree.query(sources, predicate="intersects"))
        parts = _cut_pairs(sources, zones, (source, zone), tree)
        extent = _measure(parts, dimension[source])
        _first_zone_of_points(sources, source, extent)
    least = np.minimum(own[source], np.where(dimension[source] == 2, shapely.area(zones)[zone], np.inf))
    kept = extent > _CRUMB * least
    source, zone, extent, parts = source[kept], zone[kept], extent[kept], parts[kept]
    inside = np.bincount(source, extent, len(sources)) / np.where(own > 0.0, own, 1.0)
    stray = np.flatnonzero(inside == 0.0)
    far = np.concatenate([np.zeros(len(source), dtype=bool), np.ones(len(stray), dtype=bool)])
    source = np.concatenate([source, stray])
    zone = np.concatenate([zone, _nearest(tree, sources[stray])])
    extent = np.concatenate([extent, np.where(own[stray] > 0.0, own[stray], 1.0)])
    order = np.lexsort((zone, source))
    source, zone, extent, far = source[order], zone[order], extent[order], far[order]
    extent = extent / _ground_scale(sources, zones, (source, zone), crs)
    shapes = np.concatenate([parts, sources[stray]])[order] if with_shapes else None
    return Pieces(source, zone, extent, far, inside, len(zones), crs, shapes)


def areal_scale(x: NDArray[np.float64], y: NDArray[np.float64], crs: str) -> NDArray[np.float64]:
    """
    Return how many square metres a CRS makes of one at each place; 1 where it does not say.

    Parameters
    ----------
    x, y
        Places in the CRS, shape ``(k,)``.
    crs
        Projected CRS in metres.

    Examples
    --------
    >>> areal_scale(np.array([0.0]), np.array([8399737.9]), "EPSG:3857").round(1).tolist()  # 60 degrees north
    [4.0]
    """
    if not len(x):
        return np.ones(0)
    plane = pyproj.Proj(pyproj.CRS.from_user_input(crs))
    scale = np.asarray(plane.get_factors(*plane(x, y, inverse=True)).areal_scale, dtype=np.float64)
    return np.where(np.isfinite(scale) & (scale > 0.0), scale, 1.0)


def _all_polygons(shapes: Shapes) -> bool:
    """Tell whether there is nothing but polygons and multipolygons."""
    kinds = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
    return bool(np.isin(shapely.get_type_id(shapes), kinds).all())


def _sorted(pairs: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sort pairs (source, zone): the tree gives them in an order of its own."""
    order = np.lexsort((pairs[1], pairs[0]))
    return pairs[0][order].astype(np.int64), pairs[1][order].astype(np.int64)


def _measure(shapes: Shapes, dimension: NDArray[np.int64]) -> NDArray[np.float64]:
    """Area, length or number of points, by the dimension of what the shape is a piece of."""
    points = shapely.get_num_coordinates(shapes).astype(np.float64)
    measures = [shapely.area(shapes), shapely.length(shapes)]
    return np.asarray(np.select([dimension == 2, dimension == 1], measures, points))


def _cut_pairs(
    sources: Shapes, zones: Shapes, pairs: tuple[NDArray[np.int64], NDArray[np.int64]], tree: shapely.STRtree
) -> Shapes:
    """Return the shape of each pair's piece, cutting only where neither holds the other."""
    source, zone = pairs
    parts = zones[zone]
    filled = tree.query(sources, predicate="contains_properly")
    whole = np.isin(source * len(zones) + zone, filled[0] * len(zones) + filled[1])
    small = ~whole & _within(shapely.bounds(sources)[source], shapely.bounds(zones)[zone])
    shapely.prepare(zones[np.unique(zone[small])])
    small[small] = shapely.covers(parts[small], sources[source[small]])
    parts[small] = sources[source[small]]
    todo = ~whole & ~small
    parts[todo] = shapely.intersection(sources[source[todo]], parts[todo])
    return parts


def _within(inner: NDArray[np.float64], outer: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which boxes lie in the box beside them."""
    lower = (inner[:, :2] >= outer[:, :2]).all(axis=1)
    return np.asarray(lower & (inner[:, 2:] <= outer[:, 2:]).all(axis=1))


def _first_zone_of_points(sources: Shapes, source: NDArray[np.int64], extent: NDArray[np.float64]) -> None:
    """Let a point on a common edge belong to the first of its zones; pairs are sorted by source and zone."""
    again = np.append(False, source[1:] == source[:-1])
    extent[again & (shapely.get_type_id(sources)[source] == shapely.GeometryType.POINT)] = 0.0


def _nearest(tree: shapely.STRtree, shapes: Shapes) -> NDArray[np.int64]:
    """Return the zone that is nearest to an inner point of each shape, the first of several."""
    item, zone = tree.query_nearest(shapely.point_on_surface(shapes))
    found = np.full(len(shapes), np.iinfo(np.int64).max)
    np.minimum.at(found, item, zone)
    return found


def _ground_scale(
    sources: Shapes, zones: Shapes, pairs: tuple[NDArray[np.int64], NDArray[np.int64]], crs: str
) -> NDArray[np.float64]:
    """Areal scale in the middle of the smaller of source and zone; 1 for lines and points."""
    source, zone = pairs
    areal = shapely.get_dimensions(sources)[source] == 2
    size = shapely.area(zones)
    by_zone = areal & (size[zone] > 0.0) & (size[zone] <= shapely.area(sources)[source])
    scale = np.ones(len(source))
    for shapes, place, which in ((zones, zone, by_zone), (sources, source, areal & ~by_zone)):
        used, back = np.unique(place[which], return_inverse=True)
        west, south, east, north = shapely.bounds(shapes[used]).T
        scale[which] = areal_scale((west + east) / 2.0, (south + north) / 2.0, crs)[back]
    return scale
