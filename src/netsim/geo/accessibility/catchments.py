"""The core of all floating catchments: weighted sums over pairs in reach, a block of zones at a time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from netsim.geo.accessibility.catalogue import AccessData, Array

CELLS_A_BLOCK = 1 << 17
"""Cells of the matrix that are worked on at a time: flags and pairs of a block stay in a processor's cache."""

PAIRS_KEPT = 1 << 20
"""Pairs that are kept from the first step for the second: 32 MB. Others are found anew."""

LEAST_DEMAND = 1e-290
"""Weighted people below which a site counts as out of everybody's reach: their share of it could not be divided."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """
    Zones of one block and the sites within a limit of them, row by row.

    Parameters
    ----------
    first, rows
        Number of the block's first zone, and how many zones it has.
    row
        Zone of each pair, counted from ``first``, shape ``(pairs,)``.
    site
        Site of each pair, shape ``(pairs,)``.
    minutes
        Travel time of each pair, finite, shape ``(pairs,)``.
    """

    first: int
    rows: int
    row: NDArray[np.intp]
    site: NDArray[np.intp]
    minutes: Array

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.row, self.site, self.minutes):
            array.flags.writeable = False

    @property
    def zones(self) -> slice:
        """Where the block stands among all zones."""
        return slice(self.first, self.first + self.rows)


Weigh = Callable[[Pairs], Array]
"""Gives each pair its weight, shape ``(pairs,)``."""


def pairs_within(data: AccessData, limit: float, weigh: Weigh, start: int = 0) -> Iterator[tuple[Pairs, Array]]:
    """
    Yield pairs of zones and sites that have a way of at most ``limit`` minutes, and their weights.

    Parameters
    ----------
    data
        Zones and sites.
    limit
        Minutes, itself in reach; ``inf`` for all pairs that have a way.
    weigh
        Weight of each pair.
    start
        Zone to start with.
    """
    for first, block, near in _blocks(data, limit, start):
        cells = np.flatnonzero(near)
        row = cells // data.sites
        site = cells - row * data.sites
        pairs = Pairs(first, len(block), row, site, block.ravel()[cells])
        yield pairs, weigh(pairs)


def zone_sums(data: AccessData, limit: float, weigh: Weigh, of_site: Array) -> Array:
    """
    Return the weighted sum over the sites within a limit, shape ``(zones,)``; 0 where there is none.

    Parameters
    ----------
    data
        Zones and sites.
    limit
        Longest way, minutes; the limit itself is in reach.
    weigh
        Weight of each pair.
    of_site
        What is summed, shape ``(sites,)``.
    """
    return _zone_sums(pairs_within(data, limit, weigh), of_site, data.zones)


def floating_catchments(data: AccessData, limit: float, weigh: Weigh) -> Array:
    """
    Return the supply that each head of a zone can count on, shape ``(zones,)``.

    A site divides its supply by the weighted people in its catchment; a zone adds up the ratios of the sites in its
    own, weighted alike. Therefore people times scores sum to the supply of the sites that somebody reaches. A site
    that nobody reaches gives nothing, and a zone that reaches no site has 0.

    Parameters
    ----------
    data
        People, supply and travel times.
    limit
        Longest way, minutes; the limit itself is in reach.
    weigh
        Weight of each pair.

    References
    ----------
    W. Luo, F. Wang, "Measures of spatial accessibility to health care in a GIS environment: synthesis and a case
    study in the Chicago region", *Environment and Planning B* 30 (2003) 865-884.
    """
    people, held, start = np.zeros(data.sites), 0, 0
    kept: list[tuple[Pairs, Array]] = []
    for pairs, weight in pairs_within(data, limit, weigh):
        held += len(pairs.row)
        if held <= PAIRS_KEPT:
            kept.append((pairs, weight))
            start = pairs.zones.stop
        people += np.bincount(pairs.site, data.population[pairs.zones][pairs.row] * weight, data.sites)
    return _zone_sums(chain(kept, pairs_within(data, limit, weigh, start)), _ratio(data, people), data.zones)


def plain_zone_sums(data: AccessData, limit: float, of_site: Array) -> Array:
    """
    Return the sum over the sites within a limit, all alike, shape ``(zones,)``; 0 where there is none.

    Parameters
    ----------
    data
        Zones and sites.
    limit
        Longest way, minutes; the limit itself is in reach.
    of_site
        What is summed, shape ``(sites,)``.
    """
    sums = np.zeros(data.zones)
    for first, block, near in _blocks(data, limit):
        sums[first : first + len(block)] = np.einsum("ij,j->i", near.astype(float), of_site)
    return sums


def plain_floating_catchments(data: AccessData, limit: float) -> Array:
    """
    Return the same as ``floating_catchments`` when all pairs weigh 1, without a list of them.

    Parameters
    ----------
    data
        People, supply and travel times.
    limit
        Longest way, minutes; the limit itself is in reach.
    """
    people = np.zeros(data.sites)
    for first, block, near in _blocks(data, limit):
        people += np.einsum("i,ij->j", data.population[first : first + len(block)], near.astype(float))
    return plain_zone_sums(data, limit, _ratio(data, people))


def _blocks(data: AccessData, limit: float, start: int = 0) -> Iterator[tuple[int, Array, NDArray[np.bool_]]]:
    """Yield runs of zones: the first one, their travel times, and which of these are within the limit."""
    longest = min(limit, sys.float_info.max)  # inf is no way, also where there is no limit
    rows = max(1, CELLS_A_BLOCK // max(1, data.sites))
    for first in range(start, data.zones, rows):
        block = data.minutes[first : first + rows]
        yield first, block, block <= longest


def _ratio(data: AccessData, people: Array) -> Array:
    """Return supply over people of each site, 0 where nobody is in reach."""
    return np.divide(data.supply, people, out=np.zeros(data.sites), where=people >= LEAST_DEMAND)


def _zone_sums(found: Iterable[tuple[Pairs, Array]], of_site: Array, zones: int) -> Array:
    """Return the weighted sum over the pairs of each zone."""
    sums = np.zeros(zones)
    for pairs, weight in found:
        sums[pairs.zones] = np.bincount(pairs.row, of_site[pairs.site] * weight, pairs.rows)
    return sums
