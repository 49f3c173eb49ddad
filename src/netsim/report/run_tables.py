"""Tables that a board reads: headline, money, what changes, outlets, coverage, channels."""

from __future__ import annotations

import math
from collections.abc import Mapping

from netsim.model.plan import CostBreakdown
from netsim.model.result import KpiValue, RunResult, SiteResult
from netsim.model.service import LANES
from netsim.model.study import Study
from netsim.report import labels
from netsim.report.flows import moved_visits
from netsim.report.records import Cell, Column, Kind, Table, Tone, Value
from netsim.text import NOTHING, Text

COST_PARTS = ("fixed", "staff", "terminals", "fees", "running", "transition", "operator", "lost_visits", "travel")
SUMS = frozenset({"running", "operator", "total"})
UNTARGETED = frozenset({"served_share", "leavers"})
"""Measures that the board sees although no rule sets a target: who is really served, and who gives up."""
IDLE = 0.5
"""Visits a day below which nobody is said to come."""
RECEIVERS = 2
"""How many receiving outlets are named for a closed one."""
VERDICT_TONES: dict[str, Tone] = {"kept": "good", "missed": "bad", "undecided": "mute", "no_promise": "mute"}


def headline(run: RunResult, study: Study, today: RunResult | None, text: Text) -> Table:
    """Return the table for the board: the few figures that decide, targets first."""
    before = {kpi.name: kpi for kpi in today.kpis} if today else {}
    rows: list[tuple[Value | Cell, ...]] = [
        _figure(text, "cost_operator", "money", run.cost.operator, today.cost.operator if today else None),
        _figure(text, "cost_total", "money", run.cost.total, today.cost.total if today else None),
        _figure(text, "outlets", "count", len(labels.in_use(run)), len(labels.in_use(today)) if today else None),
        _promises(run, today, text),
    ]
    shown = [kpi for kpi in run.kpis if kpi.target is not None or kpi.name in UNTARGETED]
    rows += [_target(kpi, before.get(kpi.name), text, study) for kpi in shown]
    columns: tuple[Column, ...] = (
        Column(text("column.measure")),
        Column(text("column.today"), "number"),
        Column(text("column.simulated" if labels.as_is(run) else "column.plan"), "number"),
        Column(text("column.target"), "number"),
        Column(text("column.verdict")),
    )
    if today is None:
        columns = columns[:1] + columns[2:]
        rows = [row[:1] + row[2:] for row in rows]
    return Table("summary", text("table.headline"), columns, tuple(rows), text("table.headline_note"))


def _figure(text: Text, key: str, kind: Kind, now: float, was: float | None) -> tuple[Value | Cell, ...]:
    """Return a row of the headline that has no target."""
    unit = f" ({text.money_unit()[0]}{text('unit.a_year')})" if kind == "money" else ""
    return f"{text(f'kpi.{key}')}{unit}", Cell(was, kind=kind), Cell(now, "strong", kind), None, NOTHING


def _promises(run: RunResult, today: RunResult | None, text: Text) -> tuple[Value | Cell, ...]:
    """Return the row of outlet-lanes that keep their promise."""
    count = labels.verdicts(run)
    tested = count["kept"] + count["missed"] + count["undecided"]
    words = text("headline.of", part=count["kept"], whole=tested)
    if today:
        old = labels.verdicts(today)
        was: Value = text("headline.of", part=old["kept"], whole=old["kept"] + old["missed"] + old["undecided"])
    else:
        was = None
    if count["missed"]:
        verdict = Cell(text("verdict.target_missed"), "bad")
    elif count["undecided"]:
        verdict = Cell(text("verdict.undecided"), "mute")
    else:
        verdict = Cell(text("verdict.target_met"), "good")
    return (
        text("headline.lanes_kept"),
        Cell(was, kind="text"),
        Cell(words, "strong", "text"),
        text("headline.all"),
        verdict,
    )


def _target(kpi: KpiValue, before: KpiValue | None, text: Text, study: Study) -> tuple[Value | Cell, ...]:
    """Return the row of a measure with its target, if a rule sets one."""
    kind = labels.kpi_kind(kpi)
    unit = f" ({text.money_unit()[0]}{text('unit.a_year')})" if kind == "money" else ""
    verdict = Cell(text("verdict.target_met"), "good") if kpi.met else Cell(text("verdict.target_missed"), "bad")
    return (
        f"{labels.kpi_name(kpi.name, text, study)}{unit}",
        Cell((before.value, before.half_width) if before else None, kind=kind),
        Cell((kpi.value, kpi.half_width), "strong", kind),
        Cell(kpi.target, kind=kind),
        NOTHING if kpi.met is None else verdict,
    )


