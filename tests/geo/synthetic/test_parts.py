from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.geo.synthetic.blocks import Cuts, Plan, areas, cut_blocks, on_street, places, superblocks
from netsim.geo.synthetic.clusters import Beginnings, draw_clusters, nearest_m
from netsim.geo.synthetic.crossings import with_crossings
from netsim.geo.synthetic.draws import even, lottery, stream, whole
from netsim.geo.synthetic.ground import OUTLINE_SWING, OUTLINE_WAVES, bent, bustle, draw_ground, openness, reach
from netsim.geo.synthetic.targets import NEIGHBOUR, STREETS, TOLERANCE, targets

seeds = st.integers(0, 10_000)


def town(side: int = 3, width: float = 800.0) -> Plan:
    """Return some square superblocks."""
    row, column = (part.ravel() for part in np.meshgrid(np.arange(side + 1), np.arange(side + 1), indexing="ij"))
    first = (np.arange(side)[:, None] * (side + 1) + np.arange(side)).ravel()
    return superblocks(np.column_stack([column, row]) * width, first[:, None] + np.array([0, 1, side + 2, side + 1]))


def alike(xy: np.ndarray) -> np.ndarray:
    return np.ones(len(xy))


@pytest.mark.parametrize("like", STREETS)
def test_rows_of_one_city_agree_with_each_other(like):
    rows = STREETS[like]
    ends = np.dot((1, 3, 4), rows.degrees) / sum(rows.degrees)
    mean = 1_000.0 * rows.road_km / (rows.junctions * ends / 2.0)
    # Swanson's mean of three quantiles, which takes too little of a long tail.
    about = float(np.dot((0.3, 0.4, 0.3), rows.lengths))
    assert 0.95 * about < mean < 1.25 * about


def test_a_kind_that_nobody_knows_is_named():
    with pytest.raises(ValueError, match=r"no kind of city 'D' \(known: island, A, B, C\)"):
        targets("D")


@settings(deadline=None, max_examples=50)
@given(values=st.lists(st.floats(0.0, 1e6), min_size=1, max_size=30), total=st.integers(0, 100_000))
def test_whole_numbers_add_up_and_are_next_to_their_share(values, total):
    values = np.array([*values, 1.0])
    found = whole(values, total)
    assert found.sum() == total
    assert np.abs(found - values * total / values.sum()).max() < 1.0 + 1e-6


@settings(deadline=None, max_examples=30)
@given(seed=seeds, count=st.integers(1, 200))
def test_even_numbers_have_one_in_each_part(seed, count):
    found = even(np.random.default_rng(seed), count)
    assert sorted((found * count).astype(int).tolist()) == list(range(count))


def test_the_lottery_is_drawn_in_proportion_to_weights():
    rng = np.random.default_rng(5)
    first = [int(lottery(np.array([1.0, 3.0, 0.0]), rng)[0]) for _ in range(4_000)]
    # Four standard deviations of a share of 3/4.
    assert np.mean(first) == pytest.approx(0.75, abs=4.0 * np.sqrt(0.75 * 0.25 / 4_000))
    assert 2 not in first


def test_streams_differ_by_seed_kind_and_purpose():
    keys = [(1, "A", "people"), (2, "A", "people"), (1, "B", "people"), (1, "A", "sites")]
    assert len({stream(*key).random() for key in keys}) == len(keys)


@settings(deadline=None, max_examples=30)
@given(seed=seeds, count=st.integers(1, 300), spread=st.floats(0.0, 0.44), skew=st.floats(0.0, 0.3))
def test_each_street_cuts_one_block_in_two(seed, count, spread, skew):
    plan = town()
    cut = cut_blocks(plan, count, alike, Cuts(spread, skew, 0.4), np.random.default_rng(seed))
    assert len(cut.nodes) == len(plan.nodes) + count
    assert len(cut.start) == len(plan.start) + count
    assert len(cut.host) == len(plan.host) + 2 * count
    blocks = areas(places(cut)[cut.nodes])
    assert blocks.sum() == pytest.approx(9 * 800.0**2)
    assert (blocks > 0.0).all()
    assert shapely.is_valid(shapely.polygons(places(cut)[cut.nodes])).all()
    along = on_street(cut, cut.streets, cut.nodes)
    assert ((along >= 0.0) & (along <= 1.0)).all()


