"""The records of a report: tables, pictures and the files that were written."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Kind = Literal[
    "text", "count", "number", "ratio", "percent", "points", "relative", "minutes", "money", "change", "delta"
]
"""How a column is written. Signed are ``points`` (shares), ``relative`` (percent), ``change`` (money), ``delta``."""
Tone = Literal["", "good", "bad", "mute", "strong"]
Value = str | float | int | tuple[float, float] | None
"""A pair is a value with the half width of its interval."""


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column of a table.

    Parameters
    ----------
    title
        Heading in the report's language.
    kind
        How its values are written.
    unit
        Unit, shown in the heading; money brings its own.
    """

    title: str
    kind: Kind = "text"
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value that differs from its column: in tone, or in how it is written."""

    value: Value
    tone: Tone = ""
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """
    One table, for the page and for the workbook.

    Parameters
    ----------
    id
        Name of the sheet and of the anchor, the same in every language.
    title
        Heading in the report's language.
    columns, rows
        Rows hold one value (or ``Cell``) a column.
    note
        One sentence on how to read it; may be empty.
    """

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value | Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """
    A drawing in both forms.

    Parameters
    ----------
    id
        Name of the PNG file and of the anchor.
    svg
        Inline SVG element, text kept as text, ids unique on the page.
    png
        The same as PNG bytes.
    title, caption
        Heading and the sentence that says how to read it.
    """

    id: str
    svg: str
    png: bytes
    title: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """
    What a report wrote.

    Parameters
    ----------
    page, workbook
        The HTML page and the XLSX workbook.
    geopackage
        Sites and zones; None for a comparison.
    pictures
        PNG files.
    warnings
        What the reader of the terminal should know, in the report's language.
    """

    page: Path
    workbook: Path
    geopackage: Path | None
    pictures: tuple[Path, ...]
    warnings: tuple[str, ...] = field(default=())
