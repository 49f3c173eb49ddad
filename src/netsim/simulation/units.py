"""What is simulated in one event loop: an outlet, or several that share something, with the place of every station."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.model.network import Option
from netsim.model.study import Study
from netsim.simulation.blueprint import outlet_classes
from netsim.simulation.lines import line_of
from netsim.simulation.outlet import CustomerClass, OutletModel, Station
from netsim.simulation.stations import COUNTER, station_at


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """
    Outlets that are simulated together.

    Parameters
    ----------
    sites
        Positions of the sites; the classes of the model are those of each site, one site after the other.
    model
        The model.
    site, place
        Site and place of each station, shape ``(stations,)``.
    server
        Number within its place of the first server of each station, shape ``(stations,)``.
    """

    sites: tuple[int, ...]
    model: OutletModel
    site: NDArray[np.int64]
    place: NDArray[np.int64]
    server: NDArray[np.int64]

    @property
    def classes(self) -> int:
        """Number of classes of one site."""
        return len(self.model.classes) // len(self.sites)


@dataclass(frozen=True, slots=True)
class _Part:
    """One outlet: its stations with their places and first servers, and its classes."""

    stations: tuple[Station | None, ...]
    places: tuple[int, ...]
    servers: tuple[int, ...]
    classes: tuple[CustomerClass | None, ...]
    room: int | None


def outlet_model(study: Study, option: Option, on_duty: NDArray[np.int64] | None = None) -> OutletModel:
    """
    Return the model of an option on one kind of day; its classes are those of ``simulation.classes``.

    Parameters
    ----------
    study
        Formats, hours, tasks, lane policies and stations.
    option
        What stands at the site.
    on_duty
        Counter staff by half-hour, shape ``(60,)``; None for the option's counters whenever open.

    Raises
    ------
    ValueError
        If ``on_duty`` has another shape or a negative entry.
    """
    part = _part(study, option, on_duty)
    return OutletModel(part.stations, part.classes, part.room)


def unit_of(study: Study, option: Option, site: int, on_duty: NDArray[np.int64] | None = None) -> Unit:
    """
    Return the unit of an outlet that shares nothing with others.

    Parameters
    ----------
    study, option, on_duty
        As in ``outlet_model``.
    site
        Position of the site.
    """
    part = _part(study, option, on_duty)
    return Unit(
        sites=(site,),
        model=OutletModel(part.stations, part.classes, part.room),
        site=np.full(len(part.stations), site, dtype=np.int64),
        place=np.array(part.places, dtype=np.int64),
        server=np.array(part.servers, dtype=np.int64),
    )


def _part(study: Study, option: Option, on_duty: NDArray[np.int64] | None) -> _Part:
    """Return the stations of an outlet: one a place, and behind them the further queues of its lines."""
    stations = [
        station_at(study, option, place, on_duty if place == COUNTER else None) for place in range(len(study.places))
    ]
    places, servers = list(range(len(stations))), [0] * len(stations)
    for place, station in enumerate(tuple(stations)):
        policy = None if station is None else study.policy_at(place)
        if station is None or policy is None or not policy.queue_each or station.servers < 2:
            continue
        line = line_of(station, place, policy.jockey)
        stations[place] = line[0]
        stations += line[1:]
        places += [place] * (len(line) - 1)
        servers += range(1, len(line))
    form = study.formats[option.format]
    return _Part(tuple(stations), tuple(places), tuple(servers), outlet_classes(study, option), form.room)
