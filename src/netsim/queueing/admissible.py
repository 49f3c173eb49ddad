"""How much a counter can carry and how many servers a load needs, by closed form: where searches start."""

from __future__ import annotations

import math

from netsim.queueing.erlang import wait_exceeds
from netsim.queueing.impatience import erlang_a


def share_in_time(
    arrival_rate: float, service_mean: float, servers: int, within: float, patience: float = math.inf
) -> float:
    """
    Return the share of all arrivals called within ``within`` minutes; 0 for a queue that grows without end.

    Parameters
    ----------
    arrival_rate
        Arrivals per minute.
    service_mean
        Mean service minutes.
    servers
        Number of servers.
    within
        Promised wait in minutes.
    patience
        Mean patience in minutes; who leaves is late.

    Examples
    --------
    >>> share_in_time(arrival_rate=1.0, service_mean=4.0, servers=3, within=10.0)
    0.0
    """
    if math.isinf(patience):
        return 1.0 - wait_exceeds(arrival_rate, service_mean, servers, within)
    return erlang_a(arrival_rate, service_mean, servers, patience, within).in_time


def admissible_load(
    servers: int, service_mean: float, within: float, share: float, patience: float = math.inf
) -> float:
    """
    Return the largest load in erlangs at which ``share`` of all arrivals is called within ``within`` minutes.

    Services are taken as exponential and the load as constant, so a search for the load of a real day
    starts here and must not end here.

    Parameters
    ----------
    servers
        Number of servers.
    service_mean
        Mean service minutes.
    within, share
        The promise.
    patience
        Mean patience in minutes; ``inf`` for customers who never leave.

    Raises
    ------
    ValueError
        If the share is not inside (0, 1).

    Examples
    --------
    >>> [round(admissible_load(c, 4.0, 10.0, 0.8) / c, 3) for c in (1, 2, 3, 4)]
    [0.577, 0.762, 0.833, 0.871]
    """
    if not 0.0 < share < 1.0:
        raise ValueError(f"admissible_load: the promised share {share:g} must lie between 0 and 1")

    def holds(load: float) -> bool:
        return share_in_time(load / service_mean, service_mean, servers, within, patience) >= share

    low, high = 0.0, float(servers)
    while holds(high):  # impatient customers keep an overloaded queue short
        low, high = high, 2.0 * high
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def servers_needed(
    arrival_rate: float, service_mean: float, within: float, share: float, patience: float = math.inf
) -> int:
    """
    Return the fewest servers that keep the promise at a constant load.

    The search climbs from the least number that can carry the load, so it is exact.

    Parameters
    ----------
    arrival_rate
        Arrivals per minute.
    service_mean
        Mean service minutes.
    within, share
        The promise.
    patience
        Mean patience in minutes; ``inf`` for customers who never leave.

    Raises
    ------
    ValueError
        If the share is not inside (0, 1).

    Examples
    --------
    >>> servers_needed(arrival_rate=100 / 30, service_mean=3.0, within=1 / 3, share=0.8)
    14
    """
    if not 0.0 < share < 1.0:
        raise ValueError(f"servers_needed: the promised share {share:g} must lie between 0 and 1")
    if arrival_rate == 0:
        return 0
    servers = math.floor(arrival_rate * service_mean) + 1 if math.isinf(patience) else 1
    while share_in_time(arrival_rate, service_mean, servers, within, patience) < share:
        servers += 1
    return servers
