"""Floating catchments and cumulative opportunities: known answers, their laws, and what a user reads."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.geo.accessibility import (
    ACCESS_MEASURES,
    AccessData,
    EnhancedTwoStep,
    GaussianDecay,
    LinearDecay,
    Opportunities,
    PowerDecay,
    StepDecay,
    ThreeStep,
    TwoStep,
    catchments,
    enhanced_two_step_access,
    opportunities_in_reach,
    three_step_access,
    two_step_access,
)
from tests.geo.accessibility.samples import region, regions

FAMILY = {
    "2sfca": lambda data: two_step_access(data, TwoStep(30.0)),
    "e2sfca step": lambda data: enhanced_two_step_access(data, EnhancedTwoStep()),
    "e2sfca gaussian": lambda data: enhanced_two_step_access(data, EnhancedTwoStep(GaussianDecay(9.0), 40.0)),
    "e2sfca narrow": lambda data: enhanced_two_step_access(data, EnhancedTwoStep(GaussianDecay(1.4))),
    "e2sfca linear": lambda data: enhanced_two_step_access(data, EnhancedTwoStep(LinearDecay(35.0))),
    "3sfca gaussian": lambda data: three_step_access(data, ThreeStep(GaussianDecay(15.0), 45.0)),
    "3sfca power": lambda data: three_step_access(data, ThreeStep(PowerDecay(2.0), 30.0)),
}
in_family = pytest.mark.parametrize("score", FAMILY.values(), ids=FAMILY)


def data_of(minutes, population, supply):
    return AccessData(np.array(minutes), np.array(population), np.array(supply))


def test_two_steps_by_hand():
    data = data_of([[10.0, 30.0], [30.0, 40.0], [31.0, math.inf]], [100.0, 300.0, 50.0], [8.0, 1.0])
    # site 1 serves zones 1 and 2: 8 / 400; site 2 serves zone 1 alone: 1 / 100; zone 3 is a minute too far
    assert two_step_access(data, TwoStep(30.0)).tolist() == pytest.approx([0.03, 0.02, 0.0])


def test_the_rings_of_luo_and_qi_by_hand():
    data = data_of([[5.0, 15.0], [25.0, 31.0]], [100.0, 1_000.0], [32.0, 6.8])
    first = 32.0 / (100.0 + 0.22 * 1_000.0)  # a tenth each
    second = 6.8 / (0.68 * 100.0)
    expected = [first + 0.68 * second, 0.22 * first]
    assert enhanced_two_step_access(data, EnhancedTwoStep()).tolist() == pytest.approx(expected)


def test_three_steps_by_hand_compete_beyond_the_limit():
    data = data_of([[10.0, 10.0, 20.0]], [100.0], [3.0, 1.0, 5.0])
    flat = StepDecay((60.0,), (1.0,))
    # a third of the people chooses each site, but the third site is beyond the limit
    near = three_step_access(data, ThreeStep(flat, 10.0))
    assert near.tolist() == pytest.approx([(3.0 + 1.0) / 100.0])
    crowded = data_of([[10.0, 10.0, 20.0], [10.0, math.inf, math.inf]], [100.0, 100.0], [4.0, 0.0, 0.0])
    # site 1 counts a third of zone 1 and all of zone 2
    ratio = 4.0 / (100.0 / 3.0 + 100.0)
    assert three_step_access(crowded, ThreeStep(flat, 10.0)).tolist() == pytest.approx([ratio / 3.0, ratio])


def test_opportunities_by_hand():
    data = data_of([[0.0, 10.0, 30.0], [math.inf, 31.0, 90.0]], [1.0, 1.0], [2.0, 4.0, 8.0])
    assert opportunities_in_reach(data, Opportunities(30.0)).tolist() == [14.0, 0.0]
    assert opportunities_in_reach(data, Opportunities(math.inf)).tolist() == [14.0, 12.0]
    hansen = opportunities_in_reach(data, Opportunities(math.inf, PowerDecay(1.0)))
    assert hansen.tolist() == pytest.approx([2.0 + 0.4 + 8.0 / 30.0, 4.0 / 31.0 + 8.0 / 90.0])


@in_family
@given(data=regions)
@settings(deadline=None, max_examples=40)
def test_people_times_scores_is_the_supply_that_somebody_reaches(score, data):
    scores = score(data)
    assert np.all(np.isfinite(scores))
    assert np.all(scores >= 0.0)
    one_by_one = sum(
        float(site.population @ score(site))
        for index in range(data.sites)
        if (site := replace(data, supply=np.where(np.arange(data.sites) == index, data.supply, 0.0)))
    )
    handed_out = float(data.population @ scores)
    assert handed_out == pytest.approx(one_by_one, rel=1e-9, abs=1e-12)
    assert handed_out <= data.supply.sum() * (1.0 + 1e-9)


@given(data=regions, reach=st.floats(0.0, 70.0))
@settings(deadline=None, max_examples=60)
def test_two_steps_hand_out_exactly_the_supply_within_reach(data, reach):
    served = ((data.minutes <= reach) & (data.population > 0)[:, None]).any(axis=0)
    handed_out = float(data.population @ two_step_access(data, TwoStep(reach)))
    assert handed_out == pytest.approx(float(data.supply[served].sum()), rel=1e-12)


@in_family
@given(data=regions, site=st.integers(0, 7), more=st.floats(0.0, 50.0))
@settings(deadline=None, max_examples=30)
def test_more_supply_never_lowers_anybody(score, data, site, more):
    supply = data.supply.copy()
    supply[site % data.sites] += more
    assert np.all(score(replace(data, supply=supply)) >= score(data) * (1.0 - 1e-12))


@in_family
@given(data=regions, times=st.floats(0.1, 10.0))
@settings(deadline=None, max_examples=30)
def test_scores_scale_with_supply_over_people(score, data, times):
    scores = score(data)
    assert score(replace(data, supply=data.supply * times)) == pytest.approx(scores * times, rel=1e-9)
    assert score(replace(data, population=data.population * times)) == pytest.approx(scores / times, rel=1e-9)


@in_family
@given(data=regions, zone=st.integers(0, 11))
@settings(deadline=None, max_examples=30)
def test_a_zone_cut_in_two_keeps_its_score(score, data, zone):
    zone %= data.zones
    population = np.append(data.population, 0.3 * data.population[zone])
    population[zone] *= 0.7
    cut = AccessData(np.vstack([data.minutes, data.minutes[zone]]), population, data.supply.copy())
    assert score(cut) == pytest.approx(np.append(score(data), score(data)[zone]), rel=1e-9)


@in_family
def test_blocks_and_kept_pairs_change_nothing(score, monkeypatch):
    data = region(5, 60, 7)
    whole = score(data)
    monkeypatch.setattr(catchments, "CELLS_A_BLOCK", 40)
    monkeypatch.setattr(catchments, "PAIRS_KEPT", 90)
    assert score(data) == pytest.approx(whole, rel=1e-13)
    monkeypatch.setattr(catchments, "PAIRS_KEPT", 0)
    assert score(data) == pytest.approx(whole, rel=1e-13)


@in_family
def test_nobody_nothing_and_no_way_are_nought(score):
    assert score(data_of([[5.0], [math.inf]], [0.0, 0.0], [3.0])).tolist() == [0.0, 0.0]
    assert score(data_of([[5.0], [math.inf]], [9.0, 9.0], [0.0])).tolist() == [0.0, 0.0]
    assert score(data_of([[math.inf], [math.inf]], [9.0, 9.0], [3.0])).tolist() == [0.0, 0.0]
    assert score(AccessData(np.zeros((2, 0)), np.ones(2), np.zeros(0))).tolist() == [0.0, 0.0]


def test_a_weight_near_nothing_does_not_overflow():
    data = data_of([[38.0]], [100.0], [5.0])  # exp(-722) is below the least normal number
    assert enhanced_two_step_access(data, EnhancedTwoStep(GaussianDecay(1.0))).tolist() == [0.0]


def test_the_catalogue_holds_all_measures_with_their_sense():
    sense = {name: ACCESS_MEASURES[name].better for name in ACCESS_MEASURES}
    scores = dict.fromkeys(("two_step", "enhanced_two_step", "three_step", "opportunities"), "higher")
    assert sense == scores | {"nearest": "lower", "raam": "lower"}


@pytest.mark.parametrize("name", list(ACCESS_MEASURES))
def test_every_measure_scores_with_the_parameters_of_its_record(name):
    measure = ACCESS_MEASURES[name]
    data = data_of([[5.0, 9.0], [math.inf, math.inf]], [100.0, 50.0], [2.0, 1.0])
    near, lost = measure.score(data, measure.parameters())
    assert 0.0 < near < math.inf
    assert lost == (0.0 if measure.better == "higher" else math.inf)


def test_data_cannot_be_written():
    data = region(1, 3, 2)
    with pytest.raises(ValueError, match="read-only"):
        data.minutes[0, 0] = 1.0


@pytest.mark.parametrize(
    ("minutes", "population", "supply", "message"),
    [
        ([1.0], [1.0], [1.0], r"minutes have the shape \(1,\); expected \(zones, sites\)"),
        ([[1.0]], [1.0, 2.0], [1.0], r"population has the shape \(2,\); minutes of 1 zones and 1 sites ask for \(1,\)"),
        ([[1.0]], [1.0], [], r"supply has the shape \(0,\)"),
        ([[1.0, math.nan]], [1.0], [1.0, 1.0], r"minutes at \(0, 1\) is nan; it must be non-negative; write inf"),
        ([[-1.0]], [1.0], [1.0], r"minutes at \(0, 0\) is -1.0"),
        ([[1.0]], [math.nan], [1.0], r"population at \(0,\) is nan; it must be finite and non-negative"),
        ([[1.0]], [1.0], [-2.0], r"supply at \(0,\) is -2.0"),
    ],
)
def test_wrong_data_are_told_with_place_and_value(minutes, population, supply, message):
    with pytest.raises(ValueError, match=message):
        data_of(minutes, population, supply)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: TwoStep(-1.0), "two-step: max_minutes must be non-negative, got -1.0"),
        (lambda: EnhancedTwoStep(max_minutes=math.nan), "enhanced two-step: max_minutes must be non-negative, got nan"),
        (lambda: ThreeStep(max_minutes=-1.0), "three-step: max_minutes"),
        (lambda: Opportunities(-1.0), "opportunities: max_minutes"),
    ],
)
def test_a_wrong_limit_is_told(make, message):
    with pytest.raises(ValueError, match=message):
        make()
