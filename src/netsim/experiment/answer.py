"""The JSON answers: one object a run or comparison, the same bytes for the same seed."""

from __future__ import annotations

import json
import math
from typing import Any

from netsim.model.calendar import SLOT_MINUTES
from netsim.model.choice import ChoiceOutcome
from netsim.model.locker import LockerUse
from netsim.model.network import Option
from netsim.model.plan import CostBreakdown
from netsim.model.precision import Measurement
from netsim.model.result import Comparison, KpiValue, LaneResult, RunResult, Sensitivity, SiteResult
from netsim.model.study import Study
from netsim.model.use import ResourceUse, StepUse
from netsim.text import Text

VERSION = 1
"""Version of the answers; raised when a key changes its meaning."""


def run_answer(run: RunResult, study: Study, report: str | None, visit_log: str | None = None) -> dict[str, Any]:
    """
    Return the answer of one run: what ``result.json`` and ``--json`` hold.

    Parameters
    ----------
    report, visit_log
        Paths of the report and of the visit log as the reader should open them, or None.
    """
    return {
        "netsim": VERSION,
        "scenario": run.scenario,
        "name": dict(run.name),
        "status": run.status,
        "service_certified": run.service_certified,
        "optimality": run.optimality,
        "rounds": len(run.rounds),
        "objective": _number(run.objective),
        "bound": _number(run.bound),
        "gap": _number(run.gap),
        "solver_status": run.solver_status,
        "bound_refers_to": _bound_refers_to(run),
        "currency": study.economics.currency,
        "cost": _number(run.cost.operator),
        "costs": _costs(run.cost),
        "sites": [_site(site) for site in run.sites],
        "kpis": {kpi.name: _kpi(kpi) for kpi in run.kpis},
        "trace": [
            {
                "round": trace.round,
                "objective": _number(trace.objective),
                "bound": _number(trace.bound),
                "gap": _number(trace.gap),
                "solver_status": trace.solver_status,
                "cost": _number(trace.cost),
                "outlets": trace.outlets,
                "kept": trace.kept,
                "missed": trace.missed,
                "undecided": trace.undecided,
                "outlet_days": trace.days,
                "alpha": trace.alpha,
                "tightened": list(trace.tightened),
            }
            for trace in run.rounds
        ],
        "measured_days": None if run.measured is None else run.measured.days,
        "stopping": None if run.measured is None else _stopping(run.measured, run),
        "resources": [_resource(item) for item in run.resources],
        "steps": [_step(item) for item in run.steps],
        "lockers": [_locker(item) for item in run.lockers],
        "choice": None if run.choice is None else _choice(run.choice),
        "sensitivities": [_sensitivity(item) for item in run.sensitivities],
        "shifts": [
            {
                "site": shift.site,
                "day_type": shift.day_type,
                "type": shift.type,
                "start": Text.clock(SLOT_MINUTES * shift.start),
                "break_at": None if shift.break_at < 0 else Text.clock(SLOT_MINUTES * shift.break_at),
                "people": shift.people,
            }
            for shift in run.staff.shifts
        ],
        "evidence": study.evidence,
        "seed": run.seed,
        "fingerprint": run.fingerprint,
        "versions": dict(run.versions),
        "warnings": [Text("en", study.economics.currency).sentence(warning) for warning in run.warnings],
        "report": report,
        "visit_log": visit_log,
    }


def comparison_answer(comparison: Comparison, currency: str, report: str | None) -> dict[str, Any]:
    """
    Return the answer of a comparison: one row for each KPI and scenario but the baseline.

    Parameters
    ----------
    comparison
        What was found.
    currency
        Of the baseline's money.
    report
        Path of the report as the reader should open it, or None.
    """
    return {
        "netsim": VERSION,
        "baseline": comparison.baseline,
        "scenarios": [run.scenario for run in comparison.runs],
        "statuses": {run.scenario: run.status for run in comparison.runs},
        "days": comparison.days,
        "confidence": comparison.confidence,
        "comparisons": comparison.comparisons,
        "currency": currency,
        "kpis": [
            {
                "kpi": row.name,
                "scenario": row.scenario,
                "unit": row.unit,
                "better": row.better,
                "baseline_value": _number(row.baseline_value),
                "value": _number(row.value),
                "difference": _number(row.difference),
                "half_width": _number(row.half_width),
                "significant": row.significant,
            }
            for row in comparison.differences
        ],
        "seed": comparison.seed,
        "report": report,
    }


