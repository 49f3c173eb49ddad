"""From source zones (census, postal, mobile cells) to planning zones: totals and means, no mass lost."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import scipy.sparse
import shapely
from numpy.typing import NDArray

from netsim.geo.ancillary import Ancillary, AreaWeights, evidence_of, label, piece_weights
from netsim.geo.layer_errors import counted, first_row
from netsim.geo.layers import LayerError, Shapes, Tell, check_layer, number_column, project
from netsim.geo.pieces import Pieces, cut
from netsim.geo.zones import Zones
from netsim.model.provenance import Evidence, weakest

logger = logging.getLogger(__name__)

_BEYOND = 1e-3
"""Share of a source outside of all zones that is worth a note; less is the drawing of a border."""
_OVERLAP = 1e-6
"""Share of the smaller of two sources that both claim which is worth a note; less is rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class AreaResult:
    """
    Columns of m sources brought to n zones.

    Parameters
    ----------
    zones
        The zones with the new columns. A total is 0 where no source reaches a zone and NaN where only
        sources without a value do; a mean is NaN in both cases.
    shares
        Share of each source that goes to each zone, shape ``(n, m)``; every column sums to 1.
    by
        What spread the totals within the sources, for reports.
    evidence
        The weaker label of sources and ancillary data. That people are spread by it is a model besides.
    far
        Positions of sources that share nothing with any zone and went to the nearest.
    by_area
        Positions of sources whose pieces the ancillary data all weigh 0; they were spread by area.
    notes
        What was told.
    """

    zones: Zones
    shares: scipy.sparse.csr_array
    by: str
    evidence: Evidence
    far: NDArray[np.int64]
    by_area: NDArray[np.int64]
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        self.far.flags.writeable = False
        self.by_area.flags.writeable = False


def areal_interpolation(
    sources: gpd.GeoDataFrame,
    zones: Zones,
    *,
    extensive: Sequence[str] = (),
    intensive: Sequence[str] = (),
    ancillary: Ancillary | None = None,
    evidence: Evidence = "data",
    tell: Tell = logger.warning,
) -> AreaResult:
    """
    Bring columns of source zones to planning zones.

    Totals (extensive columns: people, jobs) are distributed over the pieces of a source by area on
    the ellipsoid, or by ancillary data, and lose nothing: also what lies beside the zones is placed
    in them. Means (intensive columns: income, share of pensioners) are weighed by the same weights;
    where they are all 0, by area.

    Plain area is a poor guide where sources are large. Of the people in the 1,227 hexagons of Porto
    Alegre (0.09 km2), summed up to 4 districts and spread again, area misplaces 34 %, the length of all
    ways 30 %, that of the streets with houses 28 %. Points of interest need to be many: the 444 of
    OpenStreetMap there misplace 93 %, and belong into a mix at most (``benchmarks/geo_areal.py``).

    Parameters
    ----------
    sources
        m polygons, lines or points in any CRS.
    zones
        n zones.
    extensive, intensive
        Columns of ``sources``; NaN is a missing value, not 0.
    ancillary
        What tells where in a source its total lies; None spreads by area.
    evidence
        How far the sources can be trusted.
    tell
        Takes a note for each thing that a planner should know; the notes are in the result as well.

    Raises
    ------
    LayerError
        If a column is missing, not numeric or infinite, the zones have it already, no column is
        named, or means are asked of sources of different kinds.

    References
    ----------
    M. F. Goodchild, N. Siu-Ngan Lam, Areal interpolation: a variant of the traditional spatial
    problem, *Geo-Processing* 1 (1980) 297-312. J. Mennis, Generating surface models of population
    using dasymetric mapping, *The Professional Geographer* 55 (2003) 31-42.

    Examples
    --------
    >>> from netsim.geo.zones import shape_zones
    >>> cells = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
    >>> zones = shape_zones(["west", "east"], cells, "EPSG:3035")
    >>> census = gpd.GeoDataFrame({"people": [60.0]}, geometry=[shapely.box(5, 0, 20, 10)], crs="EPSG:3035")
    >>> areal_interpolation(census, zones, extensive=["people"]).zones.columns["people"].round(6).tolist()
    [20.0, 40.0]
    """
    notes: list[str] = []

    def note(text: str) -> None:
        notes.append(text)
        tell(text)

    columns = _columns(sources, zones, extensive, intensive)
    shapes = np.asarray(check_layer(project(sources, zones.crs, "sources"), "sources", tell=note).geometry.array)
    if intensive and len(np.unique(shapely.get_dimensions(shapes))) > 1:
        raise LayerError("sources", "means need sources of one kind, but polygons, lines or points are mixed")
    by_area_only = ancillary is None or isinstance(ancillary, AreaWeights)
    pieces = cut(shapes, zones.shapes(), zones.crs, with_shapes=not by_area_only)
    for text in (*_overlaps(shapes), *_place_notes(pieces)):
        note(text)
    method = AreaWeights() if ancillary is None else ancillary
    weights = piece_weights(pieces, method, tell=note)
    weightless = np.flatnonzero(pieces.per_source(weights) == 0.0)
    if len(weightless):
        note(
            f"sources: {label(method)} weighs nothing in {len(weightless)} of {len(shapes)} sources "
            f"(first: row {weightless[0] + 1}); they are spread by area"
        )
    shares = pieces.shares(weights)
    made = {name: _totals(shares, columns[name]) for name in extensive}
    made |= {name: _means(pieces, weights, columns[name]) for name in intensive}
    for text in _value_notes(columns, made):
        note(text)
    return AreaResult(
        zones=replace(zones, columns={**zones.columns, **made}),
        shares=shares,
        by=label(method),
        evidence=weakest([evidence, evidence_of(method)]),
        far=pieces.source[pieces.far],
        by_area=weightless,
        notes=tuple(notes),
    )


