"""Pictures of a fit: arrivals by weekday and day, held-out days against the fit, the hall as looks show it."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator
from numpy.typing import NDArray

from netsim.model.calendar import DAY_SLOTS, SLOT_MINUTES
from netsim.model.column_map import WEEKDAYS
from netsim.model.fit_arrivals import SnapshotFit
from netsim.model.fit_result import FitResult
from netsim.report.style import BLUE, FAINT, INK, MUTED, RED, Pen

BAND, DARK_BAND = "#dbe7f3", "#a9c6e3"
ORANGE = "#e69f00"
DATES = 9
"""Most dates below an axis."""
PER_ROW = 4
"""Weekdays in one row; one more is squeezed in."""


def week(result: FitResult, pen: Pen) -> Figure:
    """Return arrivals by half-hour, one panel a weekday, with both intervals."""
    fit = result.arrivals
    shown = [day for day in range(7) if fit.day_count[day]]
    columns = len(shown) if len(shown) <= PER_ROW + 1 else math.ceil(len(shown) / 2)
    rows = math.ceil(len(shown) / columns)
    figure = Figure(figsize=(9.6, 0.75 + 2.0 * rows))
    axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    first, last = span(fit.counts.sum(axis=0))
    edges = SLOT_MINUTES * np.arange(first, last + 1) / 60.0
    for axis, day in zip(axes, shown, strict=False):
        part = slice(first, last)
        axis.stairs(fit.upper[day][part], edges, baseline=fit.lower[day][part], fill=True, color=BAND)
        plain = fit.poisson_upper[day][part], fit.poisson_lower[day][part]
        axis.stairs(plain[0], edges, baseline=plain[1], fill=True, color=DARK_BAND)
        axis.stairs(fit.per_hour[day][part], edges, baseline=None, color=BLUE, linewidth=1.3)
        days = pen.text("fit.chart.days", count=int(fit.day_count[day]))
        axis.set_title(f"{pen.text(f'fit.weekday.{WEEKDAYS[day]}')}  ({days})", fontsize=8.5, color=INK)
        _clock(axis, edges[0], edges[-1])
        axis.tick_params(labelbottom=True)
        axis.set_ylim(bottom=0)
    for axis in axes[len(shown) :]:
        axis.set_axis_off()
    for axis in axes[::columns]:
        axis.set_ylabel(pen.text("fit.chart.per_hour"))
    figure.tight_layout(pad=0.6, w_pad=0.9, h_pad=0.9)
    return figure


def span(counts: NDArray[np.float64]) -> tuple[int, int]:
    """Return the first half-hour with arrivals, and the one after the last."""
    some = np.flatnonzero(counts > 0)
    if not len(some):
        return 0, DAY_SLOTS
    return max(int(some[0]) - 1, 0), min(int(some[-1]) + 2, DAY_SLOTS)


def _clock(axis: Axes, start: float, end: float) -> None:
    """Write the hours of the day below an axis."""
    hours = end - start
    axis.set_xlim(start, end)
    axis.xaxis.set_major_locator(MultipleLocator(1 if hours <= 5 else 2 if hours <= 12 else 4))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{int(value):02d}:{round(60 * (value % 1)):02d}"))
    axis.grid(axis="y")
    axis.set_axisbelow(True)
    axis.tick_params(length=2.5)


def days(result: FitResult, pen: Pen) -> Figure:
    """Return the arrivals of every day against what its weekday expects."""
    figure = Figure(figsize=(9.6, 2.9))
    axis = figure.subplots()
    number: Any = date2num
    top = max((day.observed for day in result.days if math.isfinite(day.observed)), default=1.0)
    for day in result.days:
        x = number(day.date)
        if math.isfinite(day.expected):
            axis.vlines(x, day.lower, day.upper, color=DARK_BAND, linewidth=3.2, zorder=1)
            axis.plot(x, day.expected, "_", color=BLUE, markersize=4, zorder=2)
        if day.role == "missing":
            axis.plot(x, 0.02 * top, "x", color=RED, markersize=4.5, zorder=3, clip_on=False)
            continue
        fill = "white" if day.role == "held_out" else MUTED if day.role == "holiday" else INK
        axis.plot(x, day.observed, "o", color=fill, markeredgecolor=INK, markersize=3.4, markeredgewidth=0.8, zorder=3)
        if day.unusual:
            axis.plot(x, day.observed, "o", color="none", markeredgecolor=RED, markersize=8, zorder=3)
    held = [number(day.date) for day in result.days if day.role == "held_out"]
    if held and result.validation.rule.startswith("fit.rule.last"):
        axis.axvspan(held[0] - 0.5, held[-1] + 0.5, color=FAINT, alpha=0.35, linewidth=0, zorder=0)
    _date_ticks(axis, result)
    axis.set(ylabel=pen.text("fit.chart.per_day"), ylim=(0, None))
    axis.grid(axis="y")
    axis.set_axisbelow(True)
    axis.tick_params(length=2.5)
    figure.legend(handles=_day_keys(result, pen), loc="upper center", ncols=6, bbox_to_anchor=(0.5, 1.0))
    figure.tight_layout(pad=0.6, rect=(0, 0, 1, 0.92))
    return figure


def _date_ticks(axis: Axes, result: FitResult) -> None:
    """Write some dates below an axis of days; the year stands where it changes."""
    number: Any = date2num
    first, last = result.days[0].date, result.days[-1].date
    step = math.ceil(((last - first).days + 1) / DATES)
    dates = [first + dt.timedelta(days=days) for days in range(0, (last - first).days + 1, step)]
    years = [None, *(date.year for date in dates)]
    names = [
        f"{date:%m-%d}" if date.year == year else f"{date:%Y-%m-%d}" for date, year in zip(dates, years, strict=False)
    ]
    axis.set_xticks([number(date) for date in dates], names)
    axis.set_xlim(number(first) - 1.0, number(last) + 1.0)


def _day_keys(result: FitResult, pen: Pen) -> list[Line2D]:
    """Return the legend of the days that occur."""
    looks: dict[str, dict[str, Any]] = {
        "fit": {"marker": "o", "color": INK, "markersize": 3.4},
        "held_out": {"marker": "o", "color": "white", "markeredgecolor": INK, "markersize": 3.4},
        "holiday": {"marker": "o", "color": MUTED, "markersize": 3.4},
        "missing": {"marker": "x", "color": RED, "markersize": 4.5},
        "unusual": {"marker": "o", "color": "none", "markeredgecolor": RED, "markersize": 7},
    }
    roles = {day.role for day in result.days} | {"unusual" for day in result.days if day.unusual}
    return [
        Line2D([], [], linestyle="none", label=pen.text(f"fit.role.{role}"), **look)
        for role, look in looks.items()
        if role in roles
    ]


def trial(result: FitResult, pen: Pen) -> Figure:
    """Return held-out days against the fit: arrivals through the day, and waits day by day where they were tried."""
    checks = result.validation
    panels = 2 if checks.waits else 1
    figure = Figure(figsize=(9.6, 3.0))
    axes = figure.subplots(1, panels, squeeze=False, gridspec_kw={"width_ratios": [1.15, 1][:panels]})[0]
    found = checks.arrivals
    if found is not None:
        first, last = span(found.predicted + found.observed)
        edges = SLOT_MINUTES * np.arange(first, last + 1) / 60.0
        part = slice(first, last)
        axes[0].stairs(2 * found.upper[part], edges, baseline=2 * found.lower[part], fill=True, color=BAND)
        axes[0].stairs(2 * found.predicted[part], edges, baseline=None, color=BLUE, linewidth=1.4)
        axes[0].plot(edges[:-1] + 0.25, 2 * found.observed[part], "o", color=RED, markersize=3.2, zorder=4)
        _clock(axes[0], edges[0], edges[-1])
        axes[0].set(ylabel=pen.text("fit.chart.per_hour"), ylim=(0, None))
        axes[0].legend(handles=_trial_keys(pen), loc="lower center", ncols=2, bbox_to_anchor=(0.5, 1.0))
    if checks.waits:
        _waits(axes[1], result, pen)
    figure.tight_layout(pad=0.6, w_pad=2.0)
    return figure


def _trial_keys(pen: Pen) -> list[Line2D | Patch]:
    return [
        Line2D([], [], color=BLUE, linewidth=1.4, label=pen.text("fit.chart.predicted")),
        Line2D([], [], marker="o", color=RED, linestyle="none", markersize=3.2, label=pen.text("fit.chart.observed")),
    ]


def _waits(axis: Axes, result: FitResult, pen: Pen) -> None:
    """Draw the mean wait of each held-out day over the range of simulated days."""
    checks = result.validation.waits
    for place, check in enumerate(checks):
        axis.vlines(place, check.predicted.lower, check.predicted.upper, color=DARK_BAND, linewidth=5, zorder=1)
        axis.plot(place, check.predicted.value, "_", color=BLUE, markersize=7, zorder=2)
        inside = check.predicted.holds(check.observed)
        axis.plot(place, check.observed, "o", color=INK if inside else RED, markersize=3.6, zorder=3)
    step = max(1, math.ceil(len(checks) / 8))
    places = list(range(0, len(checks), step))
    axis.set_xticks(places, [f"{checks[place].date:%m-%d}" for place in places])
    axis.set(ylabel=pen.text("fit.chart.wait"), ylim=(0, None), xlim=(-0.7, len(checks) - 0.3))
    axis.yaxis.set_major_locator(MaxNLocator(5))
    axis.grid(axis="y")
    axis.set_axisbelow(True)
    axis.tick_params(length=2.5)


def looks(result: FitResult, pen: Pen) -> Figure:
    """Return the hall through the day as looks show it: people, counters, arrivals and calls; one row a queue."""
    shown = result.snapshots[:4]
    figure = Figure(figsize=(9.6, 0.5 + 2.4 * len(shown)))
    axes = figure.subplots(len(shown), 3, squeeze=False, sharex=True)
    for row, item in zip(axes, shown, strict=True):
        _look_row(row, item, result, pen)
    figure.tight_layout(pad=0.6, w_pad=1.4)
    return figure


def _look_row(row: NDArray[Any], item: SnapshotFit, result: FitResult, pen: Pen) -> None:
    """Draw one queue."""
    demand = next((part for part in result.demand if part.task == item.queue), None)
    first, last = span(np.nan_to_num(item.calls) + np.nan_to_num(item.waiting))
    edges, part = SLOT_MINUTES * np.arange(first, last + 1) / 60.0, slice(first, last)
    curves = (("people", item.waiting, BLUE), ("counters", item.open, INK), ("calls", item.calls, RED))
    for axis, (key, values, colour) in zip(row, curves, strict=True):
        axis.stairs(values[part], edges, baseline=None, color=colour, linewidth=1.4)
        _clock(axis, edges[0], edges[-1])
        axis.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        axis.set_title(pen.text(f"fit.chart.{key}"), fontsize=8.5, color=INK)
    if demand is not None:
        rate = 2.0 * demand.shares[part] * result.arrivals.per_day.value * demand.share.value
        row[2].stairs(rate, edges, baseline=None, color=ORANGE, linewidth=1.2)
        row[2].set_title(
            f"{pen.text('fit.chart.arrivals')} / {pen.text('fit.chart.calls')}, {pen.text('fit.chart.per_hour')}",
            fontsize=8.5,
            color=INK,
        )
        keys = [
            Line2D([], [], color=ORANGE, label=pen.text("fit.chart.arrivals")),
            Line2D([], [], color=RED, label=pen.text("fit.chart.calls")),
        ]
        row[2].legend(handles=keys, loc="lower center")
    for axis in row:
        axis.set_ylim(bottom=0)
    if len(result.snapshots) > 1:
        row[0].set_ylabel(pen.label(item.queue, width=24))
