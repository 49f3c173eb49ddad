"""Cannibalisation: a table worked by hand, its balance for any town, and what a user reads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.demand.cannibalisation import (
    OutletDemand,
    cannibalisation,
    outlet_demand,
    outlet_demand_of_rows,
    segments_together,
)
from netsim.demand.choice import CHOICE_MODELS, CostWeights, choose, choose_rows
from netsim.demand.choice.huff import HuffParameters
from tests.demand.choice.towns import PARAMETERS, WEIGHTS, alternatives, chosen, town, without


def by_hand():
    """Return before and after a third outlet: all 10 minutes away, sizes 3 (ours), 1 (theirs), 4 (ours, new)."""
    outlets = alternatives(
        [[10.0, 10.0, 10.0]],
        [3.0, 1.0, 4.0],
        sites=("old", "rival", "new"),
        brands=("ours", "theirs", "ours"),
        own=np.array([True, False, True]),
    )
    parameters = HuffParameters(1.0, 1.0, outside_attraction=2.0, outside_cost=10.0)
    demand = np.array([[60.0]])
    plans = (without(outlets, 2), outlets)
    return [outlet_demand(choose(CHOICE_MODELS["huff"], plan, CostWeights(), parameters), demand) for plan in plans]


def test_a_table_by_hand():
    # before: 3, 1 and 2 of 6 parts, 10 visits each; after: 3, 1, 4 and 2 of 10 parts, 6 visits each
    before, after = by_hand()
    table = cannibalisation(before, after)
    assert table.sites == ("old", "rival", "new")
    assert table.before == pytest.approx([30.0, 10.0, 0.0])
    assert table.after == pytest.approx([18.0, 6.0, 24.0])
    assert table.opened.tolist() == [False, False, True]
    assert not table.closed.any()
    assert (table.outside.before, table.outside.after) == pytest.approx((20.0, 12.0))
    assert table.captured == pytest.approx(24.0)
    assert table.cannibalised == pytest.approx(12.0 / 24.0)
    owners = {line.name: line.change for line in table.by_owner()}
    assert owners == pytest.approx({"opened": 24.0, "closed": 0.0, "own": -12.0, "competitor": -4.0, "outside": -8.0})
    assert {line.name: line.change for line in table.by_brand()} == pytest.approx({"ours": 12.0, "theirs": -4.0})


def test_closing_is_opening_backwards():
    before, after = by_hand()
    table = cannibalisation(after, before)
    assert table.closed.tolist() == [False, False, True]
    assert table.released == pytest.approx(24.0)
    assert np.isnan(table.cannibalised)
    assert [line.change for line in table.by_owner()] == pytest.approx([0.0, -24.0, 12.0, 4.0, 8.0])


def test_a_candidate_listed_in_both_plans_opens_when_it_does_something():
    outlets = alternatives([[1.0, 2.0]], offers=np.array([[True, False]]))
    demand = np.array([[5.0]])
    plans = (outlets, replace(outlets, offers=np.array([[True, True]])))
    table = cannibalisation(*(outlet_demand(chosen("huff", plan), demand) for plan in plans))
    assert table.opened.tolist() == [False, True]


@given(st.sampled_from(sorted(PARAMETERS)), st.integers(0, 10_000))
@settings(deadline=None, max_examples=50)
def test_the_table_sums_to_zero_with_the_outside_option(name, seed):
    outlets = town(seed)
    demand = np.random.default_rng(seed).uniform(0.0, 100.0, (3, 5))
    before, after = (outlet_demand(chosen(name, plan), demand) for plan in (without(outlets, 1), outlets))
    table = cannibalisation(before, after)
    assert before.total == pytest.approx(demand.sum())
    assert table.change.sum() + table.outside.change == pytest.approx(0.0, abs=1e-9 * demand.sum())
    assert sum(line.change for line in table.by_owner()) == pytest.approx(0.0, abs=1e-9 * demand.sum())
    assert sum(line.change for line in table.by_brand()) + table.outside.change == pytest.approx(0.0, abs=1e-6)
    assert (table.change[~table.opened] <= 1e-9).all()
    assert table.captured == pytest.approx(after.visits[1])


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=20)
def test_sparse_rows_give_the_same_table(seed):
    outlets = town(seed)
    demand = np.random.default_rng(seed).uniform(0.0, 100.0, (3, 5))
    whole = outlet_demand(chosen("logit", outlets), demand)
    rows, outside = choose_rows(CHOICE_MODELS["logit"], outlets, WEIGHTS, PARAMETERS["logit"], 0.0)
    sparse = outlet_demand_of_rows(outlets, rows, outside, demand)
    assert sparse.visits == pytest.approx(whole.visits)
    assert sparse.outside == pytest.approx(whole.outside)


def test_segments_add_up():
    before, _ = by_hand()
    both = segments_together([before, before])
    assert both.visits == pytest.approx(2.0 * before.visits)
    assert both.total == pytest.approx(2.0 * before.total)
    with pytest.raises(ValueError, match="choose from the same outlets"):
        segments_together([])


def test_what_cannot_be_compared_is_told():
    before, after = by_hand()
    with pytest.raises(ValueError, match="60 and 120 visits; compare two choices of the same demand"):
        cannibalisation(before, segments_together([after, after]))
    with pytest.raises(ValueError, match="'old' belongs to 'ours' before and to 'theirs' after"):
        cannibalisation(before, replace(after, brands=("theirs", "theirs", "ours")))
    with pytest.raises(ValueError, match=r"demand has the shape \(2, 1\); the choice was made for \(1, 1\)"):
        outlet_demand(chosen("huff", alternatives([[1.0]])), np.ones((2, 1)))
    rows, outside = choose_rows(CHOICE_MODELS["huff"], alternatives([[1.0]]), WEIGHTS, PARAMETERS["huff"])
    with pytest.raises(ValueError, match=r"the choice was made for \(1, 1\)"):
        outlet_demand_of_rows(alternatives([[1.0]]), rows, outside, np.ones((1, 2)))
    with pytest.raises(ValueError, match="differ in length"):
        OutletDemand(("a",), ("ours",), np.array([True]), np.zeros(2), 0.0)
