"""Waits customer by customer, without any assumption on times: Lindley, Kiefer and Wolfowitz."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def lindley(arrive: ArrayLike, service: ArrayLike) -> NDArray[np.float64]:
    """
    Return the wait of every customer at one server who serves in the order of arrival.

    ``wait(n+1) = max(0, wait(n) + service(n) - (arrive(n+1) - arrive(n)))``, starting empty.

    Parameters
    ----------
    arrive
        Minute of each arrival, shape ``(n,)``, never decreasing.
    service
        Service minutes of each customer, shape ``(n,)``, non-negative.

    Returns
    -------
    ndarray
        Minutes in the queue, shape ``(n,)``.

    Raises
    ------
    ValueError
        If the shapes differ, arrivals go back in time or a service is negative.

    References
    ----------
    D. V. Lindley, *The theory of queues with a single server*, Proc. Cambridge Phil. Soc. 48 (1952).

    Examples
    --------
    >>> lindley([0.0, 1.0, 5.0], [3.0, 1.0, 1.0]).tolist()
    [0.0, 2.0, 0.0]
    """
    gaps, minutes = _path("lindley", arrive, service)
    waits = np.zeros(len(minutes))
    work = 0.0
    for customer, (gap, served) in enumerate(zip(gaps, minutes, strict=True)):
        wait = max(0.0, work - gap)
        waits[customer] = wait
        work = wait + served
    return waits


def kiefer_wolfowitz(arrive: ArrayLike, service: ArrayLike, servers: int) -> NDArray[np.float64]:
    """
    Return the wait of every customer at ``servers`` equal servers who share one queue in the order of arrival.

    Keeps the minutes of work of each server as a sorted vector: who comes waits for the least of them and
    adds the own service to it, then all shrink by the time to the next arrival. Starts empty.

    Parameters
    ----------
    arrive
        Minute of each arrival, shape ``(n,)``, never decreasing.
    service
        Service minutes of each customer, shape ``(n,)``, non-negative.
    servers
        Number of servers, at least 1.

    Returns
    -------
    ndarray
        Minutes in the queue, shape ``(n,)``.

    Raises
    ------
    ValueError
        If the shapes differ, arrivals go back in time, a service is negative or there is no server.

    References
    ----------
    J. Kiefer and J. Wolfowitz, *On the theory of queues with many servers*, Trans. Amer. Math. Soc. 78 (1955).

    Examples
    --------
    >>> kiefer_wolfowitz([0.0, 1.0, 2.0, 2.0], [5.0, 3.0, 1.0, 1.0], servers=2).tolist()
    [0.0, 0.0, 2.0, 3.0]
    """
    if servers < 1:
        raise ValueError(f"kiefer_wolfowitz: {servers} servers; at least one is needed")
    gaps, minutes = _path("kiefer_wolfowitz", arrive, service)
    waits = np.zeros(len(minutes))
    work = [0.0] * servers
    for customer, (gap, served) in enumerate(zip(gaps, minutes, strict=True)):
        work = [max(0.0, left - gap) for left in work]
        waits[customer] = work[0]
        work[0] += served
        work.sort()
    return waits


def _path(form: str, arrive: ArrayLike, service: ArrayLike) -> tuple[list[float], list[float]]:
    """Return the minutes since the arrival before and the service minutes after checking them."""
    minute, minutes = np.asarray(arrive, dtype=float), np.asarray(service, dtype=float)
    if minute.ndim != 1 or minute.shape != minutes.shape:
        raise ValueError(f"{form}: {minute.shape} arrivals and {minutes.shape} services; one of each a customer")
    gaps = np.diff(minute, prepend=minute[:1])
    if not (gaps >= 0).all():
        late = int(np.argmin(gaps >= 0))
        raise ValueError(f"{form}: arrivals must not go back in time; customer {late} comes at {minute[late]:g}")
    if not (np.isfinite(minutes) & (minutes >= 0)).all():
        bad = int(np.argmin(np.isfinite(minutes) & (minutes >= 0)))
        raise ValueError(f"{form}: service minutes of customer {bad} must not be negative, got {minutes[bad]:g}")
    return gaps.tolist(), minutes.tolist()
