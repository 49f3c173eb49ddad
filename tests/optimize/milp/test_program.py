"""Programs as arrays and their PuLP face."""

from __future__ import annotations

import numpy as np
import pytest

from netsim.optimize.milp.program import LinearProgram, ProgramBuilder
from netsim.optimize.milp.pulp_face import to_pulp


def small_program(named=True):
    builder = ProgramBuilder(named=named, offset=3.0)
    x = builder.add_columns("x", np.array([1.0, 2.0]), upper=[4.0, np.inf], labels=["a", "b"])
    y = builder.add_columns("y", np.array([5.0]), upper=1.0, integer=True)
    builder.add_rows("range", np.array([0, 0, 0]), np.append(x, y), [1.0, 1.0, -2.0], lower=[1.0], upper=[6.0])
    builder.add_rows("same", np.array([0, 0]), np.array([x[0], y[0]]), [1.0, -1.0], lower=[0.0], upper=0.0)
    return builder.build()


def test_blocks_become_sorted_rows():
    program = small_program()
    assert program.shape == (2, 3)
    assert program.column_names == ("x_a", "x_b", "y_0")
    assert program.row_names == ("range_0", "same_0")
    np.testing.assert_array_equal(program.starts, [0, 3, 5])
    np.testing.assert_array_equal(program.columns, [0, 1, 2, 0, 2])
    np.testing.assert_array_equal(program.values, [1, 1, -2, 1, -1])
    with pytest.raises(ValueError, match="read-only"):
        program.cost[0] = 1.0


def test_entries_of_one_cell_add_up_and_zeros_go():
    builder = ProgramBuilder()
    x = builder.add_columns("x", np.zeros(2))
    builder.add_rows("r", np.array([0, 0, 0, 0]), x[[0, 0, 1, 1]], [1.0, 2.0, 1.0, -1.0], upper=[1.0])
    builder.add_cost(x[[0, 0]], [1.0, 2.0])
    program = builder.build()
    assert (program.columns.tolist(), program.values.tolist()) == ([0], [3.0])
    assert program.cost.tolist() == [3.0, 0.0]


def test_activity_objective_and_violation():
    program = small_program()
    x = np.array([1.0, 2.0, 1.0])
    np.testing.assert_array_equal(program.activity(x), [1.0, 0.0])
    assert program.objective(x) == 13.0
    assert program.violation(x) == 0.0
    assert program.violation(np.array([0.5, 2.0, 0.5])) == 0.5
    assert program.violation(np.array([5.0, 0.0, 1.0])) == 4.0


def test_shapes_that_disagree_are_told():
    program = small_program()
    fields = {name: getattr(program, name).copy() for name in ("starts", "columns", "values", "row_lower", "row_upper")}
    bounds = {name: getattr(program, name).copy() for name in ("cost", "lower", "upper", "integer")}
    with pytest.raises(ValueError, match="one shape"):
        LinearProgram(**{**bounds, "lower": np.zeros(2)}, **fields)
    with pytest.raises(ValueError, match="do not match"):
        LinearProgram(**bounds, **{**fields, "starts": np.zeros(2, dtype=np.int64)})
    with pytest.raises(ValueError, match="does not exist"):
        LinearProgram(**bounds, **{**fields, "columns": fields["columns"] + 9})


def test_pulp_tells_the_same_program():
    problem, variables = to_pulp(small_program(), "small")
    assert [variable.name for variable in variables] == ["x_a", "x_b", "y_0"]
    text = str(problem)
    for line in (
        "range_0_low: x_a + x_b - 2 y_0 >= 1",
        "range_0_high: x_a + x_b - 2 y_0 <= 6",
        "same_0: x_a - y_0 = 0",
    ):
        assert line in text
    unnamed, columns = to_pulp(small_program(named=False))
    assert [column.name for column in columns] == ["x0", "x1", "x2"]
    assert unnamed.objective.constant == 3.0
