"""What fails in a unit: every outlet keeps the failures that it has alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from netsim.model.study import Study
from netsim.simulation.outlet import OutletModel
from netsim.simulation.streams import key_of
from netsim.simulation.units import Unit
from netsim.simulation.visits import Failures, failures_of, outages_of
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
        alone = OutletModel(tuple(unit.model.stations[number] for number in own), (), unit.model.room)
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
