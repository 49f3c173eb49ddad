"""Zones that are H3 cells: laid over an area, or named by the ids of a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import shapely

from netsim.geo.crs import WGS84
from netsim.geo.layers import LayerError, Shapes, project
from netsim.geo.zones import Columns, Zones, shape_zones

MOST_CELLS = 2_000_000
"""More cells than this are a resolution typed wrong: a city of 1,000 km2 has 65,000 cells of resolution 10."""
FINEST = 15
"""The finest resolution of H3."""

_REACH = 2.0
"""How far beyond the area centres are looked for, in mean edges: no cell is so large that it reaches further."""
_SHOWN = 3


def h3_zones(area: gpd.GeoDataFrame, resolution: int, crs: str) -> Zones:
    """
    Cover an area with H3 cells.

    All cells that share ground with the area are taken, not only those whose centre lies in it, so
    that nothing of a source zone is left out. Ids are those of H3, sorted.

    Parameters
    ----------
    area
        Polygons in any CRS; lines and points among them are left out.
    resolution
        0 (cells of 4 million km2) to 15 (0.9 m2); a cell of 9 has about 0.1 km2.
    crs
        Projected CRS of the zones. The edges of the cells are drawn straight in it.

    Raises
    ------
    LayerError
        If there is no such resolution, the area has no extent or would take more than ``MOST_CELLS``
        cells, or the CRS does not measure in metres.

    References
    ----------
    Uber H3, https://h3geo.org.

    Examples
    --------
    >>> area = gpd.GeoDataFrame(geometry=[shapely.box(385_000, 6_672_000, 385_400, 6_672_300)], crs="EPSG:3067")
    >>> zones = h3_zones(area, 8, "EPSG:3067")
    >>> zones.ids
    ('881126d339fffff',)
    """
    if resolution != int(resolution) or not 0 <= resolution <= FINEST:
        raise LayerError("zones", f"H3 has the resolutions 0 to {FINEST}, got {resolution}")
    shape = _surface(np.asarray(project(area, crs, "area").geometry.array))
    if shape.is_empty or shape.area == 0.0:
        raise LayerError("area", "the study area has no extent; give it as polygons")
    edge = h3.average_hexagon_edge_length(resolution, unit="m")
    expected = shape.buffer(edge).area / h3.average_hexagon_area(resolution, unit="m^2")
    if expected > MOST_CELLS:
        raise LayerError(
            "zones", f"H3 resolution {resolution} would be about {expected:,.0f} cells; take a coarser resolution"
        )
    around = gpd.GeoSeries([shape.buffer(_REACH * edge, quad_segs=4)], crs=crs).segmentize(_REACH * edge)
    ids = sorted(h3.geo_to_cells(around.to_crs(WGS84).iloc[0], resolution))
    cells = _cell_shapes(ids, crs)
    shapely.prepare(shape)
    near = np.flatnonzero(shapely.intersects(shape, cells))
    edge_cells = near[~shapely.contains_properly(shape, cells[near])]
    touching = edge_cells[shapely.area(shapely.intersection(cells[edge_cells], shape)) == 0.0]
    kept = np.setdiff1d(near, touching)
    return shape_zones([ids[place] for place in kept], cells[kept], crs)


def zones_from_h3(ids: Sequence[str | int], columns: Columns, crs: str) -> Zones:
    """
    Make zones of H3 ids that came with a table, in the order of the table.

    Parameters
    ----------
    ids
        H3 cells as text (``89a901291abffff``) or as whole numbers, length n.
    columns
        Numeric columns of the table, shape ``(n,)`` each.
    crs
        Projected CRS of the zones.

    Raises
    ------
    LayerError
        If an id is no H3 cell or stands twice, cells of several resolutions are mixed (they would
        claim the same ground), or the CRS does not measure in metres.

    Examples
    --------
    >>> zones = zones_from_h3(["89a901291abffff"], {"people": np.array([7.0])}, "EPSG:31982")
    >>> zones.ids, zones.columns["people"].tolist()
    (('89a901291abffff',), [7.0])
    """
    names = [h3.int_to_str(int(cell)) if isinstance(cell, int | np.integer) else str(cell).strip() for cell in ids]
    wrong = [f"{cell!r}" for cell, name in zip(ids, names, strict=True) if not h3.is_valid_cell(name)]
    if wrong:
        shown = ", ".join(wrong[:_SHOWN])
        raise LayerError(
            "zones",
            f"{len(wrong)} of {len(names)} ids are no H3 cells: {shown}; expected ids such as '89a901291abffff'",
        )
    found = sorted({h3.get_resolution(name) for name in names})
    if len(found) > 1:
        mixed = ", ".join(map(str, found))
        raise LayerError("zones", f"H3 cells of the resolutions {mixed} are mixed; bring them to one")
    return shape_zones([name.lower() for name in names], _cell_shapes(names, crs), crs, columns)


def _surface(shapes: Shapes) -> shapely.Geometry:
    """Unite the polygons; stray lines that a repair has left do not belong to the ground."""
    parts = shapely.get_parts(shapely.get_parts(shapes))
    return shapely.union_all(shapely.make_valid(parts[shapely.get_dimensions(parts) == 2]))


def _cell_shapes(ids: Iterable[str], crs: str) -> Shapes:
    """Outlines of H3 cells in a projected CRS; a cell on an edge of H3's icosahedron has up to 10 corners."""
    rings = [h3.cell_to_boundary(name) for name in ids]
    corners = np.array([corner for ring in rings for corner in ring]).reshape(-1, 2)
    ring = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    outlines = shapely.polygons(shapely.linearrings(corners[:, ::-1], indices=ring)) if rings else np.empty(0, object)
    moved = project(gpd.GeoDataFrame(geometry=np.asarray(outlines), crs=WGS84), crs, "H3 cells")
    return np.asarray(moved.geometry.array)


def h3_rows(frame: gpd.GeoDataFrame, id_column: str, crs: str) -> Zones:
    """
    Return the H3 cells that a table names, one row a cell, with its numeric columns.

    Parameters
    ----------
    frame
        A table with cell ids; where its rows lie otherwise does not count.
    id_column
        Column with the ids.
    crs
        Projected CRS of the zones.

    Raises
    ------
    LayerError
        If the column is absent, or ``zones_from_h3`` refuses the ids.
    """
    if id_column not in frame:
        raise LayerError("zones", f"no column {id_column!r} (it has {', '.join(map(str, frame.columns))})")
    columns = {
        str(name): frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
        for name in frame.columns
        if name not in {id_column, frame.geometry.name} and pd.api.types.is_numeric_dtype(frame[name])
    }
    return zones_from_h3([str(name) for name in frame[id_column]], columns, crs)
