"""The plan as a GeoPackage for a desktop GIS, the same bytes for the same plan."""

from __future__ import annotations

import math
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
from numpy.typing import NDArray
from pyogrio import raw

from netsim.model.result import RunResult, SiteResult
from netsim.model.service import Lane
from netsim.model.study import Study
from netsim.report.flows import daily_visits
from netsim.report.labels import site_verdict
from netsim.report.workbook import plain

CLOCK = "2000-01-01T00:00:00.000Z"
"""What GDAL writes as the time of the last change."""


def write_geopackage(path: Path, run: RunResult, study: Study) -> None:
    """
    Write the layers ``sites`` (points) and ``zones`` (polygons) in the study's CRS.

    Parameters
    ----------
    path
        The file; an older one is replaced.
    run, study
        The plan and what it was made for.
    """
    path.unlink(missing_ok=True)
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": CLOCK})
    try:
        _write_layer(path, "sites", "Point", study.zones.crs, _points(run), _site_fields(run))
        zones = np.array(study.zones.geometry, dtype=object)
        _write_layer(path, "zones", "Unknown", study.zones.crs, zones, _zone_fields(run, study), append=True)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _write_layer(
    path: Path,
    layer: str,
    shape: str,
    crs: str,
    geometry: NDArray[np.object_],
    fields: dict[str, NDArray[Any]],
    *,
    append: bool = False,
) -> None:
    """Write one layer."""
    raw.write(
        str(path),
        geometry=geometry,
        field_data=list(fields.values()),
        fields=list(fields),
        layer=layer,
        driver="GPKG",
        geometry_type=shape,
        crs=crs,
        append=append,
    )


def _points(run: RunResult) -> NDArray[np.object_]:
    """Return the sites as WKB points."""
    points = np.empty(len(run.sites), dtype=object)
    points[:] = [struct.pack("<BIdd", 1, 1, site.x, site.y) for site in run.sites]
    return points


def _words(values: list[str]) -> NDArray[np.object_]:
    """Return a text column."""
    column = np.empty(len(values), dtype=object)
    column[:] = [plain(value) for value in values]
    return column


def _site_fields(run: RunResult) -> dict[str, NDArray[Any]]:
    """Return the columns of the layer of sites."""
    sites = run.sites
    fields: dict[str, NDArray[Any]] = {
        "id": _words([site.id for site in sites]),
        "name": _words([site.name for site in sites]),
        "kind": _words([site.kind for site in sites]),
        "brand": _words([site.brand for site in sites]),
        "decision": _words([site.action for site in sites]),
        "format_today": _words([site.today.format if site.today else "" for site in sites]),
        "format": _words([site.option.format if site.option else "" for site in sites]),
        "hours": _words([site.option.pattern if site.option else "" for site in sites]),
        "counters": np.array([site.option.counters if site.option else 0 for site in sites], dtype=np.int64),
        "terminals": np.array([site.option.terminals if site.option else 0 for site in sites], dtype=np.int64),
        "visits_per_day": np.array([site.visits for site in sites], dtype=np.float64),
        "cost_per_year": np.array([site.cost for site in sites], dtype=np.float64),
        "verdict": _words([site_verdict(site) if site.lanes else "" for site in sites]),
    }
    lanes: tuple[Lane, ...] = ("counter", "terminal")
    for lane in lanes:
        for column in ("load", "capacity", "share_in_time", "half_width", "wait_p90"):
            fields[f"{lane}_{column}"] = np.array([_lane_value(site, lane, column) for site in sites])
    return fields


def _lane_value(site: SiteResult, lane: Lane, column: str) -> float:
    """Return one figure of a lane; NaN (a null in the file) where the outlet has no such lane."""
    found = next((item for item in site.lanes if item.lane == lane), None)
    value = float(getattr(found, column)) if found else math.nan
    return value if math.isfinite(value) else math.nan


def _zone_fields(run: RunResult, study: Study) -> dict[str, NDArray[Any]]:
    """Return the columns of the layer of zones: people by layer, wished visits, share that has an outlet."""
    daily = daily_visits(study)
    assigned = np.zeros_like(daily)
    shares = run.plan.shares
    np.add.at(assigned, (shares.task, shares.zone), shares.share)
    total = daily.sum(axis=0)
    reached = np.divide((daily * assigned).sum(axis=0), total, out=np.zeros(len(total)), where=total > 0)
    fields: dict[str, NDArray[Any]] = {"id": _words(list(study.zones.ids))}
    for layer, people in study.zones.people.items():
        name = f"people_{re.sub(r'[^0-9a-z_]+', '_', layer.lower())}"
        fields[_free(name, fields)] = np.array(people, dtype=np.float64)
    fields["visits_per_day"] = total
    fields["share_with_outlet"] = reached
    return fields


def _free(name: str, taken: dict[str, NDArray[Any]]) -> str:
    """Return a column name that is not taken yet."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free
