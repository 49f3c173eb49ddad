"""What a data file holds: rows, columns, CRS, likely datum, faults; and a picture of it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from netsim.errors import BadInputError, Fault
from netsim.geo.crs import WGS84
from netsim.geo.datum_guess import DatumVerdict, likely_datum
from netsim.geo.layer_report import ColumnReport, layer_report
from netsim.geo.layers import LayerError, MapLayer, column_of, number_column, read_layer, states_no_crs
from netsim.geo.picture import layer_picture, lonlat_of
from netsim.report.map_layer import write_layer_map
from netsim.text import Language


def describe_layer(
    path: Path,
    *,
    crs: str | None = None,
    layer: str | None = None,
    roads: Path | None = None,
    zones: Path | None = None,
) -> dict[str, Any]:
    """
    Return what a map layer or table holds, as the answer of ``netsim data check``.

    Parameters
    ----------
    path
        A file on this machine.
    crs
        CRS or datum where the file states none.
    layer
        Which layer of the file.
    roads, zones
        Layers in a known CRS that tell in which datum the file is likely to be.

    Raises
    ------
    BadInputError
        If the file cannot be used; one fault a line, each with the mend.
    """
    notes: list[str] = []
    frame = _read(path, crs, layer, notes)
    report = layer_report(frame, path.name)
    if report.faults:
        raise BadInputError(tuple(Fault(str(path), 0, 0, "", fault) for fault in report.faults))
    return {
        "netsim": 1,
        "file": str(path),
        "rows": report.rows,
        "kinds": dict(report.kinds),
        "crs": report.crs,
        "encoding": frame.attrs.get("encoding") or None,
        "degrees": _box(report.degrees),
        "metres": _box(report.metres),
        "metres_crs": report.metres_crs,
        "columns": [_column(column) for column in report.columns],
        "renamed": dict(frame.attrs.get("renamed", {})),
        "notes": list(dict.fromkeys([*(_plain(note, path) for note in notes), *report.notes])),
        "datum": None if roads is None else _datum(path, crs, layer, roads, zones),
    }


def show_layer(
    path: Path,
    out: Path,
    *,
    crs: str | None = None,
    layer: str | None = None,
    column: str | None = None,
    language: Language,
) -> dict[str, Any]:
    """
    Draw a map layer into a PNG; shapes are coloured by a column where one is named.

    Parameters
    ----------
    path, crs, layer
        As in ``describe_layer``.
    out
        The picture; its folder must exist.
    column
        Column of numbers; None draws the shapes alone.
    language
        ``en`` or ``zh``.

    Raises
    ------
    BadInputError
        If the file cannot be used, has no such column, or ``out`` is no PNG in a folder that exists.
    """
    if out.suffix.lower() != ".png" or not out.parent.is_dir():
        raise BadInputError((Fault(str(out), 0, 0, "", "expected a .png in a folder that exists"),))
    notes: list[str] = []
    frame = _read(path, crs, layer, notes)
    try:
        values = None if column is None else number_column(frame, column_of(frame, column), path.name)
        picture = layer_picture(frame, values, column or "")
    except LayerError as error:
        raise BadInputError((Fault(str(path), 0, 0, "", error.message),)) from None
    warning = write_layer_map(picture, out, title=path.stem, language=language)
    shown = [*(_plain(note, path) for note in notes), *([warning] if warning else [])]
    return {
        "netsim": 1,
        "file": str(path),
        "picture": str(out),
        "rows": len(frame),
        "crs": picture.crs,
        "column": column,
        "notes": shown,
    }


def _read(path: Path, crs: str | None, layer: str | None, notes: list[str]) -> MapLayer:
    """Return a layer; what is wrong with it becomes a fault."""
    try:
        return read_layer(path, crs=crs, layer=layer, tell=notes.append)
    except LayerError as error:
        raise BadInputError((Fault(error.where, 0, 0, "", error.message),)) from None


def _datum(path: Path, crs: str | None, layer: str | None, roads: Path, zones: Path | None) -> dict[str, Any]:
    """Return in which datum the points of a layer are likely to be, read as they stand."""
    plain = WGS84 if crs is not None or states_no_crs(path) else None
    notes: list[str] = []
    frame = _read(path, plain, layer, notes)
    lines = _read(roads, None, None, notes)
    areas = None if zones is None else _read(zones, None, None, notes)
    try:
        return _verdict(likely_datum(lonlat_of(frame), lines, areas))
    except (LayerError, ValueError) as error:
        raise BadInputError((Fault(str(path), 0, 0, "", str(error)),)) from None


def _verdict(found: DatumVerdict) -> dict[str, Any]:
    return {
        "likely": found.datum,
        "reason": found.reason,
        "scores": {
            name: {"road_m": _number(score.road_m), "outside": _number(score.outside)}
            for name, score in found.scores.items()
        },
    }


def _column(column: ColumnReport) -> dict[str, Any]:
    return {
        "name": column.name,
        "kind": column.kind,
        "missing": column.missing,
        "zeros": column.zeros,
        "negative": column.negative,
        "sum": _number(column.total),
        "min": _number(column.least),
        "max": _number(column.most),
        "distinct": column.distinct,
    }


def _box(box: tuple[float, float, float, float] | None) -> list[float] | None:
    return None if box is None else list(box)


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _plain(note: str, path: Path) -> str:
    """Return a note with the file called by its name."""
    return note.replace(str(path), path.name)
