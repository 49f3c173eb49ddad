"""
Chosen columns of a long table as text, row by row: for logs that nobody cleaned.

A row with a cell too many or too few is told by its line and left out, instead of stopping everything.
Columns that nobody asked for are never handed on; of a Parquet file they are not even read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netsim.errors import BadInputError, Fault
from netsim.files import PathError
from netsim.tables.csv_rows import csv_cells
from netsim.tables.xlsx_rows import xlsx_cells

TextColumn = NDArray[np.object_]
"""One column as ``str``, stripped; an absent value is the empty text."""
ABSENT = frozenset(("NaN", "nan", "NaT", "None", "null", "NULL", "<NA>", "N/A", "#N/A"))
"""TextColumn that stand for an absent value."""

_PARQUET = frozenset((".parquet", ".geoparquet"))
_WORKBOOK = frozenset((".xlsx", ".xlsm", ".xls"))


@dataclass(frozen=True, slots=True, eq=False)
class TextTable:
    """
    Some columns of a table.

    Parameters
    ----------
    header
        Names of all columns of the file, those that were not asked for too.
    columns
        The columns that were asked for and exist, each of the shape ``(n,)``.
    lines
        Line of the file (row of the sheet) of each row; for Parquet the number of the row, shape ``(n,)``.
    ragged
        Lines of rows with too few or too many cells, which are in no column.
    encoding
        Encoding of a text file, empty for others.
    """

    header: tuple[str, ...]
    columns: Mapping[str, TextColumn]
    lines: NDArray[np.int64]
    ragged: NDArray[np.int64]
    encoding: str = ""


def read_texts(
    path: Path, choose: Callable[[tuple[str, ...]], Collection[str]], *, name: str | None = None
) -> TextTable:
    """
    Return some columns of a table as text.

    Parameters
    ----------
    path
        A ``.csv``, ``.tsv``, ``.txt``, ``.xlsx`` or ``.parquet`` file.
    choose
        Given the names of all columns, returns those that are wanted.
    name
        How the file is called in messages; None takes the path.

    Raises
    ------
    BadInputError
        If the file cannot be read or is empty, or a wanted column stands twice.
    """
    shown = name or str(path)
    try:
        if path.suffix.lower() in _PARQUET:
            return _parquet(path, choose)
        if path.suffix.lower() in _WORKBOOK:
            rows, lines, encoding = *xlsx_cells(path, shown), ""
        else:
            rows, lines, encoding = csv_cells(path)
        return _chosen(rows, lines, encoding, choose)
    except PathError as error:
        raise BadInputError((Fault(shown, error.line, error.column, "", error.message),)) from None


def _chosen(
    rows: list[list[str]],
    lines: list[int],
    encoding: str,
    choose: Callable[[tuple[str, ...]], Collection[str]],
) -> TextTable:
    """Return the chosen columns of the rows below the header."""
    if not rows:
        raise PathError("the table is empty")
    if len(rows) == 1:
        raise PathError("the table is empty: there is a header and no row")
    header = tuple(cell.strip() for cell in rows[0])
    wanted = set(choose(header)) & set(header)
    _once(header, wanted, lines[0])
    width = len(header)
    whole = [len(row) == width for row in rows[1:]]
    kept = [row for row, is_whole in zip(rows[1:], whole, strict=True) if is_whole]
    columns = {
        column: _cleaned([row[index] for row in kept]) for index, column in enumerate(header) if column in wanted
    }
    numbers, mask = np.array(lines[1:], dtype=np.int64), np.array(whole, dtype=bool)
    return TextTable(header, columns, numbers[mask], numbers[~mask], encoding)


def _once(header: Sequence[str], wanted: Collection[str], line: int) -> None:
    """Raise if a wanted column stands twice."""
    twice = sorted(column for column in wanted if header.count(column) > 1)
    if twice:
        raise PathError(f"the column {twice[0]!r} stands twice", line, header.index(twice[0]) + 1)


def _cleaned(cells: Sequence[str]) -> TextColumn:
    texts = np.empty(len(cells), dtype=object)
    texts[:] = ["" if cell in ABSENT else cell for cell in map(str.strip, cells)]
    return texts


def _parquet(path: Path, choose: Callable[[tuple[str, ...]], Collection[str]]) -> TextTable:
    """Return the chosen columns of a Parquet file."""
    import pyarrow as pa  # noqa: PLC0415 - a quarter second that a CSV file need not pay
    import pyarrow.parquet as pq  # noqa: PLC0415

    if not path.is_file():
        raise PathError("no such file")
    try:
        file = pq.ParquetFile(path)
        header = tuple(map(str, file.schema_arrow.names))
        wanted = set(choose(header)) & set(header)
        _once(header, wanted, 0)
        frame = file.read(columns=[column for column in header if column in wanted]).to_pandas()
    except (pa.ArrowException, OSError) as error:
        raise PathError(f"no readable Parquet file: {str(error).splitlines()[0][:200]}") from None
    rows = file.metadata.num_rows
    if rows == 0:
        raise PathError("the table is empty: there is no row")
    columns = {column: _as_texts(frame[column]) for column in header if column in wanted}
    return TextTable(header, columns, np.arange(1, rows + 1), np.array([], dtype=np.int64))


def _as_texts(column: pd.Series[Any]) -> TextColumn:
    """Return a typed column as text: whole numbers without a point, times as ISO."""
    return _cleaned(["" if absent else _as_text(cell) for cell, absent in zip(column, column.isna(), strict=True)])


def _as_text(cell: object) -> str:
    if isinstance(cell, (float, np.floating)) and float(cell).is_integer() and abs(float(cell)) < 1e15:
        return str(int(cell))
    return str(cell)
