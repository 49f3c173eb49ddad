"""Census zones: neighbouring hexagons of a synthetic city with about as many people together as in a real one."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from netsim.geo.synthetic.draws import stream
from netsim.geo.synthetic.targets import CENSUS_QUANTILES
from netsim.geo.zones import Zones

SIZES: Final = ((0.0, 0.1, 0.5, 0.9, 1.0), (12_500.0, *CENSUS_QUANTILES, 20_500.0))
"""Share of the census zones -> that have at most so many people; the ends are assumed."""
ORDERS: Final = 16


def census_zones(cells: Zones, like: str, seed: int) -> NDArray[np.int64]:
    """
    Return the census zone of each hexagon, numbered from 1, shape ``(n,)``.

    Hexagons are taken along a Hilbert curve, on which neighbours lie near each other, and parted where enough people
    have come together.

    Parameters
    ----------
    cells
        Hexagons with people.
    like, seed
        Kind and seed of the city.
    """
    people = cells.columns["population"]
    shares, sizes = (np.array(part) for part in SIZES)
    mean = float(np.sum(np.diff(shares) * (sizes[1:] + sizes[:-1]) / 2.0))
    count = max(round(float(people.sum()) / mean), 1)
    wished = np.interp(np.arange(count) / max(count - 1, 1), *SIZES)
    rng = stream(seed, like, "census")
    curve = gpd.GeoSeries.from_xy(cells.x, cells.y, crs=cells.crs).hilbert_distance().to_numpy()
    order = np.argsort(curve, kind="stable")
    middle = np.cumsum(people[order]) - people[order] / 2.0
    best, off = np.zeros(len(people), dtype=np.int64), np.inf
    # A hexagon is never parted, and of few zones each counts: sizes are tried in several orders.
    for _ in range(ORDERS):
        ends = np.cumsum(wished[rng.permutation(count)]) * float(people.sum() / wished.sum())
        along = np.minimum(np.searchsorted(ends, middle), count - 1)
        found = np.quantile(np.bincount(along, people[order], count), SIZES[0][1:-1])
        miss = float(np.abs(found / np.array(CENSUS_QUANTILES) - 1.0).max())
        if miss < off:
            best, off = along, miss
    zone = np.empty(len(people), dtype=np.int64)
    zone[order] = best + 1
    return zone
