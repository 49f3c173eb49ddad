"""A made-up town on one street, with a kilometre from place to place, and its GTFS feed of three routes."""

from __future__ import annotations

import functools
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from netsim.geo.roads import RoadNetwork

CRS = "EPSG:32631"
PLACES = 11
STOPS = {"A": 0, "B": 2, "C": 4, "D": 5, "E": 10}
"""Place of each stop on the street."""


@functools.cache
def street(places: int = PLACES) -> RoadNetwork:
    """Return the street: place i lies i km north of the first."""
    spots = [shapely.Point(500_000.0, 1_000.0 * place) for place in range(places)]
    nodes = gpd.GeoDataFrame({"id": range(places)}, geometry=spots, crs=CRS)
    rows = [(place, place + 1, 1_000.0) for place in range(places - 1)]
    return RoadNetwork.from_tables(nodes, pd.DataFrame(rows, columns=["u", "v", "length"]))


@functools.cache
def degrees(place: float) -> tuple[float, float]:
    """Return longitude and latitude of a place of the street."""
    lon, lat = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(500_000.0, 1_000.0 * place)
    return float(lon), float(lat)


def stops_table() -> str:
    rows = []
    for stop, place in STOPS.items():
        lon, lat = degrees(place)
        rows.append(f"{stop},Stop {stop},{lat:.10f},{lon:.10f},0")
    return "\n".join(["stop_id,stop_name,stop_lat,stop_lon,location_type", *rows, "STN,Station,,,1", ""])


def call(trip: str, sequence: int, stop: str, arrival: str, departure: str = "") -> str:
    return f"{trip},{arrival},{departure or arrival},{stop},{sequence}"


def bus(trip: str, hour: int, minute: int) -> list[str]:
    """Return the calls of a bus: 6 minutes to B, 1 there, 9 on to D; no time is stated at C, two thirds of the way."""

    def at(later: int) -> str:
        return f"{hour + (minute + later) // 60:02d}:{(minute + later) % 60:02d}:00"

    return [
        call(trip, 1, "A", at(0)),
        call(trip, 2, "B", at(6), at(7)),
        call(trip, 5, "C", ""),
        call(trip, 9, "D", at(16)),
    ]


TABLES = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\n1,Town,https://example.org,Europe/Paris\n",
    "stops.txt": stops_table(),
    "routes.txt": (
        "\ufeffroute_id,route_short_name, route_long_name,route_type\nR1,1,Long line,3\nR2,,Tram,0\nR3,3,Far line,3\n"
    ),
    "trips.txt": (
        "route_id,service_id,trip_id,direction_id\n"
        "R1,WK,w1,0\nR1,WK,w2,0\nR1,WK,w3,0\nR1,SA,s1,0\nR1,FAIR,f1,0\n"
        "R2,WK,t1,\nR3,WK,e1,1\nR3,WK,e2,1\nR3,WK,n1,1\n"
    ),
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "WK,1,1,1,1,1,0,0,20240101,20240131\nSA,0,0,0,0,0,1,0,20240101,20240131\n"
    ),
    "calendar_dates.txt": "service_id,date,exception_type\nWK,20240101,2\nFAIR,20240110,1\n",
    "stop_times.txt": "\n".join(
        [
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence",
            *reversed(bus("w2", 8, 10)),
            *bus("w1", 8, 0),
            *bus("w3", 8, 20),
            *bus("s1", 8, 0),
            *bus("f1", 8, 25),
            call("t1", 1, "A", "00:00:00"),
            call("t1", 2, "C", "00:09:00"),
            call("e1", 1, "D", "08:05:00"),
            call("e1", 2, "E", "08:12:00"),
            call("e2", 1, "D", "08:20:00"),
            call("e2", 2, "E", "08:27:00"),
            call("n1", 1, "D", "24:30:00"),
            call("n1", 2, "E", "24:37:00"),
            "",
        ]
    ),
    "frequencies.txt": "trip_id,start_time,end_time,headway_secs,exact_times\nt1,07:00:00,09:00:00,600,0\n",
}
"""The feed. Thursdays are plain; 10 January, a Wednesday, has a bus more; 1 January, a Monday, has no service."""


def write_folder(folder: Path, **changes: str | None) -> Path:
    """Write the feed with some tables changed (``stops="..."``) or left out (None); return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = TABLES | {f"{name}.txt": text for name, text in changes.items()}
    for name, text in tables.items():
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder


def write_zip(path: Path, inside: str = "") -> Path:
    """Write the feed as an archive, its tables below some folder; return its path."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in TABLES.items():
            archive.writestr(inside + name, text)
        archive.writestr("__MACOSX/stops.txt", "no table")
    return path


def departures_table(departures: dict[tuple[str, int], float], stops: tuple[str, ...]) -> np.ndarray:
    """Return a table (stops, 48) with some departures and zeros."""
    table = np.zeros((len(stops), 48))
    for (stop, slot), count in departures.items():
        table[stops.index(stop), slot] = count
    return table
