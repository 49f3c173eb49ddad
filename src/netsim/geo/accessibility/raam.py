"""The rational agent access model (RAAM): people move on until ways and crowds balance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.geo.accessibility.catalogue import ACCESS_MEASURES, AccessData, AccessMeasure, Array
from netsim.geo.accessibility.catchments import CELLS_A_BLOCK

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Raam:
    """
    Parameters of the rational agent access model.

    Parameters
    ----------
    tau
        Minutes of travel that people give to find a site with the mean crowd instead of an empty one, positive.
    ratio
        People per unit of supply that count as the mean crowd, positive; None = all people over all supply.
    cycles
        Number of rounds in which people move, at least 1.
    first_step, least_step
        Largest share of a zone that moves in the first round, and the share that this falls to, in (0, 1].
    half_life
        Rounds in which the share falls by half, positive.
    guarded_cycles
        Rounds, from the first one on, in which a site takes no more newcomers than its supply is meant for.

    Raises
    ------
    ValueError
        If a parameter is out of its range.
    """

    tau: float = 60.0
    ratio: float | None = None
    cycles: int = 150
    first_step: float = 0.2
    least_step: float = 0.005
    half_life: float = 50.0
    guarded_cycles: int = 20

    def __post_init__(self) -> None:
        """Check the ranges."""
        for name in ("tau", "half_life", "ratio"):
            value = getattr(self, name)
            if value is not None and not 0.0 < value < math.inf:
                raise ValueError(f"RAAM: {name} must be positive and finite, got {value}")
        if not 0.0 < self.least_step <= self.first_step <= 1.0:
            raise ValueError(
                f"RAAM: steps must be shares with least_step <= first_step, got {self.least_step} and {self.first_step}"
            )
        if self.cycles < 1 or self.guarded_cycles < 0:
            raise ValueError(
                f"RAAM: cycles must be at least 1 and guarded_cycles at least 0, got {self.cycles} and "
                f"{self.guarded_cycles}"
            )

    def step(self, cycle: int) -> float:
        """Return the largest share of a zone that moves in a round, counted from 0."""
        falling: float = self.first_step * 0.5 ** (cycle / self.half_life)
        return max(falling, self.least_step)


@dataclass(frozen=True, slots=True, eq=False)
class RationalAgents:
    """
    Where people go when they weigh ways and crowds.

    Parameters
    ----------
    cost
        Mean cost of the people of each zone, shape ``(zones,)``: ways in units of ``tau`` plus crowds in units of the
        mean crowd; ``inf`` where no site with supply has a way.
    people
        People at each site, shape ``(sites,)``.
    gap
        Cost that one person could still save on average by another move, in the same units: 0 in balance.
    """

    cost: Array
    people: Array
    gap: float

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        self.cost.flags.writeable = False
        self.people.flags.writeable = False


def raam_cost(data: AccessData, parameters: Raam) -> Array:
    """
    Return the cost of ways and crowds that the people of each zone meet, shape ``(zones,)``; low is good.

    Parameters
    ----------
    data
        People, supply and travel times.
    parameters
        How people weigh, and how they move.

    Examples
    --------
    >>> data = AccessData(np.array([[0.0, 30.0]]), population=np.array([900.0]), supply=np.array([1.0, 1.0]))
    >>> raam_cost(data, Raam(tau=60.0)).round(2).tolist()  # 562 people at 562/450, 338 at 1/2 + 338/450
    [1.25]
    """
    return rational_agents(data, parameters).cost


def rational_agents(data: AccessData, parameters: Raam) -> RationalAgents:
    """
    Move people between sites, a round at a time, until nobody gains much by another move.

    All start at their nearest site. In each round some of the people of a zone leave the site that costs them most
    for the one that would cost least, as many as make both equal, but at most a share of the zone that falls from
    round to round; only whole persons move. As in the authors' own program, the costs told are those at the
    start of the last round, and sites without supply and zones without people take no part. The people of an empty
    zone would meet the least cost of all sites.

    Parameters
    ----------
    data
        People, supply and travel times.
    parameters
        How people weigh, and how they move.

    References
    ----------
    D. Saxon, J. Snow, "A rational agent model for the spatial accessibility of primary health care", *Annals of the
    American Association of Geographers* 110 (2020) 205-222.

    Examples
    --------
    >>> data = AccessData(np.array([[0.0, 30.0]]), population=np.array([900.0]), supply=np.array([1.0, 1.0]))
    >>> rational_agents(data, Raam(tau=60.0)).people.tolist()
    [563.0, 337.0]
    """
    cost = np.full(data.zones, np.inf)
    people = np.zeros(data.sites)
    offering = np.flatnonzero(data.supply > 0)
    if not len(offering):
        return RationalAgents(cost, people, 0.0)
    minutes = data.minutes if len(offering) == data.sites else data.minutes[:, offering]
    ways = minutes / parameters.tau
    near = ways.min(axis=1) < np.inf
    taking_part = near & (data.population > 0)
    mean_crowd = parameters.ratio or data.population.sum() / data.supply.sum()
    if not taking_part.any():
        cost[near] = ways[near].min(axis=1)
        return RationalAgents(cost, people, 0.0)
    town = _Town(
        ways if taking_part.all() else ways[taking_part],
        data.population[taking_part].astype(float),
        data.supply[offering] * mean_crowd,
    )
    parties, crowd = _settle(town, parameters)
    people[offering] = load = np.bincount(parties.sites, parties.people, len(offering))
    cost[taking_part] = parties.mean_cost(town, crowd)
    empty = near & (data.population == 0)
    cost[empty] = (ways[empty] + crowd).min(axis=1)
    crowd = load / town.room
    saved = parties.mean_cost(town, crowd) - _cost_at(town, _best(town, crowd), crowd)
    return RationalAgents(cost, people, float(np.average(saved, weights=town.people)))


@dataclass(frozen=True, slots=True, eq=False)
class _Town:
    """Zones with people and sites with supply: ways in units of tau, people, and people that a site is meant for."""

    ways: Array
    people: Array
    room: Array

    def cells(self, sites: Places) -> Places:
        """Return the cells of the table, counted row by row, of one site for each zone."""
        cells: Places = np.arange(len(self.people)) * len(self.room) + sites
        return cells


@dataclass(frozen=True, slots=True, eq=False)
class _Parties:
    """Who is where: cells of the table in rising order, their zones, sites and people; every zone has some people."""

    cells: Places
    zones: Places
    sites: Places
    people: Array

    def total(self, town: _Town, crowd: Array) -> Array:
        """Return the cost of each party."""
        total: Array = town.ways.ravel()[self.cells] + crowd[self.sites]
        return total

    def mean_cost(self, town: _Town, crowd: Array) -> Array:
        """Return the mean cost of the people of each zone, shape ``(zones,)``."""
        mean: Array = np.bincount(self.zones, self.total(town, crowd) * self.people) / town.people
        return mean

    def worst(self, town: _Town, crowd: Array) -> Places:
        """Return the place of the party that costs each zone most, the first of equals, shape ``(zones,)``."""
        total = self.total(town, crowd)
        most = np.maximum.reduceat(total, np.flatnonzero(np.diff(self.zones, prepend=-1)))
        worst = np.flatnonzero(total == most[self.zones])
        first: Places = worst[np.diff(self.zones[worst], prepend=-1) > 0]
        return first

    def places(self, cells: Places) -> tuple[Places, NDArray[np.bool_]]:
        """Return where cells stand or would have to stand among the parties, and whether they do."""
        place: Places = np.searchsorted(self.cells, cells)
        return place, self.cells[np.minimum(place, len(self.cells) - 1)] == cells


def _parties(town: _Town, cells: Places, people: Array) -> _Parties:
    """Return the parties of the cells that have people."""
    some = people > 0
    cells = cells[some]
    zones = cells // len(town.room)
    return _Parties(cells, zones, cells - zones * len(town.room), people[some])


def _settle(town: _Town, parameters: Raam) -> tuple[_Parties, Array]:
    """Return where people are in the end, and the crowds at the start of the last round."""
    sites = len(town.room)
    parties = _parties(town, town.cells(town.ways.argmin(axis=1)), town.people)
    crowd = np.zeros(sites)
    for cycle in range(parameters.cycles):
        load = np.bincount(parties.sites, parties.people, sites).astype(np.float64, copy=False)
        crowd = load / town.room
        to, away = _best(town, crowd), parties.worst(town, crowd)
        cells = town.cells(to)
        place, known = parties.places(cells)
        at_to: Array = np.where(known, parties.people[np.where(known, place, 0)], 0.0)
        moving = _wish_to_move(town, load, (to, at_to), (parties.sites[away], parties.people[away]))
        moving = np.trunc(np.minimum(moving, parameters.step(cycle) * town.people))
        if cycle < parameters.guarded_cycles:
            newcomers = np.bincount(to, moving, sites) / town.room
            moving = np.rint(moving / np.maximum(newcomers, 1.0)[to])
        people = parties.people.copy()
        people[away] -= moving
        people[place[known]] += moving[known]
        new = ~known & (moving > 0)
        people = np.insert(people, place[new], moving[new])
        parties = _parties(town, np.insert(parties.cells, place[new], cells[new]), people)
    return parties, crowd


def _best(town: _Town, crowd: Array) -> Places:
    """Return the site that would cost each zone least, the first of equals."""
    zones, sites = town.ways.shape
    rows = max(1, CELLS_A_BLOCK // sites)
    best, room = np.empty(zones, dtype=np.intp), np.empty((min(rows, zones), sites))
    for first in range(0, zones, rows):
        block = slice(first, min(first + rows, zones))
        total = np.add(town.ways[block], crowd, out=room[: block.stop - first])
        best[block] = total.argmin(axis=1)
    return best


def _cost_at(town: _Town, sites: Places, crowd: Array) -> Array:
    """Return the cost of one site for each zone."""
    cost: Array = town.ways.ravel()[town.cells(sites)] + crowd[sites]
    return cost


def _wish_to_move(town: _Town, load: Array, to: tuple[Places, Array], away: tuple[Places, Array]) -> Array:
    """Return how many of each zone's people would have to move for two sites (with their people there) to be equal."""
    (to_site, at_to), (from_site, at_away) = to, away
    room_to, room_away = town.room[to_site], town.room[from_site]
    others_to, others_away = load[to_site] - at_to, load[from_site] - at_away
    ways = town.ways.ravel()
    longer = ways[town.cells(from_site)] - ways[town.cells(to_site)]
    crowding = (at_to + at_away + others_away) / room_away - others_to / room_to
    wished = room_to * room_away / (room_to + room_away) * (longer + crowding) - at_to
    return np.where(to_site == from_site, 0.0, np.minimum(wished, at_away))


ACCESS_MEASURES.register("raam")(AccessMeasure(Raam, "mean crowds", "lower", raam_cost))
