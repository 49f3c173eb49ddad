"""Rows of a delimited text file: UTF-8 first, then GB18030, ragged rows refused."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from pathlib import Path

from netsim.errors import BadInputError, Fault
from netsim.files import PathError, read_bytes

LIMIT = 500_000_000
"""Most bytes of a text table."""
LONGEST_CELL = 1_000_000

_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Rows:
    """
    A table as text.

    Parameters
    ----------
    header
        Column names, each once.
    rows
        Cells, as many a row as there are columns.
    lines
        Line of the file in which each row ends.
    header_line
        Line of the header.
    encoding
        Encoding of the file: ``utf-8`` or ``gb18030``.
    """

    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    header_line: int = 1
    encoding: str = "utf-8"


def csv_rows(path: Path, shown: str) -> Rows:
    """
    Return the rows of a delimited text file.

    Parameters
    ----------
    path
        The file.
    shown
        How it is called in messages.

    Raises
    ------
    PathError
        If it cannot be read, is neither UTF-8 nor GB18030, or is empty.
    BadInputError
        If a column name is empty or stands twice, or a row has too few or too many cells.
    """
    rows, lines, encoding = csv_cells(path)
    return replace(table_of(rows, lines, shown), encoding=encoding)


def csv_cells(path: Path) -> tuple[list[list[str]], list[int], str]:
    """
    Return the rows of a delimited text file as they stand, ragged ones too, their lines, and the encoding.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    PathError
        If it cannot be read, or is neither UTF-8 nor GB18030.
    """
    text, encoding = _decoded(read_bytes(path, LIMIT))
    delimiter = _delimiter(text)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for row in reader:
            if row and any(cell.strip() for cell in row):
                rows.append(row)
                lines.append(reader.line_num)
    except csv.Error as error:
        raise PathError(f"no readable table: {error}", reader.line_num, 1) from None
    return rows, lines, encoding


def table_of(rows: list[list[str]], lines: list[int], shown: str) -> Rows:
    """
    Return a table whose first row is the header.

    Raises
    ------
    PathError
        If there is no row below a header.
    BadInputError
        If a column name is empty or stands twice, or a row has too few or too many cells.
    """
    if not rows:
        raise PathError("the table is empty")
    header = [name.strip() for name in rows[0]]
    faults = [
        Fault(shown, lines[0], index + 1, "", "the column has no name")
        if not name
        else Fault(shown, lines[0], index + 1, name, f"the column {name!r} stands twice")
        for index, name in enumerate(header)
        if not name or header.index(name) < index
    ]
    faults += [
        Fault(shown, line, 1, "", f"the row has {len(row)} cells; the header has {len(header)} columns")
        for row, line in zip(rows[1:], lines[1:], strict=True)
        if len(row) != len(header)
    ]
    if faults:
        raise BadInputError(tuple(sorted(faults)))
    if len(rows) == 1:
        raise PathError("the table is empty: there is a header and no row")
    return Rows(header, rows[1:], lines[1:], lines[0])


def _decoded(content: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise PathError("the file is UTF-16; save it as UTF-8", 1, 1)
    if content.startswith(b"PK\x03\x04"):
        raise PathError("the file is a workbook or archive and no text; name it .xlsx if it is one")
    if b"\0" in content:
        raise PathError("the file is binary; expected a text table")
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    try:
        return content.decode("gb18030"), "gb18030"
    except UnicodeDecodeError:
        raise PathError("neither UTF-8 nor GB18030; save it as UTF-8", line, 1) from None


def _delimiter(text: str) -> str:
    """Return the delimiter that stands most often in the header, outside of quotes."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    bare = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=bare.count)
