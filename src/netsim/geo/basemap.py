"""What a map is drawn on: streets, water, parks, rails."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import shapely

from netsim.geo.layers import LayerError, project, read_layer
from netsim.model.study import Basemap

BASEMAP_LAYERS = ("streets", "water", "parks", "rails")


def read_basemap(
    paths: Mapping[str, Path], crs: str, extent: tuple[float, float, float, float], attribution: str
) -> Basemap:
    """
    Read the layers below a map and keep what meets its extent.

    Parameters
    ----------
    paths
        Layer name (``streets``, ``water``, ``parks``, ``rails``) -> file; a layer that is absent stays
        empty.
    crs
        Projected CRS of the map.
    extent
        ``(xmin, ymin, xmax, ymax)`` in metres of ``crs``.
    attribution
        Line that every map has to carry.

    Raises
    ------
    LayerError
        If there is no such layer or a file cannot be used.
    """
    frame = shapely.box(*extent)
    layers: dict[str, tuple[bytes, ...]] = {}
    for name, path in paths.items():
        if name not in BASEMAP_LAYERS:
            near = difflib.get_close_matches(name, BASEMAP_LAYERS, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise LayerError("basemap", f"unknown layer {name!r}{hint} (known: {', '.join(BASEMAP_LAYERS)})")
        shapes = np.asarray(project(read_layer(path), crs, str(path)).geometry.array)
        layers[name] = tuple(shapely.to_wkb(shapes[shapely.intersects(shapes, frame)]))
    return Basemap(crs=crs, extent=extent, attribution=attribution, **layers)
