"""Whom a new outlet takes its visits from, and who gets those of a closed one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.demand.choice.probabilities import Alternatives, ChoiceProbabilities
from netsim.model.plan import Shares

Array = NDArray[np.float64]

BALANCE = 1e-9
"""Both tables must hold the same visits within this part of them."""


@dataclass(frozen=True, slots=True, eq=False)
class OutletDemand:
    """
    Visits by outlet under one choice.

    Parameters
    ----------
    sites, brands
        Ids of the outlets and whose they are.
    own
        Whether the outlet is the operator's, shape ``(sites,)``.
    visits
        Visits that it captures, shape ``(sites,)``.
    outside
        Visits that go to none.

    Raises
    ------
    ValueError
        If the columns differ in length.
    """

    sites: tuple[str, ...]
    brands: tuple[str, ...]
    own: NDArray[np.bool_]
    visits: Array
    outside: float

    def __post_init__(self) -> None:
        """Check the lengths; freeze the arrays."""
        if not len(self.sites) == len(self.brands) == len(self.own) == len(self.visits):
            raise ValueError("outlet demand: sites, brands, own and visits differ in length")
        self.own.flags.writeable = False
        self.visits.flags.writeable = False

    @property
    def total(self) -> float:
        """All visits, those outside too."""
        return float(self.visits.sum()) + self.outside


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """
    One line of a cannibalisation table for a group of outlets.

    Parameters
    ----------
    name
        What the group is.
    before, after
        Visits.
    """

    name: str
    before: float
    after: float

    @property
    def change(self) -> float:
        """Visits won, negative where lost."""
        return self.after - self.before


@dataclass(frozen=True, slots=True, eq=False)
class Cannibalisation:
    """
    Who wins and who loses when outlets open or close.

    Parameters
    ----------
    sites, brands
        Ids of all outlets of both plans, those of the first in its order, then the new ones.
    own
        Whether the outlet is the operator's, shape ``(sites,)``.
    before, after
        Visits, 0 where the outlet is not in the plan, shape ``(sites,)``.
    opened, closed
        Whether visits go there in the second plan alone, or in the first alone, shape ``(sites,)``: a candidate that
        is listed in both plans but does nothing in the first opens too.
    outside
        Visits to no outlet.
    """

    sites: tuple[str, ...]
    brands: tuple[str, ...]
    own: NDArray[np.bool_]
    before: Array
    after: Array
    opened: NDArray[np.bool_]
    closed: NDArray[np.bool_]
    outside: Change

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for column in (self.own, self.before, self.after, self.opened, self.closed):
            column.flags.writeable = False

    @property
    def change(self) -> Array:
        """Visits won by each outlet, negative where lost; with the outside option they sum to 0."""
        return self.after - self.before

    @property
    def captured(self) -> float:
        """Visits of the outlets that opened."""
        return float(self.after[self.opened].sum())

    @property
    def released(self) -> float:
        """Visits of the outlets that closed."""
        return float(self.before[self.closed].sum())

    @property
    def cannibalised(self) -> float:
        """Share of what the opened outlets capture that our other outlets lose; NaN if they capture nothing."""
        lost = -float(self.change[self.own & ~self.opened & ~self.closed].sum())
        return lost / self.captured if self.captured > 0.0 else float("nan")

    def by_brand(self) -> tuple[Change, ...]:
        """Return visits by brand in the order of the outlets, opened and closed outlets within their brand."""
        names = tuple(dict.fromkeys(self.brands))
        return tuple(self._sum(name, np.array([brand == name for brand in self.brands])) for name in names)

    def by_owner(self) -> tuple[Change, Change, Change, Change, Change]:
        """
        Return visits of ``opened``, ``closed``, ``own``, ``competitor`` (those that stay) and ``outside``.

        The changes of the last three say from whom the opened outlets capture and where those of the closed go.
        """
        stays = ~self.opened & ~self.closed
        return (
            self._sum("opened", self.opened),
            self._sum("closed", self.closed),
            self._sum("own", stays & self.own),
            self._sum("competitor", stays & ~self.own),
            self.outside,
        )

    def _sum(self, name: str, rows: NDArray[np.bool_]) -> Change:
        return Change(name, float(self.before[rows].sum()), float(self.after[rows].sum()))


def outlet_demand(probabilities: ChoiceProbabilities, demand: Array) -> OutletDemand:
    """
    Return the visits that each outlet captures.

    Parameters
    ----------
    probabilities
        Who goes where.
    demand
        Visits wished, shape ``(tasks, zones)``.

    Raises
    ------
    ValueError
        If the demand has other tasks or zones.
    """
    shape = (len(probabilities.group), probabilities.outside.shape[1])
    if demand.shape != shape:
        raise ValueError(f"the demand has the shape {demand.shape}; the choice was made for {shape} (tasks, zones)")
    together = np.zeros(probabilities.outside.shape)
    np.add.at(together, probabilities.group, demand)
    visits = np.einsum("gz,gzs->s", together, probabilities.tables)
    away = float((together * probabilities.outside).sum())
    return OutletDemand(probabilities.sites, probabilities.brands, probabilities.own, visits, away)


def outlet_demand_of_rows(alternatives: Alternatives, shares: Shares, outside: Array, demand: Array) -> OutletDemand:
    """
    Return the visits that each outlet captures, from sparse rows.

    Parameters
    ----------
    alternatives
        The outlets that the rows speak of.
    shares, outside
        As ``choose_rows`` returns them.
    demand
        Visits wished, shape ``(tasks, zones)``.

    Raises
    ------
    ValueError
        If the demand has other tasks or zones.
    """
    if demand.shape != outside.shape:
        raise ValueError(
            f"the demand has the shape {demand.shape}; the choice was made for {outside.shape} (tasks, zones)"
        )
    weight = demand[shares.task, shares.zone] * shares.share
    visits = np.bincount(shares.site, weight, minlength=len(alternatives.sites)).astype(np.float64)
    away = float((demand * outside).sum())
    return OutletDemand(alternatives.sites, alternatives.brands, alternatives.own, visits, away)


def cannibalisation(before: OutletDemand, after: OutletDemand) -> Cannibalisation:
    """
    Return who wins and who loses between two plans for the same people.

    Parameters
    ----------
    before, after
        Visits by outlet; outlets are matched by id.

    Raises
    ------
    ValueError
        If the plans hold different visits, or an outlet changes its owner or brand.
    """
    if not abs(before.total - after.total) <= BALANCE * max(before.total, 1.0):
        raise ValueError(
            f"the plans hold {before.total:g} and {after.total:g} visits; compare two choices of the same demand"
        )
    sites = tuple(dict.fromkeys((*before.sites, *after.sites)))
    row = {name: place for place, name in enumerate(sites)}
    first, second = _spread(before, row), _spread(after, row)
    owner = {
        name: (plan.brands[at], bool(plan.own[at])) for plan in (after, before) for at, name in enumerate(plan.sites)
    }
    for at, name in enumerate(after.sites):
        if owner[name] != (after.brands[at], bool(after.own[at])):
            raise ValueError(f"outlet {name!r} belongs to {owner[name][0]!r} before and to {after.brands[at]!r} after")
    return Cannibalisation(
        sites=sites,
        brands=tuple(owner[name][0] for name in sites),
        own=np.array([owner[name][1] for name in sites], dtype=bool),
        before=first,
        after=second,
        opened=(first == 0.0) & (second > 0.0),
        closed=(first > 0.0) & (second == 0.0),
        outside=Change("outside", before.outside, after.outside),
    )


def _spread(plan: OutletDemand, row: dict[str, int]) -> Array:
    """Return a plan's visits in the rows of all outlets."""
    visits = np.zeros(len(row))
    visits[np.array([row[name] for name in plan.sites], dtype=np.int64)] = plan.visits
    return visits


def segments_together(parts: Sequence[OutletDemand]) -> OutletDemand:
    """
    Return the visits of several segments that choose from the same outlets.

    Parameters
    ----------
    parts
        Visits of each segment, one or more.

    Raises
    ------
    ValueError
        If there is none, or the outlets differ.
    """
    if not parts or any(part.sites != parts[0].sites for part in parts):
        raise ValueError("segments can be put together only where they choose from the same outlets, one or more")
    visits = np.sum([part.visits for part in parts], axis=0)
    return OutletDemand(parts[0].sites, parts[0].brands, parts[0].own, visits, sum(part.outside for part in parts))
