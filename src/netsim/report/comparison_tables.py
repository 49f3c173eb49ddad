"""Tables of a comparison: paired differences, cost, what differs between the plans, customers worse off."""

from __future__ import annotations

from collections.abc import Mapping

from netsim.model.result import Comparison, KpiDifference, RunResult, SiteResult
from netsim.model.study import Study
from netsim.report import labels
from netsim.report.flows import way_change
from netsim.report.money_charts import PART_NAMES
from netsim.report.records import Cell, Column, Kind, Table, Tone, Value
from netsim.text import NOTHING, Text

Row = tuple[Value | Cell, ...]
SUMS = ("operator", "total")


def tone_of(item: KpiDifference) -> Tone:
    """
    Return green, red or grey: by significance and the better direction, never by the sign alone.

    A significant difference of a measure without a better direction is strong, not coloured.
    """
    if not item.significant:
        return "mute"
    if item.better == "none" or item.difference == 0:
        return "strong"
    return "good" if (item.difference > 0) == (item.better == "higher") else "bad"


def differences(comparison: Comparison, study: Study, names: Mapping[str, str], text: Text) -> Table:
    """Return measures down, scenarios across: the baseline's value and paired differences with intervals."""
    others = [run.scenario for run in comparison.runs if run.scenario != comparison.baseline]
    found = {(item.name, item.scenario): item for item in comparison.differences}
    rows: list[Row] = []
    for name in dict.fromkeys(item.name for item in comparison.differences):
        first = next(item for item in comparison.differences if item.name == name)
        kind = labels.kpi_kind(first)
        row: list[Value | Cell] = [
            labels.kpi_name(name, text, study),
            "" if kind == "percent" else unit_words(first, text),
            text(f"better.{first.better}"),
            Cell(first.baseline_value, kind=kind),
        ]
        for scenario in others:
            item = found.get((name, scenario))
            row.append(_difference_cell(item) if item else None)
        rows.append(tuple(row))
    columns = (
        Column(text("column.measure")),
        Column(text("column.unit")),
        Column(text("column.better")),
        Column(names[comparison.baseline], "number"),
        *(Column(f"Δ {names[scenario]}", "number") for scenario in others),
    )
    note = text(
        "table.differences_note",
        days=comparison.days,
        confidence=comparison.confidence,
        comparisons=comparison.comparisons,
    )
    return Table("differences", text("table.differences"), columns, tuple(rows), note)


def _difference_cell(item: KpiDifference) -> Cell:
    """Return a paired difference with its interval."""
    return Cell((item.difference, item.half_width), tone_of(item), labels.difference_kind(item))


def unit_words(item: KpiDifference, text: Text) -> str:
    """Return the unit of a measure; money in the unit of the tables."""
    if item.unit == "money/a":
        return f"{text.money_unit()[0]}{text('unit.a_year')}"
    return text.currency if item.unit == "money" else labels.unit_name(item.unit, text)


def values_sheet(comparison: Comparison, study: Study, names: Mapping[str, str], text: Text) -> Table:
    """Return one row a difference, tidy, for the workbook."""
    rows: tuple[Row, ...] = tuple(
        (
            labels.kpi_name(item.name, text, study),
            item.name,
            item.unit,
            names[item.scenario],
            Cell(item.baseline_value, kind=labels.kpi_kind(item)),
            Cell(item.value, kind=labels.kpi_kind(item)),
            Cell((item.difference, item.half_width), tone_of(item), labels.difference_kind(item)),
            text(f"significant.{'yes' if item.significant else 'no'}"),
        )
        for item in comparison.differences
    )
    columns = (
        Column(text("column.measure")),
        Column(text("column.id")),
        Column(text("column.unit")),
        Column(text("column.scenario")),
        Column(names[comparison.baseline], "number"),
        Column(text("column.value"), "number"),
        Column(text("column.difference"), "number"),
        Column(text("column.significant")),
    )
    return Table("differences_tidy", text("table.differences"), columns, rows)


def overview(comparison: Comparison, studies: Mapping[str, Study], names: Mapping[str, str], text: Text) -> Table:
    """Return one row a scenario: status, outlets by format, lanes that keep their promise, cost."""
    rows: list[Row] = []
    for run in comparison.runs:
        count = labels.verdicts(run)
        tested = count["kept"] + count["missed"] + count["undecided"]
        tone: Tone = "bad" if count["missed"] else "mute" if count["undecided"] else "good"
        rows.append(
            (
                Cell(names[run.scenario], "strong"),
                text(f"status.{run.status}"),
                len(labels.in_use(run)),
                labels.by_format(studies[run.scenario], labels.count_formats(run, studies[run.scenario]), text),
                Cell(text("headline.of", part=count["kept"], whole=tested), tone, "text"),
                run.cost.operator,
                run.cost.total,
            )
        )
    unit = text("unit.a_year")
    columns = (
        Column(text("column.scenario")),
        Column(text("column.status")),
        Column(text("column.outlets"), "count"),
        Column(text("column.formats")),
        Column(text("headline.lanes_kept"), "number"),
        Column(text("column.operator_cost"), "money", unit),
        Column(text("cost.total"), "money", unit),
    )
    return Table("overview", text("table.overview"), columns, tuple(rows), text("table.overview_note"))


