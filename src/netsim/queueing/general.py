"""Queues with general service times: M/G/1 and the infinite-server load of a day."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from netsim.queueing.erlang import UnstableQueueError, offered


def pollaczek_khinchine(arrival_rate: float, service_mean: float, service_cv: float) -> float:
    """
    Return the mean wait in minutes of M/G/1: ``rho s (1 + cv^2) / (2 (1 - rho))``.

    Parameters
    ----------
    arrival_rate
        Arrivals per minute.
    service_mean, service_cv
        Mean minutes and coefficient of variation of the service time.

    Raises
    ------
    UnstableQueueError
        If the load reaches 1.

    References
    ----------
    F. Pollaczek (1930), A. Y. Khinchine (1932).

    Examples
    --------
    >>> round(pollaczek_khinchine(arrival_rate=1.0, service_mean=0.8, service_cv=1.0), 6)
    3.2
    >>> round(pollaczek_khinchine(arrival_rate=1.0, service_mean=0.8, service_cv=0.0), 6)
    1.6
    """
    load = offered(arrival_rate, service_mean, 1)
    if load >= 1:
        raise UnstableQueueError(load, 1)
    return load * service_mean * (1.0 + service_cv * service_cv) / (2.0 * (1.0 - load))


def limited_mean(minutes: NDArray[np.float64], service_mean: float, service_cv: float) -> NDArray[np.float64]:
    """
    Return ``E[min(S, x)]`` of a lognormal service time ``S``, shape of ``minutes``.

    Parameters
    ----------
    minutes
        The limits ``x``; values below 0 count as 0.
    service_mean, service_cv
        Mean minutes (positive) and coefficient of variation (0 = deterministic).

    Examples
    --------
    >>> limited_mean(np.array([0.0, 2.0, 1e9]), service_mean=5.0, service_cv=0.0).tolist()
    [0.0, 2.0, 5.0]
    """
    limit = np.maximum(np.asarray(minutes, dtype=float), 0.0)
    if service_cv == 0:
        certain: NDArray[np.float64] = np.minimum(limit, service_mean)
        return certain
    spread = math.sqrt(math.log1p(service_cv * service_cv))
    middle = math.log(service_mean) - spread * spread / 2.0
    with np.errstate(divide="ignore"):
        score = (np.log(limit) - middle) / spread
    result: NDArray[np.float64] = service_mean * ndtr(score - spread) + limit * ndtr(-score)
    return result


def offered_load(
    per_slot: NDArray[np.float64],
    slot_minutes: float,
    service_mean: float,
    service_cv: float,
    at: NDArray[np.float64],
) -> NDArray[np.float64]:
    """
    Return the mean number of busy servers of M(t)/G/inf at given minutes: the modified offered load.

    Arrivals are Poisson with a constant rate within each slot; services are lognormal. The load lags
    behind the arrivals by about a service time, which a slot-by-slot Erlang formula misses.

    Parameters
    ----------
    per_slot
        Mean arrivals of each slot, shape ``(k,)``; the first slot starts at minute 0 with nobody inside.
    slot_minutes
        Length of a slot.
    service_mean, service_cv
        Mean minutes and coefficient of variation of the service time.
    at
        Minutes asked for, shape ``(m,)``.

    Returns
    -------
    ndarray
        Load in erlangs, shape ``(m,)``.

    References
    ----------
    Eick, Massey and Whitt, *The physics of the M(t)/G/inf queue*, Operations Research 41 (1993);
    Jennings, Mandelbaum, Massey and Whitt, Management Science 42 (1996).

    Examples
    --------
    >>> offered_load(np.array([30.0, 30.0]), 30.0, 5.0, 0.0, np.array([2.0, 30.0, 64.0])).tolist()
    [2.0, 5.0, 1.0]
    """
    rates = np.asarray(per_slot, dtype=float) / slot_minutes
    starts = slot_minutes * np.arange(len(rates))
    age = np.asarray(at, dtype=float)[:, None] - starts[None, :]
    seen = limited_mean(age, service_mean, service_cv) - limited_mean(age - slot_minutes, service_mean, service_cv)
    load: NDArray[np.float64] = seen @ rates
    return load
