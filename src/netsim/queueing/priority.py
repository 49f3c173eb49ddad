"""Queues in which some customers go first: M/G/1 with classes of priority."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from netsim.queueing.erlang import UnstableQueueError


def priority_waits(arrival_rates: ArrayLike, service_means: ArrayLike, service_cvs: ArrayLike) -> NDArray[np.float64]:
    """
    Return the mean wait in minutes of each class of M/G/1 when a service is never interrupted (Cobham).

    A free server takes the first customer of the foremost class. With ``s(k)`` the load of the classes
    ``0..k`` and ``R`` the mean minutes left of the service under way, class ``k`` waits
    ``R / ((1 - s(k-1)) (1 - s(k)))``.

    Parameters
    ----------
    arrival_rates
        Arrivals per minute of each class, shape ``(k,)``, non-negative; class 0 is served first.
    service_means, service_cvs
        Mean minutes (positive) and coefficient of variation (non-negative) of the service time of each
        class, shape ``(k,)``.

    Returns
    -------
    ndarray
        Mean minutes in the queue by class, shape ``(k,)``.

    Raises
    ------
    ValueError
        If the shapes differ or a value is outside its range.
    UnstableQueueError
        If the load of all classes together reaches 1.

    References
    ----------
    A. Cobham, *Priority assignment in waiting line problems*, Operations Research 2 (1954).

    Examples
    --------
    >>> priority_waits([0.1, 0.1], [4.0, 4.0], [1.0, 1.0]).round(6).tolist()
    [5.333333, 26.666667]
    """
    rates, means, second = _classes(arrival_rates, service_means, service_cvs)
    ahead, with_own = _loads(rates * means)
    left: NDArray[np.float64] = np.sum(rates * second) / 2.0 / ((1.0 - ahead) * (1.0 - with_own))
    return left


def preemptive_times(arrival_rates: ArrayLike, service_means: ArrayLike, service_cvs: ArrayLike) -> NDArray[np.float64]:
    """
    Return the mean time in the system of each class of M/G/1 when a customer interrupts those behind.

    The interrupted service goes on where it stopped (preemptive resume), so a class never sees the
    classes behind it.

    Parameters
    ----------
    arrival_rates
        Arrivals per minute of each class, shape ``(k,)``, non-negative; class 0 is served first.
    service_means, service_cvs
        Mean minutes (positive) and coefficient of variation (non-negative) of the service time of each
        class, shape ``(k,)``.

    Returns
    -------
    ndarray
        Mean minutes from arrival to departure by class, interruptions included, shape ``(k,)``.

    Raises
    ------
    ValueError
        If the shapes differ or a value is outside its range.
    UnstableQueueError
        If the load of all classes together reaches 1.

    References
    ----------
    R. W. Conway, W. L. Maxwell and L. W. Miller, *Theory of Scheduling* (1967), ch. 8; L. Kleinrock,
    *Queueing Systems*, vol. 2 (1976), sec. 3.4.

    Examples
    --------
    >>> preemptive_times([0.1, 0.1], [4.0, 4.0], [1.0, 1.0]).round(6).tolist()
    [6.666667, 33.333333]
    """
    rates, means, second = _classes(arrival_rates, service_means, service_cvs)
    ahead, with_own = _loads(rates * means)
    left = np.cumsum(rates * second) / 2.0
    times: NDArray[np.float64] = (means + left / (1.0 - with_own)) / (1.0 - ahead)
    return times


def _classes(
    arrival_rates: ArrayLike, service_means: ArrayLike, service_cvs: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return rates, means and second moments by class after checking them."""
    rates, means, cvs = (np.asarray(values, dtype=float) for values in (arrival_rates, service_means, service_cvs))
    if rates.ndim != 1 or rates.size == 0 or not rates.shape == means.shape == cvs.shape:
        msg = f"priority: rates {rates.shape}, means {means.shape} and cvs {cvs.shape} must be one value a class each"
        raise ValueError(msg)
    good = {
        "arrival rate": (rates, np.isfinite(rates) & (rates >= 0)),
        "service mean": (means, np.isfinite(means) & (means > 0)),
        "service cv": (cvs, np.isfinite(cvs) & (cvs >= 0)),
    }
    for name, (values, fine) in good.items():
        if not fine.all():
            bad = int(np.argmin(fine))
            raise ValueError(f"priority: {name} of class {bad} is out of range, got {values[bad]:g}")
    return rates, means, means**2 * (1.0 + cvs**2)


def _loads(load: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the load of the classes ahead of each class, without and with its own."""
    with_own = np.cumsum(load)
    if with_own[-1] >= 1:
        raise UnstableQueueError(float(with_own[-1]), 1)
    return np.concatenate(([0.0], with_own[:-1])), with_own
