"""The workbook that planners edit: ids locked in grey, everything else white, choices as drop-down lists."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from netsim.model.planner_sheet import Sheet
from netsim.report.workbook import CREATED, WIDEST, plain

GREY = "#ececec"
SPARE_ROWS = 500
"""Rows below the last that drop-down lists hold for too: new sites go there."""


def write_planner_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """
    Write one sheet a table: a header, one row a thing; the same bytes for the same tables.

    Parameters
    ----------
    path
        The file, overwritten.
    sheets
        The tables.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": "netsim", "created": CREATED})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        fixed = book.add_format({"bg_color": GREY, "num_format": "@"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 1)
            for number, column in enumerate(sheet.columns):
                page.write_string(0, number, column.title, head)
                texts = [str(row.get(column.key) or "") for row in sheet.rows.values()]
                longest = max([len(column.title) // 2, *map(len, texts)], default=8)
                page.set_column(number, number, min(longest + 3, WIDEST))
                if column.kind == "choice" and sum(map(len, column.choices)) + len(column.choices) < 255:
                    last = len(sheet.rows) + SPARE_ROWS
                    page.data_validation(1, number, last, number, {"validate": "list", "source": list(column.choices)})
            for line, row in enumerate(sheet.rows.values(), 1):
                for number, column in enumerate(sheet.columns):
                    value = row.get(column.key)
                    style = fixed if number == 0 else None
                    if isinstance(value, str):
                        page.write_string(line, number, plain(value), style)
                    elif value is not None:
                        page.write_number(line, number, float(value), style)
