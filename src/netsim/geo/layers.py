"""The door for maps: files become GeoDataFrames, with their faults named, and go out again."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely
from numpy.typing import NDArray

from netsim.errors import BadInputError
from netsim.files import PathError
from netsim.geo.aliases import rename, restore
from netsim.geo.crs import WGS84, declared_crs, parse_crs, plain_crs, project, require_metres
from netsim.geo.datum import CHINA_BOX, DATUM_NAMES, Datum, inside_china_box, to_wgs84_shapes
from netsim.geo.layer_checks import check_layer, refuse_swapped
from netsim.geo.layer_errors import LayerError, Shapes, Tell, one_line
from netsim.geo.readers import READERS, RawLayer, Request
from netsim.geo.readers.columns import alike
from netsim.model.provenance import EVIDENCE, Evidence, weakest

__all__ = [
    "FIXED_DATE",
    "LayerError",
    "MapLayer",
    "Shapes",
    "Tell",
    "check_layer",
    "column_of",
    "layer_evidence",
    "number_column",
    "parse_crs",
    "project",
    "read_layer",
    "refuse_swapped",
    "require_metres",
    "states_no_crs",
    "to_frame",
    "write_layer",
    "write_layers",
]

logger = logging.getLogger(__name__)

FIXED_DATE = "2000-01-01T00:00:00.000Z"
"""Time stamp of every GeoPackage that netsim writes, so that equal contents are equal bytes."""

_READING = ("encoding", "renamed")
"""What ``read_layer`` notes in a frame's ``attrs``."""


MapLayer = gpd.GeoDataFrame
"""A map layer, for rooms that hand it on and do not look inside."""

_TABLES = (".csv", ".tsv", ".txt", ".xlsx")


def layer_evidence(frame: gpd.GeoDataFrame) -> Evidence | None:
    """Return the weakest label in a layer's column ``evidence``; None where it has none."""
    labels = set(frame["evidence"].dropna()) if "evidence" in frame else set()
    known = [label for label in EVIDENCE if label in labels]
    return weakest(known) if known else None


def column_of(frame: gpd.GeoDataFrame, name: str) -> str:
    """Return what a column is called here that a person names as in the file."""
    renamed: Mapping[str, str] = frame.attrs.get("renamed", {})
    return name if name in frame else renamed.get(name, name)


def states_no_crs(path: Path) -> bool:
    """Whether a file cannot say in which CRS it is: a table, or a shapefile without its ``.prj``."""
    suffix = path.suffix.lower()
    return suffix in _TABLES or (suffix == ".shp" and not path.with_suffix(".prj").is_file())


def read_layer(
    path: Path,
    *,
    crs: str | None = None,
    layer: str | None = None,
    aliases: bool = True,
    expected: Sequence[str] = (),
    tell: Tell = logger.warning,
) -> gpd.GeoDataFrame:
    """
    Read a map layer from a local file and check it.

    GeoParquet (``.parquet``, ``.geoparquet``), GeoPackage (``.gpkg``), GeoJSON (``.geojson``,
    ``.json``), shapefile (``.shp`` with its sidecars, or a ``.zip`` of them), delimited text (``.csv``,
    ``.tsv``, ``.txt``; UTF-8 or GB18030) and workbook (``.xlsx``). A table says where its rows lie in a column ``wkt``,
    or in ``lon`` and ``lat``, or in ``x`` and ``y``; these columns become the shapes. One layer loads
    alike from all of them, by the rules that ``netsim.geo.readers.columns`` states.

    Parameters
    ----------
    path
        A file on this machine.
    crs
        CRS of a file that states none: ``EPSG:n``, or ``GCJ02`` or ``BD09`` for coordinates from Chinese
        maps, which are converted to EPSG:4326. A table and a shapefile without ``.prj`` need it; a GeoJSON
        that names none is in EPSG:4326. A datum may be declared over a file that says EPSG:4326.
    layer
        Layer of a GeoPackage, sheet of a workbook or shapefile of a zip, where there are several.
    aliases
        Whether columns are renamed by the table of aliases (``netsim.geo.aliases``), for example
        ``人口`` to ``population``.
    expected
        Names of columns that are looked for: by them a name that a shapefile has cut is restored.
    tell
        Takes one note for each thing that was guessed, renamed, moved or repaired.

    Returns
    -------
    geopandas.GeoDataFrame
        At least one row; every geometry finite, valid and not empty; the CRS known. ``attrs["encoding"]``
        names the encoding of the texts, ``attrs["renamed"]`` maps names in the file to those that they
        were given.

    Raises
    ------
    LayerError
        If the path is an address, the file is missing or of another kind, its encoding or CRS is unknown,
        the CRS contradicts ``crs``, or ``check_layer`` refuses the layer.
    """
    where = str(path)
    suffix = path.suffix.lower()
    if suffix not in READERS:
        known = ", ".join(READERS)
        raise LayerError(where, f"cannot read a map layer from {suffix or 'a file without an ending'} (known: {known})")
    try:
        raw = READERS[suffix](path, Request(where, crs, layer))
    except PathError as fault:
        raise LayerError(where, str(fault)) from fault
    except BadInputError as fault:
        raise LayerError(where, _faults(fault, where)) from fault
    notes = list(raw.notes)
    frame = _plain(raw, where, expected, notes, aliases=aliases)
    frame, datum = _with_crs(frame, where, crs)
    for note in notes:
        tell(f"{where}: {note}")
    checked = check_layer(frame, where, area=None if datum == "WGS84" else CHINA_BOX, tell=tell)
    return checked if datum == "WGS84" else _to_wgs84(checked, datum, where, tell)


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
        raise LayerError(where, f"column {name!r} holds something that is not a number ({one_line(fault)})") from fault


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
        plain = frame.copy(deep=False)
        # How a layer was read is none of its contents.
        plain.attrs = {name: value for name, value in frame.attrs.items() if name not in _READING}
        plain.to_parquet(path, index=False, compression="zstd")
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


