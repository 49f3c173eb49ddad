"""Tables of equity: figures by hand, those out of reach, laws, and what a user reads."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.statistics.equity import Inequality, inequality, inequality_by_group, percentile_ratio, worst_mean
from netsim.statistics.inequality import gini, theil

zones = st.lists(
    st.tuples(st.one_of(st.just(0.0), st.floats(0.1, 60.0)), st.floats(0.1, 50.0), st.sampled_from("abc")),
    min_size=1,
    max_size=12,
)


def columns(table):
    values, weights, groups = zip(*table, strict=True)
    return np.array(values), np.array(weights), list(groups)


def test_ten_people():
    found = inequality([0.0, 1.0, 2.0, 5.0], [1.0, 4.0, 4.0, 1.0], better="higher")
    assert (found.people, found.out_of_reach, found.mean) == (10.0, 0.1, 1.7)
    assert (found.p10, found.median, found.p90) == (0.0, 1.0, 2.0)
    assert found.p90_p10 == math.inf
    assert found.worst_decile == 0.0


def test_the_worst_are_the_low_scores_and_the_high_costs():
    values, people = [1.0, 2.0, 8.0], [5.0, 90.0, 5.0]
    assert worst_mean(values, people, "higher") == pytest.approx(1.5)
    assert worst_mean(values, people, "lower") == pytest.approx(5.0)
    assert worst_mean(values, people, "lower", share=1.0) == pytest.approx(2.25)


def test_costs_out_of_reach_are_told_apart_and_never_dropped():
    minutes, people = [10.0, 20.0, math.inf, 50.0], [40.0, 40.0, 15.0, 5.0]
    found = inequality(minutes, people, better="lower")
    assert found.out_of_reach == 0.15
    assert found.people == 100.0
    assert found.mean == pytest.approx((400.0 + 800.0 + 250.0) / 85.0)
    assert found.gini == gini([10.0, 20.0, 50.0], [40.0, 40.0, 5.0])
    assert (found.median, found.p90, found.p90_p10, found.worst_decile) == (20.0, math.inf, math.inf, math.inf)


def test_a_table_by_hand():
    values = [2.0, 2.0, 0.0, 4.0, 9.0]
    table = inequality_by_group(values, [1.0, 1.0, 1.0, 3.0, 0.0], ["south", "south", "north", "north", "west"])
    assert table.groups == ("north", "south", "west")
    assert table.people.tolist() == [4.0, 2.0, 0.0]
    assert table.mean[:2].tolist() == [3.0, 2.0]
    assert table.out_of_reach[:2].tolist() == [0.25, 0.0]
    assert table.gini[:2].tolist() == pytest.approx([0.25, 0.0])
    assert table.theil[:2].tolist() == pytest.approx([math.log(4.0 / 3.0), 0.0])
    assert np.isnan(table.mean[2])
    assert table.whole.mean == pytest.approx(16.0 / 6.0)
    assert table.theil_parts.within == pytest.approx(12.0 / 16.0 * math.log(4.0 / 3.0))


def test_a_group_without_a_way_and_a_city_without_one():
    table = inequality_by_group([5.0, math.inf], [1.0, 3.0], ["a", "b"], better="lower")
    assert table.out_of_reach.tolist() == [0.0, 1.0]
    assert np.isnan(table.mean[1])
    assert table.p10.tolist() == [5.0, math.inf]
    assert table.whole.out_of_reach == 0.75
    lost = inequality_by_group([math.inf], [1.0], ["a"], better="lower")
    assert lost.whole.out_of_reach == 1.0
    assert math.isnan(lost.theil_parts.total)


@pytest.mark.parametrize("better", ["higher", "lower"])
@given(zones)
@settings(deadline=None, max_examples=60)
def test_groups_add_up_to_the_whole(better, table):
    values, weights, groups = columns(table)
    if better == "lower":
        values = np.where(values == 0.0, np.inf, values)
    found = inequality_by_group(values, weights, groups, better)
    assert found.people.sum() == pytest.approx(weights.sum())
    assert found.people @ found.out_of_reach == pytest.approx(found.whole.out_of_reach * weights.sum())
    near = np.isfinite(values)
    if near.any():
        reached = found.people * (1.0 - found.out_of_reach if better == "lower" else 1.0)
        has = reached > 0
        total = float(reached[has] @ found.mean[has])
        assert total == pytest.approx(float(weights[near] @ values[near]), rel=1e-9)
        assert found.theil_parts.total == pytest.approx(theil(values[near], weights[near]), abs=1e-12)
        parts = found.theil_parts
        assert parts.within + parts.between == pytest.approx(parts.total, abs=1e-12)


@pytest.mark.parametrize("better", ["higher", "lower"])
@given(zones, st.integers(0, 11))
@settings(deadline=None, max_examples=60)
def test_a_zone_cut_in_halves_changes_no_figure(better, table, zone):
    values, weights, _ = columns(table)
    if better == "lower":
        values = np.where(values == 0.0, np.inf, values)
    zone %= len(values)
    cut = np.append(weights, weights[zone] / 2.0)
    cut[zone] /= 2.0
    whole, after = inequality(values, weights, better), inequality(np.append(values, values[zone]), cut, better)
    for name in Inequality.__slots__:
        assert getattr(after, name) == pytest.approx(getattr(whole, name), rel=1e-9, abs=1e-11, nan_ok=True), name


@given(zones)
@settings(deadline=None, max_examples=60)
def test_quantiles_and_the_worst_decile_are_in_order(table):
    values, weights, _ = columns(table)
    found = inequality(values, weights, "higher")
    assert values.min() <= found.worst_decile + 1e-9
    assert found.worst_decile <= found.p10 + 1e-9
    assert found.p10 <= found.median <= found.p90 <= values.max()
    assert found.p90_p10 >= 1.0


@pytest.mark.parametrize(
    ("high", "expected"), [([2.0, 2.0, 5.0], 2.5), ([0.0, 1.0, 1.0], math.inf), ([0.0, 0.0, 0.0], 1.0)]
)
def test_a_ratio_is_always_told(high, expected):
    assert percentile_ratio(high, [3.0, 4.0, 3.0]) == expected


def test_a_table_cannot_be_written():
    table = inequality_by_group([1.0], [1.0], ["a"])
    with pytest.raises(ValueError, match="read-only"):
        table.mean[0] = 2.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: inequality([math.inf, 1.0], [1.0, 1.0], "higher"), "1 of 2 values are infinite, with 50.0% of the"),
        (lambda: inequality([math.nan], [1.0], "lower"), "write 0 for a score and inf for a cost"),
        (lambda: inequality([1.0], [1.0], "best"), "better must be 'higher' or 'lower', got 'best'"),
        (lambda: worst_mean([1.0], [1.0], "higher", share=0.0), r"the share 0 must lie in \(0, 1\]"),
        (lambda: inequality_by_group([1.0], [1.0], []), "0 groups for 1 values"),
    ],
)
def test_what_cannot_be_counted_is_told(make, message):
    with pytest.raises(ValueError, match=message):
        make()