def costs(comparison: Comparison, names: Mapping[str, str], text: Text) -> Table:
    """Return the cost parts that differ between scenarios, the baseline first."""
    rows: list[Row] = []
    base = comparison.runs[0]
    others = comparison.runs[1:]
    for part in (*PART_NAMES, *SUMS):
        values = [float(getattr(run.cost, part)) for run in comparison.runs]
        if part not in SUMS and max(values) - min(values) <= 1e-6 * max(1.0, *map(abs, values)):
            continue
        tone: Tone = "strong" if part in SUMS else ""
        changes = tuple(Cell(value - values[0], tone) for value in values[1:])
        rows.append((Cell(text(f"cost.{part}"), tone), Cell(values[0], tone), *changes))
    unit = text("unit.a_year")
    columns = (
        Column(text("column.cost_part")),
        Column(names[base.scenario], "money", unit),
        *(Column(f"Δ {names[run.scenario]}", "change", unit) for run in others),
    )
    return Table("costs", text("table.cost_differences"), columns, tuple(rows), text("table.cost_differences_note"))


def plans(comparison: Comparison, studies: Mapping[str, Study], names: Mapping[str, str], text: Text) -> Table:
    """Return the sites where the scenarios differ, with what stands there under each."""
    by_run = [{site.id: site for site in run.sites} for run in comparison.runs]
    names_of_sites = {key: name for run in comparison.runs for key, name in labels.site_names(run.sites).items()}
    ids = dict.fromkeys(site_id for sites in by_run for site_id in sites)
    rows: list[Row] = []
    for site_id in ids:
        found = [sites.get(site_id) for sites in by_run]
        standing = [site.option if site else None for site in found]
        if len(set(standing)) == 1:
            continue
        words = [_standing(site, run, studies, text) for site, run in zip(found, comparison.runs, strict=True)]
        cells = [
            Cell(word, "" if option == standing[0] else "strong") for word, option in zip(words, standing, strict=True)
        ]
        rows.append((names_of_sites[site_id], *cells))
    columns = (Column(text("column.outlet")), *(Column(names[run.scenario]) for run in comparison.runs))
    return Table("plans", text("table.plans"), columns, tuple(rows), text("table.plans_note"))


def _standing(site: SiteResult | None, run: RunResult, studies: Mapping[str, Study], text: Text) -> str:
    """Return what stands at a site under a scenario."""
    if site is None:
        return NOTHING
    if site.option is None:
        return text("map_action.close") if site.action == "close" else NOTHING
    return labels.option_name(studies[run.scenario], site.option, text)


def ways(comparison: Comparison, studies: Mapping[str, Study], names: Mapping[str, str], text: Text) -> Table:
    """Return visits a day whose way gets longer than under the baseline, or that lose or gain an outlet."""
    base = comparison.runs[0]
    study = studies[base.scenario]
    same = [run for run in comparison.runs[1:] if _same_axes(study, studies[run.scenario])]
    changes = [way_change(study, base.plan, run.plan) for run in same]
    rows: list[Row] = []
    if changes:
        for index, (limit, _) in enumerate(changes[0].longer):
            parts = [_share(change.longer[index][1], change.wished) for change in changes]
            rows.append((text("ways.longer", minutes=limit), *parts))
        shorter = [_share(change.shorter, change.wished) for change in changes]
        rows.append((text("ways.shorter", minutes=changes[0].longer[0][0]), *shorter))
        for name in ("newly_unserved", "newly_served"):
            parts = [_share(getattr(change, name), change.wished) for change in changes]
            rows.append((text(f"ways.{name}"), *parts))
    kind: Kind = "percent"
    columns = (Column(text("column.share_of_visits")), *(Column(names[run.scenario], kind) for run in same))
    return Table("ways", text("table.ways"), columns, tuple(rows), text("table.ways_comparison_note"))


def _share(visits: float, wished: float) -> float:
    """Return a part of all wished visits."""
    return visits / wished if wished else 0.0


def _same_axes(one: Study, other: Study) -> bool:
    """Whether two studies have the same zones, tasks and sites, so that their plans can be laid side by side."""
    return (
        one.zones.ids == other.zones.ids
        and [task.id for task in one.tasks] == [task.id for task in other.tasks]
        and [site.id for site in one.sites] == [site.id for site in other.sites]
    )
