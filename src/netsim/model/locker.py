"""Parcel lockers: what is delivered to them, and what a simulation says of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from netsim.model.service_time import ServiceTime


@dataclass(frozen=True, slots=True)
class Parcels:
    """
    What holds for all lockers.

    Parameters
    ----------
    task
        Id of the task by which parcels are fetched: each of its customers has one.
    sizes
        Shares of parcels by size, from small to large; a parcel that finds no cell of its size takes a larger one.
    consent
        Share of the customers who agree to a locker.
    dwell
        Minutes from the delivery until the parcel is fetched.
    waves
        Minutes of the day at which the courier comes, and the share of the parcels that comes with each.
    free
        Minutes that a parcel may lie for nothing.
    removed
        Minutes after which it is overdue: the courier takes it out with the next wave; ``inf`` for never.
    to_outlet
        Share of the parcels without consent or cell that is handed out by an outlet; the rest is brought home.
    home_cost
        Cost of one delivery at home.
    """

    task: str
    sizes: tuple[tuple[str, float], ...]
    consent: float
    dwell: ServiceTime
    waves: tuple[tuple[float, float], ...]
    free: float
    removed: float
    to_outlet: float
    home_cost: float = 0.0


@dataclass(frozen=True, slots=True)
class LockerUse:
    """
    One locker over the measured days, day types weighted by their days a year.

    Parameters
    ----------
    site
        Id of the site.
    cells
        Number of cells by size.
    parcels
        Parcels a day that are brought to it.
    rejected, rejected_half_width
        Share of them that finds no cell, and the half width of its 95 % interval over simulated days.
    upgraded
        Share that lies in a cell larger than it needs.
    occupied
        Share of the cells that is taken just after a wave, by size.
    dwell
        Mean hours that a parcel lies in a cell.
    paid
        Share of the parcels that lies longer than is free.
    overdue
        Share that the courier takes out again.
    """

    site: str
    cells: Mapping[str, int]
    parcels: float
    rejected: float
    rejected_half_width: float
    upgraded: float
    occupied: Mapping[str, float]
    dwell: float
    paid: float
    overdue: float
