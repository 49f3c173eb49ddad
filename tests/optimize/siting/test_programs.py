"""The siting programs: brute force, CBC, golden LP files."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from netsim.model.plan import Shares
from netsim.model.study import CoverageRule
from netsim.optimize.milp.pulp_face import to_pulp
from netsim.optimize.milp.solvers import SOLVERS, Limits
from netsim.optimize.siting.build import siting_problem
from netsim.optimize.siting.constraints import CONSTRAINTS
from netsim.optimize.siting.evaluate import evaluate
from netsim.optimize.siting.local_search import local_search
from netsim.optimize.siting.programs import siting_program
from netsim.optimize.siting.variants import restricted
from tests.optimize.instances import capacity_table, small_study, staff_costs

GOLDEN = Path(__file__).parents[2] / "golden" / "optimize"


def problem_of(study, scale=1.0):
    return siting_problem(study, capacity_table(study, scale), staff_costs(study))


def all_modes(problem):
    return (
        np.array(modes)
        for modes in product(*(range(*pair) for pair in zip(problem.first[:-1], problem.first[1:], strict=True)))
    )


def cheapest_by_enumeration(problem):
    plans = (evaluate(problem, modes) for modes in all_modes(problem))
    return min((plan.cost.total for plan in plans if plan.feasible(problem)), default=float("inf"))


@pytest.mark.parametrize("seed", range(10))
def test_nearest_optimum_equals_enumeration_and_the_search_is_never_better(seed):
    extra = {"max_changes": 3} if seed % 3 == 0 else {"budget": 1.1e6} if seed % 3 == 1 else {}
    problem = problem_of(small_study(seed, day_types=1 + seed % 2, **extra))
    best = cheapest_by_enumeration(problem)
    siting = siting_program(problem)
    solution = SOLVERS["highs"](siting.program, Limits())
    if not np.isfinite(best):
        assert solution.status == "infeasible"
        return
    assert solution.objective == pytest.approx(best, rel=1e-6)
    plan = evaluate(problem, siting.modes(solution.x))
    assert plan.cost.total == pytest.approx(best, rel=1e-6)
    found = local_search(problem)
    assert found.feasible(problem)
    assert found.cost.total >= best * (1 - 1e-9)


@pytest.mark.parametrize("seed", [0, 1, 4])
def test_directed_optimum_equals_enumeration_of_networks(seed):
    problem = problem_of(small_study(seed, "directed", sites=4, zones=5))
    values = []
    for modes in all_modes(problem):
        fixed, _ = restricted(problem, modes)
        values.append(SOLVERS["cbc"](siting_program(fixed).program, Limits()).objective)
    siting = siting_program(problem)
    solution = SOLVERS["highs"](siting.program, Limits())
    assert solution.objective == pytest.approx(min(values), rel=1e-6)
    plan = evaluate(problem, siting.modes(solution.x), shares=siting.shares(solution.x))
    assert plan.feasible(problem)
    assert plan.cost.total == pytest.approx(solution.objective, rel=1e-6)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("assignment", ["nearest", "directed"])
def test_cbc_agrees(seed, assignment):
    program = siting_program(problem_of(small_study(seed, assignment, sites=4, zones=5)), named=True).program
    highs, cbc = SOLVERS["highs"](program, Limits()), SOLVERS["cbc"](program, Limits())
    assert highs.status == cbc.status == "optimal"
    assert highs.objective == pytest.approx(cbc.objective, rel=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_relaxations_stay_below(seed):
    problem = problem_of(small_study(seed))
    nearest = SOLVERS["highs"](siting_program(problem).program, Limits()).objective
    directed = SOLVERS["highs"](siting_program(problem, "directed").program, Limits()).objective
    totals = SOLVERS["highs"](siting_program(problem, "directed", whole_totals=True).program, Limits()).bound
    linear = SOLVERS["highs"](siting_program(problem, "directed").program, Limits(relaxed=True)).objective
    assert linear <= totals * (1 + 1e-9)
    assert totals <= directed * (1 + 1e-9)
    assert directed <= nearest * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("assignment", ["nearest", "directed"])
def test_a_plan_is_a_point_of_its_program_at_its_cost(seed, assignment):
    problem = problem_of(small_study(seed, assignment, day_types=2))
    plan = local_search(problem)
    siting = siting_program(problem)
    x = siting.point(plan)
    assert plan.feasible(problem)
    assert siting.program.violation(x) < 1e-5
    assert siting.program.objective(x) == pytest.approx(plan.cost.total, rel=1e-9)
    np.testing.assert_array_equal(siting.modes(x), plan.modes)
    assert_same_shares(siting.shares(x), plan.shares)


@pytest.mark.parametrize("seed", range(4))
def test_directed_plans_may_part_tasks_that_the_same_outlets_do(seed):
    """Merging tasks is exact for nearest choice only: for directed plans it would be a restriction."""
    merged = SOLVERS["highs"](siting_program(problem_of(small_study(seed)), "directed").program, Limits())
    apart = SOLVERS["highs"](siting_program(problem_of(small_study(seed, "directed"))).program, Limits())
    assert apart.objective <= merged.objective * (1 + 1e-9)


def assert_same_shares(first: Shares, second: Shares) -> None:
    for name in ("task", "zone", "site"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
    np.testing.assert_allclose(first.share, second.share)


@pytest.mark.parametrize("seed", range(5))
def test_more_capacity_never_costs_more(seed):
    study = small_study(seed)
    tight, wide = (SOLVERS["highs"](siting_program(problem_of(study, k)).program, Limits()) for k in (1.0, 1.3))
    assert wide.objective <= tight.objective * (1 + 1e-7)


@pytest.mark.parametrize("seed", range(5))
def test_one_more_candidate_never_costs_more(seed):
    problem = problem_of(small_study(seed))
    without = np.setdiff1d(np.arange(len(problem.modes)), np.arange(problem.first[2] + 1, problem.first[3]))
    fewer, _ = restricted(problem, without)
    few, many = (SOLVERS["highs"](siting_program(item).program, Limits()) for item in (fewer, problem))
    assert many.objective <= few.objective * (1 + 1e-7)


def tiny_problem(assignment):
    rules = {"max_changes": 1, "budget": 9e5, "coverage": (CoverageRule("near", "counter_simple", 0.5, 6.0),)}
    return problem_of(small_study(11, assignment, sites=2, zones=2, **rules))


GOLDENS = {"nearest": ("nearest", False), "directed": ("directed", False), "totals": ("directed", True)}


@pytest.mark.parametrize("name", GOLDENS)
def test_golden_program(name, tmp_path):
    """Rebuild a golden file by deleting it and running this test; it then fails once."""
    assignment, totals = GOLDENS[name]
    program = siting_program(tiny_problem(assignment), whole_totals=totals, named=True).program
    written = tmp_path / f"{name}.lp"
    to_pulp(program, name)[0].writeLP(str(written))
    golden = GOLDEN / f"{name}.lp"
    if not golden.exists():
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(written.read_text())
        pytest.fail(f"wrote {golden.name}; read it, then run again")
    assert written.read_text() == golden.read_text()


def test_every_constraint_stands_in_a_golden_file():
    text = "".join(path.read_text() for path in GOLDEN.glob("*.lp"))
    rows = {
        "one_option": "one_mode_",
        "nearest": "stop_at_open_",
        "directed": "only_open_",
        "capacity": "hold_d0_",
        "served_share": "served_share_",
        "coverage": "coverage_near",
        "budget": "budget_",
        "max_changes": "max_changes_",
        "totals": "T_branch_c_",
    }
    assert set(rows) == set(CONSTRAINTS)
    for label in rows.values():
        assert label in text
