"""Readers of map layers, one format a file."""

from netsim.geo.readers import delimited, geojson, geopackage, geoparquet, shapefile, workbook
from netsim.geo.readers.catalogue import READERS, RawLayer, Reader, Request

__all__ = [
    "READERS",
    "RawLayer",
    "Reader",
    "Request",
    "delimited",
    "geojson",
    "geopackage",
    "geoparquet",
    "shapefile",
    "workbook",
]
