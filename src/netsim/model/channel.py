"""Channels without an outlet, what outlets share, and where customers go who leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from netsim.model.service_time import ServiceTime
from netsim.model.station import StationKind
from netsim.model.visiting import RemoteStart, Shares

OUTLET = "outlet"
"""In shares of remote channels: a visit to the outlet of the customer."""
AGAIN = "again"
"""In shares of leavers: the same once more, later."""
NEARBY = "nearby"
"""In shares of leavers: the nearest other outlet that does the task."""


@dataclass(frozen=True, slots=True)
class Pool:
    """
    Servers that the whole network shares: a back-office hub, a call centre, technicians.

    Parameters
    ----------
    kind
        What holds for it as for a station.
    servers
        Servers whenever it is open.
    hours
        Id of its opening hours.
    cost
        Yearly cost of one server.
    team
        Id of the team that works there; None for servers that are counted only.
    """

    kind: StationKind
    servers: int
    hours: str
    cost: float = 0.0
    team: str | None = None


@dataclass(frozen=True, slots=True)
class RemoteChannel:
    """
    A channel that customers use from anywhere: an app, a smart customer service, a call centre.

    Parameters
    ----------
    id, name
        Immutable id and display names by language.
    takes
        Time of one contact.
    succeeds
        Share of contacts that settle what the customer wants: completion rate, containment rate.
    otherwise
        Where the others turn, by share: another remote channel or ``OUTLET``; the rest gives up.
    leavers
        Where those turn who go before they are served: remote channels, ``OUTLET`` or ``AGAIN``; the rest gives up.
    after
        Mean minutes until they do, exponential, where it is a visit or the same once more.
    pool
        Id of the pool whose servers answer; None for a channel that serves as many as come.
    per_contact
        Cost of one contact.
    on_system
        Whether it stands still while the system is down; a pool says so itself.
    """

    id: str
    name: Mapping[str, str]
    takes: ServiceTime
    succeeds: float
    otherwise: Shares = ()
    leavers: Shares = ()
    after: float = 0.0
    pool: str | None = None
    per_contact: float = 0.0
    on_system: bool = True


def outlet_share(starts: Sequence[RemoteStart], channels: Sequence[RemoteChannel]) -> tuple[float, float]:
    """
    Return the visits to outlets and the contacts settled remotely, for one customer of a task.

    Those who lose patience in a remote channel are not seen here.

    Parameters
    ----------
    starts
        Who turns to a remote channel first.
    channels
        All remote channels.

    Examples
    --------
    >>> app = RemoteChannel("app", {}, ServiceTime(4.0, 0.5), 0.8, (("outlet", 0.5),))
    >>> [round(share, 6) for share in outlet_share([RemoteStart("app", 0.5)], [app])]
    [0.55, 0.4]
    """
    number = {channel.id: place for place, channel in enumerate(channels)}
    own = {start.channel: start.succeeds for start in starts}
    first, visits, settled = (np.zeros(len(channels)) for _ in range(3))
    chain = np.zeros((len(channels), len(channels)))
    for start in starts:
        first[number[start.channel]] = start.share
    for place, channel in enumerate(channels):
        succeeds = own.get(channel.id)
        settled[place] = channel.succeeds if succeeds is None else succeeds
        for to, share in channel.otherwise:
            if to == OUTLET:
                visits[place] = (1.0 - settled[place]) * share
            else:
                chain[number[to], place] = (1.0 - settled[place]) * share
    contacts = np.linalg.inv(np.eye(len(channels)) - chain) @ first
    return 1.0 - float(first.sum()) + float(visits @ contacts), float(settled @ contacts)