def as_json(answer: dict[str, Any]) -> str:
    """Return the answer as text, one trailing newline, NaN never in it."""
    return json.dumps(answer, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _bound_refers_to(run: RunResult) -> str:
    if run.optimality == "as_is":
        return "nothing: the network was taken as it is"
    if run.optimality == "heuristic_cuts":
        return "the last siting problem only: capacities were tightened before it"
    return "every plan that respects the simulated capacities"


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _costs(cost: CostBreakdown) -> dict[str, float]:
    return {
        "fixed": cost.fixed,
        "staff": cost.staff,
        "terminals": cost.terminals,
        "fees": cost.fees,
        "running": cost.running,
        "transition": cost.transition,
        "lost_visits": cost.lost_visits,
        "travel": cost.travel,
        "total": cost.total,
    }


def _option(option: Option | None) -> dict[str, Any] | None:
    if option is None:
        return None
    return {
        "format": option.format,
        "hours": option.pattern,
        "counters": option.counters,
        "terminals": option.terminals,
    }


def _site(site: SiteResult) -> dict[str, Any]:
    tight = min(site.lanes, key=lambda lane: lane.lower, default=None)
    return {
        "id": site.id,
        "name": site.name,
        "kind": site.kind,
        "brand": site.brand,
        "action": site.action,
        "format": None if site.option is None else site.option.format,
        "level": None
        if site.option is None
        else {"counters": site.option.counters, "terminals": site.option.terminals},
        "hours": None if site.option is None else site.option.pattern,
        "today": _option(site.today),
        "visits": _number(site.visits),
        "cost": _number(site.cost),
        "tightest_lane": None if tight is None else tight.lane,
        "load": None if tight is None else _number(tight.load),
        "capacity": None if tight is None else _number(tight.capacity),
        "share_in_time": None if tight is None else _number(tight.share_in_time),
        "half_width": None if tight is None else _number(tight.half_width),
        "verdict": None if tight is None else _worst(site),
        "lanes": [_lane(lane) for lane in site.lanes],
        "alternative": site.alternative or None,
        "alternative_cost": _number(site.reason_cost),
    }


def _worst(site: SiteResult) -> str:
    order = ("missed", "undecided", "kept", "no_promise")
    return min((lane.verdict for lane in site.lanes), key=order.index)


def _lane(lane: LaneResult) -> dict[str, Any]:
    return {
        "lane": lane.lane,
        "servers": lane.servers,
        "load": _number(lane.load),
        "capacity": _number(lane.capacity),
        "arrivals": _number(lane.arrivals),
        "share_in_time": _number(lane.share_in_time),
        "half_width": _number(lane.half_width),
        "lower": _number(lane.lower),
        "upper": _number(lane.upper),
        "wait_p50": _number(lane.wait_p50),
        "wait_p90": _number(lane.wait_p90),
        "leavers": _number(lane.leavers),
        "utilisation": _number(lane.utilisation),
        "days": lane.days,
        "verdict": lane.verdict,
    }


def _kpi(kpi: KpiValue) -> dict[str, Any]:
    return {
        "value": _number(kpi.value),
        "half_width": _number(kpi.half_width),
        "unit": kpi.unit,
        "better": kpi.better,
        "target": kpi.target,
        "met": kpi.met,
    }


def _stopping(measured: Measurement, run: RunResult) -> dict[str, Any]:
    units = {kpi.name: kpi.unit for kpi in run.kpis}
    return {
        "rule": "precision" if measured.goals else "fixed",
        "looks": list(measured.looks),
        "reached": measured.reached,
        "decided_by": measured.decided_by or None,
        "goals": [
            {
                "kpi": goal.measure,
                "unit": units.get(goal.measure),
                "value": _number(goal.value),
                "half_width": _number(goal.half_width),
                "wanted": _number(goal.wanted),
                "relative": goal.relative,
                "reached": goal.reached,
            }
            for goal in measured.goals
        ],
    }


def _resource(item: ResourceUse) -> dict[str, Any]:
    return {
        "site": item.site,
        "lane": item.lane,
        "servers": _number(item.servers),
        "utilisation": _number(item.utilisation),
        "down": _number(item.down),
        "starved": _number(item.starved),
        "blocked": _number(item.blocked),
        "arrivals": _number(item.arrivals),
        "queue": _number(item.queue),
        "peak_at": None if item.peak_slot < 0 else Text.clock(SLOT_MINUTES * item.peak_slot),
        "peak_queue": _number(item.peak_queue),
        "wait_mean": _number(item.wait_mean),
        "wait_p90": _number(item.wait_p90),
        "waiting": _number(item.waiting),
        "time_share": _number(item.time_share),
        "wait_share": _number(item.wait_share),
        "bottleneck": item.bottleneck,
    }


def _locker(item: LockerUse) -> dict[str, Any]:
    return {
        "site": item.site,
        "cells": dict(item.cells),
        "parcels": _number(item.parcels),
        "rejected": _number(item.rejected),
        "rejected_half_width": _number(item.rejected_half_width),
        "upgraded": _number(item.upgraded),
        "occupied": {size: _number(share) for size, share in item.occupied.items()},
        "dwell_hours": _number(item.dwell),
        "paid": _number(item.paid),
        "overdue": _number(item.overdue),
    }


def _step(item: StepUse) -> dict[str, Any]:
    return {
        "service": item.task,
        "step": item.step,
        "begun": _number(item.begun),
        "wait_mean": _number(item.wait_mean),
        "wait_p90": _number(item.wait_p90),
        "service_mean": _number(item.service_mean),
        "time_share": _number(item.time_share),
        "abandoned": _number(item.abandoned),
        "first_time_right": _number(item.first_time_right),
    }


def _sensitivity(item: Sensitivity) -> dict[str, Any]:
    return {
        "id": item.id,
        "cost": _number(item.cost),
        "objective": _number(item.objective),
        "outlets": item.outlets,
        "by_format": dict(item.by_format),
        "missed_lanes": item.missed,
        "lanes": item.lanes,
        "missed_outlets": item.missed_outlets,
        "leavers": _number(item.leavers),
        "same_sites": item.same_sites,
        "days": item.days,
    }


def _choice(outcome: ChoiceOutcome) -> dict[str, Any]:
    brands = [*(brand or "own" for brand in outcome.brands), None]
    return {
        "converged": outcome.converged,
        "rounds": [
            {
                "round": item.round,
                "moving": _number(item.moving),
                "step": item.step,
                "wait": _number(item.wait),
                "outlet": item.outlet,
                "change": _number(item.change),
            }
            for item in outcome.rounds
        ],
        "captured": [
            {"brand": brand, "visits": _number(float(visits))}
            for brand, visits in zip(brands, outcome.captured, strict=True)
        ],
    }
