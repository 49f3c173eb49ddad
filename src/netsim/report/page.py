"""From tables and pictures to one self-contained HTML page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

from netsim.report.records import Cell, Column, Kind, Picture, Table, Tone, Value
from netsim.text import NOTHING, Text

MARKS: dict[Tone, str] = {"good": "✓ ", "bad": "✗ "}
"""Verdicts are told by a sign as well as by colour."""

SHARES: dict[Kind, str] = {"percent": "%", "points": "", "relative": "%"}
"""Kinds that are shares, and what follows the number."""
DIGITS: dict[Kind, int] = {"count": 0, "text": 0, "ratio": 2}
UNBROKEN = 24
"""Letters of a word above which it may be broken anywhere."""


def _template(name: str) -> str:
    """Return a template of this package."""
    return files("netsim.report").joinpath("templates", name).read_text("utf-8")


@cache
def _environment() -> Environment:
    """Return the template environment: everything escaped, nothing undefined, nothing read from outside."""
    return Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def write_value(value: Value, kind: Kind, text: Text) -> str:
    """
    Return a value as the page shows it.

    Examples
    --------
    >>> write_value((0.914, 0.012), "percent", Text("en"))
    '91.4% ± 1.2'
    >>> write_value(4_795_000.0, "money", Text("en", "EUR"))
    '4,795'
    """
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return _write_interval(*value, kind, text)
    if value is None or math.isnan(value):
        return NOTHING
    return _write_number(value, kind, text)


def _write_interval(centre: float, half: float, kind: Kind, text: Text) -> str:
    """Return a value with the half width of its interval, where it has one."""
    written = write_value(centre, kind, text)
    if not math.isfinite(half) or half == 0.0 or written == NOTHING:
        return written
    return f"{written} ± {_write_number(half, kind, text).lstrip('+').rstrip('%')}"


def _write_number(value: float, kind: Kind, text: Text) -> str:
    """Return a number by the kind of its column."""
    if kind == "delta":
        return text.number(value, 2 if abs(value) < 10 else 1 if abs(value) < 1000 else 0, signed=True)
    if kind in {"money", "change"}:
        thousands = value / text.money_unit()[1]
        return text.number(thousands, 0 if text.language == "en" else 1, signed=kind == "change")
    if kind in SHARES:
        return text.number(100.0 * value, 1, signed=kind != "percent") + SHARES[kind]
    return text.number(value, DIGITS.get(kind, 1))


def heading(column: Column, text: Text) -> tuple[str, str]:
    """Return the title of a column and its unit."""
    unit = column.unit
    if column.kind in {"money", "change"}:
        unit = f"{text.money_unit()[0]}{unit}"
    elif column.kind == "minutes" and not unit:
        unit = text("unit.min")
    return column.title, unit


def _cell(value: Value | Cell, column: Column, text: Text) -> dict[str, str]:
    """Return what the template needs of one cell."""
    cell = value if isinstance(value, Cell) else Cell(value)
    kind = cell.kind or column.kind
    words = write_value(cell.value, kind, text)
    numeric = column.kind != "text"
    longest = max(map(len, words.split()), default=0)
    classes = " ".join(filter(None, ("num" if numeric else "", cell.tone, "wrap" if longest > UNBROKEN else "")))
    return {"words": words, "mark": MARKS.get(cell.tone, ""), "classes": classes}


def _table(table: Table, text: Text) -> dict[str, object]:
    """Return what the template needs of a table."""
    heads = [
        {"title": heading(c, text)[0], "unit": heading(c, text)[1], "classes": "" if c.kind == "text" else "num"}
        for c in table.columns
    ]
    rows = [[_cell(v, c, text) for v, c in zip(row, table.columns, strict=True)] for row in table.rows]
    return {"id": table.id, "title": table.title, "note": table.note, "heads": heads, "rows": rows}


def render(
    template: str,
    text: Text,
    *,
    tables: Mapping[str, Table],
    pictures: Mapping[str, Picture],
    values: Mapping[str, object],
) -> str:
    """
    Return the page.

    Parameters
    ----------
    template
        File in ``templates/``.
    tables, pictures
        By the name that the template uses.
    values
        Words and lists for the template; all are escaped.
    """
    return (
        _environment()
        .get_template(template)
        .render(
            text=text,
            css=_template("report.css"),
            tables={name: _table(table, text) for name, table in tables.items()},
            pictures=pictures,
            **values,
        )
    )
