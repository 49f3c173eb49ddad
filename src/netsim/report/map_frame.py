"""What frames a map: scale bar, north, legend, colour scale of the demand, attribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from netsim.report.style import INK, MUTED

Entry = tuple[str, str, str]
"""Marker, colour and label of a legend entry; the marker ``x`` is a cross."""
DEMAND = LinearSegmentedColormap.from_list("demand", ["#f7f5fa", "#cfc6df", "#9c8fbf"])
"""Ends at a mid-tone, so that markers and streets stay readable above it."""
CLIP = 97.0
"""Percentile of the demand at which the scale ends."""
LEGEND_COLUMNS = 5
POINTS = 72.0


@dataclass(frozen=True, slots=True)
class MapWords:
    """Words on a map: ``demand`` beside its colour scale, ``north``, ``metre``, ``kilometre``."""

    demand: str
    north: str
    metre: str
    kilometre: str


def demand_scale(demand: NDArray[np.float64]) -> Normalize:
    """Return the colour scale of the demand, from nothing to the clipped largest."""
    positive = demand[demand > 0]
    return Normalize(0.0, float(np.percentile(positive, CLIP)) if len(positive) else 1.0, clip=True)


def draw_scale(axes: Axes, extent: tuple[float, float, float, float], words: MapWords) -> None:
    """Draw the scale bar and the arrow to the north."""
    xmin, ymin, xmax, ymax = extent
    room = (xmax - xmin) / 3.6
    power = 10 ** math.floor(math.log10(room))
    length = next(step * power for step in (5, 2, 1) if step * power <= room)
    label = f"{length / 1000:g} {words.kilometre}" if length >= 1000 else f"{length:g} {words.metre}"
    left, low = xmin + 0.035 * (xmax - xmin), ymin + 0.035 * (xmax - xmin)
    halo = [withStroke(linewidth=2.5, foreground="white")]
    axes.plot(
        [left, left + length], [low, low], color=INK, linewidth=1.6, solid_capstyle="butt", path_effects=halo, zorder=8
    )
    axes.text(
        left + length / 2,
        low + 0.012 * (xmax - xmin),
        label,
        fontsize=6.5,
        ha="center",
        va="bottom",
        color=INK,
        path_effects=halo,
        zorder=8,
    )
    right, top = xmax - 0.045 * (xmax - xmin), ymax - 0.03 * (xmax - xmin)
    arrow = {"arrowstyle": "-|>", "color": INK, "linewidth": 0.9}
    axes.annotate("", (right, top), (right, top - 0.07 * (xmax - xmin)), arrowprops=arrow, zorder=8)
    axes.text(
        right,
        top - 0.075 * (xmax - xmin),
        words.north,
        fontsize=7,
        ha="center",
        va="top",
        color=INK,
        path_effects=halo,
        zorder=8,
    )


def draw_legend(figure: Figure, legend: Sequence[Entry], words: MapWords, attribution: str, share: float) -> None:
    """Draw the entries, the colour scale of the demand and the attribution below the maps."""
    width, height = 9.6 * 0.984 * POINTS, figure.get_figheight() * share * POINTS
    axes = figure.add_axes((0.008, 0.0, 0.984, share))
    axes.set_axis_off()
    axes.set(xlim=(0, width), ylim=(0, height))
    for position, (marker, colour, label) in enumerate(legend):
        row, column = divmod(position, LEGEND_COLUMNS)
        x, y = 6 + column * width / LEGEND_COLUMNS, height - 12 - 13.5 * row
        thick = 2.0 if marker == "x" else 0.8
        edge = colour if marker in {"x", "."} else "white"
        axes.plot(x, y, marker=marker, markersize=8, color=colour, markeredgecolor=edge, markeredgewidth=thick)
        axes.text(x + 9, y, label, fontsize=7.2, va="center_baseline", color=INK)
    y = 18.0
    ramp = np.linspace(0, 1, 64)[None, :]
    axes.imshow(ramp, extent=(3, 83, y, y + 7), cmap=DEMAND, aspect="auto", vmin=0, vmax=1, interpolation="nearest")
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.text(88, y + 3.2, words.demand, fontsize=7.2, va="center_baseline", color=INK)
    axes.text(3, 5, attribution, fontsize=6, va="center_baseline", color=MUTED)
