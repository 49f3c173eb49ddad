"""Pictures of money, staff and other assumptions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from netsim.model.calendar import SLOT_MINUTES
from netsim.model.plan import CostBreakdown
from netsim.model.result import Comparison, RunResult
from netsim.model.study import Study
from netsim.report import labels
from netsim.report.style import BLUE, FAINT, INK, PARTS, RED, Pen

LEGEND_COLUMNS = 4
"""Parts side by side in a legend; more would not fit the page."""
PART_NAMES = ("fixed", "staff", "terminals", "fees", "transition", "lost_visits", "travel")
ROSTERS_SHOWN = 24
"""Outlets in the picture of staff; the table holds all."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One plan in the picture of other assumptions."""

    name: str
    cost: float
    outlets: int
    missed: int
    main: bool = False
    apart: bool = False


def _bars(run: RunResult, pen: Pen) -> list[Bar]:
    """Return the plan, the flat-cap plans and the plans with other demand, in this order."""
    main = labels.main_plan(run)
    if main is not None:
        count, missed = main.outlets, main.missed_outlets
    else:
        count = len(labels.in_use(run))
        missed = sum(labels.site_verdict(site) == "missed" for site in labels.in_use(run))
    cost = main.cost if main is not None else run.plan.cost.operator
    bars = [Bar(pen.text("sensitivity.simulated"), cost, count, missed, main=True)]
    for flat in (True, False):
        for position, item in enumerate(labels.others(run, flat=flat)):
            name = pen.label(labels.sensitivity_name(item, pen.text), item.id, 40)
            bars.append(Bar(name, item.cost, item.outlets, item.missed_outlets, apart=position == 0))
    return bars


def sensitivity(run: RunResult, pen: Pen) -> Figure:
    """Return cost (left) and outlets that miss their promise (right) of the plan and of the plans next to it."""
    bars = _bars(run, pen)
    places = np.cumsum([1.0 + 0.45 * bar.apart for bar in bars])
    figure = Figure(figsize=(9.6, 0.95 + 0.29 * float(places[-1])))
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(1.15, 1.0))
    unit, divisor = pen.text.money_unit()
    colours = [BLUE if bar.main else "#9db8d2" for bar in bars]
    costs = [bar.cost / divisor if math.isfinite(bar.cost) else 0.0 for bar in bars]
    left.barh(places, costs, color=colours, height=0.68)
    for place, bar, cost in zip(places, bars, costs, strict=True):
        _beside(
            left, cost, place, pen.text.money(bar.cost) if math.isfinite(bar.cost) else pen.text("sensitivity.none")
        )
    left.set_yticks(places, [bar.name for bar in bars])
    left.set_xlim(0, 1.22 * max(costs))
    left.set_title(pen.text("sensitivity.cost_title", unit=unit), fontweight="bold")
    right.barh(places, [bar.outlets for bar in bars], color="#dcdcdc", height=0.68)
    right.barh(places, [bar.missed for bar in bars], color=RED, height=0.68)
    for place, bar in zip(places, bars, strict=True):
        if not math.isfinite(bar.cost):
            continue
        words = pen.text("sensitivity.missed_of", missed=bar.missed, outlets=bar.outlets)
        _beside(right, bar.outlets, place, words, RED if bar.missed else INK)
    right.set_xlim(0, 1.4 * max(1, *(bar.outlets for bar in bars)))
    right.set_title(pen.text("sensitivity.outlets_title"), fontweight="bold")
    left.invert_yaxis()
    for axis in (left, right):
        axis.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axis.tick_params(axis="y", length=0)
        axis.grid(axis="x", color=FAINT)
        axis.set_axisbelow(True)
        axis.spines["left"].set_visible(False)
    height = figure.get_figheight()
    figure.subplots_adjust(left=0.24, right=0.985, wspace=0.06, top=1 - 0.35 / height, bottom=0.3 / height)
    return figure


def _beside(axis: Axes, x: float, y: float, words: str, colour: str = INK) -> None:
    """Write words at the end of a bar."""
    axis.annotate(
        words, (x, y), xytext=(4, 0), textcoords="offset points", va="center_baseline", fontsize=7.5, color=colour
    )


