"""What a solver is, what it may spend, what it answers, and the table of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from netsim.optimize.milp.program import LinearProgram
from netsim.registry import Registry

SolutionStatus = Literal["optimal", "gap_reached", "limit", "infeasible", "unbounded"]


@dataclass(frozen=True, slots=True)
class Limits:
    """
    When a solver stops; never a clock, so that an answer can be repeated.

    Parameters
    ----------
    gap
        Relative gap that is good enough; 0 asks for a proof.
    nodes
        Most nodes of the branch-and-bound tree; None for any number. 1 stops after the root.
    heuristic_effort
        Share of the work spent on finding solutions, from 0 to 1.
    relaxed
        Solve without the integrality conditions.
    interior
        Solve the (root) relaxation by an interior-point method instead of the simplex method.
    """

    gap: float = 0.0
    nodes: int | None = None
    heuristic_effort: float = 0.05
    relaxed: bool = False
    interior: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """
    A solver's answer.

    Parameters
    ----------
    status
        ``optimal`` (proven), ``gap_reached``, ``limit`` (a limit ended the search), ``infeasible`` or
        ``unbounded``.
    objective
        Value of ``x``; ``inf`` where none was found.
    bound
        Proven lower bound; ``-inf`` where there is none.
    x
        Best solution, shape ``(columns,)``; None where none was found.
    nodes
        Nodes of the tree that were explored.
    """

    status: SolutionStatus
    objective: float
    bound: float
    x: NDArray[np.float64] | None
    nodes: int = 0

    @property
    def gap(self) -> float:
        """``(objective - bound) / |objective|``; ``inf`` where either is missing."""
        if not (np.isfinite(self.objective) and np.isfinite(self.bound)):
            return float("inf")
        if self.objective == self.bound:
            return 0.0
        return (self.objective - self.bound) / max(abs(self.objective), 1e-12)


class Solver(Protocol):
    """Solve a linear program."""

    def __call__(self, program: LinearProgram, limits: Limits, start: NDArray[np.float64] | None = None) -> Solution:
        """Return the best solution found within the limits, from ``start`` where one is known."""
        ...


SOLVERS: Registry[Solver] = Registry("solver")
