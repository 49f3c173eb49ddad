"""The sheets of the planner's workbook: what stands in them, and what a change means in the scenario."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from netsim.model.planner_sheet import Sheet, SheetColumn, Text
from netsim.model.scenario import Scenario
from netsim.model.study import Study

LEFT_ALONE = ("formats", "demand")
"""Sheets whose rows are those of the scenario: none can be added or taken away."""
COSTS = {
    "fixed": "/a",
    "per_terminal": "/a",
    "per_counter": "/a",
    "staff_hour": "/h",
    "per_visit": "",
    "opening": "",
    "closing": "",
    "converting": "",
    "terminal_installation": "",
}
"""Costs of a format and what they are counted per."""


def scenario_sheets(study: Study, scenario: Scenario) -> tuple[Sheet, ...]:
    """Return the sheets of a scenario: sites, formats with their costs, demand."""
    return _sites(study, scenario), _formats(study), _demand(scenario)


def _sites(study: Study, scenario: Scenario) -> Sheet:
    kinds, formats = tuple(scenario.network.kinds), tuple(study.formats)
    columns = (
        SheetColumn("id", "id", "text", required=True),
        SheetColumn("name", "name", "text"),
        SheetColumn("kind", "kind", "choice", choices=kinds, required=True),
        SheetColumn("brand", "brand", "text"),
        SheetColumn("x", "x [m]", "number", least=-1e8, required=True),
        SheetColumn("y", "y [m]", "number", least=-1e8, required=True),
        SheetColumn("format", "format today", "choice", choices=formats),
        SheetColumn("counters", "counters today", "whole", least=0),
        SheetColumn("terminals", "terminals today", "whole", least=0),
        SheetColumn("may_close", "may close", "choice", choices=("yes", "no")),
    )
    rows: dict[str, dict[str, Text]] = {}
    for site in study.sites:
        today = site.today
        rows[site.id] = {
            "id": site.id,
            "name": site.name,
            "kind": site.kind,
            "brand": site.brand or None,
            "x": round(site.x, 2),
            "y": round(site.y, 2),
            "format": None if today is None else today.format,
            "counters": None if today is None else today.counters,
            "terminals": None if today is None else today.terminals,
            "may_close": "yes" if site.may_close else "no",
        }
    for rival in study.rivals:
        own = {"id": rival.id, "name": rival.name, "kind": rival.kind, "brand": rival.brand}
        rows[rival.id] = {
            **dict.fromkeys(column.key for column in columns),
            **own,
            "x": round(rival.x, 2),
            "y": round(rival.y, 2),
        }
    return Sheet("sites", columns, rows)


def _formats(study: Study) -> Sheet:
    currency = study.economics.currency
    columns = (
        SheetColumn("id", "id", "text", required=True),
        *(SheetColumn(key, f"{key} [{currency}{per}]", "number", least=0.0) for key, per in COSTS.items()),
    )
    rows: dict[str, dict[str, Text]] = {
        form.id: {"id": form.id, **{key: _neat(getattr(form.costs, key)) for key in COSTS}}
        for form in study.formats.values()
    }
    return Sheet("formats", columns, rows, currency)


def _demand(scenario: Scenario) -> Sheet:
    tasks = tuple(scenario.tasks)
    columns = (
        SheetColumn("id", "layer", "text", required=True),
        SheetColumn("people", "people", "number", least=0.0),
        SheetColumn("visits_per_person", "visits per person and day", "number", least=0.0, required=True),
        SheetColumn("scale", "scale", "number", least=0.0),
        *(SheetColumn(f"tasks.{task}", f"share {task}", "number", least=0.0) for task in tasks),
    )
    rows: dict[str, dict[str, Text]] = {}
    for name, layer in scenario.demand.layers.items():
        rows[name] = {
            "id": name,
            "people": None if layer.people is None else _neat(layer.people),
            "visits_per_person": layer.visits_per_person,
            "scale": scenario.demand.scale.get(name, 1.0),
            **{f"tasks.{task}": layer.tasks.get(task) for task in tasks},
        }
    return Sheet("demand", columns, rows)


def variant(
    sheets: Sequence[Sheet], edited: Mapping[str, Mapping[str, Mapping[str, str]]], parent: str, workbook: str
) -> tuple[str, list[str]]:
    """
    Return the text of a variant with what was edited, and one line a change.

    Parameters
    ----------
    sheets
        The sheets as they were written.
    edited
        Text of the cells as they came back: sheet -> row id -> column.
    parent
        The scenario that is extended, as the variant names it.
    workbook
        Name of the workbook, for the source of the figures.
    """
    by_name = {sheet.name: sheet for sheet in sheets}
    lines = [f"extends: {json.dumps(parent, ensure_ascii=False)}"]
    changed: list[str] = []
    source = json.dumps({"source": f"edited in {workbook}", "evidence": "assumption"}, ensure_ascii=False)
    lines += _format_lines(by_name["formats"], edited["formats"], changed)
    lines += _demand_lines(by_name["demand"], edited["demand"], changed, source)
    lines += _site_lines(by_name["sites"], edited["sites"], changed, source)
    return "\n".join(lines) + "\n", changed


def _changes(sheet: Sheet, edited: Mapping[str, Mapping[str, str]], changed: list[str]) -> dict[str, dict[str, Text]]:
    """Return the new values of the cells that were changed, by row."""
    found: dict[str, dict[str, Text]] = {}
    for key, cells in edited.items():
        for column in sheet.columns[1:]:
            old, new = sheet.rows.get(key, {}).get(column.key), column.value(cells.get(column.key, ""))
            if not column.same(old, new):
                found.setdefault(key, {})[column.key] = new
                changed.append(f"{sheet.name}: {key}: {column.title}: {_shown(old)} -> {_shown(new)}")
    return found


def _format_lines(sheet: Sheet, edited: Mapping[str, Mapping[str, str]], changed: list[str]) -> list[str]:
    lines = []
    for form, cells in _changes(sheet, edited, changed).items():
        costs = ", ".join(f"{key}: {_typed(value)} {sheet.unit}{COSTS[key]}" for key, value in cells.items())
        lines.append(f"  {json.dumps(form)}: {{costs: {{{costs}}}}}")
    return ["formats:", *lines] if lines else []


def _demand_lines(sheet: Sheet, edited: Mapping[str, Mapping[str, str]], changed: list[str], source: str) -> list[str]:
    layers, scales = [], []
    for name, cells in _changes(sheet, edited, changed).items():
        parts = [f"{key}: {_typed(cells[key])}" for key in ("people", "visits_per_person") if key in cells]
        tasks = {key.removeprefix("tasks."): value for key, value in cells.items() if key.startswith("tasks.")}
        if tasks:
            parts.append("tasks: {" + ", ".join(f"{task}: {_typed(value)}" for task, value in tasks.items()) + "}")
        if parts:
            layers.append(f"    {json.dumps(name)}: {{{', '.join(parts)}, provenance: {source}}}")
        if "scale" in cells:
            scales.append(f"{json.dumps(name)}: {_typed(cells['scale'])}")
    if not layers and not scales:
        return []
    return [
        "demand:",
        *(["  layers:", *layers] if layers else []),
        *([f"  scale: {{{', '.join(scales)}}}"] if scales else []),
    ]


def _site_lines(sheet: Sheet, edited: Mapping[str, Mapping[str, str]], changed: list[str], source: str) -> list[str]:
    """Return all sites anew where any was changed: a list of a scenario is replaced as a whole."""
    before = len(changed)
    _changes(sheet, {key: cells for key, cells in edited.items() if key in sheet.rows}, changed)
    changed += [f"sites: {key}: added" for key in edited if key not in sheet.rows]
    changed += [f"sites: {key}: taken away" for key in sheet.rows if key not in edited]
    if len(changed) == before:
        return []
    lines = ["network:", "  layer: null", "  seed_sites: null", f"  provenance: {source}", "  sites:"]
    columns = {column.key: column for column in sheet.columns}
    for cells in edited.values():
        values = {name: column.value(cells.get(name, "")) for name, column in columns.items()}
        parts = [
            f"{name}: {_typed(values[name])}"
            for name in ("id", "name", "kind", "brand", "x", "y")
            if values[name] is not None
        ]
        if values["format"] is not None:
            servers = ", ".join(f"{name}: {_typed(values[name] or 0)}" for name in ("counters", "terminals"))
            parts.append(f"today: {{format: {_typed(values['format'])}, {servers}}}")
        if values["may_close"] is not None:
            parts.append(f"may_close: {_typed(values['may_close'] == 'yes')}")
        lines.append(f"    - {{{', '.join(parts)}}}")
    return lines


def _neat(value: float) -> Text:
    return int(value) if float(value).is_integer() else value


def _typed(value: Text) -> str:
    """Return a value as YAML reads it back."""
    return json.dumps(value, ensure_ascii=False)


def _shown(value: Text) -> str:
    return "nothing" if value is None else str(value)
