"""Shortest ways against networkx and against each other."""

from __future__ import annotations

import math
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim import jit
from netsim.geo.ways import ENGINES, Arcs, HierarchyStore, build_hierarchy, choose, queries, shortest_ways
from netsim.geo.ways import contract as contracting
from netsim.geo.ways import hierarchy as hierarchies
from netsim.registry import UnknownPartError


def arcs_of(size: int, rows, *, along: bool = False) -> Arcs:
    """Return arcs from (tail, head, cost, along), each pair once."""
    rows = sorted({(u, v): (u, v, cost, far) for u, v, cost, far in rows if u != v}.values())
    tail, head, cost, far = (np.array(column) for column in zip(*rows, strict=True)) if rows else ([], [], [], [])
    first = np.concatenate([[0], np.cumsum(np.bincount(np.asarray(tail, dtype=np.int64), minlength=size))])
    second = np.asarray(far, dtype=float) if along else None
    return Arcs(first.astype(np.int32), np.asarray(head, dtype=np.int32), np.asarray(cost, dtype=float), second)


def graph_of(arcs: Arcs) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(arcs)))
    lengths = arcs.cost if arcs.along is None else arcs.along
    for tail, head, cost, far in zip(arcs.tails(), arcs.head, arcs.cost, lengths, strict=True):
        graph.add_edge(int(tail), int(head), cost=float(cost), along=float(far))
    return graph


def street_grid(side: int, seed: int = 1, *, along: bool = False) -> Arcs:
    """A grid with gaps and one-way streets, each street with its own speed."""
    rng = np.random.default_rng(seed)
    rows = []
    for node in range(side * side):
        east, north = node + 1 if (node + 1) % side else -1, node + side if node + side < side * side else -1
        for other in (east, north):
            if other < 0 or rng.random() < 0.2:
                continue
            metres = float(rng.uniform(50.0, 150.0))
            minutes = metres / float(rng.uniform(200.0, 800.0))
            rows.append((node, other, minutes, metres))
            if rng.random() > 0.15:
                rows.append((other, node, minutes, metres))
    return arcs_of(side * side, rows, along=along)


COSTS = st.one_of(st.floats(1e-3, 10.0), st.sampled_from([1.0, 2.0, 1e-3]))


@st.composite
def cases(draw, cost=COSTS):
    """A random directed graph, often in pieces, with short and long arcs; starts, ends and a cutoff."""
    size = draw(st.integers(1, 14))
    node = st.integers(0, size - 1)
    rows = draw(st.lists(st.tuples(node, node, cost, st.floats(0.0, 1e3)), max_size=50))
    places = st.lists(node, min_size=1, max_size=6)
    return size, rows, draw(places), draw(places), draw(st.one_of(st.just(math.inf), st.floats(0.0, 20.0)))


