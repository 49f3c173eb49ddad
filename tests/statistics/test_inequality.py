"""Indices of inequality: closed forms, brute force, their laws, and what a user reads."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.statistics.inequality import atkinson, gini, lorenz_curve, theil, theil_by_group

INDICES = {
    "gini": gini,
    "theil": theil,
    "atkinson 0.5": lambda values, weights: atkinson(values, weights, 0.5),
    "atkinson 1": lambda values, weights: atkinson(values, weights, 1.0),
    "atkinson 2": lambda values, weights: atkinson(values, weights, 2.0),
}
each_index = pytest.mark.parametrize("index", INDICES.values(), ids=INDICES)

values_of_zones = st.one_of(st.just(0.0), st.floats(1e-3, 1e3))
zones = st.lists(st.tuples(values_of_zones, st.floats(0.01, 100.0)), min_size=1, max_size=15)
"""Values and people of zones."""

LAWS = settings(deadline=None, max_examples=60)


def columns(table):
    values, weights = (np.array(column) for column in zip(*table, strict=True))
    return values, weights


def gini_by_pairs(values, weights):
    """Half the mean difference of two people, drawn with replacement, over the mean (Sen 1973)."""
    share = weights / weights.sum()
    return float(share @ np.abs(values[:, None] - values[None]) @ share) / (2.0 * float(share @ values))


@given(st.floats(0.01, 0.99), st.floats(1.0, 50.0))
@LAWS
def test_two_kinds_of_people(poor, times):
    # a share p of the people has 1, the others r: the mean is m = p + (1 - p) r, and G = p (1 - p) (r - 1) / m
    values, weights = [1.0, times], [poor, 1.0 - poor]
    mean = poor + (1.0 - poor) * times
    rich = (1.0 - poor) * times / mean
    assert gini(values, weights) == pytest.approx(poor * (1.0 - poor) * (times - 1.0) / mean, abs=1e-12)
    expected = poor / mean * math.log(1.0 / mean) + rich * math.log(times / mean)
    assert theil(values, weights) == pytest.approx(expected, abs=1e-12)
    geometric = times ** (1.0 - poor)
    assert atkinson(values, weights, 1.0) == pytest.approx(1.0 - geometric / mean, abs=1e-12)
    harmonic = 1.0 / (poor + (1.0 - poor) / times)
    assert atkinson(values, weights, 2.0) == pytest.approx(1.0 - harmonic / mean, abs=1e-12)


@given(st.floats(0.01, 0.99))
@LAWS
def test_some_have_all(without):
    values, weights = [0.0, 7.0], [without, 1.0 - without]
    assert gini(values, weights) == pytest.approx(without, abs=1e-12)
    assert theil(values, weights) == pytest.approx(-math.log(1.0 - without), abs=1e-12)
    assert atkinson(values, weights, 0.5) == pytest.approx(without, abs=1e-12)  # 1 - (1 - p)^(1 / e - 1) at e = 1/2
    assert atkinson(values, weights, 1.0) == 1.0


def test_the_first_n_numbers():
    # G = (n - 1) / (3 n) for values 1..n (the mean difference of the uniform distribution on them)
    for count in (1, 2, 10, 1_000):
        expected = (count - 1.0 / count) / (3.0 * (count + 1.0))
        assert gini(np.arange(1.0, count + 1.0), np.ones(count)) == pytest.approx(expected, abs=1e-13)


@given(zones)
@LAWS
def test_gini_is_the_mean_difference_of_all_pairs(table):
    values, weights = columns(table)
    by_pairs = gini_by_pairs(values, weights) if values.any() else 0.0
    assert gini(values, weights) == pytest.approx(by_pairs, abs=1e-12)


@each_index
@given(zones, st.integers(0, 14), st.floats(0.05, 0.95))
@LAWS
def test_a_zone_cut_in_two_changes_nothing(index, table, zone, part):
    values, weights = columns(table)
    zone %= len(values)
    cut = np.append(weights, part * weights[zone])
    cut[zone] *= 1.0 - part
    assert index(np.append(values, values[zone]), cut) == pytest.approx(index(values, weights), abs=1e-11)


@each_index
@given(zones, st.floats(1e-3, 1e3), st.floats(1e-3, 1e3), st.randoms())
@LAWS
def test_neither_units_nor_order_matter(index, table, times, people, random):
    values, weights = columns(table)
    order = random.sample(range(len(values)), len(values))
    assert index(times * values[order], people * weights[order]) == pytest.approx(index(values, weights), abs=1e-11)


@each_index
@given(zones, st.integers(0, 14), st.integers(0, 14), st.floats(0.0, 1.0))
@LAWS
def test_a_transfer_to_the_poorer_never_raises_an_index(index, table, one, other, part):
    values, weights = columns(table)
    poor, rich = sorted((one % len(values), other % len(values)), key=lambda zone: values[zone])
    middle = np.average(values[[poor, rich]], weights=weights[[poor, rich]])
    after = values.copy()
    after[poor] += part * (middle - values[poor])
    after[rich] += part * (middle - values[rich])
    assert index(after, weights) <= index(values, weights) + 1e-11


@each_index
@given(zones)
@LAWS
def test_indices_keep_to_their_bounds(index, table):
    values, weights = columns(table)
    found = index(values, weights)
    assert found >= 0.0
    if index is theil:
        assert found <= math.log(weights.sum() / weights.min()) + 1e-12
    else:
        assert found <= 1.0
    assert index(np.full(len(values), 3.0), weights) == pytest.approx(0.0, abs=1e-12)


@each_index
def test_when_nobody_has_anything_all_are_alike(index):
    assert index([0.0, 0.0], [3.0, 4.0]) == 0.0


@each_index
@pytest.mark.parametrize("unit", [1e-300, 1e300])
def test_very_small_and_large_figures(index, unit):
    assert index([unit, 3.0 * unit], [1.0, 1.0]) == pytest.approx(index([1.0, 3.0], [1.0, 1.0]), rel=1e-12)


@given(zones, st.lists(st.sampled_from("abcd"), min_size=15, max_size=15))
@LAWS
def test_theil_is_the_sum_of_its_parts(table, names):
    values, weights = columns(table)
    parts = theil_by_group(values, weights, names[: len(values)])
    assert parts.total == theil(values, weights)
    assert parts.within + parts.between == pytest.approx(parts.total, abs=1e-12)
    assert min(parts.within, parts.between) >= 0.0


def test_parts_of_theil_by_hand():
    # groups (1, 3) and (4): shares of the total 1/2 and 1/2, means 2 and 4, the whole 8/3
    parts = theil_by_group([1.0, 3.0, 4.0], [1.0, 1.0, 1.0], ["a", "a", "b"])
    inside = (math.log(0.5) * 0.5 + math.log(1.5) * 1.5) / 2.0
    assert parts.within == pytest.approx(0.5 * inside)
    assert parts.between == pytest.approx(0.5 * math.log(2.0 * 3.0 / 8.0) + 0.5 * math.log(4.0 * 3.0 / 8.0))


@given(zones, st.floats(1e-12, 1e-5))
@LAWS
def test_atkinson_runs_smoothly_through_one(table, step):
    values, weights = columns(table)
    values = np.maximum(values, 1e-3)  # of nothing it jumps
    at_one = atkinson(values, weights, 1.0)
    assert atkinson(values, weights, 1.0 - step) == pytest.approx(at_one, abs=20.0 * step + 1e-9)
    assert atkinson(values, weights, 1.0 + step) == pytest.approx(at_one, abs=20.0 * step + 1e-9)


@given(zones, st.floats(0.0, 30.0), st.floats(0.0, 30.0))
@LAWS
def test_more_aversion_never_lowers_atkinson(table, one, other):
    values, weights = columns(table)
    less, more = sorted((one, other))
    assert atkinson(values, weights, less) <= atkinson(values, weights, more) + 1e-11


@given(zones)
@LAWS
def test_the_lorenz_curve_is_convex_and_holds_the_gini(table):
    values, weights = columns(table)
    curve = lorenz_curve(values, weights)
    assert [curve.people[0], curve.total[0], curve.people[-1], curve.total[-1]] == [0.0, 0.0, 1.0, 1.0]
    slope = np.diff(curve.total) / np.diff(curve.people)
    assert np.all(np.diff(slope) >= -1e-9 * slope.max())
    area = float(np.sum(np.diff(curve.people) * (curve.total[1:] + curve.total[:-1])))
    assert 1.0 - area == pytest.approx(gini(values, weights), abs=1e-12)


def test_zones_where_nobody_lives_do_not_count():
    assert gini([1.0, 3.0, 900.0], [1.0, 1.0, 0.0]) == gini([1.0, 3.0], [1.0, 1.0])
    assert theil_by_group([1.0, 3.0, 9.0], [1.0, 1.0, 0.0], "aab").between == 0.0


@each_index
@pytest.mark.parametrize(
    ("values", "weights", "message"),
    [
        ([1.0], [1.0, 2.0], r"values have the shape \(1,\) and weights \(2,\)"),
        ([1.0, 2.0], [0.0, 0.0], "weights must be finite, non-negative and not all 0"),
        ([], [], "not all 0"),
        ([1.0], [-1.0], "weights must be finite, non-negative"),
        (
            [1.0, math.nan],
            [1.0, 1.0],
            r"1 of 2 values are negative or NaN \(first: nan at 1\); where nothing is in reach",
        ),
        ([1.0, -2.0], [1.0, 1.0], r"first: -2.0 at 1"),
        ([1.0, math.inf], [3.0, 1.0], "1 of 2 values are infinite, with 25.0% of the people; for costs use"),
    ],
)
def test_figures_that_cannot_count_are_told(index, values, weights, message):
    with pytest.raises(ValueError, match=message):
        index(values, weights)


def test_wrong_parameters_are_told():
    with pytest.raises(ValueError, match="aversion must be non-negative and finite, got -1"):
        atkinson([1.0], [1.0], -1.0)
    with pytest.raises(ValueError, match="2 groups for 1 values"):
        theil_by_group([1.0], [1.0], ["a", "b"])
