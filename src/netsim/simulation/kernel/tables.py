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
        ("named", _I),  # 1: persons with their own hours, skills and speed
        ("rule", _I),  # end of shift: FINISH, CLOSE_QUEUE, HANDOVER, PREEMPT
        ("balk_from", _I),  # queue length from which newcomers balk, and the share of them who do
        ("balk_share", _F),
        ("announces", _I),  # 1: newcomers hear the wait and go if they are not that patient
        ("mean_service", _F),
        ("in_room", _I),  # 1: those who wait take a place of a waiting room
        ("hall", _I),  # which one
        ("on_system", _I),  # 1: nothing is served while the system is down
        ("line", _I),  # stations of one line: newcomers choose the shortest; -1 for none
        ("jockey", _I),  # difference of customers present from which the last of the longest queue moves over
        ("failing", _I),  # 0 never, 1 repairs of drawn length, 2 repairs by technicians
        ("mtbf", _F),
        ("repair_median", _F),
        ("repair_sigma", _F),
        ("up_kind", _I),  # of technicians' machines: law of the minutes between failures
        ("up_first", _F),
        ("up_second", _F),
        ("repair_class", _I),
        ("service_after", _F),  # preventive interval, inf for none
        ("aged", _I),  # 1: machines begin the day at a random age
        ("service_class", _I),
        ("window_first", _I),
        ("windows", _I),
        ("within", _F),  # promised wait
    ]
)
WINDOW = np.dtype([("opens", _F), ("closes", _F)])
CHANGE = np.dtype([("minute", _F), ("station", _I), ("what", _I), ("servers", _I)])  # servers, or which person
PERSON = np.dtype([("skills", _I), ("speed", _F)])
CLASS = np.dtype([("node", _I), ("level", _I), ("preempts", _I), ("machine", _I)])  # node -1: not served here
NODE = np.dtype(
    [
        ("station", _I),
        ("step", _I),
        ("skill", _I),  # bits that a person needs
        ("also", _I),  # second station whose server is needed at the same time, -1 for none
        ("service_kind", _I),
        ("service_first", _F),
        ("service_second", _F),
        ("patience_kind", _I),
        ("patience_first", _F),
        ("patience_second", _F),
        ("exit_first", _I),
        ("leave_first", _I),  # ways of those who leave without being served
        ("leaves", _I),
    ]
)
EXIT = np.dtype(
    [
        ("upto", _F),  # cumulative share
        ("to", _I),  # node, GONE or NOWHERE
        ("outside", _I),  # 1: comes in through the door again
        ("delay_kind", _I),
        ("delay_first", _F),
        ("delay_second", _F),
    ]
)
COMER = np.dtype([("minute", _F), ("kind", _I), ("first_word", _U), ("second_word", _U)])
FAULT = np.dtype([("minute", _F), ("station", _I), ("server", _I), ("repair", _F)])
ROW = np.dtype(
    [
        ("visit", _SHORT),
        ("step", _SHORT),
        ("station", _SHORT),
        ("server", _SHORT),
        ("outcome", _SHORT),
        ("onward", "i2"),  # 1: left without being served and goes on elsewhere
        ("split", "i2"),  # 1: the spells tell what happened when; 0: waited until the call, then served to the end
        ("arrive", _F),
        ("call", _F),
        ("end", _F),
        ("work", _F),  # minutes of service
    ]
)
DOWN = np.dtype([("station", _I), ("server", _I), ("start", _F), ("end", _F)])
SPELL = np.dtype([("row", _I), ("station", _I), ("server", _I), ("start", _F), ("end", _F)])
DESK = np.dtype(
    [
        ("is_open", _I),
        ("on_duty", _I),
        ("busy", _I),
        ("down", _I),
        ("waiting", _I),
        ("queued", _I),  # position among the desks at which somebody waits
        ("lowest", _I),  # nobody below this server is free
        ("leaver", _I),  # who of those waiting loses patience first, and when; UNKNOWN when it has to be found again
        ("leaves", _F),
        ("stopped", _I),  # outages under way
        ("failing_head", _I),  # failures that wait for a server to be free
        ("failing_tail", _I),
        ("holding_head", _I),  # customers with a server elsewhere who wait for one here
        ("holding_tail", _I),
    ]
)
SEAT = np.dtype(
    [
        ("state", _I),  # FREE, BUSY, DOWN
        ("on_duty", _I),
        ("planned", _I),  # on duty by the roster
        ("guest", _I),
    ]
)
QUEUE = np.dtype([("head", _I), ("tail", _I)])
GUEST = np.dtype(
    [
        ("after", _I),  # neighbours in the queue
        ("before", _I),
        ("node", _I),
        ("row", _I),
        ("level", _I),
        ("server", _I),  # at the own station and at the second one, -1 for none
        ("second", _I),
        ("service", _F),  # uniforms of the step that they are at
        ("leaving", _F),
        ("deadline", _F),  # when patience ends, inf for those who were called
        ("since", _F),  # begin of the wait, service or hold under way
        ("ends", _F),  # when the service under way ends, -1 if none is
        ("left", _F),  # service still to be given to one who was interrupted, -1 before the first
        ("target", _I),  # node at the end of a way between two stations
        ("tries", _I),  # how often the customer went elsewhere
        ("seat", _I),  # of a machine: the server that is down, since when, and the failures so far
        ("broke", _F),
        ("failures", _I),
    ]
)


