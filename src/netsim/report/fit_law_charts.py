"""Pictures of laws: service times with histogram and quantiles, patience with its survival curve."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, PercentFormatter

from netsim.model.fit_laws import LawName, PatienceFit, ServiceFit
from netsim.model.fit_result import FitResult
from netsim.report import labels
from netsim.report.fit_charts import BAND, DARK_BAND
from netsim.report.style import BLUE, INK, MUTED, RED, Pen

GROUPS = 8
"""Most tasks in the picture; the tables hold all."""
COLOURS: dict[LawName, str] = {
    "lognormal": "#c8401a",
    "gamma": "#00896a",
    "weibull": "#e69f00",
    "exponential": "#7b5ea7",
    "empirical": INK,
}
PATIENCE_COLOURS = {"exponential": "#7b5ea7", "weibull": "#e69f00"}


def shown_services(result: FitResult) -> list[ServiceFit]:
    """Return the services that are drawn: those with a sample of their own, the largest first."""
    own = [fit for fit in result.services if fit.laws and not fit.pooled]
    return sorted(own, key=lambda fit: (-fit.size, fit.lane, fit.task))[:GROUPS]


def services(result: FitResult, pen: Pen) -> Figure:
    """Return histogram and quantiles of each task's services, two tasks a row."""
    shown = shown_services(result)
    rows = math.ceil(len(shown) / 2)
    figure = Figure(figsize=(9.6, 0.55 + 2.35 * rows))
    axes = figure.subplots(rows, 4, squeeze=False, gridspec_kw={"width_ratios": [1.5, 1, 1.5, 1]}).reshape(-1, 2)
    for pair, fit in zip(axes, shown, strict=False):
        _histogram(pair[0], fit, pen)
        _quantiles(pair[1], fit, pen)
    for pair in axes[len(shown) :]:
        for axis in pair:
            axis.set_axis_off()
    names = [law.law for law in shown[0].laws] if shown else []
    handles = [Line2D([], [], color=COLOURS[name], linewidth=1.6, label=pen.text(f"fit.law.{name}")) for name in names]
    figure.legend(handles=handles, loc="upper center", ncols=max(len(handles), 1), bbox_to_anchor=(0.5, 1.0))
    figure.tight_layout(pad=0.6, w_pad=0.9, h_pad=1.1, rect=(0, 0, 1, 1 - 0.3 / figure.get_figheight()))
    return figure


def _histogram(axis: Axes, fit: ServiceFit, pen: Pen) -> None:
    """Draw the services and the laws over them."""
    axis.stairs(fit.counts, fit.edges, fill=True, color=DARK_BAND)
    middle = (fit.edges[1:] + fit.edges[:-1]) / 2.0
    for law in sorted(fit.laws, key=lambda law: law.law == fit.chosen):
        chosen = law.law == fit.chosen
        axis.plot(
            middle, law.expected, color=COLOURS[law.law], linewidth=1.9 if chosen else 0.8, alpha=1 if chosen else 0.65
        )
    lane = labels.lane_name(fit.lane, pen.text)
    title = pen.text("fit.chart.of_task", task=pen.label(fit.task, width=22), lane=lane, size=pen.text.number(fit.size))
    axis.set_title(title, fontsize=8.3, color=INK)
    top = 1.25 * max(float(fit.counts.max()), 1.0)
    axis.set(xlim=(0, fit.edges[-1]), ylim=(0, top), xlabel=pen.text("fit.chart.minutes"))
    axis.yaxis.set_major_locator(MaxNLocator(4))
    axis.tick_params(length=2.5)


def _quantiles(axis: Axes, fit: ServiceFit, pen: Pen) -> None:
    """Draw the quantiles of the laws against those of the sample."""
    part = slice(1, 100)
    top = float(fit.quantiles[99]) * 1.05
    axis.plot([0, top], [0, top], color=MUTED, linewidth=0.8, zorder=1)
    for law in sorted(fit.laws, key=lambda law: law.law == fit.chosen):
        chosen = law.law == fit.chosen
        axis.plot(
            law.quantiles[part],
            fit.quantiles[part],
            "o" if chosen else "-",
            color=COLOURS[law.law],
            markersize=2.0,
            linewidth=0.8,
            alpha=1 if chosen else 0.65,
            zorder=3 if chosen else 2,
        )
    axis.set(xlim=(0, top), ylim=(0, top), xlabel=pen.text("fit.chart.law_minutes"))
    axis.set_ylabel(pen.text("fit.chart.sample_minutes"), fontsize=7.5)
    axis.xaxis.set_major_locator(MaxNLocator(4))
    axis.yaxis.set_major_locator(MaxNLocator(4))
    axis.tick_params(length=2.5)


def shown_patience(result: FitResult) -> list[PatienceFit]:
    """Return the lanes whose patience is drawn."""
    return [fit for fit in result.patience if fit.laws]


def patience(result: FitResult, pen: Pen) -> Figure:
    """Return the survival curve of patience with the fitted laws, one panel a lane."""
    shown = shown_patience(result)
    figure = Figure(figsize=(4.9 * max(len(shown), 1) if len(shown) > 1 else 6.4, 3.1))
    axes = figure.subplots(1, len(shown), squeeze=False)[0]
    for axis, fit in zip(axes, shown, strict=True):
        at, share = np.concatenate([[0.0], fit.at]), np.concatenate([[1.0], fit.share])
        lower, upper = np.concatenate([[1.0], fit.lower]), np.concatenate([[1.0], fit.upper])
        axis.fill_between(at, lower, upper, step="post", color=BAND, linewidth=0)
        axis.step(at, share, where="post", color=BLUE, linewidth=1.5)
        handles = [Line2D([], [], color=BLUE, linewidth=1.5, label=pen.text("fit.chart.observed"))]
        for place, law in enumerate(fit.laws):
            colour, strong = PATIENCE_COLOURS[law.law], place == fit.chosen
            curve = np.concatenate([[1.0], fit.fitted[place]])
            axis.plot(at, curve, color=colour, linewidth=1.6 if strong else 0.9)
            handles.append(Line2D([], [], color=colour, linewidth=1.6, label=pen.text(f"fit.law.{law.law}")))
        axis.axvline(fit.naive, color=RED, linewidth=0.9, linestyle=(0, (4, 3)))
        handles.append(Line2D([], [], color=RED, linestyle=(0, (4, 3)), label=pen.text("fit.chart.naive")))
        low = max(0.0, 0.1 * math.floor(10 * float(fit.lower.min(initial=0.0))))
        axis.set(xlim=(0, float(fit.at[-1])), ylim=(low, 1.0 + 0.02 * (1 - low)))
        axis.set(xlabel=pen.text("fit.chart.after"), ylabel=pen.text("fit.chart.still"))
        axis.set_title(labels.lane_name(fit.lane, pen.text), color=INK)
        axis.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axis.grid(axis="y")
        axis.tick_params(length=2.5)
        axis.legend(handles=handles, loc="lower left" if low == 0 else "best")
    figure.tight_layout(pad=0.6, w_pad=1.6)
    return figure
