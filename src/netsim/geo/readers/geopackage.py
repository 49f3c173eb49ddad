"""GeoPackage, through GDAL."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pyogrio

from netsim.files import read_bytes
from netsim.geo.layer_errors import LayerError, one_line
from netsim.geo.readers.catalogue import READERS, RawLayer, Request

_MAGIC = b"SQLite format 3\0"


def read_geopackage(path: Path, request: Request) -> RawLayer:
    """Read a GeoPackage; the magic number keeps GDAL from taking the file for a virtual format."""
    where, layer = request.where, request.layer
    if not read_bytes(path).startswith(_MAGIC):
        raise LayerError(where, "not a GeoPackage")
    try:
        names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        if layer is None and len(names) != 1:
            raise LayerError(where, f"holds {len(names)} map layers ({', '.join(names)}); say which one to read")
        if layer is not None and layer not in names:
            raise LayerError(where, f"has no layer {layer!r} (it has {', '.join(names)})")
        frame: gpd.GeoDataFrame = pyogrio.read_dataframe(path, layer=layer or names[0])
    except pyogrio.errors.DataSourceError as fault:
        raise LayerError(where, f"not a GeoPackage ({one_line(fault)})") from fault
    return RawLayer(frame)


READERS.register(".gpkg")(read_geopackage)
