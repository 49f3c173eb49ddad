"""One table of a GTFS feed as columns of text, with faults told by file and line."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from numpy.typing import NDArray

from netsim.geo.layers import LayerError

LATEST_HOUR = 7 * 24
"""A time of a service day counts its hours on past midnight; no vehicle is on its way for more than a week."""

_TIME = re.compile(r"([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])")
_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_PARTS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """
    A column of text as positions in a list of its different values.

    Parameters
    ----------
    codes
        Position of each row's value, shape ``(rows,)``.
    values
        The different values, without space around them.
    """

    codes: NDArray[np.int32]
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        """Freeze the array."""
        self.codes.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class GtfsTable:
    """
    Some columns of one table of a feed.

    Parameters
    ----------
    where
        How the table is called in messages, for example ``bus.zip/stops.txt``.
    columns
        Its columns by name.
    rows
        Number of rows.
    content
        The bytes that it was read from, to find the line of a faulty row.
    """

    where: str
    columns: Mapping[str, Coded]
    rows: int
    content: bytes

    def fault(self, row: int, message: str) -> LayerError:
        """Return the error about a row (counted from 0), which names its line of the file."""
        reader = csv.reader(io.StringIO(self.content.decode("utf-8-sig"), newline=""))
        # Rows are counted without empty lines and without the header.
        full = (reader.line_num for cells in reader if cells)
        try:
            line = next((line for number, line in enumerate(full) if number == row + 1), 0)
        except csv.Error:  # a cell longer than that module takes; the message then goes without its line
            line = 0
        return LayerError(f"{self.where}:{line}", message)

    def column(self, name: str) -> Coded:
        """Return a column; one that the table does not have is empty text in every row."""
        if name in self.columns:
            return self.columns[name]
        return Coded(np.zeros(self.rows, dtype=np.int32), ("",))

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the cells of a column, length rows."""
        column = self.column(name)
        return tuple(column.values[code] for code in column.codes.tolist())

    def parsed(self, name: str, parse: Callable[[str], float | None], expected: str) -> NDArray[np.float64]:
        """
        Return a column as numbers, shape ``(rows,)``.

        Parameters
        ----------
        name
            The column.
        parse
            Gives the number of a cell (NaN for none), or None if the cell is wrong.
        expected
            What a cell should be, for the message.

        Raises
        ------
        LayerError
            For the first cell that is wrong.
        """
        column = self.column(name)
        found = [parse(value) for value in column.values]
        wrong = np.array([value is None for value in found], dtype=bool)
        if len(column.codes) and wrong[column.codes].any():
            row = int(np.flatnonzero(wrong[column.codes])[0])
            raise self.fault(row, f"{name}: expected {expected}, got {column.values[column.codes[row]]!r}")
        return np.array([math.nan if value is None else value for value in found], dtype=np.float64)[column.codes]

    def positions(self, name: str, known: Mapping[str, int], message: str) -> NDArray[np.int64]:
        """
        Return where a column's ids stand in another table, shape ``(rows,)``.

        Parameters
        ----------
        name
            The column.
        known
            Position by id.
        message
            What to say of an unknown id.

        Raises
        ------
        LayerError
            For the first id that is unknown.
        """
        column = self.column(name)
        at = np.array([known.get(value, -1) for value in column.values], dtype=np.int64)[column.codes]
        if (at < 0).any():
            row = int(np.flatnonzero(at < 0)[0])
            raise self.fault(row, f"{name} {column.values[column.codes[row]]!r} {message}")
        return at

    def ids(self, name: str) -> dict[str, int]:
        """
        Return the row of each id.

        Raises
        ------
        LayerError
            If an id is empty or stands twice.
        """
        known: dict[str, int] = {}
        for row, text in enumerate(self.texts(name)):
            if not text:
                raise self.fault(row, f"{name} is empty; every row needs an id")
            if known.setdefault(text, row) != row:
                raise self.fault(row, f"{name} {text!r} stands twice; ids must be unique")
        return known


