"""Tables of text that say where each row lies: as WKT, as lon and lat, or as x and y."""

from __future__ import annotations

import re
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from netsim.geo.aliases import COORDINATES, plain_name
from netsim.geo.crs import NO_CRS, declared_crs
from netsim.geo.layer_errors import LayerError, Shapes, counted
from netsim.geo.readers.catalogue import Request
from netsim.tables.csv_rows import Rows

_NO_VALUE = frozenset(("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"))
"""Cells that hold no coordinate."""
_EWKT = re.compile(r"SRID=(\d+);\s*", re.IGNORECASE)


def placed(rows: Rows, request: Request) -> gpd.GeoDataFrame:
    """
    Return the rows as a layer; the columns that say where they lie become its shapes.

    Parameters
    ----------
    rows
        Cells as text.
    request
        What is asked for; without a declared CRS the table is refused.

    Raises
    ------
    LayerError
        If no CRS is declared, no column says where the rows lie, or a cell of it is no number or WKT.
    """
    where, names = request.where, [plain_name(name) for name in rows.header]
    if request.crs is None:
        raise LayerError(where, NO_CRS)
    crs, _ = declared_crs(request.crs, where)
    cells = list(zip(*rows.rows, strict=True))
    for kind in (("wkt",), ("lon", "lat"), ("x", "y")):
        found = [_position(names, COORDINATES[name]) for name in kind]
        at = [place for place in found if place is not None]
        if len(at) < len(kind) or (kind == ("lon", "lat") and crs.is_projected):
            continue
        if kind == ("wkt",):
            shapes = _from_wkt(cells[at[0]], names[at[0]], where)
        else:
            shapes = _from_numbers([cells[place] for place in at], [names[place] for place in at], where)
        columns = {place: pd.Series(values, dtype=object) for place, values in enumerate(cells) if place not in set(at)}
        frame = pd.DataFrame(columns)
        frame.columns = pd.Index([names[place] for place in columns], dtype=object)
        return gpd.GeoDataFrame(frame, geometry=shapes, crs=crs)
    raise LayerError(where, _no_place(names, request.crs, projected=crs.is_projected))


def _no_place(names: Sequence[str], crs: str, *, projected: bool) -> str:
    """Say which columns are wanted."""
    degrees = [_position(names, COORDINATES[name]) for name in ("lon", "lat")]
    if projected and None not in degrees:
        return f"the columns lon and lat hold degrees, but {crs} measures on a plane; declare crs: EPSG:4326"
    return f"no columns lon and lat, x and y, or wkt; it has {', '.join(names)}"


def _position(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    """Return the place of the first wanted column that is there."""
    lower = [name.lower() for name in names]
    return next((lower.index(name) for name in wanted if name in lower), None)


def _from_numbers(columns: Sequence[Sequence[str]], names: Sequence[str], where: str) -> Shapes:
    """Return points; a row that lacks a coordinate has no shape."""
    x, y = (_numbers(cells, name, where) for cells, name in zip(columns, names, strict=True))
    shapes = np.full(len(x), None, dtype=np.object_)
    there = ~(np.isnan(x) | np.isnan(y))
    shapes[there] = shapely.points(x[there], y[there])
    return shapes


def _numbers(cells: Sequence[str], name: str, where: str) -> NDArray[np.float64]:
    """Return coordinates, NaN where a cell is empty."""
    values = np.full(len(cells), np.nan)
    wrong = np.zeros(len(cells), dtype=bool)
    for row, cell in enumerate(cells):
        text = cell.strip()
        if text in _NO_VALUE:
            continue
        try:
            values[row] = float(text)
        except ValueError:
            wrong[row] = True
        wrong[row] |= not np.isfinite(values[row])
    if wrong.any():
        text = cells[int(np.flatnonzero(wrong)[0])]
        hint = "; write a decimal point" if re.fullmatch(r"\s*-?\d+,\d+\s*", text) else ""
        message = counted(wrong, f"cells of column {name!r} hold something that is not a number")
        raise LayerError(where, f"{message}: {text!r}{hint}")
    return values


def _from_wkt(cells: Sequence[str], name: str, where: str) -> Shapes:
    """Return the shapes of a column of well-known text; an empty cell has none."""
    texts = np.array([None if cell.strip() in _NO_VALUE else _EWKT.sub("", cell.strip(), 1) for cell in cells], object)
    shapes = np.asarray(shapely.from_wkt(texts, on_invalid="ignore"), dtype=np.object_)
    wrong = shapely.is_missing(shapes) & (texts != None)  # noqa: E711 - compared cell by cell
    if wrong.any():
        text = cells[int(np.flatnonzero(wrong)[0])]
        message = counted(wrong, f"cells of column {name!r} hold no well-known text such as POINT (24.9 60.2)")
        raise LayerError(where, f"{message}: {text[:40]!r}")
    return shapes
