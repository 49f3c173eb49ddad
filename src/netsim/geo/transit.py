"""
Walking and public transport as one static graph: walk, wait half a headway, ride, change.

Nodes are the nodes of the walking network, the stops, and the calls of patterns (on board, at the arrival). A
boarding arc costs the boarding penalty, the wait and the ride to the next call; riding on costs the stay and the next
ride; getting off costs next to nothing. Whoever waits for whichever of several patterns comes first has a shorter
wait: an arc from stop to stop stands for the patterns that are worth boarding together (``common_lines``).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import geopandas as gpd
import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from netsim.geo.gtfs import Feed
from netsim.geo.gtfs_patterns import SLOT_MINUTES, SLOTS
from netsim.geo.layers import LayerError, Tell, project
from netsim.geo.roads import RoadNetwork
from netsim.geo.transit_lines import Floats, Ints, Lines, Waits, common_lines_arcs

logger = logging.getLogger(__name__)

MIN_MINUTES = 1e-6
"""Cost of an arc that costs nothing, such as getting off: engines of shortest ways need a positive cost."""
WALK_KMH = 4.8
"""Speed on foot, km/h."""
MAX_WAIT = 30.0
"""Longest wait, minutes: who rides a rare line knows its timetable."""
SNAP_LIMIT_M = 500.0
"""A stop farther from every walking node lies outside the walking network."""

_Arcs = tuple[Ints, Ints, Floats, Floats]
"""Tail, head, minutes and metres of some arcs."""


@dataclass(frozen=True, slots=True, eq=False)
class TransitGraph:
    """
    A directed graph of walking, waiting and riding as rows of arcs (CSR).

    Parameters
    ----------
    first
        The arcs of node i are ``first[i]`` to ``first[i + 1]``, shape ``(n + 1,)``, int32.
    head
        Node that each arc leads to, shape ``(m,)``, int32; no loops, no parallel arcs.
    minutes
        Cost of each arc with penalties, positive, shape ``(m,)``.
    along
        Metres on foot, and straight from stop to stop on board, shape ``(m,)``.
    walking
        Number of walking nodes. They are the nodes 0 to ``walking - 1``, in the order of the walking network: a way
        starts at one of them.
    end_shift
        A way ends at a walking node plus this number: 0, or, with a transfer penalty, the start of a second set of
        walking nodes for those who have ridden.
    """

    first: NDArray[np.int32]
    head: NDArray[np.int32]
    minutes: Floats
    along: Floats
    walking: int
    end_shift: int = 0

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.first, self.head, self.minutes, self.along):
            array.flags.writeable = False

    def __len__(self) -> int:
        """Number of nodes."""
        return len(self.first) - 1

    def end_nodes(self, walking_nodes: Ints) -> Ints:
        """Return the nodes at which ways to some walking nodes end, shape as given."""
        return np.asarray(walking_nodes + self.end_shift, dtype=np.int64)

    def matrix(self) -> scipy.sparse.csr_matrix:
        """Return the arcs as a scipy sparse matrix of minutes, shape ``(n, n)``."""
        return scipy.sparse.csr_matrix((self.minutes, self.head, self.first), shape=(len(self), len(self)))


def transit_network(
    walk: RoadNetwork,
    feeds: Sequence[Feed],
    slots: int | range,
    *,
    walk_kmh: float = WALK_KMH,
    max_wait: float = MAX_WAIT,
    rare_lines: Literal["cap", "leave_out"] = "cap",
    boarding_penalty: float = 0.0,
    transfer_penalty: float = 0.0,
    snap_limit: float = SNAP_LIMIT_M,
    common_lines: bool = True,
    tell: Tell = logger.warning,
) -> TransitGraph:
    """
    Return the graph of walking and riding in some half-hours of the day.

    The mean wait for a vehicle is half its headway: people arrive at random, vehicles evenly. Headways are those of
    the half-hours given, at each stop; they hold for the whole way. No ride is slower for more vehicles, and no way
    slower than that on foot (but for ``MIN_MINUTES`` with a transfer penalty).

    Parameters
    ----------
    walk
        Walking network.
    feeds
        What runs; none leaves the walking network alone.
    slots
        A half-hour (16 is 08:00 to 08:30) or several with step 1; headways are their mean.
    walk_kmh
        Speed on foot, km/h.
    max_wait
        Longest wait, minutes; may be ``inf``.
    rare_lines
        What becomes of a pattern with a longer mean wait at a stop: ``cap`` counts ``max_wait`` (who rides it
        knows its timetable), ``leave_out`` lets nobody board it there.
    boarding_penalty
        Minutes added at each boarding.
    transfer_penalty
        Minutes added at each boarding but the first of a way; doubles the walking nodes if positive.
    snap_limit
        Nobody gets on or off at a stop farther than this from every walking node, metres.
    common_lines
        Whether people board whichever comes first of the patterns from stop to stop that are worth it (those of
        other stops, and so of other feeds, do not count). If not, everybody waits for one pattern.
    tell
        Takes a note for stops outside the walking network.

    Raises
    ------
    LayerError
        If a parameter is out of its range or the half-hours are none of the day.

    References
    ----------
    C. Chriqui, P. Robillard, "Common bus lines", Transportation Science 9 (1975), 115-121; H. Spiess, M. Florian,
    "Optimal strategies", Transportation Research B 23 (1989), 83-102, section 2 (half the headway: alpha = 1/2).
    """
    window = _window(slots)
    _check(walk_kmh=walk_kmh, max_wait=max_wait, snap_limit=snap_limit)
    _check(zero=True, boarding_penalty=boarding_penalty, transfer_penalty=transfer_penalty)
    waits = Waits(max_wait, leave_out=rare_lines == "leave_out")
    pace = 1000.0 / 60.0 * walk_kmh
    lines, nodes, legs = _lines(walk, feeds, window, waits, snap_limit, tell)
    # Walking nodes, stops, calls; then, with a transfer penalty, walking nodes and stops of those who have ridden.
    stops_at = len(walk)
    calls_at = stops_at + len(nodes)
    shift = calls_at + len(lines.stop) if transfer_penalty > 0.0 else 0
    on_foot = [_walking(walk, pace), _access(nodes, legs, pace, stops_at)]
    boarding = [_boarding(lines, waits, stops_at, calls_at)]
    if common_lines:
        tails, heads, minutes, metres = common_lines_arcs(lines, waits)
        boarding.append((tails + stops_at, heads + stops_at + shift, minutes, metres))
    arcs = [*on_foot, *_riding(lines, stops_at + shift, calls_at)]
    arcs += [_moved(part, 0, 0, boarding_penalty) for part in boarding]
    if shift:
        arcs += [_moved(part, shift, shift, 0.0) for part in on_foot]
        arcs += [_moved(part, shift, 0, boarding_penalty + transfer_penalty) for part in boarding]
        every = np.arange(len(walk))
        arcs.append((every, every + shift, np.zeros(len(every)), np.zeros(len(every))))
    count = shift + calls_at if shift else calls_at + len(lines.stop)
    return _graph(arcs, count, len(walk), shift)


def _window(slots: int | range) -> range:
    """Return the half-hours as a range, or say that they are none of the day."""
    window = range(slots, slots + 1) if isinstance(slots, int) else slots
    if not (len(window) and window.step == 1 and window.start >= 0 and window.stop <= SLOTS):
        message = f"expected half-hours from 0 to {SLOTS - 1}, such as 16 or range(14, 20), got {slots}"
        raise LayerError("transit", message)
    return window


def _check(*, zero: bool = False, **parameters: float) -> None:
    """Raise if a parameter is not positive (with ``zero``: negative) or not finite; only a wait may be infinite."""
    for name, value in parameters.items():
        large = value >= 0.0 if zero else value > 0.0
        if not large or (np.isinf(value) and name != "max_wait"):
            expected = ("non-negative" if zero else "positive") + ("" if name == "max_wait" else " and finite")
            raise LayerError("transit", f"{name} must be {expected}, got {value:g}")


def _lines(
    walk: RoadNetwork, feeds: Sequence[Feed], window: range, waits: Waits, snap_limit: float, tell: Tell
) -> tuple[Lines, Ints, Floats]:
    """Return what runs in the window, and the walking node of each stop called at and the metres to it."""
    parts, nodes, legs = [], [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    seen = 0
    for feed in feeds:
        x, y = _metric(feed, walk.crs)
        snap = walk.snap(x, y)
        near = snap.metres <= snap_limit
        served = np.bincount(feed.stop, minlength=len(x)) > 0
        if (served & ~near).any():
            worst = int(np.where(served, snap.metres, -1.0).argmax())
            far = f"{(served & ~near).sum()} of {served.sum()} stops lie more than {snap_limit:g} m"
            example = f"{feed.stop_ids[worst]!r}, {snap.metres[worst]:,.0f} m"
            tell(f"{feed.where}: {far} from the walking network and are not used (farthest: {example})")
        rate = feed.departures[:, window.start : window.stop].sum(axis=1, dtype=np.float64)
        rate = waits.usable(rate / (SLOT_MINUTES * len(window))) * near[feed.stop]
        step = np.hypot(np.diff(x[feed.stop], append=0.0), np.diff(y[feed.stop], append=0.0))
        alights = feed.alights & near[feed.stop]
        columns = (feed.stop.astype(np.int64) + seen, rate, feed.ride, feed.dwell, alights, step)
        parts.append(Lines(feed.first.astype(np.int64), *columns).running())
        nodes.append(snap.node)
        legs.append(snap.metres)
        seen += len(x)
    lines = Lines.joined(parts)
    called, place = np.unique(lines.stop, return_inverse=True)
    return replace(lines, stop=place), np.concatenate(nodes)[called], np.concatenate(legs)[called]


def _metric(feed: Feed, crs: str) -> tuple[Floats, Floats]:
    """Return the stops of a feed in metres of a CRS."""
    spots = gpd.GeoDataFrame(geometry=gpd.points_from_xy(feed.lon, feed.lat), crs="EPSG:4326")
    moved = project(spots, crs, feed.where)
    return moved.geometry.x.to_numpy(), moved.geometry.y.to_numpy()


def _walking(walk: RoadNetwork, pace: float) -> _Arcs:
    """Return the arcs of the walking network; ``pace`` in metres a minute."""
    tails = np.repeat(np.arange(len(walk)), np.diff(walk.first))
    metres = np.asarray(walk.metres, dtype=np.float64)
    return tails, walk.head.astype(np.int64), metres / pace, metres


def _access(nodes: Ints, legs: Floats, pace: float, stops_at: int) -> _Arcs:
    """Return the arcs between stops and their walking nodes, both ways."""
    stops = np.arange(len(nodes)) + stops_at
    metres = np.concatenate([legs, legs])
    return np.concatenate([nodes, stops]), np.concatenate([stops, nodes]), metres / pace, metres


def _boarding(lines: Lines, waits: Waits, stops_at: int, calls_at: int) -> _Arcs:
    """Return the arcs from a stop into a vehicle that stands there, up to its arrival at the next call."""
    rows = np.flatnonzero(lines.rate > 0.0)
    minutes = waits.minutes(lines.rate[rows]) + lines.ride[rows]
    return lines.stop[rows] + stops_at, rows + 1 + calls_at, minutes, lines.metres[rows]


def _riding(lines: Lines, stops_at: int, calls_at: int) -> tuple[_Arcs, _Arcs]:
    """Return the arcs of staying on board to the next call, and of getting off."""
    inside = ~lines.starts()
    on = np.flatnonzero(inside & ~lines.ends())
    off = np.flatnonzero(inside & lines.alights)
    ride = (on + calls_at, on + 1 + calls_at, lines.dwell[on] + lines.ride[on], lines.metres[on])
    return ride, (off + calls_at, lines.stop[off] + stops_at, np.zeros(len(off)), np.zeros(len(off)))


def _moved(arcs: _Arcs, tail: int, head: int, penalty: float) -> _Arcs:
    """Return arcs between nodes so many places on, that cost some minutes more."""
    tails, heads, minutes, metres = arcs
    return tails + tail, heads + head, minutes + penalty, metres


def _graph(arcs: Sequence[_Arcs], count: int, walking: int, end_shift: int) -> TransitGraph:
    """Return arcs, sorted into rows, as a graph."""
    tails, heads, minutes, metres = (np.concatenate(parts) for parts in zip(*arcs, strict=True))
    order = np.lexsort((heads, tails))
    first = np.concatenate([[0], np.cumsum(np.bincount(tails, minlength=count))])
    return TransitGraph(
        first=first.astype(np.int32),
        head=heads[order].astype(np.int32),
        minutes=np.maximum(minutes[order], MIN_MINUTES),
        along=metres[order],
        walking=walking,
        end_shift=end_shift,
    )
