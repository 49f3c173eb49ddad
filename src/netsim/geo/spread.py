"""How a known number of people is spread over zones: one rule, one function."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import scipy.sparse
import shapely
from numpy.typing import NDArray

from netsim.geo.layer_errors import counted
from netsim.geo.layers import LayerError, Tell, number_column, project
from netsim.geo.pieces import cut
from netsim.geo.zones import Zones
from netsim.registry import Registry

logger = logging.getLogger(__name__)

BUILDING_COLUMNS = ("floor_area", "levels", "use", "places")
"""What the floor rules need to know of a building; see ``home_floor``."""


@dataclass(frozen=True, slots=True)
class SpreadRule:
    """
    A way to weigh zones.

    Parameters
    ----------
    weigh
        ``weigh(objects, tell, **params)`` returns the weight of each object of the layer, shape
        ``(objects,)``; with ``over_zones`` it is ``weigh(zones, tell, **params)``, shape ``(zones,)``.
    over_zones
        Whether the rule weighs the zones themselves and needs no layer.
    """

    weigh: Callable[..., NDArray[np.float64]]
    over_zones: bool = False


SPREAD_RULES: Registry[SpreadRule] = Registry("spreading rule")


def spread(
    total: float,
    zones: Zones,
    layer_frame: gpd.GeoDataFrame | None,
    by: str,
    *,
    tell: Tell = logger.warning,
    **params: object,
) -> NDArray[np.float64]:
    """
    Spread a total over zones in proportion to a rule's weights.

    A polygon that reaches over several zones is split by area, a line by length; what lies in no zone
    goes to the nearest zone. Nothing is lost: the result sums to ``total``.

    Parameters
    ----------
    total
        People (or whatever is spread), non-negative.
    zones
        n zones.
    layer_frame
        Objects that the rule weighs, in any CRS; None for a rule over the zones' own columns.
    by
        Name of the rule in ``SPREAD_RULES``.
    tell
        Takes one note for each kind of missing value.
    **params
        Parameters of the rule.

    Returns
    -------
    numpy.ndarray
        Shape ``(n,)``, non-negative.

    Raises
    ------
    LayerError
        If the layer lacks a column that the rule needs, or all weights are 0.
    UnknownPartError
        If there is no such rule.
    """
    rule = SPREAD_RULES[by]
    if rule.over_zones:
        weights = rule.weigh(zones, tell, **params)
    elif layer_frame is None:
        raise LayerError(f"spread by {by}", "the rule needs a layer")
    else:
        objects = project(layer_frame, zones.crs, f"spread by {by}")
        weights = zone_shares(zones, objects) @ rule.weigh(objects, tell, **params)
    if not weights.sum() > 0.0:
        raise LayerError(f"spread by {by}", "all weights are 0, so there is nothing to spread by")
    return np.asarray(total * (weights / weights.sum()), dtype=np.float64)


def zone_shares(zones: Zones, objects: gpd.GeoDataFrame) -> scipy.sparse.csr_array:
    """
    Share of each object that lies in each zone; an object in no zone belongs to the nearest.

    Parameters
    ----------
    zones
        n zones that do not overlap.
    objects
        m objects in the zones' CRS.

    Returns
    -------
    scipy.sparse.csr_array
        Shape ``(n, m)``; every column sums to 1.
    """
    pieces = cut(np.asarray(objects.geometry.array), zones.shapes(), zones.crs)
    return pieces.shares(pieces.extent)


def home_floor(buildings: gpd.GeoDataFrame, unspecified: float = 0.25, decay: float = 3.0) -> NDArray[np.float64]:
    """
    Floor area of homes in each building, m2.

    Homes are in the upper floors (a single floor counts if the building is residential). A building
    whose use is not mapped holds ``unspecified * exp(-decay * places per 1,000 m2 of floor)`` of them.
    Of the rules tried, this one met the 22 cells of the HSY population grid of Helsinki best.

    Parameters
    ----------
    buildings
        Columns ``floor_area`` (m2), ``levels``, ``use`` (``residential``, ``unspecified``, ``work``
        or ``none``) and ``places`` (shops, restaurants, offices and the like in the building).
    unspecified
        Share of homes in the upper floors of a building of unknown use without any place.
    decay
        How fast the share falls with places per 1,000 m2 of floor.

    Returns
    -------
    numpy.ndarray
        Shape ``(buildings,)``.
    """
    missing = [name for name in BUILDING_COLUMNS if name not in buildings]
    if missing:
        raise LayerError(
            "buildings", f"the layer lacks the column {missing[0]!r} (needs {', '.join(BUILDING_COLUMNS)})"
        )
    floor, levels, places = (number_column(buildings, name, "buildings") for name in ("floor_area", "levels", "places"))
    levels = np.maximum(levels, 1.0)
    residential = (buildings["use"] == "residential").to_numpy()
    unknown = (buildings["use"] == "unspecified").to_numpy()
    upper = floor * np.where(residential & (levels < 2.0), 1.0, (levels - 1.0) / levels)
    # One square metre at least: a building without floor has no homes whatever its density.
    density = places / np.maximum(floor / 1000.0, 1e-3)
    share = np.where(residential, 1.0, np.where(unknown, unspecified * np.exp(-decay * density), 0.0))
    return np.asarray(upper * share, dtype=np.float64)


def _residential_floor(
    buildings: gpd.GeoDataFrame, tell: Tell, *, unspecified: float = 0.25, decay: float = 3.0
) -> NDArray[np.float64]:
    """Weigh buildings by the floor area of their homes."""
    return _counted("residential_floor", home_floor(buildings, unspecified, decay), tell)


def _workplace_floor(
    buildings: gpd.GeoDataFrame, tell: Tell, *, unspecified: float = 0.25, decay: float = 3.0
) -> NDArray[np.float64]:
    """Weigh buildings in use by the floor area that is not homes."""
    homes = home_floor(buildings, unspecified, decay)
    used = (buildings["use"] != "none").to_numpy()
    floor = number_column(buildings, "floor_area", "buildings")
    return _counted("workplace_floor", np.where(used, floor - homes, 0.0), tell)


def _count(objects: gpd.GeoDataFrame, _tell: Tell) -> NDArray[np.float64]:
    """Weigh every object alike."""
    return np.ones(len(objects))


def _weight(objects: gpd.GeoDataFrame, tell: Tell, *, column: str = "weight") -> NDArray[np.float64]:
    """Weigh objects by a column."""
    return _counted(column, number_column(objects, column, "spread by weight"), tell)


def _road_length(objects: gpd.GeoDataFrame, tell: Tell, *, column: str | None = None) -> NDArray[np.float64]:
    """Weigh lines by their length in metres, times a column (lanes, or how much stands beside) if one is named."""
    shapes = np.asarray(objects.geometry.array)
    lines = shapely.get_dimensions(shapes) == 1
    if not lines.all():
        raise LayerError(
            "spread by road_length", f"needs lines, but {counted(~lines, 'shapes are points or polygons')}"
        )
    factor = np.ones(len(objects)) if column is None else number_column(objects, column, "spread by road_length")
    return np.asarray(_counted(column or "road_length", factor, tell) * shapely.length(shapes))


def _column(zones: Zones, tell: Tell, *, column: str) -> NDArray[np.float64]:
    """Weigh zones by a column of their own table."""
    if column not in zones.columns:
        known = ", ".join(zones.columns) or "none"
        raise LayerError("spread by column", f"the zones have no numeric column {column!r} (they have {known})")
    return _counted(column, zones.columns[column], tell)


def _counted(name: str, values: NDArray[np.float64], tell: Tell) -> NDArray[np.float64]:
    """Let missing values count as 0, and say how many; refuse negative ones."""
    if (values < 0.0).any() or np.isinf(values).any():
        raise LayerError(f"spread by {name}", f"weights must be non-negative and finite, got {np.nanmin(values):g}")
    missing = np.isnan(values)
    if missing.any():
        tell(f"spread by {name}: {missing.sum()} of {len(values)} values are missing and count as 0")
    return np.where(missing, 0.0, values)


SPREAD_RULES.register("residential_floor")(SpreadRule(_residential_floor))
SPREAD_RULES.register("workplace_floor")(SpreadRule(_workplace_floor))
SPREAD_RULES.register("count")(SpreadRule(_count))
SPREAD_RULES.register("weight")(SpreadRule(_weight))
SPREAD_RULES.register("road_length")(SpreadRule(_road_length))
SPREAD_RULES.register("column")(SpreadRule(_column, over_zones=True))
