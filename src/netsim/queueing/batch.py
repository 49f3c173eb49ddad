"""Customers who come in groups: M[X]/M/1."""

from __future__ import annotations

import math

from netsim.queueing.erlang import UnstableQueueError, offered


def batch_mean_wait(batch_rate: float, batch_mean: float, batch_second: float, service_mean: float) -> float:
    """
    Return the mean wait in minutes of a customer of M[X]/M/1, who waits for those of the own batch as well.

    With ``rho = batch_rate E[X] s`` the first of a batch waits ``rho s (1 + E[X^2]/E[X]) / (2 (1 - rho))`` and
    a customer is served after ``(E[X^2]/E[X] - 1) / 2`` others of the batch on average.

    Parameters
    ----------
    batch_rate
        Batches per minute (Poisson), non-negative.
    batch_mean, batch_second
        Mean and second moment of the number of customers in a batch: ``E[X] >= 1``, ``E[X^2] >= E[X]^2``.
    service_mean
        Mean service minutes of one customer, positive; exponential.

    Raises
    ------
    ValueError
        If a value is outside its range.
    UnstableQueueError
        If the load reaches 1.

    References
    ----------
    Gross, Shortle, Thompson and Harris, *Fundamentals of Queueing Theory* (2008), sec. 3.1; P. J. Burke,
    *Delays in single-server queues with batch input*, Operations Research 23 (1975).

    Examples
    --------
    >>> round(batch_mean_wait(1.0, 1.0, 1.0, service_mean=0.8), 6)  # batches of one: M/M/1
    3.2
    >>> round(batch_mean_wait(0.5, *fixed_batch(2), service_mean=0.8), 6)
    5.2
    """
    if not (1 <= batch_mean < math.inf and batch_mean**2 * (1 - 1e-12) <= batch_second < math.inf):
        raise ValueError(
            f"batch: mean {batch_mean:g} of at least 1 and second moment {batch_second:g} of at least its square "
            "are needed"
        )
    load = offered(batch_rate * batch_mean, service_mean, 1)
    if load >= 1:
        raise UnstableQueueError(load, 1)
    weighted = batch_second / batch_mean  # mean size of the batch that a customer comes in
    return service_mean * (load * (1.0 + weighted) / (2.0 * (1.0 - load)) + (weighted - 1.0) / 2.0)


def fixed_batch(size: int) -> tuple[float, float]:
    """
    Return mean and second moment of batches that all hold ``size`` customers.

    Raises
    ------
    ValueError
        If the size is below 1.

    Examples
    --------
    >>> fixed_batch(3)
    (3.0, 9.0)
    """
    if size < 1:
        raise ValueError(f"batch: a size of at least 1 is needed, got {size}")
    return float(size), float(size) ** 2


def geometric_batch(mean: float) -> tuple[float, float]:
    """
    Return mean and second moment of geometric batch sizes 1, 2, ... with the given mean: ``E[X^2] = 2 m^2 - m``.

    Raises
    ------
    ValueError
        If the mean is below 1.

    Examples
    --------
    >>> geometric_batch(2.0)
    (2.0, 6.0)
    """
    if not 1 <= mean < math.inf:
        raise ValueError(f"batch: a mean size of at least 1 is needed, got {mean:g}")
    return mean, 2.0 * mean * mean - mean
