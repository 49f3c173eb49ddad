"""Maps: demand below, streets thin, outlets by colour, shape and size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from netsim.model.network import Option
from netsim.model.study import Basemap, Study
from netsim.report.flows import daily_visits
from netsim.report.map_frame import (
    DEMAND,
    LEGEND_COLUMNS,
    POINTS,
    Entry,
    MapWords,
    demand_scale,
    draw_legend,
    draw_scale,
)
from netsim.report.style import INK

WATER, PARK, STREET, RAIL = "#d6e6f0", "#dfeadb", "#a3a3a3", "#b5b5b5"
HEAVY = 50_000
"""Vertices over all maps of a picture above which a layer is drawn as an image inside it."""
PAD = 0.02
CROWDED = 400
"""Markers above which nobody is moved aside."""
FULL_WIDTH = 215.0
"""Width of a map in points below which its markers shrink."""


@dataclass(frozen=True, slots=True)
class Mark:
    """
    One outlet on a map.

    Parameters
    ----------
    x, y
        Metres in the CRS of the map.
    option
        What is drawn: its servers give the size and the label.
    shape
        Marker of its format.
    colour
        Fill.
    closed
        Draw a cross instead: the outlet goes.
    scale
        Factor on the size, below 1 on small maps.
    """

    x: float
    y: float
    option: Option
    shape: str
    colour: str
    closed: bool = False
    scale: float = 1.0

    @property
    def diameter(self) -> float:
        """Width in points."""
        if self.closed:
            return self.scale * (9.0 if self.option.counters else 5.0)
        if self.option.counters:
            return self.scale * (12.5 + 0.8 * min(self.option.counters, 8))
        return self.scale * (6.0 + 1.0 * min(self.option.terminals, 6))


@dataclass(frozen=True, slots=True)
class Panel:
    """
    One map of a picture.

    Parameters
    ----------
    title
        Heading, drawn as given.
    marks
        Outlets.
    idle
        Places that were considered and are not used, ``(x, y)``.
    """

    title: str
    marks: tuple[Mark, ...]
    idle: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """
    What lies below the outlets, read once for all maps of a report.

    Parameters
    ----------
    extent
        ``(xmin, ymin, xmax, ymax)`` in metres.
    layers
        Polygon rings and lines by name: arrays of shape ``(vertices, 2)``.
    hexes, hex_zone
        Rings of the zones and the zone of each.
    demand
        Wished visits a day of each zone, shape ``(zones,)``.
    attribution
        Line that every map has to carry.
    """

    extent: tuple[float, float, float, float]
    layers: dict[str, list[NDArray[np.float64]]]
    hexes: list[NDArray[np.float64]]
    hex_zone: NDArray[np.int64]
    demand: NDArray[np.float64]
    attribution: str

    @property
    def aspect(self) -> float:
        """Height over width."""
        xmin, ymin, xmax, ymax = self.extent
        return (ymax - ymin) / (xmax - xmin)


def ground(study: Study, basemap: Basemap) -> Ground:
    """Return everything below the outlets for the maps of a study."""
    hexes, zone = _rings(_areas(study))
    names = ("water", "parks", "rails", "streets")
    layers = {name: _rings(getattr(basemap, name))[0] for name in names}
    lines = dict.fromkeys([basemap.attribution, *study.attribution])
    return Ground(
        extent=_square_up(_with_all(basemap.extent, study, hexes)),
        layers=layers,
        hexes=hexes,
        hex_zone=zone,
        demand=daily_visits(study).sum(axis=0),
        attribution=" · ".join(line for line in lines if line),
    )


def _areas(study: Study) -> list[bytes]:
    """Return the zones' polygons; a zone given as a point is drawn as a disc that does not touch its neighbours."""
    shapes = shapely.from_wkb(np.array(study.zones.geometry, dtype=object))
    points = shapely.get_type_id(shapes) == 0
    if points.any():
        x, y = study.zones.x, study.zones.y
        apart = np.hypot(x[:, None] - x, y[:, None] - y)
        np.fill_diagonal(apart, np.inf)
        nearest = float(np.median(apart.min(axis=1)))
        radius = 0.42 * nearest if np.isfinite(nearest) and nearest > 0 else 50.0
        shapes = np.where(points, shapely.buffer(shapes, radius), shapes)
    return list(shapely.to_wkb(shapes))


