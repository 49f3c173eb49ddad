"""From simulated points to a capacity: nothing is claimed that no bound carries."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.capacity.requirement import staffing_ladder
from netsim.capacity.staircase import LanePoint, capacity_of, tightened
from netsim.model.service import CapacityTable, Staircase


def points(*lower: float) -> list[LanePoint]:
    return [LanePoint(100.0 * (k + 1), bound + 0.01, bound, bound + 0.02, 20) for k, bound in enumerate(lower)]


def test_between_two_loads_the_bound_is_straight():
    assert capacity_of(points(0.95, 0.85), 0.90) == pytest.approx(150.0)


def test_no_load_keeps_the_target():
    assert capacity_of(points(0.8, 0.7), 0.9) == 0.0


def test_beyond_the_last_load_nothing_is_claimed():
    assert capacity_of(points(0.99, 0.98), 0.9) == 200.0


def test_a_lucky_point_beyond_a_failure_does_not_count():
    assert capacity_of(points(0.95, 0.85, 0.95), 0.90) == pytest.approx(150.0)


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=8), st.floats(0.05, 0.95))
@settings(deadline=None)
def test_capacity_never_exceeds_a_load_whose_bound_fails(lower, target):
    found = capacity_of(points(*lower), target)
    failing = [100.0 * (k + 1) for k, bound in enumerate(lower) if bound < target]
    assert found <= min(failing, default=np.inf)


def test_tightening_lowers_smaller_levels_too_and_no_larger_one():
    stairs = Staircase("branch", "standard", "counter", (1, 2, 3), np.array([[100.0, 250.0, 420.0]]))
    table = CapacityTable({("branch", "standard", "counter"): stairs})
    cut = tightened(table, {("branch", "standard", "counter", 2): np.array([90.0])})
    np.testing.assert_allclose(cut.staircases["branch", "standard", "counter"].work, [[90.0, 90.0, 420.0]])
    np.testing.assert_allclose(stairs.work, [[100.0, 250.0, 420.0]])


@given(
    st.lists(st.floats(0.0, 8.0), min_size=60, max_size=60),
    st.integers(1, 7),
)
@settings(deadline=None, max_examples=50)
def test_the_staffing_ladder_rises_to_full_staff(load, most):
    is_open = np.zeros(60, dtype=bool)
    is_open[20:33] = True
    ladder = staffing_ladder(np.array(load), is_open, most)
    for below, above in pairwise(ladder):
        assert np.all(above >= below)
        assert np.any(above > below)
    assert np.all(ladder[-1] == np.where(is_open, most, 0))
    assert all(np.all(step[is_open] >= 1) and np.all(step[~is_open] == 0) for step in ladder)
