"""Roads of an OpenStreetMap extract (``.osm.pbf``)."""

from __future__ import annotations

import importlib
import warnings
import zlib
from pathlib import Path
from types import ModuleType

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from netsim.errors import EnvironmentFaultError
from netsim.files import PathError, read_bytes, refuse_url
from netsim.geo.crs import WGS84
from netsim.geo.layer_errors import LayerError, one_line
from netsim.geo.road_arcs import RoadArcs, RoadEdges, along_both, geodesic_steps, in_metres, positions_of
from netsim.geo.road_tags import class_speeds, classes_of, osm_one_way, speeds_of, texts

PYROSM_NETWORKS = {"walk": "walking", "drive": "driving"}
"""
What pyrosm calls the networks. Its filters leave out what is closed to the mode by OpenStreetMap's order of access tags
(``foot``; ``motorcar``, ``motor_vehicle``, ``vehicle``; then ``access``: no or private), motorways for walkers, and for
cars footways, paths, tracks and service roads.
"""

_TAGS = ["highway", "oneway", "junction", "maxspeed"]
_HEADER = b"OSMHeader"
_HEADER_WITHIN = 64
"""Every extract names its first block within so many bytes."""


def osm_arcs(path: Path, mode: str, crs: str | None) -> RoadArcs:
    """
    Return the arcs of an extract; see ``netsim.geo.roads.read_osm``.

    Parameters
    ----------
    path
        A file on this machine.
    mode
        ``walk`` or ``drive``.
    crs
        Projected CRS; None for the UTM zone of the extract.

    Raises
    ------
    LayerError
        If the file cannot be read or holds no such road.
    EnvironmentFaultError
        If the extra ``osm`` is not installed.
    """
    where = str(path)
    nodes, ways = _read_network(path, mode)
    ids = nodes["id"].to_numpy(dtype=np.int64)
    order = np.argsort(ids)
    ids, lonlat = ids[order], nodes[["lon", "lat"]].to_numpy(dtype=np.float64)[order]
    ends = positions_of(ids, ways[["u", "v"]].to_numpy(dtype=np.int64), where)
    # pyrosm cuts ways at every node: each piece is straight.
    metres = geodesic_steps(lonlat[ends[:, 0]], lonlat[ends[:, 1]])
    classes = classes_of(texts(ways["highway"]))
    neither = np.zeros(len(ways), dtype=bool)
    kmh, directions = np.full(len(ways), np.nan), (neither, neither)
    if mode == "drive":
        signed = speeds_of(texts(ways["maxspeed"])) if "maxspeed" in ways else kmh
        kmh, directions = np.where(np.isnan(signed), class_speeds(classes), signed), osm_one_way(ways)
    moved = in_metres(gpd.GeoDataFrame(geometry=shapely.points(lonlat), crs=WGS84), crs, where)
    return along_both(moved, ids, RoadEdges(ends, metres, kmh, classes), *directions)


def _read_network(path: Path, mode: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Nodes and straight pieces of road of an extract; its faults come as one line."""
    where = str(path)
    if mode not in PYROSM_NETWORKS:
        raise LayerError(where, f"cannot read roads for {mode!r} (known: {', '.join(PYROSM_NETWORKS)})")
    try:
        refuse_url(where)
        start = read_bytes(path)[:_HEADER_WITHIN]
    except PathError as fault:
        raise LayerError(where, str(fault)) from fault
    if not path.name.endswith(".pbf"):
        raise LayerError(where, "an OpenStreetMap extract ends in .osm.pbf")
    pyrosm, damage = _pyrosm(where)
    if _HEADER not in start:
        raise LayerError(where, "no OpenStreetMap extract that can be read (it does not begin with a header)")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # an empty network is refused below
            # Its other engine keeps results in a folder for temporary files and would give them without reading.
            osm = pyrosm.OSM(where, engine="in_memory", keep_metadata=False, progress=False)
            nodes, ways = osm.get_network(PYROSM_NETWORKS[mode], nodes=True, tags_to_keep=_TAGS)
    except damage as fault:
        message = f"no OpenStreetMap extract that can be read ({one_line(fault)})"
        raise LayerError(where, f"{message}; download it anew") from fault
    if ways is None or nodes is None or not len(ways):
        raise LayerError(where, f"the extract holds no roads for {mode!r}")
    return nodes, ways


def _pyrosm(where: str) -> tuple[ModuleType, tuple[type[Exception], ...]]:
    """Return pyrosm and the errors by which it tells that a file is damaged."""
    try:
        pyrosm = importlib.import_module("pyrosm")
        decoding = importlib.import_module("google.protobuf.message").DecodeError
        reading = importlib.import_module("pyrosm.exceptions").PBFException
    except ImportError as fault:
        message = f"{where}: reading an OpenStreetMap extract needs the extra osm: pip install netsim[osm]"
        raise EnvironmentFaultError(message) from fault
    return pyrosm, (decoding, reading, zlib.error, ValueError, KeyError, IndexError, OSError, EOFError)
