"""Migration to other channels: a known answer, its laws, and what a user reads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.demand.migration import MigrationRule, MovedShares, migrate, migrate_layer, moved_shares
from netsim.demand.s_curve import SCurve
from netsim.model.demand import DemandLayer
from netsim.model.provenance import Provenance

GUESS = Provenance("a guess", "assumption")
SEGMENTS, TASKS = ("people.young", "people.old", "firms"), ("pay", "ask")
ONLINE = MigrationRule("online", SCurve(0.0, 0.6, 2028.0, 6.0), GUESS, ("pay",), ("people",))
MACHINE = MigrationRule("machine", SCurve(0.1, 0.3, 2030.0, 10.0), GUESS, (), ("people.old", "firms"))


def layer(years):
    rng = np.random.default_rng(1)
    visits = rng.uniform(0.0, 50.0, (len(years), 1, 2, 3, 2, 4))
    zones = tuple(f"z{place}" for place in range(4))
    periods = tuple(str(year) for year in years)
    source = Provenance("a census", "data")
    return DemandLayer(periods, ("base",), ("week", "sunday"), SEGMENTS, TASKS, zones, visits, source)


def test_shares_of_each_channel_at_the_midpoints():
    moved = moved_shares([ONLINE, MACHINE], [2028.0, 2030.0], SEGMENTS, TASKS)
    assert moved.channels == ("online", "machine")
    assert moved.share[0, 0] == pytest.approx(np.array([[0.3, 0.0], [0.3, 0.0], [0.0, 0.0]]))
    assert moved.share[1, 1] == pytest.approx(np.array([[0.0, 0.0], [0.2, 0.2], [0.2, 0.2]]))


def test_rules_of_one_channel_add_up():
    twice = moved_shares([ONLINE, ONLINE], [2028.0], SEGMENTS, TASKS)
    assert twice.share[0, 0, 0, 0] == pytest.approx(0.6)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["online", "machine"]), st.floats(0.0, 0.5), st.floats(0.0, 0.5), st.floats(1.0, 30.0)
        ),
        max_size=2,
    ),
    st.lists(st.floats(2000.0, 2060.0), min_size=2, max_size=2),
)
@settings(deadline=None, max_examples=60)
def test_nothing_is_lost_and_more_moves_year_by_year(found, years):
    rules = [
        MigrationRule(channel, SCurve(min(a, b), max(a, b), 2030.0, width), GUESS) for channel, a, b, width in found
    ]
    demand = layer(sorted(years))
    same = np.broadcast_to(demand.visits[:1], demand.visits.shape).copy()
    demand = DemandLayer(*(getattr(demand, name) for name in demand.__slots__[:6]), same, demand.provenance)
    left, moved = migrate_layer(demand, rules, sorted(years))
    assert left.visits + moved.migrated.sum(axis=0) == pytest.approx(demand.visits, rel=1e-12)
    assert moved.migrated.shape == (len(moved.channels), *demand.visits.shape)
    assert (left.visits[1] <= left.visits[0] + 1e-9).all()
    assert left.visits.min() >= 0.0


def test_one_year_of_bare_visits():
    visits = np.full((3, 2, 4), 10.0)
    done = migrate(visits, moved_shares([ONLINE], [2028.0], SEGMENTS, TASKS))
    assert done.remaining[:, :, 0] == pytest.approx(np.array([[7.0, 10.0], [7.0, 10.0], [10.0, 10.0]]))
    assert done.migrated[0, :, :, 3] == pytest.approx(np.array([[3.0, 0.0], [3.0, 0.0], [0.0, 0.0]]))


def test_without_rules_all_stay():
    demand = layer([2025.0])
    left, moved = migrate_layer(demand, [], [2025.0])
    assert np.array_equal(left.visits, demand.visits)
    assert moved.channels == ()


def test_the_weakest_source_speaks_for_the_result():
    left, _ = migrate_layer(layer([2025.0]), [ONLINE], [2025.0])
    assert (left.provenance.source, left.provenance.evidence) == ("a census; a guess", "assumption")


def test_what_makes_no_sense_is_told():
    everybody = MigrationRule("app", SCurve(0.8, 0.8, 2030.0, 5.0), GUESS)
    with pytest.raises(
        ValueError, match=r"110% of 'people.young' move with 'pay' in 2028; lower the caps of online, app"
    ):
        moved_shares([ONLINE, everybody], [2028.0], SEGMENTS, TASKS)
    with pytest.raises(ValueError, match=r"migration to 'online': task 'pays' is unknown \(known: pay, ask\)"):
        moved_shares([MigrationRule("online", ONLINE.curve, GUESS, ("pays",))], [2028.0], SEGMENTS, TASKS)
    with pytest.raises(ValueError, match=r"segment 'peop' is unknown"):
        moved_shares([MigrationRule("online", ONLINE.curve, GUESS, (), ("peop",))], [2028.0], SEGMENTS, TASKS)
    with pytest.raises(ValueError, match="2 years for the 1 periods"):
        migrate_layer(layer([2025.0]), [ONLINE], [2025.0, 2030.0])
    with pytest.raises(ValueError, match=r"visits have the shape \(2, 2, 4\); expected \(..., 3, 2, zones\)"):
        migrate(np.ones((2, 2, 4)), moved_shares([ONLINE], [2028.0], SEGMENTS, TASKS))
    with pytest.raises(ValueError, match="negative or no number"):
        MovedShares(("a",), ("s",), ("t",), (2025.0,), np.full((1, 1, 1, 1), np.nan))
    with pytest.raises(ValueError, match=r"the shape is \(1,\); expected \(1, 1, 1, 1\)"):
        MovedShares(("a",), ("s",), ("t",), (2025.0,), np.zeros(1))


def test_every_period_has_its_own_year():
    demand = layer([2020.0, 2028.0])
    _, moved = migrate_layer(demand, [ONLINE], [2020.0, 2028.0])
    share = moved.migrated[0, :, 0, 0, 0, 0, 0] / demand.visits[:, 0, 0, 0, 0, 0]
    # eight years before the midpoint: 0.6 / (1 + 81 ** (8 / 6)), as six years lead from 1 : 9 to 9 : 1
    assert share == pytest.approx([0.6 / (1.0 + 81.0 ** (8.0 / 6.0)), 0.3])
