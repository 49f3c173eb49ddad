"""Evaluation, the neighbourhood of single changes, and the local search."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.demand.choice.nearest import nearest_shares
from netsim.optimize.siting.build import siting_problem
from netsim.optimize.siting.evaluate import SLACK, evaluate
from netsim.optimize.siting.local_search import SearchLimits, local_search
from netsim.optimize.siting.neighbourhood import Neighbourhood, Penalties
from tests.optimize.instances import capacity_table, city_study, small_study, staff_costs

PRICES = Penalties(2e4, 300.0, 1e6, 4.0, 5e4)


def problem_of(study):
    return siting_problem(study, capacity_table(study), staff_costs(study))


def random_modes(problem, rng):
    return np.array([rng.integers(low, high) for low, high in zip(problem.first[:-1], problem.first[1:], strict=True)])


def penalised(problem, modes):
    """Return the value of a plan, told apart from the vectorised form."""
    found = evaluate(problem, modes)
    over = np.maximum((found.load - found.capacity * (1 + SLACK) - SLACK).max(axis=0), 0.0)
    value = found.cost.total + PRICES.overload * over.sum() + PRICES.overloaded * (over > 0).sum()
    missing = max(problem.served_share - SLACK / 2 - found.served, 0.0)
    for need, covered in zip(problem.coverage, found.covered, strict=True):
        missing += max(need.share - SLACK / 2 - covered, 0.0)
    value += PRICES.share * missing + PRICES.budget * max(found.cost.operator - problem.budget, 0.0)
    return value + PRICES.change * max(found.changes - (problem.max_changes or 10**9), 0)


def test_a_plan_worked_out_by_hand():
    study = small_study(4)
    problem = problem_of(study)
    found = evaluate(problem, problem.first[:-1])  # everything closed
    wished = study.demand.daily(0).sum(axis=1) * 250.0
    lost = sum(task.lost_visit_cost * visits for task, visits in zip(study.tasks, wished, strict=True))
    closing = (2 * 120e3 + 2 * 6e3) * study.economics.annuity
    assert found.cost.lost_visits == pytest.approx(lost)
    assert found.cost.transition == pytest.approx(closing)
    assert found.cost.total == pytest.approx(lost + closing)
    assert (found.served, found.covered, found.changes) == (0.0, (0.0,), 4)
    assert found.broken(problem) == ("served_share", "coverage.near_counter")


@given(st.integers(0, 500))
@settings(deadline=None, max_examples=25)
def test_the_choice_is_that_of_the_choice_model(seed):
    study = small_study(seed % 20, zones=9)
    problem = problem_of(study)
    modes = random_modes(problem, np.random.default_rng(seed))
    ours = evaluate(problem, modes).shares
    theirs = nearest_shares(study.travel, study.rules.reach, problem.modes.offers[modes].T)
    for name in ("task", "zone", "site", "share"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))


@given(st.integers(0, 500))
@settings(deadline=None, max_examples=25)
def test_every_single_change_is_valued_as_if_alone(seed):
    study = small_study(seed % 15, day_types=1 + seed % 2, max_changes=seed % 4 + 1, budget=6e5)
    problem = problem_of(study)
    modes = random_modes(problem, np.random.default_rng(seed))
    values = Neighbourhood(problem, PRICES).values(modes)
    for mode, site in enumerate(problem.modes.site):
        other = modes.copy()
        other[site] = mode
        assert values[mode] == pytest.approx(penalised(problem, other), rel=1e-9)


@given(st.integers(0, 500))
@settings(deadline=None, max_examples=25)
def test_visits_are_served_or_lost_and_costs_are_not_negative(seed):
    study = small_study(seed % 20, day_types=2)
    problem = problem_of(study)
    found = evaluate(problem, random_modes(problem, np.random.default_rng(seed)))
    assert 0.0 <= found.served <= 1.0
    assert min(found.cost.fixed, found.cost.staff, found.cost.travel, found.cost.lost_visits) >= -1e-6
    assert not found.load[found.capacity == 0.0].any() or found.overload > 0.0


def test_the_search_repeats_itself_and_ends_where_no_single_change_is_better():
    problem = problem_of(small_study(3, sites=9, zones=12))
    first, second = local_search(problem), local_search(problem)
    np.testing.assert_array_equal(first.modes, second.modes)
    for mode, site in enumerate(problem.modes.site):
        other = first.modes.copy()
        other[site] = mode
        changed = evaluate(problem, other)
        assert changed.cost.total >= first.cost.total * (1 - 1e-9) or not changed.feasible(problem)


def test_a_good_start_is_never_made_worse():
    problem = problem_of(city_study(2, width=6, height=8, branches=6, atms=5, candidates=4))
    long = local_search(problem, limits=SearchLimits(kicks=60))
    assert local_search(problem, [long.modes], SearchLimits(kicks=0, passes=0)).cost.total <= long.cost.total


@pytest.mark.long
def test_at_the_size_of_a_city_the_rules_are_kept():
    problem = problem_of(city_study(1))
    found = local_search(problem)
    assert found.broken(problem) == ()
    assert found.cost.total < 0.8 * evaluate(problem, problem.today).cost.total
