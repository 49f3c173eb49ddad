"""How customers of a task come: by appointment, by a remote channel first, and where they turn when they leave."""

from __future__ import annotations

from dataclasses import dataclass

Shares = tuple[tuple[str, float], ...]
"""Shares by name."""


@dataclass(frozen=True, slots=True)
class Appointments:
    """
    Appointments for a task, beside those who walk in.

    Parameters
    ----------
    share
        Share of the customers who ask for an appointment.
    every, places
        Minutes from one appointment to the next, and how many an outlet gives at the same minute.
    no_show
        Share of those with an appointment who do not come.
    late_share, late_mean
        Share of the others who come late, and by how many minutes on average (exponential).
    priority
        Level of those with an appointment in every queue; None for that of the task.
    """

    share: float
    every: float
    places: int = 1
    no_show: float = 0.0
    late_share: float = 0.0
    late_mean: float = 0.0
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class RemoteStart:
    """
    Customers of a task who turn to a remote channel first.

    Parameters
    ----------
    channel
        Id of the channel.
    share
        Share of all customers of the task.
    succeeds
        Share of contacts that settle this task there; None takes what the channel says.
    """

    channel: str
    share: float
    succeeds: float | None = None


@dataclass(frozen=True, slots=True)
class Leavers:
    """
    Where customers of a task turn who leave an outlet without being served to the end.

    Parameters
    ----------
    to
        Shares by ``channel.NEARBY``, ``channel.AGAIN`` or a remote channel; the rest is lost.
    after
        Mean minutes until those come back who try again, exponential.
    """

    to: Shares
    after: float = 0.0
