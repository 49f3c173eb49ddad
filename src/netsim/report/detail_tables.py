"""Tables for those who check the plan: rounds, other assumptions, staff, evidence, reproduction, raw sheets."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

from netsim.model.calendar import SLOT_MINUTES, SLOTS
from netsim.model.plan import Shift
from netsim.model.provenance import EVIDENCE, Evidence, weakest
from netsim.model.result import Comparison, RunResult, Sensitivity
from netsim.model.study import Study
from netsim.report import labels
from netsim.report.flows import WayChange
from netsim.report.records import Cell, Column, Table, Tone, Value
from netsim.text import NOTHING, Text

Row = tuple[Value | Cell, ...]


def rounds(run: RunResult, text: Text) -> Table:
    """Return the rounds of the loop: what each one cost, what the simulation said, what was tightened."""
    unit = text("unit.a_year")
    rows: tuple[Row, ...] = tuple(
        (
            item.round,
            item.cost,
            item.objective,
            labels.finite(item.bound),
            labels.finite(item.gap),
            text(f"solver.{item.solver_status}") if text.has(f"solver.{item.solver_status}") else item.solver_status,
            item.outlets,
            item.kept,
            Cell(item.missed, "bad" if item.missed else ""),
            item.undecided,
            item.days,
            len(item.tightened),
        )
        for item in run.rounds
    )
    columns = (
        Column(text("column.round"), "count"),
        Column(text("column.operator_cost"), "money", unit),
        Column(text("column.objective"), "money", unit),
        Column(text("column.bound"), "money", unit),
        Column(text("column.gap"), "percent"),
        Column(text("column.solver")),
        Column(text("column.outlets"), "count"),
        Column(text("verdict.kept"), "count"),
        Column(text("verdict.missed"), "count"),
        Column(text("verdict.undecided"), "count"),
        Column(text("column.outlet_days"), "count"),
        Column(text("column.tightened"), "count"),
    )
    return Table("rounds", text("table.rounds"), columns, rows, text("table.rounds_note"))


def sensitivities(run: RunResult, study: Study, text: Text, *, flat: bool) -> Table:
    """
    Return the plan next to plans made under other assumptions.

    Parameters
    ----------
    flat
        Flat utilisation caps instead of simulated capacity; else the other assumptions (demand).
    """
    name = text("sensitivity.simulated" if flat else "sensitivity.base")
    main = labels.main_plan(run)
    rows = [_own_row(run, study, text, name) if main is None else _other_row(main, run, study, text, name)]
    rows += [
        _other_row(item, run, study, text, labels.sensitivity_name(item, text))
        for item in labels.others(run, flat=flat)
    ]
    columns = (
        Column(text("column.plan_made_with" if flat else "column.assumption")),
        Column(text("column.planned_cost"), "money", text("unit.a_year")),
        Column(text("column.cost_change"), "relative"),
        Column(text("column.outlets"), "count"),
        Column(text("column.same_sites"), "count"),
        Column(text("column.formats")),
        Column(text("column.missed_outlets"), "number"),
        Column(text("column.missed_lanes"), "number"),
        Column(text("column.leavers"), "percent"),
    )
    key = "flat_caps" if flat else "other_demand"
    return Table(key, text(f"table.{key}"), columns, tuple(rows), text(f"table.{key}_note"))


def _own_row(run: RunResult, study: Study, text: Text, name: str) -> Row:
    """Return the row of the plan as the run simulated it, with its roster."""
    count = labels.verdicts(run)
    outlets = labels.in_use(run)
    lanes = [lane for site in outlets for lane in site.lanes if math.isfinite(lane.leavers)]
    arrivals = sum(lane.arrivals for lane in lanes)
    return (
        Cell(name, "strong"),
        run.plan.cost.operator,
        None,
        len(outlets),
        len(outlets),
        labels.by_format(study, labels.count_formats(run, study), text),
        _of(text, sum(labels.site_verdict(site) == "missed" for site in outlets), len(outlets)),
        _of(text, count["missed"], sum(count.values()) - count["no_promise"]),
        sum(lane.arrivals * lane.leavers for lane in lanes) / arrivals if arrivals else None,
    )


def _other_row(item: Sensitivity, run: RunResult, study: Study, text: Text, name: str) -> Row:
    """Return the row of one plan made under another assumption."""
    if not math.isfinite(item.cost):
        return (name, None, None, None, None, text("sensitivity.none"), None, None, None)
    base = run.plan.cost.operator
    same = item.id == "simulated"
    return (
        Cell(name, "strong" if same else ""),
        item.cost,
        None if same or not base else item.cost / base - 1.0,
        item.outlets,
        item.same_sites,
        labels.by_format(study, item.by_format, text),
        _of(text, item.missed_outlets, item.outlets),
        _of(text, item.missed, item.lanes),
        item.leavers,
    )


def _of(text: Text, part: int, whole: int) -> Cell:
    """Return how many of how many miss, red when any does."""
    tone: Tone = "bad" if part else "good"
    return Cell(text("headline.of", part=part, whole=whole), tone, "text")


def roster(run: RunResult, study: Study, text: Text) -> Table:
    """Return counter staff by outlet and day type: peak need, peak on duty, hours, cost, the shifts."""
    rows: list[Row] = []
    names = labels.site_names(study.sites)
    for index, site in enumerate(study.sites):
        for day, day_type in enumerate(study.day_types):
            on_duty = run.staff.on_duty[day, index]
            if not on_duty.any():
                continue
            shifts = [s for s in run.staff.shifts if s.site == site.id and s.day_type == day_type.id]
            required = run.staff.required[day, index]
            rows.append(
                (
                    names[site.id],
                    day_type.id.replace("_", " "),
                    int(required.max()),
                    int(on_duty.max()),
                    float(required.sum()) * SLOT_MINUTES / 60.0,
                    float(on_duty.sum()) * SLOT_MINUTES / 60.0,
                    float(run.staff.paid_hours[index]),
                    float(run.staff.cost[index]),
                    "; ".join(shift_words(shift, study, text) for shift in shifts) or NOTHING,
                )
            )
    columns = (
        Column(text("column.outlet")),
        Column(text("column.day_type")),
        Column(text("column.peak_required"), "count"),
        Column(text("column.peak_on_duty"), "count"),
        Column(text("column.hours_required"), "number", text("unit.h_a_day")),
        Column(text("column.hours_on_duty"), "number", text("unit.h_a_day")),
        Column(text("column.paid_hours"), "count", text("unit.h_a_year")),
        Column(text("column.staff_cost"), "money", text("unit.a_year")),
        Column(text("column.shifts")),
    )
    note = text("table.roster_note", gap=run.staff.gap)
    return Table("roster", text("table.roster"), columns, tuple(rows), note)


def shift_words(shift: Shift, study: Study, text: Text) -> str:
    """Return a shift as people post it on the wall: how many, from, to, break."""
    kind = next((item for item in study.shifts if item.id == shift.type), None)
    start = shift.start * SLOT_MINUTES
    end = start + (kind.slots if kind else 0) * SLOT_MINUTES
    words = text("shift.words", people=shift.people, start=text.clock(start), end=text.clock(end))
    return words if shift.break_at < 0 else words + text("shift.break", at=text.clock(shift.break_at * SLOT_MINUTES))


def ways(change: WayChange, text: Text) -> Table:
    """Return how many customers walk further than today, and how many lose or gain an outlet."""
    lines = [(text("ways.longer", minutes=limit), visits) for limit, visits in change.longer]
    lines += [
        (text("ways.shorter", minutes=change.longer[0][0]), change.shorter),
        (text("ways.newly_unserved"), change.newly_unserved),
        (text("ways.newly_served"), change.newly_served),
    ]
    rows: tuple[Row, ...] = tuple((words, visits, visits / change.wished) for words, visits in lines)
    columns = (
        Column(text("column.customers")),
        Column(text("column.visits"), "count", text("unit.a_day")),
        Column(text("column.share_of_visits"), "percent"),
    )
    return Table("ways", text("table.ways"), columns, rows, text("table.ways_note"))


def evidence_counts(study: Study, text: Text) -> Table:
    """Return how many figures carry each label."""
    count = Counter(figure.provenance.evidence for figure in study.figures)
    rows: tuple[Row, ...] = tuple(
        (text(f"evidence.{label}"), text(f"evidence_meaning.{label}"), count[label]) for label in EVIDENCE
    )
    columns = (
        Column(text("column.evidence")),
        Column(text("column.meaning")),
        Column(text("column.figures"), "count"),
    )
    return Table("evidence_counts", text("table.evidence_counts"), columns, rows)


def weakest_of(studies: Iterable[Study]) -> Evidence:
    """Return the label that everything in a report on these studies rests on at best."""
    return weakest(
        label
        for study in studies
        for label in (study.evidence, *(figure.provenance.evidence for figure in study.figures))
    )


def weakest_label(study: Study, text: Text) -> str:
    """Return the weakest label of a study in words."""
    return text(f"evidence.{weakest_of([study])}")


def evidence(study: Study, text: Text) -> Table:
    """Return every figure of the scenario with its source and label."""
    rows: tuple[Row, ...] = tuple(
        (
            figure.path,
            figure.value,
            text(f"evidence.{figure.provenance.evidence}"),
            figure.provenance.source,
            figure.provenance.licence or NOTHING,
            figure.provenance.date or NOTHING,
        )
        for figure in study.figures
    )
    columns = tuple(Column(text(f"column.{key}")) for key in ("key", "value", "evidence", "source", "licence", "date"))
    return Table("evidence", text("table.evidence"), columns, rows, text("table.evidence_note"))


def reproduction(run: RunResult, study: Study, text: Text) -> Table:
    """Return what is needed to get the same answer again."""
    rows: list[Row] = [
        (text("column.scenario"), run.scenario),
        (text("column.seed"), str(run.seed)),
        (text("column.fingerprint"), run.fingerprint),
        (text("column.travel"), study.travel.mode),
        (text("column.price_year"), f"{study.economics.price_year}, {study.economics.currency}"),
    ]
    rows += [(name, version) for name, version in sorted(run.versions.items())]
    columns = (Column(text("column.item")), Column(text("column.value")))
    return Table("reproduction", text("table.reproduction"), columns, tuple(rows), text("table.reproduction_note"))


def comparison_reproduction(comparison: Comparison, names: Mapping[str, str], text: Text) -> Table:
    """Return what is needed to get the same comparison again."""
    rows: list[Row] = [(text("column.seed"), str(comparison.seed)), (text("column.common_days"), str(comparison.days))]
    rows += [
        (text("reproduction.fingerprint_of", name=names[run.scenario]), run.fingerprint) for run in comparison.runs
    ]
    versions = {name: version for run in comparison.runs for name, version in run.versions.items()}
    rows += sorted(versions.items())
    columns = (Column(text("column.item")), Column(text("column.value")))
    return Table("reproduction", text("table.reproduction"), columns, tuple(rows), text("table.reproduction_note"))


def sites_sheet(run: RunResult, study: Study, text: Text) -> Table:
    """Return every site with its decision, for the workbook."""
    rows: tuple[Row, ...] = tuple(
        (
            site.id,
            site.name,
            site.kind,
            site.brand,
            text(f"action.{site.action}"),
            labels.option_name(study, site.today, text),
            labels.option_name(study, site.option, text),
            site.option.counters if site.option else None,
            site.option.terminals if site.option else None,
            site.visits,
            site.cost,
            text(f"verdict.{labels.site_verdict(site)}") if site.lanes else NOTHING,
            labels.alternative_name(study, site.alternative, text) or NOTHING,
            labels.finite(site.reason_cost),
            site.x,
            site.y,
        )
        for site in run.sites
    )
    unit = text("unit.a_year")
    columns = (
        Column(text("column.id")),
        Column(text("column.outlet")),
        Column(text("column.kind")),
        Column(text("column.brand")),
        Column(text("column.action")),
        Column(text("column.today")),
        Column(text("column.plan")),
        Column(text("column.counters"), "count"),
        Column(text("column.terminals"), "count"),
        Column(text("column.visits_plan"), "number", text("unit.a_day")),
        Column(text("column.running_cost"), "money", unit),
        Column(text("column.promise")),
        Column(text("column.alternative")),
        Column(text("column.alternative_cost"), "change", unit),
        Column(f"x ({study.zones.crs})", "number"),
        Column(f"y ({study.zones.crs})", "number"),
    )
    return Table("sites", text("table.sites"), columns, rows)


def roster_sheet(run: RunResult, study: Study, text: Text) -> Table:
    """Return required and rostered staff by half-hour."""
    used = np.argwhere((run.staff.required > 0) | (run.staff.on_duty > 0))
    rows: tuple[Row, ...] = tuple(
        (
            study.sites[site].id,
            study.sites[site].name,
            study.day_types[day].id,
            text.clock(slot * SLOT_MINUTES),
            int(run.staff.required[day, site, slot]),
            int(run.staff.on_duty[day, site, slot]),
        )
        for day, site, slot in used
        if slot < SLOTS
    )
    columns = (
        Column(text("column.id")),
        Column(text("column.outlet")),
        Column(text("column.day_type")),
        Column(text("column.from")),
        Column(text("column.required"), "count"),
        Column(text("column.on_duty"), "count"),
    )
    return Table("roster_half_hours", text("table.roster_half_hours"), columns, rows)
