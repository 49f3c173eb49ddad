"""Nearest choice: a known answer, ties, and its laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.demand.choice import CHOICES
from netsim.demand.choice.nearest import nearest_shares, nearest_site
from netsim.model.demand import TravelMatrix


def travel(minutes, sites=None):
    minutes = np.asarray(minutes, dtype=float)
    sites = sites or tuple(f"s{index}" for index in range(minutes.shape[1]))
    return TravelMatrix(tuple(f"z{index}" for index in range(len(minutes))), sites, minutes, minutes * 80.0, "walk")


def test_known_answer():
    offers = np.array([[True, True], [False, True]])
    shares = nearest_shares(travel([[1.0, 2.0], [5.0, 3.0], [9.0, 9.5]]), 9.0, offers)
    rows = list(zip(shares.task.tolist(), shares.zone.tolist(), shares.site.tolist(), strict=True))
    assert rows == [(0, 0, 0), (0, 1, 1), (0, 2, 0), (1, 0, 1), (1, 1, 1)]
    assert np.all(shares.share == 1.0)


def test_a_tie_goes_to_the_id_that_sorts_first_wherever_it_stands():
    offers = np.ones((1, 2), dtype=bool)
    assert nearest_shares(travel([[4.0, 4.0]], ("b", "a")), 9.0, offers).site.tolist() == [1]
    assert nearest_shares(travel([[4.0, 4.0]], ("a", "b")), 9.0, offers).site.tolist() == [0]


def test_no_way_and_no_outlet_are_nowhere():
    assert nearest_site(np.array([[np.inf]]), np.array([True]), np.inf).tolist() == [-1]
    assert nearest_site(np.array([[1.0]]), np.array([False]), 9.0).tolist() == [-1]
    assert len(nearest_shares(travel([[1.0]]), 9.0, np.zeros((0, 1), dtype=bool)).share) == 0


def test_a_mask_of_another_shape_is_told():
    with pytest.raises(ValueError, match=r"expected \(tasks, 1\)"):
        nearest_shares(travel([[1.0]]), 9.0, np.ones((1, 2), dtype=bool))


def test_it_stands_in_the_catalogue():
    assert CHOICES["nearest"] is nearest_shares


@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 6), st.integers(0, 12))
@settings(deadline=None, max_examples=60)
def test_nobody_passes_an_open_outlet_and_order_does_not_matter(seed, zones, sites, reach):
    rng = np.random.default_rng(seed)
    minutes = rng.integers(0, 10, (zones, sites)).astype(float)
    offers = rng.random((2, sites)) < 0.6
    names = tuple(f"s{index}" for index in rng.permutation(sites))
    shares = nearest_shares(travel(minutes, names), float(reach), offers)
    for task, zone, site in zip(shares.task, shares.zone, shares.site, strict=True):
        assert offers[task, site]
        assert minutes[zone, site] == minutes[zone, offers[task]].min() <= reach
    order = rng.permutation(sites)
    other = nearest_shares(travel(minutes[:, order], tuple(names[k] for k in order)), float(reach), offers[:, order])
    assert [names[k] for k in shares.site] == [names[order[k]] for k in other.site]
