"""Public transport by its headways, out of a GTFS feed: patterns of stops, ride minutes, departures by half-hour."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from netsim.geo.gtfs_calls import calls_of, timed_calls
from netsim.geo.gtfs_days import WEEKDAYS, Calendar, date_text, read_calendar, weekday_number
from netsim.geo.gtfs_files import FeedFiles, open_feed
from netsim.geo.gtfs_patterns import DAY_S, SLOT_MINUTES, SLOTS, Frequencies, Shifts, Trips, patterns_of
from netsim.geo.gtfs_tables import GtfsTable, real, seconds, whole
from netsim.geo.layers import LayerError, Tell

logger = logging.getLogger(__name__)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NO_DIRECTION = -1


@dataclass(frozen=True, slots=True, eq=False)
class Feed:
    """
    What runs on one day: patterns (trips of a route in one direction with the same stops) and how often.

    Parameters
    ----------
    where
        The feed as the user named it.
    date
        The day that it stands for, ``YYYY-MM-DD``.
    stop_ids, stop_names
        Stops, length s.
    lon, lat
        Where they are, degrees WGS 84, shape ``(s,)``.
    route_ids, route_names
        Routes, length r.
    route_type
        Mode of each route by GTFS: 0 tram, 1 metro, 2 rail, 3 bus, ...; shape ``(r,)``, int16.
    pattern_route
        Route of each pattern, shape ``(p,)``, int32.
    pattern_direction
        Its ``direction_id``, -1 where none is stated, shape ``(p,)``, int8.
    first
        The calls of pattern j are ``first[j]`` to ``first[j + 1]``, shape ``(p + 1,)``, int32.
    stop
        Stop of each call, shape ``(k,)``, int32.
    ride
        Minutes from the departure to the arrival at the next call, 0 at the last, median over trips, shape ``(k,)``.
    dwell
        Minutes that the vehicle stands at the call, 0 at the first and the last, shape ``(k,)``.
    alights
        Whether people may get off, shape ``(k,)``.
    departures
        Vehicles that people may board at the call in each half-hour from 00:00, shape ``(k, 48)``, float32; a headway
        without exact times gives its mean, which need not be whole.
    """

    where: str
    date: str
    stop_ids: tuple[str, ...]
    stop_names: tuple[str, ...]
    lon: Floats
    lat: Floats
    route_ids: tuple[str, ...]
    route_names: tuple[str, ...]
    route_type: NDArray[np.int16]
    pattern_route: NDArray[np.int32]
    pattern_direction: NDArray[np.int8]
    first: NDArray[np.int32]
    stop: NDArray[np.int32]
    ride: Floats
    dwell: Floats
    alights: NDArray[np.bool_]
    departures: NDArray[np.float32]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        patterns = (self.pattern_route, self.pattern_direction, self.first)
        calls = (self.stop, self.ride, self.dwell, self.alights, self.departures)
        for array in (self.lon, self.lat, self.route_type, *patterns, *calls):
            array.flags.writeable = False


def read_gtfs(path: Path, weekday: str, *, tell: Tell = logger.warning) -> Feed:
    """
    Read what runs on a day of the week.

    The day is a date: of all dates of that weekday on which the feed holds, the one with most trips (the first of
    equals). What a service of the day before runs after its midnight belongs to the early hours of this day, and what
    this day's services run after midnight to the next day. Trips with the same stops on a route and in a direction
    are one pattern. Only rows of trips that run are checked for the sense of their times.

    Parameters
    ----------
    path
        A ``.zip`` or a folder with ``stops.txt``, ``routes.txt``, ``trips.txt``, ``stop_times.txt`` and
        ``calendar.txt`` or ``calendar_dates.txt``; ``frequencies.txt`` if it has one.
    weekday
        ``mon`` to ``sun``.
    tell
        Takes one note for the date and for each thing that was guessed.

    Raises
    ------
    LayerError
        If the feed cannot be read, a table or column is missing, a cell is wrong (with file and line), the
        weekday is none, or nothing runs on it.

    References
    ----------
    General Transit Feed Specification, https://gtfs.org/documentation/schedule/reference/.
    """
    number = weekday_number(weekday)
    files = open_feed(path)
    stops, names, lon, lat = _stops(files)
    routes = files.needed("routes.txt", ("route_id", "route_type"), ("route_short_name", "route_long_name"))
    route_ids = routes.ids("route_id")
    calendar = read_calendar(files)
    trips = _trips(files, route_ids, calendar)
    often = _frequencies(files, trips)
    day, count = calendar.busiest(number, _runs(trips, often, len(calendar.services)), files.where)
    tell(f"{files.where}: {WEEKDAYS[number]} is taken as {date_text(day)}, on which {count:,.0f} trips run")
    times = files.needed(
        "stop_times.txt",
        ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"),
        ("pickup_type", "drop_off_type"),
    )
    shifts = _shifts(calendar, trips, day, times, often, files.where, tell)
    calls = calls_of(times, trips.ids, stops, np.any([runs for _, runs in shifts], axis=0))
    calls, missing = timed_calls(calls, times, lon, lat)
    if missing > 0.0:
        tell(f"{times.where}: {missing:.1%} of the times are missing and put between the others by distance")
    patterns = patterns_of(calls, trips, often, shifts)
    if patterns is None:
        raise LayerError(times.where, f"no trip that runs on {date_text(day)} calls at two stops, so there is no ride")
    return Feed(
        where=files.where,
        date=date_text(day),
        stop_ids=tuple(stops),
        stop_names=names,
        lon=lon,
        lat=lat,
        route_ids=tuple(route_ids),
        route_names=_route_names(routes),
        route_type=routes.parsed("route_type", _kind, "a number of a mode, such as 3 for bus").astype(np.int16),
        pattern_route=patterns.route,
        pattern_direction=patterns.direction,
        first=patterns.first,
        stop=patterns.stop,
        ride=patterns.ride,
        dwell=patterns.dwell,
        alights=patterns.alights,
        departures=patterns.departures,
    )


def stop_departures(feed: Feed) -> Floats:
    """
    Return how many vehicles can be boarded at each stop in each half-hour, of all routes, shape ``(stops, 48)``.

    Examples
    --------
    >>> import numpy as np
    >>> calls = np.array([0.0, 0.0]), np.array([10.0, 0.0])
    >>> departures = np.zeros((2, 48), dtype=np.float32)
    >>> departures[0, 16] = 3.0
    >>> feed = Feed("f", "2024-01-01", ("A", "B"), ("", ""), *calls, ("1",), ("1",), np.array([3], np.int16),
    ...     np.array([0], np.int32), np.array([0], np.int8), np.array([0, 2], np.int32), np.array([0, 1], np.int32),
    ...     np.array([5.0, 0.0]), np.zeros(2), np.ones(2, dtype=bool), departures)
    >>> float(stop_departures(feed)[0, 16]), float(headways(feed)[0, 16])
    (3.0, 10.0)
    """
    total = np.zeros((len(feed.stop_ids), SLOTS))
    np.add.at(total, feed.stop, feed.departures)
    return total


def stops_layer(feed: Feed) -> gpd.GeoDataFrame:
    """Return the stops that are served as a map layer with ``departures`` a day, for demand that comes from there."""
    total = stop_departures(feed).sum(axis=1)
    rows = np.flatnonzero(total > 0.0)
    columns = {"id": [feed.stop_ids[row] for row in rows], "departures": total[rows]}
    points = gpd.points_from_xy(feed.lon[rows], feed.lat[rows])
    return gpd.GeoDataFrame(columns, geometry=points, crs="EPSG:4326")


def headways(feed: Feed) -> Floats:
    """Return the mean minutes between vehicles at each stop by half-hour, ``inf`` for none, shape ``(stops, 48)``."""
    departures = stop_departures(feed)
    minutes = np.full(departures.shape, np.inf)
    np.divide(SLOT_MINUTES, departures, out=minutes, where=departures > 0.0)
    return minutes


def _kind(text: str) -> float | None:
    """Return a route type, None if it is no number of at most four digits."""
    number = whole(text)
    return number if number is not None and number < 10_000 else None


def _stops(files: FeedFiles) -> tuple[dict[str, int], tuple[str, ...], Floats, Floats]:
    """Return position, name, lon and lat of the places where vehicles stop (no stations, entrances, nodes)."""
    table = files.needed("stops.txt", ("stop_id", "stop_lat", "stop_lon"), ("stop_name", "location_type"))
    ids = tuple(table.ids("stop_id"))
    served = np.flatnonzero([kind in {"", "0"} for kind in table.texts("location_type")])
    lon, lat = _degrees(table, "stop_lon", 180.0, served), _degrees(table, "stop_lat", 90.0, served)
    nowhere = (lon == 0.0) & (lat == 0.0)
    if nowhere.any():
        raise table.fault(int(served[nowhere][0]), "the stop lies at 0, 0; give its place or take it away")
    names = table.texts("stop_name")
    known = {ids[row]: place for place, row in enumerate(served.tolist())}
    return known, tuple(names[row] for row in served.tolist()), lon, lat


def _degrees(table: GtfsTable, name: str, most: float, rows: Ints) -> Floats:
    """Return a column of degrees of some rows, which need one."""
    values = table.parsed(name, real, "a number of degrees")[rows]
    wrong = ~(np.abs(values) <= most)
    if wrong.any():
        got = "nothing" if np.isnan(values[wrong][0]) else f"{values[wrong][0]:g}"
        raise table.fault(int(rows[wrong][0]), f"{name}: expected degrees from -{most:g} to {most:g}, got {got}")
    return values


def _route_names(routes: GtfsTable) -> tuple[str, ...]:
    """Return the short name of each route, the long one where it has none."""
    pairs = zip(routes.texts("route_short_name"), routes.texts("route_long_name"), strict=True)
    return tuple(short or full for short, full in pairs)


def _trips(files: FeedFiles, routes: dict[str, int], calendar: Calendar) -> Trips:
    """Return the trips."""
    table = files.needed("trips.txt", ("route_id", "service_id", "trip_id"), ("direction_id",))
    direction = {"": float(NO_DIRECTION), "0": 0.0, "1": 1.0}
    return Trips(
        table.ids("trip_id"),
        table.positions("route_id", routes, "is not in routes.txt"),
        table.parsed("direction_id", direction.get, "0, 1 or nothing").astype(np.int64),
        table.positions("service_id", calendar.services, "is neither in calendar.txt nor in calendar_dates.txt"),
    )


def _frequencies(files: FeedFiles, trips: Trips) -> Frequencies:
    """Return the rows of ``frequencies.txt``, none if there is no such table."""
    needed = ("trip_id", "start_time", "end_time", "headway_secs")
    table = files.table("frequencies.txt", needed, ("exact_times",))
    if table is None:
        return Frequencies(np.zeros(0, np.int64), np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, dtype=bool))
    start, end = (table.parsed(name, seconds, "a time as HH:MM:SS") for name in ("start_time", "end_time"))
    headway = table.parsed("headway_secs", whole, "a whole number of seconds")
    for wrong, message in (
        (~(end > start), "end_time must lie after start_time"),
        (~(headway > 0.0), "headway_secs must be positive"),
    ):
        if wrong.any():
            raise table.fault(int(np.flatnonzero(wrong)[0]), message)
    exact = table.parsed("exact_times", {"": 0.0, "0": 0.0, "1": 1.0}.get, "0, 1 or nothing") > 0.0
    return Frequencies(table.positions("trip_id", trips.ids, "is not in trips.txt"), start, end, headway, exact)


def _runs(trips: Trips, often: Frequencies, services: int) -> Floats:
    """Return how many vehicles each service runs on a day."""
    runs = np.ones(len(trips.service))
    runs[often.trip] = 0.0
    np.add.at(runs, often.trip, (often.end - often.start) / often.headway)
    return np.bincount(trips.service, weights=runs, minlength=services).astype(np.float64)


def _shifts(
    calendar: Calendar, trips: Trips, day: int, times: GtfsTable, often: Frequencies, where: str, tell: Tell
) -> Shifts:
    """Return the service days that may reach into a day, the day itself first."""
    latest = np.nan_to_num(times.parsed("departure_time", seconds, "a time as HH:MM:SS")).max(initial=0.0)
    shifts: list[tuple[float, NDArray[np.bool_]]] = []
    for back in range(int((latest + often.end.max(initial=0.0)) // DAY_S) + 1):
        known = day - back >= calendar.first_day()
        if not known:
            tell(f"{where}: the feed holds from {date_text(day - back + 1)}; what runs on after midnight is its own")
        shifts.append((DAY_S * back, calendar.running(day - back if known else day)[trips.service]))
    return shifts
