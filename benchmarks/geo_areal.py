"""
Measures areal interpolation: mass kept, time beside tobler, and how far off area, roads and shops are in a real city.

``--json`` prints a list of records ``{"name", "value", "unit", "goal", "peer", "holds", "note"}``. Real data are read
below ``NETSIM_DATA`` where that is set.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from measuring import Record, calibration, record, report
from netsim.geo.ancillary import Ancillary, MixedWeights, ObjectWeights
from netsim.geo.areal import areal_interpolation
from netsim.geo.h3_zones import h3_zones, zones_from_h3
from netsim.geo.layers import read_layer
from netsim.geo.zones import Zones, hex_zones

CRS = "EPSG:31982"
MIDDLE = (478_000.0, 6_670_000.0)
RADIUS = 11_500.0
"""Radius of the made-up city, metres: 415 km2."""
SOURCES = 400
REPEATS = 5
"""Runs of each engine, in turn; the quickest counts."""
FACTOR = 0.5
"""Share of tobler's time that is allowed."""
EXACT = 1e-9
STREETS_WITH_HOUSES = ("residential", "living_street", "tertiary", "secondary")
DISTRICTS = 4


def nowhere(_note: str) -> None:
    """Take notes that nobody reads."""


def city() -> gpd.GeoDataFrame:
    """Return about 400 source zones: cells of random points in a circle, with crooked borders and log-normal totals."""
    rng = np.random.default_rng(1)
    angle, away = rng.uniform(0.0, 2.0 * np.pi, SOURCES), RADIUS * np.sqrt(rng.uniform(0.0, 1.0, SOURCES))
    spots = np.column_stack([away * np.cos(angle), away * np.sin(angle)]) + MIDDLE
    circle = shapely.Point(*MIDDLE).buffer(RADIUS)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(spots), extend_to=circle))
    cells = shapely.segmentize(shapely.intersection(np.asarray(cells), circle), 80.0)

    def bend(points: np.ndarray) -> np.ndarray:
        east, north = (points - MIDDLE).T
        shift = [np.sin(north / 90.0) * np.cos(east / 70.0), np.cos(east / 110.0 + north / 50.0)]
        # As stored maps have it: neighbours' corners are the same to the last digit.
        return np.round(points + 25.0 * np.column_stack(shift), 3)

    crooked = shapely.make_valid(shapely.transform(cells, bend))
    return gpd.GeoDataFrame({"people": rng.lognormal(7.0, 1.0, len(crooked))}, geometry=crooked, crs=CRS)


def seconds_of(run: Callable[[], object]) -> float:
    """Return CPU seconds of one run."""
    start = time.process_time()
    run()
    return time.process_time() - start


def mass_and_time(name: str, sources: gpd.GeoDataFrame) -> Iterator[Record]:
    """Measure the mass kept at H3 7 to 10, and the time at 10 beside tobler."""
    worst, counts = 0.0, []
    for resolution in (7, 8, 9, 10):
        zones = h3_zones(sources, resolution, CRS)
        made = areal_interpolation(sources, zones, extensive=["people"], tell=nowhere).zones.columns["people"]
        worst = max(worst, abs(float(np.nansum(made)) / float(sources["people"].sum()) - 1.0))
        counts.append(len(zones))
    note = f"{len(sources)} sources to {', '.join(map(str, counts))} cells"
    yield record(f"areal_mass_{name}", worst, "share", f"<= {EXACT:g}", holds=worst <= EXACT, note=note)
    yield from beside_tobler(name, sources, zones)


def beside_tobler(name: str, sources: gpd.GeoDataFrame, zones: Zones) -> Iterator[Record]:
    """Run both in turn on ready frames and compare the quickest runs."""
    if importlib.util.find_spec("tobler") is None:
        yield record(f"areal_ratio_{name}", None, "of tobler's", f"<= {FACTOR}", holds=None, note="no tobler installed")
        return
    tobler = importlib.import_module("tobler.area_weighted")
    cells = gpd.GeoDataFrame(geometry=zones.shapes(), crs=CRS)
    ours, theirs = [], []
    for _ in range(REPEATS):
        ours.append(seconds_of(lambda: areal_interpolation(sources, zones, extensive=["people"], tell=nowhere)))
        theirs.append(seconds_of(lambda: tobler.area_interpolate(sources, cells, extensive_variables=["people"])))
    found = tobler.area_interpolate(sources, cells, extensive_variables=["people"])["people"].sum()
    off = abs(float(found) / float(sources["people"].sum()) - 1.0)
    ratio = min(ours) / min(theirs)
    note = f"{len(sources)} sources, {len(zones)} cells; tobler's mass is off by {off:.1e}"
    yield record(f"areal_seconds_{name}", min(ours), "CPU s", "", holds=None, note=note)
    yield record(f"areal_tobler_{name}", min(theirs), "CPU s", "", holds=None, peer="tobler")
    yield record(
        f"areal_ratio_{name}", ratio, "of tobler's", f"<= {FACTOR}", holds=ratio <= FACTOR, peer="tobler", note=note
    )


