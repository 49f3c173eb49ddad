"""A synthetic city: one call, one record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from netsim.geo.sites import SiteTable
from netsim.geo.synthetic.census import census_zones
from netsim.geo.synthetic.ground import MIDDLE, draw_ground
from netsim.geo.synthetic.people import cell_count, draw_cells, gathered
from netsim.geo.synthetic.sites import draw_sites
from netsim.geo.synthetic.streets import Streets, draw_streets
from netsim.geo.synthetic.targets import CELL_KM2, street_targets
from netsim.geo.zones import Zones

FEWEST: Final = 100_000
"""With fewer people a city has not even branches of all 14 brands, and too few of all else to be held to a row."""


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """
    A synthetic city.

    Parameters
    ----------
    like
        Kind of city whose rows it is held to.
    seed
        Another seed gives another city.
    cells
        Hexagons of 0.09 km2 with people and jobs (see ``draw_cells``) and the number of their census zone (``census``).
    zones
        The hexagons that were asked for; those of 0.09 km2 if no other.
    streets
        Streets, in the CRS of the hexagons.
    sites
        Own branches, competitors, ATM sites and candidate sites.
    """

    like: str
    seed: int
    cells: Zones
    zones: Zones
    streets: Streets
    sites: SiteTable

    @property
    def km2(self) -> float:
        """Area of the city."""
        return CELL_KM2 * len(self.cells)

    @property
    def people(self) -> int:
        """Residents."""
        return int(self.cells.columns["population"].sum())


def synthetic_city(
    like: str,
    people: int,
    seed: int,
    *,
    hexes: int | None = None,
    own: int | None = None,
    candidates: int | None = None,
) -> City:
    """
    Make up a city that measures like a real one.

    Streets, people, jobs and outlets are held to the rows of ``targets(like)``; what is measured says
    ``netsim.geo.synthetic.measure.city_figures``. The same arguments give the same city.

    Parameters
    ----------
    like
        ``island``, ``A``, ``B`` or ``C``.
    people
        Residents, 100,000 at least.
    seed
        Another seed gives another city; more outlets or other hexagons move no street.
    hexes
        Number of hexagons; None for those of 0.09 km2.
    own
        Number of own branches; None for the share of the largest brand.
    candidates
        Number of candidate sites; None for 500 in three million people.

    Raises
    ------
    ValueError
        If there is no such kind, there are too few people, or a number is out of range.

    Examples
    --------
    >>> city = synthetic_city("A", 100_000, seed=1, candidates=5)
    >>> city.people, len(city.zones), city.sites.kind.count("candidate")
    (100000, 148, 5)
    """
    street_targets(like)
    if people < FEWEST:
        raise ValueError(f"a city needs {FEWEST:,} people at least, got {people:,}")
    km2 = CELL_KM2 * cell_count(people)
    ground = draw_ground(seed, like, km2)
    cells = draw_cells(ground, like, people, seed)
    streets = draw_streets(ground, like, km2, seed)
    streets = replace(streets, xy=streets.xy + np.array(MIDDLE))
    sites = draw_sites(streets, cells, like, seed, own=own, candidates=candidates)
    numbered = {**cells.columns, "census": census_zones(cells, like, seed).astype(np.float64)}
    cells = replace(cells, columns=numbered)
    zones = cells if hexes is None else gathered(ground, cells, hexes)
    return City(like, seed, cells, zones, streets, sites)
