"""A sheet of the workbook that planners edit."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Text = str | int | float | bool | None
EMPTY = ("", "NA", "N/A", "nan", "NaN", "None")


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """
    A column of a sheet.

    Parameters
    ----------
    key, title
        Its name, and what stands in the header, unit included.
    kind
        ``text``, ``number``, ``whole`` or ``choice``.
    choices
        What may stand there, for ``choice``.
    least
        Least number.
    required
        Whether something has to stand there.
    """

    key: str
    title: str
    kind: Literal["text", "number", "whole", "choice"]
    choices: tuple[str, ...] = ()
    least: float = -math.inf
    required: bool = False

    def fault(self, text: str) -> str:
        """Return what is wrong with a cell, empty if nothing is."""
        if text in EMPTY:
            return "something has to stand here" if self.required else ""
        if self.kind == "choice" and text not in self.choices:
            near = difflib.get_close_matches(text, self.choices, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"expected {', '.join(self.choices)}"
            return f"unknown {self.title} {text!r}; {hint}"
        if self.kind in {"number", "whole"}:
            number = _number(text)
            if number is None:
                return f"expected a number, got {text[:60]!r}"
            if number < self.least:
                return f"expected {self.least:g} or more, got {number:g}"
            if self.kind == "whole" and not number.is_integer():
                return f"expected a whole number, got {number:g}"
        return ""

    def value(self, text: str) -> Text:
        """Return what a cell without fault holds, None for nothing."""
        if text in EMPTY:
            return None
        if self.kind in {"text", "choice"}:
            return text
        number = _number(text) or 0.0
        return int(number) if number.is_integer() else number

    def same(self, old: Text, new: Text) -> bool:
        """Whether two values are the same but for rounding."""
        if isinstance(old, (int, float)) and isinstance(new, (int, float)):
            return math.isclose(old, new, rel_tol=1e-9, abs_tol=1e-9)
        return old == new


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    A sheet with one row a thing; the first column holds its id.

    Parameters
    ----------
    name
        Name of the sheet.
    columns
        Its columns.
    rows
        Value of each cell by row id and column key; None for an empty cell.
    unit
        Currency of its money, empty if there is none.
    """

    name: str
    columns: tuple[SheetColumn, ...]
    rows: Mapping[str, Mapping[str, Text]]
    unit: str = ""


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