def real_cities(root: Path) -> Iterator[Record]:
    """Measure on hexagons of Porto Alegre and points of Chicago."""
    table = read_layer(root / "porto_alegre/poa_hexgrid.csv", crs="EPSG:4326", tell=nowhere)
    fine = zones_from_h3(list(table["id"]), {}, CRS)
    people = {
        "people": table["population"].to_numpy(dtype=float),
        "jobs": table["jobs"].fillna(0).to_numpy(dtype=float),
    }
    frame = gpd.GeoDataFrame({"people": people["people"]}, geometry=fine.shapes(), crs=CRS)
    yield from mass_and_time("porto_alegre", frame)
    tracts = read_layer(root / "chicago_access/chicago_metro_pop.geojson", tell=nowhere)
    box = shapely.box(*tracts.to_crs("EPSG:26916").total_bounds)
    zones = hex_zones(gpd.GeoDataFrame(geometry=[box], crs="EPSG:26916"), 2_000.0, "EPSG:26916")
    made = areal_interpolation(tracts, zones, extensive=["pop"], tell=nowhere).zones.columns["pop"]
    off = abs(float(made.sum()) / float(tracts["pop"].sum()) - 1.0)
    note = f"{len(tracts)} points to {len(zones)} hexagons"
    yield record("areal_mass_chicago", off, "share", f"<= {EXACT:g}", holds=off <= EXACT, note=note)
    if importlib.util.find_spec("pyrosm") is not None:
        yield from misplaced(fine, people, root / "porto_alegre/poa_osm.pbf")


def misplaced(zones: Zones, people: dict[str, np.ndarray], extract: Path) -> Iterator[Record]:
    """Sum hexagons up to districts, spread them again, and count who lands in a wrong hexagon."""
    osm = importlib.import_module("pyrosm").OSM(str(extract))
    ways, shops = osm.get_network("walking"), osm.get_pois()
    streets = ObjectWeights(ways.loc[ways["highway"].isin(STREETS_WITH_HOUSES), ["geometry"]], "road_length")
    places = ObjectWeights(shops.set_geometry(shapely.point_on_surface(shops.geometry.array))[["geometry"]], "count")
    guides: dict[str, Ancillary | None] = {
        "area": None,
        "ways": ObjectWeights(ways[["geometry"]], "road_length"),
        "streets": streets,
        "shops": places,
        "streets_and_shops": MixedWeights(((streets, 10.0), (places, 1.0))),
    }
    east, north = zones.x > np.median(zones.x), zones.y > np.median(zones.y)
    district = 2 * east + north
    merged = [shapely.union_all(zones.shapes()[district == number]) for number in range(DISTRICTS)]
    for what, truth in people.items():
        frame = gpd.GeoDataFrame({"people": np.bincount(district, truth)}, geometry=merged, crs=CRS)
        wrong: dict[str, float] = {}
        for guide, ancillary in guides.items():
            found = areal_interpolation(frame, zones, extensive=["people"], ancillary=ancillary, tell=nowhere)
            wrong[guide] = float(np.abs(found.zones.columns["people"] - truth).sum() / truth.sum() / 2.0)
            goal = "< area" if guide in {"ways", "streets"} else ""
            holds = wrong[guide] < wrong["area"] if goal else None
            note = f"{what} of {DISTRICTS} districts to {len(zones)} hexagons; {len(shops)} shops and the like"
            yield record(f"misplaced_{what}_{guide}", wrong[guide], "share", goal, holds=holds, note=note)


def records() -> list[Record]:
    """Return the figures of areal interpolation."""
    warnings.simplefilter("ignore")
    root = os.environ.get("NETSIM_DATA")
    return [*mass_and_time("city", city()), *(real_cities(Path(root)) if root else ())]


def measure() -> list[Record]:
    """Measure everything."""
    return [calibration(), *records()]


if __name__ == "__main__":
    report(__doc__, measure)
