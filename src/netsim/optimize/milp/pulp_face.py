"""The same program as a PuLP problem: readable, writable as an LP file, solvable by CBC."""

from __future__ import annotations

from typing import Any

import numpy as np

from netsim.optimize.milp.program import LinearProgram


def to_pulp(program: LinearProgram, name: str = "program") -> tuple[Any, list[Any]]:
    """
    Return the program as a ``pulp.LpProblem``, and its variables in the order of the columns.

    Rows with two different finite sides become two constraints, ``..._low`` and ``..._high``.

    Parameters
    ----------
    program
        The program; columns without names become ``x0``, ``x1``, ...
    name
        Name of the problem.
    """
    import pulp  # noqa: PLC0415 - heavy, and only the cross-check needs it

    problem = pulp.LpProblem(name, pulp.LpMinimize)
    names = program.column_names or tuple(f"x{column}" for column in range(program.shape[1]))
    variables = [
        problem.add_variable(
            label,
            lowBound=None if np.isneginf(low) else float(low),
            upBound=None if np.isposinf(high) else float(high),
            cat=pulp.LpInteger if whole else pulp.LpContinuous,
        )
        for label, low, high, whole in zip(names, program.lower, program.upper, program.integer, strict=True)
    ]
    costs = [(variable, float(cost)) for variable, cost in zip(variables, program.cost, strict=True) if cost != 0.0]
    problem += pulp.LpAffineExpression(costs, constant=program.offset)
    rows = program.row_names or tuple(f"r{row}" for row in range(program.shape[0]))
    for row, label in enumerate(rows):
        entries = slice(program.starts[row], program.starts[row + 1])
        terms = pulp.LpAffineExpression(
            [
                (variables[column], float(value))
                for column, value in zip(program.columns[entries], program.values[entries], strict=True)
            ]
        )
        low, high = float(program.row_lower[row]), float(program.row_upper[row])
        if low == high:
            problem += pulp.LpConstraint(terms, pulp.LpConstraintEQ, label, low)
            continue
        both = np.isfinite(low) and np.isfinite(high)
        if np.isfinite(low):
            problem += pulp.LpConstraint(terms, pulp.LpConstraintGE, label + ("_low" if both else ""), low)
        if np.isfinite(high):
            problem += pulp.LpConstraint(terms, pulp.LpConstraintLE, label + ("_high" if both else ""), high)
    return problem, variables
