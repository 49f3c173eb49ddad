"""From the records of an outlet to the kernel's tables."""

from __future__ import annotations

import math
from itertools import accumulate, chain
from typing import Any

import numpy as np

from netsim.simulation.kernel.shifts import (
    CLOSE_QUEUE,
    CLOSES,
    COMES,
    FINISH,
    GOES,
    HANDOVER,
    OPENS,
    PREEMPT,
    STAYS,
)
from netsim.simulation.kernel.tables import CHANGE, CLASS, EXIT, NODE, PERSON, STATION, WINDOW, Tables
from netsim.simulation.laws import NEVER
from netsim.simulation.outlet import Exit, Node, OutletModel, Station
from netsim.simulation.samplers import lognormal_parameters

DOOR = {"opens": OPENS, "stays": STAYS, "closes": CLOSES}
RULES = {
    "finish": FINISH,
    "finish_and_close_queue": CLOSE_QUEUE,
    "handover": HANDOVER,
    "preempt_resume": PREEMPT,
}
AT_ONCE = {CLOSES: 0, COMES: 1, OPENS: 2, STAYS: 2, GOES: 3}
"""Order of the changes of one station at the same minute: the door closes, persons come, others go."""
ENDLESS = 1 << 40
"""A queue or room that is never full."""


def tables_of(model: OutletModel) -> Tables:
    """Return the tables of an outlet."""
    stations = [station or Station(0, (), ()) for station in model.stations]
    server_first = list(accumulate((station.servers for station in stations), initial=0))
    window_first = list(accumulate((len(station.windows) for station in stations), initial=0))
    levels = sorted({item.priority for item in model.classes if item is not None})
    ways = [() if item is None else item.nodes for item in model.classes]
    way_first = list(accumulate(map(len, ways), initial=0))
    nodes = list(chain.from_iterable(ways))
    begins = [first for first, way in zip(way_first, ways, strict=False) for _ in way]
    exits = [_exits(node.ways, first, 1.0) for node, first in zip(nodes, begins, strict=True)]
    leaves = [
        _exits(node.elsewhere, first, 1.0 if node.all_leave else None)
        for node, first in zip(nodes, begins, strict=True)
    ]
    exit_first = list(accumulate(map(len, [*exits, *leaves]), initial=0))
    machines = {item: number for number, station in enumerate(stations) for item in _machine_classes(station)}
    return Tables(
        stations=np.array(
            [
                _station(station, servers, windows, _mean_service(nodes, number))
                for number, (station, servers, windows) in enumerate(
                    zip(stations, server_first, window_first, strict=False)
                )
            ],
            dtype=STATION,
        ),
        windows=np.array([window for station in stations for window in station.windows], dtype=WINDOW),
        changes=np.array([(item[0], item[1], item[4], item[5]) for item in changes_of(stations)], dtype=CHANGE),
        persons=np.array(list(chain.from_iterable(map(_persons, stations))), dtype=PERSON),
        classes=np.array(
            [
                (-1, 0, 0, -1)
                if item is None
                else (first + item.start, levels.index(item.priority), item.preempts, machines.get(number, -1))
                for number, (item, first) in enumerate(zip(model.classes, way_first, strict=False))
            ],
            dtype=CLASS,
        ),
        nodes=np.array(
            [_node(node, exit_first[number], exit_first[number + len(nodes)]) for number, node in enumerate(nodes)],
            dtype=NODE,
        ),
        exits=np.array(list(chain.from_iterable([*exits, *leaves])), dtype=EXIT),
        levels=max(len(levels), 1),
        steps=max((node.step for node in nodes), default=0) + 1,
        tries=model.tries,
        places=np.array([ENDLESS if places is None else places for places in model.halls], dtype=np.int64),
    )


def changes_of(stations: list[Station]) -> list[tuple[float, int, int, int, int, int]]:
    """
    Return all changes in the order in which they happen.

    Returns
    -------
    list
        (minute, station, order at the same minute, place among the station's changes, what, servers or person).
    """
    found = []
    for number, station in enumerate(stations):
        items = [(change.minute, DOOR[change.door], change.servers) for change in station.changes]
        for person, who in enumerate(station.persons):
            items += [
                (minute, what, person) for duty in who.duty for minute, what in zip(duty, (COMES, GOES), strict=True)
            ]
        found += [
            (minute, number, AT_ONCE[what], place, what, servers) for place, (minute, what, servers) in enumerate(items)
        ]
    return sorted(found)


def _machine_classes(station: Station) -> tuple[int, ...]:
    """Return the classes whose customers are machines of a station."""
    upkeep = station.upkeep
    return () if upkeep is None else (upkeep.repair, upkeep.repair if upkeep.service is None else upkeep.service)


def _mean_service(nodes: list[Node], station: int) -> float:
    """Return the mean service time over the nodes at a station, by which waits are announced."""
    means = [node.service.mean for node in nodes if node.station == station]
    return sum(means) / len(means) if means else 0.0


def _persons(station: Station) -> list[tuple[int, float]]:
    """Return skills and speed of every server of a station."""
    if station.persons:
        return [(person.skills, person.speed) for person in station.persons]
    return [(-1, 1.0)] * station.servers


def _station(station: Station, server_first: int, window_first: int, mean_service: float) -> tuple[Any, ...]:
    """Return the fields of a station."""
    breakdowns, balking, upkeep = station.breakdowns, station.balking, station.upkeep
    repair = (0.0, 0.0) if breakdowns is None else lognormal_parameters(breakdowns.mttr, breakdowns.cv)
    up = NEVER if upkeep is None else upkeep.uptime
    machines = _machine_classes(station) or (-1, -1)
    return (
        server_first,
        station.servers,
        bool(station.persons),
        RULES[station.end_of_shift],
        ENDLESS if balking is None else balking.queue,
        0.0 if balking is None else balking.share,
        station.announces,
        mean_service,
        station.in_room,
        station.hall,
        station.on_system,
        -1 if station.line is None else station.line,
        station.jockey,
        1 if breakdowns is not None else 2 if upkeep is not None else 0,
        0.0 if breakdowns is None else breakdowns.mtbf,
        *repair,
        up.kind,
        up.first,
        up.second,
        machines[0],
        math.inf if upkeep is None else upkeep.interval,
        upkeep is not None and upkeep.aged and math.isfinite(upkeep.interval),
        machines[1],
        window_first,
        len(station.windows),
        station.within,
    )


def _node(node: Node, exit_first: int, leave_first: int) -> tuple[Any, ...]:
    """Return the fields of a node."""
    service, patience = node.service, node.patience
    return (
        node.station,
        node.step,
        node.skill,
        -1 if node.also is None else node.also,
        service.kind,
        service.first,
        service.second,
        patience.kind,
        patience.first,
        patience.second,
        exit_first,
        leave_first,
        len(node.leaves),
    )


def _exits(ways: tuple[Exit, ...], way_first: int, last: float | None) -> list[tuple[Any, ...]]:
    """Return ways by cumulative share, the last one being ``last`` exactly where it is given."""
    upto = list(accumulate(way.share for way in ways))
    if last is not None:
        upto[-1] = last
    return [
        (
            share,
            way.to if way.to < 0 else way_first + way.to,
            way.outside,
            way.delay.kind,
            way.delay.first,
            way.delay.second,
        )
        for share, way in zip(upto, ways, strict=True)
    ]
