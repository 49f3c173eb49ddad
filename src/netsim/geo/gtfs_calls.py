"""The calls of the trips of a GTFS feed at stops: in order, checked, with times that are missing worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netsim.geo.gtfs_tables import GtfsTable, seconds, whole

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EARTH_M = 6_371_008.8
"""Mean radius of the earth; distances only share out ride minutes, for which a sphere is exact enough."""
NO_SERVICE = "1"
"""Value of ``pickup_type`` and ``drop_off_type`` where nobody may get on or off."""


@dataclass(frozen=True, slots=True, eq=False)
class Calls:
    """
    Calls at stops, trip by trip and in order within each.

    Parameters
    ----------
    trip
        Trips (rows of ``trips.txt``) that have calls, increasing, shape ``(t,)``.
    first
        The calls of trip j are ``first[j]`` to ``first[j + 1]``, shape ``(t + 1,)``.
    row
        Row of ``stop_times.txt``, shape ``(k,)``.
    stop
        Stop called at, shape ``(k,)``.
    arrival, departure
        Seconds of the service day, NaN where not stated, shape ``(k,)``.
    boards, alights
        Whether people may get on and off, shape ``(k,)``.
    """

    trip: Ints
    first: Ints
    row: Ints
    stop: Ints
    arrival: Floats
    departure: Floats
    boards: NDArray[np.bool_]
    alights: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        times = (self.arrival, self.departure, self.boards, self.alights)
        for array in (self.trip, self.first, self.row, self.stop, *times):
            array.flags.writeable = False

    def starts(self) -> NDArray[np.bool_]:
        """Return which calls are the first of their trip, shape ``(k,)``."""
        marks = np.zeros(len(self.row), dtype=bool)
        marks[self.first[:-1]] = True
        return marks


def calls_of(table: GtfsTable, trips: Mapping[str, int], stops: Mapping[str, int], runs: NDArray[np.bool_]) -> Calls:
    """
    Return the calls of the trips that run.

    Parameters
    ----------
    table
        ``stop_times.txt``.
    trips, stops
        Position by id.
    runs
        Which trips are wanted.

    Raises
    ------
    LayerError
        If a trip or stop is unknown, a time is none, or a ``stop_sequence`` is no number or stands twice in a trip.
    """
    trip = table.positions("trip_id", trips, "is not in trips.txt")
    keep = np.flatnonzero(runs[trip])
    sequence = table.parsed("stop_sequence", whole, "a whole number")
    if np.isnan(sequence).any():
        raise table.fault(int(np.flatnonzero(np.isnan(sequence))[0]), "stop_sequence is empty; calls need their order")
    order = keep[np.lexsort((sequence[keep], trip[keep]))]
    trip, sequence = trip[order], sequence[order]
    twice = np.flatnonzero((np.diff(trip) == 0) & (np.diff(sequence) == 0.0))
    if len(twice):
        row = int(max(order[twice[0]], order[twice[0] + 1]))
        raise table.fault(row, f"stop_sequence {sequence[twice[0]]:g} stands twice in its trip")
    what = "a time as HH:MM:SS"
    arrival, departure = (table.parsed(f"{name}_time", seconds, what)[order] for name in ("arrival", "departure"))
    unknown = "is no stop of stops.txt (it has no such row, or one with another location_type than 0)"
    present, first = np.unique(trip, return_index=True)
    return Calls(
        trip=present,
        first=np.append(first, len(trip)).astype(np.int64),
        row=order,
        stop=table.positions("stop_id", stops, unknown)[order],
        arrival=np.where(np.isnan(arrival), departure, arrival),
        departure=np.where(np.isnan(departure), arrival, departure),
        boards=_allowed(table, "pickup_type")[order],
        alights=_allowed(table, "drop_off_type")[order],
    )


def _allowed(table: GtfsTable, name: str) -> NDArray[np.bool_]:
    """Return in which calls people may get on (off); by arrangement counts as yes."""
    column = table.column(name)
    return np.array([value != NO_SERVICE for value in column.values], dtype=bool)[column.codes]


def timed_calls(calls: Calls, table: GtfsTable, lon: Floats, lat: Floats) -> tuple[Calls, float]:
    """
    Return the calls with all their times, and the share of calls whose time was missing.

    A missing time is put between the nearest that are stated, in proportion to the straight ways between the stops.

    Parameters
    ----------
    calls
        Calls as stated.
    table
        ``stop_times.txt``, for messages.
    lon, lat
        Stops, degrees WGS 84, shape ``(stops,)``.

    Raises
    ------
    LayerError
        If a trip has no time at its first or last call, or its times run backwards.
    """
    missing = np.isnan(calls.departure)
    ends = np.concatenate([calls.first[:-1], calls.first[1:] - 1])
    if missing[ends].any():
        at = int(ends[missing[ends]].min())
        raise table.fault(int(calls.row[at]), "no time; the first and the last call of a trip need one")
    arrival, departure = calls.arrival, calls.departure
    if missing.any():
        arrival, departure = _between(calls, missing, lon, lat)
    _refuse_backwards(calls, arrival, departure, table)
    full = Calls(calls.trip, calls.first, calls.row, calls.stop, arrival, departure, calls.boards, calls.alights)
    return full, float(missing.mean()) if len(missing) else 0.0


def _between(calls: Calls, missing: NDArray[np.bool_], lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return arrivals and departures with the missing ones interpolated."""
    place = np.arange(len(missing))
    before = np.maximum.accumulate(np.where(missing, 0, place))
    after = np.minimum.accumulate(np.where(missing, len(place) - 1, place)[::-1])[::-1]
    steps = np.zeros(len(place))
    steps[1:] = sphere_metres(lon[calls.stop], lat[calls.stop])
    steps += 1.0  # so that stops at one spot still come one after the other
    way = np.cumsum(steps)
    span = np.where(missing, way[after] - way[before], 1.0)
    share = (way - way[before]) / span
    guess = calls.departure[before] + share * (calls.arrival[after] - calls.departure[before])
    return np.where(missing, guess, calls.arrival), np.where(missing, guess, calls.departure)


def sphere_metres(lon: Floats, lat: Floats) -> Floats:
    """
    Return the metres from each point to the next along a sphere, shape ``(n - 1,)``.

    Parameters
    ----------
    lon, lat
        Points, degrees WGS 84, shape ``(n,)``.

    References
    ----------
    R. W. Sinnott, "Virtues of the haversine", Sky and Telescope 68 (1984), 159.

    Examples
    --------
    >>> np.rint(sphere_metres(np.array([0.0, 1.0]), np.array([0.0, 0.0]))).tolist()
    [111195.0]
    """
    east, north = np.radians(lon), np.radians(lat)
    across = np.cos(north[1:]) * np.cos(north[:-1]) * np.sin(np.diff(east) / 2.0) ** 2
    half = np.sqrt(np.sin(np.diff(north) / 2.0) ** 2 + across)
    return np.asarray(2.0 * EARTH_M * np.arcsin(np.minimum(half, 1.0)), dtype=np.float64)


def _refuse_backwards(calls: Calls, arrival: Floats, departure: Floats, table: GtfsTable) -> None:
    """Raise if a vehicle leaves before it arrives, or arrives before it left the stop before."""
    early = departure < arrival
    if early.any():
        raise table.fault(int(calls.row[early][0]), "departure_time lies before arrival_time")
    back = np.zeros(len(arrival), dtype=bool)
    back[1:] = (arrival[1:] < departure[:-1]) & ~calls.starts()[1:]
    if back.any():
        raise table.fault(int(calls.row[back][0]), "arrival_time lies before the departure from the stop before")
