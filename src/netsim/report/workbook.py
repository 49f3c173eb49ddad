"""Tables into one XLSX workbook, the same bytes for the same tables."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from netsim.report.records import Cell, Column, Kind, Table, Value
from netsim.text import Text

FORMATS: dict[Kind, str] = {
    "text": "@",
    "count": "#,##0",
    "number": "#,##0.0",
    "ratio": "#,##0.00",
    "percent": "0.0%",
    "points": "+0.0%;-0.0%;0.0%",
    "relative": "+0.0%;-0.0%;0.0%",
    "delta": "+#,##0.00;-#,##0.00;0.00",
    "minutes": "#,##0.0",
    "money": "#,##0",
    "change": "+#,##0;-#,##0;0",
}
TONES = {"good": "#00694f", "bad": "#b3320f", "mute": "#767676"}
CREATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
"""A fixed date, so that a repeated report is the same file."""
LONGEST = 32_000
WIDEST = 60
FIRST_ROW = 3


def write_workbook(path: Path, title: str, sheets: Sequence[tuple[str, Table]], text: Text) -> None:
    """
    Write one sheet a table: title, note, header, rows; numbers as numbers, all words as text.

    Parameters
    ----------
    path
        The file, overwritten.
    title
        Title in the document's properties.
    sheets
        Name of each sheet and its table. Intervals become two columns.
    text
        Language and currency.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": plain(title), "created": CREATED})
        styles = _Styles(book)
        for name, table in sheets:
            _write_sheet(book.add_worksheet(name), table, styles, text)


def plain(words: str) -> str:
    """Return words that an office program can hold: no control characters, not too long."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in words)[:LONGEST]


class _Styles:
    """Cell formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
        self.book = book
        self.made: dict[tuple[Kind, str], Any] = {}
        self.title = book.add_format({"bold": True, "font_size": 13})
        self.note = book.add_format({"font_color": "#767676", "italic": True})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})

    def cell(self, kind: Kind, tone: str) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        """Return the format of a kind of number in a tone."""
        key = (kind, tone)
        if key not in self.made:
            look: dict[str, Any] = {"num_format": FORMATS[kind], "valign": "top"}
            if tone in TONES:
                look["font_color"] = TONES[tone]
            if tone in {"good", "bad", "strong"}:
                look["bold"] = True
            self.made[key] = self.book.add_format(look)
        return self.made[key]


def _write_sheet(sheet: Any, table: Table, styles: _Styles, text: Text) -> None:  # noqa: ANN401
    """Write one table."""
    paired = [any(isinstance(_value(row[i]), tuple) for row in table.rows) for i in range(len(table.columns))]
    sheet.write_string(0, 0, plain(table.title), styles.title)
    sheet.write_string(1, 0, plain(table.note), styles.note)
    position = 0
    for index, column in enumerate(table.columns):
        title = _title(column, text)
        widths = [len(title) / 2]
        sheet.write_string(FIRST_ROW, position, title, styles.head)
        for line, row in enumerate(table.rows, FIRST_ROW + 1):
            item = row[index]
            cell = item if isinstance(item, Cell) else Cell(item)
            kind = cell.kind or column.kind
            style = styles.cell(kind, cell.tone)
            centre = cell.value[0] if isinstance(cell.value, tuple) else cell.value
            widths.append(_write(sheet, line, position, centre, style))
            if isinstance(cell.value, tuple):
                _write(sheet, line, position + 1, cell.value[1], style)
        sheet.set_column(position, position, min(WIDEST, max(9.0, *widths) + 2))
        if paired[index]:
            sheet.write_string(FIRST_ROW, position + 1, f"± {title}", styles.head)
        position += 2 if paired[index] else 1
    sheet.freeze_panes(FIRST_ROW + 1, 1)
    if table.rows:
        sheet.autofilter(FIRST_ROW, 0, FIRST_ROW + len(table.rows), position - 1)


def _value(item: Value | Cell) -> Value:
    """Return what a cell holds."""
    return item.value if isinstance(item, Cell) else item


def _title(column: Column, text: Text) -> str:
    """Return the header of a column with its unit; money is written in full, not in thousands."""
    unit = column.unit
    if column.kind in {"money", "change"}:
        unit = f"{text.currency}{unit}"
    elif column.kind == "minutes" and not unit:
        unit = text("unit.min")
    return plain(f"{column.title} ({unit})" if unit else column.title)


def _write(sheet: Any, line: int, position: int, value: Value, style: Any) -> float:  # noqa: ANN401
    """Write one value and return its width in characters."""
    if isinstance(value, str):
        words = plain(value)
        sheet.write_string(line, position, words, style)
        return float(len(words))
    if value is None or isinstance(value, tuple) or not math.isfinite(value):
        sheet.write_blank(line, position, None, style)
        return 1.0
    sheet.write_number(line, position, value, style)
    return 10.0
