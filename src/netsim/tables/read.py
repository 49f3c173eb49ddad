"""
Reads a table of one row a thing, whatever office software it comes from.

Cells are text until a whole column is known to hold numbers: ``007`` and ``NA`` in a column of ids stay
what they are, a decimal comma is told instead of guessed, and a row with a cell too many is a fault
instead of a shift of all columns.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from netsim.errors import BadInputError, Fault
from netsim.files import PathError
from netsim.tables.csv_rows import Rows, csv_rows
from netsim.tables.xlsx_rows import xlsx_rows

MISSING = frozenset(("", "NA", "N/A", "NaN", "nan", "null", "NULL"))
"""Cells of a column of numbers that hold none."""

_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)?(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_COMMA = re.compile(r"[-+]?[0-9.]*,[0-9]+")


def read_table(
    path: Path, *, text_columns: Iterable[str] = (), number_columns: Iterable[str] = (), name: str | None = None
) -> pd.DataFrame:
    """
    Return a table.

    Parameters
    ----------
    path
        A ``.csv``, ``.tsv``, ``.txt``, ``.xlsx`` or ``.parquet`` file.
    text_columns
        Columns that must exist and stay text, such as ids.
    number_columns
        Columns that must exist and hold numbers; an empty cell or ``NA`` becomes NaN.
    name
        How the file is called in messages; None takes the path.

    Returns
    -------
    pandas.DataFrame
        Text columns as ``str``; a column whose cells are all whole numbers as int64, all numbers (or
        missing) as float64; every other column as text. ``attrs["encoding"]`` names the encoding that a
        text file was found to be in (``utf-8`` or ``gb18030``).

    Raises
    ------
    BadInputError
        If the file cannot be read or is empty, a column is missing or stands twice, a row is ragged, or
        a column of numbers holds something else; every fault with its line and column.
    """
    shown = name or str(path)
    texts, numbers = tuple(text_columns), tuple(number_columns)
    try:
        if path.suffix.lower() in {".parquet", ".geoparquet"}:
            frame = _parquet(path, shown, texts)
            _demand_columns(shown, 1, list(map(str, frame.columns)), (*texts, *numbers))
            return _checked_numbers(frame, shown, numbers)
        rows = xlsx_rows(path, shown) if path.suffix.lower() in {".xlsx", ".xlsm", ".xls"} else csv_rows(path, shown)
    except PathError as error:
        raise BadInputError((Fault(shown, error.line, error.column, "", error.message),)) from None
    _demand_columns(shown, rows.header_line, rows.header, (*texts, *numbers))
    faults: list[Fault] = []
    columns: dict[str, Any] = {}
    for index, column in enumerate(rows.header):
        cells = [row[index] for row in rows.rows]
        if column in texts:
            columns[column] = pd.array(cells, dtype=object)
        elif column in numbers:
            columns[column] = _numbers(cells, shown, column, index, rows, faults)
        else:
            columns[column] = _guessed(cells)
    if faults:
        raise BadInputError(tuple(sorted(faults)))
    frame = pd.DataFrame(columns)
    frame.attrs["encoding"] = rows.encoding
    return frame


def _demand_columns(shown: str, line: int, header: Sequence[str], wanted: Sequence[str]) -> None:
    """Raise if a column is missing; name the nearest one."""
    faults = []
    for column in wanted:
        if column not in header:
            near = difflib.get_close_matches(column, header, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(header[:12])}"
            faults.append(Fault(shown, line, 1, column, f"the column is missing; {hint}"))
    if faults:
        raise BadInputError(tuple(faults))


def _numbers(
    cells: Sequence[str], shown: str, column: str, index: int, rows: Rows, faults: list[Fault]
) -> np.ndarray[Any, Any]:
    values = np.full(len(cells), np.nan)
    for row, cell in enumerate(cells):
        text = cell.strip()
        if text in MISSING:
            continue
        if _is_number(text):
            values[row] = float(text)
            continue
        hint = "; use a point for decimals and nothing for thousands" if _COMMA.fullmatch(text) else ""
        message = f"expected a number, got {text[:60]!r}{hint}"
        faults.append(Fault(shown, rows.lines[row], index + 1, column, message))
    return _whole(values, cells)


def _guessed(cells: Sequence[str]) -> Any:  # noqa: ANN401
    """Return a column as numbers if all its cells are numbers or missing, else as text."""
    stripped = [cell.strip() for cell in cells]
    filled = [cell for cell in stripped if cell not in MISSING]
    if not filled or not all(map(_is_number, filled)):
        return pd.array(cells, dtype=object)
    values = np.array([float(cell) if cell not in MISSING else np.nan for cell in stripped])
    return _whole(values, stripped)


def _whole(values: np.ndarray[Any, Any], cells: Sequence[str]) -> np.ndarray[Any, Any]:
    if cells and all(_WHOLE.fullmatch(cell.strip()) for cell in cells):
        return np.array([int(cell) for cell in cells], dtype=np.int64)
    return values


def _is_number(text: str) -> bool:
    """Whether a cell is a plain finite number; a leading zero makes it an id."""
    return bool(text) and text[-1].isdigit() and bool(_NUMBER.fullmatch(text)) and bool(np.isfinite(float(text)))


def _parquet(path: Path, shown: str, texts: Sequence[str]) -> pd.DataFrame:
    import pyarrow as pa  # noqa: PLC0415 - a quarter second that a CSV file need not pay
    import pyarrow.parquet as pq  # noqa: PLC0415

    if not path.is_file():
        raise PathError("no such file")
    try:
        table = pq.ParquetFile(path).read()
    except (pa.ArrowException, OSError) as error:
        raise PathError(f"no readable Parquet file: {str(error).splitlines()[0][:200]}") from None
    twice = sorted({name for name in table.column_names if table.column_names.count(name) > 1})
    if twice:
        raise PathError(f"the column {twice[0]!r} stands twice")
    if table.num_rows == 0:
        raise PathError("the table is empty: there is no row")
    frame: pd.DataFrame = table.to_pandas()
    for column in texts:
        if column in frame:
            if pd.api.types.is_float_dtype(frame[column]):
                fault = Fault(shown, 0, 0, column, "expected text or whole numbers as ids, got decimal numbers")
                raise BadInputError((fault,))
            frame[column] = pd.array([str(cell) for cell in frame[column]], dtype=object)
    return frame


def _checked_numbers(frame: pd.DataFrame, shown: str, numbers: Sequence[str]) -> pd.DataFrame:
    faults = tuple(
        Fault(shown, 0, 0, column, f"expected a column of numbers, got {frame[column].dtype}")
        for column in numbers
        if not pd.api.types.is_numeric_dtype(frame[column]) or pd.api.types.is_bool_dtype(frame[column])
    )
    if faults:
        raise BadInputError(faults)
    return frame