def test_blocks_are_small_where_they_are_wished_small():
    def size(xy: np.ndarray) -> np.ndarray:
        return np.where(xy[:, 0] < 1_200.0, 0.25, 1.0)

    plan = cut_blocks(town(), 300, size, Cuts(0.1, 0.0, 0.0), np.random.default_rng(1))
    corners = places(plan)[plan.nodes]
    west = corners.mean(axis=1)[:, 0] < 1_200.0
    assert np.median(areas(corners)[west]) == pytest.approx(np.median(areas(corners)[~west]) / 4.0, rel=0.35)


def test_streets_without_room_are_refused():
    with pytest.raises(ValueError, match="no room for 10000 streets in 1 superblocks"):
        cut_blocks(town(1), 10_000, alike, Cuts(0.1, 0.0, 0.0), np.random.default_rng(1))


@settings(deadline=None, max_examples=20)
@given(seed=seeds, count=st.integers(0, 40))
def test_a_crossing_has_a_street_on_either_side(seed, count):
    cut = cut_blocks(town(), 200, alike, Cuts(0.1, 0.0, 0.2), np.random.default_rng(seed))
    plan = with_crossings(cut, count, 0.3, np.random.default_rng(seed))
    begins = np.bincount(np.concatenate([plan.start, plan.end]), minlength=len(plan.host))
    inner = plan.host >= 0
    assert (begins[inner] == 2).sum() == count
    assert (begins[inner] <= 2).all()
    # Two streets begin at a crossing, none at the node that it took the place of.
    assert (begins[inner] == 0).sum() == count
    # Blocks change their shapes, and the ground stays covered.
    assert areas(places(plan)[plan.nodes]).sum() == pytest.approx(9 * 800.0**2, rel=0.02)


@settings(deadline=None, max_examples=20)
@given(seed=seeds, km2=st.floats(10.0, 500.0))
def test_the_land_is_bent_gently_and_busiest_inside(seed, km2):
    ground = draw_ground(seed, "A", km2)
    rng = np.random.default_rng(seed)
    xy = ground.radius * rng.uniform(-1.0, 1.0, (300, 2))
    step = bent(ground, xy + np.array([1.0, 0.0])) - bent(ground, xy)
    up = bent(ground, xy + np.array([0.0, 1.0])) - bent(ground, xy)
    # The plan is nowhere turned over, so streets that do not meet in it do not meet in the city.
    assert (step[:, 0] * up[:, 1] - step[:, 1] * up[:, 0] > 0.0).all()
    far = reach(ground, xy)
    assert (np.hypot(*xy[far < 1.0].T) < (1.0 + OUTLINE_SWING * len(OUTLINE_WAVES)) * ground.radius).all()
    busy = bustle(ground, xy)
    assert busy[far < 0.4].mean() > busy[far > 0.9].mean()
    assert np.isfinite(openness(ground, xy)).all()


def beginnings(rng: np.random.Generator, half: float) -> Beginnings:
    count = 3_000
    return Beginnings(rng.uniform(-half, half, (count, 2)), rng.uniform(-np.pi, np.pi, count), np.ones(count))


@settings(deadline=None, max_examples=25)
@given(seed=seeds, count=st.integers(21, 150))
def test_outlets_cluster_as_in_a_real_city(seed, count):
    rng = np.random.default_rng(seed)
    found = draw_clusters(count, beginnings(rng, 8_000.0), lambda _: True, rng)
    near = nearest_m(found.xy)
    assert np.quantile(near, (0.1, 0.5, 0.9)) == pytest.approx(np.array(NEIGHBOUR), rel=TOLERANCE)
    # Scattered at random over the same square they would stand at half a mean spacing from each other.
    assert np.median(near) < 0.5 * 0.47 * 16_000.0 / np.sqrt(count)
    assert len(found.cluster) == len(found.xy) == count


def test_few_outlets_find_a_place_and_too_many_are_refused():
    rng = np.random.default_rng(1)
    assert [len(draw_clusters(count, beginnings(rng, 500.0), lambda _: True, rng).xy) for count in range(4)] == [
        0,
        1,
        2,
        3,
    ]
    with pytest.raises(ValueError, match="no room for 500 outlets in clusters; ask for fewer"):
        draw_clusters(500, beginnings(rng, 500.0), lambda _: True, rng)


def test_outlets_stand_only_where_they_are_allowed():
    rng = np.random.default_rng(2)
    found = draw_clusters(30, beginnings(rng, 8_000.0), lambda xy: bool((xy[:, 0] > 0.0).all()), rng)
    assert (found.xy[:, 0] > 0.0).all()
