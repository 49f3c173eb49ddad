from __future__ import annotations

import importlib.util
import itertools
import os
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra

from netsim.geo.gtfs import Feed, read_gtfs
from netsim.geo.layers import LayerError, project
from netsim.geo.roads import RoadNetwork, read_osm
from netsim.geo.transit import MIN_MINUTES, TransitGraph, transit_network
from netsim.geo.transit_lines import Lines, Waits, common_lines_arcs
from tests.geo.town_feed import PLACES, STOPS, degrees, street, write_folder

ROOT = Path(os.environ.get("NETSIM_DATA", "")) / "porto_alegre"
needs_data = pytest.mark.skipif("NETSIM_DATA" not in os.environ, reason="needs NETSIM_DATA")
needs_pyrosm = pytest.mark.skipif(importlib.util.find_spec("pyrosm") is None, reason="needs the extra osm")

KM = 12.5
"""Minutes for a kilometre on foot at 4.8 km/h."""


def quiet(_note: str) -> None:
    """Take a note and forget it."""


@pytest.fixture(scope="module")
def feed(tmp_path_factory) -> Feed:
    return read_gtfs(write_folder(tmp_path_factory.mktemp("town")), "thu", tell=quiet)


def minutes(graph: TransitGraph) -> np.ndarray:
    """Return the minutes from every walking node to every other."""
    every = np.arange(graph.walking)
    return dijkstra(graph.matrix(), indices=every)[:, graph.end_nodes(every)]


def ride(graph: TransitGraph, start: str, end: str) -> float:
    return float(minutes(graph)[STOPS[start], STOPS[end]])


def on_foot() -> np.ndarray:
    places = np.arange(PLACES)
    return KM * np.abs(places[:, None] - places)


@pytest.mark.parametrize(
    ("start", "end", "options", "expected"),
    [
        # Three buses in the half-hour: wait 5, ride 6.
        ("A", "B", {}, 5.0 + 6.0),
        # Ride 6, stay 1 at B, ride 6 to C (its time is worked out by distance) and 3 to D.
        ("A", "D", {}, 5.0 + 6.0 + 1.0 + 6.0 + 3.0),
        # The tram takes 9, the bus 13: one or the other comes after 2.5 minutes in the mean.
        ("A", "C", {}, 2.5 + (9.0 + 13.0) / 2.0),
        ("A", "C", {"common_lines": False}, 5.0 + 9.0),
        # Change at D to two far buses in the half-hour: wait 7.5, ride 7.
        ("A", "E", {}, 21.0 + 7.5 + 7.0),
        ("A", "E", {"boarding_penalty": 2.0}, 2.0 + 21.0 + 2.0 + 14.5),
        ("A", "E", {"boarding_penalty": 2.0, "transfer_penalty": 3.0}, 2.0 + 21.0 + 5.0 + 14.5),
        ("A", "D", {"transfer_penalty": 3.0}, 21.0),
        ("A", "E", {"max_wait": 4.0}, 4.0 + 16.0 + 4.0 + 7.0),
        ("A", "E", {"max_wait": 6.0, "rare_lines": "leave_out"}, 21.0 + 5.0 * KM),
        # Nothing runs back.
        ("E", "A", {}, 10.0 * KM),
        ("C", "B", {"transfer_penalty": 3.0}, 2.0 * KM),
        # At double speed, a walk from D to C.
        ("D", "C", {"walk_kmh": 9.6}, KM / 2.0),
    ],
)
def test_minutes_worked_out_by_hand(feed, start, end, options, expected):
    graph = transit_network(street(), [feed], 16, **options)
    assert ride(graph, start, end) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        (range(16, 18), 10.0 + 6.0),  # three buses in an hour
        (range(14, 18), 2.0 * KM),  # three in two hours: 20 + 6 is slower than the walk
        (3, 2.0 * KM),
    ],
)
def test_headways_over_several_half_hours(feed, slots, expected):
    assert ride(transit_network(street(), [feed], slots), "A", "B") == pytest.approx(expected, abs=1e-3)


def test_metres_are_those_of_the_way(feed):
    graph = transit_network(street(), [feed], 16, common_lines=False)
    assert graph.along.min() >= 0.0
    rides = graph.along[(graph.head >= graph.walking) & (graph.along > 1.0)]
    # A-B, B-C, C-D of the bus (boarded and ridden through), A-C of the tram, D-E.
    assert sorted(np.rint(rides)) == [1_000.0, 1_000.0, 2_000.0, 2_000.0, 2_000.0, 4_000.0, 5_000.0]
    both = transit_network(street(), [feed], 16)
    extra = len(both.head) - len(graph.head)
    assert extra == 1  # only from A to C do two lines run
    assert sorted(np.rint(both.along))[-2:] == [4_000.0, 5_000.0]


