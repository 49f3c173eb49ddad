"""Measures how exactly and how fast coordinates of Chinese maps are converted: a million points there and back."""

from __future__ import annotations

import time

import numpy as np
import pyproj

from measuring import Record, calibration, record, report
from netsim.geo.datum import Datum, from_wgs84, to_wgs84

POINTS = 1_000_000
WEST, SOUTH, EAST, NORTH = 73.0, 3.8, 135.0, 53.5
"""China with its seas, degrees."""


def records() -> list[Record]:
    """Measure the greatest error of a round trip and its CPU seconds, for both datums."""
    draw = np.random.default_rng(1)
    lon, lat = draw.uniform(WEST, EAST, POINTS), draw.uniform(SOUTH, NORTH, POINTS)
    found: list[Record] = []
    datums: tuple[Datum, ...] = ("GCJ02", "BD09")
    for datum in datums:
        start = time.process_time()
        shifted = from_wgs84(lon, lat, datum)
        again = to_wgs84(*shifted, datum)
        seconds = time.process_time() - start
        _, _, off = pyproj.Geod(ellps="WGS84").inv(lon, lat, *again)
        _, _, moved = pyproj.Geod(ellps="WGS84").inv(lon, lat, *shifted)
        worst, name = float(off.max()), datum.lower()
        note = f"shifted by {moved.min():.0f} to {moved.max():.0f} m"
        found += [
            record(f"{name}_round_trip", worst, "m", "<= 1e-6", holds=worst <= 1e-6, note=note),
            record(f"{name}_million_points", seconds, "CPU s", "<= 4", holds=seconds <= 4.0, note="there and back"),
        ]
    return found


def measure() -> list[Record]:
    """Measure everything."""
    return [calibration(), *records()]


if __name__ == "__main__":
    report(__doc__, measure)
