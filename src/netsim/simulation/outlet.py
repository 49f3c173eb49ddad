"""One outlet as every runner sees it: stations with staff by time, customer classes and their ways through."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from netsim.model.service import Balking, Breakdowns, EndOfShift
from netsim.simulation.samplers import LawKind, lognormal_parameters

Door = Literal["opens", "stays", "closes"]
GONE, NOWHERE = -1, -2
"""Targets of an exit: the visit is done; it goes on at a step that this outlet cannot do."""


@dataclass(frozen=True, slots=True)
class Law:
    """
    A distribution of minutes, as the sampler takes it; made by the functions below.

    Parameters
    ----------
    kind
        Which one.
    first, second
        Its parameters, see ``samplers.variate``.
    """

    kind: LawKind
    first: float = 0.0
    second: float = 0.0

    @property
    def mean(self) -> float:
        """Mean in minutes."""
        if self.kind == LawKind.LOGNORMAL:
            return self.first * math.exp(self.second**2 / 2.0)
        if self.kind == LawKind.WEIBULL:
            return self.first * math.gamma(1.0 + 1.0 / self.second)
        return math.inf if self.kind == LawKind.NEVER else self.first

    @property
    def cv(self) -> float:
        """Coefficient of variation; NaN for ``NEVER``."""
        if self.kind == LawKind.LOGNORMAL:
            return math.sqrt(math.expm1(self.second**2))
        if self.kind == LawKind.WEIBULL:
            once, twice = (math.gamma(1.0 + power / self.second) for power in (1.0, 2.0))
            return math.sqrt(twice / once**2 - 1.0)
        return {LawKind.FIXED: 0.0, LawKind.EXPONENTIAL: 1.0}.get(self.kind, math.nan)


NEVER = Law(LawKind.NEVER)
"""The patience of those who never leave."""


def fixed(minutes: float) -> Law:
    """Return the law of a constant."""
    return Law(LawKind.FIXED, minutes)


def exponential_law(mean: float) -> Law:
    """Return the exponential law; ``NEVER`` for a mean of ``inf``."""
    return NEVER if math.isinf(mean) else Law(LawKind.EXPONENTIAL, mean)


def lognormal_law(mean: float, cv: float) -> Law:
    """
    Return the lognormal law with this mean and coefficient of variation.

    Parameters
    ----------
    mean
        In minutes, positive.
    cv
        Non-negative; 0 makes every draw equal to the mean.

    Raises
    ------
    ValueError
        If the mean is not positive or the coefficient negative.
    """
    return Law(LawKind.LOGNORMAL, *lognormal_parameters(mean, cv))


def weibull_law(mean: float, shape: float) -> Law:
    """
    Return the Weibull law with this mean.

    Parameters
    ----------
    mean
        In minutes, positive.
    shape
        Positive; 1 is exponential.
    """
    return Law(LawKind.WEIBULL, mean / math.gamma(1.0 + 1.0 / shape), shape)


@dataclass(frozen=True, slots=True)
class Change:
    """
    The staff of a station changes, or its door does.

    Parameters
    ----------
    minute
        Minute of the service day.
    servers
        Servers on duty from then on. At a closing: those who stay for the queue inside, the last staff
        of the window that was not zero.
    door
        What the door does.
    """

    minute: float
    servers: int
    door: Door


@dataclass(frozen=True, slots=True)
class Station:
    """
    Servers with one queue, on one kind of day.

    Parameters
    ----------
    servers
        Most servers at any time.
    windows
        Opening windows in minutes, in order, not touching each other.
    changes
        Staff and door in order of time.
    end_of_shift
        What happens to those who wait at closing.
    breakdowns
        Failures of each server; None for none.
    balking
        When newcomers turn round; None for never.
    within
        Promised wait in minutes; ``inf`` where nothing is promised.
    """

    servers: int
    windows: tuple[tuple[float, float], ...]
    changes: tuple[Change, ...]
    end_of_shift: EndOfShift = "finish_and_close_queue"
    breakdowns: Breakdowns | None = None
    balking: Balking | None = None
    within: float = math.inf


@dataclass(frozen=True, slots=True)
class Node:
    """
    A step at a station: one place on the way of a customer class.

    Parameters
    ----------
    station
        Position of the station.
    step
        Position of the step in the blueprint; its random row is found by it.
    service
        Law of the service time.
    patience
        Law of the patience in the queue.
    exits
        ``(share, target)`` pairs whose shares sum to 1; a target is the position of a node of the same
        class, ``GONE`` or ``NOWHERE``.
    """

    station: int
    step: int
    service: Law
    patience: Law = NEVER
    exits: tuple[tuple[float, int], ...] = ((1.0, GONE),)


@dataclass(frozen=True, slots=True)
class CustomerClass:
    """
    Customers who want the same and are treated alike.

    Parameters
    ----------
    nodes
        Their way; they come in at the first node.
    priority
        Level in every queue; lower levels are served first, nobody is interrupted.
    """

    nodes: tuple[Node, ...]
    priority: int = 0


@dataclass(frozen=True, slots=True)
class OutletModel:
    """
    One outlet on one kind of day.

    Parameters
    ----------
    stations
        None where the outlet lacks the station.
    classes
        None for a class that the outlet does not serve.

    Raises
    ------
    ValueError
        If a way leads to a station or node that is not there, or shares of exits do not sum to 1.
    """

    stations: tuple[Station | None, ...]
    classes: tuple[CustomerClass | None, ...]

    def __post_init__(self) -> None:
        """Check the ways."""
        for number, item in enumerate(self.classes):
            for place, node in enumerate(() if item is None else item.nodes):
                where = f"outlet: class {number}, node {place}"
                if not 0 <= node.station < len(self.stations) or self.stations[node.station] is None:
                    raise ValueError(f"{where}: there is no station {node.station}")
                if abs(sum(share for share, _ in node.exits) - 1.0) > 1e-9:
                    raise ValueError(f"{where}: the shares of the exits must sum to 1")
                targets = [target for _, target in node.exits]
                if any(not NOWHERE <= target < len(item.nodes) for target in targets):  # type: ignore[union-attr]
                    raise ValueError(f"{where}: exits {targets} lead to a node that is not there")
