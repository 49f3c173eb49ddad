"""What is simulated in one event loop: an outlet, or several that share something, with the place of every station."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from netsim.model.network import Option
from netsim.model.study import Study
from netsim.simulation.laws import exponential_law, weibull_law
from netsim.simulation.lines import line_of
from netsim.simulation.outlet import CustomerClass, Node, OutletModel, Station, Upkeep
from netsim.simulation.stations import COUNTER, open_to_all, pool_station, station_at
from netsim.simulation.ways import NETWORK, Way, machine_ways, machines_of, neighbours, ways_of

_LINES = 1 << 20
"""Numbers of the lines of one outlet."""


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """
    Outlets that are simulated together, and what they share.

    Parameters
    ----------
    sites
        Positions of the sites, ``ways.NETWORK`` for customers without an outlet; the classes of the model are those
        of each site, one site after the other.
    model
        The model.
    site, place
        Site and place of each station, shape ``(stations,)``; site ``NETWORK`` for what they share.
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
    """The stations of one site with their places and first servers."""

    stations: tuple[Station | None, ...]
    places: tuple[int, ...]
    servers: tuple[int, ...]


class Units:
    """
    The units of a network: outlets that share a pool, or send customers to each other, are one.

    Parameters
    ----------
    study
        The study.
    options
        What stands at each site.
    """

    def __init__(self, study: Study, options: Sequence[Option | None]) -> None:
        self.study, self.options = study, options
        near = neighbours(study, options)
        stand = [site for site, option in enumerate(options) if option is not None]
        homeless = [NETWORK] if any(task.remote for task in study.tasks) else []
        self.ways = {
            site: (*ways_of(study, options, site, near), *machine_ways(study, options, site))
            for site in (*stand, *homeless)
        }
        self.members = _joined({site: self._shares(site) for site in self.ways})
        self.of_site = {site: number for number, sites in enumerate(self.members) for site in sites}

    def _shares(self, site: int) -> set[tuple[str, int]]:
        """Return what a site shares with others: pools, and the outlets that its customers go on to."""
        found = {("site", site)}
        pools = range(self.study.outlet_places, self.study.outlet_places + len(self.study.pools))
        for way in self.ways[site]:
            for node, where in zip(way.nodes, way.sites, strict=True) if way is not None else ():
                found |= {("site", where)} if where != NETWORK else set()
                found |= {
                    ("pool", place) for place in (node.station, node.also) if place is not None and place in pools
                }
        return found

    def build(self, number: int, on_duty: NDArray[np.int64] | None, customers: int) -> Unit:
        """
        Return a unit on one kind of day.

        Parameters
        ----------
        number
            Position among ``members``.
        on_duty
            Counter staff, shape ``(sites, 60)``; None for the options' counters whenever open.
        customers
            Most customers of a day, whom channels without a pool serve all at once.
        """
        study, sites = self.study, self.members[number]
        stations: list[Station | None] = []
        places: list[int] = []
        servers: list[int] = []
        where: list[int] = []
        at: dict[tuple[int, int], int] = {}
        rooms: list[int | None] = []
        for site in sites:
            option = None if site == NETWORK else self.options[site]
            if option is None:
                continue
            part = _part(study, option, None if on_duty is None else on_duty[site])
            for place, station in enumerate(part.stations):
                if place < study.outlet_places:
                    at[site, place] = len(stations)
                line = None if station is None or station.line is None else station.line + _LINES * len(rooms)
                stations.append(None if station is None else replace(station, hall=len(rooms), line=line))
            places += part.places
            servers += part.servers
            where += [site] * len(part.stations)
            rooms.append(study.formats[option.format].room)
        for place in self._shared(sites):
            at[NETWORK, place] = len(stations)
            stations.append(self._network_station(place, customers))
            places.append(place)
            servers.append(0)
            where.append(NETWORK)
        stations = self._looked_after(stations, sites, where, places)
        classes = tuple(_class(way, at, study.outlet_places) for site in sites for way in self.ways[site])
        room = rooms[0] if len(rooms) == 1 else tuple(rooms) or None
        return Unit(
            sites=sites,
            model=OutletModel(tuple(stations), classes, room),
            site=np.array(where, dtype=np.int64),
            place=np.array(places, dtype=np.int64),
            server=np.array(servers, dtype=np.int64),
        )

    def _looked_after(
        self, stations: Sequence[Station | None], sites: Sequence[int], where: Sequence[int], places: Sequence[int]
    ) -> list[Station | None]:
        """Return the stations, machines with the classes by which they are mended and serviced."""
        kept = machines_of(self.study)
        found = list(stations)
        block = len(self.ways[sites[0]])
        for number, (station, site, place) in enumerate(zip(stations, where, places, strict=True)):
            policy = self.study.policy_at(place).upkeep if place in kept and station is not None else None
            if station is None or policy is None:
                continue
            own = block * (sites.index(site) + 1) - 2 * (len(kept) - kept.index(place))
            law = weibull_law(policy.mtbf, policy.shape) if policy.shape != 1.0 else exponential_law(policy.mtbf)
            service = None if policy.service is None else own + 1
            upkeep = Upkeep(law, own, policy.every, service, aged=True)
            found[number] = replace(station, upkeep=upkeep, breakdowns=None)
        return found

    def _shared(self, sites: Sequence[int]) -> list[int]:
        """Return the places of the network that customers of some sites come to."""
        used = {
            place
            for site in sites
            for way in self.ways[site]
            if way is not None
            for node in way.nodes
            for place in (node.station, node.also)
            if place is not None and place >= self.study.outlet_places
        }
        return sorted(used)

    def _network_station(self, place: int, customers: int) -> Station:
        """Return the station of a pool, or of a remote channel without one."""
        study, name = self.study, self.study.places[place]
        pool = study.pool(name)
        if pool is not None:
            return pool_station(study, pool)
        return open_to_all(next(channel for channel in study.remote if channel.id == name), customers)


