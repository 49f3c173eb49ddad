"""Customers go to the nearest open outlet in reach that does their task."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netsim.demand.choice.catalogue import CHOICES
from netsim.model.demand import TravelMatrix
from netsim.model.plan import Shares


def nearest_site(
    minutes_matrix: NDArray[np.float64], offers_mask: NDArray[np.bool_], reach: float
) -> NDArray[np.int64]:
    """
    Return the nearest offering site of each zone.

    Parameters
    ----------
    minutes_matrix
        Travel times, shape ``(zones, sites)``; ``inf`` where there is no way.
    offers_mask
        Sites to choose from, shape ``(sites,)``.
    reach
        Longest way that customers accept, minutes; the limit itself is in reach.

    Returns
    -------
    ndarray
        Position of the site, shape ``(zones,)``; -1 where none is in reach. Of two sites equally far
        the one in the earlier column is chosen.

    Examples
    --------
    >>> minutes = np.array([[3.0, 3.0, 1.0], [9.0, 20.0, 30.0]])
    >>> nearest_site(minutes, np.array([True, True, False]), reach=8.0).tolist()
    [0, -1]
    """
    if not offers_mask.any():
        return np.full(len(minutes_matrix), -1, dtype=np.int64)
    masked = np.where(offers_mask[None, :], minutes_matrix, np.inf)
    best = masked.argmin(axis=1)
    found = masked[np.arange(len(masked)), best]
    return np.where(np.isfinite(found) & (found <= reach), best, -1).astype(np.int64)


@CHOICES.register("nearest")
def nearest_shares(travel: TravelMatrix, reach: float, offers: NDArray[np.bool_]) -> Shares:
    """
    Return the shares when everybody goes to the nearest outlet in reach that does the task.

    Of two outlets equally far the one whose id sorts first is chosen, so that the answer does not
    depend on the order in which the sites are listed.

    Parameters
    ----------
    travel
        Travel times from zones to sites.
    reach
        Longest way that customers accept, minutes.
    offers
        Whether a site does a task, shape ``(tasks, sites)``.

    Raises
    ------
    ValueError
        If ``offers`` does not match the sites of the travel matrix.
    """
    if offers.ndim != 2 or offers.shape[1] != len(travel.sites):
        raise ValueError(f"offers have the shape {offers.shape}; expected (tasks, {len(travel.sites)})")
    by_id = np.array(sorted(range(len(travel.sites)), key=lambda site: travel.sites[site]), dtype=np.int64)
    minutes = travel.minutes[:, by_id]
    tasks, zones, sites = [], [], []
    for task, row in enumerate(offers):
        chosen = nearest_site(minutes, row[by_id], reach)
        zone = np.flatnonzero(chosen >= 0)
        tasks.append(np.full(len(zone), task, dtype=np.int64))
        zones.append(zone)
        sites.append(by_id[chosen[zone]])
    if not tasks:
        nothing = np.zeros(0, dtype=np.int64)
        return Shares(nothing, nothing, nothing, np.zeros(0))
    task_column = np.concatenate(tasks)
    return Shares(task_column, np.concatenate(zones), np.concatenate(sites), np.ones(len(task_column)))
