"""GeoJSON, by RFC 7946 and as it was written before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from netsim.files import DATA_LIMIT, read_text
from netsim.geo.crs import WGS84, declared_crs, parse_crs
from netsim.geo.layer_errors import LayerError, one_line
from netsim.geo.readers.catalogue import READERS, RawLayer, Request, refuse_layer


def read_geojson(path: Path, request: Request) -> RawLayer:
    """Read a feature collection; RFC 7946 knows EPSG:4326 alone, older files name their CRS."""
    refuse_layer(request)
    where = request.where
    try:
        document: Any = json.loads(read_text(path, DATA_LIMIT))
    except (json.JSONDecodeError, RecursionError) as fault:
        raise LayerError(where, f"not a GeoJSON file ({one_line(fault)})") from fault
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise LayerError(where, "not a GeoJSON feature collection")
    features = document.get("features") or []
    if not features:
        raise LayerError(where, "the layer has no rows")
    try:
        named = document["crs"]["properties"]["name"] if document.get("crs") else None
        if any("geometry" in (feature.get("properties") or {}) for feature in features):
            raise LayerError(where, "a property is named 'geometry'; give it another name")
        frame = gpd.GeoDataFrame.from_features(features)
    except (KeyError, TypeError, AttributeError, ValueError, shapely.errors.ShapelyError) as fault:
        raise LayerError(where, f"not a GeoJSON file ({one_line(fault)})") from fault
    ids = [feature.get("id") for feature in features]
    if "id" not in frame and all(name is not None for name in ids):
        frame.insert(0, "id", ids)
    # A declared CRS fills the gap: files in metres without the old member are common.
    crs = parse_crs(named, where) if named is not None else declared_crs(request.crs or WGS84, where)[0]
    return RawLayer(frame.set_crs(crs))


for _ending in (".geojson", ".json"):
    READERS.register(_ending)(read_geojson)