def money(run: RunResult, today: RunResult | None, text: Text) -> Table:
    """Return the yearly cost by part, today and under the plan."""
    parts = (*COST_PARTS, "total")
    unit = text("unit.a_year")
    rows: list[tuple[Value | Cell, ...]] = []
    for part in parts:
        tone: Tone = "strong" if part in SUMS else ""
        now = _part(run.cost, part)
        row: tuple[Value | Cell, ...] = (Cell(text(f"cost.{part}"), tone), Cell(now, tone))
        if today:
            was = _part(today.cost, part)
            row = (row[0], Cell(was, tone), row[1], Cell(now - was, tone))
        rows.append(row)
    columns = [Column(text("column.cost_part")), Column(text("column.plan" if today else "column.cost"), "money", unit)]
    if today:
        columns.insert(1, Column(text("column.today"), "money", unit))
        columns.append(Column(text("column.change"), "change", unit))
    return Table("costs", text("table.money"), tuple(columns), tuple(rows), text("table.money_note"))


def _part(cost: CostBreakdown, part: str) -> float:
    """Return one part (or sum) of a yearly cost."""
    return float(getattr(cost, part))


def changes(run: RunResult, study: Study, today: RunResult | None, text: Text) -> Table:
    """Return what is opened, closed, converted and resized, with reasons and the nearest alternative."""
    sites = [site for action in labels.CHANGED for site in run.sites if site.action == action]
    moved = moved_visits(study, today.plan, run.plan) if today else None
    was = {site.id: site.visits for site in today.sites} if today else {}
    position = {site.id: index for index, site in enumerate(study.sites)}
    after = {site.id: site for site in run.sites}
    names = labels.site_names(run.sites)
    rows: list[tuple[Value | Cell, ...]] = []
    for site in sites:
        receivers = NOTHING
        if site.action == "close" and moved is not None:
            row = moved[position[site.id]]
            order = [index for index in row.argsort(kind="stable")[::-1][:RECEIVERS] if row[index] > 0]
            receivers = "; ".join(_receiver(after[study.sites[i].id], names, row[i], text) for i in order) or NOTHING
        rows.append(
            (
                Cell(text(f"action.{site.action}"), "strong"),
                names[site.id],
                labels.option_name(study, site.today, text),
                labels.option_name(study, site.option, text),
                was.get(site.id),
                labels.finite(site.visits),
                reason(site, study, text, was.get(site.id)),
                receivers,
            )
        )
    columns: tuple[Column, ...] = (
        Column(text("column.action")),
        Column(text("column.outlet")),
        Column(text("column.today")),
        Column(text("column.plan")),
        Column(text("column.visits_today"), "count", text("unit.a_day")),
        Column(text("column.visits_plan"), "count", text("unit.a_day")),
        Column(text("column.reason")),
        Column(text("column.receivers")),
    )
    if today is None:
        columns = columns[:4] + columns[5:7]
        rows = [row[:4] + row[5:7] for row in rows]
    return Table("changes", text("table.changes"), columns, tuple(rows), text("table.changes_note"))


def _receiver(site: SiteResult, names: Mapping[str, str], visits: float, text: Text) -> str:
    """Return the outlet that takes customers of a closed one, and how full that makes it."""
    used = [lane.load / lane.capacity for lane in site.lanes if lane.capacity > 0]
    return text("reason.receiver", outlet=names[site.id], visits=visits, used=max(used, default=math.nan))


def reason(site: SiteResult, study: Study, text: Text, visits_today: float | None) -> str:
    """
    Return why a site is decided as it is: visits, load against capacity, the cost of the nearest alternative.

    ``site.reason`` (a sentence coded by ``netsim.text.code_sentence``, or plain words) comes first
    where the planner gave one.
    """
    given = text.sentence(site.reason) if site.reason and site.reason != site.action else ""
    parts = [given] if given else []
    if site.action == "close" and visits_today is not None and not given:
        parts.append(text("reason.close" if visits_today >= IDLE else "reason.close_idle", visits=visits_today))
    if site.lanes:
        loads = [
            text("reason.lane", lane=labels.lane_name(lane.lane, text), percent=lane.load / lane.capacity)
            for lane in site.lanes
            if lane.capacity > 0 and math.isfinite(lane.capacity)
        ]
        parts.append(text("reason.load", visits=site.visits, lanes=text("reason.and").join(loads)) if loads else "")
    if site.alternative and math.isfinite(site.reason_cost):
        alternative = labels.alternative_name(study, site.alternative, text)
        key = "reason.alternative_saves" if site.reason_cost < 0 else "reason.alternative"
        parts.append(text(key, alternative=alternative, cost=abs(site.reason_cost)))
    else:
        parts.append(text("reason.no_alternative"))
    return text("reason.stop").join(part for part in parts if part)


