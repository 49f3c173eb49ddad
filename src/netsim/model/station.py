"""Servers beside the two lanes of an outlet: a reception, a printer, a back office, a desk for some customers only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from netsim.model.service import LanePolicy, Promise

NO_PROMISE = Promise(0.0, float("inf"))
"""Of a station: nothing is promised there, what is promised is promised for a lane."""


@dataclass(frozen=True, slots=True)
class StationKind:
    """
    What holds for a station wherever it stands.

    Parameters
    ----------
    id, name
        Immutable id and display names by language.
    policy
        Patience, end of shift, breakdowns, balking; its promise is ``NO_PROMISE``.
    customers_wait
        Whether customers wait here in person: they take places of the waiting room and lose patience. In a
        back office their papers wait.
    on_system
        Whether nothing is served here while the system is down.
    """

    id: str
    name: Mapping[str, str]
    policy: LanePolicy
    customers_wait: bool = True
    on_system: bool = True


@dataclass(frozen=True, slots=True)
class StationUse:
    """
    A station in a format.

    Parameters
    ----------
    servers
        Servers whenever it is open.
    hours
        Id of its opening hours; None for those of the counter, or of the only lane.
    cost
        Yearly cost of one server.
    team
        Id of the team that works there; None for servers that are counted only.
    """

    servers: int
    hours: str | None = None
    cost: float = 0.0
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    """
    A named person of a team.

    Parameters
    ----------
    id
        Immutable id.
    group
        What kind of staff: tellers, advisers, hall managers, ...
    skills
        What the person can do; a step may ask for some of it, or for the group.
    speed
        Service times are divided by it.
    duty
        Minutes of the service day on duty, in order; breaks and lunch are the gaps.
    """

    id: str
    group: str
    skills: tuple[str, ...]
    speed: float
    duty: tuple[tuple[float, float], ...]

    @property
    def able(self) -> tuple[str, ...]:
        """Skills and group: all that a step may ask for."""
        return tuple(dict.fromkeys((*self.skills, *([self.group] if self.group else []))))
