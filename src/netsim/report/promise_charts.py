"""Pictures of the promise: share in time against load, waits through the day, capacity curves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, MultipleLocator, PercentFormatter
from numpy.typing import NDArray

from netsim.model.calendar import SLOT_MINUTES
from netsim.model.result import RunResult, Sensitivity
from netsim.model.service import LANES, Lane, Staircase
from netsim.model.study import Study
from netsim.report import labels
from netsim.report.style import BLUE, FAINT, INK, MUTED, RED, Pen

WAIT = LinearSegmentedColormap.from_list(
    "wait", [(0.0, "#f1f6fb"), (0.5, "#7ba7d0"), (0.5, "#f6c66d"), (1.0, "#b3320f")]
)
"""Blue below the promised wait, orange to red above."""
LANE_MARKERS: dict[Lane, str] = {"counter": "o", "terminal": "^"}
Point = tuple[Lane, float, float, float]
"""Lane, load per server, share in time, half width."""
OUTLETS_SHOWN = 40
"""Rows of the picture of waits; the workbook holds all."""
LEVELS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Dots:
    """
    Outlet-lanes of one plan and the words above them.

    Parameters
    ----------
    title, lines
        Heading and two lines below it.
    points
        The dots.
    cap
        Flat cap that the plan was made with; NaN for simulated capacity.
    """

    title: str
    lines: tuple[str, ...]
    points: tuple[Point, ...]
    cap: float = math.nan


def promise_dots(run: RunResult, study: Study, pen: Pen) -> list[Dots]:
    """Return the dots of the plan and of the plans made with flat caps."""
    outlets = labels.in_use(run)
    main = labels.main_plan(run)
    if main is not None:
        panels = [_plan_dots(main, pen.text("promise.simulated"), pen)]
    else:
        key = "promise.today" if labels.as_is(run) else "promise.simulated"
        missed = sum(labels.site_verdict(site) == "missed" for site in outlets)
        lines = _lines(pen, run.plan.cost.operator, len(outlets), missed)
        panels = [Dots(pen.text(key), lines, _run_points(run, study))]
    for item in labels.others(run, flat=True):
        cap = labels.flat_cap(item)
        panels.append(_plan_dots(item, pen.text("promise.flat", cap=f"{cap:g}"), pen, cap))
    return panels


def _run_points(run: RunResult, study: Study) -> tuple[Point, ...]:
    """Return the dots of the run itself."""
    points: list[Point] = []
    for site in labels.in_use(run):
        for lane in site.lanes:
            if site.option is None or lane.verdict == "no_promise":
                continue
            minutes = study.hours_of(site.option, lane.lane).minutes * lane.servers
            points.append((lane.lane, lane.load / minutes, lane.share_in_time, lane.half_width))
    return tuple(points)


def _plan_dots(item: Sensitivity, title: str, pen: Pen, cap: float = math.nan) -> Dots:
    """Return the dots of a plan next to the main one."""
    points: tuple[Point, ...] = tuple(
        ("counter" if lane == "counter" else "terminal", load, share, half)
        for _, lane, load, share, half in item.points
    )
    if not math.isfinite(item.cost):
        return Dots(title, (pen.text("promise.infeasible"),), (), cap)
    return Dots(title, _lines(pen, item.cost, item.outlets, item.missed_outlets), points, cap)


def _lines(pen: Pen, cost: float, outlets: int, missed: int) -> tuple[str, ...]:
    """Return the two lines below the heading of a panel."""
    return (
        pen.text("promise.cost", cost=pen.text.money(cost)),
        pen.text("promise.missed", missed=missed, outlets=outlets),
    )


def share_against_load(run: RunResult, study: Study, pen: Pen) -> Figure:
    """
    Return share in time against load per server: one panel a plan, one dot an outlet-lane with its interval.

    The target is a line; below it lies the broken promise. A flat cap stands as an upright line.
    """
    panels = promise_dots(run, study, pen)
    width = 11.0 if len(panels) > 2 else 7.0
    figure = Figure(figsize=(width, 4.5))
    axes = figure.subplots(1, len(panels), sharex=True, sharey=True, squeeze=False)[0]
    shares = [share - half for panel in panels for _, _, share, half in panel.points]
    loads = [load for panel in panels for _, load, _, _ in panel.points]
    low = max(-0.02, min(0.78, 0.05 * math.floor(20 * min(shares, default=0.8)) - 0.02))
    targets = {lane: study.lanes[lane].promise.share for lane in LANES if lane in study.lanes}
    for position, (axis, panel) in enumerate(zip(axes, panels, strict=True)):
        _draw_dots(axis, panel, targets, low, first=position == 0, missed_words=pen.text("promise.broken"))
    most = max(1.0, 1.05 * max(loads, default=1.0))
    axes[0].set(xlim=(0, most), ylim=(low, 1.02))
    # no label at either edge: it would touch the next panel's
    step = 0.2 if most < 1.5 else 0.5
    axes[0].xaxis.set_major_locator(FixedLocator([float(x) for x in np.arange(step, most - 0.1 * most, step)]))
    axes[0].yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes[0].xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.1f}".rstrip("0").rstrip(".")))
    axes[0].set_ylabel(pen.text("promise.y"))
    bottom = 0.2
    figure.subplots_adjust(left=0.75 / width, right=1 - 0.12 / width, top=0.79, bottom=bottom, wspace=0.07)
    figure.supxlabel(pen.text("promise.x"), fontsize=8.5, color=INK, y=0.085)
    handles = [
        Line2D([], [], marker=LANE_MARKERS[lane], color=MUTED, linestyle="none", label=labels.lane_name(lane, pen.text))
        for lane in ("counter", "terminal")
        if lane in targets
    ]
    keys = (("kept", BLUE, BLUE), ("undecided", "white", MUTED), ("missed", RED, RED))
    handles += [
        Line2D(
            [], [], marker="o", color=fill, markeredgecolor=edge, linestyle="none", label=pen.text(f"promise.key_{key}")
        )
        for key, fill, edge in keys
    ]
    figure.legend(handles=handles, loc="lower center", ncols=len(handles), bbox_to_anchor=(0.5, -0.01))
    return figure


def _draw_dots(
    axis: Axes, panel: Dots, targets: dict[Lane, float], low: float, *, first: bool, missed_words: str
) -> None:
    """Draw one panel."""
    least = min(targets.values(), default=0.0)
    axis.axhspan(low, least, color=RED, alpha=0.05, linewidth=0)
    for target in sorted(set(targets.values())):
        axis.axhline(target, color=INK, linewidth=1.1, zorder=2)
    if math.isfinite(panel.cap):
        axis.axvline(panel.cap, color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    for lane, load, share, half in sorted(panel.points):
        target = targets.get(lane, least)
        clear, broken = share - half >= target, share + half < target
        colour = BLUE if clear else RED if broken else MUTED
        # shares cannot leave [0, 1], whatever a symmetric interval says
        ends = [[share - max(0.0, share - half)], [min(1.0, share + half) - share]]
        axis.errorbar(load, share, yerr=ends, fmt="none", ecolor=colour, elinewidth=0.8, alpha=0.75, zorder=3)
        axis.plot(
            load,
            share,
            marker=LANE_MARKERS[lane],
            markersize=5.4 if lane == "counter" else 5.0,
            color=colour if clear or broken else "white",
            markeredgecolor="white" if clear or broken else colour,
            markeredgewidth=0.6 if clear or broken else 1.0,
            clip_on=False,
            zorder=4,
        )
    axis.set_title(panel.title, fontsize=9.5, fontweight="bold", color=INK, pad=31)
    for line, words in enumerate(panel.lines):
        colour = RED if line == 1 and _breaks(panel, targets) else INK
        axis.text(0, 1.085 - 0.06 * line, words, transform=axis.transAxes, fontsize=7.8, color=colour)
    axis.grid(axis="y", zorder=0)
    axis.set_axisbelow(True)
    axis.tick_params(length=2.5)
    if first:
        axis.text(0.03, 0.03, missed_words, transform=axis.transAxes, fontsize=7.2, color=RED, va="bottom")


def _breaks(panel: Dots, targets: dict[Lane, float]) -> bool:
    """Whether any lane of the panel is clearly below its target."""
    return any(share + half < targets.get(lane, 0.0) for lane, _, share, half in panel.points)


def waits(run: RunResult, study: Study, pen: Pen) -> Figure:
    """
    Return mean waits by half-hour (across) and outlet (down), one block a lane, busiest outlets first.

    The colour turns at the promised wait; empty slots have no arrivals.
    """
    used = {site.id for site in labels.in_use(run)}
    shown = labels.site_names(study.sites)
    blocks = []
    for index, lane in reversed(list(enumerate(LANES))):
        totals = run.half_hours.arrivals[:, index, :].sum(axis=1)
        rows = [i for i in np.argsort(-totals, kind="stable") if totals[i] > 0 and study.sites[i].id in used]
        if rows:
            blocks.append((lane, index, rows[:OUTLETS_SHOWN]))
    heights = [max(2, len(rows)) for _, _, rows in blocks]
    figure = Figure(figsize=(9.6, 1.15 + 0.165 * sum(heights) + 0.55 * len(blocks)))
    if not blocks:
        return figure
    axes = figure.subplots(len(blocks), 1, squeeze=False, gridspec_kw={"height_ratios": heights})[:, 0]
    busy = run.half_hours.arrivals.sum(axis=(0, 1)) > 0
    first, last = int(np.argmax(busy)), len(busy) - int(np.argmax(busy[::-1]))
    for axis, (lane, index, rows) in zip(axes, blocks, strict=True):
        within = study.lanes[lane].promise.within
        table = run.half_hours.wait[rows, index, first:last]
        image = axis.imshow(
            np.ma.masked_invalid(table), cmap=WAIT, vmin=0.0, vmax=2.0 * within, aspect="auto", interpolation="nearest"
        )
        names = [pen.label(shown[study.sites[i].id], study.sites[i].id, 34) for i in rows]
        axis.set_yticks(range(len(rows)), names, fontsize=6.8)
        ticks = np.arange(first + first % 2, last + 1, 2)
        axis.set_xticks(ticks - first - 0.5, [pen.text.clock(slot * SLOT_MINUTES) for slot in ticks], fontsize=6.8)
        axis.set_xticks(np.arange(last - first + 1) - 0.5, minor=True)
        axis.set_yticks(np.arange(len(rows) + 1) - 0.5, minor=True)
        axis.grid(which="minor", color="white", linewidth=0.6)
        axis.tick_params(which="both", length=0)
        for spine in axis.spines.values():
            spine.set_visible(False)
        title = pen.text("waits.title", lane=labels.lane_name(lane, pen.text), minutes=within)
        axis.set_title(title, fontsize=8.5, fontweight="bold", color=INK)
        _arrivals_column(axis, run.half_hours.arrivals[rows, index, :].sum(axis=1), pen)
        bar = figure.colorbar(image, ax=axis, fraction=0.018, pad=0.075, ticks=[0, within, 2 * within])
        bar.ax.set_yticklabels(["0", f"{within:g}", f"≥ {2 * within:g}"], fontsize=6.8)
        bar.outline.set_visible(False)
    figure.subplots_adjust(
        left=0.2, right=0.965, top=1 - 0.35 / figure.get_figheight(), bottom=0.3 / figure.get_figheight()
    )
    return figure


def _arrivals_column(axis: Axes, totals: NDArray[np.float64], pen: Pen) -> None:
    """Write arrivals a day at the right of each row."""
    for row, total in enumerate(totals):
        axis.annotate(
            pen.text.number(float(total)),
            (1.0, row),
            xycoords=("axes fraction", "data"),
            xytext=(30, 0),
            textcoords="offset points",
            fontsize=6.5,
            ha="right",
            va="center_baseline",
            color=MUTED,
        )
    axis.annotate(
        pen.text("waits.arrivals"),
        (1.0, 1.0),
        xycoords="axes fraction",
        xytext=(30, 4),
        textcoords="offset points",
        fontsize=6.5,
        ha="right",
        color=MUTED,
    )


def capacity_curves(run: RunResult, study: Study, pen: Pen) -> Figure:
    """
    Return share in time against load per server, one panel a format and lane, one line a number of servers.

    Lines are lower envelopes with their joint interval; a dot marks the capacity that the plan may use.
    """
    stairs = [item for item in run.capacities.staircases.values() if item.curves]
    used = {(site.option.format, site.option.pattern) for site in labels.in_use(run) if site.option}
    stairs = [item for item in stairs if (item.format, item.pattern) in used] or stairs
    columns = 4 if len(stairs) in {4, 7, 8} else min(3, max(1, len(stairs)))
    lines = max(1, math.ceil(len(stairs) / columns))
    figure = Figure(figsize=(9.6, 2.75 * lines + 0.35))
    axes = figure.subplots(lines, columns, sharey=True, squeeze=False)
    for axis in axes.flat[len(stairs) :]:
        axis.set_axis_off()
    for axis, item in zip(axes.flat, stairs, strict=False):
        _draw_staircase(axis, item, study, pen)
    curves = [curve for item in stairs for curve in item.curves]
    shares = [share for curve in curves for share in (curve.in_time - curve.half_width)]
    low = max(0.4, 0.05 * math.floor(20 * min(shares, default=0.5)) - 0.01)
    axes[0, 0].set(ylim=(low, 1.01))
    axes[0, 0].yaxis.set_major_locator(MultipleLocator(0.05 if low > 0.7 else 0.1))
    for row in axes:
        row[0].set_ylabel(pen.text("promise.y"), fontsize=7.8)
    figure.supxlabel(pen.text("promise.x"), fontsize=8.5, color=INK, y=0.01)
    figure.subplots_adjust(
        left=0.065,
        right=0.985,
        wspace=0.08,
        hspace=0.42,
        top=1 - 0.3 / figure.get_figheight(),
        bottom=0.5 / figure.get_figheight(),
    )
    return figure


def _draw_staircase(axis: Axes, item: Staircase, study: Study, pen: Pen) -> None:
    """Draw the curves of one format and lane on the first day type."""
    minutes = study.hours[study.formats[item.format].pattern(item.pattern).hours[item.lane]].minutes
    target = study.lanes[item.lane].promise.share
    shown = _spread(len(item.levels), LEVELS_SHOWN)
    for order, index in enumerate(shown):
        curve, level = item.curves[index], item.levels[index]
        shade = 0.25 + 0.75 * (order + 1) / len(shown)
        colour = tuple(1 - shade * (1 - part) for part in (0.043, 0.325, 0.58))
        per_server = curve.work / (level * minutes)
        axis.plot(per_server, curve.in_time, color=colour, linewidth=1.2, marker=".", markersize=3)
        axis.fill_between(
            per_server,
            np.clip(curve.in_time - curve.half_width, 0, 1),
            np.clip(curve.in_time + curve.half_width, 0, 1),
            color=colour,
            alpha=0.15,
            linewidth=0,
        )
        at = float(item.work[0, index]) / (level * minutes)
        share = float(np.interp(at, per_server, curve.in_time)) if len(per_server) else math.nan
        axis.plot(at, share, marker="o", markersize=4.5, color=colour, markeredgecolor="white", zorder=4)
        axis.annotate(
            str(level),
            (at, share),
            xytext=(3, 3) if order % 2 == 0 else (-4, -9),  # neighbours lie close: write above and below in turn
            textcoords="offset points",
            fontsize=6.8,
            color=INK,
            zorder=5,
        )
    axis.axhline(target, color=INK, linewidth=0.9, zorder=1)
    axis.set_xlim(0, 1.1)
    axis.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    name = pen.label(labels.format_name(study, item.format, pen.text), item.format, 24)
    title = pen.text("curves.title", format=name, lane=labels.lane_name(item.lane, pen.text))
    if len(study.formats[item.format].patterns) > 1:
        title += f" ({item.pattern})"
    axis.set_title(title, fontsize=8.5, fontweight="bold", color=INK)
    axis.grid(color=FAINT)


def _spread(count: int, most: int) -> Sequence[int]:
    """Return at most ``most`` positions out of ``count``, both ends included."""
    return sorted({round(value) for value in np.linspace(0, count - 1, min(count, most))})
