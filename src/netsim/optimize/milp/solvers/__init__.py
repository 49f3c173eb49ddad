"""Solvers of linear programs: the parts of the catalogue."""

from netsim.optimize.milp.solvers import cbc, highs
from netsim.optimize.milp.solvers.catalogue import SOLVERS, Limits, Solution, Solver

__all__ = ["SOLVERS", "Limits", "Solution", "Solver", "cbc", "highs"]
