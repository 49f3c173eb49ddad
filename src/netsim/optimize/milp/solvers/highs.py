"""HiGHS, fed with arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from netsim.optimize.milp.program import LinearProgram
from netsim.optimize.milp.solvers.catalogue import SOLVERS, Limits, Solution, SolutionStatus

_SUB_PROGRAMS = ("mip_heuristic_run_rins", "mip_heuristic_run_rens", "mip_heuristic_run_root_reduced_cost")
"""Heuristics that solve a smaller program each; they ignore the effort."""


@SOLVERS.register("highs")
def solve(program: LinearProgram, limits: Limits, start: NDArray[np.float64] | None = None) -> Solution:
    """
    Solve by HiGHS with one thread and a fixed seed, so that equal input gives an equal answer.

    Parameters
    ----------
    program
        The program.
    limits
        When to stop; nodes and gap only.
    start
        A known solution, shape ``(columns,)``, taken as the incumbent if it is feasible.

    References
    ----------
    Q. Huangfu and J. A. J. Hall, Parallelizing the dual revised simplex method, Mathematical
    Programming Computation 10 (2018); https://highs.dev.
    """
    import highspy  # noqa: PLC0415 - heavy, and reports do not need it

    highs = highspy.Highs()
    for option, value in _options(program, limits).items():
        highs.setOptionValue(option, value)
    highs.passModel(_model(highspy, program, limits.relaxed))
    if start is not None and not limits.relaxed:
        guess = highspy.HighsSolution()
        guess.col_value = start.tolist()
        highs.setSolution(guess)
    highs.run()
    return _answer(highspy, highs, program, limits)


def _options(program: LinearProgram, limits: Limits) -> dict[str, Any]:
    options: dict[str, Any] = {
        "output_flag": False,
        "threads": 1,
        "parallel": "off",
        "random_seed": 0,
        "mip_rel_gap": limits.gap,
        "mip_abs_gap": 0.0 if limits.gap == 0.0 else 1e-6,
        "mip_heuristic_effort": limits.heuristic_effort,
    }
    if limits.heuristic_effort == 0.0:
        options |= dict.fromkeys(_SUB_PROGRAMS, False)
    if limits.nodes is not None:
        options["mip_max_nodes"] = limits.nodes
    if limits.interior:
        whole = bool(program.integer.any()) and not limits.relaxed
        options["mip_lp_solver" if whole else "solver"] = "ipm"
    return options


def _model(highspy: Any, program: LinearProgram, relaxed: bool) -> Any:  # noqa: ANN401 - highspy has no types
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = program.shape
    model.col_cost_ = program.cost
    model.offset_ = program.offset
    model.col_lower_, model.col_upper_ = program.lower, program.upper
    model.row_lower_, model.row_upper_ = program.row_lower, program.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = program.starts.astype(np.int32)
    model.a_matrix_.index_ = program.columns.astype(np.int32)
    model.a_matrix_.value_ = program.values
    if not relaxed and program.integer.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        model.integrality_ = [kinds[int(whole)] for whole in program.integer]
    return model


def _answer(highspy: Any, highs: Any, program: LinearProgram, limits: Limits) -> Solution:  # noqa: ANN401
    verdict = highs.getModelStatus()
    info = highs.getInfo()
    status = highspy.HighsModelStatus
    if verdict in (status.kInfeasible, status.kUnboundedOrInfeasible):
        return Solution("infeasible", float("inf"), float("inf"), None)
    if verdict == status.kUnbounded:
        return Solution("unbounded", -float("inf"), -float("inf"), None)
    found = info.primal_solution_status == highspy.kSolutionStatusFeasible
    x = np.array(highs.getSolution().col_value) if found else None
    objective = float(info.objective_function_value) if found else float("inf")
    if limits.relaxed or not program.integer.any():
        proven = verdict == status.kOptimal
        return Solution("optimal" if proven else "limit", objective, objective if proven else -float("inf"), x)
    bound = min(float(info.mip_dual_bound), objective)
    ended: SolutionStatus = "limit"
    if verdict == status.kOptimal:
        ended = "optimal" if objective - bound <= 1e-9 * max(1.0, abs(objective)) else "gap_reached"
    return Solution(ended, objective, bound, x, int(max(info.mip_node_count, 0)))