def test_at_night_people_walk(feed):
    graph = transit_network(street(), [feed], 4)
    walk = street()
    assert graph.head.tolist() == walk.head.tolist()
    assert minutes(graph) == pytest.approx(on_foot())
    assert minutes(transit_network(walk, [], 16)) == pytest.approx(on_foot())
    apart = transit_network(walk, [feed], 4, transfer_penalty=5.0)
    assert minutes(apart) == pytest.approx(on_foot(), abs=2.0 * MIN_MINUTES)


def test_people_change_from_one_feed_to_another(feed):
    def part(pattern: int) -> Feed:
        calls = slice(feed.first[pattern], feed.first[pattern + 1])
        return replace(
            feed,
            pattern_route=feed.pattern_route[pattern : pattern + 1].copy(),
            pattern_direction=feed.pattern_direction[pattern : pattern + 1].copy(),
            first=np.array([0, calls.stop - calls.start], dtype=np.int32),
            stop=feed.stop[calls].copy(),
            ride=feed.ride[calls].copy(),
            dwell=feed.dwell[calls].copy(),
            alights=feed.alights[calls].copy(),
            departures=feed.departures[calls].copy(),
        )

    graph = transit_network(street(), [part(0), part(2)], 16)
    assert ride(graph, "A", "E") == pytest.approx(21.0 + 14.5, abs=0.01)
    # Lines of two feeds do not share their stops: who waits for the bus does not take the tram.
    graph = transit_network(street(), [part(0), part(1)], 16)
    assert ride(graph, "A", "C") == pytest.approx(5.0 + 9.0, abs=0.01)


def test_stops_far_from_the_network_are_told_and_ridden_through(feed):
    notes: list[str] = []
    lat = feed.lat.copy()
    lon = feed.lon.copy()
    lon[1] += 0.01  # B lies 1.1 km off the street now
    moved = replace(feed, lon=lon, lat=lat)
    graph = transit_network(street(), [moved], 16, tell=notes.append)
    assert ride(graph, "A", "B") == pytest.approx(2.0 * KM)
    assert ride(graph, "A", "D") == pytest.approx(21.0, abs=0.01)
    assert "1 of 5 stops lie more than 500 m from the walking network and are not used (farthest: 'B'" in notes[0]
    near = transit_network(street(), [moved], 16, snap_limit=2_000.0, tell=notes.append)
    assert len(notes) == 1
    leg = 0.01 * 111.32 * KM
    assert ride(near, "A", "B") == pytest.approx(min(11.0 + leg, 2.0 * KM), abs=0.2)


@pytest.mark.parametrize(
    ("slots", "options", "message"),
    [
        (48, {}, r"transit: expected half-hours from 0 to 47, such as 16 or range\(14, 20\), got 48"),
        (-1, {}, r"expected half-hours from 0 to 47"),
        (range(4, 4), {}, r"expected half-hours from 0 to 47"),
        (range(40, 50), {}, r"expected half-hours from 0 to 47"),
        (16, {"walk_kmh": 0.0}, r"transit: walk_kmh must be positive and finite, got 0"),
        (16, {"max_wait": float("nan")}, r"transit: max_wait must be positive, got nan"),
        (16, {"boarding_penalty": -1.0}, r"transit: boarding_penalty must be non-negative and finite, got -1"),
        (16, {"transfer_penalty": float("inf")}, r"transit: transfer_penalty must be non-negative and finite, got inf"),
    ],
)
def test_parameters_out_of_range_are_told(feed, slots, options, message):
    with pytest.raises(LayerError, match=message):
        transit_network(street(), [feed], slots, **options)


def test_a_graph_has_no_loops_and_no_parallel_arcs_and_stays_as_it_is(feed):
    for penalty in (0.0, 4.0):
        graph = transit_network(street(), [feed, feed], 16, transfer_penalty=penalty)
        tails = np.repeat(np.arange(len(graph)), np.diff(graph.first))
        pairs = np.column_stack([tails, graph.head])
        assert len(np.unique(pairs, axis=0)) == len(pairs)
        assert (tails != graph.head).all()
        assert (graph.minutes >= MIN_MINUTES).all()
        assert graph.first.dtype == graph.head.dtype == np.int32
        assert not graph.minutes.flags.writeable


