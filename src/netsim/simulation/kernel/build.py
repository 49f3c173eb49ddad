"""From the records of an outlet to the kernel's tables."""

from __future__ import annotations

from itertools import accumulate, chain

import numpy as np

from netsim.simulation.kernel.tables import CHANGE, CLASS, EXIT, NODE, STATION, WINDOW, Tables
from netsim.simulation.outlet import Node, OutletModel, Station
from netsim.simulation.samplers import lognormal_parameters

_DOOR = {"opens": 1, "stays": 0, "closes": -1}
NEVER_BALK = 1 << 40
"""A queue that is never reached."""


def tables_of(model: OutletModel) -> Tables:
    """Return the tables of an outlet."""
    stations = [station or Station(0, (), ()) for station in model.stations]
    server_first = list(accumulate((station.servers for station in stations), initial=0))
    window_first = list(accumulate((len(station.windows) for station in stations), initial=0))
    levels = sorted({item.priority for item in model.classes if item is not None})
    ways = [() if item is None else item.nodes for item in model.classes]
    way_first = list(accumulate(map(len, ways), initial=0))
    exits = [_exits(node, first) for first, way in zip(way_first, ways, strict=False) for node in way]
    exit_first = list(accumulate(map(len, exits), initial=0))
    changes = sorted(
        (change.minute, number, place, change.servers, _DOOR[change.door])
        for number, station in enumerate(stations)
        for place, change in enumerate(station.changes)
    )
    return Tables(
        stations=np.array(
            [
                _station(station, servers, windows)
                for station, servers, windows in zip(stations, server_first, window_first, strict=False)
            ],
            dtype=STATION,
        ),
        windows=np.array([window for station in stations for window in station.windows], dtype=WINDOW),
        changes=np.array(
            [(minute, number, servers, door) for minute, number, _, servers, door in changes], dtype=CHANGE
        ),
        classes=np.array(
            [
                (-1, 0) if item is None else (first, levels.index(item.priority))
                for item, first in zip(model.classes, way_first, strict=False)
            ],
            dtype=CLASS,
        ),
        nodes=np.array(
            [_node(node, first) for node, first in zip(chain.from_iterable(ways), exit_first, strict=False)], dtype=NODE
        ),
        exits=np.array(list(chain.from_iterable(exits)), dtype=EXIT),
        servers=server_first[-1],
        levels=max(len(levels), 1),
        steps=max((node.step for way in ways for node in way), default=0) + 1,
    )


def _station(station: Station, server_first: int, window_first: int) -> tuple[float, ...]:
    """Return the fields of a station."""
    breakdowns, balking = station.breakdowns, station.balking
    repair = (0.0, 0.0) if breakdowns is None else lognormal_parameters(breakdowns.mttr, breakdowns.cv)
    return (
        server_first,
        station.servers,
        station.end_of_shift == "finish_and_close_queue",
        NEVER_BALK if balking is None else balking.queue,
        0.0 if balking is None else balking.share,
        breakdowns is not None,
        0.0 if breakdowns is None else breakdowns.mtbf,
        *repair,
        window_first,
        len(station.windows),
        station.within,
    )


def _node(node: Node, exit_first: int) -> tuple[float, ...]:
    """Return the fields of a node."""
    service, patience = node.service, node.patience
    return (
        node.station,
        node.step,
        service.kind,
        service.first,
        service.second,
        patience.kind,
        patience.first,
        patience.second,
        exit_first,
    )


def _exits(node: Node, way_first: int) -> list[tuple[float, int]]:
    """Return the exits of a node by cumulative share; the last share is exactly 1."""
    upto = [*accumulate(share for share, _ in node.exits[:-1]), 1.0]
    return [(share, to if to < 0 else way_first + to) for share, (_, to) in zip(upto, node.exits, strict=True)]
