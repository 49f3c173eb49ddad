"""Trips of a GTFS feed with the same stops as one pattern: its ride minutes, and its departures by half-hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from netsim.geo.gtfs_calls import Calls

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shifts = Sequence[tuple[float, NDArray[np.bool_]]]
"""Service days that may reach into a day: the seconds that they began before it, and which trips run."""

SLOTS = 48
"""Half-hours of a day."""
SLOT_MINUTES = 30.0
"""Minutes of a half-hour."""
DAY_S = 86_400.0
SLOT_S = DAY_S / SLOTS


@dataclass(frozen=True, slots=True, eq=False)
class Trips:
    """
    Trips.

    Parameters
    ----------
    ids
        Position by id.
    route, direction, service
        Position of the route, ``direction_id`` (-1 for none) and position of the service, shape ``(t,)``.
    """

    ids: dict[str, int]
    route: Ints
    direction: Ints
    service: Ints

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.route, self.direction, self.service):
            array.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class Frequencies:
    """
    Trips that run every so many seconds.

    Parameters
    ----------
    trip
        Trip that each row is about, shape ``(f,)``.
    start, end
        Seconds of the service day from which and to which it leaves its first stop, shape ``(f,)``.
    headway
        Seconds between two vehicles, shape ``(f,)``.
    exact
        Whether they leave at the very times, shape ``(f,)``; else the headway is a mean.
    """

    trip: Ints
    start: Floats
    end: Floats
    headway: Floats
    exact: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.trip, self.start, self.end, self.headway, self.exact):
            array.flags.writeable = False


class Patterns(NamedTuple):
    """Columns of a feed about patterns, as ``netsim.geo.gtfs.Feed`` explains them."""

    route: NDArray[np.int32]
    direction: NDArray[np.int8]
    first: NDArray[np.int32]
    stop: NDArray[np.int32]
    ride: Floats
    dwell: Floats
    alights: NDArray[np.bool_]
    departures: NDArray[np.float32]


def patterns_of(calls: Calls, trips: Trips, often: Frequencies, shifts: Shifts) -> Patterns | None:
    """
    Return the patterns that somebody can board, None if there are none.

    Parameters
    ----------
    calls
        Calls with all their times.
    trips
        All trips of the feed.
    often
        Trips that run every so many seconds, in place of their own times.
    shifts
        Service days that may reach into the day.
    """
    code = 4 * calls.stop + 2 * calls.boards + calls.alights
    groups: dict[tuple[int, int, bytes], list[int]] = {}
    for place in np.flatnonzero(_matters(calls, often, shifts)).tolist():
        trip = calls.trip[place]
        way = code[calls.first[place] : calls.first[place + 1]]
        if len(way) > 1:
            groups.setdefault((int(trips.route[trip]), int(trips.direction[trip]), way.tobytes()), []).append(place)
    kept, columns = [], []
    for (route, direction, _), places in groups.items():
        rows = calls.first[places][:, None] + np.arange(calls.first[places[0] + 1] - calls.first[places[0]])
        departures = _departures(calls.departure[rows], calls.trip[places], often, shifts)
        departures[~calls.boards[rows[0]]] = 0.0
        departures[-1] = 0.0
        if departures.any():
            kept.append((route, direction, rows.shape[1]))
            columns.append((calls.stop[rows[0]], *_minutes(calls, rows), calls.alights[rows[0]], departures))
    if not kept:
        return None
    routes, directions, sizes = np.array(kept, dtype=np.int64).T
    stop, ride, dwell, alights, often_each = (np.concatenate(parts) for parts in zip(*columns, strict=True))
    return Patterns(
        routes.astype(np.int32),
        directions.astype(np.int8),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32),
        stop.astype(np.int32),
        ride,
        dwell,
        alights,
        often_each.astype(np.float32),
    )


def _matters(calls: Calls, often: Frequencies, shifts: Shifts) -> NDArray[np.bool_]:
    """Return which trips with calls run today, or ran on from a day before; shape (trips with calls,)."""
    reach = calls.departure[calls.first[1:] - 1].copy()
    lasts = reach - calls.departure[calls.first[:-1]]
    known = np.isin(often.trip, calls.trip)
    end = np.zeros(len(reach))
    np.maximum.at(end, np.searchsorted(calls.trip, often.trip[known]), often.end[known])
    reach = np.where(end > 0.0, end + lasts, reach)
    matters = np.zeros(len(reach), dtype=bool)
    for shift, runs in shifts:
        matters |= runs[calls.trip] & (reach >= shift)
    return matters


def _minutes(calls: Calls, rows: Ints) -> tuple[Floats, Floats]:
    """Return the median ride to the next call and the median stay at each, minutes; rows of shape (trips, calls)."""
    ride, dwell = np.zeros(rows.shape[1]), np.zeros(rows.shape[1])
    ride[:-1] = np.median(calls.arrival[rows[:, 1:]] - calls.departure[rows[:, :-1]], axis=0) / 60.0
    stay = calls.departure[rows[:, 1:-1]] - calls.arrival[rows[:, 1:-1]]
    dwell[1:-1] = np.median(stay, axis=0) / 60.0
    return ride, dwell


def _departures(leaves: Floats, trip: Ints, often: Frequencies, shifts: Shifts) -> Floats:
    """Return the vehicles of a pattern that leave each call in each half-hour, shape (calls, 48)."""
    total = np.zeros((leaves.shape[1], SLOTS))
    timed = ~np.isin(trip, often.trip)
    for shift, runs in shifts:
        _count(total, leaves[timed & runs[trip]] - shift)
        for place in np.flatnonzero(~timed & runs[trip]).tolist():
            since = leaves[place] - leaves[place, 0]
            for row in np.flatnonzero(often.trip == trip[place]).tolist():
                start, end, headway = often.start[row], often.end[row], often.headway[row]
                if often.exact[row]:
                    _count(total, np.arange(start, end, headway)[:, None] + since - shift)
                    continue
                edges = np.arange(SLOTS + 1) * SLOT_S + shift
                total += np.diff(np.clip(edges - since[:, None] - start, 0.0, end - start), axis=1) / headway
    return total


def _count(total: Floats, times: Floats) -> None:
    """Add one for each time (trips, calls) to its call and half-hour, if it falls on the day."""
    trip, call = np.nonzero((times >= 0.0) & (times < DAY_S))
    np.add.at(total, (call, (times[trip, call] // SLOT_S).astype(np.int64)), 1.0)
