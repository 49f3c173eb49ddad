"""What a layer holds and what is wrong with it, in numbers: for a look at data before it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from netsim.geo.crs import Box, degrees_box, measuring_crs
from netsim.geo.layer_checks import layer_faults, layer_notes
from netsim.geo.layer_errors import Shapes, counted


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """
    What a column holds.

    Parameters
    ----------
    name
        Its name.
    kind
        ``whole``, ``number``, ``text`` or ``bool``.
    missing
        Rows without a value; a zero is none of them.
    distinct
        Different values.
    zeros, negative
        Rows with 0 and with less; None for text and bool.
    total, least, most
        Sum, minimum and maximum of what is there; None for text and bool, and where nothing is there.
    """

    name: str
    kind: str
    missing: int
    distinct: int
    zeros: int | None = None
    negative: int | None = None
    total: float | None = None
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class LayerReport:
    """
    What a layer holds and what is wrong with it.

    Parameters
    ----------
    where
        How the layer is called.
    rows
        Number of rows.
    kinds
        Kind of geometry -> rows, ``missing`` for those without one.
    crs
        Name of the CRS, empty if none is known.
    degrees
        West, south, east, north in degrees WGS 84; east is beyond 180 where the layer crosses the antimeridian.
        None without a CRS or a shape, or where the layer lies outside of what its CRS can show.
    metres
        Least x, least y, greatest x, greatest y in metres of ``metres_crs``; None as ``degrees``.
    metres_crs
        The layer's own CRS if it measures in metres, else the UTM zone of its middle; empty if unknown.
    columns
        One report a column, in their order.
    faults
        Why the layer cannot be used as it is.
    notes
        What to know of it.
    """

    where: str
    rows: int
    kinds: Mapping[str, int]
    crs: str
    degrees: Box | None
    metres: Box | None
    metres_crs: str
    columns: tuple[ColumnReport, ...]
    faults: tuple[str, ...]
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Freeze the counts."""
        object.__setattr__(self, "kinds", MappingProxyType(dict(self.kinds)))

    def __reduce__(self) -> tuple[type[LayerReport], tuple[object, ...]]:
        """Let the record cross a process border (a mapping proxy alone cannot)."""
        return type(self), (
            *(self.where, self.rows, dict(self.kinds), self.crs, self.degrees, self.metres, self.metres_crs),
            *(self.columns, self.faults, self.notes),
        )


def layer_report(frame: gpd.GeoDataFrame, where: str, area: Box | None = None) -> LayerReport:
    """
    Return what a layer holds; unlike ``check_layer`` it refuses nothing.

    Parameters
    ----------
    frame
        Any layer, checked or not.
    where
        How it is called.
    area
        Where it should lie, in its own CRS; None takes the area that its CRS is meant for.

    Examples
    --------
    >>> shops = gpd.GeoDataFrame({"size": [0, 40]}, geometry=shapely.points([[10, 50], [11, 50]]), crs="EPSG:4326")
    >>> report = layer_report(shops, "shops")
    >>> report.rows, dict(report.kinds), report.metres_crs, report.columns[0].zeros, report.faults
    (2, {'Point': 2}, 'EPSG:32632', 1, ())
    """
    shapes = np.asarray(frame.geometry.array)
    faults = tuple(layer_faults(frame, area))
    there = _usable(shapes)
    degrees = metres = None
    plane = ""
    if frame.crs is not None and there.any():
        layer = gpd.GeoDataFrame(geometry=shapes[there], crs=frame.crs)
        degrees = _finite(degrees_box(layer))
        plane = measuring_crs(layer) if degrees is not None else ""
        metres = _finite(tuple(layer.to_crs(plane).total_bounds.tolist())) if plane else None
    kinds = pd.Series(frame.geom_type).fillna("missing").value_counts(sort=False)
    return LayerReport(
        where=where,
        rows=len(frame),
        kinds={str(kind): int(count) for kind, count in kinds.items()},
        crs="" if frame.crs is None else str(frame.crs.to_string()),
        degrees=degrees,
        metres=metres,
        metres_crs=plane,
        columns=tuple(column_report(frame[name]) for name in frame.columns if name != frame.geometry.name),
        faults=faults,
        notes=() if faults else tuple(_notes(frame, shapes)),
    )


def column_report(column: pd.Series) -> ColumnReport:
    """
    Return what a column holds.

    Parameters
    ----------
    column
        Numbers, bools or anything else, which counts as text; an empty text counts as missing.

    Examples
    --------
    >>> jobs = column_report(pd.Series([0.0, -2.5, None], name="jobs"))
    >>> jobs.kind, jobs.missing, jobs.zeros, jobs.negative, jobs.total
    ('number', 1, 1, 1, -2.5)
    """
    name = str(column.name)
    filled = column[column.notna()]
    if pd.api.types.is_bool_dtype(column):
        return ColumnReport(name, "bool", len(column) - len(filled), int(filled.nunique()))
    if not pd.api.types.is_numeric_dtype(column):
        filled = filled[filled.astype(str).str.strip() != ""]
        return ColumnReport(name, "text", len(column) - len(filled), int(filled.astype(str).nunique()))
    values = filled.to_numpy(dtype=np.float64)
    some = (
        {"total": float(values.sum()), "least": float(values.min()), "most": float(values.max())} if len(values) else {}
    )
    return ColumnReport(
        name,
        "whole" if pd.api.types.is_integer_dtype(column) else "number",
        len(column) - len(filled),
        len(np.unique(values)),
        zeros=int((values == 0.0).sum()),
        negative=int((values < 0.0).sum()),
        **some,
    )


def _notes(frame: gpd.GeoDataFrame, shapes: Shapes) -> list[str]:
    """Return what reading the layer would tell, and its invalid shapes, which reading would repair."""
    wrong = ~shapely.is_valid(shapes)
    invalid = [counted(wrong, "shapes are invalid and will be repaired")] if wrong.any() else []
    return [*invalid, *layer_notes(frame)]


def _usable(shapes: Shapes) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which shapes have an extent that is finite, shape ``(n,)``."""
    return np.asarray(np.isfinite(shapely.bounds(shapes)).all(axis=1))


def _finite(box: tuple[float, ...]) -> Box | None:
    """Return a box, or None if it is none."""
    west, south, east, north = box
    return (west, south, east, north) if np.isfinite(box).all() else None
