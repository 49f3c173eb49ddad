"""What real cities measure: the rows that a synthetic city is held to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

TOLERANCE: Final = 0.15
"""By how much a figure of a city may be off its row."""

CELL_KM2: Final = 0.09
"""Area of the hexagons in which people are measured, km2."""


@dataclass(frozen=True, slots=True)
class StreetTargets:
    """
    Streets of a real city.

    A junction is a node at which other than two roads end, dead ends included; a road is what lies between two
    junctions. Only so do the rows agree: with the mean degree that the shares give, A has 46 x 3.1 / 2 = 71 roads
    per km2, with 8.4 km of road a mean of 118 m, which fits its 10, 50 and 90 per cent quantiles of 24, 98 and 221 m.

    Parameters
    ----------
    junctions
        Per km2.
    degrees
        Share of the junctions at which 1, 3 and 4 roads end. They may add up to less than 1 (junctions of more
        roads); a synthetic city has none of those and shares their part out.
    lengths
        Quantiles of 10, 50 and 90 % of the length of a road, metres.
    circuity
        Length of all roads by the sum of the straight distances of their ends.
    road_km
        Length of all roads, km per km2.
    largest
        Share of the junctions in the largest component.
    """

    junctions: float
    degrees: tuple[float, float, float]
    lengths: tuple[float, float, float]
    circuity: float
    road_km: float
    largest: float


STREETS: Final[Mapping[str, StreetTargets]] = {
    "island": StreetTargets(87.0, (0.22, 0.63, 0.10), (10.0, 46.0, 180.0), 1.142, 9.7, 1.000),
    "A": StreetTargets(46.0, (0.11, 0.60, 0.28), (24.0, 98.0, 221.0), 1.028, 8.4, 0.987),
    "B": StreetTargets(78.0, (0.17, 0.68, 0.13), (16.0, 68.0, 209.0), 1.061, 10.7, 0.985),
    "C": StreetTargets(41.0, (0.13, 0.43, 0.41), (30.0, 97.0, 229.0), 1.031, 8.5, 0.997),
}
"""Kind of city -> its streets: an island city and three inner cities, measured on OpenStreetMap."""

PEOPLE_QUANTILES: Final[Mapping[float, float]] = {
    0.0: 0.0,
    0.08: 0.0,
    0.10: 10.0,
    0.20: 99.0,
    0.30: 242.0,
    0.40: 407.0,
    0.50: 554.0,
    0.60: 694.0,
    0.70: 848.0,
    0.80: 1065.0,
    0.90: 1406.0,
    0.95: 1830.0,
    0.99: 2855.0,
    1.0: 4730.0,
}
"""Share of the hexagons of 0.09 km2 -> at most so many people live in one (Porto Alegre, 1,227 hexagons)."""

EMPTY: Final = 0.08
"""Share of the hexagons in which nobody lives."""
GINI: Final = 0.49
"""Gini coefficient of the people by hexagon."""
WORKERS: Final = 0.52
"""Workers per resident."""

CENSUS_QUANTILES: Final = (13_224.0, 14_968.0, 19_551.0)
"""Quantiles of 10, 50 and 90 % of the people of a census zone."""

BRANCHES, ATMS = 2.1, 1.5
"""Bank branches and ATM sites per 10,000 people."""
BRANDS: Final = (52, 34, 29, 22, 22, 17, 15, 15, 14, 12, 11, 10, 10, 7)
"""Branches of each brand in one city; the first is one's own."""
NEIGHBOUR: Final = (7.0, 47.0, 136.0)
"""Quantiles of 10, 50 and 90 % of the distance of a branch to the nearest other, metres: competitors cluster."""


def targets(like: str) -> dict[str, float]:
    """
    Return the rows that a city of a kind is held to, by the names that ``city_figures`` uses.

    Parameters
    ----------
    like
        A key of ``STREETS``.

    Raises
    ------
    ValueError
        If there is no such kind.

    Examples
    --------
    >>> targets("A")["road_km_per_km2"], targets("A")["workers_per_resident"]
    (8.4, 0.52)
    """
    streets = street_targets(like)
    middle = ("q10", "q50", "q90")
    brands = sum(BRANDS)
    return {
        "junctions_per_km2": streets.junctions,
        **{f"degree_{degree}_share": share for degree, share in zip((1, 3, 4), streets.degrees, strict=True)},
        **{f"road_m_{name}": metres for name, metres in zip(middle, streets.lengths, strict=True)},
        "circuity": streets.circuity,
        "road_km_per_km2": streets.road_km,
        "largest_component_share": streets.largest,
        **{f"cell_people_{name}": PEOPLE_QUANTILES[share] for name, share in zip(middle, (0.1, 0.5, 0.9), strict=True)},
        "cell_empty_share": EMPTY,
        "cell_gini": GINI,
        **{f"census_people_{name}": people for name, people in zip(middle, CENSUS_QUANTILES, strict=True)},
        "workers_per_resident": WORKERS,
        "branches_per_10000": BRANCHES,
        "atms_per_10000": ATMS,
        "brands": float(len(BRANDS)),
        "largest_brand_share": BRANDS[0] / brands,
        "brand_concentration": sum((size / brands) ** 2 for size in BRANDS),
        **{f"neighbour_m_{name}": metres for name, metres in zip(middle, NEIGHBOUR, strict=True)},
    }


def street_targets(like: str) -> StreetTargets:
    """
    Return the streets of a kind of city.

    Raises
    ------
    ValueError
        If there is no such kind.
    """
    if like not in STREETS:
        raise ValueError(f"no kind of city {like!r} (known: {', '.join(STREETS)})")
    return STREETS[like]
