"""A scenario in a workbook that planners edit, and what they edited as a variant of the scenario."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from netsim.errors import BadInputError, Fault
from netsim.experiment.study import load_study
from netsim.experiment.workbook_sheets import LEFT_ALONE, scenario_sheets, variant
from netsim.files import DataRoots, PathError
from netsim.model.planner_sheet import Sheet
from netsim.report.planner_sheets import write_planner_workbook
from netsim.scenario.load import load_scenario
from netsim.tables.csv_rows import Rows
from netsim.tables.xlsx_rows import xlsx_rows

Cells = dict[str, dict[str, str]]
"""Text of each cell that holds something by row id and column."""


def export_workbook(
    scenario: Path,
    out: Path,
    *,
    sets: Sequence[str] = (),
    seed: int | None = None,
    data_roots: Mapping[str, Path] | None = None,
) -> dict[str, Any]:
    """
    Write sites, formats, costs and demand of a scenario into a workbook.

    Parameters
    ----------
    scenario, sets, seed, data_roots
        As in ``run_scenario``.
    out
        The workbook, overwritten; its folder must exist.

    Raises
    ------
    BadInputError
        If the scenario has faults, or ``out`` is no ``.xlsx`` in a folder that exists.
    """
    _demand_file(out, ".xlsx")
    sheets = _sheets(scenario, sets, seed, data_roots)
    write_planner_workbook(out, sheets)
    rows = {sheet.name: len(sheet.rows) for sheet in sheets}
    return {"netsim": 1, "scenario": str(scenario), "workbook": str(out), "rows": rows}


def apply_workbook(
    workbook: Path,
    scenario: Path,
    out: Path,
    *,
    sets: Sequence[str] = (),
    seed: int | None = None,
    data_roots: Mapping[str, Path] | None = None,
) -> dict[str, Any]:
    """
    Write what was edited in a workbook as a variant that extends the scenario.

    Parameters
    ----------
    workbook
        A workbook that ``export_workbook`` wrote of the same scenario, edited.
    scenario, sets, seed, data_roots
        As in ``run_scenario``.
    out
        The variant, a ``.yaml`` file that is not there yet, in a folder that exists.

    Raises
    ------
    BadInputError
        With every fault, by sheet and cell; nothing is written then.
    """
    _demand_file(out, ".yaml")
    if out.exists():
        raise BadInputError((Fault(str(out), 0, 0, "", "is there already; name a new file"),))
    sheets = _sheets(scenario, sets, seed, data_roots)
    faults: list[Fault] = []
    cells = {sheet.name: _read(workbook, sheet, faults) for sheet in sheets}
    if faults:
        raise BadInputError(tuple(sorted(faults)))
    parent = Path(os.path.relpath(scenario.resolve(), out.resolve().parent)).as_posix()
    text, changed = variant(sheets, cells, parent, workbook.name)
    out.write_text(text, "utf-8", newline="\n")
    try:
        load_scenario(out, roots=DataRoots.for_scenario(out, data_roots))
    except BadInputError:
        out.unlink()
        raise
    return {"netsim": 1, "scenario": str(out), "changes": len(changed), "changed": changed}


def _sheets(
    scenario: Path, sets: Sequence[str], seed: int | None, data_roots: Mapping[str, Path] | None
) -> tuple[Sheet, ...]:
    study, _ = load_study(scenario, seed=seed, sets=sets, data_roots=data_roots)
    loaded = load_scenario(scenario, sets=sets, roots=DataRoots.for_scenario(scenario, data_roots))
    return scenario_sheets(study, loaded.scenario)


def _demand_file(path: Path, ending: str) -> None:
    """Raise if a file to write has another ending, or its folder does not exist."""
    if path.suffix.lower() != ending or not path.parent.is_dir():
        raise BadInputError((Fault(str(path), 0, 0, "", f"expected a {ending} file in a folder that exists"),))


def _read(workbook: Path, sheet: Sheet, faults: list[Fault]) -> Cells:
    """Return the cells of a sheet as it came back; what is wrong in it becomes a fault at its cell."""
    shown = str(workbook)
    try:
        rows = xlsx_rows(workbook, shown, sheet.name)
    except PathError as error:
        faults.append(Fault(shown, error.line, error.column, sheet.name, error.message))
        return {}
    except BadInputError as error:
        faults.extend(Fault(shown, item.line, item.column, sheet.name, item.message) for item in error.faults)
        return {}
    titles = {column.title: column for column in sheet.columns}
    wrong = _header_faults(shown, sheet, rows)
    faults += wrong
    if wrong:
        return {}
    cells: Cells = {}
    for line, row in zip(rows.lines, rows.rows, strict=True):
        texts = {titles[title].key: text.strip() for title, text in zip(rows.header, row, strict=True)}
        key = texts[sheet.columns[0].key]
        for number, title in enumerate(rows.header, 1):
            column = titles[title]
            fault = column.fault(texts[column.key])
            if column is sheet.columns[0] and not fault:
                fault = _row_fault(sheet, key, cells)
            if fault:
                faults.append(Fault(shown, line, number, f"{sheet.name}!{cell_name(line, number)}", fault))
        cells.setdefault(key, texts)
    gone = [key for key in sheet.rows if key not in cells]
    if gone and sheet.name in LEFT_ALONE:
        faults.append(Fault(shown, 0, 0, sheet.name, f"the row {gone[0]!r} is missing; rows cannot be taken away here"))
    return cells


def _header_faults(shown: str, sheet: Sheet, rows: Rows) -> list[Fault]:
    """Return what is wrong with the header of a sheet."""
    titles = [column.title for column in sheet.columns]
    line = rows.header_line
    faults = [
        Fault(
            shown,
            line,
            number,
            f"{sheet.name}!{cell_name(line, number)}",
            f"unknown column {title!r}; the sheet has {', '.join(titles)}",
        )
        for number, title in enumerate(rows.header, 1)
        if title not in titles
    ]
    missing = [title for title in titles if title not in rows.header]
    return [*faults, *(Fault(shown, line, 1, sheet.name, f"the column {title!r} is missing") for title in missing)]


def _row_fault(sheet: Sheet, key: str, before: Cells) -> str:
    """Return what is wrong with the id of a row."""
    if key in before:
        return f"the id {key!r} stands twice"
    if key not in sheet.rows and sheet.name in LEFT_ALONE:
        return f"unknown {sheet.columns[0].title} {key!r}; rows cannot be added here"
    return ""


def cell_name(line: int, column: int) -> str:
    """
    Return the name of a cell.

    Examples
    --------
    >>> cell_name(7, 6), cell_name(2, 28)
    ('F7', 'AB2')
    """
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{line}"
