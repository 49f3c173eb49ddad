"""What a choice model with an outside option is given and gives, and the table of these models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from netsim.registry import Registry

Array = NDArray[np.float64]

LEAST_COST = 1.0
"""Costs below one minute count as one: a power of the cost has no end at 0, and nobody feels the difference."""
SUM_TOLERANCE = 1e-12
"""Shares and the outside option sum to 1 within it."""


@dataclass(frozen=True, slots=True, eq=False)
class Alternatives:
    """
    Outlets that people choose from, the operator's own and those of competitors.

    Parameters
    ----------
    sites, brands
        Ids of the outlets and whose they are, length s.
    attraction
        What draws people (counters, floor space, opening hours), positive, shape ``(sites,)``.
    constant
        Utility of brand and format on top of it; 0 = none, shape ``(sites,)``.
    own
        Whether the outlet is the operator's, shape ``(sites,)``.
    offers
        Whether the outlet does the task, shape ``(tasks, sites)``.
    minutes
        Travel one way, minutes, ``inf`` where there is no way, shape ``(zones, sites)``.
    wait
        Mean wait, minutes, shape ``(tasks, sites)``; ``inf`` = nobody is ever served.
    service
        Mean service, minutes, shape ``(tasks, sites)``.
    fee
        Price of one visit, money, shape ``(tasks, sites)``.
    attributes
        More attributes by name for the MCI model, positive, each of shape ``(sites,)`` or ``(zones, sites)``.

    Raises
    ------
    ValueError
        If shapes differ, an id comes twice, or a figure is out of its range.
    """

    sites: tuple[str, ...]
    brands: tuple[str, ...]
    attraction: Array
    constant: Array
    own: NDArray[np.bool_]
    offers: NDArray[np.bool_]
    minutes: Array
    wait: Array
    service: Array
    fee: Array
    attributes: Mapping[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check shapes and ranges; freeze the arrays."""
        tasks, zones, sites = len(self.offers), len(self.minutes), len(self.sites)
        if len(set(self.sites)) != sites:
            raise ValueError("alternatives: a site id comes twice")
        if len(self.brands) != sites:
            raise ValueError(f"alternatives: {len(self.brands)} brands for {sites} sites")
        shapes = {"attraction": (sites,), "constant": (sites,), "own": (sites,), "minutes": (zones, sites)}
        shapes |= dict.fromkeys(("offers", "wait", "service", "fee"), (tasks, sites))
        for name, shape in shapes.items():
            column: NDArray[Any] = getattr(self, name)
            if column.shape != shape:
                raise ValueError(f"alternatives: {name} has the shape {column.shape}; expected {shape}")
            column.flags.writeable = False
        for name, column in self.attributes.items():
            if column.shape not in {(sites,), (zones, sites)}:
                wanted = f"({sites},) or ({zones}, {sites})"
                raise ValueError(f"alternatives: attribute {name!r} has the shape {column.shape}; expected {wanted}")
            column.flags.writeable = False
        self._check_ranges()

    def _check_ranges(self) -> None:
        """Raise for a figure that no outlet can have, with its value and place."""
        columns = {"attraction": self.attraction} | {
            f"attribute {key!r}": item for key, item in self.attributes.items()
        }
        for name, column in columns.items():
            _refuse(name, column, ~(np.isfinite(column) & (column > 0)), "positive and finite")
        _refuse("constant", self.constant, ~np.isfinite(self.constant), "finite")
        _refuse("minutes", self.minutes, ~(self.minutes >= 0), "non-negative; write inf where there is no way")
        _refuse("wait", self.wait, ~(self.wait >= 0), "non-negative")
        for name, column in (("service", self.service), ("fee", self.fee)):
            _refuse(name, column, ~(np.isfinite(column) & (column >= 0)), "non-negative and finite")

    @property
    def tasks(self) -> int:
        """Number of tasks."""
        return len(self.offers)

    @property
    def zones(self) -> int:
        """Number of zones."""
        return len(self.minutes)

    def in_zones(self, rows: slice) -> Alternatives:
        """Return the same outlets as seen from some of the zones."""
        zonal = {name: column if column.ndim == 1 else column[rows] for name, column in self.attributes.items()}
        return replace(self, minutes=self.minutes[rows], attributes=zonal)


def _refuse(name: str, column: Array, wrong: NDArray[np.bool_], wanted: str) -> None:
    """Raise with the first value that is wrong and its place."""
    if wrong.any():
        place = tuple(int(index) for index in np.argwhere(wrong)[0])
        raise ValueError(f"alternatives: {name} at {place} is {column[place]}; it must be {wanted}")


class Parameters(Protocol):
    """Parameters of a choice model, one record for each segment of people."""

    @property
    def outside_utility(self) -> float:
        """Utility of going to none of the outlets; ``-inf`` = nobody does who reaches one."""
        ...


@dataclass(frozen=True, slots=True)
class ChoiceModel:
    """
    A way to weigh outlets; the shares follow from the utilities in the same way for all models.

    Parameters
    ----------
    parameters
        The record of its parameters.
    utility
        ``utility(alternatives, cost, parameters)`` returns the log of each outlet's weight, shape
        ``(zones, sites)``, from generalised costs in minutes of the same shape, all finite.
    """

    parameters: type[Any]
    utility: Callable[[Alternatives, Array, Any], Array]


CHOICE_MODELS: Registry[ChoiceModel] = Registry("choice model with an outside option")


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceProbabilities:
    """
    Who goes where, outside option included; tasks that see the same outlets at the same costs share one table.

    Parameters
    ----------
    sites, brands
        Ids of the outlets and whose they are.
    own
        Whether the outlet is the operator's, shape ``(sites,)``.
    group
        Table of each task, shape ``(tasks,)``.
    tables
        Share of each outlet, shape ``(groups, zones, sites)``.
    outside
        Share that goes to no outlet, shape ``(groups, zones)``.

    Raises
    ------
    ValueError
        If shapes differ or shares with the outside option do not sum to 1 within 1e-12.
    """

    sites: tuple[str, ...]
    brands: tuple[str, ...]
    own: NDArray[np.bool_]
    group: NDArray[np.int64]
    tables: Array
    outside: Array

    def __post_init__(self) -> None:
        """Check shapes and sums; freeze the arrays."""
        sites = len(self.sites)
        if self.tables.shape != (*self.outside.shape, sites) or not self.own.shape == (sites,) == (len(self.brands),):
            raise ValueError(
                f"choice probabilities: tables {self.tables.shape}, outside {self.outside.shape}, own {self.own.shape} "
                f"and {len(self.brands)} brands do not fit {sites} sites"
            )
        if self.group.size and not 0 <= self.group.min() <= self.group.max() < len(self.tables):
            raise ValueError(f"choice probabilities: a task has table {self.group.max()} of {len(self.tables)}")
        gap = np.abs(self.tables.sum(axis=-1) + self.outside - 1.0).max(initial=0.0)
        if not gap <= SUM_TOLERANCE:
            raise ValueError(f"choice probabilities: shares and outside option miss the sum 1 by {gap}")
        for column in (self.own, self.group, self.tables, self.outside):
            column.flags.writeable = False

    def dense(self) -> tuple[Array, Array]:
        """Return the shares ``(tasks, zones, sites)`` and outside ``(tasks, zones)``: a full copy for every task."""
        return self.tables[self.group], self.outside[self.group]
