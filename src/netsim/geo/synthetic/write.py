"""A synthetic city as files that a scenario reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from netsim.geo.layers import write_layer
from netsim.geo.synthetic.city import City
from netsim.geo.synthetic.ground import CRS
from netsim.geo.synthetic.measure import city_figures
from netsim.geo.synthetic.streets import CLASSES, KMH
from netsim.geo.synthetic.targets import TOLERANCE, targets
from netsim.geo.zones import Zones

EVIDENCE = "synthetic"
WHOLE = ("population", "jobs", "day", "night", "census")
"""Columns that hold whole numbers."""


def write_city(city: City, folder: Path) -> list[Path]:
    """
    Write a city; the same city gives the same bytes.

    ``zones.parquet`` (hexagons with people and jobs), ``cells.parquet`` (those of 0.09 km2, where others were asked
    for), ``road_nodes.parquet`` and ``road_edges.parquet``, ``sites.parquet``, and ``city.json`` with what the city
    measures beside its rows. Every row says ``evidence``: synthetic. The folder is made if it is not there.

    Parameters
    ----------
    city
        The city.
    folder
        Where the files go; files of these names are replaced.

    Returns
    -------
    list of Path
        The files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    layers = {"zones": _hexagons(city.zones)}
    if city.zones is not city.cells:
        layers["cells"] = _hexagons(city.cells)
    layers |= {"road_nodes": _nodes(city), "road_edges": _edges(city), "sites": _sites(city)}
    paths = []
    for name, layer in layers.items():
        paths.append(folder / f"{name}.parquet")
        write_layer(layer, paths[-1])
    paths.append(folder / "city.json")
    paths[-1].write_text(json.dumps(city_report(city), indent=1) + "\n", encoding="utf-8")
    return paths


def city_report(city: City) -> dict[str, Any]:
    """
    Return what a city is and what it measures beside the rows that it is held to.

    Parameters
    ----------
    city
        The city.
    """
    found = city_figures(city)
    rows = {
        name: {"value": round(found[name], 6), "row": round(row, 6), "holds": abs(found[name] / row - 1.0) <= TOLERANCE}
        for name, row in targets(city.like).items()
    }
    return {
        "like": city.like,
        "seed": city.seed,
        "people": city.people,
        "km2": round(city.km2, 6),
        "crs": CRS,
        "evidence": EVIDENCE,
        "note": "Nothing of this city is real; it lies in the Gulf of Guinea.",
        "tolerance": TOLERANCE,
        "rows": rows,
    }


def _hexagons(zones: Zones) -> gpd.GeoDataFrame:
    """Hexagons with their columns."""
    columns = {name: values.astype(np.int64) if name in WHOLE else values for name, values in zones.columns.items()}
    return gpd.GeoDataFrame({"id": zones.ids, **columns, "evidence": EVIDENCE}, geometry=zones.shapes(), crs=zones.crs)


def _nodes(city: City) -> gpd.GeoDataFrame:
    """Junctions, numbered from 0."""
    xy = city.streets.xy
    return gpd.GeoDataFrame(
        {"id": np.arange(len(xy)), "evidence": EVIDENCE}, geometry=shapely.points(xy), crs=city.cells.crs
    )


def _edges(city: City) -> gpd.GeoDataFrame:
    """Roads between junctions, drawn straight; ``length`` is that along their bends."""
    streets = city.streets
    return gpd.GeoDataFrame(
        {
            "u": streets.ends[:, 0],
            "v": streets.ends[:, 1],
            "length": streets.metres,
            "kmh": np.array(KMH)[streets.road_class],
            "highway": np.array(CLASSES, dtype=object)[streets.road_class],
            "oneway": streets.oneway,
            "evidence": EVIDENCE,
        },
        geometry=shapely.linestrings(streets.xy[streets.ends]),
        crs=city.cells.crs,
    )


def _sites(city: City) -> gpd.GeoDataFrame:
    """Sites with their numeric columns."""
    sites = city.sites
    columns = {"id": sites.id, "kind": sites.kind, "name": sites.name, "brand": sites.brand}
    return gpd.GeoDataFrame(
        {**columns, **sites.columns, "evidence": sites.evidence},
        geometry=shapely.points(sites.x, sites.y),
        crs=sites.crs,
    )