@st.composite
def towns(draw) -> Feed:
    """Feeds on the street: any stops, any patterns, also such that call twice at a stop."""
    places = draw(st.lists(st.integers(0, PLACES - 1), min_size=2, max_size=6, unique=True))
    lon, lat = np.array([degrees(place) for place in places]).T
    stop, ride_minutes, ends, departures = [], [], [0], []
    for _ in range(draw(st.integers(1, 6))):
        way = draw(st.lists(st.integers(0, len(places) - 1), min_size=2, max_size=6))
        stop += way
        ride_minutes += [draw(st.integers(0, 15)) for _ in way[1:]] + [0]
        departures += [draw(st.integers(0, 6)) for _ in way[1:]] + [0]
        ends.append(len(stop))
    count, patterns = len(stop), len(ends) - 1
    table = np.zeros((count, 48), dtype=np.float32)
    table[:, 16] = departures
    return Feed(
        where="town",
        date="2024-01-04",
        stop_ids=tuple(map(str, places)),
        stop_names=("",) * len(places),
        lon=lon.copy(),
        lat=lat.copy(),
        route_ids=tuple(map(str, range(patterns))),
        route_names=("",) * patterns,
        route_type=np.full(patterns, 3, dtype=np.int16),
        pattern_route=np.arange(patterns, dtype=np.int32),
        pattern_direction=np.full(patterns, -1, dtype=np.int8),
        first=np.array(ends, dtype=np.int32),
        stop=np.array(stop, dtype=np.int32),
        ride=np.array(ride_minutes, dtype=np.float64),
        dwell=np.where(np.isin(np.arange(count), [*ends[:-1], *(end - 1 for end in ends[1:])]), 0.0, 0.5),
        alights=np.array([draw(st.booleans()) for _ in range(count)]),
        departures=table,
    )


OPTIONS = st.fixed_dictionaries(
    {
        "max_wait": st.sampled_from([4.0, 12.0, float("inf")]),
        "rare_lines": st.sampled_from(["cap", "leave_out"]),
        "boarding_penalty": st.sampled_from([0.0, 1.5]),
        "transfer_penalty": st.sampled_from([0.0, 3.0]),
        "common_lines": st.booleans(),
    }
)


@settings(deadline=None, max_examples=40)
@given(town=towns(), options=OPTIONS, data=st.data())
def test_more_vehicles_make_no_way_slower(town, options, data):
    calls = np.flatnonzero(~np.isin(np.arange(len(town.stop)), town.first[1:] - 1))
    more = town.departures.copy()
    for call in data.draw(st.lists(st.sampled_from(calls.tolist()), max_size=5)):
        more[call, 16] += 1.0
    before = minutes(transit_network(street(), [town], 16, **options))
    after = minutes(transit_network(street(), [replace(town, departures=more)], 16, **options))
    assert (after <= before + 1e-9 + 2.0 * MIN_MINUTES).all()


@settings(deadline=None, max_examples=40)
@given(town=towns(), options=OPTIONS)
def test_riding_is_never_slower_than_walking_nor_together_than_alone(town, options):
    found = minutes(transit_network(street(), [town], 16, **options))
    assert (found <= on_foot() + 2.0 * MIN_MINUTES).all()
    both = minutes(transit_network(street(), [town], 16, **options | {"common_lines": True}))
    alone = minutes(transit_network(street(), [town], 16, **options | {"common_lines": False}))
    assert (both <= alone + 1e-9).all()
    free = minutes(transit_network(street(), [town], 16, **options | {"transfer_penalty": 0.0}))
    assert (free <= found + 1e-9).all()


@settings(deadline=None, max_examples=40)
@given(
    rows=st.lists(st.tuples(st.integers(1, 12), st.integers(1, 40)), min_size=1, max_size=6),
    longest=st.sampled_from([3.0, 10.0, float("inf")]),
)
def test_no_other_choice_of_lines_is_quicker(rows, longest):
    """The first lines by ride minutes are as good as the best of all subsets."""
    count = len(rows)
    rate = np.array([1.0 / headway for headway, _ in rows])
    rides = np.array([float(ride_minutes) for _, ride_minutes in rows])
    waits = Waits(longest)
    best = min(
        float(waits.minutes(rate[some].sum(keepdims=True))[0] + (rate[some] * rides[some]).sum() / rate[some].sum())
        for size in range(1, count + 1)
        for some in map(list, itertools.combinations(range(count), size))
    )
    alone = float((waits.minutes(rate) + rides).min())
    zeros = np.zeros(count)
    lines = Lines(
        first=np.arange(count + 1) * 2,
        stop=np.tile([0, 1], count),
        rate=np.column_stack([rate, zeros]).ravel(),
        ride=np.column_stack([rides, zeros]).ravel(),
        dwell=np.zeros(2 * count),
        alights=np.ones(2 * count, dtype=bool),
        metres=np.zeros(2 * count),
    )
    tails, heads, together, _ = common_lines_arcs(lines, waits)
    found = min([alone, *together.tolist()])
    assert found == pytest.approx(best, abs=1e-9)
    assert (tails.tolist(), heads.tolist()) in (([], []), ([0], [1]))


