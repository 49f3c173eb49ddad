"""The trial of a fit on days that nothing was fitted to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from netsim.model.fit_arrivals import Array, Estimate, freeze
from netsim.model.service import Lane

SIMULATED_DAYS = 200
"""Days that each held-out day is simulated."""


@dataclass(frozen=True, slots=True, eq=False)
class ArrivalCheck:
    """
    Arrivals of the held-out days against what the other days predict.

    Parameters
    ----------
    cells, inside
        Half-hours of held-out days, and those whose count lies inside its 95 % prediction interval.
    ratio
        Observed over predicted arrivals, all held-out days together, with its 99 % interval around the truth of
        no change: inside it when it holds 1.
    predicted, lower, upper, observed
        Arrivals in each half-hour, mean over the held-out days: prediction, its 95 % interval, observation;
        shape ``(48,)``.
    """

    cells: int
    inside: int
    ratio: Estimate
    predicted: Array
    lower: Array
    upper: Array
    observed: Array

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class ServiceCheck:
    """
    Service times of the held-out days against the law fitted to the others.

    Parameters
    ----------
    task, lane
        Which services.
    size
        Services of the held-out days.
    ks, p
        Distance of the shares that the law gives the services from even ones, and its p-value.
    ratio
        Mean of the held-out services over the mean of the fitted sample, with its 99 % interval.
    pit
        Services in each tenth of the law, shape ``(10,)``: even if the law holds.
    """

    task: str
    lane: Lane
    size: int
    ks: float
    p: float
    ratio: Estimate
    pit: Array

    def __post_init__(self) -> None:
        """Freeze the array."""
        freeze(self)


@dataclass(frozen=True, slots=True)
class WaitCheck:
    """
    Mean wait of one held-out day against simulated days with the fitted parameters and that day's staff.

    Parameters
    ----------
    date
        The day.
    servers
        Server hours on duty, as seen in the log.
    observed
        Mean wait in minutes.
    predicted
        Mean over the simulated days, and where 95 % of them lie.
    """

    date: dt.date
    servers: float
    observed: float
    predicted: Estimate


@dataclass(frozen=True, slots=True)
class Flag:
    """
    Something that the held-out days say against the fit.

    Parameters
    ----------
    check
        ``arrivals``, ``half_hours``, ``service`` or ``waits``.
    words
        A coded sentence, see ``text.code_sentence``.
    """

    check: Literal["arrivals", "half_hours", "service", "waits"]
    words: str


@dataclass(frozen=True, slots=True, eq=False)
class Validation:
    """
    The trial on days that nothing was fitted to.

    Parameters
    ----------
    rule
        Coded sentence: how the days were chosen.
    fitted, held_out
        Numbers of days.
    arrivals
        Arrivals; None without held-out days.
    services
        Service times by task and lane.
    waits
        Waits day by day; empty where ``no_waits`` says why.
    no_waits
        Coded sentence; empty if waits were simulated.
    flags
        What does not hold; empty if all does.
    """

    rule: str
    fitted: int
    held_out: int
    arrivals: ArrivalCheck | None
    services: tuple[ServiceCheck, ...]
    waits: tuple[WaitCheck, ...]
    no_waits: str
    flags: tuple[Flag, ...]
