"""The rational agent model: balances worked out by hand and by optimisation, its laws, and what a user reads."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from netsim.geo.accessibility import AccessData, Raam, raam, raam_cost, rational_agents
from tests.geo.accessibility.samples import region, regions


def test_one_zone_balances_two_sites():
    # x / 500 = 1/2 + (1000 - x) / 500 gives x = 625
    data = AccessData(np.array([[0.0, 30.0]]), np.array([1_000.0]), np.array([3.0, 3.0]))
    found = rational_agents(data, Raam(tau=60.0))
    assert found.people == pytest.approx([625.0, 375.0], abs=1.0)
    assert found.cost == pytest.approx([1.25], abs=0.005)
    assert found.gap == pytest.approx(0.0, abs=0.005)


def test_people_stay_where_the_way_outweighs_the_crowd():
    data = AccessData(np.array([[0.0, 200.0], [200.0, 0.0]]), np.array([900.0, 100.0]), np.array([1.0, 1.0]))
    found = rational_agents(data, Raam(tau=60.0))
    assert found.people.tolist() == [900.0, 100.0]
    assert found.cost == pytest.approx([900.0 / 500.0, 100.0 / 500.0])
    assert found.gap == 0.0


@pytest.mark.parametrize("seed", range(3))
def test_crowds_are_those_of_the_balance(seed):
    # a balance of ways and crowds is the least of sum load^2 / (2 room) + sum people x way (Beckmann 1956)
    data = region(seed, 4, 3, gaps=False)
    data = AccessData(data.minutes.copy(), data.population * 1_000.0, data.supply.copy())
    people, ways = data.population / data.population.sum(), data.minutes / 60.0
    room = data.supply / data.supply.sum()

    def potential(flows: np.ndarray) -> float:
        table = flows.reshape(ways.shape)
        return float((table.sum(axis=0) ** 2 / (2.0 * room)).sum() + (table * ways).sum())

    all_go = {"type": "eq", "fun": lambda flows: flows.reshape(ways.shape).sum(axis=1) - people}
    start = np.outer(people, room).ravel()
    best = minimize(potential, start, bounds=[(0.0, 1.0)] * len(start), constraints=all_go, options={"ftol": 1e-12})
    found = rational_agents(data, Raam(tau=60.0, cycles=600, half_life=60.0, least_step=1e-4))
    loads = best.x.reshape(ways.shape).sum(axis=0)
    assert found.people / data.population.sum() == pytest.approx(loads, abs=0.005)
    assert found.gap == pytest.approx(0.0, abs=0.01)


@given(data=regions, cycles=st.integers(1, 40))
@settings(deadline=None, max_examples=50)
def test_nobody_is_lost_and_costs_lie_between_least_and_most(data, cycles):
    found = rational_agents(data, Raam(cycles=cycles))
    ways = np.where(data.supply > 0, data.minutes, math.inf)
    near = np.isfinite(ways).any(axis=1)
    assert found.people.sum() == pytest.approx(data.population[near].sum())
    assert np.all(found.people[data.supply == 0] == 0.0)
    assert np.all(found.people >= 0.0)
    assert np.array_equal(np.isfinite(found.cost), near)
    assert np.all(found.cost[near] >= ways[near].min(axis=1) / 60.0 - 1e-9)
    assert found.gap >= -1e-9


@given(data=regions)
@settings(deadline=None, max_examples=30)
def test_an_empty_zone_meets_the_least_cost_and_moves_nobody(data):
    more = AccessData(
        np.vstack([data.minutes, np.zeros(data.sites)]), np.append(data.population, 0.0), data.supply.copy()
    )
    alone, joined = rational_agents(data, Raam(cycles=20)), rational_agents(more, Raam(cycles=20))
    assert np.array_equal(joined.people, alone.people)
    assert np.array_equal(joined.cost[:-1], alone.cost)
    assert np.isfinite(joined.cost[-1]) == bool(data.supply.any())


def test_blocks_change_nothing(monkeypatch):
    data = region(8, 50, 6)
    whole = raam_cost(data, Raam(cycles=30))
    monkeypatch.setattr(raam, "CELLS_A_BLOCK", 20)
    assert np.array_equal(raam_cost(data, Raam(cycles=30)), whole)


def test_without_supply_or_people_nothing_breaks():
    minutes = np.array([[6.0], [math.inf]])
    closed = rational_agents(AccessData(minutes, np.array([5.0, 5.0]), np.array([0.0])), Raam())
    assert closed.cost.tolist() == [math.inf, math.inf]
    empty = rational_agents(AccessData(minutes.copy(), np.array([0.0, 5.0]), np.array([2.0])), Raam(tau=60.0))
    assert empty.cost.tolist() == [0.1, math.inf]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tau": 0.0}, "RAAM: tau must be positive and finite, got 0.0"),
        ({"ratio": -1.0}, "RAAM: ratio must be positive and finite, got -1.0"),
        ({"first_step": 0.001}, "least_step <= first_step, got 0.005 and 0.001"),
        ({"cycles": 0}, "cycles must be at least 1"),
    ],
)
def test_a_wrong_parameter_is_told(change, message):
    with pytest.raises(ValueError, match=message):
        Raam(**change)
