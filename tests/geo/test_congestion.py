"""Slow roads by the hour."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.geo.congestion import Congestion, covered_slots, hour_groups
from netsim.geo.layers import LayerError

DAY = np.ones(48)


def test_half_hours_that_are_alike_stand_together():
    rules = [
        Congestion((420.0, 540.0), 1.5),
        Congestion((1020.0, 1140.0), 1.5),
        Congestion((480.0, 540.0), 2.0, ("primary",)),
    ]
    free, early, late = hour_groups(rules, ["primary", "residential"], DAY)
    assert free.weight == pytest.approx(40 / 48)
    assert (free.everywhere, free.factors) == (1.0, {"primary": 1.0})
    assert early.weight == pytest.approx(6 / 48)  # 7:00 to 8:00 and 17:00 to 19:00
    assert (late.everywhere, late.factors) == (1.5, {"primary": 3.0})


@given(start=st.floats(0.0, 1440.0), length=st.floats(0.0, 360.0))
def test_a_window_covers_as_many_minutes_as_it_is_long(start, length):
    covered = covered_slots((start, start + length))
    assert 30.0 * covered.sum() == pytest.approx(length, abs=1e-6)
    assert ((covered >= 0.0) & (covered <= 1.0)).all()


def test_past_midnight_the_small_hours_are_slow():
    covered = covered_slots((1410.0, 1500.0))
    assert covered[47] == covered[0] == covered[1] == 1.0
    assert covered.sum() == 3.0


@given(st.lists(st.floats(0.0, 5.0), min_size=48, max_size=48), st.floats(0.5, 4.0))
def test_weights_are_those_of_the_departures(departures, factor):
    weights = np.array(departures) + 0.01
    groups = hour_groups([Congestion((420.0, 570.0), factor)], [], weights)
    assert sum(group.weight for group in groups) == pytest.approx(1.0)
    mean = sum(group.weight * group.everywhere for group in groups)
    slow = weights[14:19].sum() / weights.sum()
    assert mean == pytest.approx(1.0 + slow * (factor - 1.0))


def test_a_class_that_no_road_has_is_told():
    with pytest.raises(LayerError, match=r"no road is of the class 'primry'; did you mean 'primary'"):
        hour_groups([Congestion((0.0, 60.0), 2.0, ("primry",))], ["primary"], DAY)


def test_a_day_on_which_nobody_sets_out_is_refused():
    with pytest.raises(LayerError, match="nobody sets out"):
        hour_groups([], [], np.zeros(48))