def _with_all(
    extent: tuple[float, float, float, float], study: Study, areas: Sequence[NDArray[np.float64]]
) -> tuple[float, float, float, float]:
    """Return the extent, widened to the drawn zones and to the sites that anybody can reach."""
    near = np.atleast_1d((study.travel.minutes <= study.rules.reach).any(axis=0)).tolist()
    x = [site.x for site, is_near in zip(study.sites, near, strict=True) if is_near]
    y = [site.y for site, is_near in zip(study.sites, near, strict=True) if is_near]
    corners = np.concatenate(areas) if areas else np.zeros((0, 2))
    x, y = [*x, *corners[:, 0].tolist()], [*y, *corners[:, 1].tolist()]
    xmin, ymin, xmax, ymax = extent
    return min([xmin, *x]), min([ymin, *y]), max([xmax, *x]), max([ymax, *y])


def _square_up(extent: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Return the extent with a margin, widened where it is thinner than 1:2.2 either way."""
    xmin, ymin, xmax, ymax = extent
    width, height = (xmax - xmin) * (1 + 2 * PAD), (ymax - ymin) * (1 + 2 * PAD)
    width, height = max(width, height / 2.2, 1.0), max(height, width / 2.2, 1.0)
    x, y = (xmin + xmax) / 2, (ymin + ymax) / 2
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _rings(geometry: Sequence[bytes]) -> tuple[list[NDArray[np.float64]], NDArray[np.int64]]:
    """Return the rings and lines of geometries and the position of the geometry that each belongs to."""
    if not geometry:
        return [], np.zeros(0, dtype=np.int64)
    parts, owner = shapely.get_parts(shapely.from_wkb(np.array(geometry, dtype=object)), return_index=True)
    polygons = shapely.get_type_id(parts) == 3
    rings = np.where(polygons, shapely.get_exterior_ring(parts), parts)
    points, index = shapely.get_coordinates(rings, return_index=True)
    edges = np.searchsorted(index, np.arange(len(rings) + 1))
    return [points[a:b] for a, b in pairwise(edges)], owner


def draw_maps(
    below: Ground, panels: Sequence[Panel], legend: Sequence[Entry], words: MapWords, *, columns: int
) -> Figure:
    """
    Return a figure of maps side by side with one legend.

    Parameters
    ----------
    below
        What lies below the outlets.
    panels
        The maps.
    legend
        ``(marker, colour, label)`` of each entry; the marker ``x`` is a cross with a halo.
    words
        Words on the maps.
    columns
        Maps in a row.
    """
    width = 9.6 / columns
    rows = math.ceil(len(panels) / columns)
    foot = 0.47 + 0.19 * math.ceil(len(legend) / LEGEND_COLUMNS)
    head = 0.3
    map_height = width * 0.985 * below.aspect
    height = rows * (map_height + head) + foot
    figure = Figure(figsize=(9.6, height))
    for position, panel in enumerate(panels):
        row, column = divmod(position, columns)
        bottom = height - (row + 1) * (map_height + head)
        axes = figure.add_axes(
            ((column * width + 0.0075 * width) / 9.6, bottom / height, 0.985 * width / 9.6, map_height / height)
        )
        _draw_panel(axes, below, panel, words, width * 0.985 * POINTS, HEAVY // len(panels))
    draw_legend(figure, legend, words, below.attribution, foot / height)
    return figure


def _draw_panel(axes: Axes, below: Ground, panel: Panel, words: MapWords, width: float, most: int) -> None:
    """Draw one map; ``width`` is its width in points, ``most`` the vertices of a layer that stays a drawing."""
    xmin, ymin, xmax, ymax = below.extent
    axes.set(xlim=(xmin, xmax), ylim=(ymin, ymax), xticks=[], yticks=[], aspect="equal")
    axes.set_title(panel.title, fontsize=9.5, fontweight="bold", color=INK, pad=5)
    for spine in axes.spines.values():
        spine.set(visible=True, color="#c9c9c9", linewidth=0.6)
    _draw_ground(axes, below, most)
    if panel.idle:
        x, y = zip(*panel.idle, strict=True)
        axes.scatter(x, y, s=9, facecolor="white", edgecolor="#8a8a8a", linewidth=0.7, zorder=4)
    smaller = min(1.0, width / FULL_WIDTH)
    _draw_marks(axes, [replace(mark, scale=smaller) for mark in panel.marks], width / (xmax - xmin))
    draw_scale(axes, below.extent, words)


def _draw_ground(axes: Axes, below: Ground, most: int) -> None:
    """Draw water, parks, demand, rails and streets."""
    heavy = {name: sum(map(len, rings)) > most for name, rings in below.layers.items()}
    for name, colour, alpha in (("parks", PARK, 0.75), ("water", WATER, 1.0)):
        shapes = PolyCollection(below.layers[name], facecolor=colour, edgecolor="none", alpha=alpha, zorder=1.5)
        shapes.set_rasterized(heavy[name])
        axes.add_collection(shapes)
    values = below.demand[below.hex_zone]
    wished = [ring for ring, value in zip(below.hexes, values, strict=True) if value > 0]
    hexes = PolyCollection(wished, edgecolor="white", linewidth=0.3, zorder=1, cmap=DEMAND)
    hexes.set_norm(demand_scale(below.demand))
    hexes.set_array(values[values > 0])
    hexes.set_rasterized(sum(map(len, below.hexes)) > most)
    axes.add_collection(hexes)
    for name, colour, line, dash in (("rails", RAIL, 0.4, (0, (4, 2))), ("streets", STREET, 0.55, "solid")):
        lines = LineCollection(below.layers[name], colors=colour, linewidths=line, linestyles=[dash], zorder=2)
        lines.set_rasterized(heavy[name])
        axes.add_collection(lines)


def _draw_marks(axes: Axes, marks: Sequence[Mark], scale: float) -> None:
    """Draw the outlets, large ones first; ``scale`` is points per metre."""
    order = sorted(range(len(marks)), key=lambda i: (not marks[i].closed, -marks[i].diameter, marks[i].x, marks[i].y))
    marks = [marks[i] for i in order]
    true = np.array([(mark.x, mark.y) for mark in marks]).reshape(-1, 2)
    placed = true + _moved_aside(true * scale, np.array([mark.diameter for mark in marks])) / scale
    for mark, home, (x, y) in zip(marks, true, placed, strict=True):
        if np.hypot(x - home[0], y - home[1]) * scale > 0.35 * mark.diameter:
            axes.plot([home[0], x], [home[1], y], color=INK, linewidth=0.5, zorder=4.5)
            axes.plot(*home, marker=".", markersize=2, color=INK, zorder=4.5)
        if mark.closed:
            thick = mark.scale * (2.1 if mark.option.counters else 1.3)
            axes.plot(
                x,
                y,
                marker="x",
                markersize=mark.diameter,
                markeredgewidth=thick,
                color=mark.colour,
                path_effects=[withStroke(linewidth=thick + 2.0, foreground="white")],
                zorder=5,
            )
            continue
        axes.plot(
            x,
            y,
            marker=mark.shape,
            markersize=mark.diameter,
            color=mark.colour,
            markeredgecolor="white",
            markeredgewidth=0.8,
            zorder=6,
        )
        if mark.option.counters:
            label = f"{mark.option.counters}+{mark.option.terminals}"
            axes.text(
                x,
                y,
                label,
                fontsize=5.4 * mark.scale,
                color="white",
                weight="bold",
                ha="center",
                va="center_baseline",
                zorder=7,
            )
        elif mark.option.terminals > 1:
            axes.text(
                x,
                y,
                str(mark.option.terminals),
                fontsize=5.0 * mark.scale,
                color="white",
                ha="center",
                va="center_baseline",
                zorder=7,
            )


def _moved_aside(places: NDArray[np.float64], diameters: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Return shifts in points that keep markers from hiding one another, shape ``(n, 2)``.

    Neighbours push each other apart in equal parts; nobody moves further than two of its diameters.
    """
    count = len(places)
    shift = np.zeros((count, 2))
    if not 1 < count <= CROWDED:
        return shift
    least = 0.46 * (diameters[:, None] + diameters[None, :]) + 0.8
    turn = np.arange(count) * 2.399963  # the golden angle: co-located sites part in different directions
    nudge = 1e-3 * np.column_stack([np.cos(turn), np.sin(turn)])
    for _ in range(60):
        now = places + shift + nudge
        apart = now[:, None, :] - now[None, :, :]
        distance = np.hypot(apart[..., 0], apart[..., 1])
        np.fill_diagonal(distance, np.inf)
        push = np.clip(least - distance, 0.0, None)
        if push.max() < 0.1:
            break
        shift += 0.35 * (apart / distance[..., None] * push[..., None]).sum(axis=1)
        length = np.hypot(shift[:, 0], shift[:, 1])
        shift *= np.minimum(1.0, 2.0 * diameters / np.maximum(length, 1e-9))[:, None]
    return shift
