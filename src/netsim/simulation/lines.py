"""A queue before every server: one station split into a line of stations with one server each."""

from __future__ import annotations

from dataclasses import replace

from netsim.simulation.outlet import Change, Station


def line_of(station: Station, line: int, jockey: int) -> tuple[Station, ...]:
    """
    Return the stations with one server each that stand for a station where every server has a queue.

    The door of a queue is open while its server is on duty: server k whenever more than k are on duty, a named
    person in their own hours. A server who goes off duty thus closes the queue by the rule of the station.

    Parameters
    ----------
    station
        The station.
    line
        Number of the line within the outlet.
    jockey
        Difference of customers present from which the last of the longest queue moves over.
    """
    parts = []
    for server in range(station.servers):
        spans = _manned(station, server)
        changes = [change for start, end in spans for change in (Change(start, 1, "opens"), Change(end, 1, "closes"))]
        parts.append(
            replace(
                station,
                servers=1,
                windows=tuple(spans),
                changes=tuple(changes),
                persons=station.persons[server : server + 1],
                line=line,
                jockey=jockey,
            )
        )
    return tuple(parts)


def _manned(station: Station, server: int) -> list[tuple[float, float]]:
    """Return the spans in which a server is on duty while the door is open."""
    if station.persons:
        return [
            (max(start, opening), min(end, closing))
            for start, end in station.persons[server].duty
            for opening, closing in station.windows
            if max(start, opening) < min(end, closing)
        ]
    spans: list[tuple[float, float]] = []
    since: float | None = None
    for change in station.changes:
        there = change.door != "closes" and change.servers > server
        if there and since is None:
            since = change.minute
        elif not there and since is not None:
            spans.append((since, change.minute))
            since = None
    return spans