def _plain(raw: RawLayer, where: str, expected: Sequence[str], notes: list[str], *, aliases: bool) -> gpd.GeoDataFrame:
    """Give the columns the names and kinds that they have in every format."""
    changed: dict[str, str] = {}

    def renamed(columns: Sequence[str]) -> Sequence[str]:
        whole = restore(columns, raw.cut, expected)
        known = rename(whole.names) if aliases else None
        names = whole.names if known is None else known.names
        changed.update((old, new) for old, new in zip(columns, names, strict=True) if old != new)
        notes.extend((*whole.notes, *(() if known is None else known.notes)))
        return names

    frame, dropped = alike(raw.frame, where, renamed)
    notes.extend(dropped)
    if frame.crs is not None:
        frame = frame.set_crs(plain_crs(frame.crs), allow_override=True)
    frame.attrs = dict(zip(_READING, (raw.encoding, changed), strict=True))
    return frame


def _with_crs(frame: gpd.GeoDataFrame, where: str, crs: str | None) -> tuple[gpd.GeoDataFrame, Datum]:
    """Give the declared CRS to a layer that states none; refuse a contradiction; return the datum of its degrees."""
    if crs is None:
        return frame, "WGS84"
    declared, datum = declared_crs(crs, where)
    declared = plain_crs(declared)
    if frame.crs is None:
        return frame.set_crs(declared), datum
    if not frame.crs.equals(declared, ignore_axis_order=True):
        mend = f"; {crs} can be declared over EPSG:4326 alone" if datum != "WGS84" else "; leave one of them out"
        raise LayerError(where, f"the file says {frame.crs.to_string()}, but {crs} was declared{mend}")
    return frame, datum


def _to_wgs84(frame: gpd.GeoDataFrame, datum: Datum, where: str, tell: Tell) -> gpd.GeoDataFrame:
    """Convert a layer of another datum and tell how far it moved."""
    shapes = np.asarray(frame.geometry.array)
    moved = to_wgs84_shapes(shapes, datum)
    before, after = shapely.get_coordinates(shapes), shapely.get_coordinates(moved)
    inside = inside_china_box(before[:, 0], before[:, 1])
    _, _, metres = pyproj.Geod(ellps="WGS84").inv(before[:, 0], before[:, 1], after[:, 0], after[:, 1])
    far = f"moved by {np.mean(metres[inside]):.0f} m on average" if inside.any() else "moved by nothing"
    outside = f"; {(~inside).sum()} of {len(inside)} points lie outside of China and stay" if not inside.all() else ""
    tell(f"{where}: coordinates converted from {DATUM_NAMES[datum]} to WGS 84 ({far}{outside})")
    return frame.set_geometry(gpd.GeoSeries(moved, index=frame.index, crs=WGS84))


def _faults(fault: BadInputError, where: str) -> str:
    """Return the faults of a table, without the name of the file in each."""
    first = str(fault.faults[0]).removeprefix(where).lstrip(":").strip()
    more = len(fault.faults) - 1
    place = "line " if fault.faults[0].line else ""
    return f"{place}{first}" + (f" (and {more} more)" if more else "")
