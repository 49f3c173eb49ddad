"""Queues whose customers leave: M/M/c+M, known as Erlang A."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.integrate import quad

from netsim.queueing.erlang import UnstableQueueError, erlang_b, erlang_c, mean_wait, offered, wait_exceeds


@dataclass(frozen=True, slots=True)
class ErlangA:
    """
    Stationary values of M/M/c+M.

    Parameters
    ----------
    mean_wait
        Mean minutes in the queue over all customers, leavers included.
    waits
        Share of arrivals that find all servers busy.
    abandoned
        Share of arrivals that leave the queue.
    in_time
        Share of all arrivals that are called within the asked minutes; who leaves is late.
    """

    mean_wait: float
    waits: float
    abandoned: float
    in_time: float


def erlang_a(arrival_rate: float, service_mean: float, servers: int, patience: float, within: float) -> ErlangA:
    """
    Return the stationary values of M/M/c+M.

    With ``p`` the probability of exactly ``c`` customers inside, the wait that a customer of endless
    patience would have has the density ``p (c/s) exp(-c v/s + (lambda/theta)(1 - exp(-theta v)))`` for
    ``v > 0``: the sum over all queue lengths of a birth-death chain with reneging.

    Parameters
    ----------
    arrival_rate
        Arrivals per minute.
    service_mean
        Mean service minutes.
    servers
        Number of servers.
    patience
        Mean patience in minutes, positive; ``inf`` gives M/M/c.
    within
        Promised wait in minutes, non-negative.

    Raises
    ------
    ValueError
        If patience is not positive or ``within`` is negative.
    UnstableQueueError
        If nobody ever leaves and the load reaches the number of servers.

    References
    ----------
    C. Palm (1957); Baccelli and Hebuterne (1981); Mandelbaum and Zeltyn, *Service Engineering in
    Action: The Palm/Erlang-A Queue* (2007).

    Examples
    --------
    >>> queue = erlang_a(arrival_rate=1.0, service_mean=4.0, servers=4, patience=4.0, within=10.0)
    >>> round(queue.waits, 4), round(queue.abandoned, 4)  # equal rates: the number inside is Poisson(4)
    (0.5665, 0.1954)
    """
    load = offered(arrival_rate, service_mean, servers)
    if patience <= 0 or within < 0:
        raise ValueError(f"erlang_a: patience {patience:g} must be positive and within {within:g} not negative")
    if math.isinf(patience):
        if load >= servers:
            raise UnstableQueueError(load, servers)
        return ErlangA(
            mean_wait(arrival_rate, service_mean, servers),
            erlang_c(load, servers),
            0.0,
            1.0 - wait_exceeds(arrival_rate, service_mean, servers, within),
        )
    if arrival_rate == 0:
        return ErlangA(0.0, 0.0, 0.0, 1.0)
    full_rate, leaving = servers / service_mean, 1.0 / patience
    log_below = -math.log(erlang_b(load, servers))  # log of sum over n <= c of p(n) / p(c)
    log_queue, queue = _queue_sum(arrival_rate, full_rate, leaving)
    top = max(log_below, log_queue)
    log_full = -(top + math.log(math.exp(log_below - top) + math.exp(log_queue - top)))  # log of p(c)

    def served_density(wait: float) -> float:
        """Density of a wait that ends in service."""
        drained = arrival_rate / leaving * -math.expm1(-leaving * wait)
        return full_rate * math.exp(log_full - (full_rate + leaving) * wait + drained)

    idle = math.exp(log_full + log_below) - math.exp(log_full)
    called_late, _ = quad(served_density, 0.0, within, epsabs=1e-13, epsrel=1e-10, limit=200)
    mean_queue = queue * math.exp(log_full + log_queue)
    return ErlangA(mean_queue / arrival_rate, 1.0 - idle, leaving * mean_queue / arrival_rate, idle + called_late)


def _queue_sum(arrival_rate: float, full_rate: float, leaving: float) -> tuple[float, float]:
    """Return the log of ``sum over k >= 1 of p(c + k) / p(c)`` and the mean of ``k`` under these weights."""
    logs: list[float] = []
    current, largest = 0.0, -math.inf
    while current > largest - 45.0:
        current += math.log(arrival_rate / (full_rate + (len(logs) + 1) * leaving))
        logs.append(current)
        largest = max(largest, current)
    weights = [math.exp(value - largest) for value in logs]
    total = math.fsum(weights)
    mean = math.fsum((index + 1) * weight for index, weight in enumerate(weights)) / total
    return largest + math.log(total), mean