def roster(run: RunResult, study: Study, pen: Pen) -> Figure:
    """Return required staff (grey) and staff on duty (line) by half-hour, one small picture an outlet."""
    peak = run.staff.on_duty.max(axis=2)
    found = [(day, site) for day, site in np.argwhere(peak > 0)]
    found.sort(key=lambda item: (-int(run.staff.on_duty[item].sum()), study.sites[item[1]].id))
    found = found[:ROSTERS_SHOWN]
    columns = 5
    lines = max(1, math.ceil(len(found) / columns))
    figure = Figure(figsize=(9.6, 1.25 * lines + 0.45))
    axes = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False)
    for axis in axes.flat[len(found) :]:
        axis.set_axis_off()
    busy = (run.staff.on_duty.max(axis=(0, 1)) > 0) | (run.staff.required.max(axis=(0, 1)) > 0)
    first, last = (int(np.argmax(busy)), len(busy) - int(np.argmax(busy[::-1]))) if busy.any() else (0, 48)
    for axis, item in zip(axes.flat, found, strict=False):
        _draw_roster(axis, run, study, item, (first, last), pen)
    most = int(peak.max()) if found else 1
    for position, axis in enumerate(axes.flat[: len(found)]):
        axis.tick_params(labelbottom=position + columns >= len(found))
    axes[0, 0].set(xlim=(first, last), ylim=(0, most + 0.6))
    ticks = np.arange(first + (-first) % 4, last + 1, 4)
    axes[0, 0].set_xticks(ticks, [pen.text.clock(slot * SLOT_MINUTES)[:2].lstrip("0") or "0" for slot in ticks])
    axes[0, 0].yaxis.set_major_locator(MaxNLocator(3, integer=True))
    height = figure.get_figheight()
    figure.legend(
        handles=[
            Patch(color="#c9d8e8", label=pen.text("column.required")),
            Patch(facecolor="none", edgecolor=BLUE, label=pen.text("column.on_duty")),
        ],
        loc="lower right",
        ncols=2,
        bbox_to_anchor=(0.995, 0.0),
    )
    figure.subplots_adjust(left=0.035, right=0.99, wspace=0.1, hspace=0.5, top=1 - 0.24 / height, bottom=0.48 / height)
    return figure


def _draw_roster(
    axis: Axes, run: RunResult, study: Study, item: tuple[int, int], window: tuple[int, int], pen: Pen
) -> None:
    """Draw one outlet on one day type."""
    day, site = item
    slots = np.arange(window[0], window[1] + 1)
    edge = np.append(slots[:-1], slots[-1] - 1)
    axis.fill_between(slots, run.staff.required[day, site][edge], step="post", color="#c9d8e8", linewidth=0)
    axis.step(slots, run.staff.on_duty[day, site][edge], where="post", color=BLUE, linewidth=1.2)
    name = pen.label(labels.site_names(study.sites)[study.sites[site].id], study.sites[site].id, 24)
    if len(study.day_types) > 1:
        name = f"{pen.label(name, width=16)} · {study.day_types[day].id}"
    axis.set_title(name, fontsize=7, color=INK, pad=3)
    axis.tick_params(length=2, labelsize=6.3)
    axis.grid(axis="y", color=FAINT)
    axis.set_axisbelow(True)


def cost_bars(comparison: Comparison, names: Mapping[str, str], pen: Pen) -> Figure:
    """Return the yearly cost of each scenario, stacked by part; the operator's own cost is written beside it."""
    runs = comparison.runs
    figure = Figure(figsize=(9.6, 1.15 + 0.36 * len(runs)))
    axis = figure.subplots()
    unit, divisor = pen.text.money_unit()
    places = np.arange(len(runs))
    start = np.zeros(len(runs))
    present = [part for part in PART_NAMES if any(_part(run.cost, part) > 0 for run in runs)]
    for part in present:
        values = np.array([_part(run.cost, part) / divisor for run in runs])
        colour = PARTS[PART_NAMES.index(part)]
        axis.barh(places, values, left=start, color=colour, height=0.66, label=pen.text(f"cost.{part}"))
        start += values
    for place, run in zip(places, runs, strict=True):
        words = pen.text("comparison.cost_words", operator=run.cost.operator, total=run.cost.total)
        _beside(axis, run.cost.total / divisor, float(place), words)
    axis.set_yticks(places, [pen.label(names[run.scenario], run.scenario, 30) for run in runs])
    axis.invert_yaxis()
    axis.set_xlim(0, 1.42 * float(start.max()))
    axis.set_title(pen.text("comparison.cost_title", unit=unit), fontweight="bold")
    axis.tick_params(axis="y", length=0)
    axis.grid(axis="x", color=FAINT)
    axis.set_axisbelow(True)
    axis.spines["left"].set_visible(False)
    height = figure.get_figheight()
    figure.legend(
        loc="lower center",
        ncols=min(len(present), LEGEND_COLUMNS),
        bbox_to_anchor=(0.5, 0.0),
        handlelength=1.0,
        columnspacing=1.2,
    )
    figure.subplots_adjust(left=0.2, right=0.99, top=1 - 0.3 / height, bottom=0.8 / height)
    return figure


def _part(cost: CostBreakdown, part: str) -> float:
    """Return one part of a yearly cost."""
    return float(getattr(cost, part))
