"""How customers choose among outlets, competitors' among them, and what it takes to bring choice and waits to agree."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from netsim.model.plan import Shares
from netsim.model.provenance import Provenance


@dataclass(frozen=True, slots=True)
class Taste:
    """
    What makes the customers of a segment choose.

    Parameters
    ----------
    attraction
        Exponent of an outlet's attraction.
    cost
        How fast an outlet loses by its generalised cost: the exponent of the minutes (``power``), or the loss of
        utility a minute (``exponential``); non-negative.
    attributes
        Exponent of each further attribute (MCI).
    outside
        Generalised cost in minutes at which an outlet of attraction 1 would draw as many as the alternative of
        going to none; ``inf`` where nobody stays away who reaches an outlet.
    wait, service
        Minutes of travel that a minute of waiting and of service feels like.
    """

    attraction: float = 1.0
    cost: float = 2.0
    attributes: Mapping[str, float] = field(default_factory=dict)
    outside: float = math.inf
    wait: float = 1.0
    service: float = 0.0


@dataclass(frozen=True, slots=True)
class ChoiceRules:
    """
    How customers choose, and when choice and waits count as agreed.

    Parameters
    ----------
    model
        Name of the choice model: ``huff``, ``mci`` or ``logit``.
    decay
        ``power`` or ``exponential``, for ``huff``.
    taste
        Of segments that have none of their own.
    tastes
        By segment.
    brands, formats
        Utility of a brand or format on top of what else draws; 0 for those that are not named.
    days
        Common days on which waits are simulated in each round.
    damping
        Share of the way to the new waits that is taken in a round, in ``(0, 1]``.
    tolerance
        Share of all visits that may still want to change the outlet when it ends.
    max_rounds
        Most rounds.
    """

    model: str
    decay: str = "power"
    taste: Taste = Taste()
    tastes: Mapping[str, Taste] = field(default_factory=dict)
    brands: Mapping[str, float] = field(default_factory=dict)
    formats: Mapping[str, float] = field(default_factory=dict)
    days: int = 20
    damping: float = 0.5
    tolerance: float = 0.002
    max_rounds: int = 30

    def taste_of(self, segment: str) -> Taste:
        """Return the taste of a segment: its own, that of its layer, or the common one."""
        while segment:
            if segment in self.tastes:
                return self.tastes[segment]
            segment = segment.rpartition(".")[0]
        return self.taste


@dataclass(frozen=True, slots=True)
class Rival:
    """
    An outlet of a competitor: it is there, nobody plans it and nobody simulates it.

    Parameters
    ----------
    id, name, kind, brand
        As of a site.
    x, y
        Metres in the study's projected CRS.
    attraction
        What draws people.
    wait, service
        Mean minutes there.
    fee
        Price of a visit.
    tasks
        Tasks that it does.
    provenance
        Where it comes from.
    """

    id: str
    name: str
    kind: str
    brand: str
    x: float
    y: float
    attraction: float
    wait: float
    service: float
    fee: float
    tasks: tuple[str, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class ChoiceRound:
    """
    One round towards the point where choice and waits agree.

    Parameters
    ----------
    round
        Counted from 1.
    moving
        Share of all visits that would change the outlet if everybody knew the waits of this round.
    step
        Share of the way to the new waits that was taken.
    wait
        Mean wait of those who come, minutes.
    outlet, change
        Id of the outlet whose visits would change most, and by how many a day.
    """

    round: int
    moving: float
    step: float
    wait: float
    outlet: str
    change: float


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceOutcome:
    """
    Where choice and simulated waits agree.

    Parameters
    ----------
    shares
        Who goes to which of the operator's outlets.
    rounds
        The way there.
    converged
        Whether the tolerance was reached.
    wait
        Mean wait by task and site that the choice was made with, minutes, shape ``(tasks, sites)``.
    brands
        Our own outlets (empty), then each competitor's brand.
    own
        Share of the wishes that our outlets capture, shape ``(segments, tasks, zones)``.
    captured
        Visits a year by brand, and of those who go to none last, shape ``(brands + 1,)``.
    """

    shares: Shares
    rounds: tuple[ChoiceRound, ...]
    converged: bool
    wait: NDArray[np.float64]
    brands: tuple[str, ...]
    own: NDArray[np.float64]
    captured: NDArray[np.float64]