def read_csv(content: bytes, where: str, needed: Sequence[str], wished: Sequence[str] = ()) -> GtfsTable:
    r"""
    Return chosen columns of comma-separated text.

    Parameters
    ----------
    content
        The file; a byte-order mark is taken away.
    where
        How it is called in messages.
    needed, wished
        Columns that it must have and may have.

    Raises
    ------
    LayerError
        If it is no UTF-8, a row has a cell too many or too few, or a column is missing or stands twice.

    Examples
    --------
    >>> table = read_csv(b"stop_id, stop_name\nA,North\n", "stops.txt", ["stop_id"], ["stop_name"])
    >>> table.texts("stop_name")
    ('North',)
    """
    body = content.removeprefix(b"\xef\xbb\xbf")
    line, _, rest = body.partition(b"\n")
    try:
        header = [name.strip() for name in next(csv.reader([line.decode()]), [])]
    except UnicodeDecodeError as fault:
        raise _no_utf8(content, where) from fault
    except csv.Error as fault:
        raise LayerError(f"{where}:1", f"no comma-separated text ({fault})") from fault
    missing = [name for name in needed if name not in header]
    if missing:
        message = f"no column {missing[0]!r} (it has {', '.join(header) or 'none'})"
        raise LayerError(f"{where}:1", message)
    twice = next((name for name in header if header.count(name) > 1 and name in (*needed, *wished)), None)
    if twice is not None:
        raise LayerError(f"{where}:1", f"column {twice!r} stands twice")
    chosen = [name for name in header if name in {*needed, *wished}]
    table = _parse(rest, content, header, chosen, where)
    columns = {name: _coded(table.column(place)) for place, name in enumerate(chosen)} if table is not None else {}
    empty = Coded(np.zeros(0, dtype=np.int32), ("",))
    return GtfsTable(where, columns or dict.fromkeys(chosen, empty), 0 if table is None else table.num_rows, content)


def _parse(rest: bytes, content: bytes, header: list[str], chosen: list[str], where: str) -> pa.Table | None:
    """Return the rows below the header as columns of text, None if there are none."""
    if not rest.strip():
        return None
    ragged: list[tuple[int, int]] = []

    def note(row: pa.csv.InvalidRow) -> str:
        ragged.append((row.actual_columns, row.number or 0))
        return "skip"

    unique = [f"{place}" for place in range(len(header))]  # a column without a name is no obstacle
    wanted = [unique[header.index(name)] for name in chosen]
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(rest),
            pa.csv.ReadOptions(use_threads=False, column_names=unique),
            pa.csv.ParseOptions(newlines_in_values=True, invalid_row_handler=note),
            pa.csv.ConvertOptions(
                column_types=dict.fromkeys(wanted, pa.string()), include_columns=wanted, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as fault:
        if "UTF8" in str(fault) or "UTF-8" in str(fault):
            raise _no_utf8(content, where) from fault
        raise LayerError(where, f"no comma-separated text ({str(fault).splitlines()[0]})") from fault
    if ragged:
        cells, number = ragged[0]
        shell = GtfsTable(where, {}, 0, content)
        raise shell.fault(max(number - 1, 0), f"expected {len(header)} cells as in the header, got {cells}")
    return table


def _coded(column: pa.ChunkedArray) -> Coded:
    """Return a column as codes, the space around its cells taken away."""
    coded = pc.dictionary_encode(pc.utf8_trim_whitespace(column)).combine_chunks()
    if isinstance(coded, pa.ChunkedArray):  # a column without any chunk stays one
        return Coded(np.zeros(0, dtype=np.int32), ("",))
    return Coded(np.array(coded.indices, dtype=np.int32), tuple(coded.dictionary.to_pylist()))


def _no_utf8(content: bytes, where: str) -> LayerError:
    """Return the error about a text that is not UTF-8, with the line."""
    try:
        content.decode()
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        return LayerError(f"{where}:{line}", f"not UTF-8 (byte 0x{content[fault.start]:02x}); save it as UTF-8")
    return LayerError(where, "not UTF-8; save it as UTF-8")


def seconds(text: str) -> float | None:
    """
    Return a time of the service day in seconds, NaN for empty text, None if it is no time.

    Examples
    --------
    >>> seconds("25:10:00"), seconds("8.30")
    (90600.0, None)
    """
    if not text:
        return math.nan
    match = _TIME.fullmatch(text)
    if match is None or int(match[1]) >= LATEST_HOUR:
        return None
    return 3600.0 * int(match[1]) + 60.0 * int(match[2]) + float(match[3])


def day_number(text: str) -> float | None:
    """
    Return the proleptic ordinal of a date ``YYYYMMDD``, None if it is no date.

    Examples
    --------
    >>> day_number("20190415"), day_number("20190230")
    (737164.0, None)
    """
    match = _DATE.fullmatch(text)
    try:
        return None if match is None else float(dt.date(int(match[1]), int(match[2]), int(match[3])).toordinal())
    except ValueError:
        return None


def whole(text: str) -> float | None:
    """Return a whole number, NaN for empty text, None if it is none or has more than nine digits."""
    if not text:
        return math.nan
    return float(text) if _PARTS.fullmatch(text) and len(text) <= 9 else None


def real(text: str) -> float | None:
    """Return a finite number, NaN for empty text, None if it is none."""
    if not text:
        return math.nan
    if "_" in text:  # Python's own way to group digits
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
