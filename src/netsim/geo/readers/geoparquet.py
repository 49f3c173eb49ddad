"""GeoParquet, through pyarrow."""

from __future__ import annotations

import io
from pathlib import Path

import geopandas as gpd

from netsim.files import read_bytes
from netsim.geo.layer_errors import LayerError, one_line
from netsim.geo.readers.catalogue import READERS, RawLayer, Request, refuse_layer


def read_geoparquet(path: Path, request: Request) -> RawLayer:
    """Read a GeoParquet file; a named index becomes a column."""
    refuse_layer(request)
    try:
        frame = gpd.read_parquet(io.BytesIO(read_bytes(path)))
    except (ValueError, OSError) as fault:
        raise LayerError(request.where, f"not a GeoParquet file ({one_line(fault)})") from fault
    return RawLayer(frame.reset_index(drop=frame.index.names == [None]))


for _ending in (".parquet", ".geoparquet"):
    READERS.register(_ending)(read_geoparquet)
