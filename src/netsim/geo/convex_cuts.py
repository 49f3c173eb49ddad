"""
Areas that polygons share with convex zones, many at once.

Seen from a point ``o`` inside a convex zone ``C``, a polygon is the sum of the signed triangles
``(o, a, b)`` over its directed edges, so the area that it shares with ``C`` is the sum of what these
triangles share with ``C``. Where an edge runs within ``C`` that is the triangle itself; where it runs
outside it is the sector of ``C`` that the edge is seen in. Let ``S(p)`` be the area of ``C`` swept from a
fixed ray to the ray through ``p``: a way outside from ``p`` to ``q`` amounts to ``S(q) - S(p)``, whatever
its course, up to whole turns. Round a closed border all ``S`` cancel but those at the ends of the
portions within, and the shared area is, up to a multiple of the area of ``C``::

    sum over the portions (p, q) of the border within C of  cross(p, q) / 2 - S(q) + S(p)

A portion along the edge of ``C`` adds exactly 0, so touching borders need no care. Only where the
result is as good as nothing or all of ``C`` the whole turns leave it open which, and the pair is cut
by GEOS.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from netsim.geo.layer_errors import Shapes

Vectors = tuple[NDArray[np.float64], NDArray[np.float64]]
"""x and y of points, shape ``(k,)`` each."""

_MOST_CORNERS = 12
"""Zones with more corners are cut by GEOS; an H3 cell has 6, at most 10."""
_STRAIGHT = 1e-12
"""How far a corner may turn inwards, as a share of the zone's area, and still be the rounding of a straight line."""
_SURE = 1e-7
"""Shared areas closer than this to nothing or to the whole zone, as a share of it, are cut by GEOS."""
_STEP = 4.0
"""Longer edges, in widths of a zone, are parted: the box of a slanting edge would meet many zones in vain."""
_BLOCK = 200_000
"""Edges beside zones that are worked on at once, for the sake of memory."""


@dataclass(frozen=True, slots=True, eq=False)
class ConvexZones:
    """
    Convex polygons as arrays of corners.

    Parameters
    ----------
    middle
        A point inside each, shape ``(n, 2)``.
    corners
        Corners relative to ``middle``, anticlockwise, the first one again at the end and as often as
        it takes, shape ``(v + 1, n, 2)``.
    area
        Square metres of the plane, shape ``(n,)``.
    swept
        Area between the rays to the first corner and to each corner, shape ``(v + 1, n)``.
    """

    middle: NDArray[np.float64]
    corners: NDArray[np.float64]
    area: NDArray[np.float64]
    swept: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.middle, self.corners, self.area, self.swept):
            array.flags.writeable = False


def convex_zones(zones: Shapes) -> ConvexZones | None:
    """
    Return polygons as arrays of corners, or None if one is not convex, has a hole or many corners.

    Examples
    --------
    >>> square = convex_zones(np.array([shapely.box(0, 0, 2, 2)]))
    >>> square.area.tolist() if square else None
    [4.0]
    >>> convex_zones(np.array([shapely.Polygon([(0, 0), (2, 0), (1, 1), (2, 2)])])) is None
    True
    """
    count = shapely.get_num_coordinates(zones) - 1
    plain = (shapely.get_type_id(zones) == shapely.GeometryType.POLYGON).all()
    if not plain or not len(zones) or shapely.get_num_interior_rings(zones).any() or count.max() > _MOST_CORNERS:
        return None
    first = np.append(0, np.cumsum(count + 1))[:-1]
    step = np.arange(count.max() + 1)[:, None]
    # A ring that runs clockwise is read backwards.
    ahead = shapely.is_ccw(shapely.get_exterior_ring(zones))
    corners = shapely.get_coordinates(zones)[first + np.where(step < count, np.where(ahead, step, count - step), 0)]
    # Relative to a corner first: far from the origin of the CRS the mean would lose digits.
    middle = corners[0] + ((corners[:-1] - corners[0]) * (step[:-1] < count)[:, :, None]).sum(axis=0) / count[:, None]
    corners = corners - middle
    edge = np.diff(corners, axis=0)
    following = edge[np.where(step[:-1] + 1 < count, step[:-1] + 1, 0), np.arange(len(zones))]
    if (_cross(edge, following) < -_STRAIGHT * shapely.area(zones)).any():
        return None
    swept = np.concatenate([np.zeros((1, len(zones))), np.cumsum(_cross(corners[:-1], corners[1:]) / 2.0, axis=0)])
    return ConvexZones(middle, corners, swept[-1].copy(), swept)


