"""What fails in a unit: every outlet keeps the failures that it has alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from netsim.model.study import Study
from netsim.simulation.kernel.build import tables_of
from netsim.simulation.outlet import OutletModel
from netsim.simulation.streams import key_of
from netsim.simulation.units import Unit
from netsim.simulation.visits import LOOKED_AFTER, Arrivals, Failures, failures_of, machines_behind, outages_of
from netsim.simulation.ways import NETWORK


def unit_failures(study: Study, unit: Unit, day_type: int, replications: Sequence[int], seed: int) -> Failures:
    """
    Return the failures of a unit on some days, and when the whole system is down.

    The streams of an outlet are found by its id and by the numbers of its own stations: it fails in the same way
    whether it is simulated alone or with others.

    Parameters
    ----------
    study, unit
        The study and the unit.
    day_type
        Position of the day type.
    replications
        Numbers of the days.
    seed
        Seed of the study.
    """
    day, outages = study.day_types[day_type].id, outages_of(study, seed)
    parts: list[Failures] = []
    owners = [*(site for site in unit.sites if site != NETWORK), *([NETWORK] if np.any(unit.site == NETWORK) else [])]
    for owner in owners or [NETWORK]:
        own = np.flatnonzero(unit.site == owner)
        stations = (unit.model.stations[number] for number in own)
        fragile = tuple(None if station is None else replace(station, upkeep=None) for station in stations)
        alone = OutletModel(fragile, (), unit.model.room)
        name = "network" if owner == NETWORK else study.sites[owner].id
        found = failures_of(alone, key_of(seed, "breakdowns", day, name), replications, None if parts else outages)
        faults = found.faults.copy()
        mine = faults["station"] >= 0
        faults["station"][mine] = own[faults["station"][mine]]
        parts.append(Failures(faults, found.first))
    if len(parts) == 1:
        return parts[0]
    days = []
    for number in range(len(replications)):
        today = np.concatenate([part.faults[part.first[number] : part.first[number + 1]] for part in parts])
        days.append(today[np.argsort(today["minute"], kind="stable")])
    return Failures(np.concatenate(days), np.cumsum([0, *map(len, days)]))


def unit_machines(
    study: Study, unit: Unit, customers: Arrivals, day_type: int, replications: Sequence[int], seed: int
) -> tuple[Arrivals, NDArray[np.int64]]:
    """
    Return the arrivals with the machines that technicians look after behind the customers of each day.

    Parameters
    ----------
    study, unit, day_type, replications, seed
        As in ``unit_failures``.
    customers
        Who comes.

    Returns
    -------
    tuple
        The arrivals, and for each the position among the customers; -1 for a machine.
    """
    rows, day = tables_of(unit.model).stations, study.day_types[day_type].id
    kept = unit.site[rows["failing"] == LOOKED_AFTER].tolist()
    outlets = [
        (rows[unit.site == site], key_of(seed, "breakdowns", day, study.sites[site].id)) for site in dict.fromkeys(kept)
    ]
    came = machines_behind(customers, outlets, replications)
    machine = np.isinf(came.comers["minute"])
    return came, np.where(machine, -1, np.cumsum(~machine) - 1)
