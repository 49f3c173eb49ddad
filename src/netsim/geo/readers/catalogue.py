"""What a reader of map layers is, and the table of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd

from netsim.geo.layer_errors import LayerError
from netsim.registry import Registry


@dataclass(frozen=True, slots=True)
class Request:
    """
    What is asked of a reader.

    Parameters
    ----------
    where
        How the file is called in messages.
    crs
        CRS or datum that the user declares, None for none.
    layer
        Layer of a GeoPackage, sheet of a workbook or shapefile of an archive; None for the only one.
    """

    where: str
    crs: str | None = None
    layer: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RawLayer:
    """
    A layer as it stands in a file.

    Parameters
    ----------
    frame
        Columns and shapes; without CRS where the file states none.
    encoding
        Encoding of the texts, by the name that Python has for it.
    notes
        What the user should know.
    cut
        Columns whose names may have been cut by the format.
    """

    frame: gpd.GeoDataFrame
    encoding: str = "utf-8"
    notes: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()


Reader = Callable[[Path, Request], RawLayer]
"""Reads one file, which it opens through ``netsim.files``; raises ``LayerError`` or ``PathError``."""

READERS: Registry[Reader] = Registry("map layer format")
"""Readers of map layers by the ending of the file: the parts of the catalogue."""


def refuse_layer(request: Request) -> None:
    """Refuse the name of a layer for a file of a kind that holds only one."""
    if request.layer is not None:
        raise LayerError(request.where, f"a file of this kind holds one layer without a name, not {request.layer!r}")