def shared_areas(
    sources: Shapes, zones: Shapes, convex: ConvexZones, tree: shapely.STRtree
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """
    Return the pairs of a polygon and a convex zone that share ground, and how much.

    Parameters
    ----------
    sources
        m valid polygons or multipolygons, shape ``(m,)``.
    zones
        n convex polygons, shape ``(n,)``.
    convex
        The zones as arrays.
    tree
        Index of the zones.

    Returns
    -------
    tuple
        Source, zone and square metres of the plane, shape ``(k,)`` each, sorted by source and zone;
        pairs that only touch may come with 0.
    """
    count = len(zones)
    code, area = _bordering(sources, convex, tree)
    whole = convex.area[code % count]
    area = np.mod(area, whole)
    open_pair = np.flatnonzero((area < _SURE * whole) | (area > (1.0 - _SURE) * whole))
    source, zone = np.divmod(code[open_pair], count)
    area[open_pair] = shapely.area(shapely.intersection(sources[source], zones[zone]))
    # A zone that no border passes through is inside or outside as a whole.
    middles = shapely.STRtree(shapely.points(convex.middle))
    held, inner = middles.query(sources, predicate="contains_properly")
    inside = np.setdiff1d(held.astype(np.int64) * count + inner, code, assume_unique=True)
    codes = np.concatenate([code, inside])
    areas = np.concatenate([area, convex.area[inside % count]])
    order = np.argsort(codes)
    source, zone = np.divmod(codes[order], count)
    return source, zone, areas[order]


def _bordering(
    sources: Shapes, convex: ConvexZones, tree: shapely.STRtree
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Sum up the formula for each pair (source * n + zone) where a border passes through a zone."""
    count = len(convex.area)
    start, end, owner = _edges(sources, _STEP * float(np.sqrt(np.median(convex.area))))
    edge, zone = tree.query(shapely.linestrings(np.stack([start, end], axis=1)))
    codes, terms = [np.empty(0, dtype=np.int64)], [np.empty(0)]
    for block in range(0, len(edge), _BLOCK):
        taken, cell = edge[block : block + _BLOCK], zone[block : block + _BLOCK]
        middle = convex.middle[cell]
        kept, term = _portions(start[taken] - middle, end[taken] - middle, convex, cell)
        codes.append(owner[taken[kept]] * count + cell[kept])
        terms.append(term)
    code, member = np.unique(np.concatenate(codes), return_inverse=True)
    return code, np.bincount(member, np.concatenate(terms), len(code)).astype(np.float64)


def _edges(sources: Shapes, longest: float) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Start, end and owner of all directed edges: outer rings anticlockwise, holes clockwise."""
    parts, owner = shapely.get_parts(shapely.segmentize(sources, longest), return_index=True)
    rings, part = shapely.get_rings(shapely.orient_polygons(parts), return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    same = np.flatnonzero(ring[1:] == ring[:-1])
    return points[same], points[same + 1], owner[part[ring[same]]].astype(np.int64)


def _portions(
    start: NDArray[np.float64], end: NDArray[np.float64], convex: ConvexZones, zone: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return which edges (relative to the zone's middle) run within their zone, and their terms of the formula."""
    enter, leave = np.zeros(len(zone)), np.ones(len(zone))
    for corner, following in zip(convex.corners[:-1], convex.corners[1:], strict=True):
        side = (following - corner)[zone]
        before, after = _cross(side, start - corner[zone]), _cross(side, end - corner[zone])
        slope = before - after
        where = before / np.where(slope == 0.0, 1.0, slope)
        outside = (before < 0.0) & (after < 0.0)
        enter = np.where((before < 0.0) & ~outside, np.maximum(enter, where), enter)
        leave = np.where((after < 0.0) & ~outside, np.minimum(leave, where), leave)
        leave[outside] = -1.0
    kept = np.flatnonzero(leave > enter)
    start, end, zone = start[kept], end[kept], zone[kept]
    enter, leave = enter[kept, None], leave[kept, None]
    first = start + enter * (end - start)
    last = np.where(leave < 1.0, start + leave * (end - start), end)
    return kept, _cross(first, last) / 2.0 - _swept(last, convex, zone) + _swept(first, convex, zone)


def _swept(point: NDArray[np.float64], convex: ConvexZones, zone: NDArray[np.int64]) -> NDArray[np.float64]:
    """Area of each point's zone between the rays to the zone's first corner and to the point, shape ``(k,)``."""
    area = np.zeros(len(zone))
    for number, (left, right) in enumerate(zip(convex.corners[:-1], convex.corners[1:], strict=True)):
        a, b = left[zone], right[zone]
        seen = (_cross(a, point) >= 0.0) & (_cross(point, b) > 0.0)
        # The ray divides the side, and the triangle over it, in this ratio (of 0 to 1).
        ratio = _cross(a, point) / np.where(seen, _cross(point, b - a), 1.0)
        area = np.where(seen, convex.swept[number][zone] + ratio * _cross(a, b) / 2.0, area)
    return area


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cross product of plane vectors in the last axis."""
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])
