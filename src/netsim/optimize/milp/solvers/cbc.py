"""CBC through PuLP: the independent check of HiGHS on small programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netsim.optimize.milp.program import LinearProgram
from netsim.optimize.milp.pulp_face import to_pulp
from netsim.optimize.milp.solvers.catalogue import SOLVERS, Limits, Solution


@SOLVERS.register("cbc")
def solve(program: LinearProgram, limits: Limits, start: NDArray[np.float64] | None = None) -> Solution:
    """
    Solve by the CBC that PuLP ships, with one thread.

    Parameters
    ----------
    program
        The program.
    limits
        ``gap``, ``nodes`` and ``relaxed`` are heeded, the rest is not.
    start
        A known solution; CBC takes it as a hint.

    Returns
    -------
    Solution
        CBC does not tell its bound through PuLP: it equals the objective where optimality was proven
        and is ``-inf`` elsewhere.
    """
    import pulp  # noqa: PLC0415 - heavy, and only the cross-check needs it

    problem, ordered = to_pulp(program)
    if start is not None:
        for variable, value in zip(ordered, start, strict=True):
            variable.setInitialValue(float(value), check=False)
    solver = pulp.COIN_CMD(
        path=_bundled(pulp),
        msg=False,
        threads=1,
        mip=not limits.relaxed,
        gapRel=limits.gap,
        maxNodes=limits.nodes,
        warmStart=start is not None,
        options=["randomCbcSeed 1", "randomSeed 1"],
    )
    problem.solve(solver)
    if problem.status == pulp.LpStatusInfeasible:
        return Solution("infeasible", float("inf"), float("inf"), None)
    if problem.status == pulp.LpStatusUnbounded:
        return Solution("unbounded", -float("inf"), -float("inf"), None)
    if problem.sol_status not in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
        return Solution("limit", float("inf"), -float("inf"), None)
    x = np.array([0.0 if variable.value() is None else variable.value() for variable in ordered])
    objective = program.objective(x)
    proven = problem.sol_status == pulp.LpSolutionOptimal and limits.gap == 0.0
    return Solution("optimal" if proven else "gap_reached", objective, objective if proven else -float("inf"), x)


def _bundled(pulp: Any) -> str | None:  # noqa: ANN401 - pulp has no types
    """Return the CBC inside the PuLP package, or None to look for ``cbc`` on the path."""
    inside = Path(pulp.PULP_CBC_CMD.pulp_cbc_path)
    return str(inside) if inside.exists() else None
