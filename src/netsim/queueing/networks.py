"""Open networks of queues: Jackson's product form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from netsim.queueing.erlang import mean_wait


@dataclass(frozen=True, slots=True, eq=False)
class JacksonNetwork:
    """
    Stationary values of an open Jackson network, one row a station.

    Parameters
    ----------
    throughput
        Customers per minute through each station, shape ``(k,)``; who returns counts again.
    mean_number
        Mean number of customers at each station, those in service included, shape ``(k,)``.
    mean_wait
        Mean minutes in the queue of one visit to each station, shape ``(k,)``.
    mean_time
        Mean minutes of one visit, service included, shape ``(k,)``.
    sojourn
        Mean minutes of a customer from entering the network to leaving it, over all visits.
    """

    throughput: NDArray[np.float64]
    mean_number: NDArray[np.float64]
    mean_wait: NDArray[np.float64]
    mean_time: NDArray[np.float64]
    sojourn: float

    def __post_init__(self) -> None:
        """Close the arrays for writing."""
        for values in (self.throughput, self.mean_number, self.mean_wait, self.mean_time):
            values.flags.writeable = False


def jackson_network(
    external_rates: ArrayLike, routing: ArrayLike, service_means: ArrayLike, servers: ArrayLike
) -> JacksonNetwork:
    """
    Return the stationary values of an open Jackson network.

    The throughput solves ``x = external + x routing``; each station then has the values of an M/M/c with
    that arrival rate, though with feedback its arrivals are not Poisson. Without feedback they are: the
    departures of a stationary M/M/c form a Poisson process of the arrival rate (Burke), so the stations of
    a tandem are M/M/c one by one.

    Parameters
    ----------
    external_rates
        Arrivals per minute at each station from outside, shape ``(k,)``, non-negative, not all 0.
    routing
        Share of the customers served at the row's station who go on to the column's, shape ``(k, k)``;
        what a row leaves to 1 goes home.
    service_means
        Mean service minutes at each station, shape ``(k,)``, exponential.
    servers
        Number of servers at each station, shape ``(k,)``, at least 1.

    Raises
    ------
    ValueError
        If the shapes differ, a value is outside its range, nobody arrives, or customers at some station
        can never leave.
    UnstableQueueError
        If the load of a station reaches its number of servers.

    References
    ----------
    J. R. Jackson, *Networks of waiting lines*, Operations Research 5 (1957); P. J. Burke, *The output of a
    queuing system*, Operations Research 4 (1956).

    Examples
    --------
    >>> tandem = jackson_network([0.2, 0.0], [[0.0, 1.0], [0.0, 0.0]], [4.0, 8.0], [1, 2])
    >>> tandem.mean_wait.round(4).tolist(), round(tandem.sojourn, 4)
    ([16.0, 14.2222], 42.2222)
    """
    external, routes, means, counters = _checked(external_rates, routing, service_means, servers)
    throughput = np.linalg.solve(np.eye(len(external)) - routes.T, external)
    throughput = np.maximum(throughput, 0.0)  # -0.0 or a rounding error at a station that nobody visits
    waits = np.array(
        [
            mean_wait(float(rate), float(mean), int(count))
            for rate, mean, count in zip(throughput, means, counters, strict=True)
        ]
    )
    times = waits + means
    number = throughput * times
    return JacksonNetwork(throughput, number, waits, times, float(number.sum() / external.sum()))


def _checked(
    external_rates: ArrayLike, routing: ArrayLike, service_means: ArrayLike, servers: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the inputs as arrays after checking them."""
    external, routes, means, counters = (
        np.asarray(values, dtype=float) for values in (external_rates, routing, service_means, servers)
    )
    k = external.size
    if external.shape != (k,) or routes.shape != (k, k) or means.shape != (k,) or counters.shape != (k,):
        raise ValueError(
            f"jackson_network: rates {external.shape}, routing {routes.shape}, means {means.shape} and servers "
            f"{counters.shape} do not belong to one number of stations"
        )
    if not (np.isfinite(external).all() and (external >= 0).all() and external.sum() > 0):
        raise ValueError(f"jackson_network: external rates must be non-negative and not all 0, got {external.tolist()}")
    if not (routes >= 0).all() or (routes.sum(axis=1) > 1 + 1e-12).any():
        raise ValueError(f"jackson_network: shares of routing must be non-negative with rows of at most 1: {routes!r}")
    if not (np.isfinite(means).all() and (means > 0).all()):
        raise ValueError(f"jackson_network: service means must be positive and finite, got {means.tolist()}")
    if not ((counters >= 1) & (counters == np.floor(counters)) & np.isfinite(counters)).all():
        raise ValueError(f"jackson_network: servers must be whole numbers from 1 up, got {counters.tolist()}")
    trapped = _without_exit(routes)
    if trapped:
        raise ValueError(f"jackson_network: customers at stations {trapped} can never leave the network")
    return external, routes, means, counters


def _without_exit(routes: NDArray[np.float64]) -> list[int]:
    """Return the stations from which no way leads out of the network."""
    leaves = routes.sum(axis=1) < 1 - 1e-12
    for _ in range(len(routes)):
        leaves = leaves | ((routes > 0) & leaves[None, :]).any(axis=1)
    return np.flatnonzero(~leaves).tolist()
