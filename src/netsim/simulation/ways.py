"""The ways of the customers of a site through outlets, pools and remote channels, before stations have numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from netsim.model.behaviour import Behaviour
from netsim.model.channel import AGAIN, NEARBY, OUTLET, RemoteChannel
from netsim.model.network import Option
from netsim.model.route import legs
from netsim.model.service import LANES, Task
from netsim.model.study import Study
from netsim.model.upkeep import Tier
from netsim.model.visiting import Shares
from netsim.simulation.blueprint import outlet_nodes, rank, service_law
from netsim.simulation.classes import BOOKED, kinds_of
from netsim.simulation.laws import NEVER, NO_DELAY, Law, exponential_law, fixed
from netsim.simulation.outlet import GONE, NOWHERE, Exit, Node
from netsim.simulation.stations import lanes_of, patience_law, stands

NETWORK = -1
"""Site of a station that belongs to the whole network; of customers for whom no outlet is in reach."""


@dataclass(frozen=True, slots=True)
class Way:
    """
    A customer class whose nodes still name places in the stead of stations.

    Parameters
    ----------
    nodes
        Its nodes: ``station`` and ``also`` are positions of places.
    sites
        Site of the place of each node, ``NETWORK`` for what belongs to all.
    start, priority, preempts
        As in ``outlet.CustomerClass``.
    """

    nodes: tuple[Node, ...]
    sites: tuple[int, ...]
    start: int
    priority: int
    preempts: bool


def neighbours(study: Study, options: Sequence[Option | None]) -> NDArray[np.int64]:
    """
    Return the nearest other outlet that does each task, shape ``(sites, tasks)``; -1 for none within reach.

    Parameters
    ----------
    study
        The study; nobody goes on from one outlet to another where it has no way between them.
    options
        What stands at each site.
    """
    found = np.full((len(options), len(study.tasks)), -1, dtype=np.int64)
    if study.between is None:
        return found
    for index, task in enumerate(study.tasks):
        does = np.array([option is not None and _does(study, option, task) for option in options])
        way = np.where(does[None, :], study.between, np.inf)
        np.fill_diagonal(way, np.inf)
        near = way.argmin(axis=1)
        found[:, index] = np.where(way.min(axis=1) <= study.rules.reach, near, -1)
    return found


def _does(study: Study, option: Option, task: Task) -> bool:
    form = study.formats[option.format]
    return legs(form, task, lanes_of(form, option)) is not None


def ways_of(study: Study, options: Sequence[Option | None], site: int, near: NDArray[np.int64]) -> Iterator[Way | None]:
    """
    Yield the way of each class of a site, in the order of ``simulation.classes``; None for what it does not do.

    Parameters
    ----------
    study, options
        The study, and what stands at each site.
    site
        The site, ``NETWORK`` for customers who have no outlet.
    near
        As of ``neighbours``.
    """
    for index, task in enumerate(study.tasks):
        other = -1 if site == NETWORK else int(near[site, index])
        option, elsewhere = (None if place == NETWORK else options[place] for place in (site, other))
        for behaviour in study.groups.kinds:
            way = _Way(study, task, behaviour, (site, option), (other, elsewhere))
            for kind in kinds_of(study):
                yield way.of(kind)


def machines_of(study: Study) -> list[int]:
    """Return the places whose machines technicians look after, each with two classes of its own behind the others."""
    inside = range(study.outlet_places)
    known = [place for place in inside if place >= len(LANES) or LANES[place] in study.lanes]
    return [place for place in known if study.policy_at(place).upkeep is not None]


def machine_ways(study: Study, options: Sequence[Option | None], site: int) -> Iterator[Way | None]:
    """
    Yield the ways of failed and of serviced machines of each place of ``machines_of``; None where none stands.

    Parameters
    ----------
    study, options, site
        As in ``ways_of``.
    """
    option = None if site == NETWORK else options[site]
    for place in machines_of(study):
        policy = study.policy_at(place).upkeep
        if option is None or policy is None or not _stands(study, option, place):
            yield from (None, None)
            continue
        yield _mending(study, site, policy.tiers)
        yield None if policy.service is None else _mending(study, site, (policy.service,))


def _stands(study: Study, option: Option, place: int) -> bool:
    form = study.formats[option.format]
    return stands(form, study.places[place], lanes_of(form, option))


def _mending(study: Study, site: int, tiers: Sequence[Tier]) -> Way:
    """Return the way of a machine from one tier of technicians to the next."""
    nodes, sites = [], []
    for number, tier in enumerate(tiers):
        place = study.places.index(tier.at)
        last = number + 1 == len(tiers)
        onward = () if last else (Exit(1.0 - tier.solves, number + 1, _spread(tiers[number + 1].response)),)
        solved = Exit(1.0 if last else tier.solves, GONE)
        nodes.append(Node(place, number, service_law(tier.takes, 1.0), exits=(solved, *onward)))
        sites.append(site if place < study.outlet_places else NETWORK)
    return Way(tuple(nodes), tuple(sites), 0, 0, preempts=False)


class _Way:
    """The way of one task and group from one site: its outlet, the one nearby, and remote channels."""

    def __init__(
        self,
        study: Study,
        task: Task,
        behaviour: Behaviour,
        here: tuple[int, Option | None],
        near: tuple[int, Option | None],
    ) -> None:
        self.study, self.task, self.behaviour = study, task, behaviour
        (self.site, option), (self.near_site, other) = here, near
        self.here = () if option is None else outlet_nodes(study, option, task, behaviour)
        goes_on = task.leavers is not None and any(to == NEARBY for to, _ in task.leavers.to)
        self.near = outlet_nodes(study, other, task, behaviour) if other is not None and goes_on else ()
        used = list(dict.fromkeys(start.channel for start in task.remote))
        used += [] if task.leavers is None else [to for to, _ in task.leavers.to if to not in {NEARBY, AGAIN}]
        known = {channel.id: channel for channel in study.remote}
        for name in used:  # grows while it is read: channels lead to channels
            channel = known[name]
            used += [to for to, _ in (*channel.otherwise, *channel.leavers) if to in known and to not in used]
        self.channels = [channel for channel in study.remote if channel.id in used]
        first = len(self.here) + len(self.near)
        self.at = {channel.id: first + place for place, channel in enumerate(self.channels)}

    def of(self, kind: int) -> Way | None:
        """Return the way of a kind of visit; None where it cannot begin here."""
        start = 0
        if kind > BOOKED:
            channel = self.study.remote[kind - 2]
            if all(item.channel != channel.id for item in self.task.remote):
                return None
            start = self.at[channel.id]
        elif not self.here:
            return None
        nodes = [*self._outlet(), *self._nearby(), *(self._remote(channel) for channel in self.channels)]
        sites = [self.site] * len(self.here) + [self.near_site] * len(self.near) + [NETWORK] * len(self.channels)
        inside = self.study.outlet_places  # steps may be done in a pool
        where = [site if node.station < inside else NETWORK for site, node in zip(sites, nodes, strict=True)]
        return Way(tuple(nodes), tuple(where), start, *rank(self.task, self.behaviour, booked=kind == BOOKED))

    def _outlet(self) -> Iterator[Node]:
        """Yield the nodes at the outlet, with the ways of those who leave."""
        for place, node in enumerate(self.here):
            yield replace(node, leaves=tuple(self._leavers(place, nearby=True)))

    def _nearby(self) -> Iterator[Node]:
        """Yield the nodes at the outlet nearby; who leaves there too goes on to no third outlet."""
        shift = len(self.here)
        for place, node in enumerate(self.near, shift):
            moved = tuple(way._replace(to=way.to + shift if way.to >= 0 else way.to) for way in node.ways)
            yield replace(node, exits=moved, leaves=tuple(self._leavers(place, nearby=False)))

    def _leavers(self, place: int, *, nearby: bool) -> Iterator[Exit]:
        """Yield where those turn who leave an outlet at a node."""
        leavers = self.task.leavers
        for to, share in () if leavers is None else leavers.to:
            if to == AGAIN:
                yield Exit(share, place, _spread(leavers.after if leavers else 0.0), outside=True)
            elif to != NEARBY:
                yield Exit(share, self.at[to], outside=True)
            elif nearby and self.near and self.study.between is not None:
                minutes = float(self.study.between[self.site, self.near_site])
                yield Exit(share, len(self.here), fixed(minutes), outside=True)

    def _remote(self, channel: RemoteChannel) -> Node:
        """Return the node of a remote channel."""
        study = self.study
        own = next((start.succeeds for start in self.task.remote if start.channel == channel.id), None)
        succeeds = channel.succeeds if own is None else own
        onward = list(self._turns(channel.otherwise, channel, 1.0 - succeeds, channel.id))
        rest = 1.0 - succeeds - sum(way.share for way in onward)
        exits = [Exit(succeeds, GONE), *onward, *([Exit(rest, NOWHERE)] if rest > 1e-12 else [])]
        pool = study.pool(channel.pool)
        law = service_law(channel.takes, self.behaviour.speed)
        patience = NEVER if pool is None else patience_law(pool.kind.policy, self.behaviour.patience)
        return Node(
            station=study.places.index(channel.id if channel.pool is None else channel.pool),
            step=study.outlet_steps + study.remote.index(channel),
            service=law,
            patience=patience,
            exits=tuple(exits),
            leaves=tuple(self._turns(channel.leavers, channel, 1.0, channel.id)),
        )

    def _turns(self, shares: Shares, channel: RemoteChannel, factor: float, own: str) -> Iterator[Exit]:
        """Yield where those turn for whom a remote channel was not the end."""
        for to, share in shares:
            if to == AGAIN:
                yield Exit(share * factor, self.at[own], _spread(channel.after), outside=True)
            elif to == OUTLET:
                if self.here:
                    yield Exit(share * factor, 0, _spread(channel.after), outside=True)
            else:
                yield Exit(share * factor, self.at[to], outside=True)


def _spread(mean: float) -> Law:
    """Return the law of the minutes until somebody comes back."""
    return exponential_law(mean) if mean > 0 else NO_DELAY
