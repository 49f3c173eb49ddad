"""A picture of one map layer: shapes, a colour scale, a scale bar."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from netsim.model.layer_picture import LayerPicture
from netsim.report.fonts import choose_fonts
from netsim.report.map_frame import CLIP, MapWords, draw_scale
from netsim.report.style import INK, MUTED, Pen, draw
from netsim.text import Language, Text

COLOURS = "viridis_r"
NOTHING = "#e4e4e4"
"""Colour of shapes without a value."""
PLAIN = "#5b7fa6"
MANY = 5000
"""Polygons from which on borders would hide what is between them."""
WIDTH = 8.0
MARGIN = 0.04


def write_layer_map(picture: LayerPicture, out: Path, *, title: str, language: Language) -> str | None:
    """
    Draw a layer into a PNG; return a warning where a font is missing, else None.

    Parameters
    ----------
    picture
        What is drawn.
    out
        The file, overwritten.
    title
        Heading.
    language
        ``en`` or ``zh``.
    """
    fonts = choose_fonts(language)
    pen = Pen(Text(fonts.language, "EUR"), fonts)
    made = draw(out.stem, fonts, lambda: _figure(picture, title, pen), title, "")
    out.write_bytes(made.png)
    return fonts.warning


def _figure(picture: LayerPicture, title: str, pen: Pen) -> Figure:
    shapes = shapely.from_wkb(np.array(picture.geometry, dtype=object))
    xmin, ymin, xmax, ymax = _extent(shapes)
    height = WIDTH * (ymax - ymin) / (xmax - xmin)
    figure = Figure(figsize=(WIDTH, height + 0.9))
    axes = figure.add_axes((0.01, 0.55 / (height + 0.9), 0.98, height / (height + 0.9)))
    axes.set(xlim=(xmin, xmax), ylim=(ymin, ymax), xticks=[], yticks=[], aspect="equal")
    axes.set_title(pen.label(title, "layer"), fontsize=10, fontweight="bold", color=INK, pad=5)
    for spine in axes.spines.values():
        spine.set(visible=True, color="#c9c9c9", linewidth=0.6)
    norm = None if picture.values is None else _norm(picture.values)
    _draw_shapes(axes, shapes, picture.values, norm)
    words = MapWords("", pen.text("map.north"), pen.text("unit.m"), pen.text("unit.km"))
    draw_scale(axes, (xmin, ymin, xmax, ymax), words)
    if norm is not None:
        bar = figure.add_axes((0.03, 0.3 / (height + 0.9), 0.4, 0.12 / (height + 0.9)))
        figure.colorbar(ScalarMappable(norm, COLOURS), cax=bar, orientation="horizontal", extend="max")
        bar.tick_params(labelsize=7)
        figure.text(0.46, 0.33 / (height + 0.9), pen.label(picture.label, "value"), fontsize=8, color=INK)
    figure.text(0.99, 0.08 / (height + 0.9), picture.crs, fontsize=6, ha="right", color=MUTED)
    return figure


def _extent(shapes: NDArray[np.object_]) -> tuple[float, float, float, float]:
    """Return the extent with a margin, never thinner than one to three."""
    xmin, ymin, xmax, ymax = shapely.total_bounds(shapes)
    width, height = max(xmax - xmin, (ymax - ymin) / 3.0, 100.0), max(ymax - ymin, (xmax - xmin) / 3.0, 100.0)
    x, y, grow = (xmin + xmax) / 2.0, (ymin + ymax) / 2.0, 0.5 + MARGIN
    return x - grow * width, y - grow * height, x + grow * width, y + grow * height


def _norm(values: NDArray[np.float64]) -> Normalize:
    """Return the colour scale, cut off where a few shapes would take all of it."""
    known = values[np.isfinite(values)]
    if not len(known):
        return Normalize(0.0, 1.0)
    low, high = float(known.min()), float(np.percentile(known, CLIP))
    return Normalize(low, high if high > low else low + 1.0, clip=True)


def _draw_shapes(
    axes: Axes, shapes: NDArray[np.object_], values: NDArray[np.float64] | None, norm: Normalize | None
) -> None:
    """Draw polygons, lines and points, each kind at once."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    kind = shapely.get_type_id(parts)
    mapped = None if norm is None or values is None else ScalarMappable(norm, COLOURS)

    def colours(rows: NDArray[np.bool_]) -> NDArray[np.float64] | str:
        if mapped is None or values is None:
            return PLAIN
        own = values[owner[rows]]
        found = np.asarray(mapped.to_rgba(np.nan_to_num(own)))
        found[np.isnan(own)] = (*(int(NOTHING[place : place + 2], 16) / 255.0 for place in (1, 3, 5)), 1.0)
        return found

    areas, lines, points = kind == 3, (kind == 1) | (kind == 2), kind == 0
    if areas.any():
        rings = _coordinates(shapely.get_exterior_ring(parts[areas]))
        edge = "white" if areas.sum() < MANY else "face"
        axes.add_collection(
            PolyCollection(rings, facecolor=colours(areas), edgecolor=edge, linewidth=0.25, rasterized=True)
        )
    if lines.any():
        axes.add_collection(
            LineCollection(_coordinates(parts[lines]), colors=colours(lines), linewidth=0.5, rasterized=True)
        )
    if points.any():
        size = float(np.clip(4000.0 / points.sum(), 1.5, 28.0))
        spots = shapely.get_coordinates(parts[points])
        axes.scatter(
            spots[:, 0], spots[:, 1], s=size, c=colours(points), edgecolor="white", linewidth=0.2, rasterized=True
        )


def _coordinates(lines: Sequence[object]) -> list[NDArray[np.float64]]:
    """Return the points of each line or ring."""
    points, index = shapely.get_coordinates(lines, return_index=True)
    edges = np.searchsorted(index, np.arange(len(lines) + 1))
    return [points[a:b] for a, b in pairwise(edges)]
