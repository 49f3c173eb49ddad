"""What tells where in a source people are: roads, points of interest, floor area, a raster, or a mix of them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from netsim.geo.layers import LayerError, Shapes, Tell, project
from netsim.geo.pieces import Pieces, cut
from netsim.geo.raster import covered_sums
from netsim.geo.spread import SPREAD_RULES
from netsim.model.provenance import Evidence, weakest

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AreaWeights:
    """Ground area: people live evenly spread over a source. Useful as a part of a mix."""


@dataclass(frozen=True, slots=True, eq=False)
class ObjectWeights:
    """
    Objects of a map layer, weighed by a spreading rule; a piece weighs what of them lies in it.

    Parameters
    ----------
    frame
        Points, lines or polygons in any CRS. A line is split by length, a polygon by area.
    by
        Rule in ``SPREAD_RULES``: ``road_length`` for lines, ``count`` for points of interest, ``weight``
        with ``params={"column": ...}`` for a column such as a building's floor area.
    params
        Parameters of the rule.
    evidence
        How far the layer can be trusted.
    """

    frame: gpd.GeoDataFrame
    by: str
    params: Mapping[str, object] = field(default_factory=dict)
    evidence: Evidence = "data"


@dataclass(frozen=True, slots=True)
class RasterWeights:
    """
    A raster of counts, such as people by grid cell; a piece weighs the counts that it covers.

    Parameters
    ----------
    path
        GeoTIFF on this machine.
    band
        Band, counted from 1.
    evidence
        How far the raster can be trusted.
    """

    path: Path
    band: int = 1
    evidence: Evidence = "data"


@dataclass(frozen=True, slots=True, eq=False)
class MixedWeights:
    """
    A weighted mix of ancillary data, each of which counts by its share of all that is found in the sources.

    Parameters
    ----------
    parts
        Ancillary data and their weights, positive.

    Raises
    ------
    ValueError
        If there are no parts or a weight is not a positive number.
    """

    parts: tuple[tuple[Ancillary, float], ...]

    def __post_init__(self) -> None:
        """Check the weights."""
        for _, weight in self.parts:
            if not (np.isfinite(weight) and weight > 0.0):
                raise ValueError(f"the weight of a part of a mix must be a positive number, got {weight!r}")
        if not self.parts:
            raise ValueError("a mix needs at least one part, got none")


Ancillary = AreaWeights | ObjectWeights | RasterWeights | MixedWeights
"""Data by which the total of a source is spread within it."""


def piece_weights(pieces: Pieces, ancillary: Ancillary, *, tell: Tell = logger.warning) -> NDArray[np.float64]:
    """
    Weigh every piece of a source in a zone.

    An object on the border of two pieces of one source counts half in each; one on the border of two
    sources counts in both.

    Parameters
    ----------
    pieces
        k pieces, with their shapes unless the ancillary data are areas alone.
    ancillary
        What weighs them.
    tell
        Takes a note for each kind of missing value.

    Returns
    -------
    numpy.ndarray
        Shape ``(k,)``, non-negative, in the unit of the data: metres of road, objects, floor area,
        people; of a mix, shares of it.

    Raises
    ------
    LayerError
        If a rule weighs zones instead of objects, or the layer lacks what the rule needs.
    UnknownPartError
        If there is no such rule.

    Examples
    --------
    >>> halves = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
    >>> pieces = cut(np.array([shapely.box(0, 0, 20, 10)]), halves, "EPSG:3035", with_shapes=True)
    >>> road = gpd.GeoDataFrame(geometry=[shapely.LineString([(8, 5), (14, 5)])], crs="EPSG:3035")
    >>> piece_weights(pieces, ObjectWeights(road, "road_length")).tolist()
    [2.0, 4.0]
    """
    if isinstance(ancillary, AreaWeights):
        return pieces.extent
    if isinstance(ancillary, MixedWeights):
        mixed = np.zeros(len(pieces))
        for part, weight in ancillary.parts:
            weights = piece_weights(pieces, part, tell=tell)
            total = weights.sum()
            if total > 0.0:
                mixed = mixed + weight * (weights / total)
            else:
                tell(f"{label(part)}: none of it lies in the sources, so it has no say in the mix")
        return mixed
    if pieces.shapes is None:
        raise ValueError("pieces without shapes can be weighed by area only; cut them with_shapes=True")
    if isinstance(ancillary, RasterWeights):
        sums = covered_sums(ancillary.path, pieces.shapes, pieces.crs, band=ancillary.band, tell=tell)
        return np.nan_to_num(sums.people)
    return _objects_in(pieces, pieces.shapes, ancillary, tell)


def label(ancillary: Ancillary) -> str:
    """
    Return a short name of ancillary data for reports.

    Examples
    --------
    >>> label(MixedWeights(((AreaWeights(), 1.0), (RasterWeights(Path("data/people.tif")), 3.0))))
    'mix of area (1) and raster people.tif (3)'
    """
    if isinstance(ancillary, AreaWeights):
        return "area"
    if isinstance(ancillary, ObjectWeights):
        return ancillary.by
    if isinstance(ancillary, RasterWeights):
        return f"raster {ancillary.path.name}"
    return "mix of " + " and ".join(f"{label(part)} ({weight:g})" for part, weight in ancillary.parts)


def evidence_of(ancillary: Ancillary) -> Evidence:
    """
    Return how far ancillary data can be trusted: a mix as far as its weakest part.

    Examples
    --------
    >>> evidence_of(MixedWeights(((AreaWeights(), 1.0), (RasterWeights(Path("x.tif"), evidence="unverified"), 1.0))))
    'unverified'
    """
    if isinstance(ancillary, AreaWeights):
        return "data"
    if isinstance(ancillary, MixedWeights):
        return weakest(evidence_of(part) for part, _ in ancillary.parts)
    return ancillary.evidence


def _objects_in(pieces: Pieces, shapes: Shapes, ancillary: ObjectWeights, tell: Tell) -> NDArray[np.float64]:
    """Sum up what of each weighed object lies in each piece."""
    rule = SPREAD_RULES[ancillary.by]
    where = f"ancillary data by {ancillary.by}"
    if rule.over_zones:
        raise LayerError(
            where, "the rule weighs whole zones, not objects of a layer; take count, weight or road_length"
        )
    frame = project(ancillary.frame, pieces.crs, where)
    weights = rule.weigh(frame, tell, **ancillary.params)
    item, piece, part = _parts(np.asarray(frame.geometry.array), shapes, pieces.crs)
    # A line along the border of two pieces of a source is found in both; it must not count twice there.
    key = item * len(pieces.inside) + pieces.source[piece]
    _, member = np.unique(key, return_inverse=True)
    found = np.bincount(member, part)[member] if len(member) else part
    part = part / np.maximum(found, 1.0)
    return np.asarray(np.bincount(piece, weights[item] * part, len(pieces)), dtype=np.float64)


def _parts(
    objects: Shapes, shapes: Shapes, crs: str
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Object, piece and the part of the object that lies in the piece; what lies in no piece is left out."""
    point = np.flatnonzero(shapely.get_type_id(objects) == shapely.GeometryType.POINT)
    other = np.setdiff1d(np.arange(len(objects)), point)
    spot, holder = shapely.STRtree(shapes).query(objects[point], predicate="intersects")
    between = cut(objects[other], shapes, crs)
    near = ~between.far
    source, extent = between.source[near], between.extent[near]
    # Parts are of the whole object, which may reach beyond all pieces.
    part = between.inside[source] * extent / np.bincount(source, extent, len(other))[source]
    return (
        np.concatenate([point[spot], other[source]]),
        np.concatenate([holder, between.zone[near]]),
        np.concatenate([np.ones(len(spot)), part]),
    )
