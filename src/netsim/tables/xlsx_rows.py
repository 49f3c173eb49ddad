"""Rows of a sheet of a workbook; macros, passwords and archives that swell are refused."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from netsim.errors import BadInputError, Fault
from netsim.files import PathError, read_bytes
from netsim.tables.csv_rows import Rows, table_of

LIMIT = 50_000_000
"""Most bytes of a workbook."""
UNPACKED = 100_000_000
"""Most bytes of its parts, unpacked."""
CELLS = 2_000_000
"""Most cells."""

_OLE = b"\xd0\xcf\x11\xe0"


def xlsx_rows(path: Path, shown: str, sheet: str | None = None) -> Rows:
    """
    Return the rows of a sheet.

    Parameters
    ----------
    path
        The workbook.
    shown
        How it is called in messages.
    sheet
        Name of the sheet; None takes the first.

    Raises
    ------
    PathError
        If it cannot be read, has a password or macros, is too large or empty, or has no such sheet.
    BadInputError
        If a formula has no stored value, or the table is ragged.
    """
    rows, lines = xlsx_cells(path, shown, sheet)
    return table_of(rows, lines, shown)


def xlsx_cells(path: Path, shown: str, sheet: str | None = None) -> tuple[list[list[str]], list[int]]:
    """
    Return the rows of a sheet as they stand, ragged ones too, and their lines.

    Parameters
    ----------
    path
        The workbook.
    shown
        How it is called in messages.
    sheet
        Name of the sheet; None takes the first.

    Raises
    ------
    PathError
        If it cannot be read, has a password or macros, is too large, or has no such sheet.
    BadInputError
        If a formula has no stored value.
    """
    content = read_bytes(path, LIMIT)
    _refuse_dangerous(path, content)
    import openpyxl  # noqa: PLC0415 - only workbooks need it

    try:
        values = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows, lines, holes = _cells(_sheet(values, sheet))
        values.close()
        if holes:
            formulas = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
            values = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            _refuse_formulas(_sheet(formulas, sheet), _sheet(values, sheet), shown)
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError, SyntaxError) as error:
        if isinstance(error, PathError):
            raise
        raise PathError(f"no readable workbook: {str(error)[:200]}") from None
    return rows, lines


def _refuse_dangerous(path: Path, content: bytes) -> None:
    if content.startswith(_OLE):
        raise PathError("the workbook has a password or is an old .xls; save it as .xlsx without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile:
        raise PathError("no readable workbook: the file is no .xlsx archive") from None
    if path.suffix.lower() == ".xlsm" or any("vbaproject" in part.filename.lower() for part in parts):
        raise PathError("the workbook holds macros; save it as .xlsx")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > UNPACKED:
        raise PathError(f"the workbook unpacks to {unpacked:,} bytes; no more than {UNPACKED:,} are read")


def _sheet(workbook: Any, name: str | None) -> Any:  # noqa: ANN401
    """Return the sheet of that name, or the first."""
    known = [sheet.title for sheet in workbook.worksheets]
    if name is not None and name not in known:
        raise PathError(f"the workbook has no sheet {name!r} (it has {', '.join(known)})")
    return workbook.worksheets[0 if name is None else known.index(name)]


def _cells(sheet: Any) -> tuple[list[list[str]], list[int], bool]:  # noqa: ANN401
    """Return the rows as text up to the last named column, their lines, and whether a cell is empty."""
    rows: list[list[str]] = []
    lines: list[int] = []
    holes, seen = False, 0
    sheet.reset_dimensions()
    for line, cells in _rows(sheet):
        seen += len(cells)
        if seen > CELLS:
            raise PathError(f"the sheet has more than {CELLS:,} cells")
        filled = max((column for column, cell in enumerate(cells, start=1) if cell is not None), default=0)
        row = cells[:filled]
        if not row:
            continue
        width = len(rows[0]) if rows else len(row)
        holes = holes or None in row or len(row) < width
        rows.append([_text(cell) for cell in row] + [""] * (width - len(row)))
        lines.append(line)
    return rows, lines, holes


def _rows(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:  # noqa: ANN401
    yield from enumerate(sheet.iter_rows(values_only=True), start=1)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return str(cell)


def _refuse_formulas(formulas: Any, values: Any, shown: str) -> None:  # noqa: ANN401
    """Raise if an empty cell is a formula whose value was never stored."""
    formulas.reset_dimensions()
    values.reset_dimensions()
    faults = [
        Fault(shown, line, column, "", f"the formula {cell[:40]!r} has no stored value; open and save the workbook")
        for (line, row), (_, stored) in zip(_rows(formulas), _rows(values), strict=False)
        for column, (cell, value) in enumerate(zip(row, stored, strict=False), start=1)
        if value is None and isinstance(cell, str) and cell.startswith("=")
    ]
    if faults:
        raise BadInputError(tuple(faults))