def outlets(run: RunResult, study: Study, text: Text) -> Table:
    """Return one row for each lane of each outlet in use, as the simulation saw it; the cost stands in its first."""
    rows: list[tuple[Value | Cell, ...]] = []
    names = labels.site_names(run.sites)
    order = sorted(
        labels.in_use(run), key=lambda site: (not (site.option and site.option.counters), -site.visits, site.id)
    )
    for site in order:
        if site.option is None:
            continue
        lanes = sorted(site.lanes, key=lambda item: LANES.index(item.lane), reverse=True)
        for position, lane in enumerate(lanes):
            rows.append(
                (
                    Cell(names[site.id], "mute" if position else ""),
                    Cell(labels.format_name(study, site.option.format, text), "mute" if position else ""),
                    labels.lane_name(lane.lane, text),
                    lane.servers,
                    lane.arrivals,
                    lane.load,
                    labels.finite(lane.capacity),
                    (lane.share_in_time, lane.half_width) if math.isfinite(lane.share_in_time) else None,
                    Cell(text(f"verdict.{lane.verdict}"), VERDICT_TONES[lane.verdict]),
                    labels.finite(lane.wait_p50),
                    labels.finite(lane.wait_p90),
                    labels.finite(lane.leavers),
                    labels.finite(lane.utilisation),
                    lane.days,
                    "" if position else site.cost,
                )
            )
    columns = (
        Column(text("column.outlet")),
        Column(text("column.format")),
        Column(text("column.lane")),
        Column(text("column.servers"), "count"),
        Column(text("column.arrivals"), "count", text("unit.a_day")),
        Column(text("column.load"), "count", text("unit.min_a_day")),
        Column(
            text("column.open_minutes" if labels.as_is(run) else "column.capacity"), "count", text("unit.min_a_day")
        ),
        Column(text("column.in_time"), "percent"),
        Column(text("column.promise")),
        Column(text("column.wait_p50"), "minutes"),
        Column(text("column.wait_p90"), "minutes"),
        Column(text("column.leavers"), "percent"),
        Column(text("column.utilisation"), "percent"),
        Column(text("column.days"), "count"),
        Column(text("column.running_cost"), "money", text("unit.a_year")),
    )
    confidence = study.simulation.confidence
    return Table(
        "outlets", text("table.outlets"), columns, tuple(rows), text("table.outlets_note", confidence=confidence)
    )


def kpis(run: RunResult, study: Study, text: Text, *, only: tuple[str, ...] = (), key: str = "kpis") -> Table:
    """
    Return measures of the run with intervals and targets.

    Parameters
    ----------
    only
        Starts of the names that are shown; empty for all.
    key
        Id of the table; its title and note stand under ``table.<key>``.
    """
    rows: list[tuple[Value | Cell, ...]] = []
    for kpi in run.kpis:
        if only and not kpi.name.startswith(only):
            continue
        kind = labels.kpi_kind(kpi)
        met: Value | Cell = NOTHING
        if kpi.met is not None:
            met = Cell(text("verdict.target_met" if kpi.met else "verdict.target_missed"), "good" if kpi.met else "bad")
        unit = text.money_unit()[0] + text("unit.a_year") if kind == "money" else labels.unit_name(kpi.unit, text)
        unit = f"{text.currency}" if kpi.unit == "money" else unit
        rows.append(
            (
                labels.kpi_name(kpi.name, text, study),
                Cell((kpi.value, kpi.half_width), kind=kind),
                "" if kind == "percent" else unit,
                Cell(kpi.target, kind=kind),
                met,
            )
        )
    columns: tuple[Column, ...] = (
        Column(text("column.measure")),
        Column(text("column.value"), "number"),
        Column(text("column.unit")),
        Column(text("column.target"), "number"),
        Column(text("column.verdict")),
    )
    if only and not any(kpi.target is not None for kpi in run.kpis if kpi.name.startswith(only)):
        columns, rows = columns[:3], [row[:3] for row in rows]
    return Table(key, text(f"table.{key}"), columns, tuple(rows), text(f"table.{key}_note"))
