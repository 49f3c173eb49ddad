"""The door for maps: files become GeoDataFrames, with their faults named, and go out again."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely
from numpy.typing import NDArray

from netsim.errors import ExitCode, NetsimError
from netsim.files import DATA_LIMIT, PathError, read_bytes, read_text

logger = logging.getLogger(__name__)

Shapes = NDArray[np.object_]
"""An array of shapely geometries."""

Tell = Callable[[str], None]
"""Where a note about the data goes; a log line unless the caller wants it elsewhere."""

FIXED_DATE = "2000-01-01T00:00:00.000Z"
"""Time stamp of every GeoPackage that netsim writes, so that equal contents are equal bytes."""

_ENDINGS = (".parquet", ".geoparquet", ".gpkg", ".geojson", ".json", ".csv")
_LON = ("lon", "lng", "longitude")
_LAT = ("lat", "latitude")
_NUMBER = r"[+-]?(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?\d+)?|[+-]?\.\d+"
_ID_NAME = re.compile(r"(?:.*_)?(?:id|code)", re.IGNORECASE)


class LayerError(NetsimError):
    """
    A map layer that cannot be used.

    Parameters
    ----------
    where
        The file (as the user named it) or the layer.
    message
        What is wrong, with the value and the mend.
    """

    exit_code = ExitCode.BAD_INPUT

    def __init__(self, where: str, message: str) -> None:
        super().__init__(where, message)
        self.where = where
        self.message = message

    def __str__(self) -> str:
        """Return ``where: message``."""
        return f"{self.where}: {self.message}"


def read_layer(
    path: Path, *, crs: str | None = None, layer: str | None = None, tell: Tell = logger.warning
) -> gpd.GeoDataFrame:
    """
    Read a map layer from a local file and check it.

    GeoParquet (``.parquet``, ``.geoparquet``), GeoPackage (``.gpkg``), GeoJSON (``.geojson``,
    ``.json``) and CSV with the columns lon and lat (``.csv``, UTF-8). Invalid polygons are repaired;
    heights are dropped; text stays text: a column of a CSV becomes numeric only if no value has
    leading zeros and the column is not an id.

    Parameters
    ----------
    path
        A file on this machine.
    crs
        CRS of a file that states none. A CSV without it, and a GeoJSON without its own, is read as
        EPSG:4326.
    layer
        Name of the layer in a GeoPackage that holds several.
    tell
        Takes one note for each repair.

    Returns
    -------
    geopandas.GeoDataFrame
        At least one row; every geometry finite, valid and not empty; the CRS known.

    Raises
    ------
    LayerError
        If the path is an address, the file is missing or of another kind, the CRS is unknown or
        contradicts ``crs``, or a geometry is missing or not finite.
    """
    where = str(path)
    suffix = path.suffix.lower()
    if suffix not in _ENDINGS:
        known = ", ".join(_ENDINGS)
        raise LayerError(where, f"cannot read a map layer from {suffix or 'a file without an ending'} (known: {known})")
    try:
        if suffix in {".parquet", ".geoparquet"}:
            frame = _read_parquet(read_bytes(path), where)
        elif suffix == ".gpkg":
            frame = _read_geopackage(path, where, layer)
        elif suffix == ".csv":
            frame = _read_csv(read_text(path, DATA_LIMIT), where, crs)
        else:
            frame = _read_geojson(read_text(path, DATA_LIMIT), where, crs)
    except PathError as fault:
        raise LayerError(where, str(fault)) from fault
    return check_layer(_with_crs(frame, where, crs), where, tell=tell)


def check_layer(frame: gpd.GeoDataFrame, where: str, *, tell: Tell = logger.warning) -> gpd.GeoDataFrame:
    """
    Return the layer with valid plane geometries, or say what is wrong with it.

    Raises
    ------
    LayerError
        If it is empty or without CRS, or a geometry is missing, empty or not finite.
    """
    if frame.empty:
        raise LayerError(where, "the layer has no rows")
    if frame.crs is None:
        raise LayerError(where, "no coordinate reference system is stated; give one, for example crs: EPSG:4326")
    shapes = np.asarray(frame.geometry.array)
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if missing.any():
        raise LayerError(
            where, f"{missing.sum()} of {len(frame)} geometries are missing (first: row {_first(missing)})"
        )
    points, row = shapely.get_coordinates(shapes, return_index=True)
    wild = ~np.isfinite(points).all(axis=1)
    if wild.any():
        raise LayerError(where, f"row {row[_first(wild) - 1] + 1}: a coordinate is not a finite number")
    if frame.crs.is_geographic and (np.abs(points) > (180.0, 90.0)).any():
        raise LayerError(
            where, "coordinates outside -180..180, -90..90: are lon and lat swapped, or is it another CRS?"
        )
    shapes = shapely.force_2d(shapes)
    return frame.set_geometry(gpd.GeoSeries(_repaired(shapes, where, tell), index=frame.index, crs=frame.crs))


def project(frame: gpd.GeoDataFrame, crs: str, where: str = "layer") -> gpd.GeoDataFrame:
    """
    Return the layer in a projected CRS that measures in metres.

    Raises
    ------
    LayerError
        If ``crs`` does not measure in metres, or a point lies outside the area that it maps.
    """
    require_metres(crs, where)
    if frame.crs is None:
        raise LayerError(where, "no coordinate reference system is stated")
    moved = frame.to_crs(crs)
    if not np.isfinite(shapely.get_coordinates(np.asarray(moved.geometry.array))).all():
        raise LayerError(where, f"some points cannot be shown in {crs}: the layer lies outside the area of this CRS")
    return moved


def require_metres(crs: str, where: str) -> None:
    """
    Refuse a CRS that is unknown or measures in degrees or feet.

    Examples
    --------
    >>> require_metres("EPSG:3067", "area")
    """
    known = parse_crs(crs, where)
    if not known.is_projected or any(axis.unit_name != "metre" for axis in known.axis_info[:2]):
        unit = known.axis_info[0].unit_name if known.axis_info else "an unknown unit"
        raise LayerError(where, f"{crs} measures in {unit}; name a projected CRS in metres, for example EPSG:3067")


def parse_crs(crs: str, where: str) -> pyproj.CRS:
    """Return the CRS, or say that its name is unknown."""
    try:
        return pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as fault:
        raise LayerError(where, f"unknown coordinate reference system {crs!r}; write it like EPSG:3067") from fault


def number_column(table: pd.DataFrame, name: str, where: str) -> NDArray[np.float64]:
    """
    Return a column as numbers, NaN where a value is missing, shape ``(rows,)``.

    Raises
    ------
    LayerError
        If there is no such column or it holds something else.

    Examples
    --------
    >>> number_column(pd.DataFrame({"jobs": [1, None]}), "jobs", "zones").tolist()
    [1.0, nan]
    """
    if name not in table:
        raise LayerError(where, f"no column {name!r} (it has {', '.join(map(str, table.columns))})")
    try:
        return np.asarray(table[name].to_numpy(dtype=np.float64, na_value=np.nan))
    except (TypeError, ValueError) as fault:
        raise LayerError(where, f"column {name!r} holds something that is not a number ({_one_line(fault)})") from fault


def to_frame(columns: Mapping[str, Sequence[object]], geometry: Sequence[bytes], crs: str) -> gpd.GeoDataFrame:
    """
    Return columns and WKB geometries as a layer that can be written.

    Parameters
    ----------
    columns
        Column name -> values, each of length n.
    geometry
        WKB, length n.
    crs
        CRS of the geometries.
    """
    return gpd.GeoDataFrame(dict(columns), geometry=shapely.from_wkb(list(geometry)), crs=crs)


def write_layer(frame: gpd.GeoDataFrame, path: Path) -> None:
    """
    Write one layer as GeoPackage (``.gpkg``) or GeoParquet (``.parquet``); equal contents, equal bytes.

    Raises
    ------
    LayerError
        If the ending is another one.
    """
    if path.suffix == ".gpkg":
        write_layers({path.stem: frame}, path)
    elif path.suffix == ".parquet":
        frame.to_parquet(path, index=False, compression="zstd")
    else:
        raise LayerError(
            str(path), f"cannot write {path.suffix or 'a file without an ending'} (known: .gpkg, .parquet)"
        )


def write_layers(layers: Mapping[str, gpd.GeoDataFrame], path: Path) -> None:
    """Write several layers into one GeoPackage, replacing the file; equal contents, equal bytes."""
    path.unlink(missing_ok=True)
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    try:
        for name, frame in layers.items():
            pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG", append=path.exists())
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _read_parquet(content: bytes, where: str) -> gpd.GeoDataFrame:
    """Read GeoParquet through pyarrow."""
    try:
        return gpd.read_parquet(io.BytesIO(content))
    except (ValueError, OSError) as fault:
        raise LayerError(where, f"not a GeoParquet file ({_one_line(fault)})") from fault


def _read_geopackage(path: Path, where: str, layer: str | None) -> gpd.GeoDataFrame:
    """Read a GeoPackage; the magic number keeps GDAL from taking the file for a virtual format."""
    if not read_bytes(path).startswith(b"SQLite format 3\0"):
        raise LayerError(where, "not a GeoPackage")
    try:
        names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        if layer is None and len(names) != 1:
            raise LayerError(where, f"holds {len(names)} map layers ({', '.join(names)}); say which one to read")
        if layer is not None and layer not in names:
            raise LayerError(where, f"has no layer {layer!r} (it has {', '.join(names)})")
        frame: gpd.GeoDataFrame = pyogrio.read_dataframe(path, layer=layer or names[0])
    except pyogrio.errors.DataSourceError as fault:
        raise LayerError(where, f"not a GeoPackage ({_one_line(fault)})") from fault
    return frame


def _read_geojson(text: str, where: str, crs: str | None) -> gpd.GeoDataFrame:
    """Read a GeoJSON feature collection; RFC 7946 knows EPSG:4326 alone, older files name their CRS."""
    try:
        document: Any = json.loads(text)
    except ValueError as fault:
        raise LayerError(where, f"not a GeoJSON file ({_one_line(fault)})") from fault
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise LayerError(where, "not a GeoJSON feature collection")
    features = document.get("features") or []
    if not features:
        raise LayerError(where, "the layer has no rows")
    try:
        named = document["crs"]["properties"]["name"] if document.get("crs") else crs or "EPSG:4326"
        frame = gpd.GeoDataFrame.from_features(features)
    except (KeyError, TypeError, AttributeError, ValueError, shapely.errors.ShapelyError) as fault:
        raise LayerError(where, f"not a GeoJSON file ({_one_line(fault)})") from fault
    ids = [feature.get("id") for feature in features]
    if "id" not in frame and all(name is not None for name in ids):
        frame.insert(0, "id", ids)
    return frame.set_crs(parse_crs(named, where))


def _read_csv(text: str, where: str, crs: str | None) -> gpd.GeoDataFrame:
    """Read a CSV with lon and lat (or, with a CRS named, x and y)."""
    try:
        table = pd.read_csv(io.StringIO(text), dtype=str, skipinitialspace=True)
    except (pd.errors.EmptyDataError, pd.errors.ParserError) as fault:
        raise LayerError(where, f"not a CSV table ({_one_line(fault)})") from fault
    table = table.apply(_numeric_if_safe)
    names = {str(name).lower(): str(name) for name in table.columns}
    pairs = [(_one_of(names, _LON), _one_of(names, _LAT))]
    if crs is not None:
        pairs.append((names.get("x"), names.get("y")))
    across, up = next((pair for pair in pairs if None not in pair), (None, None))
    if across is None or up is None:
        raise LayerError(where, f"no columns lon and lat (or x and y with a crs); it has {', '.join(table.columns)}")
    for name in (across, up):
        if not pd.api.types.is_numeric_dtype(table[name]):
            raise LayerError(where, f"column {name!r} holds something that is not a number")
    points = gpd.points_from_xy(table[across], table[up])
    return gpd.GeoDataFrame(table, geometry=points, crs=parse_crs(crs or "EPSG:4326", where))


def _numeric_if_safe(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return numbers where every value is one and would be written the same again."""
    filled = column.dropna()
    if _ID_NAME.fullmatch(str(column.name)) or not filled.str.fullmatch(_NUMBER).all():
        return column
    return pd.to_numeric(column)