class Tables(NamedTuple):
    """
    One outlet on one kind of day.

    Parameters
    ----------
    stations, windows, changes, persons
        Stations, their opening windows, staff and doors in order of (minute, station), and all servers.
    classes, nodes, exits
        Customer classes, the nodes of their ways one class after the other, and the exits of the nodes.
    levels, steps, tries
        Priority levels, steps of the longest blueprint, and how often those who leave go elsewhere.
    places
        Places for those who wait in each waiting room.
    """

    stations: Records
    windows: Records
    changes: Records
    persons: Records
    classes: Records
    nodes: Records
    exits: Records
    levels: int
    steps: int
    tries: int
    places: Integers


class State(NamedTuple):
    """
    What the kernel remembers during a day; emptied at its start.

    Parameters
    ----------
    minutes, keys
        The agenda.
    counts
        Positions as in ``desk.AGENDA``: entries of the agenda, rows, repairs, spells, 1 while the first entry of the
        agenda is the one that happens now, desks at which somebody waits, the desk at which somebody loses patience
        next, and people in each waiting room.
    queued
        Numbers of the desks at which somebody waits.
    desks, seats
        By station, and by server.
    queues
        By station and level.
    guests
        By customer of the day.
    begun
        By customer and step: how often it was begun.
    failing_next
        By failure of the day: the next that waits for a server of its station.
    calling, moving
        Stations that have to call, and machines that go down, during one event.
    """

    minutes: Numbers
    keys: Integers
    counts: Integers
    queued: Integers
    desks: Records
    seats: Records
    queues: Records
    guests: Records
    begun: Integers
    failing_next: Integers
    calling: Integers
    moving: Integers


class Room(NamedTuple):
    """Where the kernel writes: rows, repairs and spells."""

    rows: Records
    downs: Records
    spells: Records


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
        counts=table(7 + len(tables.places), _I),
        queued=table(stations, _I),
        desks=table(stations, DESK),
        seats=table(len(tables.persons), SEAT),
        queues=table(stations * tables.levels, QUEUE),
        guests=table(customers, GUEST),
        begun=table(customers * tables.steps, _I),
        failing_next=table(failures + len(tables.persons), _I),
        calling=table(4 * stations + 8, _I),
        moving=table(len(tables.persons) + 1, _I),
    )


def new_room(tables: Tables, rows: int, downs: int) -> Room:
    """
    Return tables to write to.

    Parameters
    ----------
    tables
        The outlet.
    rows, downs
        Rows and repairs that are expected.
    """
    margin = 4 * len(tables.persons) + 64  # one event adds at most 3 entries a server and 8 more
    return Room(table(rows + margin, ROW), table(downs + margin, DOWN), table(rows // 4 + margin, SPELL))


def longer(room: Room) -> Room:
    """Return the same tables with twice the room."""
    return Room(*(np.concatenate([item, np.zeros(len(item), dtype=item.dtype)]) for item in room))


def table(size: int, kind: np.dtype[Any] | str) -> Any:
    """Return an empty table."""
    return np.zeros(size, dtype=kind)


def as_lists(value: Any) -> Any:
    """Return a table, or a record of tables, as lists: plain Python reads those several times faster."""
    if isinstance(value, tuple):
        return type(value)(*map(as_lists, value))
    if not isinstance(value, np.ndarray):
        return value
    names, rows = value.dtype.names, value.tolist()
    return rows if names is None else [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in rows]


def as_array(records: Sequence[object], kind: np.dtype[Any]) -> NDArray[Any]:
    """Return a list of objects as the structured array that it stands for."""
    names = kind.names or ()
    return np.array([tuple(getattr(item, name) for name in names) for item in records], dtype=kind)
