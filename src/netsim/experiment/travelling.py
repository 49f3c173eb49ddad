"""Ways of a scenario: on foot, by car at the hours people set out, by public transport, or along the straight line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netsim.errors import BadInputError
from netsim.experiment.places import Places, fault_at, named
from netsim.geo.congestion import FREE, Congestion, HourGroup, covered_slots, hour_groups
from netsim.geo.layers import LayerError
from netsim.geo.roads import far_snaps
from netsim.geo.travel import FAR_SNAP_M, METRES_PER_MINUTE, straight_line_matrix, transit_matrix, travel_matrix
from netsim.model.choice import Rival
from netsim.model.demand import DemandLayer, TravelMatrix
from netsim.model.network import Site
from netsim.model.service import Task
from netsim.scenario.load import LoadedScenario

if TYPE_CHECKING:
    from netsim.geo.transit import TransitGraph

HOURS_KEY, TRANSIT_KEY = "geography.travel.congestion", "geography.travel.transit"


def departures(tasks: Sequence[Task], demand: DemandLayer) -> NDArray[np.float64]:
    """Return how many wish to set out in each half-hour of the day, shape ``(48,)``."""
    by_task = demand.visits[0, 0].sum(axis=(0, 1, 3))
    return np.asarray(by_task @ np.array([task.profile for task in tasks]), dtype=np.float64)


class Traveller:
    """
    Travel times as a scenario says, between any places.

    Parameters
    ----------
    loaded
        The scenario.
    places
        Its zones and roads.
    setting_out
        How many set out in each half-hour of the day, shape ``(48,)``.

    Raises
    ------
    BadInputError
        If a feed of public transport cannot be read, or no road is of a class that is slow.
    """

    def __init__(self, loaded: LoadedScenario, places: Places, setting_out: NDArray[np.float64]) -> None:
        self.loaded, self.places = loaded, places
        self.asked = loaded.scenario.geography.travel
        self.speed = self.asked.speed / METRES_PER_MINUTE
        self.notes: list[str] = []
        self.hours = self._located(HOURS_KEY, setting_out) if self.asked.congestion else FREE
        self.graph = self._transit() if self.asked.transit is not None else None

    def to_outlets(self, sites: Sequence[Site], rivals: Sequence[Rival]) -> tuple[TravelMatrix, TravelMatrix | None]:
        """Return travel times from every zone to every site, and to every competitor's outlet (None without any)."""
        zones = self.places.zones
        ends = np.array([*((site.x, site.y) for site in sites), *((rival.x, rival.y) for rival in rivals)])
        ids = [*(site.id for site in sites), *(rival.id for rival in rivals)]
        starts = np.column_stack([zones.x, zones.y])
        self._tell_far(starts, zones.ids, "zones")
        self._tell_far(ends, ids, "outlets")
        ways = self._matrix(starts, zones.ids, ends, ids)
        lost = int(np.isinf(ways.minutes).sum())
        if lost:
            self.notes.append(
                f"{lost:,} of {ways.minutes.size:,} pairs of a zone and an outlet have no way between them"
            )
        if not rivals:
            return ways, None
        return _columns(ways, slice(None, len(sites))), _columns(ways, slice(len(sites), None))

    def between(self, sites: Sequence[Site]) -> NDArray[np.float64]:
        """Return minutes from site to site, shape ``(sites, sites)``."""
        ends, ids = np.array([(site.x, site.y) for site in sites]), [site.id for site in sites]
        return self._matrix(ends, ids, ends, ids).minutes

    def _matrix(
        self, starts: NDArray[np.float64], names: Sequence[str], ends: NDArray[np.float64], targets: Sequence[str]
    ) -> TravelMatrix:
        asked, roads = self.asked, self.places.roads
        if asked.mode == "straight_line" or roads is None:
            return straight_line_matrix(starts, ends, names, targets, self.speed, circuity=asked.circuity)
        if self.graph is not None:
            return transit_matrix(roads, self.graph, starts, ends, names, targets, self.speed)
        return travel_matrix(
            roads, starts, ends, names, targets, self.speed, asked.mode, own_speeds=asked.own_speeds, hours=self.hours
        )

    def _tell(self, note: str) -> None:
        self.notes.append(named(self.loaded, note))

    def _tell_far(self, points: NDArray[np.float64], ids: Sequence[str], what: str) -> None:
        """Note points that lie far from every road."""
        roads = self.places.roads
        if roads is None or not len(points):
            return
        snap = roads.snap(points[:, 0], points[:, 1])
        far = far_snaps(snap, FAR_SNAP_M)
        if len(far):
            listed = ", ".join(f"{ids[row]} {snap.metres[row]:,.0f} m" for row in far[:5])
            self.notes.append(f"{len(far)} {what} lie more than {FAR_SNAP_M:g} m from every road ({listed})")

    def _located(self, key: str, setting_out: NDArray[np.float64]) -> tuple[HourGroup, ...]:
        """Return the hours in which roads are slow."""
        weights = setting_out
        if self.asked.departure is not None:
            weights = covered_slots(self.asked.departure)
        rules = [Congestion(item.hours, item.factor, item.roads) for item in self.asked.congestion]
        roads = self.places.roads
        try:
            return hour_groups(rules, () if roads is None else roads.classes, weights)
        except LayerError as error:
            raise BadInputError((fault_at(self.loaded, key, error.message),)) from None

    def _transit(self) -> TransitGraph | None:
        """Return the graph of walking and riding."""
        from netsim.geo.gtfs import read_gtfs  # noqa: PLC0415 - only transit needs it
        from netsim.geo.transit import transit_network  # noqa: PLC0415

        asked, roads = self.asked.transit, self.places.roads
        if asked is None or roads is None:
            return None
        slots = np.flatnonzero(covered_slots(asked.hours) > 0.5)
        try:
            feeds = [
                read_gtfs(self.loaded.files[f"{TRANSIT_KEY}.feeds[{index}]"], asked.weekday, tell=self._tell)
                for index in range(len(asked.feeds))
            ]
            return transit_network(
                roads,
                feeds,
                range(int(slots[0]), int(slots[-1]) + 1) if len(slots) else 0,
                walk_kmh=self.speed,
                max_wait=asked.max_wait,
                boarding_penalty=asked.boarding or 0.0,
                tell=self._tell,
            )
        except LayerError as error:
            raise BadInputError((fault_at(self.loaded, TRANSIT_KEY, named(self.loaded, str(error))),)) from None


def _columns(ways: TravelMatrix, part: slice) -> TravelMatrix:
    """Return the ways to some of the sites."""
    minutes, metres = ways.minutes[:, part].copy(), ways.metres[:, part].copy()
    return TravelMatrix(ways.zones, ways.sites[part], minutes, metres, ways.mode)