@settings(max_examples=150, deadline=None)
@given(case=cases(), engine=st.sampled_from(["scipy", "hierarchy"]))
def test_costs_are_those_of_networkx(case, engine):
    size, rows, starts, ends, cutoff = case
    arcs = arcs_of(size, rows)
    found = shortest_ways(arcs, np.array(starts), np.array(ends), cutoff=cutoff, engine=engine).cost
    for row, start in enumerate(starts):
        known = nx.single_source_dijkstra_path_length(graph_of(arcs), start, weight="cost")
        for column, end in enumerate(ends):
            wanted = known.get(end, math.inf)
            if abs(wanted - cutoff) > 1e-9:  # on the limit the last bit decides
                assert found[row, column] == pytest.approx(wanted if wanted <= cutoff else math.inf, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(case=cases(st.integers(1, 4).map(float)), engine=st.sampled_from(["scipy", "hierarchy"]))
def test_the_second_measure_is_that_of_a_cheapest_way(case, engine):
    size, rows, starts, ends, _ = case
    arcs = arcs_of(size, rows, along=True)
    found = shortest_ways(arcs, np.array(starts), np.array(ends), engine=engine)
    graph = graph_of(arcs)
    for row, start in enumerate(starts):
        for column, end in enumerate(ends):
            if math.isinf(found.cost[row, column]):
                assert math.isinf(found.along[row, column])
                continue
            ways = nx.all_shortest_paths(graph, start, end, weight="cost")
            sums = [sum(graph.edges[pair]["along"] for pair in pairwise(way)) for way in ways]
            assert any(found.along[row, column] == pytest.approx(total, abs=1e-9) for total in sums)


@pytest.mark.parametrize("along", [False, True])
def test_both_engines_agree_on_a_city(along):
    arcs = street_grid(40, along=along)
    rng = np.random.default_rng(2)
    starts, ends = rng.integers(0, len(arcs), 80), rng.integers(0, len(arcs), 300)
    slow, fast = (shortest_ways(arcs, starts, ends, engine=engine) for engine in ("scipy", "hierarchy"))
    np.testing.assert_allclose(fast.cost, slow.cost, rtol=1e-12)
    assert np.isinf(slow.cost).any()
    if along:
        np.testing.assert_allclose(fast.along, slow.along, rtol=1e-9)  # speeds are random, so ways are unique
    near = shortest_ways(arcs, starts, ends, engine="hierarchy", cutoff=3.0).cost
    np.testing.assert_allclose(near, np.where(slow.cost <= 3.0, slow.cost, np.inf), rtol=1e-12)


def test_the_second_measure_of_the_cost_is_the_cost():
    arcs = street_grid(25)
    arcs = Arcs(arcs.first, arcs.head, arcs.cost, arcs.cost.copy())
    places = np.arange(0, 625, 7)
    for engine in ENGINES:
        found = shortest_ways(arcs, places, places[::-1].copy(), engine=engine)
        np.testing.assert_allclose(found.along, found.cost, rtol=1e-9)


def test_compiled_code_and_plain_python_agree():
    arcs = street_grid(9, along=True)
    fast = build_hierarchy(arcs)
    names = {"contract": contracting, "rank_first": contracting, "fill": queries, "scan": queries}
    with pytest.MonkeyPatch.context() as patch:
        for name, room in names.items():
            patch.setattr(hierarchies, name, jit.plain(getattr(room, name)))
        slow = build_hierarchy(arcs)
        places = np.arange(len(arcs))
        plain = hierarchies.hierarchy_ways(arcs, places, places, hierarchy=slow)
    np.testing.assert_array_equal(slow.place, fast.place)
    np.testing.assert_array_equal(slow.up_cost, fast.up_cost)
    ways = hierarchies.hierarchy_ways(arcs, places, places, hierarchy=fast)
    np.testing.assert_array_equal(plain.cost, ways.cost)
    np.testing.assert_array_equal(plain.along, ways.along)


def test_full_arrays_grow_and_give_the_same(monkeypatch):
    arcs = street_grid(30, along=True)
    places = np.arange(0, 900, 11)
    usual = hierarchies.hierarchy_ways(arcs, places, places)
    for name, small in (("ROOM", 1.01), ("BUCKET_ROOM", 1), ("PLANS", 1)):
        monkeypatch.setattr(hierarchies, name, small)
    tight = hierarchies.hierarchy_ways(arcs, places, places)
    np.testing.assert_array_equal(tight.cost, usual.cost)
    np.testing.assert_array_equal(tight.along, usual.along)


def test_a_star_of_many_rays_needs_no_shortcut_between_them():
    rays = 300
    rows = [pair for ray in range(1, rays + 1) for pair in ((0, ray, float(ray), 1.0), (ray, 0, 2.0 * ray, 1.0))]
    arcs = arcs_of(rays + 1, rows)
    hierarchy = build_hierarchy(arcs)
    assert len(hierarchy.up_head) + len(hierarchy.down_head) == len(arcs.head)
    found = hierarchies.hierarchy_ways(arcs, np.array([7, 0]), np.array([9, 7]), hierarchy=hierarchy).cost
    np.testing.assert_array_equal(found, [[23.0, 0.0], [9.0, 7.0]])


@settings(max_examples=40, deadline=None)
@given(case=cases(), engine=st.sampled_from(["scipy", "hierarchy"]))
def test_places_that_stand_twice_and_in_any_order_have_equal_ways(case, engine):
    size, rows, starts, ends, cutoff = case
    arcs = arcs_of(size, rows, along=True)
    start, end = np.array(starts * 2), np.array(ends[::-1] + ends)
    found = shortest_ways(arcs, start, end, cutoff=cutoff, engine=engine)
    every = np.arange(size)
    whole = shortest_ways(arcs, every, every, cutoff=cutoff, engine="hierarchy")
    np.testing.assert_allclose(found.cost, whole.cost[np.ix_(start, end)], rtol=1e-12)
    half = len(starts)
    np.testing.assert_array_equal(found.along[:half], found.along[half:])


def test_a_place_that_stands_twice_is_searched_once(monkeypatch):
    arcs, searched = street_grid(10), []
    plain = jit.plain(queries.scan)
    plain.__globals__["search"] = lambda *asked: searched.append(asked[2]) or jit.plain(queries.search)(*asked)
    monkeypatch.setattr(hierarchies, "scan", plain)
    starts, ends = np.array([5, 3, 5, 5]), np.array([7, 7, 2, 3])
    found = shortest_ways(arcs, starts, ends, engine="hierarchy").cost
    assert len(searched) == 2
    assert found[1, 3] == 0.0
    np.testing.assert_array_equal(found, shortest_ways(arcs, starts, ends, engine="scipy").cost)


def test_auto_takes_the_hierarchy_where_it_pays(monkeypatch, tmp_path):
    small, large = street_grid(10), street_grid(150)
    store = HierarchyStore(tmp_path)
    few, some, all_places = np.arange(10), np.arange(150), np.arange(len(large))
    assert choose._engine(small, np.arange(100), few, math.inf, store) == "scipy"
    assert choose._engine(large, all_places, few, math.inf, store) == "scipy"
    assert choose._engine(large, some, all_places, math.inf, store) == "scipy"  # the contraction does not pay ...
    store.write(large, build_hierarchy(large))
    assert choose._engine(large, some, some, math.inf, store) == "hierarchy"  # ... but is kept now
    wide = np.arange(0, len(large), 11)
    assert choose._engine(large, wide, wide, math.inf, None) == "hierarchy"
    assert choose._engine(large, wide, wide, 1.0, None) == "scipy"  # next to nothing lies within a minute
    assert choose._engine(large, wide, wide, 1e9, None) == "hierarchy"
    monkeypatch.setattr(jit, "AVAILABLE", False)
    assert choose._engine(large, wide, wide, math.inf, None) == "scipy"


def test_hierarchies_are_kept_by_content(tmp_path, monkeypatch):
    store = HierarchyStore(tmp_path / "ways", kept=2)
    places = np.arange(20)
    arcs = [street_grid(12, seed, along=True) for seed in range(3)]
    first = shortest_ways(arcs[0], places, places, engine="hierarchy", store=store)
    assert store.has(arcs[0])
    assert not store.has(arcs[1])
    monkeypatch.setattr(choose, "build_hierarchy", lambda _: pytest.fail("it is kept"))
    again = shortest_ways(arcs[0], places, places, engine="hierarchy", store=store)
    np.testing.assert_array_equal(first.cost, again.cost)
    np.testing.assert_array_equal(first.along, again.along)
    monkeypatch.undo()
    for other in arcs[1:]:
        shortest_ways(other, places, places, engine="hierarchy", store=store)
    assert len(list((tmp_path / "ways").iterdir())) == 2


@pytest.mark.parametrize("damage", [b"", b"no hierarchy", None])
def test_a_damaged_file_is_built_anew(tmp_path, damage):
    store = HierarchyStore(tmp_path)
    arcs, places = street_grid(12), np.arange(30)
    wanted = shortest_ways(arcs, places, places, engine="hierarchy", store=store).cost
    file = next(tmp_path.iterdir())
    file.write_bytes(file.read_bytes()[:-4000] if damage is None else damage)
    np.testing.assert_array_equal(shortest_ways(arcs, places, places, engine="hierarchy", store=store).cost, wanted)
    assert store.read(arcs) is not None


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    arcs, places = street_grid(5), np.arange(5)
    found = shortest_ways(arcs, places, places, engine="hierarchy", store=HierarchyStore(tmp_path / "file"))
    assert found.cost.shape == (5, 5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"starts": np.array([99])}, r"start 99 is no node of the graph \(it has 9\)"),
        ({"ends": np.array([-1])}, r"end -1 is no node of the graph"),
        ({"cutoff": -1.0}, "the cutoff must not be negative, got -1"),
    ],
)
def test_what_makes_no_sense_is_refused(change, message):
    how = {"starts": np.array([0]), "ends": np.array([1]), **change}
    with pytest.raises(ValueError, match=message):
        shortest_ways(street_grid(3), how.pop("starts"), how.pop("ends"), **how)
    with pytest.raises(UnknownPartError, match="did you mean 'scipy'"):
        shortest_ways(street_grid(3), np.array([0]), np.array([1]), engine="scypi")


@pytest.mark.parametrize(
    ("first", "head", "cost", "message"),
    [
        ([0, 1], [0], [0.0], "positive and finite, got 0.0"),
        ([0, 1], [0], [np.inf], "positive and finite"),
        ([0, 1], [7], [1.0], r"head 7 is no node of the graph \(it has 1\)"),
        ([0, 0, 1], [1], [1.0], "node 1 has an arc to itself"),
        ([0, 2, 2], [1, 1], [1.0, 2.0], "parallel arcs; keep the cheapest"),
        ([0, 2], [0], [1.0], "rise from 0"),
        ([0, 1], [0], [1.0, 2.0], "expected 1 costs"),
    ],
)
def test_arcs_that_make_no_sense_are_refused(first, head, cost, message):
    with pytest.raises(ValueError, match=message):
        Arcs(np.array(first, dtype=np.int32), np.array(head, dtype=np.int32), np.array(cost))