def _class(way: Way | None, at: dict[tuple[int, int], int], inside: int) -> CustomerClass | None:
    """Return a class with the numbers of stations in place of sites and places."""
    if way is None:
        return None

    def placed(node: Node, site: int) -> Node:
        also = None if node.also is None else at[site if node.also < inside else NETWORK, node.also]
        return replace(node, station=at[site, node.station], also=also)

    nodes = tuple(placed(node, site) for node, site in zip(way.nodes, way.sites, strict=True))
    return CustomerClass(nodes, way.priority, way.preempts, way.start)


def _joined(shares: dict[int, set[tuple[str, int]]]) -> tuple[tuple[int, ...], ...]:
    """Return the groups of sites that have something in common, each in order, by their first site."""
    groups: list[tuple[set[int], set[tuple[str, int]]]] = []
    for site, own in shares.items():
        sites, things = {site}, set(own)
        apart = []
        for group in groups:
            if group[1] & things:
                sites, things = sites | group[0], things | group[1]
            else:
                apart.append(group)
        groups = [*apart, (sites, things)]
    return tuple(sorted(tuple(sorted(sites)) for sites, _ in groups))


def outlet_model(study: Study, option: Option, on_duty: NDArray[np.int64] | None = None) -> OutletModel:
    """
    Return the model of an option on one kind of day, as if no other outlet stood.

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
    alone = Units(study, [option])
    staff = None if on_duty is None else np.asarray(on_duty)[None]
    return alone.build(alone.of_site[0], staff, 1000).model


def _part(study: Study, option: Option, on_duty: NDArray[np.int64] | None) -> _Part:
    """Return the stations of an outlet: one a place, and behind them the further queues of its lines."""
    inside = study.outlet_places
    stations = [station_at(study, option, place, on_duty if place == COUNTER else None) for place in range(inside)]
    places, servers = list(range(inside)), [0] * inside
    for place, station in enumerate(tuple(stations)):
        policy = None if station is None else study.policy_at(place)
        if station is None or policy is None or not policy.queue_each or station.servers < 2:
            continue
        line = line_of(station, place, policy.jockey)
        stations[place] = line[0]
        stations += line[1:]
        places += [place] * (len(line) - 1)
        servers += range(1, len(line))
    return _Part(tuple(stations), tuple(places), tuple(servers))