def _columns(
    sources: gpd.GeoDataFrame, zones: Zones, extensive: Sequence[str], intensive: Sequence[str]
) -> dict[str, NDArray[np.float64]]:
    """Return the columns that are asked for, or say what is wrong with one."""
    names = [*extensive, *intensive]
    if not names:
        raise LayerError("sources", "name at least one extensive or intensive column")
    for name in names:
        if name in zones.columns:
            raise LayerError("zones", f"the zones have a column {name!r} already; rename one of the two")
        if names.count(name) > 1:
            raise LayerError("sources", f"column {name!r} is named twice; it holds totals or means, not both")
    columns = {name: number_column(sources, name, "sources") for name in names}
    for name, values in columns.items():
        endless = np.isinf(values)
        if endless.any():
            raise LayerError("sources", f"column {name!r}: {counted(endless, 'values are infinite')}")
    return columns


def _totals(shares: scipy.sparse.csr_array, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of what the sources with a value give to each zone; NaN where only others reach it."""
    known = ~np.isnan(values)
    total = np.asarray(shares @ np.where(known, values, 0.0), dtype=np.float64)
    given = shares > 0.0
    total[(given @ known.astype(np.float64) == 0.0) & (given @ (~known).astype(np.float64) > 0.0)] = np.nan
    return total


def _means(pieces: Pieces, weights: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighed mean over each zone's pieces with a value; area where the weights are 0, far sources as a last resort."""
    mean = np.full(pieces.zones, np.nan)
    known = ~np.isnan(values[pieces.source])
    near = known & ~pieces.far
    for weight in (np.where(near, weights, 0.0), np.where(near, pieces.extent, 0.0), np.where(known, 1.0, 0.0)):
        total = np.bincount(pieces.zone, weight, pieces.zones)
        amount = np.bincount(pieces.zone, weight * np.where(known, values[pieces.source], 0.0), pieces.zones)
        open_zone = np.isnan(mean) & (total > 0.0)
        mean[open_zone] = amount[open_zone] / total[open_zone]
    return mean


def _overlaps(shapes: Shapes) -> Iterator[str]:
    """Yield a note where polygons claim the same ground."""
    polygon = shapes[shapely.get_dimensions(shapes) == 2]
    if not len(polygon) or shapely.coverage_is_valid(polygon):
        return
    one, other = shapely.STRtree(polygon).query(polygon, predicate="intersects")
    one, other = one[one < other], other[one < other]
    common = shapely.area(shapely.intersection(polygon[one], polygon[other]))
    area = shapely.area(polygon)
    both = common > _OVERLAP * np.minimum(area[one], area[other])
    if both.any():
        yield (
            f"sources: two of them overlap in {both.sum()} places, by {common[both].sum():,.0f} m2 in all; "
            "each keeps its own total there"
        )


def _place_notes(pieces: Pieces) -> Iterator[str]:
    """Yield notes on sources that lie in no zone or reach beyond them, and on zones that overlap."""
    count = len(pieces.inside)
    far = np.zeros(count, dtype=bool)
    far[pieces.source[pieces.far]] = True
    if far.any():
        yield f"sources: {counted(far, 'lie in no zone')}; each goes to the nearest"
    beyond = ~far & (pieces.inside < 1.0 - _BEYOND)
    if beyond.any():
        yield (
            f"sources: {counted(beyond, 'reach beyond the zones')}, the widest by "
            f"{1.0 - pieces.inside[beyond].min():.1%} of itself; their totals are placed in the zones"
        )
    double = pieces.inside > 1.0 + _BEYOND
    if double.any():
        yield f"zones: they overlap in {double.sum()} of {count} sources (first: row {first_row(double)})"


def _value_notes(columns: dict[str, NDArray[np.float64]], made: dict[str, NDArray[np.float64]]) -> Iterator[str]:
    """Yield a note for each column with missing values."""
    for name, values in columns.items():
        missing = np.isnan(values)
        if missing.any():
            empty = int(np.isnan(made[name]).sum())
            yield f"sources: column {name!r}: {counted(missing, 'values are missing')}; zones left without one: {empty}"
