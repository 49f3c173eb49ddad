"""From a study to arrays: modes, levels, transition costs, and problems made from problems."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from netsim.model.service import CapacityTable, Staircase
from netsim.optimize.siting.build import siting_problem
from netsim.optimize.siting.variants import restricted, smoothed
from tests.optimize.instances import capacity_table, small_study, staff_costs


def problem_of(study, **changes):
    return siting_problem(study, capacity_table(study), staff_costs(study), **changes)


def rows(problem, site):
    low, high = problem.first[site], problem.first[site + 1]
    return dict(zip(problem.modes.format[low:high], range(low, high), strict=True))


def test_each_site_may_be_what_it_is_what_is_allowed_or_closed():
    problem = problem_of(small_study(1))
    assert [set(rows(problem, site)) for site in range(3)] == [
        {"", "branch", "self_service"}, {"", "atm"}, {"", "branch", "self_service"},
    ]  # fmt: skip
    assert [problem.modes.format[mode] for mode in problem.today[:3]] == ["branch", "atm", ""]


def test_a_site_that_may_not_close_has_no_closed_mode_and_keeps_its_format():
    study = small_study(1)
    fixed = replace(study.sites[0], may_close=False, allowed=("self_service",))
    problem = problem_of(replace(study, sites=(fixed, *study.sites[1:])))
    assert set(rows(problem, 0)) == {"branch", "self_service"}


def test_transition_costs_are_annualised():
    study = small_study(1)
    problem, annuity = problem_of(study), study.economics.annuity
    branch, candidate = rows(problem, 0), rows(problem, 2)
    moving = problem.modes.transition
    assert moving[branch["branch"]] == 0.0
    assert moving[branch[""]] == pytest.approx(120e3 * annuity)
    assert moving[branch["self_service"]] == pytest.approx(60e3 * annuity)
    assert moving[candidate["branch"]] == pytest.approx(250e3 * annuity)
    assert moving[candidate[""]] == 0.0
    np.testing.assert_allclose(problem.levels.transition[branch["branch"], 0, :3], np.array([0, 1, 2]) * 25e3 * annuity)
    np.testing.assert_allclose(
        problem.levels.transition[candidate["branch"], 0, :3], np.array([1, 2, 3]) * 25e3 * annuity
    )
    assert problem.modes.changes[[branch["branch"], branch[""], branch["self_service"]]].tolist() == [False, True, True]


def test_dominated_levels_are_dropped_unless_kept():
    study = small_study(1)
    table = dict(capacity_table(study).staircases)
    flat = np.array([[90.0, 90.0, 700.0, 700.0, 1500.0, 1500.0, 1500.0]])
    table["branch", "standard", "counter"] = Staircase("branch", "standard", "counter", (1, 2, 3, 4, 5, 6, 7), flat)
    counters = rows(problem_of(study), 0)["branch"]
    dropped = siting_problem(study, CapacityTable(table), staff_costs(study))
    kept = siting_problem(study, CapacityTable(table), staff_costs(study), keep_dominated=True)
    assert dropped.levels.servers[counters, 1, : dropped.levels.count[counters, 1]].tolist() == [1, 3, 5]
    assert kept.levels.count[counters, 1] == 7


def test_tasks_done_by_the_same_modes_form_a_group_and_lanes_that_lack_have_no_level():
    problem = problem_of(small_study(1))
    assert [group.tolist() for group in problem.task_groups()] == [[0], [1], [2, 3, 4]]
    machine = rows(problem, 1)["atm"]
    assert problem.levels.count[machine].tolist() == [2, 0]


def test_restricted_keeps_rows_and_wants_a_mode_everywhere():
    problem = problem_of(small_study(2))
    smaller, kept = restricted(problem, np.union1d(problem.today, problem.first[:-1]))
    for name in ("offers", "work", "fixed", "transition"):
        np.testing.assert_array_equal(getattr(smaller.modes, name), getattr(problem.modes, name)[kept])
    np.testing.assert_array_equal(kept[smaller.today], problem.today)
    with pytest.raises(ValueError, match="every site needs a mode"):
        restricted(problem, problem.today[1:])


def test_smoothed_levels_pass_through_the_levels():
    problem = problem_of(small_study(2))
    smooth = smoothed(problem)
    np.testing.assert_allclose(smooth.levels.capacity[:, :, 5::6], problem.levels.capacity)
    np.testing.assert_allclose(smooth.levels.cost[:, :, 5::6], problem.levels.cost)
