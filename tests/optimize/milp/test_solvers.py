"""HiGHS against CBC through PuLP, and what the answers say of themselves."""

from __future__ import annotations

import numpy as np
import pytest

from netsim.optimize.milp.program import ProgramBuilder
from netsim.optimize.milp.solvers import SOLVERS, Limits
from netsim.registry import UnknownPartError


def random_program(seed):
    """Draw a packing-covering program whose right sides make about one in ten infeasible."""
    rng = np.random.default_rng(seed)
    columns, rows = int(rng.integers(3, 9)), int(rng.integers(2, 6))
    builder = ProgramBuilder(offset=float(rng.integers(-5, 5)))
    whole = int(rng.integers(1, columns))
    x = builder.add_columns("x", rng.integers(-9, 10, whole).astype(float), upper=3.0, integer=True)
    y = builder.add_columns("y", rng.integers(-9, 10, columns - whole).astype(float), lower=-1.0, upper=2.5)
    row, column = np.nonzero(rng.random((rows, columns)) < 0.7)
    values = rng.integers(-4, 9, len(row)).astype(float)
    lower = np.where(rng.random(rows) < 0.4, rng.integers(-3, 8, rows).astype(float), -np.inf)
    builder.add_rows("r", row, np.append(x, y)[column], values, lower=lower, upper=lower.clip(0) + rng.integers(3, 12))
    return builder.build()


@pytest.mark.parametrize("seed", range(30))
def test_highs_and_cbc_find_the_same_optimum(seed):
    program = random_program(seed)
    highs, cbc = SOLVERS["highs"](program, Limits()), SOLVERS["cbc"](program, Limits())
    assert highs.status == cbc.status
    if highs.status == "optimal":
        assert highs.objective == pytest.approx(cbc.objective, abs=1e-6)
        assert highs.bound == pytest.approx(highs.objective, abs=1e-6)
        assert program.objective(highs.x) == pytest.approx(highs.objective, abs=1e-6)
        assert program.violation(highs.x) < 1e-6


@pytest.mark.parametrize("seed", range(10))
def test_a_relaxation_is_a_bound_and_both_solvers_agree_on_it(seed):
    program = random_program(seed)
    whole = SOLVERS["highs"](program, Limits())
    relaxed = [SOLVERS[name](program, Limits(relaxed=True)) for name in ("highs", "cbc")]
    interior = SOLVERS["highs"](program, Limits(relaxed=True, interior=True))
    if whole.status == "optimal":
        assert relaxed[0].objective <= whole.objective + 1e-6
        assert relaxed[1].objective == pytest.approx(relaxed[0].objective, abs=1e-6)
        assert interior.objective == pytest.approx(relaxed[0].objective, abs=1e-5)


def knapsack(items=40, seed=1):
    rng = np.random.default_rng(seed)
    builder = ProgramBuilder()
    x = builder.add_columns("x", -rng.integers(100, 200, items).astype(float), upper=1.0, integer=True)
    weights = rng.integers(100, 200, (5, items)).astype(float)
    row = np.repeat(np.arange(5), items)
    builder.add_rows("w", row, np.tile(x, 5), weights.ravel(), upper=weights.sum(axis=1) / 2)
    return builder.build()


def test_a_limit_leaves_an_honest_gap_and_a_start_is_kept():
    program = knapsack()
    start = np.zeros(40)
    start[:15] = 1.0
    assert program.violation(start) == 0.0
    limited = SOLVERS["highs"](program, Limits(nodes=1, heuristic_effort=0.0), start)
    best = SOLVERS["highs"](program, Limits(gap=0.002))
    assert limited.status == "limit"
    assert limited.objective <= program.objective(start)
    assert limited.bound <= best.objective + 1e-6
    assert limited.gap == pytest.approx((limited.objective - limited.bound) / -limited.objective)
    assert best.status == "gap_reached"
    assert best.gap <= 0.002


def test_the_same_program_gives_the_same_answer():
    first, second = (SOLVERS["highs"](knapsack(), Limits(nodes=30)) for _ in range(2))
    np.testing.assert_array_equal(first.x, second.x)
    assert (first.bound, first.nodes) == (second.bound, second.nodes)


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_infeasible_and_unbounded_are_told(solver):
    builder = ProgramBuilder()
    x = builder.add_columns("x", np.array([-1.0]), lower=0.0)
    assert SOLVERS[solver](builder.build(), Limits()).status == "unbounded"
    builder.add_rows("r", np.array([0]), x, 1.0, upper=[-1.0])
    found = SOLVERS[solver](builder.build(), Limits())
    assert (found.status, found.x, found.gap) == ("infeasible", None, float("inf"))


def test_an_unknown_solver_is_told_with_the_nearest_name():
    with pytest.raises(UnknownPartError, match="did you mean 'highs'"):
        SOLVERS["hihgs"]