def test_work_in_blocks_changes_nothing(feed, monkeypatch):
    whole = transit_network(street(), [feed, feed], range(14, 18))
    monkeypatch.setattr("netsim.geo.transit_lines.BLOCK", 2)
    pieces = transit_network(street(), [feed, feed], range(14, 18))
    assert whole.head.tolist() == pieces.head.tolist()
    assert whole.minutes.tolist() == pieces.minutes.tolist()


@pytest.fixture(scope="module")
def city() -> tuple[list[Feed], gpd.GeoDataFrame]:
    feeds = [read_gtfs(ROOT / name, "wed", tell=quiet) for name in ("poa_eptc.zip", "poa_trensurb.zip")]
    table = pd.read_csv(ROOT / "poa_hexgrid.csv")
    spots = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table.lon, table.lat), crs="EPSG:4326")
    return feeds, project(spots, "EPSG:31982", "hexes")


def to_the_market(graph: TransitGraph, walk: RoadNetwork, hexes: gpd.GeoDataFrame) -> np.ndarray:
    """Return the minutes from each hexagon to the public market in the centre."""
    market = project(gpd.GeoDataFrame(geometry=gpd.points_from_xy([-51.227811], [-30.027565]), crs=4326), walk.crs, "m")
    end = graph.end_nodes(walk.snap(market.geometry.x.to_numpy(), market.geometry.y.to_numpy()).node)
    start = walk.snap(hexes.geometry.x.to_numpy(), hexes.geometry.y.to_numpy()).node
    return dijkstra(graph.matrix().T.tocsr(), indices=end)[0][start]


@needs_data
def test_a_city_by_bus_and_rail_on_a_made_up_grid(city):
    feeds, hexes = city
    walk = grid(hexes, 400.0)
    notes: list[str] = []
    foot = to_the_market(transit_network(walk, [], 28), walk, hexes)
    both = to_the_market(transit_network(walk, feeds, 28, tell=notes.append), walk, hexes)
    bus = to_the_market(transit_network(walk, feeds[:1], 28, tell=quiet), walk, hexes)
    night = to_the_market(transit_network(walk, feeds, 6, tell=quiet), walk, hexes)
    assert any("poa_trensurb.zip" in note and "more than 500 m from the walking network" in note for note in notes)
    assert night == pytest.approx(foot)
    assert (both <= bus + 1e-9).all()
    assert (bus <= foot + 1e-9).all()
    assert both.mean() < 0.6 * foot.mean()
    # From 10 km and more away it takes between half an hour and an hour and a half.
    far = foot > 10.0 * KM
    assert 30.0 < np.median(both[far]) < 90.0


def grid(hexes: gpd.GeoDataFrame, step: float) -> RoadNetwork:
    """Return streets in a square grid over the hexagons."""
    west, south, east, north = hexes.total_bounds
    columns, rows = int((east - west) / step) + 2, int((north - south) / step) + 2
    number = np.arange(columns * rows).reshape(rows, columns)
    x, y = np.meshgrid(west + step * np.arange(columns), south + step * np.arange(rows))
    nodes = gpd.GeoDataFrame({"id": number.ravel()}, geometry=gpd.points_from_xy(x.ravel(), y.ravel()), crs=hexes.crs)
    ends = [(number[:, :-1], number[:, 1:]), (number[:-1], number[1:])]
    u, v = (np.concatenate([pair[side].ravel() for pair in ends]) for side in (0, 1))
    return RoadNetwork.from_tables(nodes, pd.DataFrame({"u": u, "v": v, "length": step}))


@pytest.mark.long
@needs_data
@needs_pyrosm
def test_a_city_on_its_own_streets(city):
    feeds, hexes = city
    walk = read_osm(ROOT / "poa_osm.pbf", "walk", crs="EPSG:31982").largest_component()
    foot = to_the_market(transit_network(walk, [], 28), walk, hexes)
    best = to_the_market(transit_network(walk, feeds, 28, tell=quiet), walk, hexes)
    dear = to_the_market(transit_network(walk, feeds, 28, transfer_penalty=5.0, tell=quiet), walk, hexes)
    assert np.isfinite(best).all()
    assert (best <= foot + 1e-9).all()
    assert (best <= dear + 1e-9).all()
    assert (dear <= foot + 2.0 * MIN_MINUTES).all()
    assert (dear <= best + 4 * 5.0).all()
    assert best.mean() < 0.6 * foot.mean()
