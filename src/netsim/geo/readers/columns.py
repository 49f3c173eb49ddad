"""
One set of kinds for the columns of all formats, so that one table loads alike from any of them.

- A column of ids or codes, known by its name, is text.
- A column whose every value is a plain number, typed as one or written out, is numeric: int64 if all are
  whole and none is missing, else float64 with NaN where one is missing. ``007`` and ``+49`` are no plain numbers.
- A column of true and false without a gap is bool.
- Every other column is text, without blanks around it, its letters composed (NFC). Empty text is missing.
- Dates are text as ISO 8601 writes them; lists and records are text as JSON.
- A column without any value is float64.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from netsim.geo.aliases import is_id_name, plain_name
from netsim.geo.layer_errors import LayerError

TEXT = pd.Series([""]).dtype
"""The type that this version of pandas gives to text; ``isna`` finds what is missing."""

NO_NUMBER = frozenset(("NA", "N/A", "NaN", "nan", "null", "NULL"))
"""Texts that stand for a missing number in a column of numbers."""

_WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,17})")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d*)?(?:[eE][+-]?\d{1,3})?|-?\.\d+(?:[eE][+-]?\d{1,3})?")
_BOOLS = {"true": True, "false": False}
_EXACT = 2**53
"""Whole numbers up to here are floats without loss."""


def alike(
    frame: gpd.GeoDataFrame, where: str, renamed: Callable[[Sequence[str]], Sequence[str]]
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    """
    Return a layer with columns of the few kinds above, the shapes last, and what was left out.

    Parameters
    ----------
    frame
        A layer as its file gave it.
    where
        How the file is called in messages.
    renamed
        Gives the columns their names, which decide what is an id.

    Returns
    -------
    geopandas.GeoDataFrame
        The layer; rows are counted from 0.
    tuple of str
        Notes.

    Raises
    ------
    LayerError
        If two columns have the same name.
    """
    places = [place for place, name in enumerate(frame.columns) if name != frame.geometry.name]
    series = [frame.iloc[:, place] for place in places]
    dropped = [column for column in series if _is_shape(column)]
    series = [column for column in series if not _is_shape(column)]
    names = renamed([plain_name(column.name) for column in series])
    twice = sorted({name for name in names if names.count(name) > 1} | ({"geometry"} & set(names)))
    if twice:
        raise LayerError(where, f"the column {twice[0]!r} stands twice; rename one of them")
    columns = {name: _column(name, column) for name, column in zip(names, series, strict=True)}
    shapes = np.asarray(frame.geometry.array)
    done = gpd.GeoDataFrame(columns, geometry=shapes, crs=frame.crs, index=pd.RangeIndex(len(frame)))
    notes = [f"column {column.name!r} holds further shapes and is left out" for column in dropped]
    return done, tuple(notes)


def _is_shape(column: pd.Series[Any]) -> bool:
    """Whether a column holds shapes or the boxes around them, as some GeoParquet files do."""
    boxes = column.name == "bbox" and column.map(lambda value: isinstance(value, dict)).any()
    return str(column.dtype) == "geometry" or bool(boxes)


def _column(name: str, column: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column as the one kind that it has in all formats."""
    missing = column.isna().to_numpy(dtype=bool)
    if pd.api.types.is_bool_dtype(column) and not missing.any() and not is_id_name(name):
        return pd.Series(column.to_numpy(dtype=bool))
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column) and not is_id_name(name):
        return _numeric(column, missing)
    texts = [None if absent else _text(value) for value, absent in zip(column, missing, strict=True)]
    if is_id_name(name):
        return pd.Series(texts, dtype=TEXT)
    filled = [text for text in texts if text is not None]
    if all(text in _BOOLS for text in map(str.lower, filled)) and filled and len(filled) == len(texts):
        return pd.Series([_BOOLS[text.lower()] for text in filled], dtype=bool)
    return _read_numbers(texts)


def _read_numbers(texts: Sequence[str | None]) -> pd.Series[Any]:
    """Return texts as numbers if all of them are plain ones and none would lose a digit."""
    numbers = [None if text in NO_NUMBER else text for text in texts]
    filled = [text for text in numbers if text is not None]
    if not filled:
        blank = all(text is None for text in texts)
        return pd.Series(np.full(len(texts), np.nan)) if blank else pd.Series(texts, dtype=TEXT)
    if not all(map(_NUMBER.fullmatch, filled)):
        return pd.Series(texts, dtype=TEXT)
    whole = all(map(_WHOLE.fullmatch, filled))
    if whole and len(filled) == len(texts):
        return pd.Series([int(text) for text in filled], dtype=np.int64)
    if any(abs(int(text)) > _EXACT for text in filled if _WHOLE.fullmatch(text)):
        return pd.Series(texts, dtype=TEXT)
    floats = np.array([np.nan if text is None else float(text) for text in numbers])
    return _numeric(pd.Series(floats), np.isnan(floats))


def _numeric(column: pd.Series[Any], missing: np.ndarray[Any, np.dtype[np.bool_]]) -> pd.Series[Any]:
    """Return typed numbers as int64 where all are whole, else as float64."""
    gaps = bool(missing.any())
    if pd.api.types.is_signed_integer_dtype(column) and not gaps:
        return pd.Series(column.to_numpy(dtype=np.int64))
    if pd.api.types.is_integer_dtype(column):
        values = [None if absent else int(value) for value, absent in zip(column, missing, strict=True)]
        largest = max((abs(value) for value in values if value is not None), default=0)
        if not gaps and largest < 2**63:
            return pd.Series(values, dtype=np.int64)
        if largest > _EXACT:
            return pd.Series([None if value is None else str(value) for value in values], dtype=TEXT)
    floats = column.to_numpy(dtype=np.float64, na_value=np.nan)
    if not gaps and np.isfinite(floats).all() and (np.abs(floats) < _EXACT).all() and (floats == np.rint(floats)).all():
        return pd.Series(floats.astype(np.int64))
    return pd.Series(floats)


def _text(value: object) -> str | None:
    """Return a value as text, None where nothing is left of it."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).strip() or None
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    if isinstance(value, int | float | np.integer | np.floating):
        whole = float(value).is_integer() and abs(float(value)) < _EXACT
        return str(int(value)) if whole or isinstance(value, int | np.integer) else repr(float(value))
    return _text_of_thing(value)


def _text_of_thing(value: object) -> str:
    """Return a date, list or record as text."""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list | tuple | dict | np.ndarray):
        plain = value.tolist() if isinstance(value, np.ndarray) else value
        return json.dumps(plain, ensure_ascii=False, default=str)
    return str(value)