def _with_crs(frame: gpd.GeoDataFrame, where: str, crs: str | None) -> gpd.GeoDataFrame:
    """Give the declared CRS to a layer that states none; refuse a contradiction."""
    if crs is None:
        return frame
    declared = parse_crs(crs, where)
    if frame.crs is None:
        return frame.set_crs(declared)
    if not frame.crs.equals(declared, ignore_axis_order=True):
        raise LayerError(where, f"the file says {frame.crs.to_string()}, but {crs} was declared; leave one of them out")
    return frame


def _repaired(shapes: Shapes, where: str, tell: Tell) -> Shapes:
    """Make invalid shapes valid and keep the parts of their own dimension."""
    wrong = ~shapely.is_valid(shapes)
    if not wrong.any():
        return shapes
    before = float(shapely.area(shapes[wrong]).sum())
    mended = shapes.copy()
    mended[wrong] = shapely.make_valid(shapes[wrong], method="structure", keep_collapsed=False)
    gone = wrong & shapely.is_empty(mended)
    if gone.any():
        raise LayerError(where, f"row {_first(gone)}: the shape has no extent")
    after = float(shapely.area(mended[wrong]).sum())
    tell(f"{where}: {wrong.sum()} invalid shapes repaired (their area went from {before:.6g} to {after:.6g})")
    return mended


def _first(mask: NDArray[np.bool_]) -> int:
    """Return the number of the first row marked, counted from 1."""
    return int(np.flatnonzero(mask)[0]) + 1


def _one_of(names: Mapping[str, str], wanted: Sequence[str]) -> str | None:
    """Return the first wanted column that is there."""
    return next((names[name] for name in wanted if name in names), None)


def _one_line(fault: Exception) -> str:
    """Return the first line of another library's message."""
    return str(fault).splitlines()[0] if str(fault) else type(fault).__name__
