"""Queues with exponential service: M/M/1, M/M/c, M/M/c/c and M/M/c/K."""

from __future__ import annotations

import math
from dataclasses import dataclass


class UnstableQueueError(ValueError):
    """Customers arrive faster than they can be served, and none of them ever leaves."""

    def __init__(self, load: float, servers: int) -> None:
        super().__init__(load, servers)
        self.load = load
        self.servers = servers

    def __str__(self) -> str:
        """Return the load, the servers and how many are missing."""
        missing = math.floor(self.load) + 1 - self.servers
        return (
            f"unstable queue: load {self.load:g} erlangs on {self.servers} servers; "
            f"{missing} more needed for a wait that does not grow without end"
        )


def offered(arrival_rate: float, service_mean: float, servers: int) -> float:
    """
    Return the offered load in erlangs after checking the inputs.

    Parameters
    ----------
    arrival_rate
        Arrivals per minute, non-negative.
    service_mean
        Mean service minutes, positive.
    servers
        Number of servers, at least 1.

    Raises
    ------
    ValueError
        If a value is outside its range.

    Examples
    --------
    >>> offered(arrival_rate=0.5, service_mean=4.0, servers=3)
    2.0
    """
    if arrival_rate < 0 or service_mean <= 0 or servers < 1:
        msg = f"queue: rate {arrival_rate:g} >= 0, service {service_mean:g} > 0 and servers {servers} >= 1 are needed"
        raise ValueError(msg)
    return arrival_rate * service_mean


def erlang_b(load: float, servers: int) -> float:
    """
    Return the share of arrivals that find all servers busy when nobody waits (M/M/c/c).

    Uses ``B(c) = a B(c-1) / (c + a B(c-1))``, which stays in [0, 1] and needs no factorial. It
    holds for any service distribution with the same mean (insensitivity).

    Parameters
    ----------
    load
        Offered load ``a`` in erlangs, non-negative.
    servers
        Number of servers, non-negative.

    Raises
    ------
    ValueError
        If either is negative.

    References
    ----------
    A. K. Erlang (1917); recursion as in Cooper, *Introduction to Queueing Theory* (1981), ch. 3.

    Examples
    --------
    >>> round(erlang_b(load=2.0, servers=3), 4)
    0.2105
    """
    if load < 0 or servers < 0:
        raise ValueError(f"erlang_b: load {load:g} and servers {servers} must not be negative")
    blocked = 1.0
    for server in range(1, servers + 1):
        blocked = load * blocked / (server + load * blocked)
    return blocked


def erlang_c(load: float, servers: int) -> float:
    """
    Return the share of arrivals that have to wait (M/M/c); 1 at a load that the servers cannot carry.

    Parameters
    ----------
    load
        Offered load in erlangs, non-negative.
    servers
        Number of servers, at least 1.

    Raises
    ------
    ValueError
        If the load is negative or there is no server.

    References
    ----------
    A. K. Erlang (1917); ``C = B / (1 - (a / c)(1 - B))``.

    Examples
    --------
    >>> round(erlang_c(load=10.0, servers=14), 6)
    0.174132
    """
    if servers < 1:
        raise ValueError(f"erlang_c: {servers} servers; at least one is needed")
    if load >= servers:
        return 1.0
    blocked = erlang_b(load, servers)
    return blocked / (1.0 - load / servers * (1.0 - blocked))


def mean_wait(arrival_rate: float, service_mean: float, servers: int) -> float:
    """
    Return the mean wait in minutes of M/M/c over all customers.

    Parameters
    ----------
    arrival_rate
        Arrivals per minute.
    service_mean
        Mean service minutes.
    servers
        Number of servers.

    Raises
    ------
    UnstableQueueError
        If the load reaches the number of servers.

    Examples
    --------
    >>> round(mean_wait(arrival_rate=1.0, service_mean=0.8, servers=1), 6)
    3.2
    """
    load = offered(arrival_rate, service_mean, servers)
    if load >= servers:
        raise UnstableQueueError(load, servers)
    return erlang_c(load, servers) * service_mean / (servers - load)


def wait_exceeds(arrival_rate: float, service_mean: float, servers: int, minutes: float) -> float:
    """
    Return the share of M/M/c customers who wait longer than ``minutes``; 1 at a load that never settles.

    Parameters
    ----------
    arrival_rate
        Arrivals per minute.
    service_mean
        Mean service minutes.
    servers
        Number of servers.
    minutes
        Wait, non-negative.

    Examples
    --------
    >>> round(wait_exceeds(arrival_rate=0.577 / 4, service_mean=4.0, servers=1, minutes=10.0), 2)
    0.2
    """
    load = offered(arrival_rate, service_mean, servers)
    if load >= servers:
        return 1.0
    return erlang_c(load, servers) * math.exp(-(servers - load) * minutes / service_mean)


def mm1_mean_wait(arrival_rate: float, service_mean: float) -> float:
    """
    Return the mean wait in minutes of M/M/1: ``rho s / (1 - rho)``.

    Examples
    --------
    >>> round(mm1_mean_wait(arrival_rate=1.0, service_mean=0.8), 6)
    3.2
    """
    load = offered(arrival_rate, service_mean, 1)
    if load >= 1:
        raise UnstableQueueError(load, 1)
    return load * service_mean / (1.0 - load)


@dataclass(frozen=True, slots=True)
class FiniteRoom:
    """
    Stationary values of M/M/c/K.

    Parameters
    ----------
    rejected
        Share of arrivals that find ``room`` customers inside and are turned away.
    mean_number
        Mean number of customers inside.
    mean_wait
        Mean wait in minutes of those who enter.
    """

    rejected: float
    mean_number: float
    mean_wait: float


def finite_room(arrival_rate: float, service_mean: float, servers: int, room: int) -> FiniteRoom:
    """
    Return the stationary values of M/M/c/K.

    Parameters
    ----------
    arrival_rate
        Arrivals per minute.
    service_mean
        Mean service minutes.
    servers
        Number of servers.
    room
        Most customers inside, those in service included; at least ``servers``.

    Raises
    ------
    ValueError
        If the room holds fewer than the servers.

    References
    ----------
    Gross, Shortle, Thompson and Harris, *Fundamentals of Queueing Theory* (2008), sec. 2.5.

    Examples
    --------
    >>> queue = finite_room(arrival_rate=3.0, service_mean=0.25, servers=2, room=3)
    >>> round(queue.mean_number, 5), round(queue.rejected, 5)
    (0.76234, 0.04936)
    """
    load = offered(arrival_rate, service_mean, servers)
    if room < servers:
        raise ValueError(f"finite_room: room for {room} customers is less than {servers} servers")
    weights = [1.0]
    for inside in range(1, room + 1):
        weights.append(weights[-1] * load / min(inside, servers))
        if weights[-1] > 1e200:  # keeps large loads from overflowing
            weights = [weight * 1e-200 for weight in weights]
    total = math.fsum(weights)
    shares = [weight / total for weight in weights]
    queue = math.fsum((inside - servers) * shares[inside] for inside in range(servers, room + 1))
    number = math.fsum(inside * share for inside, share in enumerate(shares))
    entering = arrival_rate * (1.0 - shares[room])
    return FiniteRoom(shares[room], number, queue / entering if entering > 0 else 0.0)
