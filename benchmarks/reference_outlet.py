"""The workload ``reference_outlet`` as an outlet of netsim; its figures stand in ``peers.workload``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from netsim.model.service import Balking, Breakdowns
from netsim.simulation.alone import ArrivalPattern
from netsim.simulation.laws import exponential_law, lognormal_law
from netsim.simulation.outlet import GONE, Change, CustomerClass, Node, OutletModel, Station
from peers.workload import COUNTER, REFERENCE_OUTLET, TERMINAL

STAFF = REFERENCE_OUTLET.staff


def counter(staff: Sequence[int]) -> Station:
    """Return the counters with this staff by hour."""
    outlet = REFERENCE_OUTLET
    changes = [Change(0.0, staff[0], "opens")]
    changes += [
        Change(outlet.shift * hour, staff[hour], "stays")
        for hour in range(1, len(staff))
        if staff[hour] != staff[hour - 1]
    ]
    changes.append(Change(outlet.closes, staff[-1], "closes"))
    balking = Balking(outlet.stations[COUNTER].balk_at, outlet.balk)
    return Station(max(staff), ((0.0, outlet.closes),), tuple(changes), balking=balking, within=10.0)


def reference_outlet() -> OutletModel:
    """Return the outlet; class ``2 k`` is class k at a terminal first, ``2 k + 1`` at the counter."""
    outlet = REFERENCE_OUTLET
    terminal = outlet.stations[TERMINAL]
    terminals = Station(
        terminal.servers,
        ((0.0, outlet.closes),),
        (Change(0.0, terminal.servers, "opens"), Change(outlet.closes, terminal.servers, "closes")),
        breakdowns=Breakdowns(outlet.mtbf, outlet.repair_mean, outlet.repair_cv),
        balking=Balking(terminal.balk_at, outlet.balk),
        within=5.0,
    )
    classes = []
    for kind, fails in enumerate(outlet.fail_over):
        at_counter = _node(COUNTER, kind)
        at_terminal = _node(TERMINAL, kind, ((fails, 1), (1.0 - fails, GONE)))
        classes += [CustomerClass((at_terminal, at_counter), kind), CustomerClass((at_counter,), kind)]
    return OutletModel((terminals, counter(outlet.staff)), tuple(classes))


def _node(station: int, kind: int, exits: tuple[tuple[float, int], ...] = ((1.0, GONE),)) -> Node:
    figures = REFERENCE_OUTLET.stations[station]
    service = lognormal_law(figures.service_mean[kind], figures.service_cv)
    return Node(station, 0, service, exponential_law(figures.patience_mean[kind]), exits)


def reference_pattern() -> ArrivalPattern:
    """Return when who comes."""
    outlet = REFERENCE_OUTLET
    pieces = len(outlet.rates)
    shares = [
        share * part
        for share, first in zip(outlet.shares, outlet.terminal_first, strict=True)
        for part in (first, 1.0 - first)
    ]
    return ArrivalPattern(
        outlet.piece * np.arange(pieces), np.full(pieces, outlet.piece), np.array(outlet.rates), np.array(shares)
    )
