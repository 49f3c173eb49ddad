"""
What the kernel reads and writes: tables of records.

When compiled a table is a structured array, else a list of objects with the same fields; the source of the
kernel reads and writes both alike (``nodes[3].station``).
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Records = Any
"""Records with named fields: a structured array, or a list of objects."""
Numbers = Any
"""Floats: an array or a list."""
Integers = Any
"""Whole numbers: an array or a list."""

_I, _F, _U, _SHORT = "i8", "f8", "u8", "i4"

STATION = np.dtype(
    [
        ("server_first", _I),  # position of its servers among all servers
        ("servers", _I),
        ("closes_queue", _I),  # 1: those inside at closing are still served
        ("balk_from", _I),  # queue length from which newcomers balk, and the share of them who do
        ("balk_share", _F),
        ("failing", _I),  # 1: servers fail
        ("mtbf", _F),
        ("repair_median", _F),
        ("repair_sigma", _F),
        ("window_first", _I),
        ("windows", _I),
        ("within", _F),  # promised wait
    ]
)
WINDOW = np.dtype([("opens", _F), ("closes", _F)])
CHANGE = np.dtype([("minute", _F), ("station", _I), ("servers", _I), ("door", _I)])  # door: 1 opens, 0 stays, -1 closes
CLASS = np.dtype([("node", _I), ("level", _I)])  # node -1: not served here
NODE = np.dtype(
    [
        ("station", _I),
        ("step", _I),
        ("service_kind", _I),
        ("service_first", _F),
        ("service_second", _F),
        ("patience_kind", _I),
        ("patience_first", _F),
        ("patience_second", _F),
        ("exit_first", _I),
    ]
)
EXIT = np.dtype([("upto", _F), ("to", _I)])  # by cumulative share; to a node, or GONE, or NOWHERE
COMER = np.dtype([("minute", _F), ("kind", _I), ("first_word", _U), ("second_word", _U)])
FAULT = np.dtype([("minute", _F), ("station", _I), ("server", _I), ("repair", _F)])
ROW = np.dtype(
    [
        ("visit", _SHORT),
        ("step", _SHORT),
        ("station", _SHORT),
        ("server", _SHORT),
        ("outcome", _SHORT),
        ("spare", _SHORT),
        ("arrive", _F),
        ("call", _F),
        ("end", _F),
    ]
)
DOWN = np.dtype([("station", _I), ("server", _I), ("start", _F), ("end", _F)])
DESK = np.dtype(
    [
        ("is_open", _I),
        ("on_duty", _I),
        ("busy", _I),
        ("down", _I),
        ("waiting", _I),
        ("lowest", _I),  # nobody below this server is free
        ("failing_head", _I),  # failures that wait for a server to be free
        ("failing_tail", _I),
    ]
)
QUEUE = np.dtype([("head", _I), ("tail", _I)])
GUEST = np.dtype(
    [
        ("after", _I),  # neighbours in the queue
        ("before", _I),
        ("node", _I),
        ("row", _I),
        ("service", _F),  # uniforms of the step that they are at
        ("leaving", _F),
    ]
)


class Tables(NamedTuple):
    """
    One outlet on one kind of day.

    Parameters
    ----------
    stations, windows, changes
        Stations, their opening windows, and staff and door in order of (minute, station).
    classes, nodes, exits
        Customer classes, the nodes of their ways one class after the other, and the exits of the nodes.
    servers, levels, steps
        Servers of all stations, priority levels, and steps of the longest blueprint.
    """

    stations: Records
    windows: Records
    changes: Records
    classes: Records
    nodes: Records
    exits: Records
    servers: int
    levels: int
    steps: int


class State(NamedTuple):
    """
    What the kernel remembers during a day; emptied at its start.

    Parameters
    ----------
    minutes, keys
        The agenda.
    counts
        Entries of the agenda, rows, repairs.
    desks
        By station.
    occupied
        By server: 1 if busy or down.
    queues
        By station and level.
    guests
        By customer of the day.
    begun
        By customer and step: how often it was begun.
    failing_next
        By failure of the day: the next that waits for a server of its station.
    """

    minutes: Numbers
    keys: Integers
    counts: Integers
    desks: Records
    occupied: Integers
    queues: Records
    guests: Records
    begun: Integers
    failing_next: Integers


def new_state(tables: Tables, customers: int, failures: int, agenda: int) -> State:
    """
    Return the memory of a day.

    Parameters
    ----------
    tables
        The outlet.
    customers, failures
        Most customers and failures of a day.
    agenda
        Entries of the agenda.
    """
    stations = len(tables.stations)
    return State(
        minutes=table(agenda, _F),
        keys=table(agenda, _I),
        counts=table(3, _I),
        desks=table(stations, DESK),
        occupied=table(tables.servers, _I),
        queues=table(stations * tables.levels, QUEUE),
        guests=table(customers, GUEST),
        begun=table(customers * tables.steps, _I),
        failing_next=table(failures, _I),
    )


def table(size: int, kind: np.dtype[Any] | str) -> Any:
    """Return an empty table."""
    return np.zeros(size, dtype=kind)


def as_lists(value: Any) -> Any:
    """Return a table, or a record of tables, as lists: plain Python reads those several times faster."""
    if isinstance(value, tuple):
        return type(value)(*map(as_lists, value))
    if not isinstance(value, np.ndarray):
        return value
    names = value.dtype.names
    return (
        value.tolist()
        if names is None
        else [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in value.tolist()]
    )


def as_array(records: Sequence[object], kind: np.dtype[Any]) -> NDArray[Any]:
    """Return a list of objects as the structured array that it stands for."""
    names = kind.names or ()
    return np.array([tuple(getattr(item, name) for name in names) for item in records], dtype=kind)
