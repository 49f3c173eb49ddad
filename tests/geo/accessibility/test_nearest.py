"""Ways to the nearest sites: known answers, their laws, and what a user reads."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.geo.accessibility import AccessData, Nearest, minutes_to_nearest, nearest, nearest_minutes
from tests.geo.accessibility.samples import region, regions


def test_by_hand():
    minutes = np.array([[9.0, 4.0, 1.0, 20.0], [math.inf, 4.0, 1.0, math.inf]])
    data = AccessData(minutes, np.ones(2), np.array([1.0, 2.0, 0.0, 1.0]))  # the third site is closed
    assert nearest_minutes(data, 3).tolist() == [[4.0, 9.0, 20.0], [4.0, math.inf, math.inf]]
    assert minutes_to_nearest(data, Nearest()).tolist() == [4.0, 4.0]
    assert minutes_to_nearest(data, Nearest(3)).tolist() == [11.0, math.inf]
    assert minutes_to_nearest(data, Nearest(2, "farthest")).tolist() == [9.0, math.inf]


@given(data=regions, count=st.integers(1, 8))
@settings(deadline=None, max_examples=60)
def test_ways_are_the_first_of_all_sorted_ones(data, count):
    offering = data.supply > 0
    if count > offering.sum():
        with pytest.raises(ValueError, match=f"{count} sites are wanted, but {offering.sum()} of {data.sites} have"):
            nearest_minutes(data, count)
        return
    ways = nearest_minutes(data, count)
    assert np.array_equal(ways, np.sort(data.minutes[:, offering], axis=1)[:, :count])
    mean, farthest = (minutes_to_nearest(data, Nearest(count, figure)) for figure in ("mean", "farthest"))
    assert np.all((ways[:, 0] <= mean + 1e-9) & (mean <= farthest + 1e-9))


def test_blocks_change_nothing(monkeypatch):
    data = region(3, 50, 6, gaps=False)
    whole = nearest_minutes(data, 2)
    monkeypatch.setattr(nearest, "CELLS_A_BLOCK", 20)
    assert np.array_equal(nearest_minutes(data, 2), whole)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Nearest(0), "nearest: the number of sites must be at least 1, got 0"),
        (lambda: Nearest(2, "median"), "figure must be 'mean' or 'farthest', got 'median'"),
        (lambda: nearest_minutes(region(1, 2, 2), 0), "at least 1, got 0"),
    ],
)
def test_a_wrong_parameter_is_told(make, message):
    with pytest.raises(ValueError, match=message):
        make()
