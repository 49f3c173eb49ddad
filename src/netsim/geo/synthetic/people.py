"""People and jobs of a synthetic city, by hexagon."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from netsim.geo.spread import zone_shares
from netsim.geo.synthetic.draws import stream, whole
from netsim.geo.synthetic.ground import CRS, MIDDLE, OUTLINE_SWING, OUTLINE_WAVES, Ground, bustle, openness, reach
from netsim.geo.synthetic.targets import CELL_KM2, EMPTY, PEOPLE_QUANTILES, WORKERS
from netsim.geo.zones import Zones, hex_zones

SUMS: Final = ("population", "jobs", "day", "night")
"""Columns that count people."""
MEANS: Final = ("age65", "income")
"""Columns that say something of the people who live there."""

CROWDING: Final = 0.3
"""By how many deviations of chance the order of hexagons by people is off their order by bustle."""
JOBS_PER_BUSTLE, JOBS_BY_CHANCE = 0.95, 0.6
"""By how many logarithms jobs rise with a deviation of bustle and of chance: they crowd more than people do."""
OLD, OLD_SWING = 0.14, 0.04
"""Share of people of 65 and more, and its deviation from district to district."""
INCOME_SWING: Final = 0.28
"""Deviation of the logarithm of income from district to district."""
OUTER: Final = 1.0 + len(OUTLINE_WAVES) * OUTLINE_SWING
"""No place of the city is farther out than this many radii."""


def cell_count(people: int) -> int:
    """
    Return how many hexagons of 0.09 km2 so many people live in.

    Parameters
    ----------
    people
        Residents.

    Examples
    --------
    >>> cell_count(3_000_000)
    4449
    """
    shares, values = np.array(list(PEOPLE_QUANTILES)), np.array(list(PEOPLE_QUANTILES.values()))
    mean = float(np.sum(np.diff(shares) * (values[1:] + values[:-1]) / 2.0))
    return round(people / mean)


def hexagon_width(km2: float) -> float:
    """
    Return the width across flats of a hexagon, metres.

    Examples
    --------
    >>> round(hexagon_width(0.09), 1)
    322.4
    """
    return float(np.sqrt(2e6 * km2 / np.sqrt(3.0)))


def draw_cells(ground: Ground, like: str, people: int, seed: int) -> Zones:
    """
    Draw people and jobs by hexagon of 0.09 km2.

    Hexagons are put in order by how busy they are, with some chance, and get the number of people of their place in
    that order: so the quantiles, the empty ones and the Gini coefficient are those of the real city in any city.

    Parameters
    ----------
    ground
        The land.
    like
        Kind of city.
    people
        Residents.
    seed
        Seed of the city.

    Returns
    -------
    Zones
        Columns ``population``, ``jobs``, ``day`` (who is there by day: residents who do not work, and jobs), ``night``,
        ``age65`` (share of residents) and ``income`` (index, 100 on average of all residents).
    """
    count = cell_count(people)
    zones = _innermost(ground, CELL_KM2, count)
    xy = _local(zones)
    rng = stream(seed, like, "people")
    busy = _standard(bustle(ground, xy))
    busy[np.argsort(-openness(ground, xy), kind="stable")[: round(EMPTY * count)]] = -np.inf
    order = np.argsort(busy + CROWDING * rng.standard_normal(count), kind="stable")
    quantile = np.empty(count)
    quantile[order] = np.arange(count) / max(count - 1, 1)
    share = np.interp(quantile, list(PEOPLE_QUANTILES), list(PEOPLE_QUANTILES.values()))
    population = whole(share, people)
    weight = np.where(
        np.isfinite(busy), np.exp(JOBS_PER_BUSTLE * busy + JOBS_BY_CHANCE * rng.standard_normal(count)), 0.0
    )
    jobs = whole(weight, round(WORKERS * people))
    at_work = whole(population.astype(np.float64), int(jobs.sum()))
    north, east = ground.bends
    old = np.clip(OLD + OLD_SWING * east.at(xy[:, ::-1] * 1.7), 0.02, 0.4)
    income = np.exp(INCOME_SWING * (north.at(xy[:, ::-1] * 1.3) + 0.5 * ground.districts.at(-xy)))
    income *= 100.0 * people / float((income * population).sum())
    columns = (population, jobs, population - at_work + jobs, population, old, income)
    return replace(
        zones, columns={name: values.astype(np.float64) for name, values in zip(SUMS + MEANS, columns, strict=True)}
    )


def gathered(ground: Ground, cells: Zones, count: int) -> Zones:
    """
    Gather people and jobs in a number of larger or smaller hexagons that cover about the same land.

    Parameters
    ----------
    ground
        The land.
    cells
        Hexagons with people and jobs.
    count
        How many hexagons are wished.

    Raises
    ------
    ValueError
        If the number is not positive.
    """
    if count < 1:
        raise ValueError(f"the number of hexagons must be positive, got {count}")
    zones = _innermost(ground, CELL_KM2 * len(cells) / count, count)
    shares = zone_shares(zones, gpd.GeoDataFrame(geometry=cells.shapes(), crs=CRS))
    columns: dict[str, NDArray[np.float64]] = {}
    for name in SUMS:
        columns[name] = whole(shares @ cells.columns[name], round(cells.columns[name].sum())).astype(np.float64)
    residents = cells.columns["population"]
    lives = shares @ residents
    for name in MEANS:
        total = shares @ (residents * cells.columns[name])
        # Where nobody lives, the mean of all stands for them.
        usual = float((residents * cells.columns[name]).sum() / residents.sum())
        columns[name] = np.divide(total, lives, out=np.full(count, usual), where=lives > 0.0)
    return replace(zones, columns=columns)


def _innermost(ground: Ground, km2: float, count: int) -> Zones:
    """Hexagons of a size that lie innermost, in the order of rows and columns."""
    width = hexagon_width(km2)
    far = OUTER * ground.radius + 2.0 * width
    east, north = MIDDLE
    box = shapely.box(east - far, north - far, east + far, north + far)
    zones = hex_zones(gpd.GeoDataFrame(geometry=[box], crs=CRS), width, CRS)
    chosen = np.sort(np.argsort(reach(ground, _local(zones)), kind="stable")[:count])
    return Zones(
        ids=tuple(zones.ids[zone] for zone in chosen.tolist()),
        x=zones.x[chosen],
        y=zones.y[chosen],
        geometry=tuple(zones.geometry[zone] for zone in chosen.tolist()),
        crs=CRS,
        columns={},
    )


def _local(zones: Zones) -> NDArray[np.float64]:
    """Centres with the centre of the city as the origin."""
    return np.column_stack([zones.x - MIDDLE[0], zones.y - MIDDLE[1]])


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values less their mean, by their deviation."""
    return np.asarray((values - values.mean()) / values.std())
